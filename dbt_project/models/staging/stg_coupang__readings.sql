-- A reading that was loaded twice is one. Two that bear the same number stay two, and the build
-- ends with an error: runs on two machines collected the account at the same time
-- (docs/many-accounts.md).
select distinct
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
from {{ complete_rows('read_log') }} as read_log
