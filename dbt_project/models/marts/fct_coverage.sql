with

account_days as (
    select * from {{ ref('int_account_days__listed') }}
),

covered as (
    select * from {{ ref('int_days__covered') }}
),

listings as (
    select 'order_sheets' as listing
    union all
    select 'return_requests' as listing
    union all
    select 'cancel_requests' as listing
    union all
    select 'withdrawals' as listing
    union all
    select 'confirmed_sales' as listing
    union all
    select 'settlements' as listing
)

select
    {{ row_key(['account_days.vendor_id', 'listings.listing', 'account_days.account_date']) }}
        as coverage_key,
    account_days.vendor_id,
    account_days.account_name,
    listings.listing,
    account_days.account_date as covered_date,
    coalesce(covered.is_covered, false) as is_covered,
    covered.last_read_at
from account_days
cross join listings
left join covered
    on
        account_days.vendor_id = covered.vendor_id
        and listings.listing = covered.listing
        and account_days.account_date = covered.covered_date
