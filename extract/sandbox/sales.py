"""Confirmed sales (매출내역) and the settlements (지급내역) that follow from them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from .moments import Moment, kst_day, utc

if TYPE_CHECKING:
    from .orders import Product

SERVICE_FEE_PERCENT = 10.8
DELIVERY_FEE_PERCENT = 3.0
WEEKLY_SHARE_PERCENT = 70
SELLER_SERVICE_FEE = 55_000
SELLER_SERVICE_FEE_FROM = 1_000_000

# Days on which no bank pays, besides weekends. The lunar holidays are left out: the sandbox gives
# plausible payout days, not Coupang's calendar.
FIXED_HOLIDAYS = {(1, 1), (3, 1), (5, 5), (6, 6), (8, 15), (10, 3), (10, 9), (12, 25)}


@dataclass(frozen=True, slots=True)
class Sold:
    """An item of a sales row: won, totals of the entry (never unit prices)."""

    product: Product
    quantity: int
    sale_price: int
    instant: int = 0
    downloadable: int = 0
    coupang: int = 0
    sku: str | None = None
    fee_percent: float | None = SERVICE_FEE_PERCENT
    raw: Mapping[str, Any] | None = None

    @property
    def sale_amount(self) -> int:
        return self.sale_price - self.coupang

    @property
    def fee(self) -> int:
        return round(self.sale_amount * (self.fee_percent or 0) / 100)

    @property
    def fee_vat(self) -> int:
        return round(self.fee / 10)

    def plus(self, other: Sold) -> Sold:
        """Both entries in one."""
        return replace(
            self,
            quantity=self.quantity + other.quantity,
            sale_price=self.sale_price + other.sale_price,
            instant=self.instant + other.instant,
            downloadable=self.downloadable + other.downloadable,
            coupang=self.coupang + other.coupang,
        )

    def part(self, units: int) -> Sold:
        """`units` of the entry, with money in proportion (won cut off)."""
        whole = self.quantity
        return replace(
            self,
            quantity=units,
            sale_price=self.sale_price * units // whole,
            instant=self.instant * units // whole,
            downloadable=self.downloadable * units // whole,
            coupang=self.coupang * units // whole,
        )


@dataclass(slots=True, eq=False)
class SalesRow:
    """An order x sale type of a recognition day. REFUND amounts are positive magnitudes."""

    number: int
    order_id: int
    sale_type: str
    sale_date: date
    recognition_date: date
    lines: list[Sold]
    delivery_fee: int = 0
    remote_fee: int = 0
    since: datetime | None = None
    until: datetime | None = None
    raw: Mapping[str, Any] | None = None

    def listed_at(self, when: datetime) -> bool:
        """Whether the history shows the row at that moment (its day has to be over)."""
        return (
            self.recognition_date < kst_day(when)
            and (self.since is None or self.since <= when)
            and (self.until is None or when < self.until)
        )

    def retract(self, at: Moment) -> None:
        """The history no longer shows the row: a day read again has it no more."""
        self.until = utc(at)

    @property
    def delivery_fee_charged(self) -> int:
        return round(self.delivery_fee * DELIVERY_FEE_PERCENT / 100)

    @property
    def delivery_fee_vat(self) -> int:
        return round(self.delivery_fee_charged / 10)


def settlement_dates(recognised: date, scheme: str) -> tuple[date, date | None]:
    """(settlementDate, finalSettlementDate) of a sale recognised on that day.

    Weekly: 15 working days after the week (ended by the month), the rest on the first working day
    of the second month after. Monthly: 15 working days after the month, nothing later.
    """
    month_end = _month_end(recognised)
    if scheme == "MONTHLY":
        return _working_days_after(month_end, 15), None
    week_end = min(recognised + timedelta(days=6 - recognised.weekday()), month_end)
    after_next = _month_end(month_end + timedelta(days=1))
    return _working_days_after(week_end, 15), _working_days_after(after_next, 1)


def settlements(
    rows: Iterable[SalesRow], month: date, scheme: str, as_of: datetime
) -> Iterator[dict[str, Any]]:
    """The settlements of a recognition month (its first day) as known at `as_of`.

    A period is there once it is over: SUBJECT until its payout day, DONE from then on. Adjustments
    (orderId 0) are an ADDITIONAL settlement of the month. RESERVE restates the weekly ones.
    """
    today = kst_day(as_of)
    month_end = _month_end(month)
    seen = [
        row for row in rows if month <= row.recognition_date <= month_end and row.listed_at(as_of)
    ]
    orders = [row for row in seen if row.order_id]
    adjustments = [row for row in seen if not row.order_id]
    if scheme == "MONTHLY":
        if orders and month_end < today:
            paid_on, _ = settlement_dates(month, scheme)
            yield _settlement("MONTHLY", month, month, month_end, paid_on, orders, 100, today)
    else:
        yield from _weekly(orders, month, month_end, today)
    if adjustments and month_end < today:
        paid_on = _working_days_after(month_end, 15)
        yield _settlement("ADDITIONAL", month, month, month_end, paid_on, adjustments, 100, today)


def _weekly(
    orders: list[SalesRow], month: date, month_end: date, today: date
) -> Iterator[dict[str, Any]]:
    first = month
    weekly: list[dict[str, Any]] = []
    while first <= month_end:
        last = min(first + timedelta(days=6 - first.weekday()), month_end)
        of_week = [row for row in orders if first <= row.recognition_date <= last]
        if of_week and last < today:
            paid_on, _ = settlement_dates(last, "WEEKLY")
            weekly.append(
                _settlement(
                    "WEEKLY", month, first, last, paid_on, of_week, WEEKLY_SHARE_PERCENT, today
                )
            )
        first = last + timedelta(days=1)
    yield from weekly
    if weekly and month_end < today:
        _, paid_on = settlement_dates(month, "WEEKLY")
        reserve = _settlement("RESERVE", month, month, month_end, paid_on, orders, 0, today)
        reserve["settlementAmount"] = sum(row["lastAmount"] for row in weekly)
        reserve["lastAmount"] = 0
        # The weekly payouts have taken off the coupons already.
        reserve["sellerDiscountCoupon"] = reserve["downloadableCoupon"] = 0
        if reserve["totalSale"] >= SELLER_SERVICE_FEE_FROM:
            reserve["sellerServiceFee"] = SELLER_SERVICE_FEE
        reserve["finalAmount"] = reserve["settlementAmount"] - reserve["sellerServiceFee"]
        yield reserve


def _settlement(
    kind: str,
    month: date,
    first: date,
    last: date,
    paid_on: date | None,
    rows: list[SalesRow],
    share: int,
    today: date,
) -> dict[str, Any]:
    sign = {"REFUND": -1}
    total = fee = instant = downloadable = 0
    for row in rows:
        by = sign.get(row.sale_type, 1)
        total += by * (sum(sold.sale_amount for sold in row.lines) + row.delivery_fee)
        fee += by * sum(sold.fee + sold.fee_vat for sold in row.lines)
        fee += by * (row.delivery_fee_charged + row.delivery_fee_vat)
        instant += by * sum(sold.instant for sold in row.lines)
        downloadable += by * sum(sold.downloadable for sold in row.lines)
    target = total - fee
    paid = target * share // 100
    return {
        "settlementType": kind,
        "settlementDate": paid_on.isoformat() if paid_on else "",
        "revenueRecognitionYearMonth": month.strftime("%Y-%m"),
        "revenueRecognitionDateFrom": first.isoformat(),
        "revenueRecognitionDateTo": last.isoformat(),
        "totalSale": total,
        "serviceFee": fee,
        "settlementTargetAmount": target,
        "settlementAmount": paid,
        "lastAmount": target - paid,
        "pendingReleasedAmount": 0,
        "sellerDiscountCoupon": instant,
        "downloadableCoupon": downloadable,
        "dedicatedDeliveryAmount": 0,
        "sellerServiceFee": 0,
        "couranteeFee": 0,
        "couranteeCustomerReward": 0,
        "deductionAmount": 0,
        "debtOfLastWeek": 0,
        "storeFeeDiscount": 0,
        "finalAmount": paid - instant - downloadable,
        "status": "DONE" if paid_on and paid_on <= today else "SUBJECT",
    }


def _month_end(of: date) -> date:
    return (of.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def _working_days_after(start: date, count: int) -> date:
    found = start
    while count:
        found += timedelta(days=1)
        if found.weekday() < 5 and (found.month, found.day) not in FIXED_HOLIDAYS:
            count -= 1
    return found
