-- shipping that died, one row a box, on the latest day on which an item bought in the box was
-- cancelled
with

shipping as (
    select * from {{ ref('int_boxes__shipping') }}
    where cancelled_krw <> 0
),

box_items as (
    select * from {{ ref('int_box_items__moved') }}
    -- a foreign line bought nothing (P14)
    where
        not is_moved_out
        and bought_quantity > 0
),

cancelled_dates as (
    select
        vendor_id,
        order_id,
        vendor_item_id,
        max(cancelled_date) as cancelled_date
    from (
        select
            vendor_id,
            order_id,
            vendor_item_id,
            cancelled_date
        from {{ ref('int_cancellations__by_receipt') }}
        union all
        select
            vendor_id,
            order_id,
            vendor_item_id,
            cancelled_date
        from {{ ref('int_cancellations__without_receipt') }}
    ) as item_rows
    group by
        vendor_id,
        order_id,
        vendor_item_id
),

-- the delivery fee of an order without sheets belongs to all its items
shipped_items as (
    select
        shipping.vendor_id,
        shipping.order_id,
        shipping.shipment_box_id,
        box_items.vendor_item_id
    from shipping
    inner join box_items
        on
            shipping.vendor_id = box_items.vendor_id
            and shipping.order_id = box_items.order_id
            and shipping.shipment_box_id = box_items.shipment_box_id
    union all
    select
        shipping.vendor_id,
        shipping.order_id,
        shipping.shipment_box_id,
        order_items.vendor_item_id
    from shipping
    inner join {{ ref('int_order_items__revenue') }} as order_items
        on
            shipping.vendor_id = order_items.vendor_id
            and shipping.order_id = order_items.order_id
    where shipping.shipment_box_id is null
),

died as (
    select
        shipped_items.vendor_id,
        shipped_items.order_id,
        coalesce(shipped_items.shipment_box_id, '') as box_or_order,
        max(cancelled_dates.cancelled_date) as cancelled_date
    from shipped_items
    left join cancelled_dates
        on
            shipped_items.vendor_id = cancelled_dates.vendor_id
            and shipped_items.order_id = cancelled_dates.order_id
            and shipped_items.vendor_item_id = cancelled_dates.vendor_item_id
    group by
        shipped_items.vendor_id,
        shipped_items.order_id,
        shipped_items.shipment_box_id
)

select
    shipping.vendor_id,
    shipping.order_id,
    shipping.shipment_box_id,
    died.cancelled_date,
    shipping.cancelled_krw
from shipping
inner join died
    on
        shipping.vendor_id = died.vendor_id
        and shipping.order_id = died.order_id
        and coalesce(shipping.shipment_box_id, '') = died.box_or_order
