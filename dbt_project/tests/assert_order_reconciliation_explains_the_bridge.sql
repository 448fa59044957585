-- Loss prevented: a difference in the bridge of a month that cannot be followed to its orders. What
-- sheets and sales history disagree about is, per account, the same won in both marts.
with

bridge as (
    select
        vendor_id,
        sum(amount_krw) as amount_krw
    from {{ ref('fct_revenue_bridge') }}
    where step = '11_sheets_and_history_differ'
    group by vendor_id
),

orders as (
    select
        vendor_id,
        sum(bridge_difference_krw) as amount_krw
    from {{ ref('fct_order_reconciliation') }}
    group by vendor_id
)

select
    coalesce(bridge.vendor_id, orders.vendor_id) as vendor_id,
    bridge.amount_krw as bridge_krw,
    orders.amount_krw as orders_krw
from bridge
full outer join orders
    on bridge.vendor_id = orders.vendor_id
where coalesce(bridge.amount_krw, 0) <> coalesce(orders.amount_krw, 0)
