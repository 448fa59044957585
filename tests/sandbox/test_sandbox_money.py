"""Confirmed sales and settlements."""

from __future__ import annotations

from datetime import date

import pytest
from sandbox_caller import Caller

from extract.sandbox import Account, Item, Sold, Status, World, box, item
from extract.sandbox.sales import settlement_dates

PAID = "2026-01-05T10:00:00+09:00"
SOLD_FIELDS = {
    "taxType", "productId", "productName", "vendorItemId", "vendorItemName", "salePrice",
    "quantity", "coupangDiscountCoupon", "discountCouponPolicyAgreement", "saleAmount",
    "sellerDiscountCoupon", "downloadableCoupon", "serviceFee", "serviceFeeVat",
    "serviceFeeRatio", "settlementAmount", "couranteeFeeRatio", "couranteeFee", "couranteeFeeVat",
    "storeFeeDiscount", "storeFeeDiscountVat", "externalSellerSkuCode",
}  # fmt: skip


def test_a_confirmed_order_is_a_sale_with_its_coupons(caller: Caller, account: Account) -> None:
    order = account.order(
        "2026-01-05T09:30:00-08:00",
        item(quantity=2, unit_price=10_000, instant=600, downloadable=200, coupang=1_000),
        shipping=3_000,
        remote=5_000,
    )
    order.confirm("2026-01-15")
    (row,) = caller.sales().json()["data"]
    assert (row["orderId"], row["saleType"]) == (order.id, "SALE")
    assert (row["saleDate"], row["recognitionDate"]) == ("2026-01-06", "2026-01-15")
    fee = row["deliveryFee"]
    assert (fee["amount"], fee["basicAmount"], fee["remoteAmount"]) == (8_000, 3_000, 5_000)
    assert fee["settlementAmount"] == fee["amount"] - fee["fee"] - fee["feeVat"]
    (sold,) = row["items"]
    assert set(sold) == SOLD_FIELDS
    assert (sold["quantity"], sold["salePrice"], sold["saleAmount"]) == (2, 20_000, 19_000)
    assert (sold["sellerDiscountCoupon"], sold["downloadableCoupon"]) == (600, 200)
    assert sold["coupangDiscountCoupon"] == 1_000
    assert sold["settlementAmount"] == 19_000 - sold["serviceFee"] - sold["serviceFeeVat"]
    (sheet,) = caller.sheets(createdAtFrom="2026-01-06+09:00").json()["data"]
    assert sheet["orderItems"][0]["confirmDate"].startswith("2026-01-15")


def test_what_was_cancelled_before_is_not_in_the_sale(caller: Caller, account: Account) -> None:
    order = account.order(
        PAID,
        box(item(quantity=3, unit_price=10_000, instant=900), shipping=3_000),
        box(Item(), shipping=2_500),
    )
    order.cancel("2026-01-06 09:00", {order.line: 1})
    order.cancel("2026-01-06 09:30", boxes=[order.boxes[1]])
    order.confirm("2026-01-15")
    (row,) = caller.sales().json()["data"]
    assert row["deliveryFee"]["amount"] == 3_000
    (sold,) = row["items"]
    assert (sold["quantity"], sold["salePrice"], sold["sellerDiscountCoupon"]) == (2, 20_000, 600)


def test_a_wholly_cancelled_order_cannot_be_confirmed(account: Account) -> None:
    order = account.order(PAID)
    order.cancel("2026-01-06 09:00")
    with pytest.raises(ValueError, match="nothing is left to confirm"):
        order.confirm("2026-01-15")


def test_refunds_are_positive_rows_of_their_own(caller: Caller, account: Account) -> None:
    order = account.order(PAID, item(quantity=2, unit_price=10_000, instant=600), shipping=3_000)
    order.confirm("2026-01-15")
    order.refund("2026-01-20", {order.line: 1})
    order.charge_return_shipping("2026-01-20")
    sale, refund, charge = caller.sales().json()["data"]
    assert [row["saleType"] for row in (sale, refund, charge)] == ["SALE", "REFUND", "REFUND"]
    (sold,) = refund["items"]
    assert (sold["quantity"], sold["salePrice"], sold["sellerDiscountCoupon"]) == (1, 10_000, 300)
    assert refund["deliveryFee"]["amount"] == 0
    assert charge["deliveryFee"]["amount"] == -5_000
    assert [sold["quantity"] for sold in charge["items"]] == [0]


