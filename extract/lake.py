"""Raw as a lake: append-only Parquet files, a folder or a bucket that several machines load into.

`COUPANG_LAKE` says where; dlt's filesystem destination writes it:

    coupang_raw/<table>/<load_id>.<file_id>.parquet
    coupang_raw/_dlt_loads/coupang__<load_id>.jsonl    last of all, once a load is whole

What questions ask for is remembered in the data folder (`lake_index.duckdb`): of thousands of small
files a run reads those only that are new. The read log and the account states are read of
all loads; they say whose loads those are (a load is of one account, states aside), and of the other
tables only the files of an account that is asked about are. Whoever deletes the index has it made
anew.
"""

import logging
import os
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import duckdb
from fsspec import AbstractFileSystem, register_implementation
from fsspec.implementations.local import LocalFileSystem

from extract.configuration import dlt
from extract.errors import ConfigurationError, WarehouseError, one_line
from extract.forget import rewrite
from extract.questions import SQL_TYPES, Questions
from extract.raw_tables import LOAD_ID, raw_tables
from extract.sql import literal
from extract.trouble import disk_trouble, duckdb_trouble
from extract.warehouse import DATASET, FILE, Warehouse, hold_little, make_data_dir, open_warehouse

LAYOUT = "{table_name}/{load_id}.{file_id}.{ext}"
LOADS = "_dlt_loads"
INDEX = "lake_index.duckdb"
INDEXED = ("read_log", "accounts")  # of all loads, all columns
# Of the loads of accounts that are asked about, and what questions ask of them.
ASKED = {
    "order_sheets": ("vendor_id", "order_id"),
    "receipts": (
        *("vendor_id", "reading_id", "request_no", "row_no", "receipt_id", "order_id"),
        *("receipt_type", "receipt_status", "created_at"),
    ),
    "receipt_items": ("vendor_id", "reading_id", "request_no", "row_no", "vendor_item_id"),
    "withdrawals": ("vendor_id", "cancel_id", "vendor_item_id"),
    "settlements": ("vendor_id", "reading_id", "status"),
}
FILES_AT_ONCE = 100  # opened by one statement, each with buffers of its own
# What each kind of address needs beside dlt, which asks for it by these names.
PACKAGES = {"s3": "s3fs", "gs": "gcsfs", "az": "adlfs", "abfss": "adlfs"}

log = logging.getLogger("coupang")

_FILE = re.compile(r"(?P<load>\d+\.\d+)\.[^.]+\.parquet")
_LOAD = re.compile(r".+__(?P<load>\d+\.\d+)\.jsonl")


def lake_url() -> str | None:
    """$COUPANG_LAKE, None where raw is in the warehouse's file."""
    text = os.environ.get("COUPANG_LAKE", "").strip().rstrip("/")
    if not text:
        return None
    if not text.startswith("/") and text.partition("://")[0] not in PACKAGES:
        raise ConfigurationError(
            f"COUPANG_LAKE={text!r} is neither a folder from / on nor a bucket",
            remedy="Give the whole path of a folder, or an address as s3://bucket/folder "
            "(or gs://, az://).",
        )
    return text


def raw_in(folder: Path) -> "Warehouse | Lake":
    """Where raw is kept for a data folder: in the lake where one is configured.

    ConfigurationError where the folder's warehouse has readings that the lake does not have: its
    numbers and marks would begin anew.
    """
    warehouse = Warehouse(folder / FILE)
    if (url := lake_url()) is None:
        return warehouse
    lake = Lake(url, folder)
    if warehouse.exists() and (here := warehouse.fingerprints()):
        moved = lake.fingerprints({vendor_id: most for vendor_id, (most, *_) in here.items()})
        if left := [vendor_id for vendor_id in here if here[vendor_id] != moved.get(vendor_id)]:
            raise ConfigurationError(
                f"The warehouse in {folder} holds readings of {len(left)} accounts that the lake "
                f"{url} does not have",
                remedy="`python -m extract to-lake` moves them there; or unset COUPANG_LAKE.",
            )
    return lake


