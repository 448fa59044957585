-- Loss prevented: an answer to "why did 5 January change" that does not add up. The orders behind a
-- restatement add up to it, in the whole and in each of its three parts.
with

orders as (
    select
        vendor_id,
        payment_date,
        restated_at,
        sum(revenue_krw - previous_revenue_krw) as change_krw,
        sum(change_from_payments_krw) as change_from_payments_krw,
        sum(change_from_cancellations_krw) as change_from_cancellations_krw,
        sum(change_from_coupons_krw) as change_from_coupons_krw
    from {{ ref('fct_order_restatements') }}
    group by
        vendor_id,
        payment_date,
        restated_at
),

days as (
    select
        vendor_id,
        payment_date,
        restated_at,
        sum(change_krw) as change_krw,
        sum(change_from_payments_krw) as change_from_payments_krw,
        sum(change_from_cancellations_krw) as change_from_cancellations_krw,
        sum(change_from_coupons_krw) as change_from_coupons_krw
    from {{ ref('fct_revenue_restatements') }}
    group by
        vendor_id,
        payment_date,
        restated_at
)

select
    coalesce(days.vendor_id, orders.vendor_id) as vendor_id,
    coalesce(days.payment_date, orders.payment_date) as payment_date,
    days.change_krw,
    orders.change_krw as orders_change_krw
from days
full outer join orders
    on
        days.vendor_id = orders.vendor_id
        and days.payment_date = orders.payment_date
        and days.restated_at = orders.restated_at
where
    coalesce(days.change_krw, 0) <> coalesce(orders.change_krw, 0)
    or coalesce(days.change_from_payments_krw, 0) <> coalesce(orders.change_from_payments_krw, 0)
    or coalesce(days.change_from_cancellations_krw, 0)
    <> coalesce(orders.change_from_cancellations_krw, 0)
    or coalesce(days.change_from_coupons_krw, 0) <> coalesce(orders.change_from_coupons_krw, 0)
