-- which recognition months can be held against their settlement: those that are over, whose
-- confirmed sales were read to the last day, and whose settlements were read after that
with

sales as (
    select
        vendor_id,
        {{ month_of('recognition_date') }} as recognition_month
    from {{ ref('int_confirmed_sales__lines') }}
),

settlements as (
    select
        vendor_id,
        recognition_month
    from {{ ref('stg_coupang__settlements') }}
),

covered as (
    select * from {{ ref('int_days__covered') }}
    where is_covered
),

months as (
    select
        vendor_id,
        recognition_month,
        {{ dbt.last_day('recognition_month', 'month') }} as last_date
    from (
        select * from sales
        union
        select * from settlements
    ) as both_sides
),

sales_days as (
    select
        vendor_id,
        {{ month_of('covered_date') }} as recognition_month,
        count(*) as day_count
    from covered
    where listing = 'confirmed_sales'
    group by
        vendor_id,
        {{ month_of('covered_date') }}
),

settlements_read as (
    select
        vendor_id,
        covered_date
    from covered
    where listing = 'settlements'
)

select
    months.vendor_id,
    months.recognition_month,
    months.last_date,
    months.last_date < {{ as_of_date() }} as is_over,
    coalesce(
        sales_days.day_count
        = {{ days_between('months.recognition_month', 'months.last_date') }} + 1,
        false
    ) as is_sales_history_read,
    settlements_read.covered_date is not null as is_settlement_read
from months
left join sales_days
    on
        months.vendor_id = sales_days.vendor_id
        and months.recognition_month = sales_days.recognition_month
left join settlements_read
    on
        months.vendor_id = settlements_read.vendor_id
        and months.last_date = settlements_read.covered_date
