"""The seeded world: the same for the same seed, and with everything in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from sandbox_caller import Caller

from extract.sandbox import Account, Gone, SandboxServer, Status, World, seeded_world
from extract.sandbox.moments import KST, utc
from extract.sandbox.payloads import receipt, sales_row, sheet

LATER = utc("2026-06-01")


def everything(world: World) -> Iterator[Any]:
    for account in world.accounts.values():
        for box in account.boxes.values():
            for moment in (utc("2026-01-10"), utc("2026-01-25"), LATER):
                if box.status_at(moment):
                    yield sheet(box, moment)
        for each in account.receipts.values():
            if each.status_at(LATER):
                yield receipt(each, LATER)
        for row in account.sales_by_day:
            yield sales_row(row, account)


@pytest.fixture(scope="module")
def world() -> World:
    return seeded_world(seed=7, accounts=3, first_day="2026-01-01", days=60, orders_per_day=40)


def test_the_same_seed_gives_the_same_world_and_another_one_another() -> None:
    first, again, other = (
        list(everything(seeded_world(seed=seed, first_day="2026-01-01", days=20)))
        for seed in (1, 1, 2)
    )
    assert first == again
    assert first != other


def test_more_days_leave_the_first_ones_as_they_were() -> None:
    short, long = (seeded_world(first_day="2026-01-01", days=days, accounts=1) for days in (5, 9))
    for one, other in zip(*(world.accounts.values() for world in (short, long)), strict=True):
        paid = [
            [(order.id, order.paid_at) for order in account.orders.values()]
            for account in (one, other)
        ]
        assert paid[1][: len(paid[0])] == paid[0]


def test_there_is_a_bit_of_everything(world: World) -> None:
    accounts = list(world.accounts.values())
    orders = [order for account in accounts for order in account.orders.values()]
    boxes = [box for order in orders for box in order.boxes]
    lines = [line for box in boxes for line in box.lines]
    receipts = [each for account in accounts for each in account.receipts.values()]
    sales = [row for account in accounts for row in account.sales_by_day]
    gone = Counter(box.gone_at(LATER) for box in boxes)
    withdrawals = [each for account in accounts for each in account.withdrawals_by_time]
    near_midnight = [
        order
        for order in orders
        if (order.paid_at + timedelta(minutes=2)).astimezone(KST).date()
        != (order.paid_at - timedelta(minutes=2)).astimezone(KST).date()
    ]
    assert all(gone[why] for why in Gone)
    assert {len(order.boxes) for order in orders} >= {1, 2, 3}
    assert {line.quantity for line in lines} == {1, 2, 3, 4, 5}
    assert {order.paid_at.utcoffset() for order in orders} == {
        timedelta(hours=hours) for hours in (-8, 0, 8, 9)
    }
    assert len(near_midnight) > 20
    assert any(order.paid_at.date() != order.sale_date for order in orders)
    assert any(box.spec.remote is None for box in boxes)
    assert {line.item.currency for line in lines} == {"KRW", "TWD"}
    assert any(line.total != line.price * line.quantity for line in lines)
    for kind in ("instant", "downloadable", "coupang"):
        assert any(getattr(line.item, kind) for line in lines)
    assert {each.kind for each in receipts} == {"CANCEL", "RETURN"}
    assert any(each.stop for each in receipts)
    assert any(each.pre_refunded for each in receipts)
    assert any(each.order is None for each in receipts)
    assert any(each.kind == "RETURN" and each.completed is None for each in receipts)
    assert any(each.items[0].box_id is None for each in receipts)
    assert {bool(each.vendor_item_ids) for each in withdrawals} == {True, False}
    assert {row.sale_type for row in sales} == {"SALE", "REFUND"}
    assert any(row.order_id == 0 for row in sales)
    assert any(row.delivery_fee == -5_000 for row in sales)
    assert any(row.order_id and row.order_id not in account.orders
               for account in accounts for row in account.sales_by_day)  # fmt: skip
    assert {account.settlement for account in accounts} == {"WEEKLY", "MONTHLY"}
    assert any(len(account.exchanges_by_creation) for account in accounts)


def test_confirmations_come_about_ten_days_after_payment(world: World) -> None:
    waits = sorted(
        (row.recognition_date - row.sale_date).days
        for account in world.accounts.values()
        for row in account.sales_by_day
        if row.sale_type == "SALE" and row.order_id in account.orders
    )
    assert 7 <= waits[len(waits) // 2] <= 12
    assert waits[0] >= 1


def test_two_accounts_share_order_ids(world: World) -> None:
    first, second, _ = world.accounts.values()
    assert len(first.orders.keys() & second.orders.keys()) >= 10


def test_nothing_is_cancelled_more_often_than_it_was_bought(world: World) -> None:
    for account in world.accounts.values():
        for box in account.boxes.values():
            for line in box.lines:
                assert 0 <= line.live_at(LATER) <= line.quantity
                assert 0 <= line.cancelled_at(LATER) <= line.quantity
                assert line.held_at(LATER) == 0


def test_sales_hold_what_lived_when_they_were_confirmed(world: World) -> None:
    """Of each order, what was bought is what was sold and what was cancelled before, or open."""
    checked = 0
    for account in world.accounts.values():
        for order in account.orders.values():
            sold = sum(
                each.quantity
                for row in order.sales
                if row.sale_type == "SALE"
                for each in row.lines
            )
            before = (
                utc(f"{order.sales[0].recognition_date}T00:00:00+09:00") if order.sales else None
            )
            if before is not None:
                assert sold == sum(line.live_at(before) for line in order.lines)
                checked += 1
    assert checked > 1_000


def test_it_is_served_page_by_page(
    world: World, serve: Callable[..., SandboxServer], calling: type[Caller]
) -> None:
    server = serve(world, as_of="2026-02-20T12:00:00+09:00")
    server.prepare()
    account: Account = next(iter(world.accounts.values()))
    seen = [row for status in Status for row in calling(server, account).all_sheets(status.value)]
    start, end = utc("2026-01-01"), utc("2026-02-01")
    expected = {
        box.id
        for box in account.boxes.values()
        if start <= utc(box.order.ordered_at) < end and box.status_at(server.now())
    }
    assert len(seen) == len(expected)
    assert {row["shipmentBoxId"] for row in seen} == expected
