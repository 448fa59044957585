"""Corners of the policy as the plain-Python reference reads them."""

from datetime import date, datetime

import pytest

from tests.reference.orders import share
from tests.reference.policy import LISTINGS
from tests.reference.rows import to_kst
from tests.reference.story import Story, entry, line

LATE = "2026-01-20"
DONE = {"kind": "RETURN", "receipt_status": "RETURNS_COMPLETED"}


def test_half_a_won_is_rounded_up() -> None:
    assert [share(5, 1, 2), share(5, 1, 3), share(10000, 2, 3), share(0, 1, 0)] == [3, 2, 6667, 0]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-01-05T09:30:00-08:00", "2026-01-06"),
        ("2025-12-31T15:00:00Z", "2026-01-01"),
        ("2025-12-31T14:59:59.999999Z", "2025-12-31"),
        ("2026-01-06T00:00:00+09:00", "2026-01-06"),
        ("2026-01-05T20:29:59+05:30", "2026-01-05"),
        ("2026-01-05 23:59:59", "2026-01-05"),
    ],
)
def test_days_are_korean_in_every_offset(text: str, day: str) -> None:
    assert to_kst(text).date() == date.fromisoformat(day)


# -- P2, P14: lines


@pytest.mark.parametrize(
    ("values", "amount", "bought", "issues"),
    [
        ({"sales_price": 4, "sales_price_currency": "KRW"}, 10, 2, ["line_amount_differs"]),
        ({"order_price": None, "sales_price": 4}, 8, 2, []),
        ({"order_price": None}, 0, 2, ["line_without_amount"]),
        ({"shipping_count": None}, 0, 0, ["line_without_amount"]),
        ({"shipping_count": -1}, 0, 0, ["line_without_amount"]),
        ({"shipping_count": 0}, 0, 0, ["line_without_amount"]),
        ({"shipping_count": 0, "order_price": 0}, 0, 0, []),
    ],
)
def test_a_line_counts_what_it_can_say(
    values: dict[str, object], amount: int, bought: int, issues: list[str]
) -> None:
    story = Story().day("2026-01-06").box("A", {**line("x", 2, 10), **values})
    item = story.item("x")
    assert (item.paid_krw, item.bought_quantity) == (amount, bought)
    assert story.issues() == issues


def test_a_foreign_line_is_not_there_and_its_box_stays() -> None:
    story = Story().day("2026-01-06")
    story.box("A", line("x", 1, 500, order_price_currency="TWD"), paid="2026-01-04T10:00:00")
    story.box("B", line("y", 1, 10000), shipping=0)
    assert story.order().revenue_krw == 13000
    assert story.order().payment_date == date(2026, 1, 4)
    assert story.issues() == ["foreign_currency"]


def test_an_order_that_is_all_foreign_is_an_issue_and_nothing_else() -> None:
    story = Story().day(LATE).box("A", line("x", 1, 500, order_price_currency="TWD"))
    story.receipt("1", [("x", 1)], box="A").sale(entry("y", 1, 1000))
    marts = story.marts()
    assert not marts.fct_orders
    assert not marts.fct_cancellations
    assert story.issues() == ["foreign_currency"]


# -- P4: three tellings


def test_a_box_gives_up_at_most_what_was_bought_in_it() -> None:
    story = Story().day("2026-01-06")
    story.box("A", line("x", 1, 1000)).box("B", line("x", 2, 2000))
    story.receipt("1", [("x", 3)], box="A")
    assert story.item("x").cancelled_quantity == 1


def test_receipts_without_a_known_box_count_at_the_item() -> None:
    for box in (None, "never listed", "B"):
        story = Story().day("2026-01-06")
        story.box("A", line("x", 3, 3000, cancel_count=1)).box("B", line("y", 1, 1000))
        story.receipt("1", [("x", 2)], box=box)
        assert story.item("x").cancelled_quantity == 2


def test_what_receipts_tell_together_may_be_more_than_any_box_tells() -> None:
    story = Story().day("2026-01-06").box("A", line("x", 3, 3000, cancel_count=2))
    story.receipt("1", [("x", 1)], box="A").receipt("2", [("x", 2)])
    assert story.item("x").cancelled_quantity == 3


