-- Loss prevented: a bridge that ends somewhere else than what it leads to. For every account and
-- month the steps up to the first total add up to the revenue of the month's orders, and all steps
-- to what was recognised in the month, both worked out apart from the steps.
with

bridge as (
    select
        vendor_id,
        month,
        sum(case when not is_total and step < '04_revenue' then amount_krw else 0 end)
            as steps_to_revenue_krw,
        sum(case when step = '04_revenue' then amount_krw else 0 end) as revenue_krw,
        sum(case when not is_total then amount_krw else 0 end) as steps_krw,
        sum(case when step = '12_recognised' then amount_krw else 0 end) as recognised_krw
    from {{ ref('fct_revenue_bridge') }}
    group by
        vendor_id,
        month
),

revenue as (
    select
        vendor_id,
        {{ month_of('payment_date') }} as month,
        sum(revenue_krw) as revenue_krw
    from {{ ref('fct_orders') }}
    group by
        vendor_id,
        {{ month_of('payment_date') }}
),

recognised as (
    select
        vendor_id,
        {{ month_of('recognition_date') }} as month,
        sum(sale_krw - {{ counted_coupons() }}) as recognised_krw
    from {{ ref('fct_confirmed_sales') }}
    group by
        vendor_id,
        {{ month_of('recognition_date') }}
),

months as (
    select
        vendor_id,
        month
    from bridge
    union
    select
        vendor_id,
        month
    from revenue
    union
    select
        vendor_id,
        month
    from recognised
)

select
    months.vendor_id,
    months.month,
    bridge.steps_to_revenue_krw,
    revenue.revenue_krw,
    bridge.steps_krw,
    recognised.recognised_krw
from months
left join bridge
    on
        months.vendor_id = bridge.vendor_id
        and months.month = bridge.month
left join revenue
    on
        months.vendor_id = revenue.vendor_id
        and months.month = revenue.month
left join recognised
    on
        months.vendor_id = recognised.vendor_id
        and months.month = recognised.month
where
    bridge.month is null
    or bridge.steps_to_revenue_krw <> bridge.revenue_krw
    or bridge.revenue_krw <> coalesce(revenue.revenue_krw, 0)
    or bridge.steps_krw <> bridge.recognised_krw
    or bridge.recognised_krw <> coalesce(recognised.recognised_krw, 0)
