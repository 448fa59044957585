-- the ledger by payment day: how the revenue of a day moved with each build that changed it
with

changes as (
    select
        build_no,
        vendor_id,
        payment_date,
        sum(revenue_krw - previous_revenue_krw) as change_krw,
        sum(change_from_payments_krw) as change_from_payments_krw,
        sum(change_from_cancellations_krw) as change_from_cancellations_krw,
        sum(change_from_coupons_krw) as change_from_coupons_krw
    from {{ ref('int_ledger__order_changes') }}
    group by
        build_no,
        vendor_id,
        payment_date
)

select
    build_no,
    vendor_id,
    payment_date,
    cast(change_krw as bigint) as change_krw,
    cast(
        sum(change_krw) over (
            partition by vendor_id, payment_date
            order by build_no
            rows between unbounded preceding and current row
        ) as bigint
    ) as revenue_krw,
    cast(change_from_payments_krw as bigint) as change_from_payments_krw,
    cast(change_from_cancellations_krw as bigint) as change_from_cancellations_krw,
    cast(change_from_coupons_krw as bigint) as change_from_coupons_krw
from changes
