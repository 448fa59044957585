with

states as (
    select * from {{ complete_rows('accounts') }}
),

ranked as (
    select
        states.*,
        row_number() over (
            partition by states.vendor_id
            order by states.reading_id desc
        ) as newness
    from states
)

select
    vendor_id,
    account_name,
    account_group,
    is_linked,
    cast(start_date as date) as start_date,
    cast(key_expires_on as date) as key_expires_on,
    cast(keys_linked_on as date) as keys_linked_on,
    last_error,
    {{ utc_timestamp('as_of') }} as as_of_utc
from ranked
where newness = 1
