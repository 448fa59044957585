"""What the gateway and the API answer when they refuse.

Texts marked D stand in the Coupang Open API docs (or in reports of its users); the others are ours,
where no text is known.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

CANCELLED_OR_RETURNED = "해당 주문이 취소 또는 반품되었습니다."  # D
INVALID_ORDER = "유효하지 않은 주문번호 입니다."  # D
INVALID_VENDOR = "Invalid vendor ID"  # D
RANGE_31_DAYS = "endTime-startTime range should less than31."  # D
ORDER_ID_NEEDED = "OrderId can't be null , if doesn't pass the parameter status"  # D
VIEW_7_DAYS = "The maximum view duration is 7 days"  # D
UNTIL_YESTERDAY = "dateTo: 전일까지만 조회할 수 있습니다."  # D
WITHIN_ONE_MONTH = "dateFrom, dateTo: 1달 이내의 범위로만 조회가능합니다."  # D
LESS_THAN_ONE_MONTH = "Date range period must be less than 1 months"  # D
TOKEN_IS_NULL = "token cannot be null"  # D  # noqa: S105 - a message
TOKEN_INVALID = "token: Invalid format. 첫 페이지 호출 시에는 비워두세요."  # D  # noqa: S105
TOO_MANY = "Too many requests. Try after 3 seconds"  # D: the second sentence


def not_present(name: str) -> str:
    """D: a query parameter that is missing altogether."""
    return f"Required String parameter '{name}' is not present"


def invalid_day(name: str) -> str:
    """D: a date of the sales history that is none."""
    return f"{name}: Invalid format. 'yyyy-MM-dd' 형식을 사용하세요."


def ip_not_allowed(address: str) -> str:
    """D: the caller is not on the allowlist of the key."""
    return f"Your ip address {address} is not allowed"


@dataclass
class ApiError(Exception):
    """An answer that refuses: HTTP status and JSON body."""

    status: int
    body: dict[str, Any]
    headers: dict[str, str] = field(default_factory=dict)


def bad_request(message: str) -> ApiError:
    """400 by the API."""
    return ApiError(400, {"code": 400, "message": message})


def gateway(status: int, message: str) -> ApiError:
    """A refusal before the API is reached: `code` is a word there, and a number of the case."""
    return ApiError(status, {"code": "ERROR", "message": message, "transactionId": str(uuid4())})
