"""Boxes and their lines as the order listings tell of them (P2, P3, P13, P14)."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from tests.reference.rows import Reading, Row, SeenOrder, lines_by_place, seen_order, to_kst

COUPON_COLUMNS = ("instant_coupon_discount", "downloadable_coupon_discount", "coupang_discount")


def is_foreign(code: str | None) -> bool:
    """Whether a currency code is another than KRW; no code is KRW."""
    return code is not None and code != "KRW"


def count(value: int | None) -> int | None:
    """A quantity; a negative one is none."""
    return None if value is None or value < 0 else value


@dataclass(frozen=True)
class Line:
    """A line of a box's newest row."""

    item: str
    quantity: int | None
    amount: int
    cancelled: int
    coupons: tuple[int, int, int]
    is_foreign: bool
    differs: bool
    lacks_amount: bool
    row: Row

    @property
    def bought(self) -> int:
        return self.quantity or 0


def read_line(row: Row) -> Line:
    """P2 and P14: what one line says, and what is odd about it."""
    order_price, sales_price = row["order_price"], row["sales_price"]
    order_currency, sales_currency = row["order_price_currency"], row["sales_price_currency"]
    if order_price is not None:
        foreign = is_foreign(order_currency)
    elif sales_price is not None:
        foreign = is_foreign(sales_currency)
    else:
        foreign = is_foreign(order_currency) or is_foreign(sales_currency)

    quantity = count(row["shipping_count"])
    product = (
        sales_price * quantity
        if sales_price is not None and quantity is not None and not is_foreign(sales_currency)
        else None
    )
    amount = order_price if order_price is not None else product
    differs = bool(quantity) and None not in (order_price, product) and order_price != product
    lacks_amount = quantity is None or amount is None or (quantity == 0 and amount != 0)
    coupons = tuple(
        0
        if row[column] is None or is_foreign(row[f"{column}_currency"]) or not quantity
        else row[column]
        for column in COUPON_COLUMNS
    )
    return Line(
        item=row["vendor_item_id"],
        quantity=quantity,
        amount=amount if amount is not None and quantity else 0,
        cancelled=count(row["cancel_count"]) or 0,
        coupons=coupons,
        is_foreign=foreign,
        differs=differs and not foreign,
        lacks_amount=lacks_amount and not foreign,
        row=row,
    )


@dataclass
class Box:
    """A box as its newest row shows it, and when it was listed."""

    box_id: str
    order_id: str
    ordered_at: datetime
    paid_at: datetime | None
    shipping: int
    has_foreign_shipping: bool
    lines: list[Line]
    first_seen: SeenOrder
    last_seen: SeenOrder
    is_vanished: bool
    moved: set[str] = field(default_factory=set)

    @property
    def paid_or_ordered(self) -> datetime:
        return self.paid_at or self.ordered_at

    @property
    def is_superseded(self) -> bool:
        return bool(self.moved)

    def items(self) -> set[str]:
        """Items listed in the box, in any currency."""
        return {line.item for line in self.lines}

    def won_lines(self, item: str) -> list[Line]:
        """Lines of the item in KRW, whether they moved or not."""
        return [line for line in self.lines if line.item == item and not line.is_foreign]

    def bought(self, item: str) -> int:
        return sum(line.bought for line in self.won_lines(item))

    def counting_lines(self) -> list[Line]:
        """Lines that did not move, in any currency."""
        return [line for line in self.lines if line.item not in self.moved]


def read_boxes(
    sheet_rows: list[Row], line_rows: list[Row], readings: list[Reading]
) -> dict[str, list[Box]]:
    """Boxes by order, with what vanished and what moved."""
    lines = lines_by_place(line_rows)
    shown: dict[str, list[Row]] = defaultdict(list)
    for row in sheet_rows:
        shown[row["shipment_box_id"]].append(row)

    orders: dict[str, list[Box]] = defaultdict(list)
    for box_id, rows in sorted(shown.items()):
        rows.sort(key=seen_order)
        newest = rows[-1]
        parts = [
            (newest["shipping_price"], newest["shipping_price_currency"]),
            (newest["remote_price"], newest["remote_price_currency"]),
        ]
        box = Box(
            box_id=box_id,
            order_id=newest["order_id"],
            ordered_at=to_kst(newest["ordered_at"]),
            paid_at=to_kst(newest["paid_at"]),
            shipping=sum(
                amount for amount, code in parts if amount is not None and not is_foreign(code)
            ),
            has_foreign_shipping=any(amount and is_foreign(code) for amount, code in parts),
            lines=[read_line(row) for row in lines.get(seen_order(newest), ())],
            first_seen=seen_order(rows[0]),
            last_seen=seen_order(newest),
            is_vanished=False,
        )
        days = {box.ordered_at.date(), box.paid_or_ordered.date()}
        box.is_vanished = any(
            reading.listing == "order_sheets"
            and reading.reading_id > box.last_seen[0]
            and all(reading.asked_for(day) for day in days)
            for reading in readings
        )
        orders[box.order_id].append(box)

    for boxes in orders.values():
        for old in boxes:
            if old.is_vanished:
                old.moved = {item for item in old.items() if moved_into(old, item, boxes)}
    return orders


def moved_into(old: Box, item: str, boxes: list[Box]) -> list[Box]:
    """Boxes of the order that list the item and were first seen after the old one was last seen.

    After: in a later request; what one answer shows side by side is there at the same time.
    """
    return [box for box in boxes if box.first_seen[:2] > old.last_seen[:2] and item in box.items()]