class WholeFiles(LocalFileSystem):
    """A local folder in which files appear whole or not at all, as they do in a bucket: a reader at
    work meanwhile, or after a kill, finds no half Parquet file."""

    def put_file(self, path1: str, path2: str, callback: Any = None, **kwargs: Any) -> None:  # noqa: ANN401, ARG002 - fsspec's own
        target = Path(self._strip_protocol(path2))
        partial = target.with_name(f".{target.name}.part")
        shutil.copyfile(self._strip_protocol(path1), partial)
        partial.replace(target)

    def write_text(self, path: str, value: str, **kwargs: Any) -> None:  # noqa: ANN401 - fsspec's own
        target = Path(self._strip_protocol(path))
        partial = target.with_name(f".{target.name}.part")
        partial.write_text(value, encoding=kwargs.get("encoding"))
        partial.replace(target)

    def makedirs(self, path: str, exist_ok: bool = True) -> None:  # noqa: ARG002 - never minds
        """Two runs may begin a lake at the same moment."""
        super().makedirs(path, exist_ok=True)


# dlt asks fsspec for "file": in this process it writes through this one.
register_implementation("file", WholeFiles, clobber=True)


class Lake(Questions):
    """Raw in a lake. `folder`: the data folder, for the index and for what DuckDB spills."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url = url
        self.folder = folder
        self._fs, root = lake_filesystem(url)
        self.root = f"{root}/{DATASET}"
        self._files: dict[str, dict[str, list[str]]] = {}
        self._known: dict[str, set[str]] = {}
        self._index: duckdb.DuckDBPyConnection | None = None
        self._is_forgotten = False

    @property
    def destination(self) -> Any:  # noqa: ANN401 - dlt's own
        """The same place as dlt writes to it."""
        return dlt.destinations.filesystem(bucket_url=self.url, layout=LAYOUT)

    def exists(self) -> bool:
        """Whether a load was ever completed."""
        return bool(self._completed())

    @contextmanager
    def held(self) -> Iterator[None]:
        """Reads what is new in the lake, and answers from it and from this run's own loads. Nobody
        else is kept out of the lake: the accounts of machines at work in it must be disjoint."""
        make_data_dir(self.folder)
        file = self.folder / INDEX
        with open_warehouse(file) as index:
            self._index = index
            try:
                hold_little(index)
                if self._is_remote:
                    index.register_filesystem(self._fs)
                self._look()
                yield
            finally:
                self._index = None
        if self._is_forgotten:
            rewrite(file)  # its free blocks still hold what was forgotten
            self._is_forgotten = False

    def after_load(self, loaded: Mapping[str, list[tuple[str, str]]]) -> None:
        """Takes this run's own loads into account; per load its tables and file ids."""
        for load_id, files in loaded.items():
            for table, file_id in files:
                path = self._opened(f"{self.root}/{table}/{load_id}.{file_id}.parquet")
                self._files.setdefault(table, {}).setdefault(load_id, []).append(path)
                if table in INDEXED:
                    self._remember(table, [path])

    def trouble(self, error: BaseException) -> WarehouseError | None:
        """Words for a folder; a bucket's own errors stand as they are."""
        if isinstance(error, OSError) and error.errno:
            return disk_trouble(error, self.folder if self._is_remote else Path(self.url))
        return None

    def forget(self, vendor_id: str) -> int:
        """Deletes every row of a vendor code: its files, and its rows in files that hold others'
        too, which are written anew; how many rows there were. Whatever became of their load."""
        count = 0
        with self.held():
            for table in raw_tables().values():
                paths = [path for found in self._loads(table.name).values() for path in found]
                for some in _in_pieces(paths):
                    for path, own, others in self._ask(
                        f"select filename, count(*) filter (vendor_id = $1), "  # noqa: S608
                        f"count(*) filter (vendor_id is distinct from $1) "
                        f"from read_parquet({_listed(some)}, filename = true) "
                        "group by 1 having count(*) filter (vendor_id = $1) > 0",
                        vendor_id,
                    ):
                        count += own
                        if others:
                            self._write_without(path, vendor_id)
                        self._fs.rm_file(self._fs._strip_protocol(path))
            if not self._is_remote:
                for partial in Path(self.root).glob("*/.*.part"):  # of loads that were killed
                    partial.unlink(missing_ok=True)
            self._look()
        return count

    def _write_without(self, path: str, vendor_id: str) -> None:
        """Another file of the same load with the other accounts' rows."""
        bare = self._fs._strip_protocol(path)
        load_id = _FILE.fullmatch(bare.rpartition("/")[2])["load"]
        written = self.folder / f"{uuid4().hex}.parquet"
        try:
            self._ask(
                f"copy (select * from read_parquet({literal(path)}) "  # noqa: S608
                f"where vendor_id is distinct from '{vendor_id}') to {literal(written)} "
                "(format parquet)"
            )
            self._fs.put_file(
                str(written), f"{bare.rpartition('/')[0]}/{load_id}.{uuid4().hex[:10]}.parquet"
            )
        finally:
            written.unlink(missing_ok=True)

    # --- what is there -------------------------------------------------------------------

    @property
    def _is_remote(self) -> bool:
        return not self.url.startswith("/")

    def _names(self, folder: str) -> list[str]:
        try:
            return [self._opened(p) for p in self._fs.ls(f"{self.root}/{folder}", detail=False)]
        except FileNotFoundError:
            return []
        except Exception as error:
            raise self._refused(error) from None

    def _refused(self, error: Exception) -> WarehouseError:
        return WarehouseError(
            f"The lake {self.url} cannot be used ({type(error).__name__}: {one_line(error)})",
            remedy="Look at its address and its credentials ([destination.filesystem] of dlt).",
        )

    def _completed(self) -> dict[str, str]:
        """The files that tell of whole loads, by load."""
        return {
            found["load"]: path
            for path in self._names(LOADS)
            if (found := _LOAD.fullmatch(path.rpartition("/")[2]))
        }

    def _loads(self, table: str) -> dict[str, list[str]]:
        """Files of a table by load, whatever became of it."""
        loads: dict[str, list[str]] = {}
        for path in self._names(table):
            if found := _FILE.fullmatch(path.rpartition("/")[2]):
                loads.setdefault(found["load"], []).append(path)
        return loads

    def _look(self) -> None:
        """Brings the index up to what there is."""
        self._list()
        if twice := self._numbered_twice():
            for load_id, path in self._completed().items():
                if load_id in twice:
                    self._fs.rm_file(self._fs._strip_protocol(path))
            log.warning(
                "Runs on several machines collected %s at the same time: what later ones loaded is "
                "left out and read again. Let each account be collected by one of them.",
                ", ".join(sorted(set().union(*twice.values()))),
            )
            self._list()

    def _numbered_twice(self) -> dict[str, set[str]]:
        """Loads that gave numbers which an earlier load had given, with the vendor codes. No run
        can: they were at work side by side, each unseen by the other."""
        twice: dict[str, set[str]] = {}
        for table in INDEXED:
            for load_id, vendor_id in self._ask(
                f"""
                select distinct {LOAD_ID}, vendor_id
                from {table}
                qualify
                    cast({LOAD_ID} as double)
                    > min(cast({LOAD_ID} as double)) over (partition by vendor_id, reading_id)
                """  # noqa: S608
            ):
                twice.setdefault(load_id, set()).add(vendor_id)
        return twice

    def _list(self) -> None:
        """Lists the lake's files and has the index know them."""
        completed = self._completed()  # first: what is whole now is whole in the lists below
        self._files = {}
        halves: list[str] = []
        for table in raw_tables():
            loads = self._loads(table)
            # Half loads are left out for good: nothing below this asks for them.
            self._files[table] = {k: paths for k, paths in loads.items() if k in completed}
            halves += [p for k, paths in loads.items() if k not in completed for p in paths]
        self._bring_up_to_date(halves)

    def _bring_up_to_date(self, halves: Sequence[str]) -> None:
        self._make_index()
        self._known = {table: set() for table in (*INDEXED, *ASKED)}
        for table, path in self._ask("select table_name, path from known"):
            self._known[table].add(path)
        for table, known in self._known.items():
            there = {path for paths in self._files[table].values() for path in paths}
            if gone := known - there:
                self._is_forgotten = True
                for name, column in ((table, "filename"), ("known", "path")):
                    self._ask(
                        f"delete from {name} where {column} in (select unnest($1))",  # noqa: S608
                        sorted(gone),
                    )
                known -= gone
            if table in INDEXED:
                self._remember(table, there - known)
        self._ask("create or replace temp table halves (vendor_id varchar, reading_id bigint)")
        for some in _in_pieces(halves):
            self._ask(
                "insert into halves select vendor_id, max(reading_id) "  # noqa: S608
                f"from read_parquet({_listed(some)}) group by 1"
            )
        self._ask(
            """
            create or replace temp view every_place as
            select vendor_id, reading_id from read_log
            union all select vendor_id, reading_id from accounts
            union all select vendor_id, reading_id from halves
            """
        )

    def _make_index(self) -> None:
        """The index's tables; empty ones where they are of another lake or another version."""
        columns = {table: _columns(table) for table in (*INDEXED, *ASKED)}
        made_for = repr((self.url, columns))
        self._ask("create table if not exists made_for (text varchar)")
        if self._ask("select text from made_for") != [(made_for,)]:
            self._ask("delete from made_for")
            self._ask("create or replace table known (table_name varchar, path varchar)")
            for table, typed in columns.items():
                listed = ", ".join(f"{name} {kind}" for name, kind in typed)
                self._ask(f"create or replace table {table} ({listed})")
            self._ask("insert into made_for values ($1)", made_for)

    def _remember(self, table: str, paths: Iterable[str]) -> None:
        """Puts files of a table into the index, whatever version of the project wrote them."""
        typed = _columns(table)
        none = ", ".join(f"cast(null as {kind}) as {name}" for name, kind in typed)
        names = ", ".join(name for name, _ in typed)
        for some in _in_pieces(sorted(paths)):
            self._ask("begin")
            self._ask(
                f"insert into {table} select distinct {names} from ("  # noqa: S608
                f"select {none} where false union all by name select * from "
                f"read_parquet({_listed(some)}, union_by_name = true, filename = true))"
            )
            self._ask("insert into known select $1, unnest($2)", table, list(some))
            self._ask("commit")
            self._known[table].update(some)

    def _opened(self, path: str) -> str:
        """A file's path as DuckDB opens it."""
        return self._fs.unstrip_protocol(path) if self._is_remote else path

    # --- asking --------------------------------------------------------------------------

    def _query(self, sql: str, *parameters: object, of: str | None = None) -> list[Any]:
        if self._index is None:
            with self.held():
                return self._query(sql, *parameters, of=of)
        if of is not None:
            loads = self._ask(
                f"select distinct {LOAD_ID} from read_log where vendor_id = $1",  # noqa: S608
                of,
            )
            for table in ASKED:
                if re.search(rf"\b{table}\b", sql):
                    files = self._files[table]
                    paths = {path for (load_id,) in loads for path in files.get(load_id, ())}
                    self._remember(table, paths - self._known[table])
        return self._ask(sql, *parameters)

    def _ask(self, sql: str, *parameters: object) -> list[Any]:
        """Of the index, while it is held."""
        try:
            return self._index.execute(sql, list(parameters)).fetchall()
        except duckdb.Error as error:
            trouble = duckdb_trouble(error, self.folder / INDEX)
            if not trouble.is_full_disk:
                trouble.remedy = f"Run again; if it stays, delete {INDEX}: it is made anew."
            raise trouble from None


