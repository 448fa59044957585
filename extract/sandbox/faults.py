"""Faults that can be put in the way of a client.

    server.faults.add(server_error(503), times=2)
    server.faults.add(Mutate(each_row(lambda row: row.pop("orderId"))), path_contains="ordersheets")

A fault applies to the requests that match, leaves the first `after` of them alone, and wears off
after `times` (None: never). Of several that match, the one added first applies.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .errors import TOO_MANY, ip_not_allowed
from .paging import first_page_token

JSON_TYPE = "application/json;charset=UTF-8"
# What a Coupang token is called, by listing.
TOKEN_FIELDS = ("nextToken", "nextPageIndex")


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer; also the fault that gives it instead of the real one."""

    status: int
    body: bytes = b""
    content_type: str = JSON_TYPE
    headers: Mapping[str, str] = field(default_factory=dict)


class Fault:
    """A fault answers instead of the API (`instead`) or changes its answer (`change`)."""

    def instead(self) -> Answer | None:
        """The answer to give without asking the API; None: ask it."""
        return None

    def change(self, answer: Answer) -> Answer | None:
        """The changed answer; None: there was nothing to change, and the fault is not used up."""
        return answer

    @property
    def delay(self) -> float:
        """Seconds to wait before answering."""
        return 0.0

    @property
    def cut_after(self) -> float | None:
        """The share of the body after which the connection is reset; None: it is not."""
        return None


@dataclass(frozen=True)
class Refuse(Fault):
    """A status with a body, instead of the API's answer."""

    answer: Answer

    def instead(self) -> Answer:
        return self.answer


@dataclass(frozen=True)
class Slow(Fault):
    """The right answer, but after `seconds`."""

    seconds: float

    @property
    def delay(self) -> float:
        return self.seconds


@dataclass(frozen=True)
class Reset(Fault):
    """The connection is reset when `share` of the body was sent."""

    share: float = 0.5

    @property
    def cut_after(self) -> float:
        return self.share


@dataclass(frozen=True)
class Truncated(Fault):
    """A whole HTTP answer, whose JSON stops half-way."""

    share: float = 0.5

    def change(self, answer: Answer) -> Answer:
        return _with_body(answer, answer.body[: math.floor(len(answer.body) * self.share)])


@dataclass(frozen=True)
class ErrorInside(Fault):
    """HTTP 200 whose body tells of an error."""

    code: int | str = 500
    message: str = "Internal server error"

    def instead(self) -> Answer:
        return _json(200, {"code": self.code, "message": self.message, "data": []})


class SameToken(Fault):
    """Every page names the same next one, which is the first page: round and round."""

    def change(self, answer: Answer) -> Answer | None:
        name, shown = _paged(answer)
        if name is None:
            return None
        return _json(answer.status, _going_on(shown, name, _to_first_page(name, 0)))


class EndlessPages(Fault):
    """Every page names a next one, always with another token."""

    def __init__(self) -> None:
        self._count = 0

    def change(self, answer: Answer) -> Answer | None:
        name, shown = _paged(answer)
        if name is None:
            return None
        self._count += 1
        # Page numbers go up; the pages behind the last one are empty.
        token = str(self._count + 1) if name == "nextPageIndex" else first_page_token(self._count)
        return _json(answer.status, _going_on(shown, name, token))


class EmptyPage(Fault):
    """A page without rows that names a next one, which is the first page."""

    def change(self, answer: Answer) -> Answer | None:
        name, shown = _paged(answer)
        if name is None:
            return None
        return _json(answer.status, _going_on({**shown, "data": []}, name, _to_first_page(name, 0)))


@dataclass(frozen=True)
class Mutate(Fault):
    """The decoded JSON of a good answer is given to `edit`, which changes or replaces it."""

    edit: Callable[[Any], Any]

    def change(self, answer: Answer) -> Answer | None:
        shown = _decoded(answer)
        if shown is None:
            return None
        edited = self.edit(shown)
        changed = _json(answer.status, shown if edited is None else edited)
        return None if json.loads(changed.body) == json.loads(answer.body) else changed


def each_row(edit: Callable[[dict[str, Any]], object]) -> Callable[[Any], None]:
    """For `Mutate`: changes every row of the answer (the single one of a look-up, too)."""

    def of_answer(shown: Any) -> None:  # noqa: ANN401 - decoded JSON
        rows = shown if isinstance(shown, list) else shown["data"]
        for row in rows if isinstance(rows, list) else [rows]:
            edit(row)

    return of_answer


