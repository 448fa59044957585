-- P6 the shipping of a box lives unless every item bought in it is cancelled; P9 the same for the
-- delivery fee of orders known from the sales history only (their one row has no box)
with

orders as (
    select * from {{ ref('int_orders__payment_day') }}
    where is_in_marts
),

boxes as (
    select * from {{ ref('int_boxes__standing') }}
    where not is_superseded
),

box_items as (
    select * from {{ ref('int_box_items__moved') }}
    -- a foreign line bought nothing (P14)
    where
        not is_moved_out
        and bought_quantity > 0
),

cancelled as (
    select * from {{ ref('int_box_items__cancelled') }}
),

order_items as (
    select * from {{ ref('int_order_items__revenue') }}
),

bought_in_boxes as (
    select
        box_items.vendor_id,
        box_items.order_id,
        box_items.shipment_box_id,
        bool_and(
            coalesce(cancelled.cancelled_quantity = box_items.bought_quantity, false)
            or order_items.net_quantity = 0
        ) as is_cancelled
    from box_items
    inner join order_items
        on
            box_items.vendor_id = order_items.vendor_id
            and box_items.order_id = order_items.order_id
            and box_items.vendor_item_id = order_items.vendor_item_id
    left join cancelled
        on
            box_items.vendor_id = cancelled.vendor_id
            and box_items.order_id = cancelled.order_id
            and box_items.shipment_box_id = cancelled.shipment_box_id
            and box_items.vendor_item_id = cancelled.vendor_item_id
    group by
        box_items.vendor_id,
        box_items.order_id,
        box_items.shipment_box_id
),

bought_in_history as (
    select
        orders.vendor_id,
        orders.order_id,
        orders.history_delivery_fee,
        bool_and(not order_items.is_live) as is_cancelled
    from orders
    inner join order_items
        on
            orders.vendor_id = order_items.vendor_id
            and orders.order_id = order_items.order_id
    where orders.is_from_sales_history
    group by
        orders.vendor_id,
        orders.order_id,
        orders.history_delivery_fee
),

shipping as (
    select
        boxes.vendor_id,
        boxes.order_id,
        boxes.shipment_box_id,
        boxes.box_shipping as paid_krw,
        bought_in_boxes.is_cancelled
    from boxes
    left join bought_in_boxes
        on
            boxes.vendor_id = bought_in_boxes.vendor_id
            and boxes.order_id = bought_in_boxes.order_id
            and boxes.shipment_box_id = bought_in_boxes.shipment_box_id
    union all
    select
        vendor_id,
        order_id,
        cast(null as {{ dbt.type_string() }}) as shipment_box_id,
        history_delivery_fee as paid_krw,
        is_cancelled
    from bought_in_history
)

select
    shipping.vendor_id,
    shipping.order_id,
    shipping.shipment_box_id,
    orders.payment_date,
    shipping.paid_krw,
    case when shipping.is_cancelled then shipping.paid_krw else 0 end as cancelled_krw,
    case when shipping.is_cancelled then 0 else shipping.paid_krw end as shipping_krw
from shipping
inner join orders
    on
        shipping.vendor_id = orders.vendor_id
        and shipping.order_id = orders.order_id
