with

read_log as (
    select * from {{ complete_rows('read_log') }}
),

numbered as (
    select
        read_log.*,
        row_number() over (
            partition by read_log.vendor_id, read_log.reading_id
            order by read_log._dlt_load_id
        ) as copy_no
    from read_log
)

select
    vendor_id,
    reading_id,
    listing,
    cast(window_from as date) as window_from,
    cast(window_to as date) as window_to,
    cast(covered_from as date) as covered_from,
    cast(covered_to as date) as covered_to,
    subject_id,
    coalesce(is_whole, false) as is_whole,
    outcome,
    request_count,
    row_count,
    {{ utc_timestamp('as_of') }} as as_of_utc,
    {{ kst_timestamp('as_of') }} as as_of_kst,
    cast({{ kst_timestamp('as_of') }} as date) as as_of_date
from numbered
where copy_no = 1
