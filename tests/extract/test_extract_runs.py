"""Runs: accounts side by side, loaded whole or not at all, gone on with by the next run."""

from __future__ import annotations

import gc
import threading
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from dlt.pipeline.pipeline import Pipeline
from extract_world import at, collect, linked, raw, settings

from extract import collect as collect_module
from extract.accounts import Account as Linked
from extract.collect import Request, Silent, run_once
from extract.errors import ConfigurationError, WarehouseError
from extract.raw_tables import raw_tables
from extract.sandbox import (
    Account,
    Mutate,
    SandboxServer,
    first_row,
    server_error,
    unauthorized,
)
from extract.warehouse import FILE, Warehouse, process_lock

START = date(2026, 1, 1)


def covered(folder: Path, vendor_id: str, listing: str) -> list[tuple[str, str]]:
    return raw(
        folder,
        "select covered_from, covered_to from read_log "
        "where vendor_id = ? and listing = ? and is_whole order by reading_id",
        vendor_id,
        listing,
    )


def last_errors(folder: Path) -> dict[str, str | None]:
    rows = raw(
        folder,
        "select vendor_id, last_error from accounts "
        "qualify row_number() over (partition by vendor_id order by reading_id desc) = 1",
    )
    return dict(rows)


def test_an_empty_account_makes_every_table_and_covers_every_listing(
    server: SandboxServer, seller: Account, folder: Path
) -> None:
    account = linked(seller, start_date=START)
    assert collect(server, folder, [account])[seller.vendor_id].error is None
    for table in raw_tables().values():
        columns = raw(
            folder,
            "select column_name, data_type from information_schema.columns "
            "where table_schema = 'coupang_raw' and table_name = ?",
            table.name,
        )
        sql_types = {"string": "VARCHAR", "bigint": "BIGINT", "boolean": "BOOLEAN"}
        expected = {(c.name, sql_types[c.data_type]) for c in table.columns}
        assert expected | {("_dlt_load_id", "VARCHAR")} == set(columns)
    assert covered(folder, seller.vendor_id, "order_sheets") == [("2026-01-01", "2026-01-10")]
    assert covered(folder, seller.vendor_id, "confirmed_sales") == [("2026-01-01", "2026-01-09")]
    assert covered(folder, seller.vendor_id, "settlements") == [("2026-01-01", "2026-01-31")]


def test_every_row_says_which_completed_load_brought_it(
    server: SandboxServer, seller: Account, folder: Path
) -> None:
    seller.order("2026-01-05 10:00").request_return("2026-01-07 10:00")
    collect(server, folder, [linked(seller, start_date=START)])
    for table in raw_tables():
        assert raw(
            folder,
            f"select count(*) from {table} where _dlt_load_id is null or _dlt_load_id not in "
            "(select load_id from _dlt_loads where status = 0)",
        ) == [(0,)]


def test_nothing_of_a_load_is_kept_once_it_is_done(
    server: SandboxServer, seller: Account, folder: Path
) -> None:
    # 500 accounts are 500 loads in a process: a pipeline that stays takes more than 1 MB.
    account = linked(seller, start_date=START)
    for day in range(10, 13):
        server.as_of = f"2026-01-{day}T09:00:00+09:00"
        collect(server, folder, [account])
    gc.collect()
    # The last one is dlt's active pipeline.
    assert sum(isinstance(each, Pipeline) for each in gc.get_objects()) <= 1


def test_raw_tables_that_a_build_made_first_are_loaded_into(
    server: SandboxServer, seller: Account, folder: Path
) -> None:
    # `dbt build` before the first extraction makes them from the same declaration.
    sql_types = {"string": "varchar", "bigint": "bigint", "boolean": "boolean"}
    with duckdb.connect(str(folder / "warehouse.duckdb")) as connection:
        connection.execute("create schema coupang_raw")
        for table in raw_tables().values():
            columns = ", ".join(f"{c.name} {sql_types[c.data_type]}" for c in table.columns)
            connection.execute(
                f"create table coupang_raw.{table.name} ({columns}, _dlt_load_id varchar)"
            )
        connection.execute(
            "create table coupang_raw._dlt_loads (load_id varchar, schema_name varchar, "
            "status bigint, inserted_at timestamptz, schema_version_hash varchar)"
        )
    seller.order("2026-01-05 10:00")
    for _ in range(2):
        assert not collect(server, folder, [linked(seller, start_date=START)])["A00000001"].error
    assert raw(folder, "select count(*), count(_dlt_load_id) from order_sheets") == [(2, 2)]


