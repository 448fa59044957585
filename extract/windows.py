"""Which windows a run reads: pure planning over what was read before.

One rule for all of it: a day is *settled* for a listing once a whole reading of it was made more
than `look_back` days after it. Days that are not settled are read again. From that follow the
daily look-back (counted back from the last reading, not from today, so that a week without runs
loses nothing of what changed in it), holes that failed readings left, the first sync, and an
earlier start date given later.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from extract.listings import Listing, Window

DAY = timedelta(days=1)
DEFAULT_HISTORY = 90  # days before the first run, where no start date is given

# Days (Korean, recognition days for confirmed sales) that stay open after they passed.
LOOK_BACK = {
    # An order's sheet changes while it is shipped; most are delivered within a week.
    "order_sheets": 7,
    # A return is asked for within 30 days of delivery and handled over weeks; receipts still
    # open after that are followed one by one.
    "return_requests": 31,
    # Cancelled at once; the same windows as returns, since one order may see both.
    "cancel_requests": 31,
    # Buyers withdraw a return while the parcel is on its way.
    "withdrawals": 14,
    # Coupang corrects recognised sales within days.
    "confirmed_sales": 7,
}
# Months after their own in which settlements still change: the last 30 % is paid two months
# later (a weekly payout of December ends on 3 February).
SETTLEMENT_MONTHS = 2
LONGEST_UNPAID = 12  # months for which settlements that are not paid yet are asked about
# Receipts older than this are asked about once a week only: dead ones must not pile up requests.
OLD_RECEIPT_DAYS = 60
OLD_RECEIPT_EVERY = 7


@dataclass(frozen=True)
class Covered:
    """A whole reading as the read log tells it: the days it vouches for, and when it was made."""

    covered_from: date
    covered_to: date
    as_of_day: date


def last_day(listing: Listing, today: date) -> date:
    """The last day a listing can be asked for: confirmed sales only up to yesterday."""
    return today - DAY if listing.name == "confirmed_sales" else today


def plan(
    listing: Listing,
    start: date,
    today: date,
    readings: Iterable[Covered],
    unpaid_months: Collection[date] = (),
) -> list[Window]:
    """The windows of a usual run, oldest first.

    unpaid_months: first days of months whose settlements were not all paid when last read.
    """
    if listing.by_month:
        return _plan_months(start, today, readings, unpaid_months)
    end = last_day(listing, today)
    open_days = _unsettled(start, end, LOOK_BACK[listing.name], readings)
    return _windows(listing, _runs(open_days), today)


def plan_range(listing: Listing, first: date, last: date, today: date) -> list[Window]:
    """The windows of a backfill FROM/TO, whatever was read before."""
    last = min(last, last_day(listing, today))
    if first > last:
        return []
    if listing.by_month:
        return [_month_window(month) for month in _months(first, last)]
    return _windows(listing, [(first, last)], today)


def collected_through(start: date, readings: Iterable[Covered]) -> date | None:
    """The last day that is wholly covered, without a gap from the start date on; None where
    none is. A day is wholly covered once it was read after it was over."""
    mark = None
    open_day = start
    for reading in sorted(readings, key=lambda r: r.covered_from):
        if reading.covered_from > open_day:
            break
        end = min(reading.covered_to, reading.as_of_day - DAY)
        if end >= open_day:
            mark = end
            open_day = end + DAY
    return mark


def is_due(created_on: date, last_asked_on: date, today: date) -> bool:
    """Whether a receipt that is still open is to be asked about in this run."""
    if (today - created_on).days <= OLD_RECEIPT_DAYS:
        return True
    return (today - last_asked_on).days >= OLD_RECEIPT_EVERY


def _unsettled(start: date, end: date, look_back: int, readings: Iterable[Covered]) -> list[date]:
    count = (end - start).days + 1
    if count <= 0:
        return []
    newest: list[date | None] = [None] * count
    for reading in sorted(readings, key=lambda r: r.as_of_day):
        low = max(0, (reading.covered_from - start).days)
        high = min(count, (reading.covered_to - start).days + 1)
        if low < high:
            newest[low:high] = [reading.as_of_day] * (high - low)
    days = (start + DAY * index for index in range(count))
    return [
        day
        for day, read_on in zip(days, newest, strict=True)
        if read_on is None or (read_on - day).days <= look_back
    ]


def _runs(days: Sequence[date]) -> list[tuple[date, date]]:
    runs: list[tuple[date, date]] = []
    for day in days:
        if runs and runs[-1][1] + DAY == day:
            runs[-1] = (runs[-1][0], day)
        else:
            runs.append((day, day))
    return runs


def _windows(listing: Listing, runs: Iterable[tuple[date, date]], today: date) -> list[Window]:
    longest = listing.longest_window - 2 * listing.margin
    margin = DAY * listing.margin
    windows = []
    for first, last in runs:
        day = first
        while day <= last:
            end = min(last, day + DAY * (longest - 1))
            windows.append(Window(day - margin, min(end + margin, today), day, end))
            day = end + DAY
    return windows


def _plan_months(
    start: date, today: date, readings: Iterable[Covered], unpaid: Collection[date]
) -> list[Window]:
    newest: dict[date, date] = {}
    for reading in readings:
        month = reading.covered_from.replace(day=1)
        newest[month] = max(newest.get(month, reading.as_of_day), reading.as_of_day)
    return [
        _month_window(month)
        for month in _months(start, today)
        if month not in newest
        or _months_between(month, newest[month]) <= SETTLEMENT_MONTHS
        or (month in unpaid and _months_between(month, today) <= LONGEST_UNPAID)
    ]


def _months(first: date, last: date) -> list[date]:
    months = []
    month = first.replace(day=1)
    while month <= last:
        months.append(month)
        month = _next_month(month)
    return months


def _next_month(month: date) -> date:
    return (month + timedelta(days=32)).replace(day=1)


def _months_between(earlier: date, later: date) -> int:
    return (later.year - earlier.year) * 12 + later.month - earlier.month


def _month_window(month: date) -> Window:
    end = _next_month(month) - DAY
    return Window(month, end, month, end)
