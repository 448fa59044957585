-- which days of an account each listing has covered: wholly where a whole reading was begun after
-- the day was over, in part where it was begun during the day
with

readings as (
    select
        vendor_id,
        listing,
        as_of_utc,
        as_of_kst,
        as_of_date,
        covered_from,
        covered_to
    from {{ ref('stg_coupang__readings') }}
    where is_whole
),

days as (
    select
        vendor_id,
        listing,
        as_of_utc,
        as_of_kst,
        as_of_date,
        {{ day_series('covered_from', 'covered_to') }} as covered_date
    from readings
)

select
    vendor_id,
    listing,
    covered_date,
    bool_or(covered_date < as_of_date) as is_covered,
    max(as_of_utc) as last_read_at
from days
-- a reading begun at the first instant of a day has seen nothing of it
where as_of_kst > cast(covered_date as timestamp)
group by
    vendor_id,
    listing,
    covered_date
