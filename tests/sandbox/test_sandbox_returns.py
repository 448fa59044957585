"""Returns, cancellations, withdrawals and exchanges."""

from __future__ import annotations

from typing import Any

import pytest
from sandbox_caller import Caller

from extract.sandbox import Account, Claimed, Item, Order, Status, World, box, item

PAID = "2026-01-05T10:00:00+09:00"
RECEIPT_FIELDS = {
    "receiptId", "orderId", "paymentId", "receiptType", "receiptStatus", "createdAt", "modifiedAt",
    "requesterName", "requesterPhoneNumber", "requesterRealPhoneNumber", "requesterAddress",
    "requesterAddressDetail", "requesterZipCode", "cancelReasonCategory1", "cancelReasonCategory2",
    "cancelReason", "cancelCountSum", "returnDeliveryId", "returnDeliveryType",
    "releaseStopStatus", "enclosePrice", "faultByType", "preRefund", "completeConfirmType",
    "completeConfirmDate", "returnItems", "returnDeliveryDtos", "reasonCode", "reasonCodeText",
    "returnShippingCharge",
}  # fmt: skip


@pytest.fixture
def delivered(account: Account) -> Order:
    """Two boxes, delivered on 7 January: 3 of one item, 1 of another."""
    order = account.order(PAID, box(item(quantity=3), shipping=3_000), box(Item()))
    order.move(Status.INSTRUCT, "2026-01-05 12:00")
    order.move(Status.FINAL_DELIVERY, "2026-01-07 12:00")
    return order


def listed(caller: Caller, **params: object) -> list[int]:
    return [row["receiptId"] for row in caller.returns(**params).json()["data"]]


def where(caller: Caller) -> list[str]:
    """The listings in which there is anything."""
    found = [status for status in ("RU", "UC", "CC", "PR") if listed(caller, status=status)]
    return found + (["CANCEL"] if listed(caller, cancelType="CANCEL") else [])


def test_a_cancellation_is_listed_by_cancel_type_alone(caller: Caller, account: Account) -> None:
    order = account.order(PAID, item(quantity=2))
    receipt = order.cancel("2026-01-06 09:15:30", {order.line: 1})
    assert where(caller) == ["CANCEL"]
    (row,) = caller.returns(cancelType="CANCEL").json()["data"]
    assert set(row) == RECEIPT_FIELDS
    assert (row["receiptId"], row["orderId"]) == (receipt.id, order.id)
    assert (row["receiptType"], row["createdAt"]) == ("CANCEL", "2026-01-06T09:15:30")
    (line,) = row["returnItems"]
    assert (line["purchaseCount"], line["cancelCount"]) == (2, 1)
    assert line["shipmentBoxId"] == order.box.id


def test_a_request_to_stop_a_shipment_is_listed_twice(caller: Caller, account: Account) -> None:
    order = account.order(PAID)
    order.move(Status.INSTRUCT, "2026-01-05 12:00")
    receipt = order.request_return("2026-01-05 20:00")
    assert where(caller) == ["RU", "UC"]
    (row,) = caller.returns(status="RU").json()["data"]
    assert row["receiptStatus"] == "RELEASE_STOP_UNCHECKED"
    assert row["releaseStopStatus"] == "미처리"
    assert row["returnItems"][0]["releaseStatus"] == "N"
    receipt.complete("2026-01-06 09:00")
    assert where(caller) == ["CC"]


def test_a_return_goes_from_uc_to_cc_or_over_pr(caller: Caller, delivered: Order) -> None:
    first = delivered.request_return("2026-01-08 10:00", boxes=[delivered.boxes[0]])
    second = delivered.request_return("2026-01-08 11:00", boxes=[delivered.boxes[1]])
    first.arrive("2026-01-10 09:00").complete("2026-01-11 10:30", "CS_CONFIRM")
    second.ask_coupang("2026-01-10 09:00")
    states = {
        "2026-01-08T10:30:00+09:00": {"UC": [first.id]},
        "2026-01-10T08:00:00+09:00": {"UC": [first.id, second.id]},
        "2026-01-10T10:00:00+09:00": {"UC": [first.id], "PR": [second.id]},
        "2026-01-12T00:00:00+09:00": {"CC": [first.id], "PR": [second.id]},
    }
    for moment, expected in states.items():
        caller.server.as_of = moment
        found = {status: listed(caller, status=status) for status in ("RU", "UC", "CC", "PR")}
        assert {status: ids for status, ids in found.items() if ids} == expected
    (row,) = caller.returns(status="CC").json()["data"]
    assert row["completeConfirmType"] == "CS_CONFIRM"
    assert row["completeConfirmDate"] == row["modifiedAt"] == "2026-01-11T10:30:00"
    (row,) = caller.returns(status="PR").json()["data"]
    assert (row["completeConfirmType"], row["completeConfirmDate"]) == ("UNDEFINED", "")


