-- Loss prevented: an order whose payment day is not shown. Days of an account that is no longer
-- linked end with its last reading, and nothing can have been paid after it.
with

orders as (
    select * from {{ ref('fct_orders') }}
),

days as (
    select
        vendor_id,
        payment_date
    from {{ ref('fct_daily_revenue') }}
)

select
    orders.vendor_id,
    orders.order_id,
    orders.payment_date
from orders
left join days
    on
        orders.vendor_id = days.vendor_id
        and orders.payment_date = days.payment_date
where days.payment_date is null
