"""The revenue policy in plain Python: raw rows in, rows of the marts out.

Written from the policy's sentences alone, rule by rule, so that what it and the models agree on
was understood twice. Every vendor code is worked out by itself.

READINGS are the choices where a sentence can be read in two ways.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta

from tests.reference.claims import Receipt, read_receipts
from tests.reference.marts import (
    Account,
    Cancellation,
    Coverage,
    DailyRevenue,
    DataIssue,
    Marts,
    Order,
    OrderItem,
)
from tests.reference.orders import Item, OrderFacts, read_order
from tests.reference.rows import KST, Reading, Row, by_vendor, to_day, whole_readings
from tests.reference.sales import SalesRow, read_sales, sum_by_item
from tests.reference.sheets import Box, read_boxes

READINGS = (
    "P2: a line of quantity 0 expects no coupons either; where its orderPrice is not 0 it is "
    "listed as line_without_amount alone, since no orderPrice counts there",
    "P2: orderPrice and salesPrice are compared only where both are KRW",
    "P4: a box whose only lines of an item are foreign does not hold that item",
    "P4: the remark net > s - r is taken as it stands, also where nothing is live",
    "P4 c: least(...) has three parts: early receipts, what receipts alone tell, bought - s; r "
    "counts also where no SALE row exists, only the early cancels need one",
    "P7: S < R (of any kind of coupon) is listed once an item, in whatever branch, SALE or not",
    "P9: a REFUND with neither SALE nor sheet is listed once an item, by its earliest saleDate",
    "P9: entries without quantity are listed one by one by the order's payment day, or by saleDate "
    "where they make no order, not for adjustments; those without salePrice once an item",
    "P13: listed again means in the newest row of the new box",
    "P13: a box holds its items in any currency, where it is asked whether it has to be listed; "
    "sales rows of an item without KRW line are not there (P14) and explain nothing",
    "P14: foreign lines are listed one by one while they count, foreign shipping once a box "
    "where it is not 0 (not of superseded boxes)",
    "P14: of an order that is all foreign the issues of its sheets are listed, not those of items",
    "P14: an order that is all foreign and paid after as_of is in no mart either",
    "an order paid later than as_of on the same day is not there yet; of a sale without sheet "
    "only the day is known",
    "both axes: shipping dies on the latest cancelled_date of any row of the box's items, also of "
    "receipts that took nothing",
)

LISTINGS = (
    "order_sheets",
    "return_requests",
    "cancel_requests",
    "withdrawals",
    "confirmed_sales",
    "settlements",
)
CLAIM_LISTINGS = ("return_requests", "cancel_requests", "withdrawals", "confirmed_sales")


def evaluate(
    raw: Mapping[str, Iterable[Row]], as_of: datetime, include_coupang_funded_coupons: bool = True
) -> Marts:
    """Marts of all vendor codes in raw at the moment `as_of` (with zone).

    `raw` maps each raw table to its rows, as declared, with `_dlt_loads` among them.
    """
    marts = Marts()
    now = as_of.astimezone(KST).replace(tzinfo=None)
    for vendor_id, tables in by_vendor(raw).items():
        if tables["accounts"]:
            _Vendor(vendor_id, tables, now, include_coupang_funded_coupons).tell(marts)
    return marts


def days_between(first: date, last: date) -> Iterator[date]:
    """Every day from first to last."""
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)


class _Vendor:
    """One seller account."""

    def __init__(
        self, vendor_id: str, tables: dict[str, list[Row]], now: datetime, counts_coupang: bool
    ) -> None:
        self.vendor_id = vendor_id
        self.now = now
        self.counts_coupang = counts_coupang
        self.account = max(tables["accounts"], key=lambda row: row["reading_id"])
        self.name = self.account["account_name"]
        self.start = to_day(self.account["start_date"])
        self.readings = whole_readings(tables["read_log"])
        # look-ups are readings too: the last one may have been one
        self.read_days = [
            datetime.fromisoformat(row["as_of"]).astimezone(KST).date()
            for row in tables["read_log"]
            if row["is_whole"]
        ]
        self.boxes = read_boxes(tables["order_sheets"], tables["order_sheet_items"], self.readings)
        self.receipts = read_receipts(
            tables["receipts"], tables["receipt_items"], tables["withdrawals"]
        )
        self.sales = read_sales(
            tables["confirmed_sales"], tables["confirmed_sale_items"], self.readings
        )

        self.sales_of: dict[str, list[SalesRow]] = defaultdict(list)
        for row in self.sales:
            if row.order_id is not None:
                self.sales_of[row.order_id].append(row)
        self.receipts_of: dict[str, list[Receipt]] = defaultdict(list)
        for receipt in self.receipts:
            self.receipts_of[receipt.order_id].append(receipt)

        self.orders: dict[str, OrderFacts] = {}
        for order_id in sorted(self.boxes.keys() | self.sales_of.keys()):
            order = read_order(
                order_id,
                self.boxes.get(order_id, []),
                self.sales_of.get(order_id, []),
                self.receipts_of.get(order_id, []),
            )
            if order is not None:
                self.orders[order_id] = order
        self.shown = {
            order_id: order
            for order_id, order in self.orders.items()
            if self._is_in_time(order) and not order.is_all_foreign
        }

    def _is_in_time(self, order: OrderFacts) -> bool:
        """P15, and nothing that as_of does not know of yet."""
        if order.paid_at is not None and order.paid_at > self.now:
            return False
        return self.start <= order.payment_date <= self.now.date()

    def _age(self, day: date) -> int:
        return (self.now.date() - day).days

    def tell(self, marts: Marts) -> None:
        orders = [self._order_row(order) for order in self.shown.values()]
        marts.fct_orders += orders
        marts.fct_order_items += [
            self._item_row(order, item) for order in self.shown.values() for item in order.items
        ]
        marts.fct_cancellations += self._cancellations()
        marts.fct_coverage += self._coverage()
        marts.fct_daily_revenue += self._daily(orders)
        marts.fct_data_issues += self._issues()
        marts.dim_accounts.append(self._account_row())

    # -- orders and items

    def _counted(self, coupons: tuple[int, int, int]) -> int:
        instant, downloadable, coupang = coupons
        return instant + downloadable + (coupang if self.counts_coupang else 0)

    def _item_row(self, order: OrderFacts, item: Item) -> OrderItem:
        if item.newest_line is not None:
            line = item.newest_line.row
            names = (
                line["seller_product_name"],
                line["seller_product_item_name"],
                line["seller_product_id"],
                line["external_vendor_sku_code"],
            )
        else:
            entry = item.sale.newest
            names = (
                entry["product_name"],
                entry["vendor_item_name"],
                None,
                entry["external_seller_sku_code"],
            )
        coupons = item.coupons()
        return OrderItem(
            vendor_id=self.vendor_id,
            account_name=self.name,
            order_id=order.order_id,
            vendor_item_id=item.item,
            product_name=names[0],
            item_name=names[1],
            seller_product_id=names[2],
            seller_sku=names[3],
            payment_date=order.payment_date,
            bought_quantity=item.bought,
            cancelled_quantity=item.cancelled,
            net_quantity=item.net,
            paid_krw=item.amount,
            cancelled_krw=item.amount - item.item_krw,
            item_krw=item.item_krw,
            instant_coupon_krw=coupons[0],
            downloadable_coupon_krw=coupons[1],
            coupang_coupon_krw=coupons[2],
            coupon_krw=self._counted(coupons),
            expected_coupon_krw=self._counted(item.expected_coupons()),
            pending_return_krw=item.pending_return(),
            is_confirmed=item.is_live and item.is_wholly_confirmed,
            confirmed_on=item.sale.first_day,
        )

    def _order_row(self, order: OrderFacts) -> Order:
        rows = [self._item_row(order, item) for item in order.items]
        item_krw = sum(row.item_krw for row in rows)
        coupon_krw = sum(row.coupon_krw for row in rows)
        shipping_paid = sum(part.amount for part in order.shipping)
        shipping_krw = sum(part.amount for part in order.shipping if not part.is_dead)
        paid_krw = sum(row.paid_krw for row in rows) + shipping_paid
        revenue = item_krw + shipping_krw - coupon_krw
        return Order(
            vendor_id=self.vendor_id,
            account_name=self.name,
            order_id=order.order_id,
            paid_at_kst=order.paid_at,
            payment_date=order.payment_date,
            revenue_krw=revenue,
            expected_revenue_krw=revenue - sum(row.expected_coupon_krw for row in rows),
            paid_krw=paid_krw,
            cancelled_krw=paid_krw - item_krw - shipping_krw,
            item_krw=item_krw,
            shipping_krw=shipping_krw,
            coupon_krw=coupon_krw,
            coupang_coupon_krw=sum(row.coupang_coupon_krw for row in rows),
            pending_return_krw=sum(row.pending_return_krw for row in rows),
            order_status=_order_status(order, shipping_krw),
            coupon_status=_coupon_status(order),
            is_from_sales_history=order.is_from_sales,
        )

    # -- both axes

    def _cancellations(self) -> Iterator[Cancellation]:
        for receipt in self.receipts:
            order = self.orders.get(receipt.order_id)
            if order and order.is_all_foreign and order.payment_date >= self.start:
                continue  # P14
            if receipt.order_id not in self.shown:
                for item_id in receipt.quantities:
                    yield self._receipt_row(receipt, item_id, None, 0, 0)
        for order in self.shown.values():
            yield from self._order_cancellations(order)

    def _order_cancellations(self, order: OrderFacts) -> Iterator[Cancellation]:
        items = {item.item: item for item in order.items}
        days: dict[str, list[date]] = defaultdict(list)  # cancelled_date of the rows of each item
        for receipt in order.receipts:
            for item_id in receipt.quantities:
                effect_date = receipt.effect_date(item_id)
                if effect_date is not None:
                    days[item_id].append(effect_date)
                if item_id not in items:
                    yield self._receipt_row(receipt, item_id, order.payment_date, 0, 0)
        for item in items.values():
            live = item.bought
            counting = item.counting_receipts()
            idle = [receipt for receipt in item.receipts if receipt not in counting]
            for receipt in counting + idle:
                taken = min(receipt.quantity(item.item), live - item.net)
                taken = taken if receipt in counting else 0
                fall = item.live_amount(live) - item.live_amount(live - taken)
                live -= taken
                yield self._receipt_row(receipt, item.item, order.payment_date, taken, fall)
            if live > item.net:
                told = max(item.told_by_boxes, item.told_by_receipts)
                by_history = min(item.told_by_sales, item.bought) > told
                day = item.refund.last_day if by_history else None
                if day is not None:
                    days[item.item].append(day)
                yield self._untold_row(
                    order,
                    evidence="sales_history" if by_history else "sheet",
                    item_id=item.item,
                    day=day,
                    units=live - item.net,
                    amount=item.live_amount(live) - item.item_krw,
                )
        for part in order.shipping:
            if part.is_dead and part.amount != 0:
                yield self._untold_row(
                    order,
                    evidence="shipping",
                    box_id=part.box_id,
                    day=max((day for item in part.items for day in days[item.item]), default=None),
                    units=0,
                    amount=part.amount,
                )

    def _receipt_row(
        self,
        receipt: Receipt,
        item_id: str,
        payment_date: date | None,
        taken: int,
        fall: int,
    ) -> Cancellation:
        return Cancellation(
            vendor_id=self.vendor_id,
            account_name=self.name,
            evidence="receipt",
            receipt_id=receipt.receipt_id,
            order_id=receipt.order_id,
            vendor_item_id=item_id,
            shipment_box_id=None,
            receipt_type=receipt.kind,
            receipt_status=receipt.status,
            reason=receipt.reason,
            fault_by=receipt.fault_by,
            requested_at_kst=receipt.created_at,
            cancelled_date=receipt.effect_date(item_id),
            payment_date=payment_date,
            quantity=receipt.quantity(item_id),
            cancelled_quantity=taken,
            cancelled_krw=fall,
            is_effective=receipt.is_effective(item_id),
            is_withdrawn=receipt.is_withdrawn(item_id),
            is_order_known=payment_date is not None,
        )

    def _untold_row(
        self,
        order: OrderFacts,
        *,
        evidence: str,
        day: date | None,
        units: int,
        amount: int,
        item_id: str | None = None,
        box_id: str | None = None,
    ) -> Cancellation:
        return Cancellation(
            vendor_id=self.vendor_id,
            account_name=self.name,
            evidence=evidence,
            receipt_id=None,
            order_id=order.order_id,
            vendor_item_id=item_id,
            shipment_box_id=box_id,
            receipt_type=None,
            receipt_status=None,
            reason=None,
            fault_by=None,
            requested_at_kst=None,
            cancelled_date=day,
            payment_date=order.payment_date,
            quantity=units,
            cancelled_quantity=units,
            cancelled_krw=amount,
            is_effective=True,
            is_withdrawn=False,
            is_order_known=True,
        )

    # -- days

    def _listed(self, listing: str) -> list[Reading]:
        return [reading for reading in self.readings if reading.listing == listing]

    def _is_covered(self, listing: str, day: date) -> bool:
        return any(reading.covers(day) for reading in self._listed(listing))

    def _days(self) -> Iterator[date]:
        """Days of the dense marts."""
        last = self.now.date()
        if not self.account["is_linked"]:
            if not self.read_days:
                return iter(())
            # a reading that ran past midnight may have seen an order of the next day
            paid = [order.payment_date for order in self.shown.values()]
            last = min(last, max(self.read_days + paid))
        return days_between(self.start, last)

    def _coverage(self) -> Iterator[Coverage]:
        for day in self._days():
            for listing in LISTINGS:
                vouching = [
                    reading.as_of_utc
                    for reading in self._listed(listing)
                    if reading.covers(day) or reading.covers_in_part(day)
                ]
                yield Coverage(
                    vendor_id=self.vendor_id,
                    account_name=self.name,
                    listing=listing,
                    covered_date=day,
                    is_covered=self._is_covered(listing, day),
                    last_read_at=max(vouching, default=None),
                )

    def _daily(self, orders: list[Order]) -> Iterator[DailyRevenue]:
        of_day: dict[date, list[Order]] = defaultdict(list)
        for row in orders:
            of_day[row.payment_date].append(row)
        for day in self._days():
            rows = of_day.get(day, [])
            status = self._status(day, rows)

            def total(column: str, rows: list[Order] = rows, status: str = status) -> int | None:
                values = (getattr(row, column) for row in rows)
                return None if status == "missing" else sum(values)

            known = status != "missing"
            yield DailyRevenue(
                vendor_id=self.vendor_id,
                account_name=self.name,
                payment_date=day,
                revenue_krw=total("revenue_krw"),
                expected_revenue_krw=total("expected_revenue_krw"),
                paid_krw=total("paid_krw"),
                cancelled_krw=total("cancelled_krw"),
                item_krw=total("item_krw"),
                shipping_krw=total("shipping_krw"),
                coupon_krw=total("coupon_krw"),
                coupang_coupon_krw=total("coupang_coupon_krw"),
                pending_return_krw=total("pending_return_krw"),
                order_count=len(rows) if known else None,
                cancelled_order_count=(
                    sum(row.order_status == "cancelled" for row in rows) if known else None
                ),
                unconfirmed_order_count=(
                    sum(_is_unconfirmed(self.shown[row.order_id]) for row in rows)
                    if known
                    else None
                ),
                data_status=status,
            )

    def _status(self, day: date, rows: list[Order]) -> str:
        if not self._is_covered("order_sheets", day):
            in_part = any(r.covers_in_part(day) for r in self._listed("order_sheets"))
            return "provisional" if in_part else "missing"
        orders = [self.shown[row.order_id] for row in rows]
        if any(_is_unconfirmed(order) or order.has_open_return for order in orders):
            return "provisional"
        is_read_through = all(self._is_covered(listing, day) for listing in CLAIM_LISTINGS)
        return "final" if is_read_through else "provisional"

    # -- issues and the account

    def _issues(self) -> Iterator[DataIssue]:
        found: Counter[tuple[str, str | None]] = Counter()
        for order in self.orders.values():
            if self._is_in_time(order):
                found += self._order_issues(order)
        for row in self.sales:
            if row.order_id is None:
                found["sales_row_without_order", None] += 1
        for order_id, rows in self.sales_of.items():
            found += self._sales_issues(order_id, rows)
        for receipt in self.receipts:
            is_late = (receipt.created_at.date() - self.start).days > 60
            if receipt.order_id not in self.orders and is_late:
                found["receipt_without_order", receipt.order_id] += 1
        for (issue_type, order_id), number in found.items():
            for _ in range(number):
                yield DataIssue(self.vendor_id, issue_type, order_id)

    def _order_issues(self, order: OrderFacts) -> Counter[tuple[str, str | None]]:
        found: Counter[tuple[str, str | None]] = Counter()
        for box in order.boxes:
            for line in box.counting_lines():
                found["line_amount_differs", order.order_id] += line.differs
                found["line_without_amount", order.order_id] += line.lacks_amount
                found["foreign_currency", order.order_id] += line.is_foreign
            if box.is_superseded:
                found["superseded_box", order.order_id] += 1
                continue
            found["foreign_currency", order.order_id] += box.has_foreign_shipping
            if box.is_vanished and not self._explains_vanishing(order, box):
                found["vanished_without_receipt", order.order_id] += 1
        for item in [] if order.is_all_foreign else order.items:
            if item.is_from_sales:
                found["line_without_amount", order.order_id] += item.sale.lacks_price
            found["coupon_refund_exceeds_sale", order.order_id] += any(
                sold < returned
                for sold, returned in zip(item.sale.coupons, item.refund.coupons, strict=True)
            )
            if not item.sale.exists:
                is_late = item.is_live and self._age(order.payment_date) >= 60
                found["never_confirmed", order.order_id] += is_late
            elif item.net > item.confirmed_units and self._age(item.sale.last_day) >= 30:
                found["confirmed_less_than_live", order.order_id] += 1
        return found

    def _explains_vanishing(self, order: OrderFacts, box: Box) -> bool:
        """P13: whether a receipt names the box or, without a known box, one of its items; or the
        history knows one of its items."""
        for receipt in self.receipts:
            if box.box_id in receipt.named_boxes:
                return True
        held = {(other.box_id, item) for other in order.boxes for item in other.items()}
        for receipt in order.receipts:
            for item in box.items() & receipt.quantities.keys():
                if any((box_id, item) not in held for box_id, _ in receipt.quantities[item]):
                    return True
        sold = sum_by_item(order.sales, "SALE").keys() | sum_by_item(order.sales, "REFUND").keys()
        return bool((box.items() - order.foreign_items) & sold)

    def _sales_issues(self, order_id: str, rows: list[SalesRow]) -> Counter[tuple[str, str | None]]:
        """P9: REFUNDs that make no order, entries without quantity."""
        found: Counter[tuple[str, str | None]] = Counter()
        order = self.orders.get(order_id)
        foreign = order.foreign_items if order else set()
        known = {item.item for item in order.items} | foreign if order else set()
        for item, refund in sum_by_item(rows, "REFUND").items():
            if item not in known:
                is_in_time = self.start <= refund.first_sale_date <= self.now.date()
                found["refund_without_sale", order_id] += is_in_time
        for row in rows:
            if row.sale_type not in ("SALE", "REFUND"):
                continue
            is_in_time = (
                self._is_in_time(order) if order else self.start <= row.sale_date <= self.now.date()
            )
            for entry in row.entries:
                is_listed = not entry.has_quantity and entry.item not in foreign
                found["line_without_amount", order_id] += is_listed and is_in_time
        return found

    def _account_row(self) -> Account:
        sheets = self._listed("order_sheets")
        covered = [
            day
            for reading in sheets
            for day in days_between(reading.covered_from, reading.covered_to)
            if reading.covers(day)
        ]
        return Account(
            vendor_id=self.vendor_id,
            account_name=self.name,
            account_group=self.account["account_group"],
            is_linked=self.account["is_linked"],
            start_date=self.start,
            collected_through=max(covered, default=None),
            last_collected_at=sheets[-1].as_of_utc if sheets else None,
            key_expires_on=to_day(self.account["key_expires_on"]),
            last_error=self.account["last_error"],
        )


def _is_unconfirmed(order: OrderFacts) -> bool:
    """Whether some live item is not wholly confirmed."""
    return any(item.is_live and not item.is_wholly_confirmed for item in order.items)


def _order_status(order: OrderFacts, live_shipping: int) -> str:
    if not any(item.cancelled for item in order.items):
        return "paid"
    lives = any(item.is_live for item in order.items) or live_shipping != 0
    return "partly_cancelled" if lives else "cancelled"


def _coupon_status(order: OrderFacts) -> str:
    live = [item for item in order.items if item.is_live]
    if not live:
        return "none_left"
    if all(item.is_wholly_confirmed for item in live):
        return "confirmed"
    if not any(item.sale.exists for item in live):
        return "pending"
    return "partly_confirmed"