def test_early_cancels_are_at_most_what_receipts_alone_tell() -> None:
    story = Story().day("2026-01-05").box("A", line("x", 3, 30000))
    story.day("2026-01-08").box("B", line("x", 2, 20000)).receipt("1", [("x", 1)], box="A")
    story.day(LATE).box("B", line("x", 2, 20000)).receipt("1", [("x", 1)], box="A")
    story.sale(entry("x", 1, 10000)).refund(entry("x", 1, 10000))
    # the new box no longer holds what receipt 1 took: it is not among the 2 that are left
    assert story.item("x").cancelled_quantity == 1
    story.receipt("2", [("x", 1)], box="B", created="2026-01-18T10:00:00")
    # now receipts alone tell of 1: the SALE left one unit out, the REFUND is another
    assert story.item("x").cancelled_quantity == 2


def test_shipping_dies_with_every_item_bought_in_the_box() -> None:
    story = Story().day("2026-01-06")
    story.box("A", line("x", 1, 1000), line("y", 1, 1000), line("z", 0, 0))
    story.receipt("1", [("x", 1)], box="A")
    assert story.order().shipping_krw == 3000
    story.receipt("2", [("y", 1)], box="A", created="2026-01-06T12:00:00")
    order = story.order()
    assert (order.shipping_krw, order.order_status) == (0, "cancelled")
    shipping = [row for row in story.cancellations() if row.evidence == "shipping"]
    assert [(row.shipment_box_id, row.cancelled_krw) for row in shipping] == [("A", 3000)]


def test_a_partial_surplus_at_the_item_cancels_no_box() -> None:
    story = Story().day("2026-01-06")
    story.box("A", line("x", 1, 1000)).box("B", line("x", 2, 2000))
    story.receipt("1", [("x", 1)])
    assert story.order().shipping_krw == 6000
    story.receipt("2", [("x", 2)])
    assert story.order().shipping_krw == 0


def test_a_box_in_which_nothing_was_bought_keeps_its_shipping() -> None:
    story = Story().day("2026-01-06").box("A", line("x", 0, 0))
    assert story.order().shipping_krw == 3000


# -- P7, P8: coupons


def test_coupons_of_more_confirmed_than_lives_are_shared() -> None:
    story = Story().day(LATE).box("A", line("x", 3, 3000))
    story.sale(entry("x", 3, 3000, coupon=100))
    story.receipt("1", [("x", 1)], box="A", created="2026-01-16T10:00:00")
    assert story.item("x").instant_coupon_krw == 67


def test_coupons_never_fall_below_nothing() -> None:
    story = Story().day(LATE).box("A", line("x", 3, 3000))
    story.sale(entry("x", 3, 3000, coupon=100)).refund(entry("x", 1, 1000, coupon=200))
    assert story.item("x").coupon_krw == 0
    assert story.issues() == ["coupon_refund_exceeds_sale"]


def test_coupang_coupons_can_be_left_out() -> None:
    story = Story().day(LATE).box("A", line("x", 1, 1000))
    story.sale({**entry("x", 1, 1000, coupon=10), "coupang_discount_coupon": 100})
    assert story.order().coupon_krw == 110
    without = story.order(include_coupang_funded_coupons=False)
    assert (without.coupon_krw, without.coupang_coupon_krw) == (10, 100)


def test_entries_of_quantity_0_are_in_no_rule() -> None:
    story = Story().day(LATE).sale(entry("x", 0, 1000), fee=3000)
    story.sale(entry("y", 1, 1000), paid="2026-01-06", fee=1)
    order = story.order()
    assert (order.payment_date, order.paid_krw) == (date(2026, 1, 6), 1001)


def test_only_units_not_confirmed_yet_expect_a_coupon() -> None:
    story = Story().day(LATE).box("A", line("x", 4, 4000, instant_coupon_discount=10))
    story.sale(entry("x", 1, 1000, coupon=2))
    item = story.item("x")
    assert (item.coupon_krw, item.expected_coupon_krw, item.is_confirmed) == (2, 8, False)


# -- P9, P10: orders without sheet


def test_an_item_missing_from_the_sheets_is_added_without_shipping() -> None:
    story = Story().day(LATE).box("A", line("x", 1, 1000), shipping=0)
    story.sale(entry("x", 1, 1000), entry("y", 2, 5000), fee=3000)
    assert story.order().paid_krw == 6000
    assert story.item("y").bought_quantity == 2


