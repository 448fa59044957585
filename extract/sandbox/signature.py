"""Checks the signature of a request (Coupang Open API docs, "HMAC Signature").

Written apart from the client's signing, so that one mistake cannot hide in both.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from datetime import UTC, datetime, timedelta

from .errors import gateway

_HEADER = re.compile(
    r"CEA algorithm=HmacSHA256, access-key=(?P<access_key>[^,\s]+),"
    r" signed-date=(?P<signed_date>\d{6}T\d{6}Z), signature=(?P<signature>[0-9a-f]{64})"
)


def access_key_of(header: str | None) -> str | None:
    """Whose request it says it is; None where the header is missing or malformed."""
    match = _HEADER.fullmatch(header or "")
    return match["access_key"] if match else None


def check(
    header: str | None,
    method: str,
    target: bytes,
    secret_key: str,
    clock: datetime,
    max_skew: timedelta,
) -> None:
    """Refuses (401) unless the header signs this very request, and not too long ago.

    target: path and query as they came over the wire, still encoded; what is signed leaves out the
    question mark. clock: the machine's own time, in UTC; the sandbox's `as_of` plays no part.
    """
    if not header:
        raise gateway(401, "Request is not authorized.")
    match = _HEADER.fullmatch(header)
    if match is None:
        raise gateway(401, "HMAC format is invalid.")
    path, _, query = target.partition(b"?")
    message = match["signed_date"].encode() + method.encode() + path + query
    right = hmac.new(secret_key.encode(), message, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(right, match["signature"]):
        raise gateway(401, "Invalid signature.")
    try:
        signed = datetime.strptime(match["signed_date"], "%y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        raise gateway(401, "HMAC format is invalid.") from None
    if abs(clock - signed) > max_skew:
        raise gateway(401, "Specified signature is expired.")
