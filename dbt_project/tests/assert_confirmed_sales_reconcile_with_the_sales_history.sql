-- Loss prevented: a delivery fee counted once an item, a refund added instead of subtracted. Per
-- account and month the mart is the newest sales history, each of its rows and entries added up
-- from its own table.
with

history as (
    select
        vendor_id,
        {{ month_of('recognition_date') }} as recognition_month,
        case sale_type when 'SALE' then 1 when 'REFUND' then -1 else 0 end as sign,
        coalesce(delivery_fee_amount, 0) as sale_krw,
        0 as coupon_krw,
        coalesce(delivery_fee_fee, 0) + coalesce(delivery_fee_fee_vat, 0) as fee_krw,
        coalesce(delivery_fee_settlement_amount, 0) as settlement_krw
    from {{ ref('stg_coupang__confirmed_sales') }}
    union all
    select
        vendor_id,
        {{ month_of('recognition_date') }} as recognition_month,
        case sale_type when 'SALE' then 1 when 'REFUND' then -1 else 0 end as sign,
        coalesce(sale_price, 0) as sale_krw,
        coalesce(seller_discount_coupon, 0)
        + coalesce(downloadable_coupon, 0)
        + coalesce(coupang_discount_coupon, 0) as coupon_krw,
        coalesce(service_fee, 0) + coalesce(service_fee_vat, 0) as fee_krw,
        coalesce(settlement_amount, 0) as settlement_krw
    from {{ ref('stg_coupang__confirmed_sale_items') }}
),

expected as (
    select
        vendor_id,
        recognition_month,
        sum(sign * sale_krw) as sale_krw,
        sum(sign * coupon_krw) as coupon_krw,
        sum(sign * fee_krw) as fee_krw,
        sum(sign * settlement_krw) as settlement_krw
    from history
    group by
        vendor_id,
        recognition_month
),

actual as (
    select
        vendor_id,
        {{ month_of('recognition_date') }} as recognition_month,
        sum(sale_krw) as sale_krw,
        sum(instant_coupon_krw + downloadable_coupon_krw + coupang_coupon_krw) as coupon_krw,
        sum(service_fee_krw + service_fee_vat_krw) as fee_krw,
        sum(settlement_krw) as settlement_krw
    from {{ ref('fct_confirmed_sales') }}
    group by
        vendor_id,
        {{ month_of('recognition_date') }}
)

select
    coalesce(expected.vendor_id, actual.vendor_id) as vendor_id,
    coalesce(expected.recognition_month, actual.recognition_month) as recognition_month,
    expected.sale_krw as history_krw,
    actual.sale_krw as mart_krw
from expected
full outer join actual
    on
        expected.vendor_id = actual.vendor_id
        and expected.recognition_month = actual.recognition_month
where
    coalesce(expected.sale_krw, 0) <> coalesce(actual.sale_krw, 0)
    or coalesce(expected.coupon_krw, 0) <> coalesce(actual.coupon_krw, 0)
    or coalesce(expected.fee_krw, 0) <> coalesce(actual.fee_krw, 0)
    or coalesce(expected.settlement_krw, 0) <> coalesce(actual.settlement_krw, 0)
