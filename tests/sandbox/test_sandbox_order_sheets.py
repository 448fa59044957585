"""The order listing and the look-ups of single orders."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from sandbox_caller import Caller

from extract.sandbox import Account, Box, Item, Request, SandboxServer, Status, World, box, item

PAID = "2026-01-05T10:00:00+09:00"

SHEET_FIELDS = {
    "shipmentBoxId", "orderId", "orderedAt", "orderer", "paidAt", "status", "shippingPrice",
    "remotePrice", "remoteArea", "parcelPrintMessage", "splitShipping", "ableSplitShipping",
    "receiver", "orderItems", "overseaShippingInfoDto", "deliveryCompanyName", "invoiceNumber",
    "inTrasitDateTime", "deliveredDate", "refer", "shipmentType", "isCod", "extraProperties",
}  # fmt: skip
ITEM_FIELDS = {
    "vendorItemPackageId", "vendorItemPackageName", "productId", "vendorItemId", "vendorItemName",
    "shippingCount", "salesPrice", "orderPrice", "discountPrice", "instantCouponDiscount",
    "downloadableCouponDiscount", "coupangDiscount", "externalVendorSkuCode", "etcInfoHeader",
    "etcInfoValue", "etcInfoValues", "sellerProductId", "sellerProductName",
    "sellerProductItemName", "firstSellerProductItemName", "cancelCount", "holdCountForCancel",
    "estimatedShippingDate", "plannedShippingDate", "invoiceNumberUploadDate", "extraProperties",
    "pricingBadge", "usedProduct", "confirmDate", "deliveryChargeTypeName",
    "upBundleVendorItemId", "upBundleVendorItemName", "upBundleSize", "upBundleItem", "canceled",
}  # fmt: skip


def won(units: int, currency: str = "KRW") -> dict[str, Any]:
    return {"currencyCode": currency, "units": units, "nanos": 0}


def test_a_sheet_shows_every_documented_field(caller: Caller, account: Account) -> None:
    apples = item(quantity=3, unit_price=10_000, instant=900, downloadable=300, sku="APPLE-3")
    account.order(PAID, apples, shipping=3_000, ordered_at="2026-01-05T09:58:00+09:00")
    (sheet,) = caller.sheets().json()["data"]
    assert set(sheet) == SHEET_FIELDS
    assert sheet["shippingPrice"] == won(3_000)
    assert sheet["remotePrice"] == won(0)
    assert sheet["paidAt"] == "2026-01-05T10:00:00.000000+09:00"
    assert sheet["orderedAt"] == "2026-01-05T09:58:00.000000+09:00"
    assert (sheet["deliveredDate"], sheet["inTrasitDateTime"]) == ("", "")
    (line,) = sheet["orderItems"]
    assert set(line) == ITEM_FIELDS
    assert (line["shippingCount"], line["cancelCount"], line["canceled"]) == (3, 0, False)
    assert (line["salesPrice"], line["orderPrice"]) == (won(10_000), won(30_000))
    assert line["discountPrice"] == won(1_200)
    assert line["instantCouponDiscount"] == won(900)
    assert line["coupangDiscount"] == won(0)
    assert line["externalVendorSkuCode"] == "APPLE-3"
    assert line["confirmDate"] == ""


def test_ids_are_json_numbers_that_a_float_would_spoil(caller: Caller, account: Account) -> None:
    order = account.order(PAID)
    text = caller.sheets().text
    assert f'"shipmentBoxId":{order.box.id},' in text
    assert len(str(order.box.id)) == 18
    assert int(float(order.box.id)) != order.box.id
    assert f'"orderId":{order.id},' in text


@pytest.mark.parametrize(
    "paid",
    ["2026-01-05T09:30:00.973885-08:00", "2026-01-05T17:30:00.973885+00:00"],
)
def test_times_keep_the_offset_and_the_microseconds_they_have(
    caller: Caller, account: Account, paid: str
) -> None:
    account.order(paid)
    (sheet,) = caller.sheets(createdAtFrom="2026-01-06+09:00").json()["data"]
    assert sheet["paidAt"] == paid


def test_null_amounts_foreign_money_and_odd_fields_are_shown(
    caller: Caller, account: Account
) -> None:
    account.order(
        PAID,
        box(
            item(currency="TWD", unit_price=300),
            item(unit_price=27_800, order_price=278_000),
            item(raw={"orderPrice": None, "shippingCount": "two"}),
            remote=None,
            raw={"status": "SOMETHING_NEW"},
        ),
    )
    (sheet,) = caller.sheets().json()["data"]
    assert sheet["remotePrice"] is None
    assert sheet["status"] == "SOMETHING_NEW"
    foreign, tenfold, odd = sheet["orderItems"]
    assert foreign["orderPrice"] == won(300, "TWD")
    assert foreign["discountPrice"] is None
    assert (tenfold["salesPrice"], tenfold["orderPrice"]) == (won(27_800), won(278_000))
    assert (odd["orderPrice"], odd["shippingCount"]) == (None, "two")


def test_the_same_item_in_two_boxes_is_one_product(caller: Caller, account: Account) -> None:
    apples, pears = item(), item()
    order = account.order(PAID, box(apples, shipping=3_000), box(apples, pears, shipping=2_500))
    first, second = caller.sheets().json()["data"]
    assert {first["orderId"], second["orderId"]} == {order.id}
    assert first["shipmentBoxId"] != second["shipmentBoxId"]
    assert first["splitShipping"] is True
    ids = [[line["vendorItemId"] for line in sheet["orderItems"]] for sheet in (first, second)]
    assert ids[0][0] == ids[1][0] != ids[1][1]


# --- what is listed when -----------------------------------------------------------------------


def test_a_sheet_is_listed_under_its_status_of_the_moment_alone(
    caller: Caller, account: Account
) -> None:
    order = account.order(PAID)
    moves = {
        Status.INSTRUCT: "2026-01-05 12:00",
        Status.DEPARTURE: "2026-01-05 18:00",
        Status.DELIVERING: "2026-01-06 03:00",
        Status.FINAL_DELIVERY: "2026-01-07 11:00",
    }
    for status, at in moves.items():
        order.move(status, at)
    seen = {}
    for moment in ("2026-01-05T09:59:59+09:00", PAID, *moves.values()):
        caller.server.as_of = moment
        seen[moment] = [each.value for each in Status if caller.sheets(each.value).json()["data"]]
    assert list(seen.values()) == [
        [], ["ACCEPT"], ["INSTRUCT"], ["DEPARTURE"], ["DELIVERING"], ["FINAL_DELIVERY"],
    ]  # fmt: skip
    (sheet,) = caller.sheets("FINAL_DELIVERY").json()["data"]
    assert sheet["deliveredDate"] == "2026-01-07T11:00:00.000000+09:00"
    assert sheet["invoiceNumber"]


def test_days_are_those_of_the_offset_that_was_asked_with(caller: Caller, account: Account) -> None:
    before = account.order("2026-01-05T14:59:59Z")
    after = account.order("2026-01-05T15:00:00Z")
    for day, order in (("2026-01-05", before), ("2026-01-06", after)):
        rows = caller.sheets(createdAtFrom=f"{day}+09:00", createdAtTo=f"{day}+09:00").json()
        assert [row["orderId"] for row in rows["data"]] == [order.id]
    taipei = caller.sheets(createdAtFrom="2026-01-05+08:00", createdAtTo="2026-01-05+08:00").json()
    assert len(taipei["data"]) == 2


def test_the_listing_filters_by_order_time_or_by_payment_time(
    world: World, account: Account, serve: Callable[..., SandboxServer], calling: type[Caller]
) -> None:
    account.order("2026-01-06T00:00:30+09:00", ordered_at="2026-01-05T23:59:30+09:00")
    found = {}
    for orders_by in ("ordered_at", "paid_at"):
        caller = calling(serve(world, orders_by=orders_by), account)
        for day in ("2026-01-05", "2026-01-06"):
            rows = caller.sheets(createdAtFrom=f"{day}+09:00", createdAtTo=f"{day}+09:00").json()
            found[orders_by, day[-1]] = len(rows["data"])
    assert found == {
        ("ordered_at", "5"): 1, ("ordered_at", "6"): 0,
        ("paid_at", "5"): 0, ("paid_at", "6"): 1,
    }  # fmt: skip


def test_by_minute_there_is_no_paging_and_a_day_at_most(caller: Caller, account: Account) -> None:
    for minute in range(60):
        account.order(f"2026-01-05T10:{minute:02d}:30+09:00")
    frame = {"searchType": "timeFrame", "createdAtFrom": "2026-01-05T10:00+09:00"}
    answer = caller.sheets(**frame, createdAtTo="2026-01-05T10:58+09:00").json()
    assert (len(answer["data"]), answer["nextToken"]) == (59, "")
    assert caller.sheets(**frame, createdAtTo="2026-01-06T10:00+09:00").status_code == 200
    assert caller.sheets(**frame, createdAtTo="2026-01-06T10:01+09:00").status_code == 400
    assert caller.sheets(searchType="timeFrame").status_code == 400


# --- refusals ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "params",
    [
        {"status": "ALL"},
        {"status": ""},
        {"createdAtFrom": "2026-01-01", "createdAtTo": "2026-01-31"},
        {"createdAtFrom": "2026-02-30+09:00"},
        {"createdAtFrom": "20260101+09:00"},
        {"createdAtFrom": "2026-02-01+09:00"},
        {"maxPerPage": 51},
        {"maxPerPage": 0},
        {"maxPerPage": "many"},
        {"nextToken": "made up"},
    ],
    ids=str,
)
def test_what_is_malformed_is_400(caller: Caller, params: dict[str, Any]) -> None:
    answer = caller.sheets(**params)
    assert answer.status_code == 400
    assert answer.json()["code"] == 400
    assert answer.json()["message"]


def test_a_missing_parameter_is_400(caller: Caller) -> None:
    path = f"/v2/providers/openapi/apis/api/v5{caller.vendor_path}/ordersheets"
    days = {"createdAtFrom": "2026-01-01+09:00", "createdAtTo": "2026-01-31+09:00"}
    answer = caller.get(path, **days)
    assert answer.status_code == 400
    assert answer.json()["message"] == "Required String parameter 'status' is not present"
    assert caller.get(path, status="ACCEPT").status_code == 400


def test_a_plus_that_is_not_encoded_is_no_offset(caller: Caller) -> None:
    path = f"/v2/providers/openapi/apis/api/v5{caller.vendor_path}/ordersheets"
    bare = "createdAtFrom=2026-01-01+09:00&createdAtTo=2026-01-31+09:00&status=ACCEPT"
    assert caller.get_as_sent(path, bare).status_code == 400
    assert caller.get_as_sent(path, bare.replace("+", "%2B")).status_code == 200


def test_31_days_are_the_most(caller: Caller) -> None:
    assert caller.sheets(createdAtTo="2026-01-31+09:00").status_code == 200
    answer = caller.sheets(createdAtTo="2026-02-01+09:00")
    assert answer.status_code == 400
    assert answer.json()["message"] == "endTime-startTime range should less than31."


# --- pages -------------------------------------------------------------------------------------


def many_orders(account: Account, count: int) -> list[int]:
    return [
        account.order(
            f"2026-01-{1 + number % 28:02d}T{number % 24:02d}:{number % 60:02d}:00+09:00"
        ).box.id
        for number in range(count)
    ]


@pytest.mark.parametrize("tokens", ["cursor", "offset"])
@pytest.mark.parametrize("count", [49, 50, 51, 100, 120])
def test_pages_hold_every_sheet_once(
    world: World,
    account: Account,
    serve: Callable[..., SandboxServer],
    calling: type[Caller],
    tokens: str,
    count: int,
) -> None:
    boxes = many_orders(account, count)
    caller = calling(serve(world, tokens=tokens), account)
    rows = caller.all_sheets()
    assert sorted(row["shipmentBoxId"] for row in rows) == sorted(boxes)
    assert len(caller.server.requests) == -(-count // 50)


def test_page_is_silently_ignored(caller: Caller, account: Account) -> None:
    many_orders(account, 60)
    first, again = (caller.sheets(page=number).json()["data"] for number in (1, 2))
    assert len(first) == 50
    assert first == again


def test_a_smaller_page_is_possible(caller: Caller, account: Account) -> None:
    many_orders(account, 7)
    assert len(caller.sheets(maxPerPage=3).json()["data"]) == 3
    assert len(caller.all_sheets(maxPerPage=3)) == 7


@pytest.mark.parametrize(("tokens", "seen"), [("cursor", 60), ("offset", 59)])
def test_a_sheet_that_moves_on_between_pages_shifts_offsets_not_cursors(
    world: World,
    account: Account,
    serve: Callable[..., SandboxServer],
    calling: type[Caller],
    tokens: str,
    seen: int,
) -> None:
    orders = [account.order(f"2026-01-05T10:{number:02d}:00+09:00") for number in range(60)]
    server = serve(world, tokens=tokens)

    def move_one(request: Request) -> None:
        if "nextToken=e" in request.query:
            orders[0].move(Status.INSTRUCT, server.now())

    server.on_request = move_one
    assert len(calling(server, account).all_sheets()) == seen


# --- single look-ups ---------------------------------------------------------------------------


def test_a_box_and_an_order_are_looked_up(caller: Caller, account: Account) -> None:
    order = account.order(PAID, box(Item()), box(Item()))
    of_box = caller.sheet_of_box(order.boxes[1].id).json()
    assert (of_box["code"], of_box["data"]["shipmentBoxId"]) == ("200", order.boxes[1].id)
    of_order = caller.sheets_of_order(order.id).json()["data"]
    assert [sheet["shipmentBoxId"] for sheet in of_order] == [each.id for each in order.boxes]
    listed = caller.sheets().json()["data"]
    assert listed == of_order


def test_a_cancelled_order_is_400_with_its_korean_text(caller: Caller, account: Account) -> None:
    order = account.order(PAID)
    order.cancel("2026-01-06 09:00")
    for answer in (caller.sheet_of_box(order.box.id), caller.sheets_of_order(order.id)):
        assert answer.status_code == 400
        assert answer.json()["message"] == "해당 주문이 취소 또는 반품되었습니다."


def test_an_order_with_a_box_left_is_shown_with_that_box(caller: Caller, account: Account) -> None:
    order = account.order(PAID, box(Item()), box(Item()))
    order.cancel("2026-01-06 09:00", boxes=[order.boxes[0]])
    (left,) = caller.sheets_of_order(order.id).json()["data"]
    assert left["shipmentBoxId"] == order.boxes[1].id


def test_unknown_future_foreign_and_replaced_ids_are_invalid(
    world: World, caller: Caller, account: Account
) -> None:
    future = account.order("2026-03-01 10:00")
    foreign = world.add_account("A00000002").order(PAID)
    moved = account.order(PAID)
    old: Box = moved.box
    moved.rebox("2026-01-05 12:00")
    for answer in (
        caller.sheets_of_order(1),
        caller.sheets_of_order(future.id),
        caller.sheets_of_order(foreign.id),
        caller.sheet_of_box(foreign.box.id),
        caller.sheet_of_box(old.id),
    ):
        assert answer.status_code == 400
        assert answer.json()["message"] == "유효하지 않은 주문번호 입니다."
    assert caller.sheets_of_order("abc").status_code == 400


def test_a_sheet_shown_before_is_shown_anew_when_it_changed(
    caller: Caller, account: Account
) -> None:
    order = account.order(PAID, item(quantity=2))
    before = json.loads(caller.sheets().text)["data"][0]["orderItems"][0]
    order.cancel("2026-01-06 09:00", {order.line: 1})
    after = json.loads(caller.sheets().text)["data"][0]["orderItems"][0]
    assert (before["cancelCount"], after["cancelCount"]) == (0, 1)
    caller.server.as_of = "2026-01-05T11:00:00+09:00"
    assert caller.sheets().json()["data"][0]["orderItems"][0]["cancelCount"] == 0
