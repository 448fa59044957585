"""The worked examples of the revenue policy, evaluated by the plain-Python reference."""

from datetime import date, datetime

import pytest

from tests.reference import worked_examples as told
from tests.reference.policy import evaluate


def test_1_an_unconfirmed_order_is_items_and_shipping() -> None:
    day = told.unconfirmed().on()
    assert day.revenue_krw == 13000
    assert day.data_status == "provisional"


def test_2_the_coupon_counts_once_the_purchase_is_confirmed() -> None:
    before = told.with_a_coupon_to_come().on()
    assert (before.revenue_krw, before.expected_revenue_krw) == (13000, 12000)
    after = told.confirmed_with_its_coupon().on()
    assert (after.revenue_krw, after.expected_revenue_krw) == (12000, 12000)
    assert after.data_status == "final"


def test_3_a_cancellation_is_taken_off_the_day_of_payment() -> None:
    story = told.cancelled_a_day_later()
    assert story.on("2026-01-05").revenue_krw == 0
    assert story.on("2026-01-06").revenue_krw == 0
    assert story.on("2026-01-06").cancelled_krw == 0
    assert {row.cancelled_date for row in story.cancellations()} == {date(2026, 1, 6)}
    assert sum(row.cancelled_krw for row in story.cancellations()) == 13000


def test_4_one_of_three_cancelled() -> None:
    assert told.partly_cancelled().on().revenue_krw == 23000


def test_5_then_confirmed_with_coupons() -> None:
    assert told.partly_cancelled_and_confirmed().on().revenue_krw == 22400


def test_6_then_one_more_refunded_with_its_receipt() -> None:
    assert told.then_refunded_with_its_receipt().on().revenue_krw == 12700


def test_7_all_of_one_box_returned() -> None:
    assert told.one_box_returned().on().revenue_krw == 13000


def test_8_an_open_return_still_counts() -> None:
    day = told.return_asked().on()
    assert (day.revenue_krw, day.pending_return_krw) == (13000, 10000)


def test_9_a_withdrawn_return_is_none() -> None:
    day = told.return_withdrawn().on()
    assert (day.revenue_krw, day.pending_return_krw) == (13000, 0)


def test_10_a_return_paid_back_early_is_effective() -> None:
    day = told.return_paid_back_early().on()
    assert (day.revenue_krw, day.pending_return_krw) == (0, 0)


def test_11_a_third_of_a_line_is_rounded_half_up() -> None:
    day = told.a_third_of_a_line().on()
    assert (day.item_krw, day.revenue_krw) == (6667, 9667)


def test_12_sheet_and_receipt_tell_of_the_same_unit() -> None:
    assert told.told_by_sheet_and_receipt().on().revenue_krw == 5000


def test_13_the_same_receipt_in_two_listings_counts_once() -> None:
    assert told.in_two_listings().on().revenue_krw == 5000


def test_14_midnight_is_korean() -> None:
    story = told.around_midnight()
    assert story.on("2026-01-05").revenue_krw == 1000
    assert story.on("2026-01-06").revenue_krw == 1000


def test_15_the_same_order_id_in_two_accounts_is_two_orders() -> None:
    stories = [told.cancelled_in_one_of_them("A"), told.order_of_two_accounts("B")]
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
    assert told.told_without_a_box().on().revenue_krw == 5000


@pytest.mark.parametrize("story", [told.listed_anew(), told.listed_anew_as_it_was()])
def test_17_a_box_that_is_gone_and_listed_anew(story: told.Story) -> None:
    assert story.on().revenue_krw == 23000
    assert story.issues() == ["superseded_box"]


def test_18_an_order_known_from_the_sales_history_alone() -> None:
    story = told.in_the_sales_history_alone()
    order = story.order()
    assert order.revenue_krw == story.on().revenue_krw == 22400
    assert order.is_from_sales_history
    assert order.paid_at_kst is None


def test_19_an_early_cancel_and_a_refund_without_receipt_are_two() -> None:
    story = told.then_refunded_without_a_receipt()
    assert story.on().revenue_krw == 12700
    told_by = {row.evidence: row.cancelled_quantity for row in story.cancellations()}
    assert told_by == {"receipt": 1, "sales_history": 1}


def test_20_what_is_not_listed_again_stays() -> None:
    story = told.listed_anew_in_part()
    assert story.on().revenue_krw == 63000
    assert story.issues() == ["superseded_box"]
