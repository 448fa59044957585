-- Loss prevented: a chart that joins two days over one that is not there. Per account as many days
-- as lie between its first and its last, and as many coverage rows for each of six listings.
with

days as (
    select
        vendor_id,
        count(*) as day_count,
        {{ days_between('min(payment_date)', 'max(payment_date)') }} + 1 as expected_count
    from {{ ref('fct_daily_revenue') }}
    group by vendor_id
),

coverage as (
    select
        vendor_id,
        count(*) as day_count
    from {{ ref('fct_coverage') }}
    group by vendor_id
)

select
    days.vendor_id,
    days.day_count,
    days.expected_count
from days
left join coverage on days.vendor_id = coverage.vendor_id
where
    days.day_count <> days.expected_count
    or coalesce(coverage.day_count, 0) <> 6 * days.day_count
