-- what this build says of how much of a payment day is covered and the last recorded one did not
with

recorded as (
    select
        entries.*,
        row_number() over (
            partition by entries.vendor_id, entries.payment_date
            order by entries.build_no desc
        ) as newness
    from {{ recorded('covered_days') }} as entries
),

last_said as (
    select * from recorded
    where newness = 1
),

days as (
    select
        vendor_id,
        covered_date as payment_date,
        case
            when is_covered then 'whole'
            when last_read_at is not null then 'part'
        end as coverage
    from {{ ref('fct_coverage') }}
    where listing = 'order_sheets'
),

builds as (
    select * from {{ ref('int_ledger__new_builds') }}
),

compared as (
    select
        coalesce(days.vendor_id, last_said.vendor_id) as vendor_id,
        coalesce(days.payment_date, last_said.payment_date) as payment_date,
        coalesce(days.coverage, 'none') as coverage,
        coalesce(last_said.coverage, 'none') as last_coverage
    from days
    full outer join last_said
        on
            days.vendor_id = last_said.vendor_id
            and days.payment_date = last_said.payment_date
)

select
    builds.build_no,
    compared.vendor_id,
    compared.payment_date,
    compared.coverage
from compared
cross join builds
where compared.coverage <> compared.last_coverage
