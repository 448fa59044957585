"""The reference's marts and those of a built warehouse, side by side."""

from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, fields
from typing import Any

import duckdb

from tests.reference import marts as rows
from tests.reference.marts import Marts

KEYS: dict[str, tuple[str, ...]] = {
    "dim_accounts": (),
    "fct_coverage": ("listing", "covered_date"),
    "fct_orders": ("order_id",),
    "fct_order_items": ("order_id", "vendor_item_id"),
    "fct_cancellations": (
        "order_id",
        "evidence",
        "receipt_id",
        "vendor_item_id",
        "shipment_box_id",
    ),
    "fct_daily_revenue": ("payment_date",),
    "fct_data_issues": ("order_id", "issue_type"),
}
ROW_CLASSES = {
    "dim_accounts": rows.Account,
    "fct_coverage": rows.Coverage,
    "fct_orders": rows.Order,
    "fct_order_items": rows.OrderItem,
    "fct_cancellations": rows.Cancellation,
    "fct_daily_revenue": rows.DailyRevenue,
    "fct_data_issues": rows.DataIssue,
}

# What the policy names; the warehouse may list more types.
ISSUE_TYPES = (
    "line_amount_differs",
    "line_without_amount",
    "foreign_currency",
    "receipt_without_order",
    "vanished_without_receipt",
    "superseded_box",
    "refund_without_sale",
    "sales_row_without_order",
    "coupon_refund_exceeds_sale",
    "confirmed_less_than_live",
    "never_confirmed",
)

Key = tuple[Any, ...]
Values = dict[str, Any]


class Difference(str):
    """One row on which the two disagree, readable; knows whose world it is and of what kind."""

    mart: str
    vendor_id: str
    kind: str

    @classmethod
    def of(cls, mart: str, vendor_id: str, what: str, text: str) -> "Difference":
        difference = cls(f"{mart} of {vendor_id}: {text}")
        difference.mart, difference.vendor_id = mart, vendor_id
        difference.kind = f"{mart}.{what}"
        return difference


def compare(
    con: duckdb.DuckDBPyConnection, expected: Marts, schema: str = "marts"
) -> list[Difference]:
    """Differences between the marts in `schema` and the reference, row by row.

    Accounts come first and days last, so that a cause stands above what follows from it.
    """
    return [
        difference
        for mart in KEYS
        for difference in _compare_mart(
            mart,
            dict(_reference(mart, expected)),
            _built(con, mart, schema),
        )
    ]


def first_of_each_mart(differences: list[Difference], number: int = 3) -> list[str]:
    """The first differences of every mart, for people."""
    shown: Counter[str] = Counter()
    kept: list[str] = []
    for difference in differences:
        shown[difference.mart] += 1
        if shown[difference.mart] <= number:
            kept.append(difference)
    return kept + [f"{mart}: {count} differences in all" for mart, count in shown.items()]


def _reference(mart: str, expected: Marts) -> list[tuple[Key, Values]]:
    return _keyed(mart, [asdict(row) for row in getattr(expected, mart)])


def _built(con: duckdb.DuckDBPyConnection, mart: str, schema: str) -> dict[Key, Values]:
    columns = [column.name for column in fields(ROW_CLASSES[mart])]
    cursor = con.execute(f'select {", ".join(columns)} from "{schema}"."{mart}"')
    return dict(_keyed(mart, [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]))


def _keyed(mart: str, found: list[Values]) -> list[tuple[Key, Values]]:
    """Rows under their key; of issues, whose text is free, the number of each kind."""
    key_columns = ("vendor_id", *KEYS[mart])

    def key(row: Values) -> Key:
        return tuple(row[column] for column in key_columns)

    if mart == "fct_data_issues":
        found = [row for row in found if row["issue_type"] in ISSUE_TYPES]
        for row in found:
            if row["issue_type"] == "sales_row_without_order":
                row["order_id"] = None  # "0" or none: Coupang's way to say that there is none
        return [(kind, {"rows": count}) for kind, count in Counter(map(key, found)).items()]
    counts = Counter(map(key, found))
    return [(key(row), {**row, "rows": counts[key(row)]}) for row in found]


def _compare_mart(
    mart: str, expected: dict[Key, Values], built: dict[Key, Values]
) -> list[Difference]:
    order: Callable[[Key], list[str]] = lambda key: [str(part) for part in key]  # noqa: E731
    differences = []
    for key in sorted(expected.keys() | built.keys(), key=order):
        name = " ".join(str(part) for part in key[1:])
        # issues have no columns to tell apart: their type is what differs
        subject = f"{key[-1]}." if mart == "fct_data_issues" else ""
        if key not in built:
            what = "missing"
            text = f"{name} is missing; the reference has {_short(expected[key])}"
        elif key not in expected:
            what = "unknown"
            text = f"{name} is unknown to the reference; the mart has {_short(built[key])}"
        else:
            unlike = {
                column: f"{column} is {built[key][column]}, the reference says {value}"
                for column, value in expected[key].items()
                if built[key][column] != value
            }
            if not unlike:
                continue
            what = next(iter(unlike))
            text = f"{name}: " + "; ".join(unlike.values())
        differences.append(Difference.of(mart, key[0], subject + what, text))
    return differences


def _short(values: Values) -> str:
    return ", ".join(
        f"{column}={value}" for column, value in values.items() if column != "account_name"
    )
