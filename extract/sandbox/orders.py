"""Orders, their boxes and lines, and the stories that can happen to them.

Every method of a story takes the moment at which it happens. Nothing is overwritten: a box keeps
its history, and `Box.status_at`, `Line.cancelled_at` and their like work out what was so at a
moment. A future event is simply not visible yet.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from .claims import Claimed, Exchange, Receipt
from .moments import KST, Day, Moment, day, kst_midnight, utc
from .sales import SalesRow, Sold

if TYPE_CHECKING:
    from .world import Account


class Status(StrEnum):
    """Statuses of an order sheet, in the order of an order's life."""

    ACCEPT = "ACCEPT"
    INSTRUCT = "INSTRUCT"
    DEPARTURE = "DEPARTURE"
    DELIVERING = "DELIVERING"
    FINAL_DELIVERY = "FINAL_DELIVERY"
    NONE_TRACKING = "NONE_TRACKING"


class Gone(StrEnum):
    """Why a sheet is not listed."""

    CANCELLED = "cancelled or returned"
    REPLACED = "another box took its place"
    VANISHED = "no reason known"


@dataclass(frozen=True, slots=True)
class Product:
    """A thing the seller sells; `vendor_item_id` is its identity."""

    vendor_item_id: int
    product_id: int
    seller_product_id: int
    name: str
    option: str
    price: int
    sku: str


@dataclass(frozen=True, slots=True, eq=False)
class Item:
    """What the buyer put into a box. Amounts are whole units of `currency`.

    The coupons are totals of the line, as the order sheet tells them. `order_price` is the total
    of the line; None means unit price x quantity. Without a product, each Item is one of its own;
    the same Item object in several boxes of an order is the same product. `raw` overwrites fields
    of the payload, for what is odd.
    """

    product: Product | None = None
    quantity: int = 1
    unit_price: int | None = None
    instant: int = 0
    downloadable: int = 0
    coupang: int = 0
    currency: str = "KRW"
    order_price: int | None = None
    sku: str | None = None
    raw: Mapping[str, Any] | None = None


def item(
    product: Product | None = None,
    quantity: int = 1,
    unit_price: int | None = None,
    **more: Any,  # noqa: ANN401 - the fields of Item
) -> Item:
    """An Item; shorthand for stories. Without price: the product's, or 10,000."""
    return Item(product, quantity, unit_price, **more)


@dataclass(frozen=True, slots=True, eq=False)
class BoxSpec:
    """A box that is yet to be part of an order."""

    items: tuple[Item, ...]
    shipping: int = 0
    remote: int | None = 0
    currency: str = "KRW"
    shipment_type: str = "THIRD_PARTY"
    shipment_box_id: int | None = None
    raw: Mapping[str, Any] | None = None


def box(*items: Item, shipping: int = 0, remote: int | None = 0, **more: Any) -> BoxSpec:  # noqa: ANN401
    """A box with these items; shipping and remote-area price are of the box."""
    return BoxSpec(items, shipping, remote, **more)


@dataclass(slots=True, eq=False)
class Line:
    """A line of a box. `taken` is what really was cancelled, `told` what the sheet says of it."""

    box: Box
    item: Item
    product: Product
    price: int
    taken: tuple[tuple[datetime, int], ...] = ()
    told: tuple[tuple[datetime, int], ...] = ()
    held: tuple[tuple[datetime, int], ...] = ()
    confirmed: datetime | None = None
    until: datetime | None = None

    @property
    def vendor_item_id(self) -> int:
        return self.product.vendor_item_id

    @property
    def quantity(self) -> int:
        return self.item.quantity

    @property
    def total(self) -> int:
        """The line's total in whole units of its currency."""
        given = self.item.order_price
        return self.price * self.item.quantity if given is None else given

    def live_at(self, when: datetime) -> int:
        """Units that are really still bought."""
        return self.item.quantity - _sum_until(self.taken, when)

    def cancelled_at(self, when: datetime) -> int:
        """`cancelCount`."""
        return _sum_until(self.told, when)

    def held_at(self, when: datetime) -> int:
        """`holdCountForCancel`."""
        return _sum_until(self.held, when)

    def take(self, at: Moment, units: int) -> None:
        """Units are cancelled (negative: they are not after all); no listing tells of it."""
        self.taken = (*self.taken, (utc(at), units))

    def tell(self, at: Moment, units: int) -> None:
        """The sheet's cancelCount goes up by `units`."""
        self.told = (*self.told, (utc(at), units))

    def hold(self, at: Moment, units: int) -> None:
        """The sheet's holdCountForCancel goes up (or down, negative) by `units`."""
        self.held = (*self.held, (utc(at), units))

    def drop(self, at: Moment) -> None:
        """The sheet no longer shows this line, from `at` on."""
        self.until = utc(at)