def first_row(edit: Callable[[dict[str, Any]], object]) -> Callable[[Any], None]:
    """For `Mutate`: changes the first row of the answer, where there is one."""

    def of_answer(shown: Any) -> None:  # noqa: ANN401 - decoded JSON
        rows = shown if isinstance(shown, list) else shown["data"]
        if rows:
            edit(rows[0])

    return of_answer


def unauthorized(message: str = "Request is not authorized.") -> Fault:
    """401: the key is expired or wrong."""
    return Refuse(_json(401, {"code": "ERROR", "message": message}))


def ip_refused(address: str = "203.0.113.7") -> Fault:
    """403 with JSON: the address is not on the allowlist."""
    return Refuse(_json(403, {"code": "ERROR", "message": ip_not_allowed(address)}))


def access_denied() -> Fault:
    """403 with HTML: the firewall before the gateway."""
    page = (
        "<html><head><title>Access Denied</title></head><body><h1>Access Denied</h1></body></html>"
    )
    return Refuse(Answer(403, page.encode(), "text/html"))


def too_many(retry_after: float | str | None = None) -> Fault:
    """429, with or without a Retry-After header (seconds, or an HTTP date)."""
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    answer = _json(429, {"code": "ERROR", "message": TOO_MANY})
    return Refuse(Answer(429, answer.body, headers=headers))


def server_error(status: int = 500) -> Fault:
    """500, 502, 503 or 504; the last three as a proxy would, with HTML."""
    if status == 500:
        return Refuse(_json(500, {"code": 500, "message": "Internal server error"}))
    page = f"<html><head><title>{status}</title></head><body><center>nginx</center></body></html>"
    return Refuse(Answer(status, page.encode(), "text/html"))


def not_json(body: str = "<!doctype html><p>점검 중입니다.</p>", status: int = 200) -> Fault:
    """A body that is no JSON, under a good status."""
    return Refuse(Answer(status, body.encode(), "text/html"))


@dataclass
class Planned:
    """A fault, where it applies, and how often it still will."""

    fault: Fault
    vendor_id: str | None
    path_contains: str | None
    query_contains: str | None
    times: int | None
    after: int
    seen: int = 0
    applied: int = 0

    def matches(self, vendor_id: str | None, path: str, query: str) -> bool:
        """Whether the fault is for this request and not worn off."""
        return (
            (self.times is None or self.applied < self.times)
            and (self.vendor_id is None or self.vendor_id == vendor_id)
            and (self.path_contains is None or self.path_contains in path)
            and (self.query_contains is None or self.query_contains in query)
        )


class Faults:
    """The faults of a server."""

    def __init__(self) -> None:
        self._planned: list[Planned] = []

    def add(
        self,
        fault: Fault,
        vendor_id: str | None = None,
        path_contains: str | None = None,
        times: int | None = 1,
        after: int = 0,
        query_contains: str | None = None,
    ) -> Planned:
        """Plans a fault; what comes back tells how often it was `applied`.

        The query is matched as it was sent, still encoded.
        """
        planned = Planned(fault, vendor_id, path_contains, query_contains, times, after)
        self._planned.append(planned)
        return planned

    def clear(self) -> None:
        """No more faults."""
        self._planned.clear()

    def due(self, vendor_id: str | None, path: str, query: str) -> Planned | None:
        """The fault for this request, if there is one."""
        for planned in self._planned:
            if planned.matches(vendor_id, path, query):
                planned.seen += 1
                if planned.seen > planned.after:
                    return planned
        return None


def _json(status: int, shown: Any) -> Answer:  # noqa: ANN401 - whatever JSON can hold
    return Answer(status, json.dumps(shown, ensure_ascii=False).encode())


def _with_body(answer: Answer, body: bytes) -> Answer:
    return Answer(answer.status, body, answer.content_type, answer.headers)


def _decoded(answer: Answer) -> Any:  # noqa: ANN401 - decoded JSON
    return json.loads(answer.body) if answer.status == 200 else None


def _paged(answer: Answer) -> tuple[str | None, dict[str, Any]]:
    """The name of the token in a good answer, and the answer decoded."""
    shown = _decoded(answer)
    if not isinstance(shown, dict):
        return None, {}
    return next((name for name in TOKEN_FIELDS if name in shown), None), shown


def _to_first_page(name: str, salt: int) -> str:
    return "1" if name == "nextPageIndex" else first_page_token(salt)


def _going_on(shown: dict[str, Any], name: str, token: str) -> dict[str, Any]:
    going_on = {**shown, name: token}
    return going_on | {"hasNext": True} if "hasNext" in shown else going_on
