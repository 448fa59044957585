"""The warehouse as the extractor sees it: what raw already says, and the lock on it.

Every question is answered from loads that were completed (`_dlt_loads.status = 0`), except which
numbers are taken: those of a load that died half-way are never given again.
"""

import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
from filelock import FileLock, Timeout
from tenacity import Retrying, retry_if_exception, stop_after_delay, wait_fixed

from extract.clock import KST
from extract.errors import ConfigurationError, WarehouseError
from extract.raw_tables import raw_tables
from extract.states import AccountState
from extract.trouble import disk_trouble, duckdb_trouble, is_locked
from extract.values import parse_time
from extract.windows import Covered

DATASET = "coupang_raw"
FILE = "warehouse.duckdb"
LOCK = "extract.lock"
HEADERS = 3 * 4096  # bytes that every DuckDB file begins with
# While collecting: what DuckDB may hold before it spills beside the file, and how much may wait in
# its log for a checkpoint, in memory too and not compressed.
MEMORY_LIMIT = "384MB"
MOST_IN_LOG = 16 * 2**20  # bytes: DuckDB's own default, which dlt raises to 1 GB
SQL_TYPES = {"string": "varchar", "bigint": "bigint", "boolean": "boolean"}


def data_dir() -> Path:
    """$COUPANG_DATA_DIR, or `data/` of the repo."""
    default = Path(__file__).resolve().parent.parent / "data"
    return Path(os.environ.get("COUPANG_DATA_DIR") or default).expanduser().resolve()


def make_data_dir(folder: Path) -> None:
    """The data folder, readable by its owner only; WarehouseError where it cannot be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        probe = folder / ".writable"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise disk_trouble(error, folder) from None


def patience() -> float:
    """Seconds to wait for a lock that another program holds: $COUPANG_LOCK_WAIT, or 30, so that a
    publish of two seconds does not cost the night's run."""
    text = os.environ.get("COUPANG_LOCK_WAIT") or "30"
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds <= 86_400:
        raise ConfigurationError(
            f"COUPANG_LOCK_WAIT={text!r} is no number of seconds", remedy="0 does not wait."
        )
    return seconds


def open_warehouse(path: Path) -> duckdb.DuckDBPyConnection:
    """A connection that may write, waiting for `patience` where another program has the file;
    WarehouseError where it cannot be had."""
    opening = Retrying(
        retry=retry_if_exception(is_locked),
        stop=stop_after_delay(patience()),
        wait=wait_fixed(0.2),
        reraise=True,
    )
    try:
        return opening(duckdb.connect, str(path))
    except duckdb.Error as error:
        raise duckdb_trouble(error, path) from None


@contextmanager
def process_lock(folder: Path) -> Iterator[None]:
    """Held for a whole run: one at a time in a data folder, the others wait for `patience`.

    The operating system gives it back when the process ends, however it ends.
    """
    lock = FileLock(folder / LOCK, mode=0o600)
    try:
        lock.acquire(timeout=patience(), poll_interval=0.2)
    except Timeout:
        raise WarehouseError(
            f"Another run is at work in {folder}", remedy="Wait until it has ended."
        ) from None
    except OSError as error:
        raise disk_trouble(error, folder) from None
    try:
        yield
    finally:
        lock.release()


