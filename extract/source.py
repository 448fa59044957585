"""The dlt source: one append-only resource per raw table, as Arrow tables.

In a pipeline of your own:

    import dlt
    from extract.source import coupang

    pipeline = dlt.pipeline("coupang", destination="duckdb", dataset_name="coupang_raw")
    pipeline.run(coupang(first_day="2026-01-01"))

reads the accounts of `[[sources.coupang.accounts]]` over those days. Look-backs, marks and
look-ups need to know what was read before: `python -m extract run` (collect.py) adds them and
feeds the same resources.
"""

import tempfile
import threading
from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Protocol

import dlt
import pyarrow as pa
from dlt.sources import DltResource

from extract.accounts import parse_accounts, parse_day
from extract.client import Client
from extract.clock import as_of_now, korean_day
from extract.listings import LISTINGS
from extract.raw_tables import RawTable, raw_tables
from extract.reading import ROWS_A_BATCH, Planned, Reading, read
from extract.settings import GATEWAY, ApiSettings
from extract.states import AccountState
from extract.windows import DEFAULT_HISTORY, plan_range

DLT_TYPES = {"string": "text", "bigint": "bigint", "boolean": "bool"}
STATE_KEY = "last_reading_ids"
MOST_PIECES = 200

TableRows = Callable[[str], Iterable[pa.Table]]


class Rows(Protocol):
    """Rows of raw tables, to be loaded: a reading, a state."""

    @property
    def table_names(self) -> set[str]: ...

    def tables(self, name: str) -> Iterator[pa.Table]: ...


@dlt.source(name="coupang", section="coupang")
def coupang(
    accounts: list = dlt.secrets.value,
    base_url: str = GATEWAY,
    first_day: str | None = None,
    last_day: str | None = None,
    requests_per_second: float = 4.0,
) -> Iterable[DltResource]:
    """Everything the API tells of the accounts from `first_day` (default 90 days ago) to
    `last_day` (default today), Korean days as yyyy-mm-dd.

    Rows are appended; each run is a new set of readings whose numbers go on from the last run
    (dlt's own state of the pipeline). Raises ExtractError (cause, account, remedy) where an
    account cannot be read wholly: then nothing of the run is loaded.
    """
    linked = parse_accounts(accounts)
    settings = ApiSettings(base_url=base_url, requests_per_second=requests_per_second)
    as_of = as_of_now()
    today = korean_day(as_of)
    first = parse_day(first_day, "first_day") if first_day else today - timedelta(DEFAULT_HISTORY)
    last = parse_day(last_day, "last_day") if last_day else today

    def collect(last_ids: dict[str, int], folder: Path) -> Iterator[Reading | AccountState]:
        for account in linked:
            client = Client(account, settings)
            number = last_ids.get(account.vendor_id, 0)
            for listing in LISTINGS.values():
                for window in plan_range(listing, first, last, today):
                    number += 1
                    reading = read(client, Planned(number, listing.name, window), as_of, folder)
                    if reading.error:
                        raise reading.error
                    yield reading
            client.close()
            last_ids[account.vendor_id] = number + 1
            yield AccountState.of(account, number + 1, as_of, start_date=first)

    made: list[Reading | AccountState] = []
    lock = threading.Lock()
    folder = tempfile.TemporaryDirectory(prefix="coupang-")

    def rows(name: str) -> Iterator[pa.Table]:
        # The first table that dlt asks for has everything read; the others share it.
        with lock:
            if not made:
                last_ids = dlt.current.source_state().setdefault(STATE_KEY, {})
                made.extend(collect(last_ids, Path(folder.name)))
        yield from tables_of(made)(name)

    return resources(rows)


def resources(rows_of: TableRows, tables: Collection[str] | None = None) -> list[DltResource]:
    """One append-only resource per raw table; `rows_of(table)` gives its Arrow tables.

    Every table exists from the first load on, also where it has no rows. Later loads may leave
    out those that have none: `tables` names the others.
    """
    # Without it Arrow rows would not say which load brought them, and what a load that died
    # half-way left behind could not be told from the rest. Set here so that nobody can forget.
    dlt.config["normalize.parquet_normalizer.add_dlt_load_id"] = True
    return [
        _resource(table, rows_of)
        for table in raw_tables().values()
        if tables is None or table.name in tables
    ]


def _resource(table: RawTable, rows_of: TableRows) -> DltResource:
    def rows() -> Iterator[pa.Table]:
        yield table.schema.empty_table()
        yield from rows_of(table.name)

    columns = {
        column.name: {"data_type": DLT_TYPES[column.data_type], "nullable": True}
        for column in table.columns
    }
    return dlt.resource(
        rows,
        name=table.name,
        columns=columns,
        write_disposition="append",
        file_format="parquet",
    )


def tables_of(made: Iterable[Rows]) -> TableRows:
    """The rows of readings and states that were already made, for `resources`.

    Many readings have a row or two (look-ups), and dlt works some milliseconds on each table that
    it is given, whatever its size: they are handed over in large ones. A table of one row takes ten
    kilobytes and more, so that small ones are put together long before.
    """

    def rows(name: str) -> Iterator[pa.Table]:
        waiting: list[pa.Table] = []
        count = 0
        for thing in made:
            for piece in thing.tables(name):
                waiting.append(piece)
                count += piece.num_rows
                if len(waiting) == MOST_PIECES:
                    waiting = [pa.concat_tables(waiting).combine_chunks()]
                if count >= ROWS_A_BATCH:
                    yield pa.concat_tables(waiting)
                    waiting, count = [], 0
        if waiting:
            yield pa.concat_tables(waiting)

    return rows