def lake_filesystem(url: str) -> tuple[AbstractFileSystem, str]:
    """The lake's file system and its folder in it, with dlt's own credentials."""
    if url.startswith("/"):
        return WholeFiles(), url
    protocol = url.partition("://")[0]
    try:
        configured = dlt.common.configuration.resolve.resolve_configuration(
            dlt.common.storages.FilesystemConfiguration(bucket_url=url),
            sections=("destination", "filesystem"),
        )
        return dlt.common.storages.fsspec_from_config(configured)
    except (dlt.common.exceptions.MissingDependencyException, ImportError):
        raise ConfigurationError(
            f"COUPANG_LAKE is a {protocol}:// address, for which the package "
            f"{PACKAGES[protocol]} is missing",
            remedy=f"`.venv/bin/pip install {PACKAGES[protocol]}`.",
        ) from None
    except dlt.common.configuration.exceptions.ConfigurationException:
        # dlt's own message would carry raw values.
        raise ConfigurationError(
            f"No credentials for COUPANG_LAKE={url}",
            remedy="Give them to dlt, as [destination.filesystem.credentials].",
        ) from None


def _columns(table: str) -> list[tuple[str, str]]:
    """Names and SQL types of what the index keeps of a table."""
    kept = ASKED.get(table)
    found = [
        (c.name, SQL_TYPES[c.data_type])
        for c in raw_tables()[table].columns
        if kept is None or c.name in kept
    ]
    return [*found, (LOAD_ID, "varchar"), ("filename", "varchar")]


def _listed(paths: Iterable[str]) -> str:
    """SQL of a list of files."""
    return "[" + ", ".join(map(literal, paths)) + "]"


def _in_pieces(paths: Sequence[str]) -> Iterator[Sequence[str]]:
    for first in range(0, len(paths), FILES_AT_ONCE):
        yield paths[first : first + FILES_AT_ONCE]
