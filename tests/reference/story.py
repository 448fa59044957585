"""Stories told day by day as raw rows, short enough to read beside the policy's examples."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from tests.reference.marts import Cancellation, DailyRevenue, DataIssue, Marts, Order, OrderItem
from tests.reference.policy import LISTINGS, evaluate
from tests.reference.rows import KST
from tests.reference.worlds import MutableRow, declared_columns


def line(item: str, quantity: int | None, total: int | None, **more: Any) -> MutableRow:  # noqa: ANN401
    """A line of a sheet: its quantity and orderPrice."""
    return {
        "vendor_item_id": item,
        "shipping_count": quantity,
        "order_price": total,
        "order_price_currency": "KRW",
        "cancel_count": 0,
        **more,
    }


def entry(item: str, quantity: int | None, total: int | None = 0, coupon: int = 0) -> MutableRow:
    """An entry of the sales history; the coupon is the seller's instant one."""
    return {
        "vendor_item_id": item,
        "quantity": quantity,
        "sale_price": total,
        "seller_discount_coupon": coupon,
    }


class Story:
    """One account whose listings are all read at 23:00 of every day that is told.

    What is told of a day is what that day's readings showed.
    """

    def __init__(self, vendor_id: str = "A00000001", start: str = "2026-01-01") -> None:
        self.vendor_id = vendor_id
        self.start = date.fromisoformat(start)
        self.raw: dict[str, list[MutableRow]] = {table: [] for table in declared_columns()}
        self.raw["_dlt_loads"].append(
            {"load_id": "1", "status": 0, "inserted_at": datetime(2026, 1, 1, tzinfo=UTC)}
        )
        self.reading_id = 0
        self.readings: dict[str, int] = {}
        self.requests: dict[str, int] = {}
        self._add("accounts", account_name="가게", is_linked=True, start_date=start)

    def _add(self, table: str, **values: Any) -> None:  # noqa: ANN401
        empty = dict.fromkeys(declared_columns()[table])
        if table in ("accounts", "read_log"):
            self.reading_id += 1
            empty["reading_id"] = self.reading_id
        row = {**empty, "vendor_id": self.vendor_id, "_dlt_load_id": "1", **values}
        self.raw[table].append(row)

    def day(self, text: str, *, listings: tuple[str, ...] = LISTINGS) -> "Story":
        """Begins the readings of a day: every listing from the start date on."""
        today = date.fromisoformat(text)
        for listing in listings:
            last = today - timedelta(days=1) if listing == "confirmed_sales" else today
            self.reading(
                listing, self.start, last, datetime(*today.timetuple()[:3], 23, tzinfo=KST)
            )
        return self

    def reading(
        self, listing: str, first: date, last: date, as_of: datetime, *, is_whole: bool = True
    ) -> None:
        """One reading; the rows that follow belong to it."""
        margin = timedelta(days=1 if listing == "order_sheets" else 0)
        self._add(
            "read_log",
            listing=listing,
            window_from=(first - margin).isoformat(),
            window_to=last.isoformat(),
            covered_from=first.isoformat(),
            covered_to=last.isoformat(),
            is_whole=is_whole,
            as_of=as_of.astimezone(UTC).isoformat(),
        )
        self.readings[listing] = self.reading_id
        self.requests[listing] = 0

    def _place(self, listing: str) -> MutableRow:
        self.requests[listing] += 1
        return {
            "reading_id": self.readings[listing],
            "request_no": self.requests[listing],
            "row_no": 1,
        }

    def box(
        self,
        box_id: str,
        *lines: MutableRow,
        shipping: int | None = 3000,
        order: str = "7",
        paid: str | None = "2026-01-05T10:00:00",
        **more: Any,  # noqa: ANN401
    ) -> "Story":
        """A box that the order listings showed."""
        place = self._place("order_sheets")
        ids = {"shipment_box_id": box_id, "order_id": order}
        sheet = {
            "ordered_at": paid or "2026-01-05T10:00:00",
            "paid_at": paid,
            "shipping_price": shipping,
            "shipping_price_currency": "KRW",
            **more,
        }
        self._add("order_sheets", **place, **ids, **sheet)
        for number, values in enumerate(lines, start=1):
            self._add("order_sheet_items", **place, **ids, line_no=number, **values)
        return self

    def receipt(
        self,
        receipt_id: str,
        items: list[tuple[str, int | None]],
        *,
        box: str | None = None,
        created: str = "2026-01-06T09:00:00",
        kind: str = "CANCEL",
        order: str = "7",
        **more: Any,  # noqa: ANN401
    ) -> "Story":
        """A receipt that the return or cancel listing showed: items and units."""
        listing = "cancel_requests" if kind in ("CANCEL", "취소") else "return_requests"
        place = self._place(listing)
        ids = {"receipt_id": receipt_id, "order_id": order}
        self._add("receipts", **place, **ids, receipt_type=kind, created_at=created, **more)
        for number, (item, units) in enumerate(items, start=1):
            self._add(
                "receipt_items",
                **place,
                **ids,
                line_no=number,
                vendor_item_id=item,
                shipment_box_id=box,
                cancel_count=units,
            )
        return self

    def withdrawal(self, receipt_id: str, *items: str, created: str | None = "x") -> "Story":
        """A withdrawal of the items named, or of the whole receipt."""
        place = self._place("withdrawals")
        for number, item in enumerate(items or (None,), start=1):
            self._add(
                "withdrawals",
                **place,
                line_no=number,
                cancel_id=receipt_id,
                created_at=created,
                vendor_item_id=item,
            )
        return self

    def sale(
        self,
        *entries: MutableRow,
        kind: str = "SALE",
        recognised: str = "2026-01-15",
        order: str | None = "7",
        paid: str | None = "2026-01-05",
        fee: int | None = 0,
    ) -> "Story":
        """A row of the sales history."""
        place = self._place("confirmed_sales")
        ids = {"order_id": order, "sale_type": kind, "recognition_date": recognised}
        self._add("confirmed_sales", **place, **ids, sale_date=paid, delivery_fee_amount=fee)
        for number, values in enumerate(entries, start=1):
            self._add("confirmed_sale_items", **place, **ids, line_no=number, **values)
        return self

    def refund(self, *entries: MutableRow, recognised: str = "2026-01-18", **more: Any) -> "Story":  # noqa: ANN401
        return self.sale(*entries, kind="REFUND", recognised=recognised, **more)

    # -- what came of it

    def marts(self, as_of: str = "2026-01-20T23:30:00+09:00", **more: Any) -> Marts:  # noqa: ANN401
        return evaluate(self.raw, datetime.fromisoformat(as_of), **more)

    def on(self, day: str = "2026-01-05", **more: Any) -> DailyRevenue:  # noqa: ANN401
        """The daily row of one payment day."""
        wanted = date.fromisoformat(day)
        return next(
            row for row in self.marts(**more).fct_daily_revenue if row.payment_date == wanted
        )

    def order(self, order_id: str = "7", **more: Any) -> Order:  # noqa: ANN401
        return next(row for row in self.marts(**more).fct_orders if row.order_id == order_id)

    def item(self, item: str, **more: Any) -> OrderItem:  # noqa: ANN401
        return next(row for row in self.marts(**more).fct_order_items if row.vendor_item_id == item)

    def cancellations(self, **more: Any) -> list[Cancellation]:  # noqa: ANN401
        return self.marts(**more).fct_cancellations

    def issues(self, **more: Any) -> list[str]:  # noqa: ANN401
        found: list[DataIssue] = self.marts(**more).fct_data_issues
        return sorted(issue.issue_type for issue in found)
