"""What the stories of the world do to the sheets."""

from __future__ import annotations

import pytest
from sandbox_caller import Caller

from extract.sandbox import Account, Gone, Item, Status, World, box, item
from extract.sandbox.moments import utc

PAID = "2026-01-05T10:00:00+09:00"


def shown(caller: Caller, status: str = "ACCEPT") -> dict[int, list[tuple[int, int, int]]]:
    """{box: [(bought, cancelled, held) of each line]}"""
    return {
        sheet["shipmentBoxId"]: [
            (line["shippingCount"], line["cancelCount"], line["holdCountForCancel"])
            for line in sheet["orderItems"]
        ]
        for sheet in caller.all_sheets(status)
    }


def test_a_partial_cancellation_is_counted_a_whole_one_makes_the_sheet_vanish(
    caller: Caller, account: Account
) -> None:
    order = account.order(PAID, box(item(quantity=3), Item()), box(Item()))
    first, second = order.boxes
    order.cancel("2026-01-05 11:00", {first.lines[0]: 2})
    assert shown(caller) == {first.id: [(3, 2, 0), (1, 0, 0)], second.id: [(1, 0, 0)]}
    order.cancel("2026-01-05 12:00", boxes=[second])
    assert shown(caller) == {first.id: [(3, 2, 0), (1, 0, 0)]}
    order.cancel("2026-01-05 13:00")
    assert shown(caller) == {}
    assert first.gone_at(caller.server.now()) is Gone.CANCELLED


def test_units_of_an_item_are_taken_from_its_boxes_in_turn(
    caller: Caller, account: Account
) -> None:
    apples = item(quantity=2)
    order = account.order(PAID, box(apples), box(apples))
    receipt = order.cancel("2026-01-05 11:00", {apples: 3})
    assert [(each.box_id, each.units) for each in receipt.items] == [
        (order.boxes[0].id, 2),
        (order.boxes[1].id, 1),
    ]
    assert shown(caller) == {order.boxes[1].id: [(2, 1, 0)]}
    with pytest.raises(ValueError, match="1 units more"):
        order.cancel("2026-01-05 12:00", {apples: 2})
    with pytest.raises(ValueError, match="holds no"):
        order.cancel("2026-01-05 12:00", {item(): 1})


def test_a_sheet_may_tell_without_a_receipt_and_a_receipt_without_the_sheet(
    caller: Caller, account: Account
) -> None:
    told = account.order(PAID, item(quantity=2))
    told.line.take("2026-01-05 11:00", 1)
    told.line.tell("2026-01-05 11:00", 1)
    silent = account.order(PAID, item(quantity=2))
    silent.cancel("2026-01-05 11:00", {silent.line: 1}, tells_sheet=False)
    assert shown(caller) == {told.box.id: [(2, 1, 0)], silent.box.id: [(2, 0, 0)]}
    assert [line.live_at(caller.server.now()) for line in (told.line, silent.line)] == [1, 1]


def test_a_stop_request_is_held_then_cancelled_or_let_go(caller: Caller, account: Account) -> None:
    order = account.order(PAID, item(quantity=3))
    order.move(Status.INSTRUCT, "2026-01-05 12:00")
    stopped = order.request_return("2026-01-06 09:00", {order.line: 2})
    assert shown(caller, "INSTRUCT") == {order.box.id: [(3, 0, 2)]}
    stopped.complete("2026-01-06 15:00")
    assert shown(caller, "INSTRUCT") == {order.box.id: [(3, 2, 0)]}
    again = order.request_return("2026-01-07 09:00", {order.line: 1})
    assert shown(caller, "INSTRUCT") == {order.box.id: [(3, 2, 1)]}
    again.withdraw("2026-01-07 10:00")
    assert shown(caller, "INSTRUCT") == {order.box.id: [(3, 2, 0)]}


