"""What nobody can rebuild, out and back: raw (Coupang does not list all of it again) and the ledger
of what each build said. Everything else in the warehouse follows from these two.

A backup is a folder: a Parquet file a table, `manifest.json` (what it holds, of when, made by
what) and `SHA256SUMS` over all of them, which `sha256sum -c` reads as well. It holds vendor codes,
account names and amounts, and neither keys nor buyers' data, since raw has none.
"""

import errno
import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import duckdb

from extract.clock import KST
from extract.errors import WarehouseError
from extract.sql import literal
from extract.trouble import disk_trouble, duckdb_trouble
from extract.warehouse import DATASET, FILE, Warehouse

LEDGER = "coupang_ledger"
FORMAT = 1  # raised when what was written before can no longer be read the same way
MANIFEST = "manifest.json"
SUMS = "SHA256SUMS"
FOLDER = "backup"  # below the data folder: where backups go unless told otherwise

NOTHING_CHANGED = "Nothing was changed; restore another backup."


@dataclass(frozen=True)
class Table:
    """A table in a backup. required: its columns that are declared not null."""

    schema: str
    name: str
    rows: int
    required: tuple[str, ...] = ()

    @property
    def file(self) -> str:
        """Name of its file in the backup."""
        return f"{self.schema}.{self.name}.parquet"

    @property
    def relation(self) -> str:
        """Its name in SQL."""
        return f'"{self.schema}"."{self.name}"'


@dataclass(frozen=True)
class Manifest:
    """What a backup says of itself.

    made_at: ISO 8601, UTC. newest_as_of: the moment of its newest reading; None where it has none.
    readings, builds: how many completed readings and recorded builds it holds.
    """

    format: int
    made_at: str
    newest_as_of: str | None
    readings: int
    builds: int
    versions: dict[str, str]
    tables: tuple[Table, ...]

    @property
    def in_words(self) -> str:
        """What it holds, for a person."""
        rows = sum(table.rows for table in self.tables)
        until = f" up to {_korean(self.newest_as_of)}" if self.newest_as_of else ""
        return f"{self.readings:,} readings{until} and {self.builds:,} builds, {rows:,} rows"


def back_up(folder: Path, out: Path | None, now: datetime) -> tuple[Path, Manifest]:
    """Writes a backup of the warehouse in `folder` to `out`, by default
    `backup/<moment>` of that folder; where it is and what it holds.

    Use it under the process lock. WarehouseError where there is nothing to keep, where `out` is
    there already, where another program has the warehouse or where the disk is full; then nothing
    is left of it.
    """
    warehouse = folder / FILE
    target = out.expanduser().resolve() if out else folder / FOLDER / f"{now:%Y%m%dT%H%M%SZ}"
    if not warehouse.exists():
        raise WarehouseError(
            f"There is no warehouse in {folder} yet", remedy="`make extract` makes one."
        )
    if target.exists():
        raise WarehouseError(f"{target} is there already", remedy="Give another OUT.")
    partial = target.with_name(f".{target.name}.partial")
    try:
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        shutil.rmtree(partial, ignore_errors=True)  # of a backup that was killed
        partial.mkdir(mode=0o700)
        with duckdb.connect(config={"preserve_insertion_order": False}) as connection:
            connection.execute(f"attach {literal(warehouse)} as warehouse (read_only)")
            connection.execute("use warehouse")
            connection.begin()  # all tables as of one moment
            manifest = _write_tables(connection, partial, now)
        text = json.dumps(asdict(manifest), indent=1, ensure_ascii=False)
        (partial / MANIFEST).write_text(text + "\n", encoding="utf-8")
        sums = "".join(f"{_sum(path)}  {path.name}\n" for path in sorted(partial.iterdir()))
        (partial / SUMS).write_text(sums, encoding="utf-8")
        for path in partial.iterdir():
            path.chmod(0o600)
        partial.rename(target)
    except (duckdb.Error, OSError) as error:
        raise _trouble(error, warehouse, target.parent) from None
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return target, manifest


