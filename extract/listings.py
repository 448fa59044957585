"""What is asked of the API: each listing's requests, its paging and its guards.

Paths, parameters and limits are those of the Open API docs. A listing is always read to its end
or not at all; a page that breaks the rules of its paging is an error, never a silent stop.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from extract.client import Client, Tally, rows_of
from extract.errors import ContractBroken, GatewayTimeout, RequestRefused

PROVIDERS = "/v2/providers/openapi/apis/api"
MARKETPLACE = "/v2/providers/marketplace_openapi/apis/api"
PAGE_SIZE = "50"
EMPTY_PAGES_IN_A_ROW = 20
MOST_PASSES = 10

# In the order of an order's life: each status is begun after the one before ended, so that an
# order that moves on meanwhile is seen twice, never not at all.
ORDER_STATUSES = (
    "ACCEPT",
    "INSTRUCT",
    "DEPARTURE",
    "DELIVERING",
    "FINAL_DELIVERY",
    "NONE_TRACKING",
)
# Asked first to finished; a stop-shipment request stands under RU and under UC.
RETURN_STATUSES = ("RU", "UC", "PR", "CC")

Params = tuple[tuple[str, str], ...]
PageSink = Callable[[list[Any]], None]


@dataclass(frozen=True)
class Window:
    """Korean days, both ends included: what is asked, and what the reading vouches for."""

    asked_from: date
    asked_to: date
    covered_from: date
    covered_to: date

    @property
    def days(self) -> int:
        return (self.asked_to - self.asked_from).days + 1

    def halves(self) -> tuple["Window", "Window"]:
        """The window asked in two parts."""
        middle = self.asked_from + timedelta(days=self.days // 2 - 1)
        return (
            replace(self, asked_to=middle),
            replace(self, asked_from=middle + timedelta(days=1)),
        )


@dataclass(frozen=True)
class Paging:
    """How the next page is asked for: the parameter, its first value (None = left out), and
    where the answer tells the next one; `more` names a flag that must agree with it."""

    parameter: str
    first: str | None
    answer: str
    more: str | None = None


NEXT_TOKEN = Paging("nextToken", None, "nextToken")
SALES_TOKEN = Paging("token", "", "nextToken", more="hasNext")
PAGE_INDEX = Paging("pageIndex", "1", "nextPageIndex")


@dataclass(frozen=True)
class Part:
    """One run of pages: a status of a window, or the whole window."""

    path: str
    params: Params
    paging: Paging | None


@dataclass(frozen=True)
class Listing:
    """One listing of the API that is read by windows.

    shape: what its rows become (raw_tables.SHAPES). longest_window: days, both ends included.
    part: vendor code, window and status -> the run of pages that answers it. statuses: one run
    each, in this order. margin: days asked beyond the covered ones at each end.
    moving: statuses whose rows go on to the next one, and key: the field that tells them apart.
    repeats_harmless: the same row twice in one reading counts once (a key decides), so a window
    may be cut after pages of it were taken. by_month: a window is one calendar month.
    """

    name: str
    shape: str
    longest_window: int
    part: Callable[[str, Window, str], Part]
    statuses: tuple[str, ...] = ("",)
    margin: int = 0
    moving: tuple[str, ...] = ()
    key: str = ""
    repeats_harmless: bool = True
    by_month: bool = False


def _order_sheets(vendor_id: str, window: Window, status: str) -> Part:
    return Part(
        f"{PROVIDERS}/v5/vendors/{vendor_id}/ordersheets",
        (
            ("createdAtFrom", f"{window.asked_from}+09:00"),
            ("createdAtTo", f"{window.asked_to}+09:00"),
            ("status", status),
            ("maxPerPage", PAGE_SIZE),
        ),
        NEXT_TOKEN,
    )


def _return_requests(vendor_id: str, window: Window, status: str) -> Part:
    return Part(
        f"{PROVIDERS}/v6/vendors/{vendor_id}/returnRequests",
        (
            ("createdAtFrom", f"{window.asked_from}"),
            ("createdAtTo", f"{window.asked_to}"),
            ("status", status),
            ("maxPerPage", PAGE_SIZE),
        ),
        NEXT_TOKEN,
    )


def _cancel_requests(vendor_id: str, window: Window, _status: str) -> Part:
    # Cancelled at 결제완료: a status must not be sent. Users report one answer without pages; a
    # token is followed all the same should one come.
    return Part(
        f"{PROVIDERS}/v6/vendors/{vendor_id}/returnRequests",
        (
            ("createdAtFrom", f"{window.asked_from}"),
            ("createdAtTo", f"{window.asked_to}"),
            ("cancelType", "CANCEL"),
        ),
        NEXT_TOKEN,
    )


def _withdrawals(vendor_id: str, window: Window, _status: str) -> Part:
    return Part(
        f"{PROVIDERS}/v4/vendors/{vendor_id}/returnWithdrawRequests",
        (
            ("dateFrom", f"{window.asked_from}"),
            ("dateTo", f"{window.asked_to}"),
            ("sizePerPage", "100"),
        ),
        PAGE_INDEX,
    )


def _confirmed_sales(vendor_id: str, window: Window, _status: str) -> Part:
    return Part(
        f"{PROVIDERS}/v1/revenue-history",
        (
            ("vendorId", vendor_id),
            ("recognitionDateFrom", f"{window.asked_from}"),
            ("recognitionDateTo", f"{window.asked_to}"),
            ("maxPerPage", PAGE_SIZE),
        ),
        SALES_TOKEN,
    )


def _settlements(_vendor_id: str, window: Window, _status: str) -> Part:
    # No vendor code in it: the key says whose.
    return Part(
        f"{MARKETPLACE}/v1/settlement-histories",
        (("revenueRecognitionYearMonth", f"{window.asked_from:%Y-%m}"),),
        None,
    )


LISTINGS = {
    listing.name: listing
    for listing in (
        # createdAt range: less than 31 days between the ends. One margin day at each end, since
        # it is not documented whether order time or payment time decides.
        Listing(
            "order_sheets",
            "order_sheets",
            31,
            _order_sheets,
            ORDER_STATUSES,
            margin=1,
            moving=ORDER_STATUSES[:4],
            key="shipmentBoxId",
        ),
        Listing(
            "return_requests",
            "receipts",
            31,
            _return_requests,
            RETURN_STATUSES,
            moving=RETURN_STATUSES[:3],
            key="receiptId",
        ),
        Listing("cancel_requests", "receipts", 31, _cancel_requests),
        # "The maximum view duration is 7 days"
        Listing("withdrawals", "withdrawals", 7, _withdrawals),
        # less than a month, and a month may have 28 days; rows of a day have no key of their own
        Listing("confirmed_sales", "confirmed_sales", 28, _confirmed_sales, repeats_harmless=False),
        Listing("settlements", "settlements", 31, _settlements, by_month=True),
    )
}


def read_window(
    client: Client, listing: Listing, window: Window, take: PageSink, tally: Tally
) -> None:
    """Every page of every status of a window, in order; `take` gets each page's rows.

    A status that Coupang cannot answer in time (504) is asked in halves, down to single days.
    """
    for status in listing.statuses:
        _read_status(client, listing, window, status, take, tally)


def _read_status(
    client: Client, listing: Listing, window: Window, status: str, take: PageSink, tally: Tally
) -> None:
    """One status to its end, and again where rows may have left it meanwhile.

    Whether page tokens are places or counts is not documented. Were they counts, a row that goes
    on to the next status while pages are read would pull an unread one over the page's edge. So
    a status of several pages is read until all that one pass showed is still there in the next:
    then nothing had left, and nothing was missed.
    """
    taken: set[str] = set()
    shown, pages = _read_pass(client, listing, window, status, taken, take, tally)
    if pages < 2 or status not in listing.moving:
        return
    for _ in range(MOST_PASSES):
        again, _pages = _read_pass(client, listing, window, status, taken, take, tally)
        if shown <= again:
            return
        shown = again
    raise ContractBroken(
        f"{listing.name}: rows kept leaving {status} while its pages were read",
        remedy="The next run reads it again; a run at a quieter hour is the surer one.",
    )


def _read_pass(
    client: Client,
    listing: Listing,
    window: Window,
    status: str,
    taken: set[str],
    take: PageSink,
    tally: Tally,
) -> tuple[set[str], int]:
    """All pages of a status once: the keys it showed, and how many pages it had. Rows whose keys
    were `taken` in an earlier pass are not taken again."""
    shown: set[str] = set()
    pages = 0

    def sift(rows: list[Any]) -> None:
        nonlocal pages
        pages += 1
        if listing.name == "confirmed_sales":
            _check_recognition(rows, window)
        if status in listing.moving:
            keys = [str(row.get(listing.key)) if isinstance(row, dict) else "" for row in rows]
            shown.update(keys)
            rows = [row for row, key in zip(rows, keys, strict=True) if key not in taken]
        take(rows)

    try:
        read_pages(client, listing.part(client.account.vendor_id, window, status), sift, tally)
    except GatewayTimeout:
        if window.days == 1 or listing.by_month or (pages and not listing.repeats_harmless):
            raise
        for half in window.halves():
            _read_status(client, listing, half, status, take, tally)
        return set(), 1  # each half was read until nothing had left it
    taken |= shown
    return shown, pages


def read_pages(client: Client, part: Part, take: PageSink, tally: Tally) -> None:
    """Follows one run of pages to its end.

    ContractBroken for a page token that comes twice, for pages without end, for empty pages
    that go on and for a listing that says there is more but not where.
    """
    token = part.paging.first if part.paging else None
    seen: set[str] = set()
    empty_pages = 0
    for _ in range(client.settings.max_pages):
        params = part.params
        if part.paging and token is not None:
            params = (*params, (part.paging.parameter, token))
        body = client.get(part.path, params, tally)
        rows = rows_of(body)
        take(rows)
        token = next_token(body, part.paging)
        if not token:
            return
        if token in seen:
            raise ContractBroken("The same page token came twice: the listing goes in circles")
        seen.add(token)
        empty_pages = 0 if rows else empty_pages + 1
        if empty_pages >= EMPTY_PAGES_IN_A_ROW:
            raise ContractBroken("Empty pages go on and on: the listing has no end")
    raise ContractBroken(f"More than {client.settings.max_pages} pages: the listing has no end")


def next_token(body: Any, paging: Paging | None) -> str:  # noqa: ANN401 - JSON
    """The next page's token, "" at the end."""
    if paging is None or not isinstance(body, dict):
        return ""
    value = body.get(paging.answer)
    token = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    if paging.more is not None and isinstance(body.get(paging.more), bool):
        if not body[paging.more]:
            return ""
        if not token:
            raise ContractBroken("A listing says that it goes on but not where")
    return token


