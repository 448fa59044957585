"""Backups: what nobody can rebuild comes back as it was, and nothing is lost by putting it back."""

from __future__ import annotations

import json
import resource
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import duckdb
import pytest
from extract_world import collect, linked, raw

from extract.accounts import Account
from extract.backup import MANIFEST, SUMS, back_up, backups, check, restore
from extract.errors import WarehouseError
from extract.sandbox import Account as SandboxAccount
from extract.sandbox import SandboxServer, World
from extract.warehouse import FILE

NOW = datetime(2026, 1, 10, tzinfo=UTC)
LEDGER = """
create schema if not exists coupang_ledger;
create table if not exists coupang_ledger.builds (
    build_no bigint, as_of varchar, as_of_date date, definition varchar
);
create table if not exists coupang_ledger.order_revenue (
    build_no bigint, vendor_id varchar, order_id varchar, payment_date date, revenue_krw bigint
);
insert into coupang_ledger.builds values (1, '2026-01-10', date '2026-01-10', '정의');
insert into coupang_ledger.order_revenue values (1, 'A00000001', '7', date '2026-01-05', 13000);
"""


@dataclass(frozen=True)
class Day:
    """A world with one account, collected once, and the data folder that came of it."""

    world: World
    seller: SandboxAccount
    account: Account
    folder: Path


@pytest.fixture(scope="module")
def day(running: SandboxServer, tmp_path_factory: pytest.TempPathFactory) -> Day:
    """Raw of a day, a ledger, and a mart, which follows from them."""
    world = World()
    seller = world.add_account("A00000001")
    seller.order("2026-01-05 10:00").request_return("2026-01-06 10:00")
    account = linked(seller, start_date=date(2026, 1, 1))
    folder = tmp_path_factory.mktemp("day")
    running.world = world
    running.as_of = "2026-01-10T09:00:00+09:00"
    collect(running, folder, [account])
    raw(folder, LEDGER)
    raw(folder, "create schema marts; create table marts.fct_orders as select 1 as order_id")
    return Day(world, seller, account, folder)


@pytest.fixture
def filled(day: Day, folder: Path) -> Path:
    """A data folder of its own with that day's warehouse."""
    shutil.copy(day.folder / FILE, folder)
    return folder


@pytest.fixture
def the_day_after(server: SandboxServer, day: Day) -> SandboxServer:
    """The server, showing the same world a day later."""
    server.world = day.world
    server.as_of = "2026-01-11T09:00:00+09:00"
    return server


@pytest.fixture
def backup(filled: Path) -> Path:
    return back_up(filled, None, NOW)[0]


def kept(folder: Path) -> dict[tuple[str, str], tuple[list[Any], list[Any]]]:
    """Columns with their types and all rows of every table of raw and ledger."""
    with duckdb.connect(str(folder / FILE), read_only=True) as connection:
        tables = connection.execute(
            "select schema_name, table_name from duckdb_tables()"
            " where schema_name in ('coupang_raw', 'coupang_ledger')"
        ).fetchall()
        return {
            (schema, name): (
                connection.execute(f'describe "{schema}"."{name}"').fetchall(),
                connection.execute(f'from "{schema}"."{name}" order by all').fetchall(),
            )
            for schema, name in tables
        }


def test_what_is_kept_comes_back_as_it_was(filled: Path, backup: Path, tmp_path: Path) -> None:
    empty = tmp_path / "another machine"
    empty.mkdir()

    manifest = restore(backup, empty)

    assert kept(empty) == kept(filled)
    assert len(kept(empty)) == 14  # ten tables of readings, two of dlt, two of the ledger
    assert raw(empty, "select count(*) from duckdb_tables() where schema_name = 'marts'") == [(0,)]
    ((readings,),) = raw(filled, "select count(*) from read_log")
    assert (manifest.readings, manifest.builds) == (readings, 1)
    assert manifest.in_words.startswith(f"{readings} readings up to 2026-01-10 09:00 KST")


