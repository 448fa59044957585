"""What users rely on, told day by day over HTTP: pay, collect, build, cancel, collect, build."""

from __future__ import annotations

from tests.pipeline.pipeline_runner import Pipeline
from tests.pipeline.pipeline_stories import (
    EVENING_5,
    EVENING_6,
    FEBRUARY,
    MORNING_8,
    MORNING_20,
    Stories,
)


def test_a_cancellation_changes_the_day_of_payment_and_not_its_own(
    stories: Stories, pipeline: Pipeline
) -> None:
    account = stories["cancelled the next day"]
    assert pipeline.revenue(account, "2026-01-05", EVENING_5) == 13_000
    assert pipeline.revenue(account, "2026-01-05", EVENING_6) == 0
    assert pipeline.revenue(account, "2026-01-06", EVENING_6) == 7_000
    assert pipeline.revenue(account, "2026-01-06", MORNING_8) == 7_000


def test_the_cancellation_stands_on_its_own_day_on_the_other_axis(
    stories: Stories, pipeline: Pipeline
) -> None:
    vendor_id = stories["cancelled the next day"].vendor_id
    assert pipeline.rows(
        "select cast(cancelled_date as varchar), cast(payment_date as varchar), sum(cancelled_krw)"
        f" from marts.fct_cancellations where vendor_id = '{vendor_id}' group by all",
        EVENING_6,
    ) == [("2026-01-06", "2026-01-05", 13_000)]


def test_a_coupon_counts_from_its_confirmation_and_is_expected_before(
    stories: Stories, pipeline: Pipeline
) -> None:
    account = stories["coupon after ten days"]
    expected = (
        "select expected_revenue_krw from marts.fct_daily_revenue"
        f" where vendor_id = '{account.vendor_id}' and payment_date = '2026-01-05'"
    )
    assert pipeline.revenue(account, "2026-01-05", MORNING_8) == 13_000
    assert pipeline.one(expected, MORNING_8) == 12_000
    assert pipeline.revenue(account, "2026-01-05", MORNING_20) == 12_000
    assert pipeline.one(expected, MORNING_20) == 12_000


def test_a_day_is_provisional_until_all_is_confirmed_and_then_final(
    stories: Stories, pipeline: Pipeline
) -> None:
    account = stories["coupon after ten days"]
    assert pipeline.status(account, "2026-01-05", EVENING_5) == "provisional"
    assert pipeline.status(account, "2026-01-05", MORNING_8) == "provisional"
    assert pipeline.status(account, "2026-01-05", MORNING_20) == "final"


def test_a_sheet_that_vanished_still_counts_and_is_listed(
    stories: Stories, pipeline: Pipeline
) -> None:
    account = stories["vanished without a word"]
    listed = (
        "select count(*) from marts.fct_data_issues"
        f" where vendor_id = '{account.vendor_id}' and issue_type = 'vanished_without_receipt'"
    )
    assert pipeline.one(listed, EVENING_5) == 0
    assert pipeline.one(listed, EVENING_6) == 1
    assert pipeline.revenue(account, "2026-01-05", FEBRUARY) == 13_000


def test_a_refund_weeks_later_still_changes_the_day_of_payment(
    stories: Stories, pipeline: Pipeline
) -> None:
    account = stories["refunded late"]
    assert pipeline.revenue(account, "2026-01-05", MORNING_20) == 33_000
    assert pipeline.revenue(account, "2026-01-05", FEBRUARY) == 23_000


def test_the_same_order_id_in_two_accounts_is_two_orders(
    stories: Stories, pipeline: Pipeline
) -> None:
    assert pipeline.revenue(stories["the same order id, cancelled"], "2026-01-05", EVENING_6) == 0
    assert pipeline.revenue(stories["the same order id"], "2026-01-05", EVENING_6) == 10_000


def test_a_week_without_runs_is_filled_with_what_changed_in_it(
    stories: Stories, pipeline: Pipeline
) -> None:
    account = stories["cancelled in the week without runs"]
    assert pipeline.revenue(account, "2026-01-07", MORNING_8) == 12_500
    assert pipeline.revenue(account, "2026-01-07", MORNING_20) == 0
    assert pipeline.revenue(account, "2026-01-12", MORNING_20) == 4_000
    assert not pipeline.rows(
        "select * from marts.fct_daily_revenue where data_status = 'missing'", MORNING_20
    )


def test_an_order_that_moves_on_while_it_is_read_is_not_lost(
    stories: Stories, pipeline: Pipeline
) -> None:
    account = stories["moves on while it is read"]
    assert pipeline.revenue(account, "2026-01-05", EVENING_5) == 13_000
    assert pipeline.rows(
        "select distinct status from coupang_raw.order_sheets"
        f" where vendor_id = '{account.vendor_id}' order by status",
        EVENING_5,
    ) in ([("ACCEPT",), ("INSTRUCT",)], [("INSTRUCT",)])


def test_a_box_with_a_new_id_is_not_counted_twice(stories: Stories, pipeline: Pipeline) -> None:
    account = stories["listed again in another box"]
    for as_of in (EVENING_6, MORNING_8, MORNING_20):
        assert pipeline.revenue(account, "2026-01-05", as_of) == 23_000
    assert pipeline.rows(
        f"select issue_type from marts.fct_data_issues where vendor_id = '{account.vendor_id}'",
        MORNING_8,
    ) == [("superseded_box",)]


def test_midnight_is_korean(stories: Stories, pipeline: Pipeline) -> None:
    account = stories["around midnight"]
    assert pipeline.revenue(account, "2026-01-05", MORNING_8) == 1_000
    assert pipeline.revenue(account, "2026-01-06", MORNING_8) == 1_000


def test_an_account_without_orders_has_days_of_zero(stories: Stories, pipeline: Pipeline) -> None:
    account = stories["nothing ever happens"]
    assert pipeline.rows(
        "select count(*), sum(revenue_krw), sum(order_count) from marts.fct_daily_revenue"
        f" where vendor_id = '{account.vendor_id}'",
        MORNING_8,
    ) == [(8, 0, 0)]
    assert pipeline.status(account, "2026-01-05", MORNING_8) == "final"