class Warehouse:
    """Questions to raw. The file is open while something is asked, or for as long as `held`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._held: duckdb.DuckDBPyConnection | None = None

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keeps the file for this process, so that no other program gets between two loads (dlt,
        in this process, shares it); WarehouseError where another one has it."""
        if self.path.exists() and self.path.stat().st_size < HEADERS:
            self.path.unlink()  # a full disk kept it from ever becoming a warehouse
        with self._connection() as connection:
            connection.execute(f"set memory_limit = '{MEMORY_LIMIT}'")
            self._held = connection
            try:
                yield
            finally:
                self._held = None

    def after_load(self) -> None:
        """Writes what was loaded into the file proper, once that is worth it. DuckDB does so when
        the last connection closes, which is the end of the run where the file is `held`."""
        log = self.path.with_name(self.path.name + ".wal")
        if log.exists() and log.stat().st_size > MOST_IN_LOG:
            self._query("checkpoint")

    @contextmanager
    def _connection(self) -> Iterator[duckdb.DuckDBPyConnection]:
        with self._held.cursor() if self._held else open_warehouse(self.path) as connection:
            yield connection

    def last_reading_ids(self) -> dict[str, int]:
        """Per vendor code the highest number that was ever given, whatever became of its load."""
        return dict(
            self._query("select vendor_id, max(reading_id) from every_place group by vendor_id")
        )

    def last_as_of(self) -> dict[str, datetime]:
        """Per vendor code the latest moment that counted as now for something in raw."""
        rows = self._query(
            """
            select vendor_id, max(as_of)
            from (
                select vendor_id, as_of from read_log
                union all
                select vendor_id, as_of from accounts
            )
            group by 1
            """
        )
        return {vendor_id: datetime.fromisoformat(text) for vendor_id, text in rows}

    def readings(self, vendor_id: str) -> dict[str, list[Covered]]:
        """Per listing the whole readings of windows."""
        found: dict[str, list[Covered]] = {}
        for listing, first, last, as_of in self._query(
            """
            select listing, covered_from, covered_to, max(as_of)
            from read_log
            where vendor_id = ? and is_whole and covered_from is not null
            group by all
            """,
            vendor_id,
        ):
            found.setdefault(listing, []).append(
                Covered(date.fromisoformat(first), date.fromisoformat(last), korean_day_of(as_of))
            )
        return found

    def states(self) -> dict[str, AccountState]:
        """Per vendor code its newest state."""
        rows = self._query(
            """
            select
                vendor_id, reading_id, account_name, account_group, is_linked, start_date,
                key_expires_on, keys_linked_on, last_error, as_of
            from accounts
            qualify row_number() over (partition by vendor_id order by reading_id desc) = 1
            """
        )
        return {row[0]: _state(*row) for row in rows}

    def open_receipts(self, vendor_id: str) -> list[tuple[str, date, date]]:
        """Returns that are neither completed nor wholly withdrawn: receipt id, Korean day of its
        creation, Korean day on which it was last asked about."""
        rows = self._query(
            """
            with newest as (
                select *
                from receipts
                where vendor_id = $1
                qualify row_number() over (
                    partition by receipt_id order by reading_id desc, request_no desc, row_no desc
                ) = 1
            ),
            withdrawn as (
                select distinct cancel_id, vendor_item_id
                from withdrawals
                where vendor_id = $1
            ),
            items as (
                select
                    newest.receipt_id,
                    count(distinct lines.vendor_item_id) as item_count,
                    count(distinct withdrawn.vendor_item_id) as withdrawn_count
                from newest
                inner join receipt_items as lines
                    using (vendor_id, reading_id, request_no, row_no)
                left join withdrawn
                    on withdrawn.cancel_id = newest.receipt_id
                    and withdrawn.vendor_item_id = lines.vendor_item_id
                group by 1
            ),
            asked as (
                select subject_id as receipt_id, max(as_of) as as_of
                from read_log
                where vendor_id = $1 and listing = 'receipt_lookup' and is_whole
                group by 1
            ),
            log as (
                select reading_id, max(as_of) as as_of
                from read_log
                where vendor_id = $1
                group by 1
            )
            select newest.receipt_id, newest.created_at, greatest(asked.as_of, log.as_of)
            from newest
            inner join log using (reading_id)
            left join items using (receipt_id)
            left join asked using (receipt_id)
            where newest.receipt_type in ('RETURN', '반품')
                and newest.receipt_status is distinct from 'RETURNS_COMPLETED'
                and not exists (
                    select 1 from withdrawn
                    where withdrawn.cancel_id = newest.receipt_id
                        and withdrawn.vendor_item_id is null
                )
                and (items.item_count is null or items.item_count > items.withdrawn_count)
            order by newest.receipt_id
            """,
            vendor_id,
        )
        return [
            (receipt_id, korean_day_of(created_at), korean_day_of(as_of))
            for receipt_id, created_at, as_of in rows
        ]

    def unpaid_months(self, vendor_id: str) -> list[date]:
        """First days of months of which the newest reading tells settlements not paid yet."""
        rows = self._query(
            """
            with newest as (
                select covered_from, max(reading_id) as reading_id
                from read_log
                where vendor_id = $1 and listing = 'settlements' and is_whole
                group by 1
            )
            select distinct newest.covered_from
            from newest
            inner join settlements using (reading_id)
            where settlements.vendor_id = $1 and settlements.status = 'SUBJECT'
            """,
            vendor_id,
        )
        return [date.fromisoformat(first_day) for (first_day,) in rows]

    def unknown_orders(
        self, vendor_id: str, told: Collection[str] = (), shown: Collection[str] = ()
    ) -> list[str]:
        """Orders that a receipt names, that no sheet showed and that were not looked up yet.

        told, shown: what receipts and sheets say that are read but not loaded yet.
        """
        rows = self._query(
            """
            (select order_id from receipts where vendor_id = $1 union select unnest($2::varchar[]))
            except
            (
                select order_id from order_sheets where vendor_id = $1
                union all
                select unnest($3::varchar[])
                union all
                select subject_id from read_log
                where vendor_id = $1 and listing = 'order_lookup' and is_whole
            )
            order by order_id
            """,
            vendor_id,
            list(told),
            list(shown),
        )
        return [order_id for (order_id,) in rows]

    def rows_a_box(self) -> float:
        """How many rows raw holds of a shipment box, on average and about."""
        ((rows, boxes),) = self._query(
            "select count(*), approx_count_distinct(shipment_box_id) from order_sheets"
        )
        return rows / boxes if boxes else 0.0

    def last_success(self) -> dict[str, datetime]:
        """Per vendor code the moment of its newest whole reading of order sheets."""
        rows = self._query(
            """
            select vendor_id, max(as_of)
            from read_log
            where listing = 'order_sheets' and is_whole
            group by 1
            """
        )
        return {vendor_id: datetime.fromisoformat(text) for vendor_id, text in rows}

    def _query(self, sql: str, *parameters: object) -> list[Any]:
        """Rows of a question. Raw tables stand in it by their own names, and then hold the rows
        of completed loads; `every_place` holds vendor and reading of all rows of all of them. A
        table that is not there yet is empty."""
        with self._connection() as connection:
            try:
                _show_raw(connection)
                return connection.execute(sql, list(parameters)).fetchall()
            except duckdb.Error as error:
                raise duckdb_trouble(error, self.path) from None


