"""The endpoints: what is asked, checked, looked up and answered.

One function per endpoint, from a `Call` to the JSON it answers (as bytes where encoded rows are
kept); `ApiError` where it refuses.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal

from . import encoding, errors, payloads
from .claims import LISTED_UNDER, Receipt
from .errors import ApiError, bad_request
from .moments import KST, kst_day, kst_midnight
from .orders import Box, Gone, Status
from .paging import Position, Token, page
from .sales import settlements
from .world import Account

MAX_PER_PAGE = 50
MAX_DAYS = 31
MAX_WITHDRAWAL_DAYS = 7
MAX_EXCHANGE_DAYS = 7
MAX_MINUTES = 24 * 60
MAX_CANCEL_IDS = 50

_DAY_WITH_OFFSET = re.compile(r"(\d{4}-\d{2}-\d{2})([+-]\d{2}:\d{2})")
_MINUTE_WITH_OFFSET = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}[+-]\d{2}:\d{2}")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MINUTE = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}")
_SECOND = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}")
_MONTH = re.compile(r"\d{4}-\d{2}")

RETURN_STATUSES = ("RU", "UC", "CC", "PR")


@dataclass(frozen=True, slots=True)
class Call:
    """A request that passed the gateway, and the moment it is answered for."""

    account: Account
    params: Mapping[str, str]
    path: Mapping[str, str]
    now: datetime
    body: bytes = b""
    orders_by: Literal["ordered_at", "paid_at"] = "ordered_at"
    by_offset: bool = False

    @property
    def canary(self) -> str:
        return self.account.world.canary

    @property
    def is_time_frame(self) -> bool:
        return self.params.get("searchType") == "timeFrame"

    def needed(self, name: str) -> str:
        """A parameter that has to be there (it may be empty)."""
        if name not in self.params:
            raise bad_request(errors.not_present(name))
        return self.params[name]


# --- order sheets ------------------------------------------------------------------------------


def order_sheets(call: Call) -> bytes:
    """v5 발주서 목록. `page` and whatever else is unknown is ignored, as Coupang does."""
    status = call.needed("status")
    if status not in set(Status):
        raise bad_request(f"status : '{status}' is not one of {', '.join(Status)}")
    if call.is_time_frame:
        start = _moment_with_offset(call, "createdAtFrom", _MINUTE_WITH_OFFSET)
        end = _moment_with_offset(call, "createdAtTo", _MINUTE_WITH_OFFSET)
        _check_order(start, end)
        if end - start > timedelta(minutes=MAX_MINUTES):
            raise bad_request("endTime-startTime range should be within 24 hours.")
        rows = [box for _, box in _sheets(call, start, end + timedelta(minutes=1), status, None)]
        return encoding.sheets(rows, call.now, call.canary, "")
    start = _moment_with_offset(call, "createdAtFrom", _DAY_WITH_OFFSET)
    last = _moment_with_offset(call, "createdAtTo", _DAY_WITH_OFFSET)
    _check_order(start, last)
    end = last + timedelta(days=1)
    if end - start > timedelta(days=MAX_DAYS):
        raise bad_request(errors.RANGE_31_DAYS)
    token = _next_token(call)
    boxes, following = page(
        _sheets(call, start, end, status, token.after),
        token,
        _page_size(call),
        by_offset=call.by_offset,
    )
    return encoding.sheets(boxes, call.now, call.canary, following)


def _sheets(
    call: Call, start: datetime, end: datetime, status: str, after: Position | None
) -> Iterator[tuple[Position, Box]]:
    for key, box in call.account.boxes_by[call.orders_by].between(start, end, after):
        if box.status_at(call.now) == status:
            yield key, box


def sheet_of_box(call: Call) -> dict[str, Any]:
    """v5 발주서 단건 조회 (shipmentBoxId): `data` is the sheet itself, `code` a string."""
    box = call.account.boxes.get(_number(call.path["box"], "shipmentBoxId"))
    if box is None or box.since > call.now:
        raise bad_request(errors.INVALID_ORDER)
    gone = box.gone_at(call.now)
    if gone is Gone.REPLACED:
        raise bad_request(errors.INVALID_ORDER)
    if gone is not None:
        raise bad_request(errors.CANCELLED_OR_RETURNED)
    data = payloads.sheet(box, call.now, call.canary)
    return {"code": "200", "message": "OK", "data": data}


def sheets_of_order(call: Call) -> dict[str, Any]:
    """v5 발주서 단건 조회 (orderId): its boxes as far as they are listed."""
    order = call.account.orders.get(_number(call.path["order"], "orderId"))
    if order is None or order.paid_at > call.now:
        raise bad_request(errors.INVALID_ORDER)
    listed = [box for box in order.boxes if box.status_at(call.now) is not None]
    if not listed:
        raise bad_request(errors.CANCELLED_OR_RETURNED)
    data = [payloads.sheet(box, call.now, call.canary) for box in listed]
    return {"code": "200", "message": "OK", "data": data}


# --- returns and cancellations -----------------------------------------------------------------


def return_requests(call: Call) -> dict[str, Any]:
    """v6 반품/취소 요청 목록: RETURN by status, CANCEL without one."""
    kind = call.params.get("cancelType", "RETURN")
    status = call.params.get("status") or None
    order_id = call.params.get("orderId") or None
    if kind not in ("RETURN", "CANCEL"):
        raise bad_request(f"cancelType : '{kind}' is not one of RETURN, CANCEL")
    if status is not None and kind == "CANCEL":
        raise bad_request("status : should not be sent with cancelType=CANCEL")
    if status is not None and status not in RETURN_STATUSES:
        raise bad_request(f"status : '{status}' is not one of {', '.join(RETURN_STATUSES)}")
    if status is None and order_id is None and kind == "RETURN":
        raise bad_request(errors.ORDER_ID_NEEDED)
    start, end = _receipt_window(call)
    if status == "CC":
        _time_out_when_busy(call.account, end - start)
    wanted = None if order_id is None else _number(order_id, "orderId")

    def matching(after: Position | None) -> Iterator[tuple[Position, Receipt]]:
        for key, found in call.account.receipts_by_creation.between(start, end, after):
            state = found.status_at(call.now)
            if (
                found.kind == kind
                and state is not None
                and (status is None or status in LISTED_UNDER.get(state, ("UC",)))
                and (wanted is None or found.order_id == wanted)
            ):
                yield key, found

    if kind == "CANCEL" or call.is_time_frame:
        rows, following = [found for _, found in matching(None)], ""
    else:
        token = _next_token(call)
        rows, following = page(
            matching(token.after), token, _page_size(call), by_offset=call.by_offset
        )
    return _listed([payloads.receipt(each, call.now, call.canary) for each in rows], following)


def _receipt_window(call: Call) -> tuple[datetime, datetime]:
    if call.is_time_frame:
        start = _korean_moment(call, "createdAtFrom", _MINUTE)
        last = _korean_moment(call, "createdAtTo", _MINUTE)
        end = last + timedelta(minutes=1)
    else:
        start = kst_midnight(_korean_day(call, "createdAtFrom"))
        last = kst_midnight(_korean_day(call, "createdAtTo"))
        end = last + timedelta(days=1)
    _check_order(start, last)
    if end - start > timedelta(days=MAX_DAYS, minutes=1 if call.is_time_frame else 0):
        raise bad_request(errors.RANGE_31_DAYS)
    return start, end


def _time_out_when_busy(account: Account, span: timedelta) -> None:
    if account.busy_cc_days is not None and span > timedelta(days=account.busy_cc_days, minutes=1):
        raise ApiError(504, {"code": 504, "message": "Gateway Time-out"})


def one_receipt(call: Call) -> dict[str, Any]:
    """v6 반품요청 단건 조회: a list of one; of returns only, not of cancellations."""
    found = call.account.receipts.get(_number(call.path["receipt"], "receiptId"))
    if found is None or found.kind != "RETURN" or found.status_at(call.now) is None:
        raise bad_request("receiptId : no such return request")
    return _listed([payloads.receipt(found, call.now, call.canary)])


def withdrawals(call: Call) -> dict[str, Any]:
    """v4 반품철회 이력 (기간별): pages by number, "" after the last."""
    first, last = _korean_day(call, "dateFrom"), _korean_day(call, "dateTo")
    _check_order(first, last)
    if (last - first).days >= MAX_WITHDRAWAL_DAYS:
        raise bad_request(errors.VIEW_7_DAYS)
    index = _count(call, "pageIndex", 1, None)
    size = _count(call, "sizePerPage", 10, 100)
    start, end = kst_midnight(first), kst_midnight(last) + timedelta(days=1)
    rows = [
        found
        for _, found in call.account.withdrawals_by_time.between(start, end)
        if found.at <= call.now
    ]
    shown = rows[(index - 1) * size : index * size]
    answer = _answer([payloads.withdrawal(each, call.canary) for each in shown])
    return answer | {"nextPageIndex": str(index + 1) if len(rows) > index * size else ""}


def withdrawals_by_id(call: Call) -> dict[str, Any]:
    """v4 반품철회 이력 (접수번호): POST {"cancelIds": [...]}."""
    try:
        ids = json.loads(call.body)["cancelIds"]
        wanted = [int(each) for each in ids]
    except (ValueError, KeyError, TypeError):
        raise bad_request("cancelIds : a list of receipt ids is needed") from None
    if len(wanted) > MAX_CANCEL_IDS:
        raise bad_request(f"cancelIds : at most {MAX_CANCEL_IDS}")
    found = [
        each
        for number in wanted
        for each in call.account.withdrawals_of(number)
        if each.at <= call.now
    ]
    return _answer([payloads.withdrawal(each, call.canary) for each in found])


def exchanges(call: Call) -> dict[str, Any]:
    """v4 교환요청 목록."""
    start = _korean_moment(call, "createdAtFrom", _SECOND)
    end = _korean_moment(call, "createdAtTo", _SECOND)
    _check_order(start, end)
    if end - start > timedelta(days=MAX_EXCHANGE_DAYS):
        raise bad_request(errors.VIEW_7_DAYS)
    token = _next_token(call)
    listed = (
        (key, found)
        for key, found in call.account.exchanges_by_creation.between(
            start, end + timedelta(seconds=1), token.after
        )
        if found.created <= call.now
    )
    rows, following = page(listed, token, _page_size(call), by_offset=call.by_offset)
    return _listed([payloads.exchange(each, call.now, call.canary) for each in rows], following)


# --- money -------------------------------------------------------------------------------------


def revenue_history(call: Call) -> dict[str, Any]:
    """v1 매출내역: up to yesterday, less than a month at once, `token` always sent."""
    _check_vendor(call)
    first = _sales_day(call, "recognitionDateFrom")
    last = _sales_day(call, "recognitionDateTo")
    text = call.needed("token")
    if text == "null":
        raise bad_request(errors.TOKEN_IS_NULL)
    token = Token.read(text, date) if text else Token()
    if token is None:
        raise bad_request(errors.TOKEN_INVALID)
    if last >= kst_day(call.now):
        raise bad_request(errors.UNTIL_YESTERDAY)
    _check_order(first, last)
    if (last - first).days >= MAX_DAYS:
        raise bad_request(errors.WITHIN_ONE_MONTH)
    if last >= _a_month_after(first):
        raise bad_request(errors.LESS_THAN_ONE_MONTH)
    listed = (
        (key, row)
        for key, row in call.account.sales_by_day.between(
            first, last + timedelta(days=1), token.after
        )
        if row.listed_at(call.now)
    )
    rows, following = page(listed, token, _page_size(call), by_offset=call.by_offset)
    data = [payloads.sales_row(each, call.account, call.canary) for each in rows]
    return _answer(data) | {"hasNext": following != "", "nextToken": following}


def settlement_histories(call: Call) -> list[dict[str, Any]]:
    """v1 지급내역: a bare list, empty where nothing is settled yet."""
    if "vendorId" in call.params:
        _check_vendor(call)
    text = call.needed("revenueRecognitionYearMonth")
    if not _MONTH.fullmatch(text):
        raise bad_request("revenueRecognitionYearMonth: Invalid format. 'yyyy-MM'")
    try:
        month = date.fromisoformat(f"{text}-01")
    except ValueError:
        raise bad_request("revenueRecognitionYearMonth: Invalid format. 'yyyy-MM'") from None
    account = call.account
    rows = settlements(account.sales_of_month(month), month, account.settlement, call.now)
    return [payloads.settlement(row, account, call.canary) for row in rows]


# --- what all of them share --------------------------------------------------------------------


def _answer(data: list[dict[str, Any]]) -> dict[str, Any]:
    return {"code": 200, "message": "OK", "data": data}


def _listed(data: list[dict[str, Any]], following: str = "") -> dict[str, Any]:
    return _answer(data) | {"nextToken": following}


def _next_token(call: Call) -> Token:
    text = call.params.get("nextToken", "")
    if not text:
        return Token()
    token = Token.read(text)
    if token is None:
        raise bad_request("nextToken : Invalid format")
    return token


def _page_size(call: Call) -> int:
    return _count(call, "maxPerPage", MAX_PER_PAGE, MAX_PER_PAGE)


def _count(call: Call, name: str, usual: int, most: int | None) -> int:
    text = call.params.get(name, "")
    if not text:
        return usual
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise bad_request(f"{name} : '{text}' is not a positive number")
    if most is not None and int(text) > most:
        raise bad_request(f"{name} : at most {most}")
    return int(text)


def _number(text: str, name: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise bad_request(f"{name} must be a number.")
    return int(text)


def _moment_with_offset(call: Call, name: str, form: re.Pattern[str]) -> datetime:
    """yyyy-MM-dd+09:00 or yyyy-MM-ddTHH:mm+09:00. A bare "+" arrives as a space: refused."""
    text = call.needed(name)
    match = form.fullmatch(text)
    try:
        if match is None:
            raise ValueError(text)
        whole = text if "T" in text else f"{match[1]}T00:00{match[2]}"
        return datetime.fromisoformat(whole).astimezone(UTC)
    except ValueError:
        raise bad_request(f"{name} : '{text}' is not of the form yyyy-MM-dd+09:00") from None


def _korean_moment(call: Call, name: str, form: re.Pattern[str]) -> datetime:
    text = call.needed(name)
    try:
        if not form.fullmatch(text):
            raise ValueError(text)
        return datetime.fromisoformat(text).replace(tzinfo=KST).astimezone(UTC)
    except ValueError:
        wanted = "yyyy-MM-ddTHH:mm:ss" if form is _SECOND else "yyyy-MM-ddTHH:mm"
        raise bad_request(f"{name} : '{text}' is not of the form {wanted}") from None


def _korean_day(call: Call, name: str) -> date:
    text = call.needed(name)
    try:
        if not _DAY.fullmatch(text):
            raise ValueError(text)
        return date.fromisoformat(text)
    except ValueError:
        raise bad_request(f"{name} : '{text}' is not of the form yyyy-MM-dd") from None


def _sales_day(call: Call, name: str) -> date:
    text = call.needed(name)
    try:
        if not _DAY.fullmatch(text):
            raise ValueError(text)
        return date.fromisoformat(text)
    except ValueError:
        raise bad_request(errors.invalid_day(name)) from None


def _check_order(start: Any, end: Any) -> None:  # noqa: ANN401 - two dates or two datetimes
    if end < start:
        raise bad_request("the end of the range is before its start")


def _check_vendor(call: Call) -> None:
    if call.needed("vendorId") != call.account.vendor_id:
        raise bad_request(errors.INVALID_VENDOR)


def _a_month_after(of: date) -> date:
    following = (of.replace(day=1) + timedelta(days=32)).replace(day=1)
    last_day = (following + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    return following.replace(day=min(of.day, last_day.day))
