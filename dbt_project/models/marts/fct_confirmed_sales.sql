with

lines as (
    select * from {{ ref('int_confirmed_sales__lines') }}
),

accounts as (
    select * from {{ ref('stg_coupang__accounts') }}
),

totals as (
    select
        vendor_id,
        order_id,
        vendor_item_id,
        sale_type,
        recognition_date,
        is_adjustment,
        min(sale_date) as sale_date,
        max(settlement_date) as settlement_date,
        max(final_settlement_date) as final_settlement_date,
        {% for column in [
            'quantity',
            'sale_krw',
            'instant_coupon_krw',
            'downloadable_coupon_krw',
            'coupang_coupon_krw',
            'service_fee_krw',
            'service_fee_vat_krw',
            'settlement_krw',
        ] %}
            cast(sum({{ column }}) as bigint) as {{ column }},
        {% endfor %}
        bool_or(is_before_start) as is_before_start,
        bool_or(is_foreign) as is_foreign
    from lines
    group by
        vendor_id,
        order_id,
        vendor_item_id,
        sale_type,
        recognition_date,
        is_adjustment
)

select
    {{ row_key([
        'totals.vendor_id',
        'totals.order_id',
        'totals.vendor_item_id',
        'totals.sale_type',
        'totals.recognition_date',
    ]) }} as confirmed_sale_key,
    totals.vendor_id,
    accounts.account_name,
    totals.order_id,
    totals.vendor_item_id,
    totals.sale_type,
    totals.recognition_date,
    totals.sale_date,
    totals.quantity,
    totals.sale_krw,
    totals.instant_coupon_krw,
    totals.downloadable_coupon_krw,
    totals.coupang_coupon_krw,
    totals.service_fee_krw,
    totals.service_fee_vat_krw,
    totals.settlement_krw,
    totals.settlement_date,
    totals.final_settlement_date,
    totals.is_adjustment,
    totals.is_before_start,
    totals.is_foreign
from totals
inner join accounts
    on totals.vendor_id = accounts.vendor_id
