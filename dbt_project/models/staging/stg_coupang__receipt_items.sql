with

receipts as (
    select
        vendor_id,
        reading_id,
        request_no,
        row_no
    from {{ ref('stg_coupang__receipts') }}
),

lines as (
    select * from {{ lines_of('receipts', 'receipt_items') }}
)

select
    vendor_id,
    receipt_id,
    line_no,
    order_id,
    vendor_item_id,
    shipment_box_id,
    purchase_count,
    cancel_count,
    release_status
from lines