def test_a_warehouse_of_an_older_version_gets_its_new_columns(
    server: SandboxServer, seller: Account, folder: Path
) -> None:
    seller.order("2026-01-05 10:00")
    account = linked(seller, start_date=START)
    collect(server, folder, [account])
    # As one that was made before these columns were declared: dlt knows no such schema.
    raw(folder, "delete from _dlt_version")
    raw(folder, "alter table accounts drop column keys_linked_on")
    raw(folder, "alter table order_sheets drop column shipment_type")
    assert not collect(server, folder, [account])[seller.vendor_id].error
    assert raw(folder, "select distinct shipment_type from order_sheets order by 1") == [
        ("THIRD_PARTY",),
        (None,),
    ]


def test_reading_numbers_only_grow_within_an_account(
    server: SandboxServer, seller: Account, folder: Path
) -> None:
    account = linked(seller, start_date=START)
    collect(server, folder, [account])
    collect(server, folder, [account])
    numbers = raw(
        folder,
        "select reading_id from read_log union all select reading_id from accounts order by 1",
    )
    assert [number for (number,) in numbers] == list(range(1, len(numbers) + 1))


def test_numbers_of_a_load_that_died_are_not_given_again(
    server: SandboxServer, seller: Account, folder: Path
) -> None:
    account = linked(seller, start_date=START)
    collect(server, folder, [account])
    raw(
        folder,
        "insert into order_sheets (vendor_id, reading_id, _dlt_load_id) "
        "values ('A00000001', 5000, 'died')",
    )
    collect(server, folder, [account])
    assert raw(folder, "select min(reading_id) from read_log where reading_id > 100")[0][0] > 5000


def test_the_coverage_of_a_load_that_died_does_not_count(
    server: SandboxServer, seller: Account, folder: Path
) -> None:
    account = linked(seller, start_date=date(2025, 12, 20))
    collect(server, folder, [account])
    raw(
        folder,
        "delete from _dlt_loads where load_id in ("
        "select _dlt_load_id from read_log where listing = 'order_sheets')",
    )
    server.requests.clear()
    collect(server, folder, [account])
    assert any("createdAtFrom=2025-12-19" in request.query for request in server.requests)


def test_a_week_without_runs_is_filled_with_what_changed_in_it(
    server: SandboxServer, seller: Account, folder: Path
) -> None:
    order = seller.order("2026-01-09 10:00")
    account = linked(seller, start_date=START)
    collect(server, folder, [account])
    order.move("INSTRUCT", "2026-01-11 10:00")
    late = seller.order("2026-01-13 10:00")
    server.as_of = "2026-01-19T09:00:00+09:00"
    collect(server, folder, [account])
    assert raw(
        folder, "select shipment_box_id, status from order_sheets order by reading_id, request_no"
    ) == [
        (str(order.box.id), "ACCEPT"),
        (str(late.box.id), "ACCEPT"),
        (str(order.box.id), "INSTRUCT"),
    ]


def test_the_default_start_date_does_not_move_along_with_today(
    server: SandboxServer, seller: Account, folder: Path
) -> None:
    one_day = Request(first=START, last=START)
    collect(server, folder, [linked(seller)], one_day)
    server.as_of = "2026-01-20T09:00:00+09:00"
    collect(server, folder, [linked(seller)], one_day)
    assert raw(folder, "select distinct start_date from accounts") == [("2025-10-12",)]


@pytest.mark.parametrize("of_all", [False, True])
def test_an_earlier_start_date_collects_the_earlier_part_and_a_later_one_changes_nothing(
    server: SandboxServer, seller: Account, folder: Path, of_all: bool
) -> None:
    # The account's own, or that of all accounts without one.
    for day in (date(2025, 12, 28), date(2025, 12, 20), date(2026, 1, 5)):
        account = linked(seller, start_date=None if of_all else day)
        run_once(
            [account],
            settings(server),
            folder,
            server.now(),
            Request(),
            configured_start=day if of_all else None,
        )
    assert covered(folder, seller.vendor_id, "order_sheets")[1] == ("2025-12-20", "2025-12-27")
    assert raw(folder, "select start_date from accounts order by reading_id desc limit 1") == [
        ("2025-12-20",)
    ]


