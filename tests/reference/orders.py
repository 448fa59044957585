"""One order: what was bought, what of it lives, what its coupons come to (P1, P3-P9, P11)."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from math import floor

from tests.reference.claims import Receipt
from tests.reference.sales import ItemSales, SalesRow, sum_by_item
from tests.reference.sheets import Box, Line, moved_into

NOTHING = ItemSales()


def share(amount: int, part: int, whole: int) -> int:
    """amount x part / whole in whole won, rounded half up; nothing of nothing is 0."""
    if whole == 0:
        return 0
    return floor(Fraction(amount * part, whole) + Fraction(1, 2))


@dataclass
class Item:
    """One item of an order, over its boxes."""

    item: str
    is_from_sales: bool
    boxes: list[Box]  # where its KRW lines count; none for an item from the sales history
    moved_out_of: list[Box]
    moved_into: list[Box]
    bought: int
    amount: int
    sheet_coupons: tuple[int, int, int]
    newest_line: Line | None
    sale: ItemSales
    refund: ItemSales
    receipts: list[Receipt]  # all that name the item, effective or not

    told_by_boxes: int = 0
    told_by_receipts: int = 0
    told_by_sales: int = 0
    cancelled: int = 0
    cancelled_in_box: dict[str, int] = field(default_factory=dict)

    @property
    def net(self) -> int:
        return self.bought - self.cancelled

    def live_amount(self, net: int) -> int:
        """P5."""
        return share(self.amount, net, self.bought)

    @property
    def item_krw(self) -> int:
        return self.live_amount(self.net)

    def counting_receipts(self) -> list[Receipt]:
        """Effective receipts, in the order in which they took effect.

        P9: the SALE quantity leaves out what was cancelled before it, so that earlier receipts
        count nothing for an item known from the sales history alone.
        """
        effective = [receipt for receipt in self.receipts if receipt.is_effective(self.item)]
        if self.is_from_sales:
            effective = [
                receipt
                for receipt in effective
                if receipt.effect_date(self.item) >= self.sale.first_day
            ]
        return sorted(
            effective,
            key=lambda receipt: (receipt.effect_date(self.item), int(receipt.receipt_id)),
        )

    def by_place(self, receipts: list[Receipt]) -> tuple[Counter[str], int]:
        """Units of receipts by box, and at item level (P4 b, P13)."""
        at_box: Counter[str] = Counter()
        at_item = at_old_boxes = 0
        counting, old = ({box.box_id for box in part} for part in (self.boxes, self.moved_out_of))
        for receipt in receipts:
            for box_id, units in receipt.quantities[self.item]:
                if box_id in old:
                    at_old_boxes += units
                elif box_id in counting:
                    at_box[box_id] += units
                else:
                    at_item += units
        # P13: as far as the new boxes still hold what those receipts took
        left = [box for box in self.moved_out_of if box not in self.moved_into]
        entered = [box for box in self.moved_into if box not in self.moved_out_of]
        o, n = (sum(box.bought(self.item) for box in part) for part in (left, entered))
        return at_box, at_item + max(0, at_old_boxes - max(0, o - n))

    def told_by(self, receipts: list[Receipt]) -> int:
        """Units that receipts alone tell of: at each box at most what was bought there."""
        at_box, at_item = self.by_place(receipts)
        return at_item + sum(min(units, self.bought_in(box_id)) for box_id, units in at_box.items())

    def bought_in(self, box_id: str) -> int:
        return sum(box.bought(self.item) for box in self.boxes if box.box_id == box_id)

    def work_out_cancelled(self) -> None:
        """P4."""
        receipts = self.counting_receipts()
        at_box, at_item = self.by_place(receipts)
        for box in self.boxes:
            sheet = sum(line.cancelled for line in box.won_lines(self.item))
            told = max(sheet, at_box[box.box_id])
            self.cancelled_in_box[box.box_id] = min(told, box.bought(self.item))
        self.told_by_boxes = sum(self.cancelled_in_box.values())
        self.told_by_receipts = at_item + sum(
            min(units, self.bought_in(box_id)) for box_id, units in at_box.items()
        )
        self.told_by_sales = self.refund.quantity
        if self.sale.exists:
            early = sum(
                receipt.quantity(self.item)
                for receipt in receipts
                if receipt.effect_date(self.item) < self.sale.first_day
            )
            left_out = min(early, self.told_by_receipts, self.bought - self.sale.quantity)
            self.told_by_sales += max(0, left_out)
        told = max(self.told_by_boxes, self.told_by_receipts, self.told_by_sales)
        self.cancelled = min(told, self.bought)

    @property
    def confirmed_units(self) -> int:
        """s - r of P7."""
        return self.sale.quantity - self.refund.quantity

    @property
    def is_live(self) -> bool:
        return self.net > 0

    @property
    def is_wholly_confirmed(self) -> bool:
        return self.confirmed_units >= self.net

    def coupons(self) -> tuple[int, int, int]:
        """P7: instant, downloadable, funded by Coupang; each by itself."""
        return tuple(self.coupon(kind) for kind in range(3))

    def coupon(self, kind: int) -> int:
        net, confirmed = self.net, self.confirmed_units
        value = self.sale.coupons[kind] - self.refund.coupons[kind]
        if not self.sale.exists or net == 0 or confirmed <= 0:
            return 0
        return max(0, value if confirmed <= net else share(value, net, confirmed))

    def expected_coupons(self) -> tuple[int, int, int]:
        """P8: what the sheet's coupons take off the live units that are not confirmed yet."""
        unconfirmed = max(0, self.net - max(self.confirmed_units, 0))
        return tuple(share(coupon, unconfirmed, self.bought) for coupon in self.sheet_coupons)

    def pending_return(self) -> int:
        """P11."""
        open_units = sum(
            receipt.quantity(self.item) for receipt in self.receipts if receipt.is_open(self.item)
        )
        return self.item_krw - self.live_amount(self.net - min(open_units, self.net))


