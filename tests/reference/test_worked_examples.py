"""The worked examples of the revenue policy, told as raw rows to the plain-Python reference."""

from datetime import date, datetime

import pytest

from tests.reference.policy import evaluate
from tests.reference.story import Story, entry, line

LATE = "2026-01-20"  # every listing has been read through the days that matter


def test_1_an_unconfirmed_order_is_items_and_shipping() -> None:
    story = Story().day("2026-01-05").box("A", line("x", 1, 10000))
    day = story.on()
    assert day.revenue_krw == 13000
    assert day.data_status == "provisional"


def test_2_the_coupon_counts_once_the_purchase_is_confirmed() -> None:
    coupon = {"instant_coupon_discount": 1000, "instant_coupon_discount_currency": "KRW"}
    story = Story().day("2026-01-05").box("A", line("x", 1, 10000, **coupon))
    before = story.on()
    assert (before.revenue_krw, before.expected_revenue_krw) == (13000, 12000)
    story.day(LATE).box("A", line("x", 1, 10000, **coupon))
    story.sale(entry("x", 1, 10000, coupon=1000))
    after = story.on()
    assert (after.revenue_krw, after.expected_revenue_krw) == (12000, 12000)
    assert after.data_status == "final"


def test_3_a_cancellation_is_taken_off_the_day_of_payment() -> None:
    story = Story().day("2026-01-05").box("A", line("x", 1, 10000))
    story.day("2026-01-06").receipt("1", [("x", 1)], box="A")
    assert story.on("2026-01-05").revenue_krw == 0
    assert story.on("2026-01-06").revenue_krw == 0
    assert story.on("2026-01-06").cancelled_krw == 0
    assert {row.cancelled_date for row in story.cancellations()} == {date(2026, 1, 6)}
    assert sum(row.cancelled_krw for row in story.cancellations()) == 13000


def partly_cancelled() -> Story:
    """Example 4: three bought, one cancelled on 6 January."""
    story = Story().day("2026-01-05").box("A", line("x", 3, 30000))
    return story.day("2026-01-06").receipt("1", [("x", 1)], box="A").box("A", line("x", 3, 30000))


def partly_cancelled_and_confirmed() -> Story:
    """Example 5: what was left of it confirmed with coupons of 600."""
    story = partly_cancelled().day(LATE).box("A", line("x", 3, 30000))
    return story.receipt("1", [("x", 1)], box="A").sale(entry("x", 2, 20000, coupon=600))


def test_4_one_of_three_cancelled() -> None:
    assert partly_cancelled().on().revenue_krw == 23000


def test_5_then_confirmed_with_coupons() -> None:
    assert partly_cancelled_and_confirmed().on().revenue_krw == 22400


def test_6_then_one_more_refunded_with_its_receipt() -> None:
    story = partly_cancelled_and_confirmed()
    story.refund(entry("x", 1, 10000, coupon=300))
    completed = {"kind": "RETURN", "receipt_status": "RETURNS_COMPLETED"}
    story.receipt("2", [("x", 1)], box="A", created="2026-01-16T10:00:00", **completed)
    assert story.on().revenue_krw == 12700


def test_7_all_of_one_box_returned() -> None:
    story = Story().day("2026-01-05")
    story.box("A", line("x", 1, 10000)).box("B", line("y", 2, 20000), shipping=2500)
    story.receipt("1", [("y", 2)], box="B", kind="RETURN", receipt_status="RETURNS_COMPLETED")
    assert story.on().revenue_krw == 13000


def return_asked(**more: object) -> Story:
    story = Story().day("2026-01-07").box("A", line("x", 1, 10000))
    created = {"created": "2026-01-07T12:00:00", "receipt_status": "RETURNS_UNCHECKED"}
    return story.receipt("1", [("x", 1)], box="A", kind="RETURN", **created, **more)


def test_8_an_open_return_still_counts() -> None:
    day = return_asked().on()
    assert (day.revenue_krw, day.pending_return_krw) == (13000, 10000)


def test_9_a_withdrawn_return_is_none() -> None:
    day = return_asked().withdrawal("1").on()
    assert (day.revenue_krw, day.pending_return_krw) == (13000, 0)


