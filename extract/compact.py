"""Keeping raw small: readings that are neither the first nor the newest of their key go.

Daily look-backs read an order some nine times. Staging asks raw only what a key's newest row
says, and when it was first and last seen; what lies between changes no number. What a load that
never completed left behind goes too. The read log and the account states stay whole.
"""

from pathlib import Path

import duckdb

from extract.trouble import duckdb_trouble
from extract.warehouse import DATASET, Warehouse

# More than this many rows a key: the file is worth the rewriting (two rows a key stay).
ROWS_A_KEY = 3

_PLACE = "reading_id * 1000000 + request_no"

# Business key of each table whose rows are decided by when they were seen.
_SEEN = {
    "order_sheets": "vendor_id, shipment_box_id",
    "receipts": "vendor_id, receipt_id",
    "withdrawals": "vendor_id, cancel_id, created_at",
}
_LINES = {"order_sheet_items": "order_sheets", "receipt_items": "receipts"}

# Tables of which a day or month is what its newest whole reading says: how to tell the day.
_REPLACED = {
    "confirmed_sales": ("confirmed_sales", "recognition_date"),
    "confirmed_sale_items": ("confirmed_sales", "recognition_date"),
    "settlements": (
        "settlements",
        "coalesce(revenue_recognition_year_month, "
        "substring(revenue_recognition_date_from, 1, 7)) || '-01'",
    ),
}


def is_due(warehouse: Warehouse) -> bool:
    """Whether raw holds so many readings of the same orders that compacting pays."""
    return warehouse.rows_a_box() > ROWS_A_KEY


def compact(path: Path) -> int:
    """Drops what no model asks for, in one transaction; how many rows went."""
    try:
        with duckdb.connect(str(path)) as connection:
            connection.execute("reset memory_limit")  # a run in this process holds it low
            connection.begin()
            count = sum(_steps(connection))
            connection.commit()
            connection.execute("checkpoint")
            return count
    except duckdb.Error as error:
        raise duckdb_trouble(error, path) from None


def _steps(connection: duckdb.DuckDBPyConnection) -> list[int]:
    complete = f"select load_id from {DATASET}._dlt_loads where status = 0"  # noqa: S608
    tables = [*_SEEN, *_LINES, *_REPLACED]
    steps = [f"delete from {DATASET}.{t} where _dlt_load_id not in ({complete})" for t in tables]  # noqa: S608
    for table, key in _SEEN.items():
        steps.append(
            f"""
            delete from {DATASET}.{table} as rows
            using (
                select {key}, min({_PLACE}) as first_place, max({_PLACE}) as last_place
                from {DATASET}.{table}
                group by all
            ) as seen
            where {_same("rows", "seen", key)}
                and {_PLACE} not in (seen.first_place, seen.last_place)
            """  # noqa: S608
        )
    for lines, table in _LINES.items():
        steps.append(
            f"""
            delete from {DATASET}.{lines}
            where (vendor_id, reading_id, request_no, row_no) not in (
                select (vendor_id, reading_id, request_no, row_no) from {DATASET}.{table}
            )
            """  # noqa: S608
        )
    for table, (listing, day) in _REPLACED.items():
        steps.append(
            f"""
            delete from {DATASET}.{table} as rows
            using (
                select days.vendor_id, days.day,
                    min(log.reading_id) as first_reading, max(log.reading_id) as last_reading
                from (select distinct vendor_id, {day} as day from {DATASET}.{table}) as days
                inner join {DATASET}.read_log as log
                    on log.vendor_id = days.vendor_id
                    and log.window_from <= days.day
                    and log.window_to >= days.day
                where log.listing = '{listing}' and log.is_whole
                    and log._dlt_load_id in ({complete})
                group by all
            ) as kept
            where rows.vendor_id = kept.vendor_id
                and {day} = kept.day
                and rows.reading_id not in (kept.first_reading, kept.last_reading)
            """  # noqa: S608
        )
    return [connection.execute(step).fetchall()[0][0] for step in steps]


def _same(left: str, right: str, key: str) -> str:
    return " and ".join(
        f"{left}.{column} is not distinct from {right}.{column}" for column in key.split(", ")
    )
