"""Cancellations, returns, their withdrawals, and exchanges."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from .catalogue import CANCEL_REASON, RETURN_REASONS
from .moments import Moment, utc

if TYPE_CHECKING:
    from .orders import Line, Order, Product, What
    from .world import Account

RELEASE_STOP_UNCHECKED = "RELEASE_STOP_UNCHECKED"
RETURNS_UNCHECKED = "RETURNS_UNCHECKED"
VENDOR_WAREHOUSE_CONFIRM = "VENDOR_WAREHOUSE_CONFIRM"
REQUEST_COUPANG_CHECK = "REQUEST_COUPANG_CHECK"
RETURNS_COMPLETED = "RETURNS_COMPLETED"

# A request to stop a shipment is listed twice (Coupang Open API docs).
LISTED_UNDER: dict[str, tuple[str, ...]] = {
    RELEASE_STOP_UNCHECKED: ("RU", "UC"),
    RETURNS_UNCHECKED: ("UC",),
    VENDOR_WAREHOUSE_CONFIRM: ("UC",),
    REQUEST_COUPANG_CHECK: ("PR",),
    RETURNS_COMPLETED: ("CC",),
}


@dataclass(frozen=True, slots=True)
class Claimed:
    """An item of a receipt. `line` is None where the receipt belongs to no order we know."""

    product: Product
    units: int
    bought: int
    box_id: int | None = None
    line: Line | None = None
    raw: Mapping[str, Any] | None = None


@dataclass(slots=True, eq=False)
class Receipt:
    """접수: a CANCEL or RETURN receipt with its life."""

    account: Account
    id: int
    order_id: int
    kind: str
    created: datetime
    items: list[Claimed]
    order: Order | None = None
    stop: bool = False
    tells_sheet: bool = True
    fault_by: str | None = None
    reason: tuple[str, str, str, str, str] | None = None
    cancel_reason: str = "필요가 없어졌어요"
    return_charge: int = 0
    raw: Mapping[str, Any] | None = None
    history: list[tuple[datetime, str]] = field(default_factory=list)
    touched: tuple[datetime, ...] = ()
    pre_refunded: datetime | None = None
    completed: datetime | None = None
    completed_by: str = "UNDEFINED"
    hidden: datetime | None = None
    _taken: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        if self.reason is None:
            self.reason = CANCEL_REASON if self.kind == "CANCEL" else RETURN_REASONS[self.id % 5]
        if self.fault_by is None:
            self.fault_by = self.reason[4]
        if not self.history:
            if self.kind == "CANCEL":
                first = RETURNS_COMPLETED
            else:
                first = RELEASE_STOP_UNCHECKED if self.stop else RETURNS_UNCHECKED
            self.history.append((self.created, first))

    def status_at(self, when: datetime) -> str | None:
        """`receiptStatus`; None before it was created, or once it is no longer listed."""
        if when < self.created or (self.hidden is not None and self.hidden <= when):
            return None
        found: str | None = None
        for since, status in self.history:
            if since <= when:
                found = status
        return found

    def modified_at(self, when: datetime) -> datetime:
        """The last change that is visible at that moment."""
        changes = [at for at, _ in self.history] + list(self.touched)
        return max(at for at in changes if at <= when)

    def move(self, status: str, at: Moment) -> Receipt:
        """The receipt goes to `status` (also one that nobody knows)."""
        self.history.append((utc(at), status))
        self.history.sort(key=lambda entry: entry[0])
        return self

    def arrive(self, at: Moment) -> Receipt:
        """The goods are back in the seller's warehouse; still open."""
        return self.move(VENDOR_WAREHOUSE_CONFIRM, at)

    def ask_coupang(self, at: Moment) -> Receipt:
        """The seller asks Coupang to decide (쿠팡확인요청)."""
        return self.move(REQUEST_COUPANG_CHECK, at)

    def pre_refund(self, at: Moment) -> Receipt:
        """선환불: the money goes back before the return is completed."""
        when = utc(at)
        self.pre_refunded = when
        self.touched = (*self.touched, when)
        self.take(when)
        return self

    def complete(self, at: Moment, by: str = "VENDOR_CONFIRM") -> Receipt:
        """반품완료: what was not withdrawn is cancelled; a box with nothing left is not listed."""
        when = utc(at)
        self.completed, self.completed_by = when, by
        self.move(RETURNS_COMPLETED, when)
        self.take(when)
        if self.tells_sheet:
            self.tell_sheets(when)
        return self

    def withdraw(self, at: Moment, *what: What, still_listed: bool | None = None) -> Withdrawal:
        """반품철회 of the named items; none named = of all, and the receipt is no longer listed.

        `still_listed` overrides whether the receipt stays in the listings.
        """
        when = utc(at)
        if what and self.order is None:
            raise ValueError("items of an unknown order are named by their ids: Account.withdrawal")
        named = [] if self.order is None else [self.order.find_id(each) for each in what]
        for index, claimed in enumerate(self.items):
            if named and claimed.product.vendor_item_id not in named:
                continue
            if index in self._taken and claimed.line is not None:
                claimed.line.take(when, -claimed.units)
            if self.stop and self.tells_sheet and claimed.line is not None:
                claimed.line.hold(when, -claimed.units)
        self.touched = (*self.touched, when)
        if not (still_listed if still_listed is not None else bool(named)):
            self.hidden = when
        return self.account.withdrawal(self, when, named)

    def hold(self, when: datetime) -> None:
        """The sheets' `holdCountForCancel` goes up by what is claimed."""
        for claimed in self.items:
            if claimed.line is not None:
                claimed.line.hold(when, claimed.units)

    def take(self, when: datetime) -> None:
        """The claimed units that were not withdrawn are cancelled, each once."""
        for index, claimed in enumerate(self.items):
            if index in self._taken or claimed.line is None or self._withdrawn(claimed, when):
                continue
            self._taken.add(index)
            claimed.line.take(when, claimed.units)

    def tell_sheets(self, when: datetime) -> None:
        """The sheets show it: a cancelCount, or they leave where nothing is left in them."""
        for claimed in self.items:
            if claimed.line is None or self._withdrawn(claimed, when):
                continue
            claimed.line.tell(when, claimed.units)
            if self.stop:
                claimed.line.hold(when, -claimed.units)
            box = claimed.line.box
            if not box.gone_at(when) and all(line.live_at(when) <= 0 for line in box.lines):
                box.leave(when)

    def _withdrawn(self, claimed: Claimed, when: datetime) -> bool:
        return any(
            each.at <= when
            and (not each.vendor_item_ids or claimed.product.vendor_item_id in each.vendor_item_ids)
            for each in self.account.withdrawals_of(self.id)
        )


@dataclass(slots=True, eq=False)
class Withdrawal:
    """반품철회; no vendor item named = the whole receipt."""

    account: Account
    cancel_id: int
    order_id: int
    at: datetime
    vendor_item_ids: list[int]
    duty: str = "CUS"
    raw: Mapping[str, Any] | None = None


@dataclass(slots=True, eq=False)
class Exchange:
    """교환: another piece for the one that was bought; no revenue effect."""

    order: Order
    line: Line
    units: int
    created: datetime
    id: int = 0
    completed: datetime | None = None

    def complete(self, at: Moment) -> Exchange:
        """The buyer has the other piece."""
        self.completed = utc(at)
        return self