def test_a_withdrawal_after_the_money_went_back_brings_the_units_back(account: Account) -> None:
    order = account.order(PAID)
    order.move(Status.FINAL_DELIVERY, "2026-01-07 12:00")
    receipt = order.request_return("2026-01-08 09:00").pre_refund("2026-01-08 10:00")
    assert order.line.live_at(utc("2026-01-09")) == 0
    receipt.withdraw("2026-01-09 09:00")
    assert order.line.live_at(utc("2026-01-10")) == 1


def test_boxes_made_anew_get_new_ids_and_keep_the_order(caller: Caller, account: Account) -> None:
    order = account.order(PAID, item(quantity=3), Item(), shipping=3_000)
    old = order.box
    order.cancel("2026-01-05 11:00", {order.line: 1})
    (new,) = order.rebox("2026-01-05 12:00")
    assert shown(caller) == {new.id: [(3, 1, 0), (1, 0, 0)]}
    (sheet,) = caller.all_sheets()
    assert (sheet["orderId"], sheet["shippingPrice"]["units"]) == (order.id, 3_000)
    assert old.gone_at(caller.server.now()) is Gone.REPLACED
    order.move(Status.INSTRUCT, "2026-01-05 13:00")
    assert list(shown(caller, "INSTRUCT")) == [new.id]
    order.confirm("2026-01-15")
    (row,) = caller.sales().json()["data"]
    assert [sold["quantity"] for sold in row["items"]] == [2, 1]
    assert row["deliveryFee"]["amount"] == 3_000


@pytest.mark.parametrize("listed", [2, 3])
def test_units_listed_beyond_those_that_live_are_cancelled_ones(
    caller: Caller, account: Account, listed: int
) -> None:
    apples = account.world.product()
    order = account.order(PAID, item(apples, quantity=3), shipping=3_000)
    order.cancel("2026-01-05 11:00", {order.line: 1}, tells_sheet=False)
    (new,) = order.rebox("2026-01-05 12:00", box(item(apples, quantity=listed), shipping=3_000))
    assert shown(caller) == {new.id: [(listed, 0, 0)]}
    assert [line.live_at(caller.server.now()) for line in order.lines] == [0, 2]
    order.confirm("2026-01-15")
    assert caller.sales().json()["data"][0]["items"][0]["quantity"] == 2


def test_an_item_that_no_new_box_lists_stays_in_the_old_one(account: Account) -> None:
    order = account.order(PAID, Item(), Item())
    first, second = order.box.lines
    order.rebox("2026-01-05 12:00", box(first.item))
    now = utc("2026-01-06")
    assert (first.live_at(now), second.live_at(now)) == (0, 1)


def test_a_sheet_vanishes_comes_back_and_loses_a_line(caller: Caller, account: Account) -> None:
    order = account.order(PAID, Item(), Item())
    order.box.vanish("2026-01-06 09:00")
    order.box.come_back("2026-01-07 09:00")
    order.box.lines[1].drop("2026-01-08 09:00")
    found = {}
    for day in (5, 6, 7, 8):
        caller.server.as_of = f"2026-01-0{day}T12:00:00+09:00"
        found[day] = [len(lines) for lines in shown(caller).values()]
    assert found == {5: [2], 6: [], 7: [2], 8: [1]}


def test_two_accounts_may_have_the_same_order_id(
    world: World, caller: Caller, calling: type[Caller]
) -> None:
    other = world.add_account("A00000002")
    mine = caller.account.order(PAID, order_id=4711)
    theirs = other.order(PAID, order_id=4711)
    mine.cancel("2026-01-05 11:00")
    assert shown(caller) == {}
    assert list(shown(calling(caller.server, other))) == [theirs.box.id]
    with pytest.raises(ValueError, match="4711 already"):
        other.order(PAID, order_id=4711)


def test_boxes_and_loose_items_do_not_mix(account: Account) -> None:
    with pytest.raises(ValueError, match="not of both"):
        account.order(PAID, Item(), box(Item()))
