"""Dropping readings in between: what staging asks raw is the same before and after."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from extract_world import collect, linked, raw

from extract import compact as compacting
from extract.collect import Request
from extract.compact import compact
from extract.sandbox import Account, SandboxServer, seeded_world
from extract.warehouse import FILE

SEEN = {
    ("order_sheets", "order_sheet_items"): "vendor_id, shipment_box_id",
    ("receipts", "receipt_items"): "vendor_id, receipt_id",
    ("withdrawals", None): "vendor_id, cancel_id, created_at",
}
PLACE = "reading_id * 1000000 + request_no"


def newest_rows(folder: Path) -> Iterator[list[tuple[Any, ...]]]:
    """Newest row of each key with its lines, and when the key was first and last seen."""
    for (table, lines), key in SEEN.items():
        newest = f"select * from {table} qualify {PLACE} = max({PLACE}) over (partition by {key})"
        yield raw(folder, f"{newest} order by all")
        seen = f"select {key}, min({PLACE}), max({PLACE}) from {table} group by all"
        yield raw(folder, f"{seen} order by all")
        if lines:
            place = "vendor_id, reading_id, request_no, row_no"
            yield raw(
                folder,
                f"select * from {lines} where ({place}) in (select {place} from ({newest})) "
                "order by all",
            )


def replaced_days(folder: Path) -> Iterator[list[tuple[Any, ...]]]:
    """Each recognition day and settlement month as its newest whole reading tells it."""
    for listing, table, day in (
        ("confirmed_sales", "confirmed_sales", "recognition_date"),
        ("confirmed_sales", "confirmed_sale_items", "recognition_date"),
        ("settlements", "settlements", "revenue_recognition_year_month || '-01'"),
    ):
        yield raw(
            folder,
            f"""
            select told.* from {table} as told
            where reading_id = (
                select max(log.reading_id) from read_log as log
                where log.vendor_id = told.vendor_id and log.listing = '{listing}'
                    and log.is_whole and {day} between log.window_from and log.window_to
            )
            order by all
            """,
        )


def logs(folder: Path) -> list[list[tuple[Any, ...]]]:
    return [
        raw(folder, f"select * from {table} order by all") for table in ("read_log", "accounts")
    ]


@pytest.fixture
def by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """No run compacts by itself."""
    monkeypatch.setattr(compacting, "ROWS_A_KEY", 1000)


@pytest.mark.usefixtures("by_hand")
def test_no_newest_row_no_first_or_last_sight_and_no_days_word_is_lost(
    server: SandboxServer, folder: Path
) -> None:
    server.world = seeded_world(
        seed=3, accounts=1, first_day="2025-12-20", days=20, orders_per_day=8
    )
    accounts = [
        linked(account, f"shop {account.vendor_id}", start_date=date(2025, 12, 20))
        for account in server.world.accounts.values()
    ]
    for day in (8, 9, 10):
        server.as_of = f"2026-01-{day:02d}T09:00:00+09:00"
        collect(server, folder, accounts)
    raw(
        folder,
        "insert into order_sheets (vendor_id, reading_id, request_no, shipment_box_id, "
        "_dlt_load_id) values ('A00030001', 9999, 1, 'x', 'died')",
    )
    before = [*newest_rows(folder), *replaced_days(folder)]
    before[0] = [row for row in before[0] if "x" not in row]
    before[1] = [row for row in before[1] if "x" not in row]
    kept = logs(folder)
    size = raw(folder, "select count(*) from order_sheets")[0][0]
    assert all(rows for rows in before)
    assert compact(folder / FILE) > 0
    assert [*newest_rows(folder), *replaced_days(folder)] == before
    assert kept == logs(folder)
    assert raw(folder, "select count(*) from order_sheets")[0][0] < size
    # Two rows a key at most, and none of a load that died.
    assert raw(
        folder,
        "select max(n) from (select count(*) as n from order_sheets "
        "group by vendor_id, shipment_box_id)",
    ) == [(2,)]
    assert compact(folder / FILE) == 0


@pytest.mark.usefixtures("by_hand")
def test_a_day_that_came_back_empty_stays_empty(
    server: SandboxServer, seller: Account, folder: Path
) -> None:
    order = seller.order("2026-01-01 10:00")
    order.confirm("2026-01-06").retract("2026-01-09 00:00")
    account = linked(seller, start_date=date(2026, 1, 1))
    for day in (7, 8, 10):
        server.as_of = f"2026-01-{day:02d}T09:00:00+09:00"
        collect(server, folder, [account])
    before = [*replaced_days(folder)]
    assert before[0] == []
    assert compact(folder / FILE) > 0
    assert [*replaced_days(folder)] == before
    # The first reading of the day stays; the one in between is gone.
    assert raw(folder, "select count(*) from confirmed_sales") == [(1,)]


def test_a_run_compacts_by_itself_once_it_pays(
    server: SandboxServer, seller: Account, folder: Path
) -> None:
    for hour in range(10):
        seller.order(f"2026-01-05 {10 + hour}:00")
    account = linked(seller, start_date=date(2026, 1, 1))
    backfill = Request(first=date(2026, 1, 5), last=date(2026, 1, 5))
    for _ in range(3):
        collect(server, folder, [account], backfill)
    assert raw(folder, "select count(*) from order_sheets") == [(30,)]
    collect(server, folder, [account], backfill)
    assert raw(folder, "select count(*) from order_sheets") == [(20,)]
