"""Pages and their tokens.

A cursor names the row after which to go on, so that a row that leaves meanwhile shifts nothing. An
offset counts rows, and does shift: which of the two Coupang uses is unknown, so both are here.
Tokens are padded base64, whose characters have to be encoded in a query.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any, TypeVar

T = TypeVar("T")
Position = tuple[Any, int]


@dataclass(frozen=True, slots=True)
class Token:
    """A place in a listing: after a row (cursor), a number of rows, or (neither) its start."""

    after: Position | None = None
    offset: int | None = None

    def text(self) -> str:
        after = None if self.after is None else [self.after[0].isoformat(), self.after[1]]
        packed = json.dumps({"after": after, "offset": self.offset}, separators=(",", ":"))
        return base64.b64encode(packed.encode()).decode()

    @classmethod
    def read(cls, text: str, by: type[datetime] | type[date] = datetime) -> Token | None:
        """The token meant by `text`; None where it is none of a listing sorted `by` such times."""
        try:
            found = json.loads(base64.b64decode(text, validate=True))
            after = found["after"]
            if after is not None:
                if ("T" in after[0]) != (by is datetime):
                    return None
                after = (by.fromisoformat(after[0]), int(after[1]))
            return cls(after, found["offset"])
        except (ValueError, KeyError, TypeError, IndexError):
            return None


def first_page_token(salt: int) -> str:
    """A token, each time another, that leads to the first page: for faults."""
    packed = json.dumps({"after": None, "offset": 0, "salt": salt}, separators=(",", ":"))
    return base64.b64encode(packed.encode()).decode()


def page(
    rows: Iterable[tuple[Position, T]], token: Token, size: int, *, by_offset: bool
) -> tuple[list[T], str]:
    """A page of rows and the token of the next one ("" on the last).

    rows: those after `token.after`, where that is set.
    """
    left: Iterator[tuple[Position, T]] = iter(rows)
    if token.offset is not None:
        left = islice(left, token.offset, None)
    found = list(islice(left, size + 1))
    shown = [row for _, row in found[:size]]
    if len(found) <= size:
        return shown, ""
    if by_offset:
        return shown, Token(offset=(token.offset or 0) + size).text()
    return shown, Token(after=found[size - 1][0]).text()