def test_only_its_owner_can_read_a_backup(backup: Path) -> None:
    assert stat.S_IMODE(backup.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in backup.iterdir()} == {0o600}


def test_a_restored_warehouse_is_as_closed_as_a_backup(backup: Path, filled: Path) -> None:
    restore(backup, filled)

    assert stat.S_IMODE((filled / FILE).stat().st_mode) == 0o600
    assert not (filled / "restore").exists()


def test_collecting_goes_on_from_where_the_backup_was(
    the_day_after: SandboxServer, day: Day, backup: Path, tmp_path: Path
) -> None:
    empty = tmp_path / "another machine"
    empty.mkdir()
    restore(backup, empty)
    day.seller.order("2026-01-10 20:00")

    outcome = collect(the_day_after, empty, [day.account])[day.account.vendor_id]

    assert outcome.error is None
    boxes = "select count(distinct shipment_box_id) from order_sheets"
    assert raw(empty, boxes) == [(2,)]
    # a number that was given is not given again, and the days before the look-back are not read
    assert raw(empty, "select count(*) = count(distinct reading_id) from read_log") == [(True,)]
    ((first_day,),) = raw(
        empty,
        "select min(window_from) from read_log where listing = 'order_sheets'"
        " and as_of > '2026-01-10T00:00:00.000000+00:00'",
    )
    assert first_day > "2026-01-01"


def test_sha256sum_understands_the_sums(backup: Path) -> None:
    told = dict(reversed(line.split("  ")) for line in (backup / SUMS).read_text().splitlines())

    files = {path.name for path in backup.iterdir()} - {SUMS}
    assert told == {name: sha256((backup / name).read_bytes()).hexdigest() for name in files}


# --- what would be lost -------------------------------------------------------------------------


def test_readings_that_the_backup_does_not_have_are_not_lost(
    the_day_after: SandboxServer, day: Day, filled: Path, backup: Path
) -> None:
    collect(the_day_after, filled, [day.account])
    before = kept(filled)

    with pytest.raises(WarehouseError, match=r"has 1 loads of readings that the backup of 2026-01"):
        restore(backup, filled)
    assert kept(filled) == before

    restore(backup, filled, replacing=True)
    assert kept(filled) != before
    assert raw(filled, "select max(as_of) < '2026-01-11' from read_log") == [(True,)]


def test_builds_that_the_backup_does_not_have_are_not_lost(filled: Path, backup: Path) -> None:
    raw(filled, "insert into coupang_ledger.builds values (2, '2026-01-11', '2026-01-11', '정의')")

    with pytest.raises(WarehouseError, match=r"has 1 builds that the backup of") as refused:
        restore(backup, filled)
    assert "make restore YES=1" in str(refused.value)


def test_a_backup_from_before_the_first_build_does_not_replace_a_ledger(filled: Path) -> None:
    raw(filled, "drop schema coupang_ledger cascade")
    early, _ = back_up(filled, None, NOW)
    raw(filled, LEDGER)

    with pytest.raises(WarehouseError, match="has 1 builds that"):
        restore(early, filled)


def test_putting_back_what_is_there_already_needs_no_word(filled: Path, backup: Path) -> None:
    before = kept(filled)

    restore(backup, filled)

    assert kept(filled) == before


def test_a_warehouse_that_cannot_be_opened_is_never_replaced(filled: Path, backup: Path) -> None:
    (filled / FILE).write_bytes(b"what was it? " * 5_000)

    with pytest.raises(WarehouseError, match="move the file away and `make restore`"):
        restore(backup, filled, replacing=True)

    assert (filled / FILE).read_bytes().startswith(b"what was it?")
    (filled / FILE).unlink()
    restore(backup, filled)
    assert len(kept(filled)) == 14


