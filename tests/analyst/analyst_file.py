"""Published files with the rows a test writes, columns as the marts' contracts declare them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb

from bench.synthetic import write_file

Row = dict[str, Any]
ONE, TWO = "A00000001", "A00000002"


def account(vendor_id: str = ONE, name: str = "하나", **columns: object) -> Row:
    return {
        "vendor_id": vendor_id,
        "account_name": name,
        "is_linked": True,
        "start_date": date(2026, 1, 1),
        "collected_through": date(2026, 2, 28),
        "last_collected_at": datetime.fromisoformat("2026-02-28 20:10"),
        **columns,
    }


def day(
    payment_date: date,
    paid: int | None = 0,
    cancelled: int = 0,
    coupon: int = 0,
    vendor_id: str = ONE,
    status: str = "final",
    **columns: object,
) -> Row:
    """A row of fct_daily_revenue; `paid=None` is a missing day."""
    row: Row = {
        "vendor_id": vendor_id,
        "account_name": {ONE: "하나", TWO: "둘"}[vendor_id],
        "payment_date": payment_date,
        "data_status": "missing" if paid is None else status,
    }
    if paid is not None:
        row |= {
            "paid_krw": paid,
            "cancelled_krw": cancelled,
            "coupon_krw": coupon,
            "revenue_krw": paid - cancelled - coupon,
            "expected_revenue_krw": paid - cancelled - coupon,
            "item_krw": paid - cancelled,
            "shipping_krw": 0,
            "pending_return_krw": 0,
            "order_count": 1 if paid else 0,
            "cancelled_order_count": 1 if paid and paid == cancelled else 0,
            "unconfirmed_order_count": 0,
        }
    return row | columns


def publish(path: Path, **marts: Sequence[Row]) -> Path:
    """A published file that holds these rows; a column that no contract declares is an error."""
    write_file(path, None)
    with duckdb.connect(str(path)) as con:
        for mart, rows in marts.items():
            for row in rows:
                columns = ", ".join(row)
                marks = ", ".join("?" * len(row))
                con.execute(f"insert into {mart} ({columns}) values ({marks})", list(row.values()))
    return path
