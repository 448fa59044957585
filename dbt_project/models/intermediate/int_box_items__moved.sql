-- P13 which items of a vanished box are listed again in a younger box of the same order
with

lines as (
    select * from {{ ref('int_order_lines__amounts') }}
),

boxes as (
    select * from {{ ref('stg_coupang__order_sheets') }}
),

-- lines in any currency: a foreign line has no quantity here (P14), yet it is a listing of the item
items as (
    select
        vendor_id,
        shipment_box_id,
        vendor_item_id,
        sum(bought_quantity) as bought_quantity,
        sum(item_amount) as item_amount,
        sum(sheet_cancel_count) as sheet_cancel_count,
        sum(sheet_instant_coupon) as sheet_instant_coupon,
        sum(sheet_downloadable_coupon) as sheet_downloadable_coupon,
        sum(sheet_coupang_coupon) as sheet_coupang_coupon,
        bool_or(not is_foreign) as has_krw_line
    from lines
    group by
        vendor_id,
        shipment_box_id,
        vendor_item_id
),

box_items as (
    select
        items.*,
        boxes.order_id,
        boxes.is_vanished,
        boxes.first_seen_order,
        boxes.last_seen_order
    from items
    inner join boxes
        on
            items.vendor_id = boxes.vendor_id
            and items.shipment_box_id = boxes.shipment_box_id
),

listed_again as (
    select
        box_items.*,
        is_vanished
        and max(first_seen_order) over (
            partition by vendor_id, order_id, vendor_item_id
        ) > last_seen_order as is_moved_out
    from box_items
),

moves as (
    select
        listed_again.*,
        coalesce(
            first_seen_order > min(case when is_moved_out then last_seen_order end) over (
                partition by vendor_id, order_id, vendor_item_id
            ),
            false
        ) as is_moved_into
    from listed_again
)

select
    vendor_id,
    order_id,
    shipment_box_id,
    vendor_item_id,
    has_krw_line,
    is_moved_out,
    is_moved_into,
    cast(bought_quantity as bigint) as bought_quantity,
    cast(item_amount as bigint) as item_amount,
    cast(sheet_cancel_count as bigint) as sheet_cancel_count,
    cast(sheet_instant_coupon as bigint) as sheet_instant_coupon,
    cast(sheet_downloadable_coupon as bigint) as sheet_downloadable_coupon,
    cast(sheet_coupang_coupon as bigint) as sheet_coupang_coupon
from moves
