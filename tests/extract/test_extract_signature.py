"""The signature of a request."""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime, timedelta, timezone

from extract.signature import authorization

NOW = datetime(2026, 1, 5, 1, 2, 3, tzinfo=UTC)


def test_the_query_is_signed_as_it_is_sent_and_without_its_question_mark() -> None:
    header = authorization("key", "secret", "GET", "/v2/x?a=2026-01-05%2B09%3A00&b=1", NOW)
    message = b"260105T010203Z" + b"GET" + b"/v2/x" + b"a=2026-01-05%2B09%3A00&b=1"
    expected = hmac.new(b"secret", message, hashlib.sha256).hexdigest()
    assert header == (
        "CEA algorithm=HmacSHA256, access-key=key, signed-date=260105T010203Z, "
        f"signature={expected}"
    )


def test_the_signed_date_is_gmt_whatever_the_zone_of_the_clock() -> None:
    seoul = NOW.astimezone(timezone(timedelta(hours=9)))
    assert authorization("k", "s", "GET", "/x", seoul) == authorization("k", "s", "GET", "/x", NOW)
