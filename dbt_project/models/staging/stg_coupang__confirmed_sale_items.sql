with

confirmed_sales as (
    select * from {{ ref('stg_coupang__confirmed_sales') }}
),

lines as (
    select * from {{ lines_of('confirmed_sales', 'confirmed_sale_items') }}
)

select
    lines.vendor_id,
    lines.reading_id,
    lines.request_no,
    lines.row_no,
    lines.line_no,
    confirmed_sales.order_id,
    confirmed_sales.sale_type,
    confirmed_sales.sale_date,
    confirmed_sales.recognition_date,
    lines.vendor_item_id,
    lines.product_id,
    lines.product_name,
    lines.vendor_item_name,
    lines.external_seller_sku_code,
    lines.tax_type,
    lines.quantity,
    lines.sale_price,
    lines.coupang_discount_coupon,
    lines.sale_amount,
    lines.seller_discount_coupon,
    lines.downloadable_coupon,
    lines.service_fee,
    lines.service_fee_vat,
    lines.settlement_amount,
    lines.courantee_fee,
    lines.courantee_fee_vat,
    lines.store_fee_discount,
    lines.store_fee_discount_vat
from lines
inner join confirmed_sales
    on
        lines.vendor_id = confirmed_sales.vendor_id
        and lines.reading_id = confirmed_sales.reading_id
        and lines.request_no = confirmed_sales.request_no
        and lines.row_no = confirmed_sales.row_no
