-- what this build says of an order's revenue and the last recorded one did not
with

recorded as (
    select
        entries.*,
        row_number() over (
            partition by entries.vendor_id, entries.order_id, entries.payment_date
            order by entries.build_no desc
        ) as newness
    from {{ recorded('order_revenue') }} as entries
),

last_said as (
    select * from recorded
    where newness = 1
),

orders as (
    select * from {{ ref('fct_orders') }}
),

builds as (
    select * from {{ ref('int_ledger__new_builds') }}
),

-- an order that is no longer there, or no longer on that day, has 0 on it
compared as (
    select
        coalesce(orders.vendor_id, last_said.vendor_id) as vendor_id,
        coalesce(orders.order_id, last_said.order_id) as order_id,
        {% for column in ['revenue_krw', 'paid_krw', 'cancelled_krw', 'coupon_krw'] %}
            coalesce(orders.{{ column }}, 0) as {{ column }},
            last_said.{{ column }} as last_{{ column }},
        {% endfor %}
        coalesce(orders.payment_date, last_said.payment_date) as payment_date
    from orders
    full outer join last_said
        on
            orders.vendor_id = last_said.vendor_id
            and orders.order_id = last_said.order_id
            and orders.payment_date = last_said.payment_date
)

select
    builds.build_no,
    compared.vendor_id,
    compared.order_id,
    compared.payment_date,
    compared.revenue_krw,
    compared.paid_krw,
    compared.cancelled_krw,
    compared.coupon_krw
from compared
cross join builds
where
    compared.last_revenue_krw is null
    or compared.revenue_krw <> compared.last_revenue_krw
    or compared.paid_krw <> compared.last_paid_krw
    or compared.cancelled_krw <> compared.last_cancelled_krw
    or compared.coupon_krw <> compared.last_coupon_krw
