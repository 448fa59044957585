"""Random worlds: what Coupang may have said about one small seller, as raw rows.

A world is a vendor code with its own start date, a few runs of readings and a few orders whose
stories are drawn so that the corners of the policy are common and meet each other. Everything
follows from an integer seed. Ids come from tiny pools, so that they collide across worlds.
"""

import random
from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Any

from tests.reference.rows import KST
from tests.reference.worlds import MutableRow, World, declared_columns

ORDER_IDS = ("7", "8", "9", "10", "642538970006401429")
ITEM_IDS = ("1", "2", "3", "900000000000000001")
BOX_IDS = (*(str(number) for number in range(5, 17)), "100000000000000007")
RECEIPT_IDS = ("2", "9", "10", "11", "87", "100", "1000", "87033689", "870336890000000001")

PRICES = (1, 3, 5, 7, 333, 999, 1000, 3333, 10000, 27800)
COUPONS = (None, 0, 1, 3, 5, 100, 333, 1000)
FEES = (None, 0, 2500, 3000, 1, -5000)
TIMES = (
    time(0, 0, 0),
    time(23, 59, 59),
    time(23, 59, 59, 999999),
    time(8, 59, 59),
    time(9, 0, 0),
    time(16, 59, 59),
    time(17, 0, 0),
    time(12, 30, 15, 500000),
)
ZONES = (
    timezone(timedelta(hours=9)),
    timezone(timedelta(hours=-8)),
    timezone(timedelta(hours=5, minutes=30)),
    UTC,
)


def draw_worlds(seed: int, number: int, as_of: datetime) -> list[World]:
    """`number` worlds of one seed, all told up to `as_of`."""
    return [_Drawing(seed * 1_000_000 + index, as_of).draw() for index in range(number)]


@dataclass
class _Box:
    """A box over the runs: what each run's listing shows of it, None where it is not listed."""

    box_id: str
    order_id: str
    days: set[date]
    versions: list[MutableRow | None]


@dataclass
class _Receipt:
    """A receipt over the runs."""

    listing: str
    created: date
    versions: list[MutableRow | None]


@dataclass
class _Sale:
    """A row of the sales history and the runs whose readings show it."""

    day: date
    row: MutableRow
    runs: set[int]


@dataclass
class _Story:
    """All that happened in a world."""

    boxes: list[_Box] = field(default_factory=list)
    receipts: list[_Receipt] = field(default_factory=list)
    withdrawals: list[tuple[int, date, MutableRow]] = field(default_factory=list)
    sales: list[_Sale] = field(default_factory=list)