def test_one_accounts_trouble_is_its_own(
    server: SandboxServer, seller: Account, folder: Path
) -> None:
    other = server.world.add_account("A00000002")
    seller.order("2026-01-05 10:00")
    other.order("2026-01-05 10:00")
    server.faults.add(unauthorized(), vendor_id=seller.vendor_id, times=None)
    accounts = [
        linked(seller, "first", start_date=START),
        linked(other, "second", start_date=START),
    ]
    outcomes = collect(server, folder, accounts)
    assert outcomes[other.vendor_id].error is None
    assert raw(folder, "select vendor_id from order_sheets") == [(other.vendor_id,)]
    error = str(outcomes[seller.vendor_id].error)
    assert error.startswith("first: The access key is expired or wrong")
    assert "relink" in error
    errors = last_errors(folder)
    assert errors[other.vendor_id] is None
    assert errors[seller.vendor_id] is not None
    assert errors[seller.vendor_id] in error


def test_after_new_keys_the_gap_is_filled_without_being_told(
    server: SandboxServer, seller: Account, folder: Path
) -> None:
    collect(server, folder, [linked(seller, start_date=START)])
    seller.issue_key("new-access", "new-secret", "2026-01-11 00:00")
    order = seller.order("2026-01-12 10:00")
    old_keys = linked(seller, start_date=START)
    object.__setattr__(old_keys, "access_key", "sandbox-access-a00000001")
    server.as_of = "2026-01-14T09:00:00+09:00"
    assert collect(server, folder, [old_keys])[seller.vendor_id].error
    assert covered(folder, seller.vendor_id, "order_sheets") == [("2026-01-01", "2026-01-10")]
    server.as_of = "2026-01-16T09:00:00+09:00"
    assert not collect(server, folder, [linked(seller, start_date=START)])[seller.vendor_id].error
    assert raw(folder, "select shipment_box_id from order_sheets") == [(str(order.box.id),)]
    assert last_errors(folder)[seller.vendor_id] is None


def test_a_failed_listing_stands_in_the_log_without_rows_and_the_others_are_loaded(
    server: SandboxServer, seller: Account, folder: Path
) -> None:
    seller.order("2026-01-05 10:00").request_return("2026-01-07 10:00")
    server.faults.add(
        Mutate(first_row(lambda row: row.pop("orderId"))), path_contains="ordersheets", times=None
    )
    account = linked(seller, start_date=START)
    assert collect(server, folder, [account])[seller.vendor_id].error
    assert raw(
        folder,
        "select is_whole, outcome, row_count from read_log where listing = 'order_sheets'",
    ) == [(False, "contract", 0)]
    assert raw(folder, "select count(*) from order_sheets") == [(0,)]
    assert raw(folder, "select count(*) from receipts")[0][0] > 0
    server.faults.clear()
    collect(server, folder, [account])
    assert covered(folder, seller.vendor_id, "order_sheets") == [("2026-01-01", "2026-01-10")]


def test_swapped_keys_of_two_accounts_are_caught_and_nothing_is_mixed_up(
    server: SandboxServer, seller: Account, folder: Path
) -> None:
    other = server.world.add_account("A00000002")
    for account in (seller, other):
        account.order("2025-12-05 10:00").confirm("2025-12-15")
    first = linked(seller, "first", start_date=date(2025, 12, 1))
    second = linked(other, "second", start_date=date(2025, 12, 1))
    for account, keys in ((first, other.key), (second, seller.key)):
        object.__setattr__(account, "access_key", keys.access_key)
        object.__setattr__(account, "secret_key", keys.secret_key)
    outcomes = collect(server, folder, [first, second])
    for outcome in outcomes.values():
        assert "not for vendor code" in str(outcome.error)
    for table in ("order_sheets", "confirmed_sales", "settlements"):
        assert raw(folder, f"select count(*) from {table}") == [(0,)]


def test_an_account_no_longer_configured_is_unlinked_and_keeps_its_data(
    server: SandboxServer, seller: Account, folder: Path
) -> None:
    other = server.world.add_account("A00000002")
    seller.order("2026-01-05 10:00")
    collect(server, folder, [linked(seller, "first", start_date=START)])
    collect(server, folder, [linked(other, "second", start_date=START)])
    collect(server, folder, [linked(other, "renamed", start_date=START)])
    assert raw(
        folder,
        "select account_name, is_linked from accounts "
        "qualify row_number() over (partition by vendor_id order by reading_id desc) = 1 "
        "order by vendor_id",
    ) == [("first", False), ("renamed", True)]
    assert raw(folder, "select count(*) from accounts where not is_linked") == [(1,)]
    assert raw(folder, "select count(*) from order_sheets") == [(1,)]


