with

orders as (
    select * from {{ ref('int_orders__payment_day') }}
    where is_in_marts
),

accounts as (
    select * from {{ ref('stg_coupang__accounts') }}
),

items as (
    select
        vendor_id,
        order_id,
        sum(paid_krw) as paid_krw,
        sum(cancelled_krw) as cancelled_krw,
        sum(item_krw) as item_krw,
        sum(coupon_krw) as coupon_krw,
        sum(coupang_coupon_krw) as coupang_coupon_krw,
        sum(expected_coupon_krw) as expected_coupon_krw,
        sum(pending_return_krw) as pending_return_krw,
        bool_or(cancelled_quantity > 0) as has_cancelled_item,
        bool_or(is_live) as has_live_item,
        bool_or(is_live and has_sale) as has_live_item_with_sale,
        bool_or(is_live and not is_confirmed) as has_unconfirmed_item
    from {{ ref('int_order_items__revenue') }}
    group by
        vendor_id,
        order_id
),

boxes as (
    select
        vendor_id,
        order_id,
        sum(paid_krw) as paid_krw,
        sum(cancelled_krw) as cancelled_krw,
        sum(shipping_krw) as shipping_krw
    from {{ ref('int_boxes__shipping') }}
    group by
        vendor_id,
        order_id
),

totals as (
    select
        orders.vendor_id,
        orders.order_id,
        orders.paid_at_kst,
        orders.payment_date,
        orders.is_from_sales_history,
        cast(coalesce(items.paid_krw, 0) + coalesce(boxes.paid_krw, 0) as bigint) as paid_krw,
        cast(coalesce(items.cancelled_krw, 0) + coalesce(boxes.cancelled_krw, 0) as bigint)
            as cancelled_krw,
        cast(coalesce(items.item_krw, 0) as bigint) as item_krw,
        cast(coalesce(boxes.shipping_krw, 0) as bigint) as shipping_krw,
        cast(coalesce(items.coupon_krw, 0) as bigint) as coupon_krw,
        cast(coalesce(items.coupang_coupon_krw, 0) as bigint) as coupang_coupon_krw,
        cast(coalesce(items.expected_coupon_krw, 0) as bigint) as expected_coupon_krw,
        cast(coalesce(items.pending_return_krw, 0) as bigint) as pending_return_krw,
        coalesce(items.has_cancelled_item, false) as has_cancelled_item,
        coalesce(items.has_live_item, false) as has_live_item,
        items.has_live_item_with_sale,
        items.has_unconfirmed_item
    from orders
    left join items
        on
            orders.vendor_id = items.vendor_id
            and orders.order_id = items.order_id
    left join boxes
        on
            orders.vendor_id = boxes.vendor_id
            and orders.order_id = boxes.order_id
)

select
    {{ row_key(['totals.vendor_id', 'totals.order_id']) }} as order_key,
    totals.vendor_id,
    accounts.account_name,
    totals.order_id,
    totals.paid_at_kst,
    totals.payment_date,
    totals.item_krw + totals.shipping_krw - totals.coupon_krw as revenue_krw,
    totals.item_krw + totals.shipping_krw - totals.coupon_krw - totals.expected_coupon_krw
        as expected_revenue_krw,
    totals.paid_krw,
    totals.cancelled_krw,
    totals.item_krw,
    totals.shipping_krw,
    totals.coupon_krw,
    totals.coupang_coupon_krw,
    totals.pending_return_krw,
    case
        when not totals.has_cancelled_item then 'paid'
        when totals.has_live_item or totals.shipping_krw <> 0 then 'partly_cancelled'
        else 'cancelled'
    end as order_status,
    case
        when not totals.has_live_item then 'none_left'
        when not totals.has_unconfirmed_item then 'confirmed'
        when totals.has_live_item_with_sale then 'partly_confirmed'
        else 'pending'
    end as coupon_status,
    totals.is_from_sales_history
from totals
inner join accounts
    on totals.vendor_id = accounts.vendor_id
