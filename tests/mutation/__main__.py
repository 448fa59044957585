"""The mutation drill: `python -m tests.mutation`.

Exit status 1 where a survivor is not explained in equivalent.yml, an entry there is stale, a model
has no unit test, or the score over staging, intermediate and marts is below the floor.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from tests.mutation.compiled import CompileError, Project, build, read_project
from tests.mutation.equivalent import judge, read_list
from tests.mutation.report import line, report, share
from tests.mutation.running import MACROS, Outcome, UnitTestError, run

# per cent that have to be killed over these folders, equivalent mutants not taken off
FLOOR = 97.0
LAYERS = ("staging", "intermediate", "marts")


@click.command()
@click.option("--model", "models", multiple=True, help="Only this model or macro; may be repeated.")
@click.option("--folder", "folders", multiple=True, help="Only this folder of models/, or macros.")
@click.option("--sample", type=click.IntRange(1), help="About so many mutants, always the same.")
@click.option("--processes", default=2, show_default=True, help="Beside each other, a core each.")
@click.option("--built", type=click.Path(path_type=Path), help="Where an earlier build is kept.")
@click.option("--out", type=click.Path(path_type=Path), help="The report goes to this file too.")
def drill(
    models: tuple[str, ...],
    folders: tuple[str, ...],
    sample: int | None,
    processes: int,
    built: Path | None,
    out: Path | None,
) -> None:
    """Mutates the SQL of models and macros, and runs the models' unit tests on each mutant."""
    begun = time.monotonic()
    try:
        project = _project(built)
        names = _chosen(project, models, folders)
        outcomes = run(project, names, _share(sample), processes, _tell)
    except (CompileError, UnitTestError) as error:
        raise click.ClickException(str(error)) from error
    verdict = judge(outcomes, read_list(), is_sample=sample is not None)
    untested = [
        f"{name} has no unit test"
        for name in names
        if name in project.models and not project.models[name].unit_tests
    ]
    low = _below_floor(outcomes) if sample is None and not models else []
    lines = [*report(outcomes, verdict, time.monotonic() - begun), *untested, *low]
    click.echo("\n".join(lines))
    if out:
        out.write_text("\n".join(lines) + "\n", encoding="utf-8")
    sys.exit(bool(verdict.unexplained or verdict.stale or untested or low))


def _project(built: Path | None) -> Project:
    if built and (built / "target" / "manifest.json").exists():
        return read_project(built)
    with TemporaryDirectory(prefix="coupang-mutants-") as name:
        folder = built or Path(name)
        click.echo("dbt builds every model and runs every unit test ...")
        build(folder)
        return read_project(folder)


def _chosen(project: Project, models: tuple[str, ...], folders: tuple[str, ...]) -> list[str]:
    folder_of = {name: model.folder for name, model in project.models.items()}
    folder_of |= {macro.name: MACROS for macro in project.macros if macro.is_ours}
    if unknown := ({*models} - {*folder_of}) | ({*folders} - {*folder_of.values()}):
        raise click.UsageError(f"no such model, macro or folder: {', '.join(sorted(unknown))}")
    return [
        name
        for name, folder in folder_of.items()
        if (not models and not folders) or name in models or folder in folders
    ]


def _share(sample: int | None) -> float:
    """The part of all mutants that makes about so many; there are some five thousand."""
    return sample / 5000 if sample else 1.0


def _tell(name: str, outcomes: list[Outcome]) -> None:
    if outcomes:
        click.echo(line(name, outcomes), err=True)


def _below_floor(outcomes: list[Outcome]) -> list[str]:
    layers = [outcome for outcome in outcomes if outcome.folder in LAYERS]
    found = share(layers)
    return [f"{found:.1f} % is below the floor of {FLOOR} %"] if found < FLOOR else []


if __name__ == "__main__":
    drill()
