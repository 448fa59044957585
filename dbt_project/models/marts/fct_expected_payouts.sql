-- weekly settlement pays 70 % of a sale on its settlement day and the rest on its final one;
-- monthly settlement, which has no final day, pays all on its settlement day
with

sales as (
    select
        vendor_id,
        account_name,
        order_id,
        settlement_date,
        final_settlement_date,
        settlement_krw,
        {{ won_share('settlement_krw', 7, 10) }} as first_part_krw,
        instant_coupon_krw + downloadable_coupon_krw as seller_coupon_krw
    from {{ ref('fct_confirmed_sales') }}
),

parts as (
    select
        vendor_id,
        account_name,
        order_id,
        coalesce(settlement_date, final_settlement_date) as payout_date,
        case when final_settlement_date is not null then first_part_krw else settlement_krw end
            as payout_krw,
        seller_coupon_krw
    from sales
    union all
    select
        vendor_id,
        account_name,
        order_id,
        final_settlement_date as payout_date,
        settlement_krw - first_part_krw as payout_krw,
        0 as seller_coupon_krw
    from sales
    where final_settlement_date is not null
)

select
    {{ row_key(['vendor_id', 'payout_date']) }} as payout_key,
    vendor_id,
    account_name,
    payout_date,
    cast(sum(payout_krw) as bigint) as payout_krw,
    cast(sum(seller_coupon_krw) as bigint) as seller_coupon_krw,
    count(distinct order_id) as order_count
from parts
group by
    vendor_id,
    account_name,
    payout_date
