-- what was said of a day when it was 0, 1, 3, 7, 14 and 30 days old: by the last build until the
-- end of that age, where it covered the day (wholly, but for the payment day itself)
with

ages as (
    select 0 as age_days
    union all
    select 1 as age_days
    union all
    select 3 as age_days
    union all
    select 7 as age_days
    union all
    select 14 as age_days
    union all
    select 30 as age_days
),

days as (
    select
        vendor_id,
        account_name,
        payment_date,
        revenue_krw as latest_revenue_krw
    from {{ ref('fct_daily_revenue') }}
    where data_status <> 'missing'
),

builds as (
    select * from {{ ref('int_ledger__builds') }}
),

coverage as (
    select * from {{ ref('int_ledger__day_coverage') }}
),

day_changes as (
    select * from {{ ref('int_ledger__day_changes') }}
),

reached as (
    select
        days.*,
        ages.age_days,
        {{ dbt.dateadd('day', 'ages.age_days', 'days.payment_date') }} as age_date
    from days
    cross join ages
),

last_builds as (
    select
        reached.vendor_id,
        reached.account_name,
        reached.payment_date,
        reached.latest_revenue_krw,
        reached.age_days,
        max(builds.build_no) as build_no
    from reached
    inner join builds
        on
            reached.payment_date <= builds.as_of_date
            and reached.age_date >= builds.as_of_date
    where {{ as_of_date() }} >= reached.age_date
    group by
        reached.vendor_id,
        reached.account_name,
        reached.payment_date,
        reached.latest_revenue_krw,
        reached.age_days
),

covering as (
    select last_builds.*
    from last_builds
    inner join coverage
        on
            last_builds.vendor_id = coverage.vendor_id
            and last_builds.payment_date = coverage.payment_date
            and last_builds.build_no >= coverage.from_build_no
            and last_builds.build_no < coalesce(coverage.until_build_no, last_builds.build_no + 1)
    where
        coverage.coverage = 'whole'
        or (coverage.coverage = 'part' and last_builds.age_days = 0)
),

said as (
    select
        covering.vendor_id,
        covering.payment_date,
        covering.age_days,
        sum(day_changes.change_krw) as revenue_krw
    from covering
    inner join day_changes
        on
            covering.vendor_id = day_changes.vendor_id
            and covering.payment_date = day_changes.payment_date
            and covering.build_no >= day_changes.build_no
    group by
        covering.vendor_id,
        covering.payment_date,
        covering.age_days
)

select
    {{ row_key(['covering.vendor_id', 'covering.payment_date', 'covering.age_days']) }}
        as settling_key,
    covering.vendor_id,
    covering.account_name,
    covering.payment_date,
    cast(covering.age_days as bigint) as age_days,
    cast(coalesce(said.revenue_krw, 0) as bigint) as revenue_krw,
    covering.latest_revenue_krw
from covering
left join said
    on
        covering.vendor_id = said.vendor_id
        and covering.payment_date = said.payment_date
        and covering.age_days = said.age_days
