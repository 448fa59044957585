"""What the marts say in English sentences, in the reader's language: errors and data issues.

The marts keep one sentence each, so that every tool reads the same; here it is taken apart and said
anew, amounts with their separators. A sentence that nobody knows is shown as it came.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from extract.errors import (
    AddressRefused,
    Blocked,
    ClockSkewed,
    KeyRefused,
    RateExceeded,
    VendorRefused,
)
from publish.texts import Said, Won, said

# text -> the sentence of fct_data_issues.detail it stands for, with its values by name
DETAILS = {
    key: re.compile(pattern)
    for key, pattern in {
        "detail.line_amount_differs": (
            r"orderPrice of box (?P<box>\S+), item (?P<item>\S+)"
            r" is not salesPrice x shippingCount = (?P<amount>-?\d+)"
        ),
        "detail.line_without_amount": (
            r"box (?P<box>\S+), item (?P<item>\S+):"
            r" the line has no usable amount or quantity and counts 0"
        ),
        "detail.entry_without_quantity": (
            r"(?P<type>SALE|REFUND) entry of (?P<day>\S+), item (?P<item>\S+),"
            r" has no usable quantity and counts 0"
        ),
        "detail.entry_without_amount": (
            r"item (?P<item>\S+)"
            r" is known from the sales history only, where a SALE entry has no salePrice"
        ),
        "detail.foreign_line": (
            r"box (?P<box>\S+), item (?P<item>\S+): the line is not in KRW and is left out"
        ),
        "detail.foreign_shipping": (
            r"box (?P<box>\S+): its shipping is not in KRW and is left out"
        ),
        "detail.receipt_without_order": (
            r"receipt (?P<receipt>\S+): its order was never listed;"
            r" probably paid and cancelled between two collections"
        ),
        "detail.receipt_without_quantity": (
            r"receipt (?P<receipt>\S+) does not say how many units of which item it takes;"
            r" what it leaves out counts 0"
        ),
        "detail.vanished_without_receipt": (
            r"box (?P<box>\S+) is no longer listed and nothing says that it was cancelled;"
            r" it still counts"
        ),
        "detail.superseded_box": (
            r"box (?P<box>\S+) is gone and its items are listed again in a younger box;"
            r" what moved counts there"
        ),
        "detail.refund_without_sale": (
            r"item (?P<item>\S+): a REFUND of something that no sheet and no SALE row tells of"
        ),
        "detail.sales_row_without_order": (
            r"(?P<type>SALE|REFUND) row of (?P<day>\S+) without an order:"
            r" an adjustment by Coupang, in the revenue of no order"
        ),
        "detail.coupon_refund_exceeds_sale": (
            r"item (?P<item>\S+):"
            r" its REFUND rows give back more coupon than its SALE rows took off"
        ),
        "detail.confirmed_less_than_live": (
            r"item (?P<item>\S+): (?P<live>-?\d+) live, (?P<confirmed>-?\d+) confirmed and not"
            r" refunded, thirty days after the last confirmation"
        ),
        "detail.never_confirmed": (
            r"item (?P<item>\S+) lives and is not confirmed sixty days after its payment"
        ),
    }.items()
}


def issue_in_words(detail: str) -> Said | str:
    """What is odd about a thing of fct_data_issues."""
    for key, pattern in DETAILS.items():
        if found := pattern.fullmatch(detail):
            values: dict[str, object] = dict(found.groupdict())
            if "amount" in values:
                values["amount"] = Won(int(found["amount"]))
            if "type" in values:
                values["type"] = said(f"sale_type.{found['type']}")
            return said(key, **values)
    return detail


def error_in_words(error: str) -> Said | str:
    """An account's last error; in Korean what to do comes first, where it is one we know."""
    for kind in (KeyRefused, AddressRefused, ClockSkewed, VendorRefused, Blocked, RateExceeded):
        if kind.remedy in error:
            return said("accounts.error", todo=said(f"todo.{kind.kind}"), error=error)
    return error


# columns of the marts whose sentences are said anew for people
SENTENCES: dict[str, Callable[[str], Said | str]] = {
    "detail": issue_in_words,
    "last_error": error_in_words,
}
