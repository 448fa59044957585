-- P13: boxes that were superseded, and boxes that vanished with nothing that says why; P14:
-- shipping in another currency
with

boxes as (
    select * from {{ ref('int_boxes__standing') }}
),

box_items as (
    select * from {{ ref('int_box_items__moved') }}
),

receipt_items as (
    select * from {{ ref('int_receipt_items__effect') }}
),

-- P14: the sales history of an item of which only foreign lines count is not there
confirmed_items as (
    select confirmed_items.*
    from {{ ref('int_confirmed_items__totals') }} as confirmed_items
    left join {{ ref('int_order_items__foreign') }} as foreign_items
        on
            confirmed_items.vendor_id = foreign_items.vendor_id
            and confirmed_items.order_id = foreign_items.order_id
            and confirmed_items.vendor_item_id = foreign_items.vendor_item_id
    where foreign_items.vendor_item_id is null
),

amounts as (
    select
        vendor_id,
        shipment_box_id,
        sum(item_amount) as item_amount
    from box_items
    group by
        vendor_id,
        shipment_box_id
),

-- a receipt (withdrawn or not) that names the box
named_boxes as (
    select distinct
        vendor_id,
        shipment_box_id
    from receipt_items
),

-- or names one of its items without a known box
named_items as (
    select
        receipt_items.vendor_id,
        receipt_items.order_id,
        receipt_items.vendor_item_id
    from receipt_items
    left join box_items
        on
            receipt_items.vendor_id = box_items.vendor_id
            and receipt_items.order_id = box_items.order_id
            and receipt_items.shipment_box_id = box_items.shipment_box_id
            and receipt_items.vendor_item_id = box_items.vendor_item_id
    where box_items.vendor_item_id is null
),

explained as (
    select distinct
        box_items.vendor_id,
        box_items.shipment_box_id
    from box_items
    left join named_items
        on
            box_items.vendor_id = named_items.vendor_id
            and box_items.order_id = named_items.order_id
            and box_items.vendor_item_id = named_items.vendor_item_id
    left join confirmed_items
        on
            box_items.vendor_id = confirmed_items.vendor_id
            and box_items.order_id = confirmed_items.order_id
            and box_items.vendor_item_id = confirmed_items.vendor_item_id
    where
        named_items.vendor_item_id is not null
        or confirmed_items.vendor_item_id is not null
),

states as (
    select
        boxes.vendor_id,
        boxes.order_id,
        boxes.shipment_box_id,
        boxes.is_superseded,
        boxes.has_foreign_shipping,
        boxes.is_vanished
        and not boxes.is_superseded
        and named_boxes.shipment_box_id is null
        and explained.shipment_box_id is null as is_unexplained,
        cast(coalesce(amounts.item_amount, 0) + boxes.box_shipping as bigint) as amount_krw
    from boxes
    left join amounts
        on
            boxes.vendor_id = amounts.vendor_id
            and boxes.shipment_box_id = amounts.shipment_box_id
    left join named_boxes
        on
            boxes.vendor_id = named_boxes.vendor_id
            and boxes.shipment_box_id = named_boxes.shipment_box_id
    left join explained
        on
            boxes.vendor_id = explained.vendor_id
            and boxes.shipment_box_id = explained.shipment_box_id
)

select
    vendor_id,
    order_id,
    'superseded_box' as issue_type,
    shipment_box_id as subject,
    'box ' || shipment_box_id
    || ' is gone and its items are listed again in a younger box; what moved counts there'
        as detail,
    amount_krw
from states
where is_superseded
union all
select
    vendor_id,
    order_id,
    'vanished_without_receipt' as issue_type,
    shipment_box_id as subject,
    'box ' || shipment_box_id
    || ' is no longer listed and nothing says that it was cancelled; it still counts' as detail,
    amount_krw
from states
where is_unexplained
union all
select
    vendor_id,
    order_id,
    'foreign_currency' as issue_type,
    shipment_box_id as subject,
    'box ' || shipment_box_id || ': its shipping is not in KRW and is left out' as detail,
    cast(null as bigint) as amount_krw
from states
where
    has_foreign_shipping
    and not is_superseded