def test_rows_can_be_told_outright(caller: Caller, world: World, account: Account) -> None:
    product = world.product("사과", "3kg", 10_000)
    account.order(PAID).confirm("2026-01-15", Sold(product, 4, 39_999), delivery_fee=0)
    adjustment = account.adjust("2026-01-16", 7_700, "REFUND")
    row, adjusted = caller.sales().json()["data"]
    assert (row["items"][0]["quantity"], row["items"][0]["salePrice"]) == (4, 39_999)
    assert (adjusted["orderId"], adjusted["saleType"]) == (0, "REFUND")
    assert adjusted["items"][0]["serviceFeeRatio"] is None
    assert adjustment.order_id == 0


def test_a_day_read_again_can_hold_more_or_nothing(caller: Caller, account: Account) -> None:
    first = account.order(PAID).confirm("2026-01-15")
    account.order(PAID).confirm("2026-01-15", since="2026-01-18 09:00")
    first.retract("2026-01-20 09:00")
    found = {}
    for moment in ("2026-01-16", "2026-01-19", "2026-01-21"):
        caller.server.as_of = f"{moment}T12:00:00+09:00"
        rows = caller.sales(recognitionDateTo="2026-01-15").json()["data"]
        found[moment] = len(rows)
    assert found == {"2026-01-16": 1, "2026-01-19": 2, "2026-01-21": 1}


def test_sales_are_paged_with_has_next(caller: Caller, account: Account) -> None:
    for minute in range(55):
        account.order(f"2026-01-05T10:{minute:02d}:00+09:00").confirm("2026-01-15")
    first = caller.sales().json()
    second = caller.sales(token=first["nextToken"]).json()
    assert [page["hasNext"] for page in (first, second)] == [True, False]
    assert second["nextToken"] == ""
    ids = [row["orderId"] for page in (first, second) for row in page["data"]]
    assert len(ids) == len(set(ids)) == 55


def test_a_token_of_another_listing_is_none(caller: Caller, account: Account) -> None:
    for minute in range(55):
        account.order(f"2026-01-05T10:{minute:02d}:00+09:00").confirm("2026-01-15")
    of_sheets, of_sales = caller.sheets().json(), caller.sales().json()
    assert caller.sales(token=of_sheets["nextToken"]).status_code == 400
    assert caller.sheets(nextToken=of_sales["nextToken"]).status_code == 400


# --- refusals ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"recognitionDateTo": "2026-02-10"}, "dateTo: 전일까지만 조회할 수 있습니다."),
        (
            {"recognitionDateFrom": "2026-01-01"},
            "dateFrom, dateTo: 1달 이내의 범위로만 조회가능합니다.",
        ),
        (
            {"recognitionDateFrom": "2026-01-09"},
            "dateFrom, dateTo: 1달 이내의 범위로만 조회가능합니다.",
        ),
        ({"token": "null"}, "token cannot be null"),
        ({"token": "made up"}, "token: Invalid format. 첫 페이지 호출 시에는 비워두세요."),
        (
            {"recognitionDateFrom": "20260110"},
            "recognitionDateFrom: Invalid format. 'yyyy-MM-dd' 형식을 사용하세요.",
        ),
        (
            {"recognitionDateTo": "2026-02-30"},
            "recognitionDateTo: Invalid format. 'yyyy-MM-dd' 형식을 사용하세요.",
        ),
        ({"vendorId": "A00000002"}, "Invalid vendor ID"),
    ],
    ids=str,
)
def test_sales_are_refused_in_coupangs_words(
    caller: Caller, params: dict[str, str], message: str
) -> None:
    answer = caller.sales(**params)
    assert (answer.status_code, answer.json()["message"]) == (400, message)


def test_less_than_a_month_is_counted_by_the_calendar(caller: Caller) -> None:
    caller.server.as_of = "2026-12-01T12:00:00+09:00"
    whole = {"recognitionDateFrom": "2026-06-01", "recognitionDateTo": "2026-06-30"}
    assert caller.sales(**whole).status_code == 200
    answer = caller.sales(recognitionDateFrom="2026-06-01", recognitionDateTo="2026-07-01")
    assert answer.status_code == 400
    assert answer.json()["message"] == "Date range period must be less than 1 months"
    long_month = {"recognitionDateFrom": "2026-07-01", "recognitionDateTo": "2026-07-31"}
    assert caller.sales(**long_month).status_code == 200


def test_a_missing_token_is_refused(caller: Caller) -> None:
    path = "/v2/providers/openapi/apis/api/v1/revenue-history"
    days = {"recognitionDateFrom": "2026-01-10", "recognitionDateTo": "2026-01-20"}
    answer = caller.get(path, vendorId="A00000001", **days)
    assert answer.status_code == 400
    assert answer.json()["message"] == "Required String parameter 'token' is not present"
    answer = caller.get(path, token="", **days)
    assert answer.json()["message"] == "Required String parameter 'vendorId' is not present"