@dataclass
class ShippingPart:
    """Shipping of a box, or of an order known from the sales history alone (box_id None)."""

    box_id: str | None
    amount: int
    items: list[Item]  # bought in it

    @property
    def is_dead(self) -> bool:
        """P6: every item bought in the box is cancelled."""
        return bool(self.items) and all(
            item.net == 0
            or (
                self.box_id is not None
                and item.cancelled_in_box[self.box_id] >= item.bought_in(self.box_id)
            )
            for item in self.items
        )


@dataclass
class OrderFacts:
    """One order, whether or not a mart shows it."""

    order_id: str
    boxes: list[Box]
    sales: list[SalesRow]
    receipts: list[Receipt]
    items: list[Item]
    shipping: list[ShippingPart]
    paid_at: datetime | None
    payment_date: date

    @property
    def is_from_sales(self) -> bool:
        return not self.boxes

    @property
    def is_all_foreign(self) -> bool:
        """P14: the order has lines that count, and all of them are foreign."""
        lines = [line for box in self.boxes for line in box.counting_lines()]
        return bool(lines) and all(line.is_foreign for line in lines)

    @property
    def foreign_items(self) -> set[str]:
        """Items that the sheets list, but with no KRW line that counts."""
        listed = {line.item for box in self.boxes for line in box.lines}
        return listed - {item.item for item in self.items if not item.is_from_sales}

    @property
    def has_open_return(self) -> bool:
        return any(
            receipt.is_open(item)
            for receipt in self.receipts
            # a receipt that names no item is open as a whole
            for item in receipt.quantities or [""]
        )


def read_order(
    order_id: str, boxes: list[Box], sales: list[SalesRow], receipts: list[Receipt]
) -> OrderFacts | None:
    """What sheets, sales history and receipts make of one order; None where they make none."""
    sale, refund = sum_by_item(sales, "SALE"), sum_by_item(sales, "REFUND")
    if not boxes and not sale:
        return None

    def named(item: str) -> list[Receipt]:
        return [receipt for receipt in receipts if item in receipt.quantities]

    items = []
    listed = {line.item for box in boxes for line in box.lines}
    for item_id in sorted(listed):
        holding = [box for box in boxes if item_id not in box.moved and box.won_lines(item_id)]
        if not holding:
            continue  # P14: no KRW line of it counts
        lines = [(box, line) for box in holding for line in box.won_lines(item_id)]
        old = [box for box in boxes if item_id in box.moved]
        new = {box.box_id: box for gone in old for box in moved_into(gone, item_id, boxes)}
        items.append(
            Item(
                item=item_id,
                is_from_sales=False,
                boxes=holding,
                moved_out_of=old,
                moved_into=list(new.values()),
                bought=sum(line.bought for _, line in lines),
                amount=sum(line.amount for _, line in lines),
                sheet_coupons=tuple(
                    sum(line.coupons[kind] for _, line in lines) for kind in range(3)
                ),
                newest_line=max(
                    lines, key=lambda pair: (pair[0].last_seen, pair[1].row["line_no"])
                )[1],
                sale=sale.get(item_id, NOTHING),
                refund=refund.get(item_id, NOTHING),
                receipts=named(item_id),
            )
        )
    for item_id in sorted(sale.keys() - listed):  # P9
        items.append(
            Item(
                item=item_id,
                is_from_sales=True,
                boxes=[],
                moved_out_of=[],
                moved_into=[],
                bought=sale[item_id].quantity,
                amount=sale[item_id].amount,
                sheet_coupons=(0, 0, 0),
                newest_line=None,
                sale=sale[item_id],
                refund=refund.get(item_id, NOTHING),
                receipts=named(item_id),
            )
        )
    for item in items:
        item.work_out_cancelled()

    if boxes:
        standing = [box for box in boxes if not box.is_superseded]
        paid_at = min(box.paid_or_ordered for box in standing)
        payment_date = paid_at.date()
        shipping = [
            ShippingPart(
                box_id=box.box_id,
                amount=box.shipping,
                items=[item for item in items if item.bought_in(box.box_id) > 0],
            )
            for box in standing
        ]
    else:
        paid_at = None
        payment_date = min(item.sale.first_sale_date for item in items)
        fees = sum(row.delivery_fee for row in sales if row.sale_type == "SALE" and row.counts())
        shipping = [ShippingPart(box_id=None, amount=fees, items=items)]
    return OrderFacts(order_id, boxes, sales, receipts, items, shipping, paid_at, payment_date)