def _check_recognition(rows: list[Any], window: Window) -> None:
    """A row of another day would be counted there a second time: refused."""
    for row in rows:
        day = row.get("recognitionDate") if isinstance(row, dict) else None
        if isinstance(day, str) and not (f"{window.asked_from}" <= day <= f"{window.asked_to}"):
            raise ContractBroken(
                "confirmed_sales: a row's recognitionDate lies outside the days that were asked"
            )


# --- look-ups of one order or one receipt -----------------------------------------------------

CANCELLED_OR_RETURNED = re.compile("취소 또는 반품")


@dataclass(frozen=True)
class LookUp:
    """A look-up of one thing: its shape, its path, and the field that must name it."""

    name: str
    shape: str
    path: str
    subject_field: str


LOOK_UPS = {
    look_up.name: look_up
    for look_up in (
        LookUp(
            "order_lookup",
            "order_sheets",
            f"{PROVIDERS}/v5/vendors/{{vendor_id}}/{{subject_id}}/ordersheets",
            "orderId",
        ),
        LookUp(
            "receipt_lookup",
            "receipts",
            f"{PROVIDERS}/v6/vendors/{{vendor_id}}/returnRequests/{{subject_id}}",
            "receiptId",
        ),
    )
}


def read_look_up(
    client: Client, look_up: LookUp, subject_id: str, take: PageSink, tally: Tally
) -> str:
    """Asks for one order or receipt; the outcome: ok, cancelled_or_returned or not_found."""
    path = look_up.path.format(vendor_id=client.account.vendor_id, subject_id=subject_id)
    try:
        rows = rows_of(client.get(path, (), tally))
    except RequestRefused as refused:
        if refused.status not in (400, 404):
            raise
        if CANCELLED_OR_RETURNED.search(refused.message):
            return "cancelled_or_returned"
        return "not_found"
    for row in rows:
        if not isinstance(row, dict) or str(row.get(look_up.subject_field)) != subject_id:
            raise ContractBroken(f"{look_up.name}: the answer is about something else")
    take(rows)
    return "ok" if rows else "not_found"
