"""A made-up world in which everything happens that has to be reckoned with.

The same arguments always give the same world, to the last id.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, timezone
from random import Random

from .claims import Claimed, Receipt
from .moments import KST, Day, day, kst_day
from .orders import BoxSpec, Item, Order, Product, Status
from .sales import Sold
from .world import Account, World

HOUR = timedelta(hours=1)
# The offsets in which the order listing shows its times: the official sample has -08:00.
OFFSETS = (KST, KST, KST, timezone(timedelta(hours=-8)), UTC, timezone(timedelta(hours=8)))
PRODUCTS_PER_ACCOUNT = 18


def seeded_world(
    seed: int = 7,
    accounts: int = 3,
    first_day: Day = "2026-01-01",
    days: int = 60,
    orders_per_day: int = 20,
    canary: str = "",
) -> World:
    """A world of `accounts` sellers with payments on `days` Korean days from `first_day` on.

    `orders_per_day` is an average per account. What follows the last payments (confirmations,
    returns) lies in the weeks after. Every third account is settled monthly.
    """
    world = World(canary)
    start = day(first_day)
    sellers = [
        _Seller(
            world.add_account(
                f"A{seed % 10_000:04d}{number:04d}",
                settlement="MONTHLY" if number % 3 == 0 else "WEEKLY",
            ),
            seed,
        )
        for number in range(1, accounts + 1)
    ]
    for seller in sellers:
        seller.before(datetime.combine(start, time(), KST))
    for number in range(days):
        midnight = datetime.combine(start + timedelta(days=number), time(), KST)
        for seller in sellers:
            seller.day(midnight, orders_per_day)
        if number % 5 == 2 and len(sellers) > 1:
            _share_an_order_id(sellers[0].account, sellers[1], midnight)
    return world


def _share_an_order_id(first: Account, second: _Seller, midnight: datetime) -> None:
    """Two accounts may have an order of the same number: two different things."""
    shared = next(
        (
            order.id
            for order in reversed(first.orders.values())
            if kst_day(order.paid_at) == midnight.date() and order.id not in second.account.orders
        ),
        None,
    )
    if shared is not None:
        second.one_order(Random(f"{second.seed}/shared/{shared}"), midnight, order_id=shared)  # noqa: S311


@dataclass
class _Paid:
    """An order that was just paid, and the dice of its fate."""

    account: Account
    order: Order
    rng: Random

    def hours(self, least: float, most: float) -> timedelta:
        return HOUR * self.rng.uniform(least, most)

    def some_units(self) -> dict[object, int] | None:
        """Fewer units than there are, where there is more than one; else all (None)."""
        lines = [line for box in self.order.boxes for line in box.lines]
        many = [line for line in lines if line.quantity > 1]
        if many:
            line = self.rng.choice(many)
            return {line: self.rng.randint(1, line.quantity - 1)}
        return {lines[0]: lines[0].quantity} if len(lines) > 1 else None

    # --- what happens to it ----------------------------------------------------------------

    def delivered(self) -> datetime:
        """Instructed, handed over, carried, delivered; when."""
        when = self.order.paid_at
        steps = (
            (Status.INSTRUCT, 1, 12),
            (Status.DEPARTURE, 3, 24),
            (Status.DELIVERING, 2, 10),
            (Status.FINAL_DELIVERY, 10, 40),
        )
        for status, least, most in steps:
            when += self.hours(least, most)
            self.order.move(status, when)
        return when

    def confirmed(self, after: datetime) -> datetime:
        """The purchase is confirmed, by the buyer or by the passing of seven days."""
        late = self.rng.random() < 0.75
        when = after + (timedelta(days=7) if late else self.hours(12, 150))
        self.order.confirm(kst_day(when))
        return when

    def plain(self) -> None:
        self.confirmed(self.delivered())

    def cancelled_at_once(self) -> None:
        self.order.cancel(self.order.paid_at + self.hours(0.05, 4))

    def cancelled_next_day(self) -> None:
        self.order.cancel(self.order.paid_at + self.hours(10, 20))

    def cancelled_in_part(self) -> None:
        units = self.some_units()
        self.order.cancel(self.order.paid_at + self.hours(0.1, 0.9), units)
        if units is not None:
            self.plain()

    def shipment_stopped(self) -> None:
        self.order.move(Status.INSTRUCT, self.order.paid_at + self.hours(1, 3))
        asked = self.order.paid_at + self.hours(4, 20)
        self.order.request_return(asked).complete(asked + self.hours(1, 30))

    def returned(self) -> None:
        done = self.delivered()
        units = self.some_units() if self.rng.random() < 0.4 else None
        asked = done + self.hours(5, 90)
        receipt = self.order.request_return(asked, units)
        receipt.return_charge = 5_000 if receipt.fault_by == "CUSTOMER" else 0
        if self.rng.random() < 0.5:
            receipt.arrive(asked + timedelta(days=2))
        finished = asked + self.hours(50, 150)
        by = self.rng.choice(("VENDOR_CONFIRM", "CS_CONFIRM", "CS_LOSS_CONFIRM"))
        receipt.complete(finished, by)
        if units is not None:
            self.confirmed(finished)

    def refunded_first(self) -> None:
        asked = self.delivered() + self.hours(5, 60)
        receipt = self.order.request_return(asked).pre_refund(asked + self.hours(1, 30))
        if self.rng.random() < 0.6:
            receipt.complete(asked + timedelta(days=9))

    def return_left_open(self) -> None:
        self.order.request_return(self.delivered() + self.hours(5, 90), self.some_units())

    def return_disputed(self) -> None:
        asked = self.delivered() + self.hours(5, 60)
        receipt = self.order.request_return(asked).ask_coupang(asked + timedelta(days=3))
        receipt.complete(asked + timedelta(days=24), "CS_CONFIRM")

    def return_withdrawn(self) -> None:
        asked = self.delivered() + self.hours(5, 60)
        receipt = self.order.request_return(asked)
        self._withdraw(receipt, asked)
        self.confirmed(asked + timedelta(days=2))

    def _withdraw(self, receipt: Receipt, asked: datetime) -> None:
        lines = {claimed.line.vendor_item_id for claimed in receipt.items if claimed.line}
        when = asked + self.hours(2, 40)
        if len(lines) > 1:
            receipt.withdraw(when, min(lines))
            receipt.complete(when + timedelta(days=3))
        else:
            receipt.withdraw(when)

    def returned_weeks_later(self) -> None:
        confirmed = self.confirmed(self.delivered())
        asked = confirmed + timedelta(days=self.rng.randint(3, 25))
        units = self.some_units() if self.rng.random() < 0.5 else None
        finished = asked + timedelta(days=self.rng.randint(2, 6))
        receipt = self.order.request_return(asked, units)
        receipt.complete(finished)
        taken: dict[object, int] = {}
        for claimed in receipt.items:
            number = claimed.product.vendor_item_id
            taken[number] = taken.get(number, 0) + claimed.units
        self.order.refund(kst_day(finished), taken)
        if receipt.fault_by == "CUSTOMER":
            self.order.charge_return_shipping(kst_day(finished))

    def refunded_without_receipt(self) -> None:
        confirmed = self.confirmed(self.delivered())
        self.order.refund(kst_day(confirmed + timedelta(days=self.rng.randint(5, 20))))

    def vanished(self) -> None:
        done = self.delivered()
        for box in self.order.boxes:
            box.vanish(done + self.hours(10, 40))

    def boxes_anew(self) -> None:
        when = self.order.paid_at + self.hours(0.5, 0.9)
        box = self.order.box
        if len(box.lines) > 1 and self.rng.random() < 0.5:
            parts = [BoxSpec((line.item,)) for line in box.lines[1:]]
            first = BoxSpec((box.lines[0].item,), box.spec.shipping, box.spec.remote)
            self.order.rebox(when, first, *parts, old=[box])
        else:
            self.order.rebox(when)
        self.plain()

    def delivered_by_the_seller(self) -> None:
        done = self.order.paid_at + self.hours(20, 60)
        self.order.move(Status.INSTRUCT, self.order.paid_at + self.hours(1, 5))
        self.order.move(Status.NONE_TRACKING, done)
        self.confirmed(done)

    def exchanged(self) -> None:
        done = self.delivered()
        exchange = self.order.exchange(done + self.hours(5, 60))
        exchange.complete(exchange.created + timedelta(days=5))
        self.confirmed(done)

    def never_confirmed(self) -> None:
        self.delivered()

    def told_by_receipt_alone(self) -> None:
        units = self.some_units()
        self.order.cancel(
            self.order.paid_at + self.hours(0.1, 0.9), units, tells_sheet=False, names_box=False
        )
        if units is not None:
            self.plain()


# Out of a thousand orders. What is left of the thousand goes its plain way.
STORIES: tuple[tuple[int, Callable[[_Paid], None]], ...] = (
    (25, _Paid.cancelled_at_once),
    (25, _Paid.cancelled_next_day),
    (30, _Paid.cancelled_in_part),
    (15, _Paid.shipment_stopped),
    (40, _Paid.returned),
    (12, _Paid.refunded_first),
    (10, _Paid.return_left_open),
    (6, _Paid.return_disputed),
    (16, _Paid.return_withdrawn),
    (20, _Paid.returned_weeks_later),
    (5, _Paid.refunded_without_receipt),
    (5, _Paid.vanished),
    (12, _Paid.boxes_anew),
    (20, _Paid.delivered_by_the_seller),
    (10, _Paid.exchanged),
    (5, _Paid.never_confirmed),
    (5, _Paid.told_by_receipt_alone),
)


class _Seller:
    """An account, its goods, and how its days go."""

    def __init__(self, account: Account, seed: int) -> None:
        self.account = account
        self.seed = seed
        self.products = [account.world.product() for _ in range(PRODUCTS_PER_ACCOUNT)]

    def before(self, start: datetime) -> None:
        """What reaches into the time of the world from orders that were paid before it."""
        rng = Random(f"{self.seed}/{self.account.vendor_id}/before")  # noqa: S311 - a story
        for number in range(3):
            product = rng.choice(self.products)
            order_id = self.account.world.next_id("order")
            paid = start - timedelta(days=rng.randint(2, 9))
            sold = Sold(product, 1, product.price)
            confirmed = start.date() + timedelta(days=number)
            self.account.sales_row(
                confirmed, order_id, "SALE", [sold], delivery_fee=3_000, sale_date=paid.date()
            )
            claimed = Claimed(product, 1, 1, self.account.world.next_id("box"))
            unknown = self.account.world.next_id("order")
            receipt = self.account.receipt(
                unknown, start + HOUR * rng.uniform(1, 100), [claimed], kind="RETURN"
            )
            receipt.complete(receipt.created + timedelta(days=4))
        self.account.sales_row(
            start.date() + timedelta(days=4),
            self.account.world.next_id("order"),
            "REFUND",
            [Sold(self.products[0], 1, self.products[0].price)],
            sale_date=start.date() - timedelta(days=40),
        )

    def day(self, midnight: datetime, orders: int) -> None:
        """A day's payments, and what becomes of them."""
        rng = Random(f"{self.seed}/{self.account.vendor_id}/{midnight.date()}")  # noqa: S311
        weekend = 0.8 if midnight.weekday() >= 5 else 1.08
        for _ in range(round(orders * weekend * rng.uniform(0.85, 1.15))):
            self.one_order(rng, midnight)
        if rng.random() < 0.12:
            amount = rng.randint(5, 300) * 100
            sale_type = rng.choice(("SALE", "REFUND"))
            self.account.adjust(midnight.date() + timedelta(days=9), amount, sale_type)

    def one_order(self, rng: Random, midnight: datetime, order_id: int | None = None) -> None:
        """A payment, and what becomes of it."""
        paid = self._paid_at(rng, midnight).astimezone(rng.choice(OFFSETS))
        odd = rng.random()
        currency = "TWD" if odd < 0.004 else "KRW"
        boxes = [self._box(rng, currency, odd) for _ in range(_few(rng, 0.12))]
        order = self.account.order(
            paid,
            *boxes,
            ordered_at=paid - timedelta(seconds=rng.uniform(2, 200)),
            order_id=order_id,
        )
        fate = rng.randrange(1000)
        for share, story in STORIES:
            fate -= share
            if fate < 0:
                return story(_Paid(self.account, order, rng))
        return _Paid.plain(_Paid(self.account, order, rng))

    def _paid_at(self, rng: Random, midnight: datetime) -> datetime:
        if rng.random() < 0.03:
            # The last and the first minutes of a Korean day, where days are mistaken.
            late = rng.random() < 0.5
            seconds = 86_400 - rng.uniform(0, 120) if late else rng.uniform(0, 120)
        else:
            seconds = 86_400 * rng.betavariate(2.6, 1.6)
        return midnight + timedelta(microseconds=min(int(seconds * 1e6), 86_400 * 10**6 - 1))

    def _box(self, rng: Random, currency: str, odd: float) -> BoxSpec:
        products = rng.sample(self.products, _few(rng, 0.25))
        items = tuple(self._item(rng, product, currency, odd) for product in products)
        shipping = 0 if rng.random() < 0.45 else rng.choice((2_500, 3_000, 3_500))
        remote: int | None = rng.choice((3_000, 5_000)) if rng.random() < 0.04 else 0
        if rng.random() < 0.1:
            remote = None
        kind = "THIRD_PARTY" if rng.random() < 0.93 else rng.choice(("CGF", "CGF LITE"))
        return BoxSpec(items, shipping, remote, currency, kind)

    def _item(self, rng: Random, product: Product, currency: str, odd: float) -> Item:
        quantity = 1 if rng.random() < 0.7 else rng.randint(2, 5)
        price = product.price if currency == "KRW" else product.price // 40
        total = price * quantity
        coupons = [
            total * percent // 1000 * 10 if rng.random() < share else 0
            for share, percent in ((0.2, 5), (0.1, 8), (0.15, 4))
        ]
        # The official sample itself shows a total of ten times the price.
        order_price = total * 10 if 0.004 <= odd < 0.007 else None
        return Item(product, quantity, price, *coupons, currency, order_price)


def _few(rng: Random, more: float) -> int:
    """1, seldom 2, very seldom 3."""
    count = 1
    while count < 3 and rng.random() < more:
        count += 1
    return count
