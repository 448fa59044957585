-- the ledger with this build's rows, each beside what was said before
{% set amounts = ['revenue_krw', 'paid_krw', 'cancelled_krw', 'coupon_krw'] %}
{% set columns = ['build_no', 'vendor_id', 'order_id', 'payment_date'] + amounts %}

with

said as (
    select {{ columns | join(', ') }}
    from {{ recorded('order_revenue') }} as recorded_rows
    union all
    select {{ columns | join(', ') }}
    from {{ ref('int_ledger__new_order_revenue') }}
),

beside as (
    select
        {% for column in amounts %}
            coalesce(
                lag({{ column }}) over (
                    partition by vendor_id, order_id, payment_date
                    order by build_no
                ),
                0
            ) as previous_{{ column }},
        {% endfor %}
        said.*
    from said
)

select
    build_no,
    vendor_id,
    order_id,
    payment_date,
    previous_revenue_krw,
    revenue_krw,
    paid_krw - previous_paid_krw as change_from_payments_krw,
    previous_cancelled_krw - cancelled_krw as change_from_cancellations_krw,
    previous_coupon_krw - coupon_krw as change_from_coupons_krw
from beside
