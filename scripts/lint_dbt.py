"""Lints the dbt project: sqlfluff, dbt's own YAML check, dbt-bouncer, and the house rules no linter
knows.

Run by `make lint`. Works in folders of its own: it neither opens nor waits for the warehouse. The
project is parsed once for all but sqlfluff, which takes most of the time, reads it by itself, and
so runs beside the others, over half of the files each. Exit status 1 where anything was found.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click
import sqlglot
from dbt.cli.main import dbtRunner
from dbt.contracts.graph.manifest import Manifest
from dbt.jsonschemas import jsonschemas
from sqlglot import exp

from publish.dbt import PROJECT, ROOT, dbt_environment

CONTRACTS = PROJECT / "contracts.lock"
SQLFLUFFS = 2  # side by side; one takes a minute

# folder below models/ -> how the names of its models begin
NAMES = {
    "staging": ("stg_coupang__",),
    "intermediate": ("int_",),
    "ledger": ("int_ledger__",),
    "marts": ("fct_", "dim_"),
}

# what a join may bring in without naming the account, since it has none: builds of the warehouse
WITHOUT_ACCOUNT = {"builds"}


def environment(folder: Path) -> dict[str, str]:
    """Where dbt finds the project, and folders below `folder` for all that it writes."""
    data = folder / "data"
    data.mkdir(parents=True)
    return dbt_environment(data, own=folder)


def start_sqlfluffs(folder: Path) -> list[subprocess.Popen[str]]:
    """Every SQL file of models and tests by .sqlfluff's rules, beside what else is checked."""
    files = sorted(
        (path for part in ("models", "tests") for path in (PROJECT / part).rglob("*.sql")),
        key=lambda path: path.stat().st_size,
    )
    return [
        subprocess.Popen(  # noqa: S603 - our own command
            [
                *(sys.executable, "-m", "sqlfluff", "lint", "--disable-progress-bar"),
                *(str(path.relative_to(ROOT)) for path in files[number::SQLFLUFFS]),
            ],
            cwd=ROOT,
            env=os.environ | environment(folder / str(number)),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for number in range(SQLFLUFFS)
    ]


def check_yaml() -> Manifest | None:
    """dbt's schema of its YAML files, every warning an error: the project, or None where it fails.

    dbt checks the schema for a few adapters only, DuckDB not among them, though nothing in it
    depends on the adapter. A version of a mart that is past its deprecation date fails as well.
    """
    jsonschemas._JSONSCHEMA_SUPPORTED_ADAPTERS.add("duckdb")
    result = dbtRunner().invoke(["--quiet", "--warn-error", "parse", "--no-partial-parse"])
    return result.result if result.success else None


def compiled_models(manifest: Manifest) -> list[Any]:
    """The models as dbt's nodes, with their SQL as the engine gets it."""
    dbt = dbtRunner(manifest=manifest)
    result = dbt.invoke(["--quiet", "compile", "--select", "resource_type:model"])
    if not result.success:
        sys.exit("dbt compile failed (see above)")
    return [run.node for run in result.result if run.node.resource_type == "model"]


def bouncer(target: Path) -> tuple[bool, str]:
    """Whether dbt-bouncer.yml finds nothing in the manifest in `target`, and what it says."""
    done = subprocess.run(  # noqa: S603 - our own command
        [
            *(Path(sys.executable).with_name("dbt-bouncer"), "run", "--show-all-failures"),
            *("--config-file", ROOT / "dbt-bouncer.yml"),
        ],
        # It looks for `target` below the project; wide enough for a finding to stand on a line.
        env=os.environ | {"DBT_PROJECT_DIR": str(target.parent), "COLUMNS": "400"},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode == 0, re.sub(r" {3,}", "  ", done.stdout + done.stderr).strip()


def house_rules(model: Any) -> Iterator[str]:  # noqa: ANN401 - dbt's own class
    """What is wrong with a model, a line each."""
    layer = model.fqn[1]
    if not model.name.startswith(NAMES[layer]):
        yield f"a model in {layer}/ is called {' or '.join(NAMES[layer])}..."
    tree = sqlglot.parse_one(model.compiled_code, dialect="duckdb")
    if layer == "marts" and any(column.is_star for column in tree.selects):
        yield "a mart names its columns: no `select *` at its end"
    for join in tree.find_all(exp.Join):
        condition = join.args.get("on")
        names = {column.name for column in condition.find_all(exp.Column)} if condition else set()
        names |= {column.name for column in join.args.get("using") or []}
        if names and "vendor_id" not in names and join.alias_or_name not in WITHOUT_ACCOUNT:
            yield f"a join without vendor_id mixes accounts: {join.sql(dialect='duckdb')}"
    # The same SQL is to run on other engines, and these are DuckDB's.
    if tree.find(exp.Qualify):
        yield "not every engine knows `qualify`"
    if any(
        star.args.get("except_") or star.args.get("replace") for star in tree.find_all(exp.Star)
    ):
        yield "not every engine knows `* exclude` and `* replace`"
    if any(each.recursive for each in tree.find_all(exp.With)):
        yield "not every engine knows recursive CTEs"
    if any("'" in text.name for text in tree.find_all(exp.Literal) if text.is_string):
        yield "Spark reads '' within a text as no quote at all: word it without"


def undescribed(manifest: Manifest) -> Iterator[str]:
    """Columns of sources that nothing is said of (dbt-bouncer looks at those of models)."""
    for source in manifest.sources.values():
        for column in source.columns.values():
            if not column.description.strip():
                yield f"{source.source_name}.{source.name}.{column.name} has no description"


def stale_exposures(manifest: Manifest) -> Iterator[str]:
    """What the exposures say they depend on and do not, or the other way round."""
    pages = (ROOT / "publish" / "queries.py").read_text(encoding="utf-8")
    made_of = {
        "published_file": {path.stem for path in (PROJECT / "models" / "marts").glob("*.sql")},
        "analyst_notebook": set(re.findall(r"\b(?:fct|dim)_[a-z_]+\b", pages)),
    }
    said = {
        exposure.name: {node.split(".")[2] for node in exposure.depends_on.nodes}
        for exposure in manifest.exposures.values()
    }
    for name, marts in made_of.items():
        if wrong := marts ^ said.get(name, set()):
            yield f"exposure {name}: depends_on is wrong about {', '.join(sorted(wrong))}"


def broken_contracts(models: Iterable[Any], promised: Iterable[str]) -> Iterator[str]:
    """Columns of public marts against those promised to others, a line each (docs/contracts.md)."""
    lines = set(promised)
    now = {
        f"{model.alias}.{column.name} {column.data_type}"
        + (" not null" if any(each.type == "not_null" for each in column.constraints) else "")
        for model in models
        if model.access == "public"
        for column in model.columns.values()
    }
    for line in sorted(lines - now):
        yield f"{line}: promised in contracts.lock; keep it, or make a version (docs/contracts.md)"
    for line in sorted(now - lines):
        yield f"{line}: no promise yet; add the line to dbt_project/contracts.lock"


def main() -> None:
    """Prints what was found; exit status 1 where that is something."""
    with TemporaryDirectory() as name, ExitStack() as stack:
        sqlfluffs = [stack.enter_context(each) for each in start_sqlfluffs(Path(name, "sqlfluff"))]
        os.environ.update(environment(Path(name, "dbt")))
        manifest = check_yaml()
        models = compiled_models(manifest) if manifest else []
        let_in, said = bouncer(Path(name, "dbt", "target")) if manifest else (False, "")
        outputs = [each.communicate()[0].strip() for each in sqlfluffs]
    found = [
        f"{model.original_file_path}: {what}" for model in models for what in house_rules(model)
    ]
    if manifest:
        promised = CONTRACTS.read_text(encoding="utf-8").splitlines()
        found += [
            *undescribed(manifest),
            *stale_exposures(manifest),
            *broken_contracts(models, promised),
        ]
    click.echo(f"dbt's YAML check: {'ok' if manifest else 'failed (see above)'}")
    click.echo(f"house rules: {len(models)} models, {len(found) or 'no'} findings")
    for line in found:
        click.echo(f"  {line}")
    click.echo(f"dbt-bouncer: {'no findings' if let_in else said or 'not run'}")
    click.echo("\n".join(outputs))
    sys.exit(bool(found) or not let_in or any(sqlfluff.returncode != 0 for sqlfluff in sqlfluffs))


if __name__ == "__main__":
    main()