def test_a_receipt_before_the_sale_counts_nothing_without_sheet() -> None:
    story = Story().day(LATE).sale(entry("x", 2, 2000))
    story.receipt("1", [("x", 1)], created="2026-01-14T23:59:59")
    story.receipt("2", [("x", 1)], created="2026-01-15T00:00:00")
    taken = {row.receipt_id: row.cancelled_quantity for row in story.cancellations()}
    assert taken == {"1": 0, "2": 1}


def test_a_refund_alone_makes_no_order() -> None:
    story = Story().day(LATE).refund(entry("x", 1, 1000))
    assert not story.marts().fct_orders
    assert story.issues() == ["refund_without_sale"]


def test_adjustments_are_listed_whatever_their_date() -> None:
    story = Story().day(LATE).sale(entry("x", 1), order="0", paid="2025-06-01")
    story.sale(entry("x", 1), order=None, paid=None)
    assert story.issues() == ["sales_row_without_order"] * 2


def test_a_receipt_of_an_unknown_order_stays_visible() -> None:
    story = Story().day(LATE).receipt("1", [("x", 1)], order="99")
    [row] = story.cancellations()
    assert (row.is_order_known, row.payment_date, row.cancelled_krw) == (False, None, 0)
    assert story.issues() == []
    old = Story(start="2025-11-06").day(LATE).receipt("1", [("x", 1)], order="99")
    assert old.issues() == ["receipt_without_order"]
    edge = Story(start="2025-11-07").day(LATE).receipt("1", [("x", 1)], order="99")
    assert edge.issues() == []


# -- withdrawals


def test_a_withdrawal_takes_the_items_it_names() -> None:
    story = Story().day("2026-01-08").box("A", line("x", 1, 1000), line("y", 1, 1000))
    story.receipt("1", [("x", 1), ("y", 1)], box="A", **DONE).withdrawal("1", "x")
    assert story.item("x").net_quantity == 1
    assert story.item("y").net_quantity == 0


def test_the_newest_telling_of_a_withdrawal_wins_and_several_add_up() -> None:
    story = Story().day("2026-01-08")
    story.box("A", line("x", 1, 1000), line("y", 1, 1000), line("z", 1, 1000))
    story.receipt("1", [("x", 1), ("y", 1), ("z", 1)], box="A", **DONE)
    story.withdrawal("1", "x", created="a").withdrawal("1", "y", created="a")
    story.withdrawal("1", "z", created="b")
    assert [story.item(item).net_quantity for item in "xyz"] == [0, 1, 1]


# -- P13: what vanished


def test_a_box_outside_every_later_window_has_not_vanished() -> None:
    story = Story().day("2026-01-05").box("A", line("x", 1, 1000))
    as_of = datetime.fromisoformat("2026-01-09T23:00:00+09:00")
    story.reading("order_sheets", date(2026, 1, 7), date(2026, 1, 9), as_of)
    assert story.issues() == []
    story.reading("order_sheets", date(2026, 1, 6), date(2026, 1, 9), as_of, is_whole=False)
    assert story.issues() == []
    story.reading("order_sheets", date(2026, 1, 6), date(2026, 1, 9), as_of)
    assert story.issues() == ["vanished_without_receipt"]
    assert story.order().revenue_krw == 4000


def test_receipts_of_a_box_that_is_gone_count_as_far_as_the_new_ones_hold_them() -> None:
    story = Story().day("2026-01-05").box("A", line("x", 3, 30000))
    story.day("2026-01-08").box("B", line("x", 3, 30000))
    story.day("2026-01-09").box("C", line("x", 2, 20000), shipping=1000)
    story.receipt("1", [("x", 1)], box="A").receipt("2", [("x", 1)], box="B")
    assert story.item("x").cancelled_quantity == 1
    assert story.order().shipping_krw == 1000
    assert story.issues() == ["superseded_box"] * 2


def test_boxes_side_by_side_in_one_answer_are_not_one_after_the_other() -> None:
    story = Story().day("2026-01-05")
    story.box("A", line("x", 1, 1000)).box("B", line("x", 1, 1000))
    for row in story.raw["order_sheets"] + story.raw["order_sheet_items"]:
        row.update(request_no=1, row_no=1 if row["shipment_box_id"] == "A" else 2)
    story.day("2026-01-06").box("B", line("x", 1, 1000)).receipt("1", [("x", 1)], box="A")
    assert story.item("x").bought_quantity == 2


# -- P15 and what is not there yet


