"""The published file: marts as plain tables that any DuckDB since 1.0 opens, replaced atomically.

Analysts and BI tools open this file, never the warehouse: whoever has it open keeps what he has and
stops nobody. It is written beside its place and moved there at the end, so that it is always
whole, and always of a build that passed.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from extract.sql import literal
from extract.trouble import disk_trouble, duckdb_trouble
from extract.warehouse import FILE as WAREHOUSE
from publish.dbt import MARTS
from publish.errors import PublishError
from publish.selection import Selection

FILE = "coupang_revenue.duckdb"
# Read by DuckDB 1.0 and later; what newer versions write by default is not.
STORAGE_VERSION = "v1.0.0"

SCOPE = (
    "Revenue of Coupang seller accounts by the Korean day of payment. General market (일반마켓) "
    "only: Rocket Growth (로켓그로스) and Rocket delivery (로켓배송) are not in here."
)


@dataclass(frozen=True)
class Published:
    """What was written: where, table names with their rows, and the accounts that are in it."""

    path: Path
    rows: dict[str, int]
    vendor_ids: list[str]


@dataclass(frozen=True)
class Build:
    """The build that the marts are of. as_of: the moment that counted as now, ISO 8601, UTC."""

    number: int
    as_of: str
    definition: str


def publish_file(
    folder: Path,
    selection: Selection | None = None,
    out: Path | None = None,
    marts: Path = MARTS,
) -> Published:
    """Writes the marts of the warehouse in `folder` to a file of their own.

    Everything goes to `coupang_revenue.duckdb` in that folder unless `out` names another place; a
    selection always needs `out`. marts: the folder of the models to publish; a table that is left
    from a model of former days is not. PublishError or WarehouseError where that cannot be done;
    then the former file stands as it was.
    """
    selection = selection or Selection()
    warehouse = folder / WAREHOUSE
    if not warehouse.exists():
        raise PublishError(
            f"There is no warehouse in {folder} yet",
            remedy="Run `make extract`, then `make build`.",
        )
    target = _target(folder, selection, out)
    partial = target.with_name(f".{target.name}.partial")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _remove(partial)  # of a run that was killed
        with duckdb.connect(config={"temp_directory": str(folder / "duckdb_spill")}) as connection:
            connection.execute(f"attach {literal(warehouse)} as warehouse (read_only)")
            connection.execute(
                f"attach {literal(partial)} as published (storage_version '{STORAGE_VERSION}')"
            )
            published = _copy(
                connection, selection, sorted(path.stem for path in marts.rglob("*.sql"))
            )
            connection.execute("detach published")
        partial.replace(target)
    except duckdb.Error as error:
        raise duckdb_trouble(error, warehouse) from None
    except OSError as error:
        raise disk_trouble(error, target.parent) from None
    finally:
        _remove(partial)
    return Published(target, *published)


def _target(folder: Path, selection: Selection, out: Path | None) -> Path:
    """Where to write; PublishError where that would replace something else."""
    everything = (folder / FILE).resolve()
    if out is None:
        if not selection.is_everything:
            raise PublishError(
                "A file of some accounts or days needs a place of its own",
                remedy="Say where with --out.",
            )
        return everything
    target = out.expanduser().resolve()
    if target == everything and not selection.is_everything:
        raise PublishError(
            f"{target.name} holds all accounts and days", remedy="Give another --out."
        )
    if target.exists() and not _is_published(target):
        raise PublishError(
            f"{target} is no published file and is not replaced", remedy="Give another --out."
        )
    return target


def _is_published(path: Path) -> bool:
    try:
        with duckdb.connect(str(path), read_only=True) as connection:
            return bool(
                connection.execute(
                    "select 1 from duckdb_tables() "
                    "where schema_name = 'main' and table_name = 'readme'"
                ).fetchall()
            )
    except (duckdb.Error, OSError):
        return False


def _copy(
    connection: duckdb.DuckDBPyConnection, selection: Selection, marts: list[str]
) -> tuple[dict[str, int], list[str]]:
    """Copies the marts; returns their rows and the accounts that are in them."""
    columns = _columns(connection)
    missing = [mart for mart in marts if mart not in columns]
    if missing:
        raise PublishError(f"Not built yet: {', '.join(missing)}")
    without_account = [mart for mart in marts if "vendor_id" not in columns[mart]]
    if without_account and selection.names_accounts:
        raise PublishError(
            f"Nobody can tell whose rows these are: {', '.join(without_account)} has no vendor_id",
            remedy="Add the column to the model, or publish all accounts.",
        )
    build = _build(connection)
    vendor_ids = selection.vendor_ids(connection, "warehouse.marts.dim_accounts")
    connection.execute("create temp table selected (vendor_id varchar)")
    connection.execute("insert into selected select unnest(?::varchar[])", [vendor_ids])
    comments = _comments(connection)
    rows = {}
    for mart in marts:
        (rows[mart],) = connection.execute(
            f"create table published.main.{mart} as "
            f"from warehouse.marts.{mart} where {selection.condition(list(columns[mart]))}"
        ).fetchone()
        for column, comment in comments.get(mart, {}).items():
            what = (
                f"column published.main.{mart}.{column}"
                if column
                else f"table published.main.{mart}"
            )
            connection.execute(f"comment on {what} is {literal(comment)}")
    _write_readme(connection, selection, build, {mart: comments.get(mart, {}) for mart in marts})
    return rows, vendor_ids


def _columns(connection: duckdb.DuckDBPyConnection) -> dict[str, list[str]]:
    """The columns of each table in schema marts."""
    return dict(
        connection.execute(
            """
            select table_name, list(column_name order by column_index)
            from duckdb_columns()
            where database_name = 'warehouse' and schema_name = 'marts'
            group by 1
            """
        ).fetchall()
    )


def _comments(connection: duckdb.DuckDBPyConnection) -> dict[str, dict[str, str]]:
    """The descriptions that dbt left on each mart: by column, and of the table under ''."""
    comments: dict[str, dict[str, str]] = {}
    for table, column, comment in connection.execute(
        """
        select table_name, '', comment from duckdb_tables()
        where database_name = 'warehouse' and schema_name = 'marts' and comment is not null
        union all
        select table_name, column_name, comment from duckdb_columns()
        where database_name = 'warehouse' and schema_name = 'marts' and comment is not null
        """
    ).fetchall():
        comments.setdefault(table, {})[column] = comment
    return comments


def _build(connection: duckdb.DuckDBPyConnection) -> Build:
    """The build that made the marts; PublishError unless every test of it passed.

    Each full build takes a number when it begins, and stands in the ledger with it once it passed.
    """
    row = connection.execute(
        """
        select builds.build_no, builds.as_of, builds.definition
        from warehouse.coupang_ledger.builds as builds
        inner join warehouse.intermediate.int_ledger__new_builds as latest using (build_no)
        """
    ).fetchone()
    if row is None:
        raise PublishError("The last dbt build was not a full one that passed all its tests")
    return Build(*row)


def _write_readme(
    connection: duckdb.DuckDBPyConnection,
    selection: Selection,
    build: Build,
    comments: dict[str, dict[str, str]],
) -> None:
    """A table for whoever opens the file without knowing it."""
    accounts = connection.execute(
        """
        select
            'account',
            vendor_id,
            account_name || coalesce(' (' || account_group || ')', '') || ': '
            || coalesce('collected through ' || collected_through, 'nothing collected yet')
        from published.main.dim_accounts
        order by account_name, vendor_id
        """
    ).fetchall()
    rows = [
        ("file", "scope", SCOPE),
        ("file", "as_of", f"{_utc(datetime.fromisoformat(build.as_of))}: what counted as now"),
        ("file", "published_at", _utc(datetime.now(UTC))),
        ("file", "build", f"number {build.number}, {build.definition}"),
        ("file", "accounts", "some accounts only" if selection.names_accounts else "all accounts"),
        ("file", "period", selection.period),
        *accounts,
        *(("table", mart, said.get("", "")) for mart, said in comments.items()),
    ]
    connection.execute(
        "create table published.main.readme (topic varchar, name varchar, says varchar)"
    )
    connection.executemany("insert into published.main.readme values (?, ?, ?)", rows)
    connection.execute(
        "comment on table published.main.readme is "
        "'What this file is, of when and of which accounts, and what each table holds.'"
    )


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def _remove(partial: Path) -> None:
    """The file and what DuckDB keeps beside it."""
    for path in (partial, partial.with_name(partial.name + ".wal")):
        path.unlink(missing_ok=True)