def test_10_a_return_paid_back_early_is_effective() -> None:
    day = return_asked(pre_refund=True).on()
    assert (day.revenue_krw, day.pending_return_krw) == (0, 0)


def test_11_a_third_of_a_line_is_rounded_half_up() -> None:
    story = Story().day("2026-01-06").box("A", line("x", 3, 10000))
    story.receipt("1", [("x", 1)], box="A")
    assert story.on().item_krw == 6667
    assert story.on().revenue_krw == 9667


def test_12_sheet_and_receipt_tell_of_the_same_unit() -> None:
    story = Story().day("2026-01-06").box("A", line("x", 2, 10000, cancel_count=1), shipping=0)
    story.receipt("1", [("x", 1)], box="A")
    assert story.on().revenue_krw == 5000


def test_13_the_same_receipt_in_two_listings_counts_once() -> None:
    story = Story().day("2026-01-07").box("A", line("x", 2, 10000), shipping=0)
    for _ in ("RU", "UC"):
        story.receipt("1", [("x", 1)], box="A", kind="RETURN", pre_refund=True)
    assert story.on().revenue_krw == 5000


def test_14_midnight_is_korean() -> None:
    story = Story().day("2026-01-06")
    story.box("A", line("x", 1, 1000), order="7", paid="2026-01-05T14:59:59Z", shipping=0)
    story.box("B", line("x", 1, 1000), order="8", paid="2026-01-05T15:00:00Z", shipping=0)
    assert story.on("2026-01-05").revenue_krw == 1000
    assert story.on("2026-01-06").revenue_krw == 1000


def test_15_the_same_order_id_in_two_accounts_is_two_orders() -> None:
    stories = [Story(vendor_id) for vendor_id in ("A", "B")]
    for story in stories:
        story.day("2026-01-06").box("1", line("x", 1, 10000))
    stories[0].receipt("1", [("x", 1)], box="1")
    raw = {
        table: [row for story in stories for row in story.raw[table]] for table in stories[0].raw
    }
    days = {
        row.vendor_id: row.revenue_krw
        for row in evaluate(
            raw, datetime.fromisoformat("2026-01-20T23:30:00+09:00")
        ).fct_daily_revenue
        if row.payment_date == date(2026, 1, 5)
    }
    assert days == {"A": 0, "B": 13000}


def test_16_told_twice_happened_once() -> None:
    story = Story().day("2026-01-06").box("A", line("x", 2, 10000, cancel_count=1), shipping=0)
    story.receipt("1", [("x", 1)], box=None)
    assert story.on().revenue_krw == 5000


@pytest.mark.parametrize(("listed", "total"), [(2, 20000), (3, 30000)])
def test_17_a_box_that_is_gone_and_listed_anew(listed: int, total: int) -> None:
    story = partly_cancelled()
    story.day("2026-01-08").box("B", line("x", listed, total))
    assert story.on().revenue_krw == 23000
    assert story.issues() == ["superseded_box"]


def test_18_an_order_known_from_the_sales_history_alone() -> None:
    story = Story().day(LATE).receipt("1", [("x", 1)])
    story.sale(entry("x", 2, 20000, coupon=600), fee=3000)
    order = story.order()
    assert order.revenue_krw == story.on().revenue_krw == 22400
    assert order.is_from_sales_history
    assert order.paid_at_kst is None


def test_19_an_early_cancel_and_a_refund_without_receipt_are_two() -> None:
    story = partly_cancelled_and_confirmed().refund(entry("x", 1, 10000, coupon=300))
    assert story.on().revenue_krw == 12700
    told = {row.evidence: row.cancelled_quantity for row in story.cancellations()}
    assert told == {"receipt": 1, "sales_history": 1}


def test_20_what_is_not_listed_again_stays() -> None:
    story = Story().day("2026-01-05").box("1", line("a", 1, 10000), line("b", 1, 50000))
    story.day("2026-01-08").box("2", line("a", 1, 10000))
    assert story.on().revenue_krw == 63000
    assert story.issues() == ["superseded_box"]