def test_what_a_killed_run_left_beside_the_old_file_is_not_read_into_the_new_one(
    filled: Path, backup: Path
) -> None:
    before = kept(filled)
    copy = "cp '{0}' '{0}.kept' && cp '{0}.wal' '{0}.wal.kept'"
    code = (
        "import duckdb, os\n"
        f"path = {str(filled / FILE)!r}\n"
        "con = duckdb.connect(path, config={'checkpoint_threshold': '1GB'})\n"
        "con.execute('create table left_over as select 1 as x')\n"
        f"os.system({copy!r}.format(path))\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
    for name in (FILE, f"{FILE}.wal"):
        (filled / f"{name}.kept").replace(filled / name)

    restore(backup, filled)

    assert not (filled / f"{FILE}.wal").exists()
    assert kept(filled) == before
    assert raw(filled, "select * from duckdb_tables() where table_name = 'left_over'") == []


# --- what can be wrong with a backup ------------------------------------------------------------


def _sums_again(backup: Path) -> None:
    """Whatever is in it now counts as written."""
    names = sorted(path.name for path in backup.iterdir() if path.name != SUMS)
    lines = [f"{sha256((backup / name).read_bytes()).hexdigest()}  {name}\n" for name in names]
    (backup / SUMS).write_text("".join(lines))


def _change(**changes: object) -> Callable[[Path], None]:
    def change(backup: Path) -> None:
        manifest = json.loads((backup / MANIFEST).read_text())
        (backup / MANIFEST).write_text(json.dumps(manifest | changes))
        _sums_again(backup)

    return change


def _flip_a_bit(backup: Path) -> None:
    file = backup / "coupang_raw.order_sheets.parquet"
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


def _cut(backup: Path) -> None:
    file = backup / "coupang_raw.read_log.parquet"
    file.write_bytes(file.read_bytes()[:100])


def _lose_a_line(backup: Path) -> None:
    lines = (backup / SUMS).read_text().splitlines(keepends=True)
    (backup / SUMS).write_text("".join(lines[1:]))


def _other_rows(backup: Path) -> None:
    file = backup / "coupang_raw.order_sheets.parquet"
    duckdb.sql(f"copy (from '{file}' union all from '{file}') to '{file}.twice' (format parquet)")
    file.with_name(f"{file.name}.twice").replace(file)
    _sums_again(backup)


def _other_table(backup: Path) -> None:
    file = backup / "coupang_raw.order_sheets.parquet"
    shutil.copy(backup / "coupang_ledger.builds.parquet", file)
    _sums_again(backup)


def _no_parquet(backup: Path) -> None:
    (backup / "coupang_raw.order_sheets.parquet").write_text("no Parquet")
    _sums_again(backup)


def _another_name(backup: Path) -> None:
    manifest = json.loads((backup / MANIFEST).read_text())
    manifest["tables"][0]["name"] = 'builds"; drop table x; --'
    _change(tables=manifest["tables"])(backup)


@pytest.mark.parametrize(
    ("harm", "told"),
    [
        (_flip_a_bit, "damaged: coupang_raw.order_sheets.parquet is not what was written"),
        (_cut, "damaged: coupang_raw.read_log.parquet is not what was written"),
        (
            lambda backup: (backup / "coupang_raw.receipts.parquet").unlink(),
            "damaged: 'coupang_raw.receipts.parquet' is missing",
        ),
        (lambda backup: (backup / MANIFEST).unlink(), "damaged: 'manifest.json' is missing"),
        (lambda backup: (backup / SUMS).unlink(), "is no backup"),
        (lambda backup: (backup / SUMS).write_bytes(b"\xff\xfe"), "damaged: SHA256SUMS is no text"),
        (lambda backup: (backup / SUMS).write_text("../x\n"), "damaged: '' is missing"),
        (_lose_a_line, "damaged: SHA256SUMS does not tell of coupang_ledger.builds.parquet"),
        (_other_rows, "damaged: coupang_raw.order_sheets.parquet has 2 rows, not 1"),
        (_other_table, "damaged: coupang_raw.order_sheets.parquet does not hold that table"),
        (_no_parquet, "damaged: coupang_raw.order_sheets.parquet does not hold that table"),
        (_another_name, "damaged: manifest.json names 'builds\";"),
        (_change(tables=7), "damaged: manifest.json cannot be understood"),
        (_change(format=2), "was made by a newer version (format 2; this one reads 1)"),
    ],
)
def test_a_backup_that_is_not_as_it_was_written_is_refused_in_a_line(
    filled: Path, backup: Path, harm: Callable[[Path], None], told: str
) -> None:
    before = kept(filled)
    harm(backup)

    with pytest.raises(WarehouseError) as refused:
        restore(backup, filled, replacing=True)

    assert told in str(refused.value)
    assert "\n" not in str(refused.value)
    assert kept(filled) == before
    assert not (filled / "restore").exists()


# --- the commands -------------------------------------------------------------------------------


@pytest.fixture
def command(filled: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    monkeypatch.setenv("COUPANG_DATA_DIR", str(filled))

    def run(*arguments: str, room: int | None = None) -> subprocess.CompletedProcess[str]:
        """`python -m extract ...`, which may write no file longer than `room` bytes."""

        def starve() -> None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))

        return subprocess.run(
            [sys.executable, "-B", "-m", "extract", *arguments],
            cwd=Path(__file__).parents[2],
            capture_output=True,
            text=True,
            preexec_fn=starve if room else None,
            check=False,
        )

    return run