def restore(backup: Path, folder: Path, *, replacing: bool = False) -> Manifest:
    """Puts raw and ledger of a backup in place of the warehouse in `folder`; what they hold.

    Use it under the process lock. The backup is checked first, the new warehouse is made beside the
    present one and takes its place at the end. WarehouseError where the backup is damaged or of a
    newer version, where the disk is full, and, unless `replacing`, where the present warehouse has
    readings or builds that the backup does not have; then the present warehouse stands as it was.
    """
    manifest = check(backup)
    warehouse = folder / FILE
    making = folder / "restore"
    # Under its own name: what a database holds may refer to itself by it.
    fresh = making / FILE
    try:
        with _held(warehouse) as present:
            if present and not replacing:
                _refuse_to_lose(present, backup, manifest, folder)
            shutil.rmtree(making, ignore_errors=True)
            making.mkdir(mode=0o700)
            _make(fresh, backup, manifest)
            fresh.chmod(0o600)
            # What a run that was killed left beside the old file belongs to that file only.
            warehouse.with_name(FILE + ".wal").unlink(missing_ok=True)
            fresh.replace(warehouse)
    except (duckdb.Error, OSError) as error:
        raise _trouble(error, warehouse, folder) from None
    finally:
        shutil.rmtree(making, ignore_errors=True)
    return manifest


def backups(folder: Path) -> list[Path]:
    """The backups in the usual place of a data folder, oldest first."""
    return sorted(path.parent for path in (folder / FOLDER).glob(f"*/{MANIFEST}"))


def newest(folder: Path) -> Path:
    """The last of them; WarehouseError where there is none."""
    if not (found := backups(folder)):
        raise WarehouseError(
            f"There is no backup in {folder / FOLDER}", remedy="Say which one with BACKUP=folder."
        )
    return found[-1]


def check(backup: Path) -> Manifest:
    """The manifest of a backup of which every file is as it was written; WarehouseError else."""
    if not (backup / SUMS).is_file():
        raise WarehouseError(f"{backup} is no backup", remedy=f"A backup has a file {SUMS}.")
    try:
        lines = (backup / SUMS).read_text(encoding="utf-8").splitlines()
        told = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
        for name, digest in told.items():
            # A name that leads elsewhere is none that was written.
            if Path(name).name != name or not (backup / name).is_file():
                raise _damaged(backup, f"{name!r} is missing")
            if _sum(backup / name) != digest:
                raise _damaged(backup, f"{name} is not what was written")
        manifest = _manifest(backup)
        if missing := {MANIFEST, *(table.file for table in manifest.tables)} - told.keys():
            raise _damaged(backup, f"{SUMS} does not tell of {min(missing)}")
    except UnicodeDecodeError:
        raise _damaged(backup, f"{SUMS} is no text") from None
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else type(error).__name__
        raise WarehouseError(
            f"{backup} cannot be read ({reason})", remedy=NOTHING_CHANGED
        ) from None
    return manifest


def _manifest(backup: Path) -> Manifest:
    try:
        told: dict[str, Any] = json.loads((backup / MANIFEST).read_text(encoding="utf-8"))
        if told["format"] > FORMAT:
            raise WarehouseError(
                f"{backup} was made by a newer version (format {told['format']}; this one reads "
                f"{FORMAT})",
                remedy="Update this project, then restore.",
            )
        tables = tuple(
            Table(**table | {"required": tuple(table["required"])}) for table in told.pop("tables")
        )
        manifest = Manifest(**told, tables=tables)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise _damaged(backup, f"{MANIFEST} cannot be understood") from None
    for name in (each for t in tables for each in (t.schema, t.name, *t.required)):
        if not re.fullmatch(r"\w+", name):
            raise _damaged(backup, f"{MANIFEST} names {name!r}")
    return manifest


def _write_tables(connection: duckdb.DuckDBPyConnection, folder: Path, now: datetime) -> Manifest:
    """A file per table of raw and ledger, and the manifest of them."""
    found = connection.execute(
        """
        select schema_name, table_name,
            list(column_name order by column_index) filter (not is_nullable)
        from duckdb_columns()
        where database_name = 'warehouse' and list_contains($1, schema_name)
        group by all
        order by all
        """,
        [[DATASET, LEDGER]],
    ).fetchall()
    tables = []
    for schema, name, required in found:
        table = Table(schema, name, 0, tuple(required or ()))
        ((rows,),) = connection.execute(
            f"copy (from {table.relation}) to {literal(folder / table.file)} "
            "(format parquet, compression zstd)"
        ).fetchall()
        tables.append(Table(schema, name, rows, table.required))
    readings, newest_as_of, builds = 0, None, 0
    if {(DATASET, "read_log"), (DATASET, "_dlt_loads")} <= {(t.schema, t.name) for t in tables}:
        ((readings, newest_as_of),) = connection.execute(
            f"""
            select count(*), max(as_of) from {DATASET}.read_log
            where _dlt_load_id in (select load_id from {DATASET}._dlt_loads where status = 0)
            """  # noqa: S608 - our own names
        ).fetchall()
    if (LEDGER, "builds") in {(t.schema, t.name) for t in tables}:
        ((builds,),) = connection.execute(f"select count(*) from {LEDGER}.builds").fetchall()  # noqa: S608
    return Manifest(
        format=FORMAT,
        made_at=now.isoformat(timespec="seconds"),
        newest_as_of=newest_as_of,
        readings=readings,
        builds=builds,
        versions={package: version(package) for package in ("duckdb", "dlt", "dbt-core")},
        tables=tuple(tables),
    )


