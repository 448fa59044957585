"""Which windows a run reads."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extract.listings import LISTINGS, Window
from extract.windows import LOOK_BACK, Covered, collected_through, is_due, plan, plan_range

START = date(2026, 1, 1)
DAY = timedelta(days=1)
BY_DAY = [name for name in LISTINGS if name != "settlements"]


def day(number: int) -> date:
    """The `number`-th day from the start date on, from 0."""
    return START + DAY * number


def days_of(windows: list[Window]) -> list[date]:
    return [
        window.covered_from + DAY * n
        for window in windows
        for n in range((window.covered_to - window.covered_from).days + 1)
    ]


def as_read(windows: list[Window], on: date) -> list[Covered]:
    return [Covered(w.covered_from, w.covered_to, on) for w in windows]


def usual(listing: str, today: date, readings: list[Covered] | None = None) -> list[Window]:
    return plan(LISTINGS[listing], START, today, readings or [])


@pytest.mark.parametrize("listing", BY_DAY)
def test_a_first_run_covers_every_day_from_the_start_date_once(listing: str) -> None:
    last = day(199) if listing == "confirmed_sales" else day(200)
    assert days_of(usual(listing, day(200))) == [
        START + DAY * n for n in range((last - START).days + 1)
    ]


@pytest.mark.parametrize("listing", BY_DAY)
def test_no_window_is_longer_than_the_api_answers(listing: str) -> None:
    for window in usual(listing, day(200)):
        assert window.days <= LISTINGS[listing].longest_window


def test_order_sheets_are_asked_with_a_margin_day_at_each_end_but_not_after_today() -> None:
    windows = usual("order_sheets", day(40))
    first, last = windows[0], windows[-1]
    assert (first.asked_from, first.asked_to) == (
        first.covered_from - DAY,
        first.covered_to + DAY,
    )
    assert (last.covered_to, last.asked_to) == (day(40), day(40))


def test_confirmed_sales_are_asked_up_to_yesterday_and_less_than_a_month() -> None:
    windows = usual("confirmed_sales", day(70))
    assert windows[-1].asked_to == day(69)
    for window in windows:
        following = (window.asked_from.replace(day=1) + timedelta(days=32)).replace(day=1)
        month_later = following.replace(day=min(window.asked_from.day, 28))
        assert window.asked_to < month_later


@pytest.mark.parametrize("listing", BY_DAY)
def test_a_daily_run_reads_the_look_back_again(listing: str) -> None:
    yesterday = as_read(usual(listing, day(100)), day(100))
    read_again = days_of(usual(listing, day(101), yesterday))
    newest = day(99) if listing == "confirmed_sales" else day(100)
    last = day(100) if listing == "confirmed_sales" else day(101)
    expected_first = newest - DAY * LOOK_BACK[listing]
    assert read_again[0] == expected_first + DAY * (listing == "confirmed_sales")
    assert read_again[-1] == last
    assert len(read_again) <= LOOK_BACK[listing] + 2


@pytest.mark.parametrize("listing", BY_DAY)
def test_a_second_run_of_the_day_reads_what_is_still_open_again(listing: str) -> None:
    readings = as_read(usual(listing, day(100)), day(100))
    first = usual(listing, day(101), readings)
    second = days_of(usual(listing, day(101), readings + as_read(first, day(101))))
    last = day(100) if listing == "confirmed_sales" else day(101)
    assert (
        second
        == [day(101) - DAY * n for n in range(LOOK_BACK[listing], -1, -1)][
            : (last - day(101)).days or None
        ]
    )


@pytest.mark.parametrize("listing", BY_DAY)
def test_after_weeks_without_runs_the_look_back_counts_from_the_last_reading(listing: str) -> None:
    last_read = as_read(usual(listing, day(100)), day(100))
    read_again = days_of(usual(listing, day(140), last_read))
    newest = day(99) if listing == "confirmed_sales" else day(100)
    assert read_again[0] <= newest - DAY * LOOK_BACK[listing] + DAY
    assert read_again == [read_again[0] + DAY * n for n in range(len(read_again))]


def test_a_hole_that_a_failed_reading_left_is_read_by_the_next_run() -> None:
    windows = usual("order_sheets", day(100))
    readings = as_read([w for w in windows if w is not windows[1]], day(100))
    assert set(days_of([windows[1]])) <= set(days_of(usual("order_sheets", day(101), readings)))


def test_an_earlier_start_date_has_only_the_earlier_part_collected() -> None:
    readings = as_read(usual("order_sheets", day(100)), day(100))
    earlier = START - timedelta(days=20)
    windows = plan(LISTINGS["order_sheets"], earlier, day(100), readings)
    read_again = days_of(windows)
    assert {earlier + DAY * n for n in range(20)} <= set(read_again)
    assert START not in read_again


def test_a_backfill_of_the_past_does_not_move_what_is_read_daily() -> None:
    readings = as_read(usual("order_sheets", day(100)), day(100))
    backfill = [Covered(day(10), day(20), day(100))]
    assert usual("order_sheets", day(101), readings + backfill) == usual(
        "order_sheets", day(101), readings
    )


def test_a_backfill_reads_the_days_it_is_asked_for() -> None:
    for name in BY_DAY:
        assert days_of(plan_range(LISTINGS[name], day(3), day(50), day(200))) == [
            day(n) for n in range(3, 51)
        ]
    assert plan_range(LISTINGS["order_sheets"], day(3), day(50), day(2)) == []


def test_settlements_are_asked_by_month_until_two_months_after() -> None:
    today = date(2026, 6, 15)
    windows = usual("settlements", today)
    assert [w.covered_from.month for w in windows] == [1, 2, 3, 4, 5, 6]
    assert windows[1].covered_to == date(2026, 2, 28)
    again = usual("settlements", date(2026, 7, 1), as_read(windows, today))
    assert [w.covered_from.month for w in again] == [4, 5, 6, 7]


def test_settlements_of_a_month_with_a_hole_are_asked_again() -> None:
    windows = usual("settlements", date(2026, 6, 15))
    readings = as_read([w for w in windows if w.covered_from.month != 1], date(2026, 6, 15))
    again = usual("settlements", date(2026, 6, 16), readings)
    assert again[0].covered_from == date(2026, 1, 1)


def test_settlements_that_are_not_paid_yet_are_asked_about_for_a_year() -> None:
    today = date(2026, 12, 15)
    readings = as_read(usual("settlements", today), today)
    again = plan(LISTINGS["settlements"], START, today, readings, unpaid_months=[date(2026, 3, 1)])
    assert [w.covered_from.month for w in again] == [3, 10, 11, 12]
    later = plan(
        LISTINGS["settlements"], START, date(2027, 4, 1), readings, unpaid_months=[date(2026, 3, 1)]
    )
    assert date(2026, 3, 1) not in [w.covered_from for w in later]


def test_collected_through_ends_before_the_day_of_the_reading() -> None:
    assert collected_through(START, [Covered(day(0), day(9), day(9))]) == day(8)
    assert collected_through(START, [Covered(day(0), day(9), day(12))]) == day(9)


def test_collected_through_stops_at_a_hole() -> None:
    readings = [Covered(day(0), day(9), day(40)), Covered(day(11), day(40), day(40))]
    assert collected_through(START, readings) == day(9)
    assert collected_through(START, readings[1:]) is None


def test_old_receipts_are_asked_about_once_a_week() -> None:
    assert is_due(day(0), day(59), day(60))
    assert not is_due(day(0), day(60), day(61))
    assert is_due(day(0), day(54), day(61))


@given(
    st.lists(st.tuples(st.integers(0, 120), st.integers(0, 40), st.integers(0, 160)), max_size=12),
    st.integers(120, 160),
    st.sampled_from(BY_DAY),
)
def test_no_day_is_left_unread_or_unsettled(
    spans: list[tuple[int, int, int]], today_number: int, listing: str
) -> None:
    # Whatever was read before: after one more run every day was read, and every day that was not
    # read for the last time long enough after it is among those read now.
    today = day(today_number)
    readings = [
        Covered(day(first), day(min(first + length, read_on)), day(read_on))
        for first, length, read_on in spans
        if first <= read_on <= today_number
    ]
    planned = set(days_of(usual(listing, today, readings)))
    last = today_number - 1 if listing == "confirmed_sales" else today_number
    for number in range(last + 1):
        newest = max(
            (r.as_of_day for r in readings if r.covered_from <= day(number) <= r.covered_to),
            default=None,
        )
        settled = newest is not None and (newest - day(number)).days > LOOK_BACK[listing]
        assert (day(number) in planned) == (not settled)