@dataclass(slots=True, eq=False)
class Box:
    """A shipment box (묶음배송): one order sheet."""

    id: int
    order: Order
    spec: BoxSpec
    lines: list[Line]
    history: list[tuple[datetime, Status | str]]
    absences: tuple[tuple[datetime, datetime | None, Gone], ...] = ()
    # The sheet's JSON as it was last shown, and the look it had (`encoding.sheet`).
    encoded: tuple[tuple[Any, ...], bytes] | None = None

    @property
    def since(self) -> datetime:
        """When the sheet is listed for the first time."""
        return self.history[0][0]

    def status_at(self, when: datetime) -> str | None:
        """The status under which the sheet is listed; None where it is not."""
        if self.absences and self.gone_at(when):
            return None
        found: str | None = None
        for since, status in self.history:
            if since > when:
                break
            found = status
        return found

    def gone_at(self, when: datetime) -> Gone | None:
        """Why the sheet is not listed at that moment; None where it is, or is not yet."""
        for since, until, why in self.absences:
            if since <= when and (until is None or when < until):
                return why
        return None

    def lines_at(self, when: datetime) -> list[Line]:
        """The lines that the sheet shows."""
        return [line for line in self.lines if line.until is None or when < line.until]

    def look_at(self, when: datetime) -> tuple[Any, ...]:
        """All that changes in what the sheet shows: the same look, the same JSON."""
        return (
            sum(since <= when for since, _ in self.history),
            len(self.history),
            len(self.order.boxes) > 1,
            *(
                (
                    line.cancelled_at(when),
                    line.held_at(when),
                    line.confirmed is not None and line.confirmed <= when,
                    line.until is None or when < line.until,
                )
                for line in self.lines
            ),
        )

    def move(self, status: Status | str, at: Moment) -> Box:
        """The sheet is listed under `status` from `at` on (also one that nobody knows)."""
        self.history.append((utc(at), status))
        self.history.sort(key=lambda entry: entry[0])
        return self

    def leave(self, at: Moment, why: Gone = Gone.CANCELLED) -> None:
        """The sheet leaves the listing."""
        self.absences = (*self.absences, (utc(at), None, why))

    def vanish(self, at: Moment) -> None:
        """The sheet leaves the listing, and nothing tells why."""
        self.leave(at, Gone.VANISHED)

    def come_back(self, at: Moment) -> None:
        """The sheet is listed again."""
        since, _, why = self.absences[-1]
        self.absences = (*self.absences[:-1], (since, utc(at), why))


# What a story may name as "this item": the units it has in all boxes of the order are meant.
What = Line | Item | Product | int
Units = Mapping[Any, int] | Iterable[What] | None


