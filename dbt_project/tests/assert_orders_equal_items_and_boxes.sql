-- Loss prevented: shipping or coupons doubled by a join of an order to its items and its boxes. Per
-- account the orders are the items + the boxes, each summed from its own grain.
with

orders as (
    select
        vendor_id,
        sum(paid_krw) as paid_krw,
        sum(cancelled_krw) as cancelled_krw,
        sum(shipping_krw) as shipping_krw,
        sum(coupon_krw) as coupon_krw
    from {{ ref('fct_orders') }}
    group by vendor_id
),

parts as (
    select
        vendor_id,
        paid_krw,
        cancelled_krw,
        0 as shipping_krw,
        coupon_krw
    from {{ ref('fct_order_items') }}
    union all
    select
        vendor_id,
        paid_krw,
        cancelled_krw,
        shipping_krw,
        0 as coupon_krw
    from {{ ref('int_boxes__shipping') }}
),

sums as (
    select
        vendor_id,
        sum(paid_krw) as paid_krw,
        sum(cancelled_krw) as cancelled_krw,
        sum(shipping_krw) as shipping_krw,
        sum(coupon_krw) as coupon_krw
    from parts
    group by vendor_id
)

select
    coalesce(orders.vendor_id, sums.vendor_id) as vendor_id,
    orders.paid_krw,
    sums.paid_krw as parts_paid_krw
from orders
full outer join sums on orders.vendor_id = sums.vendor_id
where
    coalesce(orders.paid_krw, 0) <> coalesce(sums.paid_krw, 0)
    or coalesce(orders.cancelled_krw, 0) <> coalesce(sums.cancelled_krw, 0)
    or coalesce(orders.shipping_krw, 0) <> coalesce(sums.shipping_krw, 0)
    or coalesce(orders.coupon_krw, 0) <> coalesce(sums.coupon_krw, 0)