def test_pre_refund_is_told_while_the_return_is_open(caller: Caller, delivered: Order) -> None:
    receipt = delivered.request_return("2026-01-08 10:00", boxes=[delivered.boxes[1]])
    receipt.pre_refund("2026-01-09 08:00")
    (row,) = caller.returns(status="UC").json()["data"]
    assert (row["preRefund"], row["modifiedAt"]) == (True, "2026-01-09T08:00:00")
    caller.server.as_of = "2026-01-09T07:59:59+09:00"
    (row,) = caller.returns(status="UC").json()["data"]
    assert (row["preRefund"], row["modifiedAt"]) == (False, "2026-01-08T10:00:00")


def test_a_receipt_need_not_name_its_box_nor_have_an_order(
    caller: Caller, world: World, account: Account, delivered: Order
) -> None:
    delivered.request_return("2026-01-08 10:00", {delivered.line: 1}, names_box=False)
    account.receipt(4711, "2026-01-08 11:00", [Claimed(world.product(), 1, 2)])
    first, second = caller.returns(status="UC").json()["data"]
    assert first["returnItems"][0]["shipmentBoxId"] == 0
    assert (second["orderId"], second["cancelCountSum"]) == (4711, 1)


# --- how they are asked for --------------------------------------------------------------------


def test_a_status_is_needed_unless_an_order_is_named(caller: Caller, delivered: Order) -> None:
    receipt = delivered.request_return("2026-01-08 10:00")
    answer = caller.returns()
    assert answer.status_code == 400
    assert answer.json()["message"] == (
        "OrderId can't be null , if doesn't pass the parameter status"
    )
    assert listed(caller, orderId=delivered.id) == [receipt.id]
    assert listed(caller, orderId=delivered.id + 1) == []


@pytest.mark.parametrize(
    "params",
    [
        {"status": "CC", "cancelType": "CANCEL"},
        {"status": "DONE"},
        {"cancelType": "REFUND"},
        {"status": "UC", "createdAtFrom": "2026-01-05+09:00"},
        {"status": "UC", "createdAtFrom": "2026-01-05T00:00"},
        {"status": "UC", "searchType": "timeFrame"},
        {"status": "UC", "createdAtFrom": "2026-02-05"},
        {"status": "UC", "nextToken": "made up"},
    ],
    ids=str,
)
def test_what_is_malformed_is_400(caller: Caller, params: dict[str, Any]) -> None:
    assert caller.returns(**params).status_code == 400


def test_31_days_are_the_most(caller: Caller) -> None:
    assert caller.returns(status="UC", createdAtTo="2026-02-04").status_code == 200
    answer = caller.returns(status="UC", createdAtTo="2026-02-05")
    assert answer.status_code == 400
    assert answer.json()["message"] == "endTime-startTime range should less than31."


def test_a_busy_vendors_long_window_of_completed_ones_times_out(
    caller: Caller, account: Account
) -> None:
    account.busy_cc_days = 7
    assert caller.returns(status="CC").status_code == 504
    assert caller.returns(status="UC").status_code == 200
    week = {"createdAtFrom": "2026-01-05", "createdAtTo": "2026-01-11"}
    assert caller.returns(status="CC", **week).status_code == 200
    frame = {"createdAtFrom": "2026-01-05T00:00", "createdAtTo": "2026-01-12T00:00"}
    assert caller.returns(status="CC", searchType="timeFrame", **frame).status_code == 200


def test_returns_are_paged_by_day_and_whole_by_minute(caller: Caller, account: Account) -> None:
    order = account.order(PAID, item(quantity=60))
    order.move(Status.FINAL_DELIVERY, "2026-01-07 12:00")
    for minute in range(60):
        order.request_return(f"2026-01-08T10:{minute:02d}:00+09:00", {order.line: 1})
    first = caller.returns(status="UC").json()
    second = caller.returns(status="UC", nextToken=first["nextToken"]).json()
    assert (len(first["data"]), len(second["data"]), second["nextToken"]) == (50, 10, "")
    assert not {row["receiptId"] for row in first["data"]} & {
        row["receiptId"] for row in second["data"]
    }
    frame = {"createdAtFrom": "2026-01-08T10:01", "createdAtTo": "2026-01-08T10:58"}
    whole = caller.returns(status="UC", searchType="timeFrame", **frame).json()
    assert (len(whole["data"]), whole["nextToken"]) == (58, "")


def test_cancellations_come_in_one_answer(caller: Caller, account: Account) -> None:
    for minute in range(55):
        account.order(f"2026-01-05T10:{minute:02d}:00+09:00").cancel("2026-01-06 09:00")
    answer = caller.returns(cancelType="CANCEL", maxPerPage=10).json()
    assert (len(answer["data"]), answer["nextToken"]) == (55, "")


