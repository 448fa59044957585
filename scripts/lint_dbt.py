"""Lints the dbt project: sqlfluff, dbt's own YAML check, and the house rules no linter knows.

Run by `make lint`. Works in folders of its own: it neither opens nor waits for the warehouse. Exit
status 1 where anything was found.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click
import sqlglot
from dbt.cli.main import dbtRunner
from dbt.jsonschemas import jsonschemas
from sqlglot import exp

ROOT = Path(__file__).resolve().parent.parent

SQL = ("dbt_project/models", "dbt_project/tests")

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
    (folder / "data").mkdir(parents=True)
    return {
        "COUPANG_DATA_DIR": str(folder / "data"),
        "DBT_PROJECT_DIR": str(ROOT / "dbt_project"),
        "DBT_PROFILES_DIR": str(ROOT),
        "DBT_TARGET_PATH": str(folder / "target"),
        "DBT_LOG_PATH": str(folder / "logs"),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "DO_NOT_TRACK": "1",
    }


def start_sqlfluff(folder: Path) -> subprocess.Popen[str]:
    """Every SQL file of the project by .sqlfluff's rules, beside what else is checked."""
    return subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-m", "sqlfluff", "lint", *SQL, "--disable-progress-bar"],
        cwd=ROOT,
        env=os.environ | environment(folder),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def check_yaml(dbt: dbtRunner) -> bool:
    """dbt's schema of its YAML files, every warning an error.

    dbt checks the schema for a few adapters only, DuckDB not among them, though nothing in it
    depends on the adapter.
    """
    jsonschemas._JSONSCHEMA_SUPPORTED_ADAPTERS.add("duckdb")
    return dbt.invoke(["--quiet", "--warn-error", "parse", "--no-partial-parse"]).success


def compiled_models(dbt: dbtRunner) -> list[Any]:
    """The models as dbt's nodes, with their SQL as the engine gets it."""
    result = dbt.invoke(["--quiet", "compile", "--select", "resource_type:model"])
    if not result.success:
        sys.exit("dbt compile failed (see above)")
    return [run.node for run in result.result if run.node.resource_type == "model"]


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


def main() -> None:
    """Prints what was found; exit status 1 where that is something."""
    with TemporaryDirectory() as name, start_sqlfluff(Path(name, "sqlfluff")) as sqlfluff:
        os.environ.update(environment(Path(name, "dbt")))
        dbt = dbtRunner()
        is_valid = check_yaml(dbt)
        models = compiled_models(dbt) if is_valid else []
        output = sqlfluff.communicate()[0].strip()
    found = [
        f"{model.original_file_path}: {what}" for model in models for what in house_rules(model)
    ]
    click.echo(f"dbt's YAML check: {'ok' if is_valid else 'failed (see above)'}")
    click.echo(f"house rules: {len(models)} models, {len(found) or 'no'} findings")
    for line in found:
        click.echo(f"  {line}")
    click.echo(output)
    sys.exit(bool(found) or not is_valid or sqlfluff.returncode != 0)


if __name__ == "__main__":
    main()
