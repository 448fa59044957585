-- Loss prevented: restatements worked out against something that was never said. In a full build
-- the ledger with this build's rows ends at the revenue of each day's orders, to the won.
with

orders as (
    select
        vendor_id,
        payment_date,
        sum(revenue_krw) as revenue_krw
    from {{ ref('fct_orders') }}
    group by
        vendor_id,
        payment_date
),

ledger as (
    select
        vendor_id,
        payment_date,
        sum(change_krw) as revenue_krw
    from {{ ref('int_ledger__day_changes') }}
    group by
        vendor_id,
        payment_date
)

select
    coalesce(orders.vendor_id, ledger.vendor_id) as vendor_id,
    coalesce(orders.payment_date, ledger.payment_date) as payment_date,
    orders.revenue_krw,
    ledger.revenue_krw as ledger_revenue_krw
from orders
full outer join ledger
    on
        orders.vendor_id = ledger.vendor_id
        and orders.payment_date = ledger.payment_date
-- a partial build adds nothing to the ledger and is not held against it
where
    {{ 'true' if is_full_build() else 'false' }}
    and coalesce(orders.revenue_krw, 0) <> coalesce(ledger.revenue_krw, 0)