def test_orders_outside_the_account_s_days_are_in_no_mart_of_payment_days() -> None:
    for paid in ("2025-12-31T23:59:59", "2026-01-20T23:30:01"):
        story = Story().day(LATE).box("A", line("x", None, 1000), paid=paid)
        story.receipt("1", [("x", 1)], box="A")
        assert not story.marts().fct_orders
        assert [row.is_order_known for row in story.cancellations()] == [False]
        assert story.issues() == []


# -- readings


def test_a_recognition_day_read_again_as_empty_is_empty() -> None:
    story = Story().day(LATE).sale(entry("x", 1, 1000))
    assert story.order().paid_krw == 1000
    story.day("2026-01-21")
    assert not story.marts().fct_orders


def test_what_a_dead_load_brought_does_not_exist_and_a_second_copy_adds_nothing() -> None:
    story = Story().day("2026-01-06").box("A", line("x", 1, 1000))
    for table in ("order_sheets", "order_sheet_items"):
        story.raw[table] += [dict(row) for row in story.raw[table]]
        story.raw[table] += [
            {**row, "_dlt_load_id": "2", "reading_id": 99, "order_price": 5}
            for row in story.raw[table]
        ]
    assert story.order().revenue_krw == 4000
    story.raw["_dlt_loads"].append({"load_id": "2", "status": 1})
    assert story.order().revenue_krw == 4000


def test_a_sheet_that_comes_back_with_fewer_lines_has_fewer() -> None:
    story = Story().day("2026-01-05").box("A", line("x", 1, 1000), line("y", 1, 500))
    story.day("2026-01-06").box("A", line("y", 1, 500))
    assert story.order().paid_krw == 3500


# -- how sure a day is


def test_days_are_missing_provisional_or_final() -> None:
    story = Story().day("2026-01-05").box("A", line("x", 1, 1000))
    assert story.on("2026-01-04").data_status == "final"
    assert story.on("2026-01-05").data_status == "provisional"
    assert story.on("2026-01-06").data_status == "missing"
    assert story.on("2026-01-06").revenue_krw is None
    story.day(LATE, listings=tuple(name for name in LISTINGS if name != "withdrawals"))
    assert story.on("2026-01-06").data_status == "provisional"


def test_an_account_no_longer_linked_ends_with_its_last_reading() -> None:
    story = Story().day("2026-01-05").day("2026-01-08", listings=("withdrawals",))
    story.raw["accounts"][0]["is_linked"] = False
    days = {row.payment_date: row.data_status for row in story.marts().fct_daily_revenue}
    assert max(days) == date(2026, 1, 8)
    assert days[date(2026, 1, 8)] == "missing"


# -- both axes


def test_receipts_take_their_units_in_the_order_of_effect() -> None:
    story = Story().day("2026-01-08").box("A", line("x", 3, 10000))
    for receipt_id, day in (("10", "06"), ("9", "06"), ("1", "07")):
        story.receipt(receipt_id, [("x", 1)], box="A", created=f"2026-01-{day}T10:00:00")
    story.receipt("2", [("x", 1)], box="A", created="2026-01-08T10:00:00")
    rows = {row.receipt_id: row.cancelled_krw for row in story.cancellations() if row.receipt_id}
    assert rows == {"9": 3333, "10": 3334, "1": 3333, "2": 0}
    assert sum(row.cancelled_krw for row in story.cancellations()) == story.order().cancelled_krw


# -- ages


@pytest.mark.parametrize(
    ("as_of", "issues"), [("2026-03-05", []), ("2026-03-06", ["never_confirmed"])]
)
def test_an_item_that_stays_unconfirmed_is_listed_after_sixty_days(
    as_of: str, issues: list[str]
) -> None:
    story = Story().day("2026-01-06").box("A", line("x", 1, 1000))
    assert story.issues(as_of=f"{as_of}T10:00:00+09:00") == issues


@pytest.mark.parametrize(
    ("as_of", "issues"), [("2026-02-13", []), ("2026-02-14", ["confirmed_less_than_live"])]
)
def test_less_confirmed_than_lives_is_listed_after_thirty_days(
    as_of: str, issues: list[str]
) -> None:
    story = Story().day(LATE).box("A", line("x", 2, 1000)).sale(entry("x", 1, 500))
    assert story.issues(as_of=f"{as_of}T10:00:00+09:00") == issues
