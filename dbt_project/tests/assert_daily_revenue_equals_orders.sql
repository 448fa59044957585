-- Loss prevented: a day that says more or less than its orders. Both directions: no day without its
-- orders, no order without its day.
{% set columns = [
    'revenue_krw',
    'expected_revenue_krw',
    'paid_krw',
    'cancelled_krw',
    'item_krw',
    'shipping_krw',
    'coupon_krw',
    'coupang_coupon_krw',
    'pending_return_krw',
] %}

with

orders as (
    select
        vendor_id,
        payment_date,
        {% for column in columns -%}
            sum({{ column }}) as {{ column }},
        {% endfor -%}
        count(*) as order_count,
        sum(case when order_status = 'cancelled' then 1 else 0 end) as cancelled_order_count
    from {{ ref('fct_orders') }}
    group by
        vendor_id,
        payment_date
),

days as (
    select * from {{ ref('fct_daily_revenue') }}
)

select
    coalesce(days.vendor_id, orders.vendor_id) as vendor_id,
    coalesce(days.payment_date, orders.payment_date) as payment_date,
    days.revenue_krw,
    orders.revenue_krw as orders_revenue_krw
from days
full outer join orders
    on
        days.vendor_id = orders.vendor_id
        and days.payment_date = orders.payment_date
where
    days.data_status <> 'missing'
    and (
        false
        {% for column in columns + ['order_count', 'cancelled_order_count'] -%}
            or days.{{ column }} <> coalesce(orders.{{ column }}, 0)
        {% endfor %}
    )