def test_a_run_for_one_account_leaves_the_others_linked_and_their_errors_standing(
    server: SandboxServer, seller: Account, folder: Path
) -> None:
    other = server.world.add_account("A00000002")
    accounts = [
        linked(seller, "first", start_date=START),
        linked(other, "second", start_date=START),
    ]
    server.faults.add(unauthorized(), vendor_id=other.vendor_id, times=None)
    collect(server, folder, accounts)
    server.requests.clear()
    outcomes = collect(server, folder, accounts, Request(account="first"))
    assert list(outcomes) == [seller.vendor_id]
    assert {request.vendor_id for request in server.requests} == {seller.vendor_id}
    errors = last_errors(folder)
    assert errors[seller.vendor_id] is None
    assert "expired or wrong" in str(errors[other.vendor_id])


def test_a_backfill_reads_only_the_days_it_is_asked_for(
    server: SandboxServer, seller: Account, folder: Path
) -> None:
    account = linked(seller, start_date=START)
    collect(server, folder, [account])
    backfill = Request(first=date(2025, 12, 20), last=date(2025, 12, 24))
    collect(server, folder, [account], backfill)
    assert covered(folder, seller.vendor_id, "order_sheets")[-1] == ("2025-12-20", "2025-12-24")
    server.as_of = "2026-01-11T09:00:00+09:00"
    collect(server, folder, [account])
    assert covered(folder, seller.vendor_id, "order_sheets")[-1] == ("2026-01-03", "2026-01-11")


def test_a_moment_before_the_last_reading_is_refused_for_that_account_alone(
    server: SandboxServer, seller: Account, folder: Path
) -> None:
    other = server.world.add_account("A00000002")
    first = linked(seller, "first", start_date=START)
    second = linked(other, "second", start_date=START)
    collect(server, folder, [first])
    earlier = at("2026-01-09 09:00")
    outcomes = collect(server, folder, [first, second], as_of=earlier)
    assert "COUPANG_AS_OF" in str(outcomes[seller.vendor_id].error)
    assert outcomes[other.vendor_id].error is None
    assert raw(folder, "select max(as_of) from accounts where vendor_id = 'A00000001'") == [
        ("2026-01-10T00:00:00.000000+00:00",)
    ]
    with pytest.raises(ConfigurationError, match="counts 2026-01-08"):
        collect(server, folder, [first, second], as_of=at("2026-01-08 09:00"))


def test_open_returns_older_than_the_look_back_are_followed_to_their_end(
    server: SandboxServer, seller: Account, folder: Path
) -> None:
    account = linked(seller, start_date=date(2025, 11, 15))
    receipts = {
        name: seller.order(f"2025-11-05 1{n}:00").request_return("2025-11-20 10:00", stop=False)
        for n, name in enumerate(["open", "completed", "withdrawn", "partly"])
    }
    receipts["completed"].complete("2025-11-22 10:00")
    line = receipts["withdrawn"].order.line
    receipts["withdrawn"].withdraw("2025-11-22 10:00", line, still_listed=True)
    collect(server, folder, [account])

    def asked(day: str) -> list[str]:
        server.as_of = f"{day}T09:00:00+09:00"
        server.requests.clear()
        collect(server, folder, [account])
        return sorted(
            request.path.rsplit("/", 1)[1]
            for request in server.requests
            if "/returnRequests/" in request.path
        )

    still_open = sorted(str(receipts[name].id) for name in ("open", "partly"))
    assert asked("2026-01-11") == still_open
    # Older than 60 days: once a week.
    assert asked("2026-01-21") == still_open
    assert asked("2026-01-22") == []
    receipts["open"].complete("2026-01-23 10:00")
    assert asked("2026-01-28") == still_open
    followed = Warehouse(folder / FILE).open_receipts(seller.vendor_id)
    assert [receipt_id for receipt_id, _, _ in followed] == [str(receipts["partly"].id)]


