-- Loss prevented: revenue shown for a day on which nothing was earned. A payment day of which every
-- order is cancelled has revenue 0, and all that was paid on it was cancelled.
with

days as (
    select
        vendor_id,
        payment_date,
        sum(revenue_krw) as revenue_krw,
        sum(expected_revenue_krw) as expected_revenue_krw,
        sum(paid_krw - cancelled_krw) as left_krw
    from {{ ref('fct_orders') }}
    group by
        vendor_id,
        payment_date
    having count(*) = sum(case when order_status = 'cancelled' then 1 else 0 end)
),

daily as (
    select
        days.*,
        daily_revenue.revenue_krw as daily_revenue_krw
    from days
    inner join {{ ref('fct_daily_revenue') }} as daily_revenue
        on
            days.vendor_id = daily_revenue.vendor_id
            and days.payment_date = daily_revenue.payment_date
    where daily_revenue.data_status <> 'missing'
)

select
    vendor_id,
    payment_date,
    revenue_krw
from days
where
    revenue_krw <> 0
    or expected_revenue_krw <> 0
    or left_krw <> 0
union all
select
    vendor_id,
    payment_date,
    daily_revenue_krw as revenue_krw
from daily
where daily_revenue_krw <> 0
