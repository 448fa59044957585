"""Rows of the marts as the reference tells them; the names are those of the columns."""

from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(frozen=True)
class DailyRevenue:
    """One account x payment day; money and counts are None on a missing day."""

    vendor_id: str
    account_name: str
    payment_date: date
    revenue_krw: int | None
    expected_revenue_krw: int | None
    paid_krw: int | None
    cancelled_krw: int | None
    item_krw: int | None
    shipping_krw: int | None
    coupon_krw: int | None
    coupang_coupon_krw: int | None
    pending_return_krw: int | None
    order_count: int | None
    cancelled_order_count: int | None
    unconfirmed_order_count: int | None
    data_status: str


@dataclass(frozen=True)
class Order:
    """One account x order."""

    vendor_id: str
    account_name: str
    order_id: str
    paid_at_kst: datetime | None
    payment_date: date
    revenue_krw: int
    expected_revenue_krw: int
    paid_krw: int
    cancelled_krw: int
    item_krw: int
    shipping_krw: int
    coupon_krw: int
    coupang_coupon_krw: int
    pending_return_krw: int
    order_status: str
    coupon_status: str
    is_from_sales_history: bool


@dataclass(frozen=True)
class OrderItem:
    """One account x order x item, without shipping."""

    vendor_id: str
    account_name: str
    order_id: str
    vendor_item_id: str
    product_name: str | None
    item_name: str | None
    seller_product_id: str | None
    seller_sku: str | None
    payment_date: date
    bought_quantity: int
    cancelled_quantity: int
    net_quantity: int
    paid_krw: int
    cancelled_krw: int
    item_krw: int
    instant_coupon_krw: int
    downloadable_coupon_krw: int
    coupang_coupon_krw: int
    coupon_krw: int
    expected_coupon_krw: int
    pending_return_krw: int
    is_confirmed: bool
    confirmed_on: date | None


@dataclass(frozen=True)
class Cancellation:
    """One account x receipt x item, or what no receipt tells of."""

    vendor_id: str
    account_name: str
    evidence: str
    receipt_id: str | None
    order_id: str
    vendor_item_id: str | None
    shipment_box_id: str | None
    receipt_type: str | None
    receipt_status: str | None
    reason: str | None
    fault_by: str | None
    requested_at_kst: datetime | None
    cancelled_date: date | None
    payment_date: date | None
    quantity: int
    cancelled_quantity: int
    cancelled_krw: int
    is_effective: bool
    is_withdrawn: bool
    is_order_known: bool


@dataclass(frozen=True)
class Coverage:
    """One account x listing x day."""

    vendor_id: str
    account_name: str
    listing: str
    covered_date: date
    is_covered: bool
    last_read_at: datetime | None


@dataclass(frozen=True)
class DataIssue:
    """One thing a person should look at."""

    vendor_id: str
    issue_type: str
    order_id: str | None


@dataclass(frozen=True)
class Account:
    """One account."""

    vendor_id: str
    account_name: str
    account_group: str | None
    is_linked: bool
    start_date: date
    collected_through: date | None
    last_collected_at: datetime | None
    key_expires_on: date | None
    last_error: str | None


@dataclass
class Marts:
    """All rows, of all accounts."""

    fct_daily_revenue: list[DailyRevenue] = field(default_factory=list)
    fct_orders: list[Order] = field(default_factory=list)
    fct_order_items: list[OrderItem] = field(default_factory=list)
    fct_cancellations: list[Cancellation] = field(default_factory=list)
    fct_coverage: list[Coverage] = field(default_factory=list)
    fct_data_issues: list[DataIssue] = field(default_factory=list)
    dim_accounts: list[Account] = field(default_factory=list)
