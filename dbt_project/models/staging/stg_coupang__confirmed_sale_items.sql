with

confirmed_sales as (
    select * from {{ ref('stg_coupang__confirmed_sales') }}
),

lines as (
    select *
    from {{ lines_of(
        'confirmed_sales',
        'confirmed_sale_items',
        ['order_id', 'sale_type', 'sale_date', 'recognition_date'],
    ) }}
)

select
    vendor_id,
    reading_id,
    request_no,
    row_no,
    line_no,
    picked_order_id as order_id,
    picked_sale_type as sale_type,
    picked_sale_date as sale_date,
    picked_recognition_date as recognition_date,
    vendor_item_id,
    product_id,
    product_name,
    vendor_item_name,
    external_seller_sku_code,
    tax_type,
    quantity,
    sale_price,
    coupang_discount_coupon,
    sale_amount,
    seller_discount_coupon,
    downloadable_coupon,
    service_fee,
    service_fee_vat,
    settlement_amount,
    courantee_fee,
    courantee_fee_vat,
    store_fee_discount,
    store_fee_discount_vat
from lines
