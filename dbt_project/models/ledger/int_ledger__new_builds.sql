-- this build, where it is a full one: it becomes the next of the ledger once every test has passed
with

numbers as (
    select max(build_no) as last_build_no from {{ source('coupang_ledger', 'builds') }}
    union all
    select max(build_no) as last_build_no from {{ source('coupang_ledger', 'order_revenue') }}
    union all
    select max(build_no) as last_build_no from {{ source('coupang_ledger', 'covered_days') }}
)

select
    coalesce(max(last_build_no), 0) + 1 as build_no,
    '{{ as_of_moment().isoformat() }}' as as_of,
    {{ as_of_date() }} as as_of_date,
    '{{ policy_definition() }}' as definition
from numbers
{% if not is_full_build() -%}
-- this run is none
    having false
{% endif -%}
