"""The data folder, the lock on it, and the warehouse's file in it as the extractor sees it."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
from filelock import FileLock, Timeout
from tenacity import Retrying, retry_if_exception, stop_after_delay, wait_fixed

from extract.errors import ConfigurationError, WarehouseError
from extract.questions import SQL_TYPES, Questions
from extract.raw_tables import raw_tables
from extract.trouble import disk_trouble, duckdb_trouble, is_locked

DATASET = "coupang_raw"
FILE = "warehouse.duckdb"
LOCK = "extract.lock"
ROWS_A_BATCH = 20_000
HEADERS = 3 * 4096  # bytes that every DuckDB file begins with
# While collecting: what DuckDB may hold before it spills beside the file, and how much may wait in
# its log for a checkpoint, in memory too and not compressed.
MEMORY_LIMIT = "256MB"
MOST_IN_LOG = 16 * 2**20  # bytes: DuckDB's own default, which dlt raises to 1 GB


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


def hold_little(connection: duckdb.DuckDBPyConnection) -> None:
    """Bounds what DuckDB keeps in memory for a run, which reads no file twice."""
    connection.execute(f"set memory_limit = '{MEMORY_LIMIT}'")
    connection.execute("set enable_external_file_cache = false")


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


class Warehouse(Questions):
    """Raw in the warehouse's file, which is open while something is asked, or while `held`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._held: duckdb.DuckDBPyConnection | None = None

    def exists(self) -> bool:
        """Whether there is a file."""
        return self.path.exists()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keeps the file for this process, so that no other program gets between two loads (dlt,
        in this process, shares it); WarehouseError where another one has it."""
        if self.path.exists() and self.path.stat().st_size < HEADERS:
            self.path.unlink()  # a full disk kept it from ever becoming a warehouse
        with self._connection() as connection:
            hold_little(connection)
            self._held = connection
            try:
                yield
            finally:
                self._held = None

    def after_load(self, loaded: Mapping[str, object]) -> None:  # noqa: ARG002
        """Writes what was loaded into the file proper, once that is worth it. DuckDB does so when
        the last connection closes, which is the end of the run where the file is `held`."""
        log = self.path.with_name(self.path.name + ".wal")
        if log.exists() and log.stat().st_size > MOST_IN_LOG:
            self._query("checkpoint")

    @contextmanager
    def _connection(self) -> Iterator[duckdb.DuckDBPyConnection]:
        with self._held.cursor() if self._held else open_warehouse(self.path) as connection:
            yield connection

    def tables_of(self, vendor_id: str, table: str) -> Iterator[pa.Table]:
        """The rows of an account in a raw table, of completed loads, in pieces."""
        with self._connection() as connection:
            try:
                _show_raw(connection)
                found = connection.execute(
                    f"select * from {table} where vendor_id = $1",  # noqa: S608 - declared name
                    [vendor_id],
                )
                for batch in found.to_arrow_reader(ROWS_A_BATCH):
                    yield pa.Table.from_batches([batch])
            except duckdb.Error as error:
                raise duckdb_trouble(error, self.path) from None

    def rows_a_box(self) -> float:
        """How many rows raw holds of a shipment box, on average and about."""
        ((rows, boxes),) = self._query(
            "select count(*), approx_count_distinct(shipment_box_id) from order_sheets"
        )
        return rows / boxes if boxes else 0.0

    def trouble(self, error: BaseException) -> WarehouseError | None:
        """DuckDB's words, and those of the disk."""
        if isinstance(error, OSError):
            return disk_trouble(error, self.path.parent)
        if isinstance(error, duckdb.Error):
            return duckdb_trouble(error, self.path)
        return None

    def _query(self, sql: str, *parameters: object, of: str | None = None) -> list[Any]:  # noqa: ARG002
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
        # Tables only: where raw is in a lake, a build may have views of it here.
        "select table_name, column_name from duckdb_columns() "
        "semi join duckdb_tables() using (schema_name, table_name) where schema_name = ?",
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