def _make(fresh: Path, backup: Path, manifest: Manifest) -> None:
    """A new warehouse that holds what the backup does and nothing else, wholly on the disk."""
    with duckdb.connect(config={"preserve_insertion_order": False}) as connection:
        connection.execute(f"attach {literal(fresh)} as fresh")
        for schema in sorted({table.schema for table in manifest.tables}):
            connection.execute(f'create schema fresh."{schema}"')
        for table in manifest.tables:
            try:
                connection.execute(
                    f"create table fresh.{table.relation} as from read_parquet($1)",
                    [str(backup / table.file)],
                )
                for column in table.required:
                    connection.execute(
                        f'alter table fresh.{table.relation} alter "{column}" set not null'
                    )
            except (duckdb.DataError, duckdb.ProgrammingError, duckdb.IntegrityError):
                raise _damaged(backup, f"{table.file} does not hold that table") from None
        # Closing alone would leave what a full disk refused in a log beside the file, and say so
        # to nobody.
        connection.execute("checkpoint fresh")
        connection.execute("detach fresh")
        connection.execute(f"attach {literal(fresh)} as fresh (read_only)")
        for table in manifest.tables:
            ((rows,),) = connection.execute(
                f"select count(*) from fresh.{table.relation}"  # noqa: S608 - checked names
            ).fetchall()
            if rows != table.rows:
                raise _damaged(backup, f"{table.file} has {rows} rows, not {table.rows}")


@contextmanager
def _held(warehouse: Path) -> Iterator[duckdb.DuckDBPyConnection | None]:
    """The present warehouse, kept from other programs while it is open; None where there is none.
    One that cannot be opened is never replaced: nobody can tell what it holds."""
    if not warehouse.exists():
        yield None
        return
    with Warehouse(warehouse).held(), duckdb.connect(str(warehouse)) as connection:
        yield connection


def _refuse_to_lose(
    present: duckdb.DuckDBPyConnection, backup: Path, manifest: Manifest, folder: Path
) -> None:
    """WarehouseError where the present warehouse has completed loads or recorded builds that the
    backup does not have. Loads and not numbers of readings: those are given again after a restore.
    """
    kept = {(table.schema, table.name): str(backup / table.file) for table in manifest.tables}
    there = set(present.execute("select schema_name, table_name from duckdb_tables()").fetchall())
    lost = []
    for what, schema, name, key, condition in (
        ("loads of readings", DATASET, "_dlt_loads", "load_id", "status = 0"),
        ("builds", LEDGER, "builds", "(build_no, as_of, definition)", "true"),
    ):
        if (schema, name) not in there:
            continue
        file = kept.get((schema, name))
        known = f"and {key} not in (select {key} from read_parquet($1))" if file else ""  # noqa: S608 - our own names
        ((count,),) = present.execute(
            f'select count(*) from "{schema}"."{name}" where {condition} {known}',  # noqa: S608
            [file] if file else None,
        ).fetchall()
        if count:
            lost.append(f"{count:,} {what}")
    if lost:
        raise WarehouseError(
            f"The warehouse in {folder} has {' and '.join(lost)} that the backup of "
            f"{_korean(manifest.made_at)} does not have",
            remedy="Back it up first; --yes (`make restore YES=1`) replaces it all the same.",
        )


def _damaged(backup: Path, how: str) -> WarehouseError:
    return WarehouseError(
        f"The backup {backup} is damaged: {how}",
        remedy=NOTHING_CHANGED,
    )


def _trouble(error: Exception, warehouse: Path, written: Path) -> WarehouseError:
    """What kept a backup or a restore from being written below `written`; nothing is left of it."""
    if isinstance(error, OSError):
        trouble = disk_trouble(error, written)
    else:
        trouble = duckdb_trouble(error, warehouse)
        if trouble.is_full_disk:
            trouble = disk_trouble(OSError(errno.ENOSPC, ""), written)
    if trouble.is_full_disk:
        trouble.remedy = "Make room and run it again; nothing was changed."
    return trouble


def _sum(path: Path) -> str:
    """SHA-256 of a file, once it is on the disk."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
        return hashlib.file_digest(file, "sha256").hexdigest()


def _korean(moment: str) -> str:
    return f"{datetime.fromisoformat(moment).astimezone(KST):%Y-%m-%d %H:%M} KST"
