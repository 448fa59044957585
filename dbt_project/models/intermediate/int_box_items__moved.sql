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

-- nothing has moved in an order of which no box has vanished
orders as (
    select distinct
        vendor_id,
        order_id
    from boxes
    where is_vanished
),

suspects as (
    select
        box_items.vendor_id,
        box_items.order_id,
        box_items.shipment_box_id,
        box_items.vendor_item_id,
        box_items.is_vanished,
        box_items.first_seen_order,
        box_items.last_seen_order
    from box_items
    inner join orders
        on
            box_items.vendor_id = orders.vendor_id
            and box_items.order_id = orders.order_id
),

listed_again as (
    select
        suspects.*,
        is_vanished
        and max(first_seen_order) over (
            partition by vendor_id, order_id, vendor_item_id
        ) > last_seen_order as is_moved_out
    from suspects
),

moves as (
    select
        listed_again.*,
        first_seen_order > min(case when is_moved_out then last_seen_order end) over (
            partition by vendor_id, order_id, vendor_item_id
        ) as is_moved_into
    from listed_again
)

select
    box_items.vendor_id,
    box_items.order_id,
    box_items.shipment_box_id,
    box_items.vendor_item_id,
    box_items.has_krw_line,
    coalesce(moves.is_moved_out, false) as is_moved_out,
    coalesce(moves.is_moved_into, false) as is_moved_into,
    cast(box_items.bought_quantity as bigint) as bought_quantity,
    cast(box_items.item_amount as bigint) as item_amount,
    cast(box_items.sheet_cancel_count as bigint) as sheet_cancel_count,
    cast(box_items.sheet_instant_coupon as bigint) as sheet_instant_coupon,
    cast(box_items.sheet_downloadable_coupon as bigint) as sheet_downloadable_coupon,
    cast(box_items.sheet_coupang_coupon as bigint) as sheet_coupang_coupon
from box_items
left join moves
    on
        box_items.vendor_id = moves.vendor_id
        and box_items.shipment_box_id = moves.shipment_box_id
        and box_items.vendor_item_id = moves.vendor_item_id
