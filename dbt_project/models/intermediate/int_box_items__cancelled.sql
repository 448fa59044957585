-- P4 what was cancelled of an item in a box: the sheet and the receipts tell of the same units, so
-- the one that tells of most counts. Most items are never cancelled, and have no row.
with

box_items as (
    select * from {{ ref('int_box_items__moved') }}
    -- a foreign line bought nothing (P14)
    where
        not is_moved_out
        and bought_quantity > 0
),

receipts as (
    select
        vendor_id,
        order_id,
        shipment_box_id,
        vendor_item_id,
        cast(sum(quantity) as bigint) as receipt_quantity
    from {{ ref('int_receipt_items__placed') }}
    where
        is_counting
        and counts_at = 'box'
    group by
        vendor_id,
        order_id,
        shipment_box_id,
        vendor_item_id
)

select
    box_items.vendor_id,
    box_items.order_id,
    box_items.shipment_box_id,
    box_items.vendor_item_id,
    box_items.bought_quantity,
    least(coalesce(receipts.receipt_quantity, 0), box_items.bought_quantity) as receipt_quantity,
    least(
        greatest(box_items.sheet_cancel_count, coalesce(receipts.receipt_quantity, 0)),
        box_items.bought_quantity
    ) as cancelled_quantity
from box_items
left join receipts
    on
        box_items.vendor_id = receipts.vendor_id
        and box_items.order_id = receipts.order_id
        and box_items.shipment_box_id = receipts.shipment_box_id
        and box_items.vendor_item_id = receipts.vendor_item_id
where
    box_items.sheet_cancel_count > 0
    or receipts.receipt_quantity > 0
