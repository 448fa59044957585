-- Loss prevented: cancellation-day reports that do not add up to the payment-day truth. The rows of
-- an order add up to its cancelled_krw to the won, and those of an item to its cancelled_quantity.
with

cancellations as (
    select * from {{ ref('fct_cancellations') }}
),

by_order as (
    select
        vendor_id,
        order_id,
        sum(cancelled_krw) as cancelled_krw
    from cancellations
    where is_order_known
    group by
        vendor_id,
        order_id
),

by_item as (
    select
        vendor_id,
        order_id,
        vendor_item_id,
        sum(cancelled_quantity) as cancelled_quantity,
        sum(cancelled_krw) as cancelled_krw
    from cancellations
    where vendor_item_id is not null
    group by
        vendor_id,
        order_id,
        vendor_item_id
),

orders as (
    select * from {{ ref('fct_orders') }}
),

items as (
    select * from {{ ref('fct_order_items') }}
)

select
    orders.vendor_id,
    orders.order_id,
    cast(null as {{ dbt.type_string() }}) as vendor_item_id,
    orders.cancelled_krw as by_payment_day,
    by_order.cancelled_krw as by_cancellation_day
from orders
left join by_order
    on
        orders.vendor_id = by_order.vendor_id
        and orders.order_id = by_order.order_id
where orders.cancelled_krw <> coalesce(by_order.cancelled_krw, 0)
union all
select
    coalesce(items.vendor_id, by_item.vendor_id) as vendor_id,
    coalesce(items.order_id, by_item.order_id) as order_id,
    coalesce(items.vendor_item_id, by_item.vendor_item_id) as vendor_item_id,
    items.cancelled_krw as by_payment_day,
    by_item.cancelled_krw as by_cancellation_day
from items
full outer join by_item
    on
        items.vendor_id = by_item.vendor_id
        and items.order_id = by_item.order_id
        and items.vendor_item_id = by_item.vendor_item_id
where
    coalesce(items.cancelled_quantity, 0) <> coalesce(by_item.cancelled_quantity, 0)
    or coalesce(items.cancelled_krw, 0) <> coalesce(by_item.cancelled_krw, 0)
