-- the days an account is shown for: from its start date to today, or, where it is no longer linked,
-- to the day of its last reading
with

accounts as (
    select * from {{ ref('stg_coupang__accounts') }}
),

last_readings as (
    select
        vendor_id,
        max(as_of_date) as last_read_date
    from {{ ref('stg_coupang__readings') }}
    where is_whole
    group by vendor_id
),

-- a reading that ran past midnight may have seen an order of the day after its own
last_payments as (
    select
        vendor_id,
        max(payment_date) as last_payment_date
    from {{ ref('int_orders__payment_day') }}
    where is_in_marts
    group by vendor_id
),

spans as (
    select
        accounts.vendor_id,
        accounts.account_name,
        accounts.start_date,
        case
            when accounts.is_linked then {{ as_of_date() }}
            when last_readings.last_read_date is not null
                then
                    least(
                        greatest(
                            last_readings.last_read_date,
                            coalesce(last_payments.last_payment_date, last_readings.last_read_date)
                        ),
                        {{ as_of_date() }}
                    )
        end as last_date
    from accounts
    left join last_readings
        on accounts.vendor_id = last_readings.vendor_id
    left join last_payments
        on accounts.vendor_id = last_payments.vendor_id
)

select
    vendor_id,
    account_name,
    {{ day_series('start_date', 'last_date') }} as account_date
from spans
