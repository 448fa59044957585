"""Publishing marts that another engine built.

The engine writes what its readers see as Parquet files into the lake, which both can reach; from
them comes a warehouse file like the one that DuckDB builds, and from that the published file. Only
what is published is unloaded: accounts and days that fit into one file.
"""

import json
import tempfile
from pathlib import Path

import duckdb
import yaml
from fsspec import AbstractFileSystem

from extract.lake import lake_filesystem, lake_url
from extract.sql import literal
from extract.warehouse import FILE as WAREHOUSE
from publish.dbt import MARTS, run_dbt
from publish.errors import PublishError
from publish.file import FILE, Published, publish_file
from publish.selection import Selection

READERS = "coupang_marts"  # the schema that readers see: macros/engine/readers.sql


def publish_unloaded(
    folder: Path, target: str, selection: Selection | None = None, out: Path | None = None
) -> Published:
    """As `publish.file.publish_file`, from the marts of `target`, a target of profiles.yml."""
    selection = selection or Selection()
    if (lake := lake_url()) is None:
        raise PublishError(
            "Marts of another engine are unloaded through the lake", remedy="Set COUPANG_LAKE."
        )
    declared = declared_marts()
    unloaded = f"{lake}/unloaded"
    arguments = {
        "folder": unloaded,
        "conditions": {
            mart: selection.condition(list(columns), _accounts(selection))
            for mart, (_, columns) in declared.items()
            if mart != "dim_accounts"  # whole: it tells which names there are
        },
    }
    system, root = lake_filesystem(unloaded)
    try:
        if not run_dbt(
            folder, "--quiet", "run-operation", "unload_marts",
            "--args", json.dumps(arguments, ensure_ascii=False), target=target,
        ):  # fmt: skip
            raise PublishError("The marts could not be unloaded (see above)")
        with tempfile.TemporaryDirectory(dir=folder, prefix=".unloaded-") as name:
            _load(Path(name), unloaded, declared, system)
            return publish_file(Path(name), selection, out or folder / FILE)
    finally:
        if system.exists(root):
            system.rm(root, recursive=True)


def _accounts(selection: Selection) -> str:
    """The SQL for the accounts that may be meant; which are is decided where names are checked."""
    names = ", ".join(map(_text, selection.accounts)) or "null"
    groups = ", ".join(map(_text, selection.groups)) or "null"
    return (
        f"select vendor_id from {READERS}.dim_accounts where account_name in ({names}) "  # noqa: S608
        f"or vendor_id in ({names}) or account_group in ({groups})"
    )


def _text(value: str) -> str:
    """A text as Spark writes one."""
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def declared_marts() -> dict[str, tuple[str, dict[str, str]]]:
    """Description of each mart, and of its columns: what no Parquet file holds."""
    marts = {}
    for path in sorted(MARTS.glob("*.yml")):
        for model in yaml.safe_load(path.read_text(encoding="utf-8")).get("models", []):
            columns = {c["name"]: c.get("description", "") for c in model["columns"]}
            marts[model["name"]] = (model.get("description", ""), columns)
    return marts


def _load(
    folder: Path,
    unloaded: str,
    declared: dict[str, tuple[str, dict[str, str]]],
    system: AbstractFileSystem,
) -> None:
    """Makes the part of a warehouse that is published from, in `folder`."""
    with duckdb.connect(str(folder / WAREHOUSE)) as connection:
        connection.execute("set TimeZone = 'UTC'")
        if not unloaded.startswith("/"):
            connection.register_filesystem(system)
        for schema in ("marts", "coupang_ledger", "intermediate"):
            connection.execute(f"create schema {schema}")
        build = f"from read_parquet({literal(f'{unloaded}/shown_build/*.parquet')})"
        connection.execute(f"create table coupang_ledger.builds as {build}")
        connection.execute(f"create table intermediate.int_ledger__new_builds as {build}")
        for mart, (description, columns) in declared.items():
            table = f"marts.{mart}"
            connection.execute(
                f"create table {table} as select {', '.join(columns)} "  # noqa: S608 - of ours
                f"from read_parquet({literal(f'{unloaded}/{mart}/*.parquet')})"
            )
            comments = {f"table {table}": description} | {
                f"column {table}.{column}": said for column, said in columns.items()
            }
            for what, said in comments.items():
                connection.execute(f"comment on {what} is {literal(said)}")
