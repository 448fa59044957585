"""The one clock of a run: `COUPANG_AS_OF` (an ISO timestamp with offset), else the machine's.

Windows, "today" and ages come from it. Only signatures use the machine's real clock.
"""

import os
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from extract.errors import ConfigurationError

KST = ZoneInfo("Asia/Seoul")


def as_of_now(text: str | None = None) -> datetime:
    """The moment that counts as now, in UTC; `text` defaults to COUPANG_AS_OF."""
    text = os.environ.get("COUPANG_AS_OF", "") if text is None else text
    if not text:
        return datetime.now(UTC)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise ConfigurationError(
            "COUPANG_AS_OF is not an ISO timestamp with offset",
            remedy="Write it as in 2026-01-06T09:00:00+09:00.",
        )
    return moment.astimezone(UTC)


def korean_day(moment: datetime) -> date:
    """The Korean calendar day of an instant."""
    return moment.astimezone(KST).date()


def utc_text(moment: datetime) -> str:
    """An instant as raw holds it: ISO 8601, UTC, always with microseconds (so text sorts)."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
