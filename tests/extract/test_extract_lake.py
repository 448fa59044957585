"""Raw in a lake: the same readings as in a file, gone on with by any machine, whole loads only."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import duckdb
import fsspec
import pyarrow.parquet as pq
import pytest
from extract_world import at, collect, linked, raw
from killed_run import run
from test_extract_kills import PROCESSES

from extract import lake as lake_module
from extract.accounts import Account as Linked
from extract.errors import ConfigurationError, WarehouseError
from extract.lake import INDEX, Lake, WholeFiles, lake_url, raw_in
from extract.raw_tables import raw_tables
from extract.sandbox import Account, SandboxServer, World, seeded_world, unauthorized
from extract.status import account_statuses
from extract.to_lake import to_lake
from extract.warehouse import Warehouse

KEYED = ("read_log", "order_sheets", "order_sheet_items")
START = date(2026, 1, 1)
CLOCK = ("started_at", "duration_ms")  # of the machine: never the same twice
WHOLE = """
_dlt_load_id in (
    select load_id
    from read_json('{lake}/coupang_raw/_dlt_loads/*.jsonl',
        columns = {{'load_id': 'varchar', 'status': 'bigint'}})
    where status = 0
)
"""


@pytest.fixture
def lake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where COUPANG_LAKE points."""
    place = tmp_path / "lake"
    monkeypatch.setenv("COUPANG_LAKE", str(place))
    return place


def told(lake: Path, table: str, columns: str, where: str = "true") -> list[tuple]:
    """Rows of completed loads, as anybody reads them."""
    return duckdb.sql(
        f"select {columns} from read_parquet('{lake}/coupang_raw/{table}/*.parquet') "
        f"where {WHOLE.format(lake=lake)} and {where}"
    ).fetchall()


def assert_same_rows(lake: Path, warehouse: Path) -> None:
    """Every raw table holds the same rows in both, as often."""
    with duckdb.connect() as connection:
        connection.execute(f"attach '{warehouse}/warehouse.duckdb' as file (read_only)")
        for table in raw_tables().values():
            columns = ", ".join(c.name for c in table.columns if c.name not in CLOCK)
            there = (
                f"select {columns} from read_parquet('{lake}/coupang_raw/{table.name}/*.parquet') "
                f"where {WHOLE.format(lake=lake)}"
            )
            here = f"select {columns} from file.coupang_raw.{table.name}"
            for one, other in ((here, there), (there, here)):
                assert connection.execute(f"{one} except all {other}").fetchall() == [], table.name


def two_days(server: SandboxServer, folder: Path, accounts: Sequence[Linked]) -> None:
    """A first sync and the next day's run."""
    for as_of in ("2026-01-10T09:00:00+09:00", "2026-01-11T09:00:00+09:00"):
        server.as_of = as_of
        outcomes = collect(server, folder, accounts)
        assert [outcome.error for outcome in outcomes.values()] == [None] * len(accounts)


def busy_world(accounts: int = 2) -> tuple[World, list[Linked]]:
    world = seeded_world(3, accounts, date(2025, 12, 1), 50, 5)
    return world, [
        linked(each, f"shop {each.vendor_id}", start_date=date(2025, 12, 1))
        for each in world.accounts.values()
    ]


