-- how much of a payment day was covered, from one build until before another
with

said as (
    select
        build_no,
        vendor_id,
        payment_date,
        coverage
    from {{ recorded('covered_days') }} as recorded_rows
    union all
    select
        build_no,
        vendor_id,
        payment_date,
        coverage
    from {{ ref('int_ledger__new_covered_days') }}
)

select
    vendor_id,
    payment_date,
    coverage,
    build_no as from_build_no,
    lead(build_no) over (
        partition by vendor_id, payment_date
        order by build_no
    ) as until_build_no
from said
