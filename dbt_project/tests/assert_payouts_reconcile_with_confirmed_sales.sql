-- Loss prevented: money that is promised twice, or on no day, when a payout is cut into 70 and 30
-- %. Per account all payouts are the settlement of all confirmed sales to the won, and so are the
-- seller coupons.
with

payouts as (
    select
        vendor_id,
        sum(payout_krw) as payout_krw,
        sum(seller_coupon_krw) as seller_coupon_krw
    from {{ ref('fct_expected_payouts') }}
    group by vendor_id
),

sales as (
    select
        vendor_id,
        sum(settlement_krw) as settlement_krw,
        sum(instant_coupon_krw + downloadable_coupon_krw) as seller_coupon_krw
    from {{ ref('fct_confirmed_sales') }}
    group by vendor_id
)

select
    coalesce(payouts.vendor_id, sales.vendor_id) as vendor_id,
    payouts.payout_krw,
    sales.settlement_krw
from payouts
full outer join sales
    on payouts.vendor_id = sales.vendor_id
where
    coalesce(payouts.payout_krw, 0) <> coalesce(sales.settlement_krw, 0)
    or coalesce(payouts.seller_coupon_krw, 0) <> coalesce(sales.seller_coupon_krw, 0)
