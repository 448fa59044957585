"""The published file, opened so that a query sees the chosen accounts and nothing else.

The file is attached read-only to a DuckDB in memory, in which every mart is a view of the chosen
accounts' rows: whatever is asked below (figures, page, exports) cannot reach another account. Each
connection is a database of its own, so it keeps showing the file as it was when it was opened, and
one opened after a replacement shows the new file; nothing has to be closed first, and nobody is
kept from replacing the file.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import duckdb

from extract.sql import literal
from publish.errors import PublishError
from publish.selection import Selection

EVERYTHING = Selection()


def file_version(path: Path) -> tuple[int, int] | None:
    """Changes when the file is replaced; None where there is no file."""
    try:
        state = path.stat()
    except OSError:
        return None
    return state.st_ino, state.st_mtime_ns


def connect(path: Path, selection: Selection = EVERYTHING) -> duckdb.DuckDBPyConnection:
    """An own in-memory database with a view of each mart: the rows of the selection's accounts.

    The selection's days are not applied: what is asked says its own. Raises PublishError where
    there is no published file, or where the selection names an account or a group that is not in it
    (a misspelt name must never mean "everyone").
    """
    if not path.is_file():
        raise PublishError(
            f"There is no {path.name} in {path.parent} yet",
            remedy="`make run` makes it. That of `make demo` is in data/demo: set COUPANG_DATA_DIR "
            "to it.",
        )
    con = duckdb.connect()
    try:
        con.execute("set TimeZone = 'UTC'")
        con.execute(f"attach {literal(path)} as published (read_only)")
        tables = marts_of(con)
        if "dim_accounts" not in tables:
            raise PublishError(f"{path} is no published file")
        con.execute("create temp table selected (vendor_id varchar)")
        choose(con, selection)
        for table in tables:
            con.execute(
                f'create view "{table}" as select * from published."{table}"'  # noqa: S608
                " where vendor_id in (select vendor_id from selected)"
            )
    except duckdb.Error as error:
        con.close()
        cause = str(error).splitlines()[0]
        raise PublishError(f"{path} cannot be read: {cause}") from None
    except PublishError:
        con.close()
        raise
    return con


def choose(con: duckdb.DuckDBPyConnection, selection: Selection) -> None:
    """From now on the connection shows the accounts of this selection."""
    vendor_ids = selection.vendor_ids(con, "published.dim_accounts")
    con.execute("delete from selected")
    con.execute(
        "insert into selected select unnest($vendor_ids::varchar[])", {"vendor_ids": vendor_ids}
    )


def selection_name(selection: Selection) -> str:
    """A name for what is made of a selection; another selection has another name."""
    if selection.is_everything:
        return "all"
    said = [*sorted(selection.accounts), *sorted(selection.groups)]
    said += [f"{day:%Y%m%d}" for day in (selection.first, selection.last) if day]
    name = re.sub(r"[^\w.-]+", "_", "_".join(said)).strip("._")[:60]
    # two selections may read alike once their letters are made safe for a file name
    digest = hashlib.sha256(repr(selection).encode()).hexdigest()[:6]
    return f"{name}-{digest}"


def marts_of(con: duckdb.DuckDBPyConnection) -> dict[str, dict[str, str]]:
    """The marts the file holds (an older file may lack a newer one), each with its columns in order
    and their DuckDB types. A table without a vendor_id belongs to nobody and is not among them."""
    found: dict[str, dict[str, str]] = {}
    for table, column, data_type in con.execute(
        "select table_name, column_name, data_type from duckdb_columns()"
        " where database_name = 'published' and schema_name = 'main' and not internal"
        " order by table_name, column_index"
    ).fetchall():
        found.setdefault(table, {})[column] = data_type
    return {table: columns for table, columns in found.items() if "vendor_id" in columns}
