"""JSON on its way out, and the sheets that were encoded before.

Making a sheet and its JSON takes most of the time of a page, and a sheet seldom changes: each box
keeps its JSON, with the look it was made for.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from . import payloads
from .orders import Box


def encoded(shown: Any) -> bytes:  # noqa: ANN401 - whatever JSON can hold
    """JSON as Coupang sends it: Korean as it is, no blanks."""
    return json.dumps(shown, ensure_ascii=False, separators=(",", ":")).encode()


def sheet(box: Box, when: datetime, canary: str) -> bytes:
    """The JSON of an order sheet as of `when`."""
    look = (canary, *box.look_at(when))
    if box.encoded is None or box.encoded[0] != look:
        box.encoded = (look, encoded(payloads.sheet(box, when, canary)))
    return box.encoded[1]


def sheets(boxes: Iterable[Box], when: datetime, canary: str, following: str) -> bytes:
    """A page of order sheets with the token of the next one."""
    rows = b",".join(sheet(box, when, canary) for box in boxes)
    tail = encoded({"nextToken": following})[1:]
    return b'{"code":200,"message":"OK","data":[' + rows + b"]," + tail