def _show_raw(connection: duckdb.DuckDBPyConnection) -> None:
    """Makes the session's views of raw. Their names are our own: the dataset's, and declared.

    What a warehouse of an older version does not have yet (the next load adds it) is null.
    """
    there: dict[str, set[str]] = {}
    for table, column in connection.execute(
        "select table_name, column_name from information_schema.columns where table_schema = ?",
        [DATASET],
    ).fetchall():
        there.setdefault(table, set()).add(column)
    is_loaded = f"_dlt_load_id in (select load_id from {DATASET}._dlt_loads where status = 0)"  # noqa: S608
    places = []
    for table in raw_tables().values():
        known = there.get(table.name, set()) if "_dlt_loads" in there else set()
        columns = ", ".join(
            c.name if c.name in known else f"cast(null as {SQL_TYPES[c.data_type]}) as {c.name}"
            for c in table.columns
        )
        rows = f"from {DATASET}.{table.name} where {is_loaded}" if known else "where false"
        connection.execute(f"create temp view {table.name} as select {columns} {rows}")
        if known:
            places.append(f"select vendor_id, reading_id from {DATASET}.{table.name}")  # noqa: S608
    union = " union all ".join(places) or "select vendor_id, reading_id from accounts"
    connection.execute(f"create temp view every_place as {union}")


def korean_day_of(text: str) -> date:
    """Korean day of a time as raw holds it: naive times are Korean already."""
    moment = parse_time(text)
    return (moment.astimezone(KST) if moment.tzinfo else moment).date()


def _state(
    vendor_id: str,
    reading_id: int,
    account_name: str,
    account_group: str | None,
    is_linked: bool,
    start_date: str | None,
    key_expires_on: str | None,
    keys_linked_on: str | None,
    last_error: str | None,
    as_of: str,
) -> AccountState:
    def day(text: str | None) -> date | None:
        return date.fromisoformat(text) if text else None

    return AccountState(
        vendor_id=vendor_id,
        reading_id=reading_id,
        account_name=account_name,
        account_group=account_group,
        is_linked=is_linked,
        start_date=day(start_date),
        key_expires_on=day(key_expires_on),
        keys_linked_on=day(keys_linked_on),
        last_error=last_error,
        as_of=datetime.fromisoformat(as_of),
    )


def start_of(configured: date | None, remembered: AccountState | None, fallback: date) -> date:
    """The first payment day of an account: the one remembered with its data, or an earlier one
    that the configuration names now. A later one changes nothing."""
    known = remembered.start_date if remembered else None
    if known is None:
        return configured or fallback
    return min(known, configured) if configured else known
