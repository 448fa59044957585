"""Coupang's request signature (Open API docs, "HMAC Signature").

message = signed-date + METHOD + path + query (exactly as sent, without "?"), HMAC-SHA256 with
the secret key, in hex.
"""

import hashlib
import hmac
from datetime import UTC, datetime


def authorization(access_key: str, secret_key: str, method: str, target: str, now: datetime) -> str:
    """The Authorization header of one request.

    target: path and query as they go over the wire (url-encoded). now: the machine's real clock;
    it becomes the signed date, in GMT.
    """
    path, _, query = target.partition("?")
    signed_date = now.astimezone(UTC).strftime("%y%m%dT%H%M%SZ")
    message = f"{signed_date}{method}{path}{query}"
    signature = hmac.new(secret_key.encode(), message.encode(), hashlib.sha256).hexdigest()
    return (
        f"CEA algorithm=HmacSHA256, access-key={access_key}, "
        f"signed-date={signed_date}, signature={signature}"
    )