def test_a_lake_holds_the_same_readings_as_a_file(
    server: SandboxServer, tmp_path: Path, lake: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.world, accounts = busy_world()
    two_days(server, tmp_path / "with lake", accounts)
    monkeypatch.delenv("COUPANG_LAKE")
    two_days(server, tmp_path / "with file", accounts)
    assert told(lake, "order_sheets", "count(*) > 200") == [(True,)]
    assert told(lake, "receipts", "count(*) > 20") == [(True,)]
    assert_same_rows(lake, tmp_path / "with file")
    assert not (tmp_path / "with lake" / "warehouse.duckdb").exists()


def test_every_raw_table_has_a_file_of_declared_columns_from_the_first_load_on(
    server: SandboxServer, seller: Account, folder: Path, lake: Path
) -> None:
    collect(server, folder, [linked(seller, start_date=START)])
    types = {"string": "VARCHAR", "bigint": "BIGINT", "boolean": "BOOLEAN"}
    for table in raw_tables().values():
        files = sorted((lake / "coupang_raw" / table.name).iterdir())
        assert files
        for file in files:
            load_id, _, rest = file.name.rpartition(".parquet")[0].rpartition(".")
            assert float(load_id) > 0
            assert rest
            found = duckdb.sql(f"from '{file}'")
            assert list(zip(found.columns, map(str, found.types), strict=True)) == [
                *((c.name, types[c.data_type]) for c in table.columns),
                ("_dlt_load_id", "VARCHAR"),
            ]
            assert set(pq.read_table(file)["_dlt_load_id"].to_pylist()) <= {load_id}


def test_a_run_on_another_machine_goes_on_where_the_last_one_stopped(
    server: SandboxServer, tmp_path: Path, lake: Path
) -> None:
    server.world, accounts = busy_world()
    collect(server, tmp_path / "one", accounts)
    first = len(server.requests)
    server.requests.clear()
    server.as_of = "2026-01-11T09:00:00+09:00"
    outcomes = collect(server, tmp_path / "another", accounts)
    # Its look-back, not all since the start; and its numbers follow the other machine's.
    assert len(server.requests) < first / 2
    assert all(reading.planned.reading_id > 1 for o in outcomes.values() for reading in o.readings)
    numbers = told(lake, "read_log", "vendor_id, reading_id")
    assert len(numbers) == len(set(numbers))
    # The first machine learns of it without having been there.
    statuses = account_statuses(accounts, raw_in(tmp_path / "one"), date(2026, 1, 11))
    assert [status.last_success for status in statuses] == [at("2026-01-11 09:00")] * 2
    assert [status.collected_through for status in statuses] == [date(2026, 1, 10)] * 2


@pytest.mark.usefixtures("lake")
def test_states_and_errors_are_read_from_the_lake(
    server: SandboxServer, seller: Account, tmp_path: Path
) -> None:
    server.faults.add(unauthorized(), times=None)
    collect(server, tmp_path / "one", [linked(seller, start_date=START)])
    server.faults.clear()
    (status,) = account_statuses([linked(seller)], raw_in(tmp_path / "another"), START)
    assert "The access key is expired or wrong" in (status.last_error or "")


@pytest.mark.usefixtures("lake")
def test_orders_of_a_receipt_alone_are_looked_up_once_whatever_the_machine(
    server: SandboxServer, seller: Account, tmp_path: Path
) -> None:
    order = seller.order("2025-11-05 10:00")
    order.request_return("2026-01-07 10:00")
    account = linked(seller, start_date=START)

    def looked_up() -> int:
        return sum(f"/{order.id}/ordersheets" in request.path for request in server.requests)

    collect(server, tmp_path / "one", [account])
    assert looked_up() == 1
    server.as_of = "2026-01-11T09:00:00+09:00"
    collect(server, tmp_path / "another", [account])
    assert looked_up() == 1


def test_a_load_that_died_half_way_is_left_out_and_its_numbers_are_not_given_again(
    server: SandboxServer, seller: Account, folder: Path, lake: Path
) -> None:
    seller.order("2026-01-05 10:00")
    account = linked(seller, start_date=START)
    collect(server, folder, [account])
    # Of the account's load everything stands but the last word on it.
    (newest,) = told(lake, "order_sheets", "max_by(_dlt_load_id, reading_id)")[0]
    (highest,) = told(lake, "read_log", "max(reading_id)")[0]
    (lake / "coupang_raw" / "_dlt_loads" / f"coupang__{newest}.jsonl").unlink()
    assert raw_in(folder).readings(seller.vendor_id) == {}
    assert raw_in(folder).last_success() == {}
    collect(server, folder, [account])
    assert told(lake, "read_log", "min(reading_id)")[0][0] > highest
    assert told(lake, "order_sheets", "count(*)") == [(1,)]


def test_runs_that_are_killed_leave_no_half_file_and_are_gone_on_with(
    server: SandboxServer, tmp_path: Path, lake: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.world, accounts = busy_world()
    killed = 0
    for seconds in (0.3, 0.6, 0.9, 1.2, 1.5):
        process = PROCESSES.Process(
            target=run_into,
            args=(str(lake), accounts, server.url, str(tmp_path / "killed"), server.now()),
        )
        process.start()
        process.join(seconds)
        if process.exitcode is None:
            process.kill()
            killed += 1
        process.join()
        for file in lake.glob("coupang_raw/*/*.parquet"):
            pq.read_schema(file)
    assert killed > 0
    outcomes = collect(server, tmp_path / "killed", accounts)
    assert [outcome.error for outcome in outcomes.values()] == [None, None]
    monkeypatch.delenv("COUPANG_LAKE")
    collect(server, tmp_path / "undisturbed", accounts)
    boxes = "distinct vendor_id, shipment_box_id, status"
    undisturbed = raw(tmp_path / "undisturbed", f"select {boxes} from order_sheets")
    assert sorted(told(lake, "order_sheets", boxes)) == sorted(undisturbed)
    places = told(lake, "order_sheets", "vendor_id, reading_id, request_no, row_no")
    assert len(places) == len(set(places))


def run_into(lake: str, *arguments: object) -> None:
    """A usual run into a lake, in a process of its own."""
    os.environ["COUPANG_LAKE"] = lake
    run(*arguments)


def test_two_runs_over_an_account_at_once_count_as_the_earlier_one(
    server: SandboxServer,
    tmp_path: Path,
    lake: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    server.world, accounts = busy_world()
    collect(server, tmp_path / "one", accounts)
    # Two machines see the lake as it is now; the other one has a later day, and only one account.
    other = tmp_path / "lake of the other"
    shutil.copytree(lake, other)
    server.as_of = "2026-01-11T09:00:00+09:00"
    collect(server, tmp_path / "one", accounts)
    monkeypatch.setenv("COUPANG_LAKE", str(other))
    server.as_of = "2026-01-12T09:00:00+09:00"
    collect(server, tmp_path / "another", accounts[:1])
    shutil.copytree(other, lake, dirs_exist_ok=True)
    monkeypatch.setenv("COUPANG_LAKE", str(lake))
    numbers = told(lake, "read_log", "vendor_id, reading_id")
    assert len(numbers) > len(set(numbers))

    collect(server, tmp_path / "one", accounts)

    (said,) = [r.message for r in caplog.records if "at the same time" in r.message]
    assert f"collected {accounts[0].vendor_id} at the same time" in said
    numbers = told(lake, "read_log", "vendor_id, reading_id")
    assert len(numbers) == len(set(numbers))
    for account in accounts:
        assert raw_in(tmp_path / "one").last_success()[account.vendor_id] == at("2026-01-12 09:00")
    # What was left out was read again: nothing is missing that one run alone would have found.
    orders = set(told(lake, "order_sheets", "order_id"))
    monkeypatch.setenv("COUPANG_LAKE", str(tmp_path / "lake of one run"))
    collect(server, tmp_path / "a third", accounts)
    assert set(told(tmp_path / "lake of one run", "order_sheets", "order_id")) <= orders


def test_files_appear_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = tmp_path / "source"
    source.write_text("rows")

    def broken(_from: str, to: str) -> None:
        Path(to).write_text("ro")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(lake_module.shutil, "copyfile", broken)
    with pytest.raises(OSError, match="No space"):
        WholeFiles().put_file(str(source), str(tmp_path / "x.parquet"))
    assert not (tmp_path / "x.parquet").exists()
    monkeypatch.undo()
    fsspec.filesystem("file").put_file(str(source), str(tmp_path / "x.parquet"))  # as dlt asks
    assert isinstance(fsspec.filesystem("file"), WholeFiles)
    assert sorted(path.name for path in tmp_path.iterdir() if "x.parq" in path.name) == [
        "x.parquet"
    ]


@pytest.mark.usefixtures("lake")
def test_an_index_that_is_lost_or_of_another_lake_is_made_anew(
    server: SandboxServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.world, accounts = busy_world()
    folder = tmp_path / "data"
    collect(server, folder, accounts)
    known = raw_in(folder).last_success()
    assert len(known) == 2
    (folder / INDEX).unlink()
    assert raw_in(folder).last_success() == known
    monkeypatch.setenv("COUPANG_LAKE", str(tmp_path / "another lake"))
    assert raw_in(folder).last_success() == {}


def test_forget_deletes_an_account_from_every_file_and_no_other_account(
    server: SandboxServer, folder: Path, lake: Path
) -> None:
    server.world, accounts = busy_world()
    two_days(server, folder, accounts)
    gone, stays = (account.vendor_id for account in accounts)
    kept = {table: sorted(told(lake, table, "*", f"vendor_id = '{stays}'")) for table in KEYED}
    in_lake = Lake(str(lake), folder)
    assert in_lake.forget(gone) > 100
    for file in lake.rglob("*"):
        assert not file.is_file() or gone.encode() not in file.read_bytes()
    assert in_lake.last_reading_ids().keys() == {stays}
    assert gone.encode() not in b"".join(
        repr(row).encode()
        for name in ("read_log", "accounts")
        for row in duckdb.connect(str(folder / INDEX)).sql(f"from {name}").fetchall()
    )
    assert kept == {
        table: sorted(told(lake, table, "*", f"vendor_id = '{stays}'")) for table in KEYED
    }


# --- step by step ---------------------------------------------------------------------------------


def test_raw_in_the_file_is_not_mixed_with_a_lake_but_moved(
    server: SandboxServer, tmp_path: Path, lake: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.world, accounts = busy_world()
    folder = tmp_path / "data"
    monkeypatch.delenv("COUPANG_LAKE")
    two_days(server, folder, accounts)
    monkeypatch.setenv("COUPANG_LAKE", str(lake))
    with pytest.raises(ConfigurationError) as refused:
        collect(server, folder, accounts)
    assert "`python -m extract to-lake` moves them there" in str(refused.value)
    assert not lake.exists()

    assert to_lake(folder) == sorted(account.vendor_id for account in accounts)
    assert_same_rows(lake, folder)
    assert to_lake(folder) == []
    assert_same_rows(lake, folder)
    # The run goes on from the file's marks.
    server.requests.clear()
    server.as_of = "2026-01-12T09:00:00+09:00"
    outcomes = collect(server, folder, accounts)
    assert [outcome.error for outcome in outcomes.values()] == [None, None]
    numbers = told(lake, "read_log", "vendor_id, reading_id")
    assert len(numbers) == len(set(numbers))
    assert raw_in(folder).last_success().keys() == {a.vendor_id for a in accounts}


def test_a_move_that_was_killed_is_gone_on_with(
    server: SandboxServer, tmp_path: Path, lake: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.world, accounts = busy_world()
    folder = tmp_path / "data"
    monkeypatch.delenv("COUPANG_LAKE")
    two_days(server, folder, accounts)
    monkeypatch.setenv("COUPANG_LAKE", str(lake))
    to_lake(folder)
    for loaded in sorted((lake / "coupang_raw" / "_dlt_loads").iterdir())[1:]:
        loaded.unlink()
    with pytest.raises(ConfigurationError):
        raw_in(folder)
    assert len(to_lake(folder)) == 1
    assert_same_rows(lake, folder)


def test_a_lake_that_went_on_by_itself_is_not_mixed_with_the_file(
    server: SandboxServer, tmp_path: Path, lake: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.world, accounts = busy_world()
    collect(server, tmp_path / "elsewhere", accounts)
    monkeypatch.delenv("COUPANG_LAKE")
    server.as_of = "2026-01-11T09:00:00+09:00"
    collect(server, tmp_path / "data", accounts)
    monkeypatch.setenv("COUPANG_LAKE", str(lake))
    with pytest.raises(WarehouseError, match="has other readings of A0003000"):
        to_lake(tmp_path / "data")
    with pytest.raises(ConfigurationError, match="does not have"):
        raw_in(tmp_path / "data")


# --- where it may be ------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["lake", "./lake", "ftp://host/lake", "file:///lake"])
def test_a_place_that_is_none_is_named(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUPANG_LAKE", text)
    with pytest.raises(ConfigurationError, match="neither a folder from / on nor a bucket"):
        lake_url()


def test_without_a_lake_raw_is_in_the_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for text in ("", " "):
        monkeypatch.setenv("COUPANG_LAKE", text)
        assert isinstance(raw_in(folder), Warehouse)


@pytest.mark.parametrize(
    ("url", "package"), [("s3://b/l", "s3fs"), ("gs://b/l", "gcsfs"), ("az://b/l", "adlfs")]
)
def test_a_package_that_is_missing_is_named(
    url: str, package: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    for name in ("PROJECT_ID", "PRIVATE_KEY", "CLIENT_EMAIL"):  # gs:// asks for them first
        monkeypatch.setenv(f"DESTINATION__FILESYSTEM__CREDENTIALS__{name}", "x")
    with pytest.raises(ConfigurationError) as refused:
        Lake(url, folder)
    assert f"for which the package {package} is missing" in str(refused.value)
    assert f"`.venv/bin/pip install {package}`" in str(refused.value)
    assert "\n" not in str(refused.value)


def test_missing_credentials_are_told_in_a_line(folder: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"^No credentials for COUPANG_LAKE=gs://b/l\."):
        Lake("gs://b/l", folder)


def test_a_lake_that_cannot_be_written_is_told_in_a_line(
    server: SandboxServer, seller: Account, folder: Path, lake: Path
) -> None:
    lake.write_text("a file where the folder should be")
    with pytest.raises(WarehouseError) as refused:
        collect(server, folder, [linked(seller, start_date=START)])
    assert "cannot be used (NotADirectoryError" in str(refused.value)


def test_a_bucket_is_read_through_its_file_system(
    server: SandboxServer, seller: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # fsspec's memory stands for a bucket: no path of it can be opened but through fsspec.
    monkeypatch.setitem(lake_module.PACKAGES, "memory", "fsspec")
    monkeypatch.setenv("COUPANG_LAKE", f"memory://{tmp_path.name}")
    seller.order("2026-01-05 10:00").request_return("2026-01-07 10:00")
    account = linked(seller, start_date=START)
    collect(server, tmp_path / "one", [account])
    server.as_of = "2026-01-11T09:00:00+09:00"
    outcome = collect(server, tmp_path / "another", [account])[seller.vendor_id]
    assert outcome.error is None
    bucket = raw_in(tmp_path / "another")
    assert bucket.last_success() == {seller.vendor_id: at("2026-01-11 09:00")}
    assert bucket.open_receipts(seller.vendor_id)
    assert isinstance(bucket, Lake)
    assert bucket.forget(seller.vendor_id) > 0
    assert bucket.last_reading_ids() == {}
