with

accounts as (
    select * from {{ ref('stg_coupang__accounts') }}
),

readings as (
    select
        vendor_id,
        max(as_of_utc) as last_collected_at
    from {{ ref('stg_coupang__readings') }}
    where
        listing = 'order_sheets'
        and is_whole
    group by vendor_id
),

covered as (
    select
        covered.vendor_id,
        max(covered.covered_date) as collected_through
    from {{ ref('int_days__covered') }} as covered
    inner join {{ ref('int_account_days__listed') }} as account_days
        on
            covered.vendor_id = account_days.vendor_id
            and covered.covered_date = account_days.account_date
    where
        covered.listing = 'order_sheets'
        and covered.is_covered
    group by covered.vendor_id
)

select
    accounts.vendor_id,
    accounts.account_name,
    accounts.account_group,
    accounts.is_linked,
    accounts.start_date,
    covered.collected_through,
    readings.last_collected_at,
    accounts.key_expires_on,
    accounts.last_error
from accounts
left join readings
    on accounts.vendor_id = readings.vendor_id
left join covered
    on accounts.vendor_id = covered.vendor_id