class _Drawing:
    """Draws one world."""

    def __init__(self, seed: int, as_of: datetime) -> None:
        self.rng = random.Random(seed)  # noqa: S311 - worlds have to be drawn again, not secret
        self.as_of = as_of.astimezone(KST)
        self.today = self.as_of.date()
        self.vendor_id = f"W{seed:010d}"
        self.rows: dict[str, list[MutableRow]] = {table: [] for table in declared_columns()}
        self.reading_id = 0
        self.load_number = 0
        self.load_id = ""
        self.told_days: list[date] = []
        self.free_boxes = list(BOX_IDS)
        self.free_receipts = list(RECEIPT_IDS)
        self.rng.shuffle(self.free_boxes)
        self.rng.shuffle(self.free_receipts)

    # -- small draws

    def chance(self, probability: float) -> bool:
        return self.rng.random() < probability

    def one(self, values: Iterable[Any]) -> Any:  # noqa: ANN401 - whatever the values are
        return self.rng.choice(list(values))

    def day(self, first: date, last: date) -> date:
        """A day of the span; the turn of the year and the edges of ages more often than others."""
        edges = [date(2025, 12, 31), date(2026, 1, 1), self.start]
        edges += [self.today - timedelta(days=age) for age in (29, 30, 31, 59, 60, 61)]
        edges += [self.start + timedelta(days=age) for age in (60, 61)]
        edges = [day for day in edges if first <= day <= last]
        if edges and self.chance(0.3):
            return self.one(edges)
        return first + timedelta(days=self.rng.randint(0, max(0, (last - first).days)))

    def moment(self, day: date) -> datetime:
        """A Korean wall-clock moment of the day, often at an edge."""
        if self.chance(0.6):
            return datetime.combine(day, self.one(TIMES))
        return datetime.combine(day, time(self.rng.randint(0, 23), self.rng.randint(0, 59)))

    def stamp(self, moment: datetime) -> str:
        """A moment as Coupang may write it: in one of four offsets, with Z, or without any."""
        if self.chance(0.35):
            return moment.isoformat(sep=self.one("T "))
        text = moment.replace(tzinfo=KST).astimezone(self.one(ZONES)).isoformat()
        return text.replace("+00:00", "Z") if self.chance(0.5) else text

    def currency(self, amount: int | None, foreign: bool = False) -> str | None:
        if foreign:
            return "TWD"
        if amount is None:
            return self.one((None, None, "KRW", "TWD") if self.chance(0.2) else (None, "KRW"))
        return None if self.chance(0.1) else "KRW"

    # -- the world

    def draw(self) -> World:
        span = self.one((3, 6, 9, 12, 16, 20, 25, 35, 45, 66, 80, 95))
        self.start = self.today - timedelta(days=span)
        self.runs = self.draw_runs()
        story = _Story()
        order_ids = self.rng.sample(ORDER_IDS, self.one((1, 1, 2, 2, 3, 4)))
        for order_id in order_ids:
            if self.runs and self.chance(0.4):
                self.tell_course(story, order_id)
            else:
                self.tell_order(story, order_id)
        if self.chance(0.25):
            unknown = self.one([order for order in ORDER_IDS if order not in order_ids])
            self.tell_receipts(story, unknown, self.start, ITEM_IDS, [None, "404"])
        if self.chance(0.2):
            self.tell_adjustment(story)
        self.read(story)
        return World(self.vendor_id, self.rows)

    def draw_runs(self) -> list[datetime]:
        """Moments of the runs, oldest first."""
        if self.chance(0.03):
            return []
        runs = []
        for _ in range(self.one((1, 2, 3, 3, 4, 5))):
            day = self.day(self.start, self.today)
            run = datetime.combine(day, self.one((time(0), time(6, 30), time(23, 59)))).replace(
                tzinfo=KST
            )
            runs.append(min(run, self.as_of))
        if self.chance(0.7):
            midnight = datetime.combine(self.today, time(0), KST)
            runs.append(self.one((self.as_of, midnight, self.as_of - timedelta(hours=1))))
        return sorted(runs)

    # -- orders

    def tell_order(self, story: _Story, order_id: str) -> None:
        span_start = self.start - timedelta(days=4 if self.chance(0.12) else 0)
        span_end = self.today + timedelta(days=2 if self.chance(0.08) else 0)
        paid_day = self.day(span_start, span_end)
        items = self.rng.sample(ITEM_IDS, self.one((1, 1, 2, 2, 3)))
        bought: dict[str, int] = {item: self.one((1, 2, 3)) for item in items}
        boxes: list[_Box] = []
        if self.chance(0.8) and self.runs:
            boxes = self.tell_boxes(order_id, paid_day, items, bought)
            story.boxes += boxes
        if self.chance(0.7):
            self.tell_receipts(
                story,
                order_id,
                paid_day,
                items,
                [box.box_id for box in boxes for _ in range(3)] + [None, "404"],
            )
        if self.chance(0.6) or not boxes:
            self.tell_sales(story, order_id, paid_day, bought)

    def tell_course(self, story: _Story, order_id: str) -> None:
        """The usual course of an order: cancelled early, listed anew, confirmed, refunded.

        Its quantities fit together or miss by one, its days meet or miss by one.
        """
        item = self.one(ITEM_IDS)
        bought, early = self.one((2, 3, 3, 4, 5)), self.one((0, 1, 1, 2))
        paid_day = self.day(self.start, self.today)
        boxes = self.tell_chain(order_id, paid_day, item, bought) if self.chance(0.85) else []
        story.boxes += boxes
        box_ids = [box.box_id for box in boxes] * 2 + [None]

        early_day = self.day(paid_day, min(self.today, paid_day + timedelta(days=9)))
        for units in self.parts(early):
            self.add_receipt(story, order_id, item, units, box_ids, early_day)
        sale_day = early_day + timedelta(days=self.one((-1, 0, 1, 1, 5)))
        sold = bought - early + self.one((0, 0, 0, 0, 1, -1))
        for units in self.parts(sold) if self.chance(0.85) else []:
            entries = [self.entry(item, units, "SALE") | {"quantity": units}]
            sale_date = paid_day + timedelta(days=self.one((0, 0, 0, 1)))
            self.add_sale(story, order_id, "SALE", sale_date, sale_day, entries)
            sale_day = self.day(sale_day, self.today)
        refunded = self.one((0, 0, 1, 1, 2, bought + 1))
        for units in self.parts(refunded):
            day = self.day(sale_day, self.today)
            entries = [self.entry(item, units, "REFUND") | {"quantity": units}]
            self.add_sale(story, order_id, "REFUND", paid_day, day, entries)
            if self.chance(0.4):
                self.add_receipt(story, order_id, item, units, box_ids, day)

    def parts(self, units: int) -> list[int]:
        """Units in one part or in two."""
        if units <= 0:
            return []
        return [units - 1, 1] if units > 1 and self.chance(0.3) else [units]

    def tell_chain(self, order_id: str, paid_day: date, item: str, bought: int) -> list[_Box]:
        """Boxes of one item, each gone before the next is listed, whose quantities may fall."""
        boxes = []
        cuts = sorted(self.rng.sample(range(1, 6), self.one((0, 1, 1, 2))))
        cuts = [cut for cut in cuts if cut < len(self.runs)]
        for first, last in zip([0, *cuts], [*cuts, len(self.runs)], strict=True):
            if not self.free_boxes:
                break
            ordered_day = paid_day - timedelta(days=self.one((0, 0, 1, 2)))
            row = self.box_row(order_id, self.free_boxes.pop(), ordered_day, paid_day, foreign=0)
            price = self.one(PRICES) * bought
            row["lines"] = [self.line_row(item, bought, foreign=0) | {"shipping_count": bought}]
            row["lines"][0] |= {"order_price": price, "order_price_currency": "KRW"}
            row["lines"][0]["cancel_count"] = self.one((0, 0, 0, 1, bought))
            versions = [row if first <= run < last else None for run in range(len(self.runs))]
            boxes.append(_Box(row["shipment_box_id"], order_id, {ordered_day, paid_day}, versions))
            bought = max(1, bought - self.one((0, 0, 1, 1, 2, -1)))
        return boxes

    def add_receipt(
        self,
        story: _Story,
        order_id: str,
        item: str,
        units: int,
        box_ids: list[str | None],
        day: date,
    ) -> None:
        """An effective receipt of one item, most often for one box."""
        if not self.free_receipts:
            return
        kind = self.one(("CANCEL", "RETURN"))
        receipt = self.receipt(order_id, day, [item], box_ids)
        moment = self.stamp(self.moment(min(day, self.today)))
        for row in receipt.versions:
            row |= {"receipt_type": kind, "receipt_status": "RETURNS_COMPLETED"}
            row |= {"created_at": moment, "modified_at": None, "complete_confirm_date": None}
            for line in row["lines"]:
                line["cancel_count"] = units
        listing = "cancel_requests" if kind == "CANCEL" else "return_requests"
        story.receipts.append(_Receipt(listing, min(day, self.today), receipt.versions))

    def tell_boxes(
        self, order_id: str, paid_day: date, items: list[str], bought: dict[str, int]
    ) -> list[_Box]:
        foreign = 1.0 if self.chance(0.06) else (0.3 if self.chance(0.12) else 0.0)
        boxes = []
        listed = {}
        for _ in range(self.one((1, 1, 1, 2, 2, 3))):
            held = self.rng.sample(items, self.rng.randint(1, len(items)))
            lines = {item: bought[item] for item in held}
            if self.chance(0.04):
                lines = {}
            listed.update(lines)
            boxes += self.tell_box(order_id, paid_day, lines, foreign, first_run=None)
        return [box for box in boxes if box is not None]

    def tell_box(
        self,
        order_id: str,
        paid_day: date,
        lines: dict[str, int],
        foreign: float,
        first_run: int | None,
    ) -> list[_Box]:
        """A box, and those that replace it."""
        if not self.free_boxes:
            return []
        box_id = self.free_boxes.pop()
        last = len(self.runs) - 1
        if first_run is None:
            first_run = self.one(range(last + 1)) if self.chance(0.3) else 0
        last_run = self.rng.randint(first_run, last) if self.chance(0.6) else last
        ordered_day = paid_day - timedelta(days=self.one((0, 0, 1, 2)))
        row = self.box_row(order_id, box_id, ordered_day, paid_day, foreign)
        row["lines"] = [
            self.line_row(item, quantity, foreign)
            for item, quantity in lines.items()
            for _ in range(2 if self.chance(0.05) else 1)
        ]
        versions: list[MutableRow | None] = [None] * len(self.runs)
        for run in range(first_run, last_run + 1):
            if run > first_run:
                row = self.changed_box(row)
            if not self.chance(0.1) or run == first_run:
                versions[run] = row
        boxes = [_Box(box_id, order_id, {ordered_day, paid_day}, versions)]

        is_replaced = last_run < last or self.chance(0.3)
        if is_replaced and self.chance(0.6):
            next_run = min(last, last_run + self.one((0, 1, 1)))
            held = list(lines)
            self.rng.shuffle(held)
            parts = self.one((1, 1, 1, 2))
            for part in range(parts):
                taken = held[part::parts]
                if self.chance(0.3):
                    taken = taken[: self.rng.randint(0, len(taken))]
                if self.chance(0.15):
                    taken = list(dict.fromkeys([*taken, self.one(ITEM_IDS)]))
                new = {
                    item: max(1, lines.get(item, 1) + self.one((0, 0, 0, -1, 1))) for item in taken
                }
                if new:
                    new_day = paid_day if self.chance(0.9) else paid_day + timedelta(days=1)
                    boxes += self.tell_box(order_id, new_day, new, foreign, next_run)
        return boxes

    def box_row(
        self, order_id: str, box_id: str, ordered_day: date, paid_day: date, foreign: float
    ) -> MutableRow:
        shipping, remote = self.one((None, 0, 2500, 3000, 3000)), self.one((None, None, 0, 5000))
        ordered = self.moment(ordered_day)
        self.told_days += [ordered_day, paid_day]
        paid = None
        if not self.chance(0.12):
            paid = self.stamp(self.moment(paid_day))
        return {
            "shipment_box_id": box_id,
            "order_id": order_id,
            "ordered_at": self.stamp(ordered),
            "paid_at": paid,
            "status": self.one(("ACCEPT", "INSTRUCT", "FINAL_DELIVERY", "SOMETHING_NEW", None)),
            "shipping_price": shipping,
            "shipping_price_currency": self.currency(shipping, self.chance(foreign * 0.5)),
            "remote_price": remote,
            "remote_price_currency": self.currency(remote, self.chance(foreign * 0.5)),
            "shipment_type": self.one(("THIRD_PARTY", "CGF", "CGF LITE", None)),
        }

    def line_row(self, item: str, quantity: int | None, foreign: float) -> MutableRow:
        if self.chance(0.05):
            quantity = self.one((None, 0, 0, -1, 5))
        unit = self.one(PRICES)
        total = unit * (quantity or 0)
        if self.chance(0.15):
            total = self.one((10000, total + 1, total * 10, 5, 1000))
        is_foreign = self.chance(foreign)
        order_price = None if self.chance(0.12) else total
        sales_price = None if self.chance(0.08) else unit
        if foreign and self.chance(0.1):
            order_price = sales_price = None
        row: MutableRow = {
            "vendor_item_id": item,
            "seller_product_id": f"40{item}",
            "product_id": f"50{item}",
            "seller_product_name": f"상품 {item}",
            "seller_product_item_name": f"옵션 {item}",
            "vendor_item_name": f"상품 {item}, 옵션 {item}",
            "external_vendor_sku_code": None if item == "3" else f"SKU-{item}",
            "shipping_count": quantity,
            "cancel_count": self.one((0, 0, 0, 0, 0, 0, 0, 0, None, 1, 1, 2, 3, -1)),
            "hold_count_for_cancel": self.one((0, None, 1)),
            "is_canceled": self.one((None, True, False)),
            "order_price": order_price,
            "order_price_currency": self.currency(order_price, is_foreign),
            "sales_price": sales_price,
            "sales_price_currency": self.currency(
                sales_price, is_foreign if self.chance(0.9) else not is_foreign and foreign > 0
            ),
        }
        for column in (
            "instant_coupon_discount",
            "downloadable_coupon_discount",
            "coupang_discount",
        ):
            row[column] = self.one(COUPONS)
            row[f"{column}_currency"] = self.currency(
                row[column], self.chance(0.9) if is_foreign else self.chance(foreign * 0.2)
            )
        return row

    def changed_box(self, row: MutableRow) -> MutableRow:
        """The box as a later run shows it."""
        row = deepcopy(row)
        if self.chance(0.2):
            row["status"] = self.one(("DELIVERING", "FINAL_DELIVERY"))
        if self.chance(0.05):
            row["paid_at"] = None
        if self.chance(0.05):
            row["shipping_price"] = self.one((None, 0, 2500))
        if self.chance(0.1) and row["lines"]:
            row["lines"].pop()
        for line in row["lines"]:
            if self.chance(0.2):
                line["cancel_count"] = (line["cancel_count"] or 0) + 1
            if self.chance(0.03):
                line["order_price"] = None
        return row

    # -- receipts and withdrawals

    def tell_receipts(
        self,
        story: _Story,
        order_id: str,
        paid_day: date,
        items: Iterable[str],
        box_ids: list[str | None],
    ) -> None:
        for _ in range(self.one((1, 1, 2, 3))):
            if self.free_receipts:
                receipt = self.receipt(order_id, paid_day, list(items), box_ids)
                story.receipts.append(receipt)
                if self.chance(0.2):
                    self.tell_withdrawals(story, receipt)

    def receipt(
        self, order_id: str, paid_day: date, items: list[str], box_ids: list[str | None]
    ) -> _Receipt:
        created = self.moment(self.day(min(paid_day, self.today), self.today))
        kind = self.one(("CANCEL", "CANCEL", "취소", "RETURN", "RETURN", "RETURN", "반품"))
        if self.chance(0.06):
            kind = self.one(("EXCHANGE", None))
        named = self.rng.sample(items, self.rng.randint(1, min(2, len(items))))
        if self.chance(0.05):
            named.append(self.one(ITEM_IDS))
        modified = None
        if not self.chance(0.3):
            modified = self.stamp(created + timedelta(days=self.one((0, 1, 3))))
        row: MutableRow = {
            "receipt_id": self.free_receipts.pop(),
            "order_id": order_id,
            "receipt_type": kind,
            "receipt_status": self.one(
                ("RELEASE_STOP_UNCHECKED", "RETURNS_UNCHECKED", "RETURNS_COMPLETED", "NEW", None)
            ),
            "created_at": self.stamp(created),
            "modified_at": modified,
            "cancel_reason_category1": self.one(("고객변심", "상품불량", None)),
            "cancel_reason_category2": self.one(("단순변심", None)),
            "fault_by_type": self.one(("CUSTOMER", "VENDOR", None)),
            "pre_refund": self.one((None, False, False, True)),
            "complete_confirm_date": None,
            "lines": [
                {
                    "vendor_item_id": item,
                    "shipment_box_id": self.one(box_ids),
                    "purchase_count": self.one((None, 1, 3)),
                    "cancel_count": self.one((1, 1, 1, 2, 2, 3, 0, None, -1)),
                }
                for item in named
                for _ in range(2 if self.chance(0.12) else 1)
            ],
        }
        if self.chance(0.03):
            row["lines"] = []
        versions: list[MutableRow | None] = [None] * len(self.runs)
        for run in range(len(self.runs)):
            if run > 0 and self.chance(0.4):
                row = self.changed_receipt(row, created)
            versions[run] = row
        is_cancel = kind in ("CANCEL", "취소")
        return _Receipt(
            "cancel_requests" if is_cancel else "return_requests", created.date(), versions
        )

    def changed_receipt(self, row: MutableRow, created: datetime) -> MutableRow:
        """The receipt as a later run shows it: further on, most often completed."""
        row = deepcopy(row)
        later = created + timedelta(days=self.one((1, 2, 5)))
        row["receipt_status"] = self.one(
            ("RETURNS_COMPLETED", "RETURNS_COMPLETED", "VENDOR_WAREHOUSE_CONFIRM")
        )
        row["modified_at"] = self.stamp(later) if self.chance(0.8) else None
        if row["receipt_status"] == "RETURNS_COMPLETED":
            row["complete_confirm_date"] = self.stamp(later) if self.chance(0.7) else None
        if self.chance(0.2):
            row["pre_refund"] = True
        if self.chance(0.1) and row["lines"]:
            row["lines"].pop()
        return row

    def tell_withdrawals(self, story: _Story, receipt: _Receipt) -> None:
        if not receipt.versions:
            return
        row = receipt.versions[-1]
        named = [line["vendor_item_id"] for line in row["lines"]] or list(ITEM_IDS)
        for _ in range(self.one((1, 1, 2))):
            day = self.day(receipt.created, self.today)
            withdrawal = {
                "cancel_id": row["receipt_id"],
                "order_id": self.one((row["order_id"], None)),
                "created_at": None if self.chance(0.1) else self.stamp(self.moment(day)),
                "items": self.one(([], [self.one(named)], named, [self.one(ITEM_IDS)])),
            }
            story.withdrawals.append((self.one(range(len(self.runs))), day, withdrawal))

    # -- the sales history

    def tell_sales(
        self, story: _Story, order_id: str, paid_day: date, bought: dict[str, int]
    ) -> None:
        types = ["SALE"] if not self.chance(0.12) else []
        types += ["SALE"] if self.chance(0.2) else []
        types += ["REFUND"] if self.chance(0.45) or not types else []
        types += ["REFUND"] if self.chance(0.1) else []
        types += ["ADJUST"] if self.chance(0.05) else []
        first = min(paid_day, self.today)
        for sale_type in types:
            sale_date = paid_day + timedelta(days=self.one((0, 0, 0, 0, 0, 1, -1)))
            items = [item for item in bought if self.chance(0.85)]
            if self.chance(0.06):
                items.append(self.one(ITEM_IDS))
            self.add_sale(
                story,
                order_id,
                sale_type,
                sale_date,
                self.day(first, self.today),
                [self.entry(item, bought.get(item, 1), sale_type) for item in items],
            )

    def entry(self, item: str, bought: int, sale_type: str) -> MutableRow:
        quantity = self.one((bought, bought, bought, max(1, bought - 1), 1, 0, None, bought + 1))
        if sale_type == "REFUND":
            quantity = self.one((1, 1, bought, 0))
        coupons = COUPONS if sale_type == "SALE" else (None, 0, 0, 1, 3, 100, 333)
        return {
            "vendor_item_id": item,
            "product_id": f"50{item}",
            "product_name": f"상품 {item}",
            "vendor_item_name": f"옵션 {item}",
            "external_seller_sku_code": None if item == "3" else f"SKU-{item}",
            "quantity": quantity,
            "sale_price": None if self.chance(0.06) else self.one(PRICES) * (quantity or 0),
            "seller_discount_coupon": self.one(coupons),
            "downloadable_coupon": self.one(coupons),
            "coupang_discount_coupon": self.one(coupons),
        }

    def tell_adjustment(self, story: _Story) -> None:
        day = self.day(self.start, self.today)
        entries = [self.entry(self.one(ITEM_IDS), 1, "SALE")]
        entries[0]["vendor_item_id"] = self.one((None, "1"))
        order_id, sale_date = self.one(("0", None)), self.one((None, day))
        sale_type = self.one(("SALE", "REFUND"))
        self.add_sale(story, order_id, sale_type, sale_date, day, entries)

    def add_sale(
        self,
        story: _Story,
        order_id: str | None,
        sale_type: str,
        sale_date: date | None,
        day: date,
        entries: list[MutableRow],
    ) -> None:
        runs = set(range(len(self.runs)))
        if self.chance(0.1):
            runs -= set(range(self.rng.randint(0, len(self.runs)), len(self.runs)))
        row = {
            "order_id": order_id,
            "sale_type": sale_type,
            "sale_date": sale_date.isoformat() if sale_date else None,
            "recognition_date": day.isoformat(),
            "delivery_fee_amount": self.one(FEES),
            "lines": entries,
        }
        story.sales.append(_Sale(day, row, runs))

    # -- readings

    def read(self, story: _Story) -> None:
        """Writes down what every run read."""
        self.open_load()
        self.account_state(self.runs[0] if self.runs else self.as_of, is_last=not self.runs)
        self.close_load(always=True)
        for run, as_of in enumerate(self.runs):
            self.open_load()
            is_last = run == len(self.runs) - 1
            listings = ["order_sheets", "return_requests", "cancel_requests", "withdrawals"]
            listings += ["confirmed_sales", "settlements", "lookups"]
            if self.chance(0.5):
                self.rng.shuffle(listings)
            for listing in listings:
                if not self.chance(0.08):
                    self.read_listing(story, run, as_of, listing)
            self.account_state(as_of, is_last)
            self.close_load(always=is_last)

    def open_load(self) -> None:
        self.load_number += 1
        self.load_id = f"{self.vendor_id}/{self.load_number}"
        self.load_starts = {table: len(rows) for table, rows in self.rows.items()}

    def close_load(self, always: bool) -> None:
        """A load completes, dies, is loaded twice, or dies and is loaded again."""
        completed = {
            "load_id": self.load_id,
            "schema_name": "coupang",
            "status": 0,
            "inserted_at": datetime(2026, 1, 1, tzinfo=UTC),
            "schema_version_hash": "hash",
        }
        new = {table: rows[self.load_starts[table] :] for table, rows in self.rows.items()}
        if not always and self.chance(0.08):
            if self.chance(0.5):
                self.rows["_dlt_loads"].append({**completed, "status": 1})
            return
        if self.chance(0.1):
            for table, rows in new.items():
                self.rows[table] += deepcopy(rows)
        elif self.chance(0.05):
            for table, rows in new.items():
                dead = [{**deepcopy(row), "_dlt_load_id": f"{self.load_id}d"} for row in rows]
                self.rows[table] += dead
        self.rows["_dlt_loads"].append(completed)

    def account_state(self, as_of: datetime, is_last: bool) -> None:
        self.reading_id += 1
        start = self.start if is_last or self.chance(0.8) else self.start + timedelta(days=2)
        self.rows["accounts"].append(
            {
                "vendor_id": self.vendor_id,
                "reading_id": self.reading_id,
                "account_name": self.one(("가게", "가게 둘")),
                "account_group": self.one((None, "그룹")),
                "is_linked": not (is_last and self.chance(0.15)),
                "start_date": start.isoformat(),
                "key_expires_on": self.one((None, "2026-07-01")),
                "keys_linked_on": None,
                "last_error": self.one((None, None, "키가 만료되었습니다")),
                "as_of": as_of.astimezone(UTC).isoformat(),
                "_dlt_load_id": self.load_id,
            }
        )

    def windows(self, today: date) -> list[tuple[date, date]]:
        """Spans to be covered: most often everything, else a look-back, a hole, or in parts."""
        last = max(today, self.start)
        draw = self.rng.random()
        if draw < 0.55:
            return [(self.start, last)]
        if draw < 0.75:
            return [(max(self.start, last - timedelta(days=self.one((0, 1, 4, 7)))), last)]
        middle = self.day(self.start, last)
        if self.told_days and self.chance(0.5):  # an edge that parts the days of one order
            middle = self.one(self.told_days) - timedelta(days=self.one((0, 1, 2)))
            middle = min(max(middle, self.start), last)
        if draw < 0.9 and middle < last:
            return [(self.start, middle), (middle + timedelta(days=1), last)]
        return [(self.start, middle)]

    def read_listing(self, story: _Story, run: int, as_of: datetime, listing: str) -> None:
        today = as_of.date()
        if listing == "lookups":
            self.look_up(story, run, as_of)
            return
        if listing == "settlements":
            month = self.day(self.start, today).replace(day=1)
            last = (month + timedelta(days=31)).replace(day=1) - timedelta(days=1)
            self.write_reading(listing, as_of, (month, last), (month, last), [])
            return
        for first, last in self.windows(today):
            window = (first, last)
            if listing == "order_sheets":
                window = (first - timedelta(days=1), min(last + timedelta(days=1), today))
                window = (window[0], max(window))
                shown = [
                    box.versions[run]
                    for box in story.boxes
                    if box.versions[run] is not None
                    and any(window[0] <= day <= window[1] for day in box.days)
                ]
                if self.chance(0.1):
                    shown += deepcopy(shown)
            elif listing in ("return_requests", "cancel_requests"):
                shown = [
                    receipt.versions[run]
                    for receipt in story.receipts
                    if receipt.listing == listing and first <= receipt.created <= last
                ]
                shown += [row for row in deepcopy(shown) if self.chance(0.25)]  # RU and UC
            elif listing == "withdrawals":
                shown = [
                    row
                    for from_run, day, row in story.withdrawals
                    if from_run <= run and first <= day <= last
                ]
            else:
                last = min(last, today - timedelta(days=1))
                first = min(first, last)
                window = (first, last)
                shown = [
                    sale.row
                    for sale in story.sales
                    if run in sale.runs and (first <= sale.day <= last or self.chance(0.02))
                ]
            self.write_reading(listing, as_of, window, (first, last), shown)

    def look_up(self, story: _Story, run: int, as_of: datetime) -> None:
        """Look-ups of single orders and receipts: they show, and tell of nothing else."""
        if story.boxes and self.chance(0.3):
            order_id = self.one(story.boxes).order_id
            shown = [
                version
                for box in story.boxes
                if box.order_id == order_id
                for version in [
                    box.versions[run] or (self.one(box.versions) if self.chance(0.3) else None)
                ]
                if version is not None
            ]
            self.write_reading("order_lookup", as_of, None, None, shown, order_id)
        if story.receipts and self.chance(0.3):
            row = self.one(story.receipts).versions[run]
            self.write_reading("receipt_lookup", as_of, None, None, [row], row["receipt_id"])

    def write_reading(
        self,
        listing: str,
        as_of: datetime,
        window: tuple[date, date] | None,
        covered: tuple[date, date] | None,
        shown: list[MutableRow],
        subject_id: str | None = None,
    ) -> None:
        self.reading_id += 1
        is_whole = subject_id is not None or not self.chance(0.08)
        self.rows["read_log"].append(
            {
                "vendor_id": self.vendor_id,
                "reading_id": self.reading_id,
                "listing": listing,
                "window_from": window[0].isoformat() if window else None,
                "window_to": window[1].isoformat() if window else None,
                "covered_from": covered[0].isoformat() if covered else None,
                "covered_to": covered[1].isoformat() if covered else None,
                "subject_id": subject_id,
                "is_whole": is_whole,
                "outcome": "ok" if is_whole else "server_error",
                "request_count": 1,
                "row_count": len(shown) if is_whole else 0,
                "as_of": as_of.astimezone(UTC).isoformat(),
                "started_at": as_of.astimezone(UTC).isoformat(),
                "duration_ms": 1,
                "_dlt_load_id": self.load_id,
            }
        )
        if is_whole:
            self.write_rows(listing, shown)

    def write_rows(self, listing: str, shown: list[MutableRow]) -> None:
        """Rows in their pages; a shuffle stands for the statuses in which they were asked for."""
        tables = {
            "order_sheets": ("order_sheets", "order_sheet_items"),
            "order_lookup": ("order_sheets", "order_sheet_items"),
            "return_requests": ("receipts", "receipt_items"),
            "cancel_requests": ("receipts", "receipt_items"),
            "receipt_lookup": ("receipts", "receipt_items"),
            "confirmed_sales": ("confirmed_sales", "confirmed_sale_items"),
            "withdrawals": ("", "withdrawals"),
        }
        parents, children = tables[listing] if shown else ("", "")
        shown = list(shown)
        if self.chance(0.3):
            self.rng.shuffle(shown)
        request_no, row_no = 1, 0
        for row in shown:
            row_no += 1
            if row_no > 1 and self.chance(0.3):
                request_no, row_no = request_no + 1, 1
            place = {
                "vendor_id": self.vendor_id,
                "reading_id": self.reading_id,
                "request_no": request_no,
                "row_no": row_no,
                "_dlt_load_id": self.load_id,
            }
            if children == "withdrawals":
                lines = [{"vendor_item_id": item} for item in row["items"] or [None]]
            else:
                lines = row["lines"]
            own = {name: value for name, value in row.items() if name not in ("lines", "items")}
            if parents:
                self.rows[parents].append({**place, **own})
            shared = {
                name: value for name, value in own.items() if name in declared_columns()[children]
            }
            for line_no, line in enumerate(lines, start=1):
                self.rows[children].append({**place, "line_no": line_no, **shared, **line})