def test_an_order_that_only_a_receipt_knows_is_looked_up_once(
    server: SandboxServer, seller: Account, folder: Path
) -> None:
    account = linked(seller, start_date=START)
    gone = seller.order("2026-01-05 10:00")
    gone.cancel("2026-01-05 11:00")
    old = seller.order("2025-11-05 10:00")
    old.request_return("2026-01-05 11:00")
    collect(server, folder, [account])
    assert raw(
        folder,
        "select subject_id, outcome, is_whole from read_log "
        "where listing = 'order_lookup' order by outcome",
    ) == [(str(gone.id), "cancelled_or_returned", True), (str(old.id), "ok", True)]
    assert raw(folder, "select order_id from order_sheets") == [(str(old.id),)]
    server.requests.clear()
    collect(server, folder, [account])
    assert not any(r.path.endswith(f"/{gone.id}/ordersheets") for r in server.requests)
    assert not any(r.path.endswith(f"/{old.id}/ordersheets") for r in server.requests)


def test_orders_are_not_looked_up_while_the_sheets_could_not_be_read(
    server: SandboxServer, seller: Account, folder: Path
) -> None:
    order = seller.order("2026-01-05 10:00")
    order.request_return("2026-01-06 10:00")
    server.faults.add(server_error(500), query_contains="status=ACCEPT", times=None)
    collect(server, folder, [linked(seller, start_date=START)])
    assert raw(folder, "select count(*) from read_log where listing = 'order_lookup'") == [(0,)]


def test_a_first_sync_is_loaded_while_it_goes_on_and_gone_on_with(
    server: SandboxServer, seller: Account, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The run is stopped in the middle; what was loaded is not read again.
    monkeypatch.setattr(collect_module, "LOAD_EVERY", 0.0)
    account = linked(seller, start_date=date(2025, 9, 1))
    order = seller.order("2025-09-05 10:00")

    class Stopping(Silent):
        def loaded(self, account: Linked, rows: int) -> None:  # noqa: ARG002
            if rows:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_once([account], settings(server), folder, server.now(), Request(), Stopping())
    done = covered(folder, seller.vendor_id, "order_sheets")
    assert done
    assert done[0][0] == "2025-09-01"
    assert raw(folder, "select distinct shipment_box_id from order_sheets") == [
        (str(order.box.id),)
    ]
    server.requests.clear()
    assert not collect(server, folder, [account])[seller.vendor_id].error
    assert not any("createdAtFrom=2025-08-31" in request.query for request in server.requests)
    whole = covered(folder, seller.vendor_id, "order_sheets")
    assert whole[-1][1] == "2026-01-10"
    assert len(whole) == len(set(whole))


def test_two_runs_at_once_are_refused(server: SandboxServer, seller: Account, folder: Path) -> None:
    with process_lock(folder), pytest.raises(WarehouseError, match="Another run is at work"):
        collect(server, folder, [linked(seller)])


def test_a_run_waits_for_another_program_to_be_done(
    server: SandboxServer, seller: Account, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COUPANG_LOCK_WAIT", "20")
    seller.order("2026-01-05 10:00")
    held = process_lock(folder)
    held.__enter__()
    letting_go = threading.Timer(1.0, held.__exit__, (None, None, None))
    letting_go.start()
    assert not collect(server, folder, [linked(seller)])[seller.vendor_id].error
    letting_go.join()


def test_spooled_rows_do_not_stay_behind(
    server: SandboxServer, seller: Account, folder: Path
) -> None:
    seller.order("2026-01-05 10:00")
    collect(server, folder, [linked(seller, start_date=START)])
    assert sorted(path.name for path in folder.iterdir()) == [
        "dlt",
        "extract.lock",
        "warehouse.duckdb",
    ]
    assert [path for path in (folder / "dlt").rglob("*") if path.is_file()] == []


def test_the_order_in_which_listings_answer_does_not_matter(
    server: SandboxServer, seller: Account, tmp_path: Path
) -> None:
    order = seller.order("2026-01-05 10:00")
    order.request_return("2026-01-06 10:00")
    order.confirm("2026-01-08")
    account = linked(seller, start_date=START)
    found: list[Any] = []
    for name, readers in (("one", 1), ("many", 8)):
        folder = tmp_path / name
        collect(server, folder, [account], readers=readers)
        found.append(
            [
                raw(folder, f"select * exclude (_dlt_load_id) from {table} order by all")
                for table in ("order_sheets", "order_sheet_items", "receipts", "confirmed_sales")
            ]
        )
    assert found[0] == found[1]
