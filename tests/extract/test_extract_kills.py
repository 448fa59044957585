"""kill -9 at random moments, a full disk: the next run goes on, nothing lost, nothing twice."""

from __future__ import annotations

import multiprocessing
import random
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from extract_world import collect, linked, raw
from killed_run import run, run_on_a_full_disk

from extract import compact
from extract.raw_tables import raw_tables
from extract.sandbox import Account, SandboxServer, seeded_world

TOLD = {
    "order_sheets": "vendor_id, shipment_box_id, order_id, paid_at, status, shipping_price",
    "order_sheet_items": "vendor_id, shipment_box_id, vendor_item_id, shipping_count, order_price",
    "receipts": "vendor_id, receipt_id, order_id, receipt_status, modified_at",
    "receipt_items": "vendor_id, receipt_id, vendor_item_id, cancel_count",
    "withdrawals": "vendor_id, cancel_id, vendor_item_id, created_at",
    "confirmed_sales": "vendor_id, order_id, sale_type, recognition_date, delivery_fee_amount",
    "confirmed_sale_items": "vendor_id, order_id, vendor_item_id, sale_type, sale_price",
    "settlements": "vendor_id, settlement_type, settlement_date, final_amount",
}
COMPLETE = "_dlt_load_id in (select load_id from _dlt_loads where status = 0)"


def told(folder: Path) -> dict[str, list[tuple[Any, ...]]]:
    """What completed loads tell of the world, whichever readings told it."""
    return {
        table: raw(folder, f"select distinct {columns} from {table} where {COMPLETE} order by all")
        for table, columns in TOLD.items()
    }


# Imported once; every run that is to come to grief is forked from there.
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["extract.collect", "killed_run"])


def test_runs_that_are_killed_at_any_moment_are_gone_on_with(
    server: SandboxServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kills: int | None
) -> None:
    monkeypatch.setattr(compact, "ROWS_A_KEY", 1000)
    server.world = seeded_world(
        seed=5, accounts=2, first_day="2025-10-20", days=80, orders_per_day=4
    )
    accounts = [
        linked(account, f"shop {account.vendor_id}", start_date=date(2025, 10, 20))
        for account in server.world.accounts.values()
    ]
    undisturbed, folder = tmp_path / "undisturbed", tmp_path / "killed"
    collect(server, undisturbed, accounts)

    moments = random.Random(7)  # noqa: S311 - when to kill
    killed = 0
    for _ in range(kills or 10):
        process = PROCESSES.Process(
            target=run, args=(accounts, server.url, str(folder), server.now())
        )
        process.start()
        process.join(moments.uniform(0.05, 2.0))
        if process.exitcode is None:
            process.kill()
            killed += 1
        process.join()
    assert killed > 0
    print(f"{killed} runs were killed at work")  # noqa: T201 - for the drill
    outcomes = collect(server, folder, accounts)

    assert [outcome.error for outcome in outcomes.values()] == [None, None]
    assert told(folder) == told(undisturbed)
    for table in raw_tables():
        place = "vendor_id, reading_id"
        if table not in ("read_log", "accounts"):
            place += ", request_no, row_no"
        if table.endswith("items") or table == "withdrawals":
            place += ", line_no"
        assert (
            raw(
                folder,
                f"select {place} from {table} where {COMPLETE} group by all having count(*) > 1",
            )
            == []
        ), table
    assert not (folder / "spool").exists()
    assert not list((folder / "dlt" / "pipelines").iterdir())


@pytest.mark.parametrize("room", [1_000, 40_000, 100_000])
def test_a_full_disk_is_told_in_a_line_and_the_next_run_recovers(
    server: SandboxServer, seller: Account, folder: Path, room: int
) -> None:
    orders = [seller.order(f"2026-01-0{1 + n % 9} 10:{n // 9:02d}") for n in range(500)]
    account = linked(seller, start_date=date(2026, 1, 1))
    here, there = PROCESSES.Pipe()
    process = PROCESSES.Process(
        target=run_on_a_full_disk,
        args=([account], server.url, str(folder), server.now(), room, there),
    )
    process.start()
    assert here.poll(60)
    (told,) = here.recv()
    process.join()
    assert "is full. Make room and run again" in told
    assert not collect(server, folder, [account])[seller.vendor_id].error
    boxes = raw(folder, f"select distinct shipment_box_id from order_sheets where {COMPLETE}")
    assert {box for (box,) in boxes} == {str(order.box.id) for order in orders}
