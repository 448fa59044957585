-- Loss prevented: a month's share of agreement that counts a row twice or not at all. Per account
-- the months are the rows of fct_order_reconciliation.
with

months as (
    select
        vendor_id,
        sum(confirmed_count) as confirmed_count,
        sum(compared_count) as compared_count,
        sum(agreeing_count) as agreeing_count,
        sum(unexplained_count) as unexplained_count
    from {{ ref('fct_order_reconciliation_monthly') }}
    group by vendor_id
),

confirmed as (
    select
        vendor_id,
        count(*) as confirmed_count,
        sum(case when agrees is not null then 1 else 0 end) as compared_count,
        sum(case when agrees then 1 else 0 end) as agreeing_count,
        sum(case when is_explained = false then 1 else 0 end) as unexplained_count
    from {{ ref('fct_order_reconciliation') }}
    group by vendor_id
)

select
    coalesce(months.vendor_id, confirmed.vendor_id) as vendor_id,
    months.confirmed_count as months_count,
    confirmed.confirmed_count as rows_count
from months
full outer join confirmed
    on months.vendor_id = confirmed.vendor_id
where
    coalesce(months.confirmed_count, 0) <> coalesce(confirmed.confirmed_count, 0)
    or coalesce(months.compared_count, 0) <> coalesce(confirmed.compared_count, 0)
    or coalesce(months.agreeing_count, 0) <> coalesce(confirmed.agreeing_count, 0)
    or coalesce(months.unexplained_count, 0) <> coalesce(confirmed.unexplained_count, 0)
