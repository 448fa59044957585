"""Times as the sandbox reads and writes them.

A moment may be given as an aware `datetime` or as ISO text; text or datetimes without an offset
are Korean wall clock. The offset that was given is kept, because the order listing shows payment
times with offsets of all kinds.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone

KST = timezone(timedelta(hours=9), "KST")

Moment = datetime | str
Day = date | str


def moment(value: Moment) -> datetime:
    """The aware datetime meant by `value`; its offset stays as it was given."""
    when = datetime.fromisoformat(value) if isinstance(value, str) else value
    return when if when.tzinfo is not None else when.replace(tzinfo=KST)


def utc(value: Moment) -> datetime:
    """`moment`, in UTC: what the world compares and sorts by."""
    return moment(value).astimezone(UTC)


def day(value: Day) -> date:
    """The date meant by `value` (yyyy-mm-dd where it is text)."""
    if isinstance(value, datetime):
        raise TypeError("a Korean day is wanted here, not a moment: use kst_day()")
    return date.fromisoformat(value) if isinstance(value, str) else value


def kst_day(value: Moment) -> date:
    """The Korean day on which a moment falls."""
    return moment(value).astimezone(KST).date()


def kst_midnight(value: Day) -> datetime:
    """The first moment of a Korean day, in UTC."""
    return datetime.combine(day(value), time(), KST).astimezone(UTC)


def kst_text(value: datetime) -> str:
    """Korean wall clock without offset, to the second: how receipts tell their times."""
    return value.astimezone(KST).strftime("%Y-%m-%dT%H:%M:%S")
