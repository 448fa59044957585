-- a restatement is a change of a day that was wholly covered in this build and in the one before it
with

day_changes as (
    select * from {{ ref('int_ledger__day_changes') }}
    where change_krw <> 0
),

builds as (
    select * from {{ ref('int_ledger__builds') }}
),

coverage as (
    select * from {{ ref('int_ledger__day_coverage') }}
    where coverage = 'whole'
),

accounts as (
    select * from {{ ref('stg_coupang__accounts') }}
),

covered_in_both as (
    select
        day_changes.*,
        builds.as_of_utc,
        builds.is_definition_change
    from day_changes
    inner join builds
        on day_changes.build_no = builds.build_no
    inner join coverage
        on
            day_changes.vendor_id = coverage.vendor_id
            and day_changes.payment_date = coverage.payment_date
            and builds.previous_build_no >= coverage.from_build_no
            and day_changes.build_no < coalesce(coverage.until_build_no, day_changes.build_no + 1)
)

select
    {{ row_key([
        'covered_in_both.vendor_id',
        'covered_in_both.payment_date',
        'covered_in_both.build_no',
    ]) }} as restatement_key,
    covered_in_both.vendor_id,
    accounts.account_name,
    covered_in_both.payment_date,
    covered_in_both.as_of_utc as restated_at,
    covered_in_both.revenue_krw - covered_in_both.change_krw as previous_revenue_krw,
    covered_in_both.revenue_krw,
    covered_in_both.change_krw,
    covered_in_both.change_from_payments_krw,
    covered_in_both.change_from_cancellations_krw,
    covered_in_both.change_from_coupons_krw,
    covered_in_both.is_definition_change
from covered_in_both
inner join accounts
    on covered_in_both.vendor_id = accounts.vendor_id
