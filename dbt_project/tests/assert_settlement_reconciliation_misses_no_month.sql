-- Loss prevented: a month that nobody holds against the settlement, or RESERVE added to the WEEKLY
-- rows it restates. Both sides of an account add up to all its confirmed sales and to all its
-- settlements but RESERVE.
with

reconciled as (
    select
        vendor_id,
        sum(our_krw) as our_krw,
        sum(our_settlement_krw) as our_settlement_krw,
        sum(coalesce(coupang_krw, 0)) as coupang_krw,
        sum(coalesce(coupang_settlement_krw, 0)) as coupang_settlement_krw
    from {{ ref('fct_settlement_reconciliation') }}
    group by vendor_id
),

sales as (
    select
        vendor_id,
        sum(sale_krw - coupang_coupon_krw) as our_krw,
        sum(settlement_krw) as our_settlement_krw
    from {{ ref('fct_confirmed_sales') }}
    group by vendor_id
),

settlements as (
    select
        vendor_id,
        sum(coalesce(total_sale, 0)) as coupang_krw,
        sum(coalesce(settlement_target_amount, 0)) as coupang_settlement_krw
    from {{ ref('stg_coupang__settlements') }}
    where settlement_type in ('MONTHLY', 'WEEKLY', 'ADDITIONAL')
    group by vendor_id
),

accounts as (
    select vendor_id from {{ ref('dim_accounts') }}
)

select
    accounts.vendor_id,
    reconciled.our_krw,
    sales.our_krw as sales_krw,
    reconciled.coupang_krw,
    settlements.coupang_krw as settlements_krw
from accounts
left join reconciled
    on accounts.vendor_id = reconciled.vendor_id
left join sales
    on accounts.vendor_id = sales.vendor_id
left join settlements
    on accounts.vendor_id = settlements.vendor_id
where
    coalesce(reconciled.our_krw, 0) <> coalesce(sales.our_krw, 0)
    or coalesce(reconciled.our_settlement_krw, 0) <> coalesce(sales.our_settlement_krw, 0)
    or coalesce(reconciled.coupang_krw, 0) <> coalesce(settlements.coupang_krw, 0)
    or coalesce(reconciled.coupang_settlement_krw, 0)
    <> coalesce(settlements.coupang_settlement_krw, 0)
