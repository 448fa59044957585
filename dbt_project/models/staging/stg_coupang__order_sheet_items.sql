with

sheets as (
    select
        vendor_id,
        reading_id,
        request_no,
        row_no
    from {{ ref('stg_coupang__order_sheets') }}
),

lines as (
    select * from {{ lines_of('sheets', 'order_sheet_items') }}
)

select
    vendor_id,
    shipment_box_id,
    line_no,
    order_id,
    vendor_item_id,
    seller_product_id,
    product_id,
    seller_product_name,
    seller_product_item_name,
    vendor_item_name,
    external_vendor_sku_code,
    shipping_count,
    cancel_count,
    hold_count_for_cancel,
    is_canceled,
    confirm_date,
    sales_price,
    sales_price_currency,
    order_price,
    order_price_currency,
    instant_coupon_discount,
    instant_coupon_discount_currency,
    downloadable_coupon_discount,
    downloadable_coupon_discount_currency,
    coupang_discount,
    coupang_discount_currency
from lines
