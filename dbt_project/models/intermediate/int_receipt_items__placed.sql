-- P4 where each receipt counts: at the box it names, or at item level where that box is unknown,
-- does not hold the item, or the item has moved out of it (P13)
with

receipt_items as (
    select * from {{ ref('int_receipt_items__effect') }}
),

box_items as (
    select * from {{ ref('int_box_items__moved') }}
),

order_items as (
    select * from {{ ref('int_order_items__bought') }}
)

select
    receipt_items.vendor_id,
    receipt_items.receipt_id,
    receipt_items.order_id,
    receipt_items.vendor_item_id,
    receipt_items.shipment_box_id,
    receipt_items.quantity,
    receipt_items.is_effective,
    receipt_items.is_open,
    receipt_items.cancelled_date,
    case
        when box_items.is_moved_out then 'moved'
        when box_items.has_krw_line then 'box'
        else 'item'
    end as counts_at,
    coalesce(
        receipt_items.cancelled_date < order_items.first_sale_recognition_date,
        false
    ) as is_before_confirmation,
    -- P9: a SALE quantity leaves out what was cancelled before it, so such a receipt has nothing to
    -- take
    receipt_items.is_effective
    and not coalesce(
        order_items.is_from_sales_history
        and receipt_items.cancelled_date < order_items.first_sale_recognition_date,
        false
    ) as is_counting
from receipt_items
inner join order_items
    on
        receipt_items.vendor_id = order_items.vendor_id
        and receipt_items.order_id = order_items.order_id
        and receipt_items.vendor_item_id = order_items.vendor_item_id
left join box_items
    on
        receipt_items.vendor_id = box_items.vendor_id
        and receipt_items.order_id = box_items.order_id
        and receipt_items.shipment_box_id = box_items.shipment_box_id
        and receipt_items.vendor_item_id = box_items.vendor_item_id
