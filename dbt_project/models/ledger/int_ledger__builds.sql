-- the recorded builds and this one, each with the one before it
with

builds as (
    select
        build_no,
        as_of,
        as_of_date,
        definition
    from {{ source('coupang_ledger', 'builds') }}
    union all
    select
        build_no,
        as_of,
        as_of_date,
        definition
    from {{ ref('int_ledger__new_builds') }}
)

select
    build_no,
    {{ utc_timestamp('as_of') }} as as_of_utc,
    as_of_date,
    lag(build_no) over (order by build_no) as previous_build_no,
    -- what an older version of this project did not write down may have been another definition
    coalesce(definition <> lag(definition) over (order by build_no), true) as is_definition_change
from builds