@dataclass(slots=True, eq=False)
class Order:
    """An order of one account; `paid_at` and `ordered_at` keep the offset they were given in."""

    account: Account
    id: int
    paid_at: datetime
    ordered_at: datetime
    boxes: list[Box] = field(default_factory=list)
    sales: list[SalesRow] = field(default_factory=list)

    @property
    def box(self) -> Box:
        """The first box."""
        return self.boxes[0]

    @property
    def lines(self) -> list[Line]:
        """The lines of all boxes, those of replaced boxes included."""
        return [line for each in self.boxes for line in each.lines]

    @property
    def line(self) -> Line:
        """The first line of the first box."""
        return self.boxes[0].lines[0]

    def move(self, status: Status | str, at: Moment, *boxes: Box) -> Order:
        """All boxes that are listed at `at` (or those named) go to `status`."""
        when = utc(at)
        for each in boxes or self._boxes_at(when):
            each.move(status, when)
        return self

    def cancel(
        self,
        at: Moment,
        units: Units = None,
        *,
        boxes: Iterable[Box] | None = None,
        names_box: bool = True,
        tells_sheet: bool = True,
        **more: Any,  # noqa: ANN401 - the fields of Receipt
    ) -> Receipt:
        """Cancelled before shipping: a CANCEL receipt, effective at once.

        `units` is {item: units}, a list of items, or None for all. A box with nothing left leaves
        the listing, a line with something left shows its `cancelCount` (`tells_sheet=False`: the
        sheets stay as they are).
        """
        when = utc(at)
        claimed = self._claim(units, when, boxes, names_box)
        receipt = self.account.receipt(
            self.id, when, claimed, kind="CANCEL", order=self, tells_sheet=tells_sheet, **more
        )
        receipt.take(when)
        if tells_sheet:
            receipt.tell_sheets(when)
        return receipt

    def request_return(
        self,
        at: Moment,
        units: Units = None,
        *,
        boxes: Iterable[Box] | None = None,
        stop: bool | None = None,
        names_box: bool = True,
        tells_sheet: bool = True,
        **more: Any,  # noqa: ANN401 - the fields of Receipt
    ) -> Receipt:
        """A RETURN receipt, open until `Receipt.complete`.

        `stop`: the buyer asks to stop the shipment (such a receipt is listed under RU and UC, and
        the sheet holds its units); None decides by what was shipped at that moment.
        """
        when = utc(at)
        claimed = self._claim(units, when, boxes, names_box)
        if stop is None:
            stop = any(
                each.line is not None
                and each.line.box.status_at(when) in (Status.ACCEPT, Status.INSTRUCT)
                for each in claimed
            )
        receipt = self.account.receipt(
            self.id, when, claimed, stop=stop, order=self, tells_sheet=tells_sheet, **more
        )
        if stop and tells_sheet:
            receipt.hold(when)
        return receipt

    def confirm(
        self,
        on: Day,
        *sold: Sold,
        delivery_fee: int | None = None,
        sale_date: Day | None = None,
        since: Moment | None = None,
        raw: Mapping[str, Any] | None = None,
    ) -> SalesRow:
        """The purchase is confirmed: a SALE row recognised on that Korean day.

        Without `sold`: every item that still lives at the start of the day, with the units left and
        its coupons in proportion (won cut off); without `delivery_fee`: the shipping of the boxes
        that still hold something. `since`: the row is listed only from then on.
        """
        start = kst_midnight(on)
        lines = [line for line in self._lines_at(start) if line.live_at(start) > 0]
        rows = list(sold) or _as_sold(lines, start)
        if not rows:
            raise ValueError(f"order {self.id}: nothing is left to confirm on {day(on)}")
        if delivery_fee is None:
            living = {id(line.box): line.box for line in lines}.values()
            delivery_fee = sum(each.spec.shipping + (each.spec.remote or 0) for each in living)
            remote_fee = sum(each.spec.remote or 0 for each in living)
        else:
            remote_fee = 0
        for line in lines:
            line.confirmed = start
        return self._sell("SALE", on, rows, delivery_fee, remote_fee, sale_date, since, raw)

    def refund(
        self,
        on: Day,
        units: Units = None,
        *sold: Sold,
        delivery_fee: int = 0,
        sale_date: Day | None = None,
        since: Moment | None = None,
        raw: Mapping[str, Any] | None = None,
    ) -> SalesRow:
        """A REFUND row (positive magnitudes) recognised on that day.

        Without `sold`: the named units of the order's SALE rows (None: all of them), with money in
        proportion.
        """
        rows = list(sold) or _part_of(self.sales, self._wanted(units))
        return self._sell("REFUND", on, rows, delivery_fee, 0, sale_date, since, raw)

    def charge_return_shipping(self, on: Day, amount: int = 5_000) -> SalesRow:
        """The buyer pays for sending it back: a REFUND row of -amount with items of quantity 0."""
        rows = [
            Sold(line.product, quantity=0, sale_price=0, sku=line.item.sku) for line in self.lines
        ]
        return self._sell("REFUND", on, rows, -amount, 0, None, None, None)

    def rebox(
        self,
        at: Moment,
        *new: BoxSpec,
        old: Iterable[Box] | None = None,
    ) -> list[Box]:
        """Boxes are split or bundled anew: the old ones leave, new ids are listed from `at` on.

        Without `new`: one box with all that the old ones held, their cancelCounts and shipping.
        Units that a new box lists beyond those that still live are cancelled ones.
        """
        when = utc(at)
        replaced = list(old) if old is not None else self._boxes_at(when)
        if not replaced:
            raise ValueError(f"order {self.id} has no listed box at {when.isoformat()}")
        status = replaced[0].status_at(when) or Status.INSTRUCT
        for each in replaced:
            each.leave(when, Gone.REPLACED)
        old_lines = [line for each in replaced for line in each.lines]
        specs = new or (
            BoxSpec(
                tuple(line.item for line in old_lines),
                sum(each.spec.shipping for each in replaced),
                sum(each.spec.remote or 0 for each in replaced),
            ),
        )
        boxes = [self.account.add_box(self, spec, when, status) for spec in specs]
        new_lines = [line for each in boxes for line in each.lines]
        if not new:
            for line, before in zip(new_lines, old_lines, strict=True):
                line.tell(when, before.cancelled_at(when))
        _hand_over(old_lines, new_lines, when)
        return boxes

    def exchange(self, at: Moment, what: What | None = None, units: int = 1) -> Exchange:
        """An exchange request: no money moves."""
        line = self.line if what is None else self._find(what)[0]
        return self.account.add_exchange(Exchange(self, line, units, utc(at)))

    def _boxes_at(self, when: datetime) -> list[Box]:
        return [each for each in self.boxes if each.since <= when and not each.gone_at(when)]

    def _lines_at(self, when: datetime) -> list[Line]:
        return [line for each in self.boxes if each.since <= when for line in each.lines]

    def find_id(self, what: What) -> int:
        """The vendor item id of an item of this order."""
        return self._find(what)[0].vendor_item_id

    def _find(self, what: What) -> list[Line]:
        if isinstance(what, Line):
            return [what]
        found = [
            line
            for line in self.lines
            if what is line.item or what == line.product or what == line.vendor_item_id
        ]
        if not found:
            raise ValueError(f"order {self.id} holds no {what!r}")
        return found

    def _wanted(self, units: Units) -> dict[int, int | None] | None:
        """{vendor item id: units, None for all of it}; None for everything."""
        if units is None:
            return None
        pairs = units.items() if isinstance(units, Mapping) else ((what, None) for what in units)
        return {self.find_id(what): count for what, count in pairs}

    def _claim(
        self, units: Units, when: datetime, boxes: Iterable[Box] | None, names_box: bool
    ) -> list[Claimed]:
        chosen = None if boxes is None else list(boxes)
        lines = [line for line in self._lines_at(when) if chosen is None or line.box in chosen]
        if units is None:
            takes = [(line, line.live_at(when)) for line in lines]
        else:
            takes = list(self._spread(units, lines, when))
        claimed = [
            Claimed(
                product=line.product,
                units=count,
                bought=line.quantity,
                box_id=line.box.id if names_box else None,
                line=line,
            )
            for line, count in takes
            if count > 0
        ]
        if not claimed:
            raise ValueError(f"order {self.id}: nothing is left to claim at {when.isoformat()}")
        return claimed

    def _spread(
        self, units: Units, lines: list[Line], when: datetime
    ) -> Iterator[tuple[Line, int]]:
        """The units of an item, taken from its lines in turn."""
        pairs = units.items() if isinstance(units, Mapping) else ((what, None) for what in units)
        for what, count in pairs:
            found = [line for line in self._find(what) if line in lines]
            left = sum(line.live_at(when) for line in found) if count is None else count
            for line in found:
                taken = min(left, line.live_at(when))
                left -= taken
                yield line, taken
            if left:
                raise ValueError(f"order {self.id}: {left} units more than {what!r} has left")

    def _sell(
        self,
        sale_type: str,
        on: Day,
        rows: list[Sold],
        delivery_fee: int,
        remote_fee: int,
        sale_date: Day | None,
        since: Moment | None,
        raw: Mapping[str, Any] | None,
    ) -> SalesRow:
        row = self.account.sales_row(
            on,
            self.id,
            sale_type,
            rows,
            delivery_fee=delivery_fee,
            remote_fee=remote_fee,
            sale_date=sale_date if sale_date is not None else self.sale_date,
            since=since,
            raw=raw,
        )
        self.sales.append(row)
        return row

    @property
    def sale_date(self) -> date:
        """The Korean day of payment."""
        return self.paid_at.astimezone(KST).date()