def test_one_receipt_is_looked_up_but_no_cancellation(caller: Caller, delivered: Order) -> None:
    receipt = delivered.request_return("2026-01-08 10:00", boxes=[delivered.boxes[1]])
    cancelled = delivered.account.order(PAID).cancel("2026-01-06 09:00")
    (row,) = caller.receipt(receipt.id).json()["data"]
    assert row["receiptId"] == receipt.id
    assert caller.receipt(cancelled.id).status_code == 400
    assert caller.receipt(1).status_code == 400
    caller.server.as_of = "2026-01-08T09:59:59+09:00"
    assert caller.receipt(receipt.id).status_code == 400


# --- withdrawals -------------------------------------------------------------------------------


def test_a_withdrawn_return_is_listed_as_withdrawn_and_not_as_open(
    caller: Caller, delivered: Order
) -> None:
    receipt = delivered.request_return("2026-01-08 10:00")
    receipt.withdraw("2026-01-09 18:30")
    (row,) = caller.withdrawals().json()["data"]
    assert row == {
        "cancelId": receipt.id,
        "orderId": delivered.id,
        "vendorId": "A00000001",
        "refundDeliveryDuty": "CUS",
        "createdAt": "2026-01-09T18:30:00",
        "vendorItemIds": [],
    }
    assert where(caller) == []
    assert caller.receipt(receipt.id).status_code == 400
    caller.server.as_of = "2026-01-09T18:00:00+09:00"
    assert where(caller) == ["UC"]
    assert caller.withdrawals().json()["data"] == []


def test_named_items_are_withdrawn_and_the_rest_goes_on(caller: Caller, delivered: Order) -> None:
    receipt = delivered.request_return("2026-01-08 10:00")
    first, second = (each.lines[0] for each in delivered.boxes)
    receipt.withdraw("2026-01-09 18:30", first)
    receipt.complete("2026-01-10 09:00")
    (row,) = caller.withdrawals().json()["data"]
    assert row["vendorItemIds"] == [first.vendor_item_id]
    assert where(caller) == ["CC"]
    left = caller.sheets("FINAL_DELIVERY").json()["data"]
    assert [sheet["shipmentBoxId"] for sheet in left] == [first.box.id]
    assert second.live_at(caller.server.now()) == 0


def test_a_week_of_withdrawals_at_most_in_numbered_pages(caller: Caller, account: Account) -> None:
    for minute in range(12):
        order = account.order(f"2026-01-05T10:{minute:02d}:00+09:00")
        order.request_return("2026-01-06 10:00").withdraw("2026-01-07 10:00")
    first = caller.withdrawals().json()
    second = caller.withdrawals(pageIndex=2).json()
    assert [len(page["data"]) for page in (first, second)] == [10, 2]
    assert [page["nextPageIndex"] for page in (first, second)] == ["2", ""]
    assert caller.withdrawals(pageIndex=3).json()["data"] == []
    assert len(caller.withdrawals(sizePerPage=100).json()["data"]) == 12
    assert caller.withdrawals(sizePerPage=101).status_code == 400
    assert caller.withdrawals(pageIndex=0).status_code == 400
    answer = caller.withdrawals(dateTo="2026-01-12")
    assert answer.status_code == 400
    assert answer.json()["message"] == "The maximum view duration is 7 days"


def test_withdrawals_are_found_by_receipt(caller: Caller, delivered: Order) -> None:
    path = f"/v2/providers/openapi/apis/api/v4{caller.vendor_path}/returnWithdrawList"
    receipt = delivered.request_return("2026-01-08 10:00")
    assert caller.post(path, {"cancelIds": [receipt.id]}).json()["data"] == []
    receipt.withdraw("2026-01-09 18:30")
    (row,) = caller.post(path, {"cancelIds": [receipt.id, 1]}).json()["data"]
    assert row["cancelId"] == receipt.id
    assert caller.post(path, {"cancelIds": list(range(51))}).status_code == 400
    assert caller.post(path, {"ids": []}).status_code == 400


# --- exchanges ---------------------------------------------------------------------------------


def test_exchanges_are_listed_by_the_second_and_for_a_week(
    caller: Caller, delivered: Order
) -> None:
    exchange = delivered.exchange("2026-01-08 10:00").complete("2026-01-11 10:00")
    (row,) = caller.exchanges().json()["data"]
    assert (row["exchangeId"], row["exchangeStatus"]) == (exchange.id, "SUCCESS")
    assert row["exchangeItemDtoV1s"][0]["quantity"] == 1
    caller.server.as_of = "2026-01-10T00:00:00+09:00"
    assert caller.exchanges().json()["data"][0]["exchangeStatus"] == "RECEIPT"
    assert caller.exchanges(createdAtTo="2026-01-12T00:00:01").status_code == 400
    assert caller.exchanges(createdAtFrom="2026-01-05").status_code == 400