def test_the_commands_keep_and_put_back(
    command: Callable[..., Any], filled: Path, tmp_path: Path
) -> None:
    before = kept(filled)
    away = tmp_path / "elsewhere" / "of today"

    for arguments in ((), ("--out", str(away))):
        done = command("backup", *arguments)
        assert done.returncode == 0, done.stderr
    assert f"1 builds, {sum(len(rows) for _, rows in before.values())} rows" in done.stdout
    assert command("backup", "--out", str(away)).stderr.startswith(
        f"error: {away} is there already"
    )
    (newest,) = backups(filled)
    assert check(newest).tables == check(away).tables

    raw(filled, "insert into coupang_ledger.builds values (2, '', null, '')")
    refused = command("restore")
    assert refused.returncode == 2
    assert "1 builds" in refused.stderr
    assert command("restore", "--yes").returncode == 0
    assert kept(filled) == before
    assert command("restore", "--from", str(away)).returncode == 0
    assert kept(filled) == before


def test_without_a_warehouse_or_a_backup_there_is_a_line_that_says_so(
    command: Callable[..., Any], filled: Path
) -> None:
    (filled / FILE).unlink()

    assert "There is no warehouse in" in command("backup").stderr
    assert "There is no backup in" in command("restore").stderr
    assert not (filled / FILE).exists()


def test_a_full_disk_leaves_no_half_backup(command: Callable[..., Any], filled: Path) -> None:
    (filled / "backup" / ".killed.partial").mkdir(parents=True)

    done = command("backup", room=1_500)

    assert done.returncode == 2
    assert done.stderr == (
        f"error: The disk of {filled / 'backup'} is full. "
        "Make room and run it again; nothing was changed.\n"
    )
    assert backups(filled) == []
    assert [path.name for path in (filled / "backup").iterdir()] == [".killed.partial"]


def test_a_full_disk_leaves_the_warehouse_as_it_was(
    command: Callable[..., Any], filled: Path, backup: Path
) -> None:
    before = (filled / FILE).read_bytes()

    done = command("restore", "--from", str(backup), room=100_000)

    assert done.returncode == 2
    assert done.stderr == (
        f"error: The disk of {filled} is full. Make room and run it again; nothing was changed.\n"
    )
    assert (filled / FILE).read_bytes() == before
    assert not (filled / "restore").exists()
