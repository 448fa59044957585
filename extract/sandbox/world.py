"""The sandbox's world: seller accounts and what happened to them.

A world is told as stories (see `orders.py`) and never changed afterwards by reading it. It knows no
clock of its own: the server asks what was so at its `as_of`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, ClassVar, Generic, TypeVar

from .catalogue import GOODS, SHOPS
from .claims import Claimed, Exchange, Receipt, Withdrawal
from .moments import Day, Moment, day, moment, utc
from .orders import Box, BoxSpec, Item, Line, Order, Product, Status
from .sales import SalesRow, Sold

DEFAULT_PRICE = 10_000
KEY_LIFE = timedelta(days=180)

T = TypeVar("T")


@dataclass(slots=True)
class Key:
    """An API key pair; it is good from `since` until before `until`."""

    access_key: str
    secret_key: str
    since: datetime | None = None
    until: datetime | None = None

    def is_good_at(self, when: datetime) -> bool:
        """Whether the gateway accepts the key at that moment."""
        return (self.since is None or self.since <= when) and (
            self.until is None or when < self.until
        )


class ByTime(Generic[T]):
    """Things in the order of (time, id), sorted when they are asked for."""

    def __init__(self, key: Callable[[T], tuple[Any, int]]) -> None:
        self._key = key
        self._keys: list[tuple[Any, int]] = []
        self._things: list[T] = []
        self._new: list[T] = []

    def add(self, thing: T) -> None:
        self._new.append(thing)

    def __len__(self) -> int:
        return len(self._things) + len(self._new)

    def __iter__(self) -> Iterator[T]:
        self._settle()
        return iter(self._things)

    def between(
        self,
        start: Any,  # noqa: ANN401 - datetimes or dates
        end: Any,  # noqa: ANN401
        after: tuple[Any, int] | None = None,
    ) -> Iterator[tuple[tuple[Any, int], T]]:
        """(key, thing) with start <= time < end, those up to the key `after` left out."""
        self._settle()
        first = bisect_left(self._keys, (start, -1))
        if after is not None:
            first = max(first, bisect_left(self._keys, (after[0], after[1] + 1)))
        for index in range(first, len(self._keys)):
            if self._keys[index][0] >= end:
                return
            yield self._keys[index], self._things[index]

    def _settle(self) -> None:
        if not self._new:
            return
        pairs = [*zip(self._keys, self._things, strict=True)]
        pairs += [(self._key(thing), thing) for thing in self._new]
        pairs.sort(key=lambda pair: pair[0])
        self._keys = [key for key, _ in pairs]
        self._things = [thing for _, thing in pairs]
        self._new = []


@dataclass(slots=True, eq=False)
class Account:
    """A seller account (업체코드) with everything that happened to it.

    settlement: WEEKLY or MONTHLY. allowed_ips: None lets everybody in. busy_cc_days: where set,
    return listings of completed ones (CC) over more days than that run into a 504.
    """

    world: World
    vendor_id: str
    name: str
    keys: list[Key]
    settlement: str = "WEEKLY"
    allowed_ips: Sequence[str] | None = None
    busy_cc_days: int | None = None
    orders: dict[int, Order] = field(default_factory=dict)
    receipts: dict[int, Receipt] = field(default_factory=dict)
    boxes: dict[int, Box] = field(default_factory=dict)
    boxes_by: dict[str, ByTime[Box]] = field(init=False)
    receipts_by_creation: ByTime[Receipt] = field(init=False)
    withdrawals_by_time: ByTime[Withdrawal] = field(init=False)
    exchanges_by_creation: ByTime[Exchange] = field(init=False)
    sales_by_day: ByTime[SalesRow] = field(init=False)
    _withdrawals: dict[int, list[Withdrawal]] = field(default_factory=dict)
    _products: dict[Item, Product] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.boxes_by = {
            "ordered_at": ByTime(lambda each: (utc(each.order.ordered_at), each.id)),
            "paid_at": ByTime(lambda each: (utc(each.order.paid_at), each.id)),
        }
        self.receipts_by_creation = ByTime(lambda each: (each.created, each.id))
        self.withdrawals_by_time = ByTime(lambda each: (each.at, each.cancel_id))
        self.exchanges_by_creation = ByTime(lambda each: (each.created, each.id))
        self.sales_by_day = ByTime(lambda each: (each.recognition_date, each.number))

    @property
    def key(self) -> Key:
        """The newest key pair."""
        return self.keys[-1]

    def issue_key(self, access_key: str, secret_key: str, at: Moment) -> Key:
        """A new key pair, good for 180 days; the one before is dead from then on."""
        when = utc(at)
        for old in self.keys:
            old.until = when if old.until is None else min(old.until, when)
        self.keys.append(Key(access_key, secret_key, when, when + KEY_LIFE))
        return self.key

    def order(
        self,
        paid_at: Moment,
        *parts: Item | BoxSpec,
        ordered_at: Moment | None = None,
        order_id: int | None = None,
        shipping: int = 0,
        remote: int | None = 0,
    ) -> Order:
        """Somebody pays: the sheets are listed as ACCEPT from `paid_at` on.

        `parts` are boxes, or the items of a single box (which `shipping` and `remote` are of).
        `ordered_at`: the moment of payment where it is not given. The offset of both moments is the
        one that the order listing will show.
        """
        specs = [part for part in parts if isinstance(part, BoxSpec)]
        items = tuple(part for part in parts if isinstance(part, Item))
        if specs and items:
            raise ValueError("an order is made of boxes or of the items of one box, not of both")
        if not specs:
            specs = [BoxSpec(items or (Item(),), shipping, remote)]
        paid = moment(paid_at)
        made = Order(
            self,
            order_id if order_id is not None else self.world.next_id("order"),
            paid,
            moment(ordered_at) if ordered_at is not None else paid,
        )
        if made.id in self.orders:
            raise ValueError(f"account {self.vendor_id} has an order {made.id} already")
        self.orders[made.id] = made
        for spec in specs:
            self.add_box(made, spec, utc(paid), Status.ACCEPT)
        return made

    def add_box(self, order: Order, spec: BoxSpec, since: datetime, status: str) -> Box:
        """Another box of an order, listed from `since` on (`Order.rebox` tells the usual story)."""
        number = spec.shipment_box_id or self.world.next_id("box")
        made = Box(number, order, spec, [], [(since, status)])
        for each in spec.items:
            product = each.product or self._product_of(each)
            price = product.price if each.unit_price is None else each.unit_price
            made.lines.append(Line(made, each, product, price))
        order.boxes.append(made)
        self.boxes[number] = made
        for index in self.boxes_by.values():
            index.add(made)
        return made

    def receipt(
        self,
        order_id: int,
        created: Moment,
        items: Iterable[Claimed],
        *,
        kind: str = "RETURN",
        receipt_id: int | None = None,
        **more: Any,  # noqa: ANN401 - the fields of Receipt
    ) -> Receipt:
        """A receipt as such, also of an order that the world does not know.

        `Order.cancel` and `Order.request_return` tell the usual stories.
        """
        number = receipt_id if receipt_id is not None else self.world.next_id("receipt")
        made = Receipt(self, number, order_id, kind, utc(created), list(items), **more)
        self.receipts[number] = made
        self.receipts_by_creation.add(made)
        return made

    def withdrawal(
        self,
        receipt: Receipt | int,
        at: Moment,
        vendor_item_ids: Iterable[int] = (),
        *,
        order_id: int | None = None,
        **more: Any,  # noqa: ANN401 - the fields of Withdrawal
    ) -> Withdrawal:
        """A withdrawal as such (`Receipt.withdraw` tells the usual story)."""
        number = receipt if isinstance(receipt, int) else receipt.id
        of_order = receipt.order_id if isinstance(receipt, Receipt) else order_id or 0
        made = Withdrawal(self, number, of_order, utc(at), list(vendor_item_ids), **more)
        self._withdrawals.setdefault(number, []).append(made)
        self.withdrawals_by_time.add(made)
        return made

    def withdrawals_of(self, receipt_id: int) -> list[Withdrawal]:
        """The withdrawals of a receipt."""
        return self._withdrawals.get(receipt_id, [])

    def add_exchange(self, exchange: Exchange) -> Exchange:
        """An exchange request (`Order.exchange` tells the usual story)."""
        exchange.id = self.world.next_id("receipt")
        self.exchanges_by_creation.add(exchange)
        return exchange

    def sales_row(
        self,
        on: Day,
        order_id: int,
        sale_type: str,
        lines: Iterable[Sold],
        *,
        delivery_fee: int = 0,
        remote_fee: int = 0,
        sale_date: Day | None = None,
        since: Moment | None = None,
        raw: Mapping[str, Any] | None = None,
    ) -> SalesRow:
        """A row of the sales history as such (`Order.confirm` and `refund`: the usual stories)."""
        recognised = day(on)
        made = SalesRow(
            self.world.next_id("sales row"),
            order_id,
            sale_type,
            recognised if sale_date is None else day(sale_date),
            recognised,
            list(lines),
            delivery_fee,
            remote_fee,
            None if since is None else utc(since),
            raw=raw,
        )
        self.sales_by_day.add(made)
        return made

    def adjust(self, on: Day, amount: int, sale_type: str = "SALE") -> SalesRow:
        """An adjustment by Coupang: a row with orderId 0 that no order stands behind."""
        product = Product(0, 0, 0, "정산 조정", "", amount, "")
        sold = Sold(product, quantity=1, sale_price=amount, fee_percent=None)
        return self.sales_row(on, 0, sale_type, [sold])

    def sales_of_month(self, month: date) -> list[SalesRow]:
        """The rows recognised in that month (its first day)."""
        after = (month + timedelta(days=31)).replace(day=1)
        return [row for _, row in self.sales_by_day.between(month, after)]

    def _product_of(self, item: Item) -> Product:
        if item not in self._products:
            price = DEFAULT_PRICE if item.unit_price is None else item.unit_price
            self._products[item] = self.world.product(price=price, sku=item.sku)
        return self._products[item]


class World:
    """All accounts of the sandbox.

    canary: a word that is put into every field that holds personal data, and into a field of every
    row that no documentation knows.
    """

    # First number and step of each kind of id. Order ids have 14 digits, box ids 18 (a float would
    # lose the last ones), as in the documentation's samples.
    _IDS: ClassVar = {
        "order": (24_000_183_465_811, 7),
        "box": (642_538_970_006_401_429, 13),
        "receipt": (87_033_689, 3),
        "product": (94_156_365_577, 11),
        "sales row": (1, 1),
    }

    def __init__(self, canary: str = "") -> None:
        self.canary = canary
        self.accounts: dict[str, Account] = {}
        self._next = {kind: first for kind, (first, _) in self._IDS.items()}

    def next_id(self, kind: str) -> int:
        """A fresh id; the same world told again gets the same ids."""
        found = self._next[kind]
        self._next[kind] = found + self._IDS[kind][1]
        return found

    def add_account(
        self,
        vendor_id: str | None = None,
        access_key: str | None = None,
        secret_key: str | None = None,
        *,
        name: str | None = None,
        key_since: Moment | None = None,
        key_until: Moment | None = None,
        **more: Any,  # noqa: ANN401 - the fields of Account
    ) -> Account:
        """A seller account with a key pair; whatever is not given is made up, always the same."""
        count = len(self.accounts) + 1
        code = vendor_id if vendor_id is not None else f"A{count:08d}"
        if code in self.accounts:
            raise ValueError(f"there is an account {code} already")
        key = Key(
            access_key if access_key is not None else f"sandbox-access-{code.lower()}",
            secret_key if secret_key is not None else f"sandbox-secret-{code.lower()}",
            None if key_since is None else utc(key_since),
            None if key_until is None else utc(key_until),
        )
        shop = name if name is not None else SHOPS[(count - 1) % len(SHOPS)]
        self.accounts[code] = Account(self, code, shop, [key], **more)
        return self.accounts[code]

    def product(
        self,
        name: str | None = None,
        option: str | None = None,
        price: int | None = None,
        sku: str | None = None,
        vendor_item_id: int | None = None,
    ) -> Product:
        """A product; whatever is not given is made up."""
        number = vendor_item_id if vendor_item_id is not None else self.next_id("product")
        good, of_good, usual = GOODS[number % len(GOODS)]
        return Product(
            vendor_item_id=number,
            product_id=number // 17,
            seller_product_id=number % 10_000_000_000,
            name=good if name is None else name,
            option=of_good if option is None else option,
            price=usual if price is None else price,
            sku=f"SKU-{number % 1_000_000:06d}" if sku is None else sku,
        )

    def key(self, access_key: str) -> tuple[Account, Key] | None:
        """Whose key it is; None where nobody's."""
        for account in self.accounts.values():
            for key in account.keys:
                if key.access_key == access_key:
                    return account, key
        return None
