"""The confirmed-sales history: what of it counts, by order and item (P4 c, P7, P9)."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from tests.reference.rows import Reading, Row, SeenOrder, lines_by_place, seen_order, to_day
from tests.reference.sheets import count

COUPON_COLUMNS = ("seller_discount_coupon", "downloadable_coupon", "coupang_discount_coupon")


@dataclass(frozen=True)
class Entry:
    """One item of a SALE or REFUND row."""

    item: str | None
    has_quantity: bool
    quantity: int
    sale_price: int | None
    coupons: tuple[int, int, int]
    row: Row


@dataclass(frozen=True)
class SalesRow:
    """One row of the history; `order_id` is None for Coupang's adjustments."""

    place: SeenOrder
    order_id: str | None
    sale_type: str
    sale_date: date | None
    recognition_date: date
    delivery_fee: int
    entries: tuple[Entry, ...]

    def counts(self) -> bool:
        """Whether any entry is a SALE or REFUND: those of quantity 0 are neither."""
        return any(entry.quantity > 0 for entry in self.entries)


@dataclass(frozen=True)
class ItemSales:
    """SALE or REFUND of one item of an order, summed over its rows."""

    quantity: int = 0
    amount: int = 0
    coupons: tuple[int, int, int] = (0, 0, 0)
    first_sale_date: date | None = None
    first_day: date | None = None  # first and last recognition day
    last_day: date | None = None
    lacks_price: bool = False
    newest: Row | None = None

    @property
    def exists(self) -> bool:
        return self.first_day is not None


def read_sales(
    sale_rows: list[Row], item_rows: list[Row], readings: list[Reading]
) -> list[SalesRow]:
    """Rows that count: of each recognition day those of its newest whole reading."""
    lines = lines_by_place(item_rows)
    sales = [reading for reading in readings if reading.listing == "confirmed_sales"]
    kept = []
    for row in sorted(sale_rows, key=seen_order):
        day = to_day(row["recognition_date"])
        newest = [reading.reading_id for reading in sales if reading.asked_for(day)]
        if not newest or newest[-1] != row["reading_id"]:
            continue
        entries = tuple(
            Entry(
                item=line["vendor_item_id"],
                has_quantity=count(line["quantity"]) is not None,
                quantity=count(line["quantity"]) or 0,
                sale_price=line["sale_price"],
                coupons=tuple(line[column] or 0 for column in COUPON_COLUMNS),
                row=line,
            )
            for line in lines.get(seen_order(row), ())
        )
        kept.append(
            SalesRow(
                place=seen_order(row),
                order_id=None if row["order_id"] in (None, "0") else row["order_id"],
                sale_type=row["sale_type"],
                sale_date=to_day(row["sale_date"]),
                recognition_date=day,
                delivery_fee=row["delivery_fee_amount"] or 0,
                entries=entries,
            )
        )
    return kept


def sum_by_item(rows: Iterable[SalesRow], sale_type: str) -> dict[str, ItemSales]:
    """Entries with a quantity of one type, summed by item over the rows of one order."""
    found: dict[str, list[tuple[SalesRow, Entry]]] = defaultdict(list)
    for row in rows:
        if row.sale_type == sale_type:
            for entry in row.entries:
                if entry.quantity > 0:
                    found[entry.item].append((row, entry))
    return {
        item: ItemSales(
            quantity=sum(entry.quantity for _, entry in pairs),
            amount=sum(entry.sale_price or 0 for _, entry in pairs),
            coupons=tuple(sum(entry.coupons[kind] for _, entry in pairs) for kind in range(3)),
            first_sale_date=min(row.sale_date for row, _ in pairs),
            first_day=min(row.recognition_date for row, _ in pairs),
            last_day=max(row.recognition_date for row, _ in pairs),
            lacks_price=any(entry.sale_price is None for _, entry in pairs),
            newest=max(pairs, key=lambda pair: (pair[0].place, pair[1].row["line_no"]))[1].row,
        )
        for item, pairs in found.items()
    }