def _as_sold(lines: list[Line], when: datetime) -> list[Sold]:
    rows: dict[int, Sold] = {}
    for line in lines:
        live, bought = line.live_at(when), line.quantity
        row = Sold(
            product=line.product,
            quantity=live,
            sale_price=line.total * live // bought,
            instant=line.item.instant * live // bought,
            downloadable=line.item.downloadable * live // bought,
            coupang=line.item.coupang * live // bought,
            sku=line.item.sku,
        )
        before = rows.get(line.vendor_item_id)
        rows[line.vendor_item_id] = row if before is None else before.plus(row)
    return list(rows.values())


def _part_of(sales: list[SalesRow], wanted: Mapping[int, int | None] | None) -> list[Sold]:
    rows: list[Sold] = []
    for sale in sales:
        if sale.sale_type != "SALE":
            continue
        for sold in sale.lines:
            if not sold.quantity or (
                wanted is not None and sold.product.vendor_item_id not in wanted
            ):
                continue
            count = sold.quantity if wanted is None else wanted[sold.product.vendor_item_id]
            rows.append(sold.part(sold.quantity if count is None else count))
    if not rows:
        raise ValueError("no SALE row holds what is to be refunded")
    return rows


def _hand_over(old: list[Line], new: list[Line], when: datetime) -> None:
    """What lived in the old lines lives in the new ones of the same item, as far as they go."""
    for line in new:
        same = [each for each in old if each.vendor_item_id == line.vendor_item_id]
        room = line.quantity
        for each in same:
            moved = min(room, each.live_at(when))
            each.take(when, moved)
            room -= moved
        line.take(when, room)


def _sum_until(events: tuple[tuple[datetime, int], ...], when: datetime) -> int:
    return sum(units for at, units in events if at <= when) if events else 0