# --- settlements -------------------------------------------------------------------------------


def test_weekly_settlements_pay_70_percent_and_the_reserve_restates_them(
    caller: Caller, account: Account
) -> None:
    for paid, on in (("2026-01-02", "2026-01-08"), ("2026-01-05", "2026-01-15")):
        order = account.order(f"{paid}T10:00:00+09:00", item(instant=500), shipping=3_000)
        order.confirm(on)
    order.refund("2026-01-30")
    account.adjust("2026-01-20", 1_000)
    rows = caller.settlements().json()
    assert isinstance(rows, list)
    kinds = [row["settlementType"] for row in rows]
    assert kinds == ["WEEKLY", "WEEKLY", "WEEKLY", "RESERVE", "ADDITIONAL"]
    *weekly, reserve, additional = rows
    assert [row["totalSale"] for row in weekly] == [13_000, 13_000, -10_000]
    assert weekly[0]["revenueRecognitionDateFrom"] == "2026-01-05"
    assert weekly[0]["revenueRecognitionDateTo"] == "2026-01-11"
    assert weekly[2]["revenueRecognitionDateTo"] == "2026-01-31"
    for row in weekly:
        assert row["settlementTargetAmount"] == row["totalSale"] - row["serviceFee"]
        assert row["settlementAmount"] == row["settlementTargetAmount"] * 70 // 100
        assert row["lastAmount"] == row["settlementTargetAmount"] - row["settlementAmount"]
    assert weekly[0]["sellerDiscountCoupon"] == 500
    for name in ("totalSale", "serviceFee", "settlementTargetAmount"):
        assert reserve[name] == sum(row[name] for row in weekly)
    assert reserve["settlementAmount"] == sum(row["lastAmount"] for row in weekly)
    assert additional["totalSale"] == 1_000
    assert [row["status"] for row in weekly] == ["DONE", "DONE", "SUBJECT"]


def test_a_month_is_settled_when_its_periods_are_over(caller: Caller, account: Account) -> None:
    account.order(PAID).confirm("2026-01-15")
    assert caller.settlements("2026-02").json() == []
    caller.server.as_of = "2026-01-18T12:00:00+09:00"
    assert caller.settlements().json() == []
    caller.server.as_of = "2026-01-19T12:00:00+09:00"
    assert [row["settlementType"] for row in caller.settlements().json()] == ["WEEKLY"]


def test_monthly_settlement_is_one_row_of_all(
    world: World, caller: Caller, calling: type[Caller]
) -> None:
    monthly = world.add_account("A00000002", settlement="MONTHLY")
    monthly.order(PAID, shipping=3_000).confirm("2026-01-15")
    (row,) = calling(caller.server, monthly).settlements().json()
    assert (row["settlementType"], row["totalSale"]) == ("MONTHLY", 13_000)
    assert (row["lastAmount"], row["settlementAmount"]) == (0, row["settlementTargetAmount"])
    (sale,) = calling(caller.server, monthly).sales().json()["data"]
    assert (sale["settlementDate"], sale["finalSettlementDate"]) == (row["settlementDate"], "")


def test_payout_days_are_those_of_a_sellers_calendar() -> None:
    assert settlement_dates(date(2024, 12, 9), "WEEKLY") == (date(2025, 1, 7), date(2025, 2, 3))
    assert settlement_dates(date(2024, 12, 15), "WEEKLY")[0] == date(2025, 1, 7)


@pytest.mark.parametrize("month", ["2026-1", "202601", "2026-13"])
def test_a_malformed_month_is_400(caller: Caller, month: str) -> None:
    assert caller.settlements(month).status_code == 400


def test_another_vendors_settlements_are_refused(caller: Caller, world: World) -> None:
    other = world.add_account("A00000002")
    assert caller.settlements(vendorId=other.vendor_id).status_code == 400
    assert caller.settlements(vendorId="A00000001").status_code == 200


def test_a_vanished_order_can_still_be_confirmed(caller: Caller, account: Account) -> None:
    order = account.order(PAID)
    order.move(Status.FINAL_DELIVERY, "2026-01-07 12:00")
    order.box.vanish("2026-01-08 12:00")
    order.confirm("2026-01-15")
    assert caller.all_sheets("FINAL_DELIVERY") == []
    assert len(caller.sales().json()["data"]) == 1
