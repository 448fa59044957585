-- each item, and each order's shipping, from its revenue to what was recognised of it: what is not
-- confirmed yet, and by how much the sales history tells of more than the sheets for what is
-- confirmed
with

order_items as (
    select * from {{ ref('int_order_items__revenue') }}
),

boxes as (
    select * from {{ ref('int_boxes__shipping') }}
),

recognised as (
    select
        vendor_id,
        order_id,
        coalesce(vendor_item_id, '') as unit,
        payment_month,
        sum(sale_krw) as sale_krw,
        sum(coupon_krw) as coupon_krw
    from {{ ref('int_bridge__recognised') }}
    where belongs_to = 'order'
    group by
        vendor_id,
        order_id,
        vendor_item_id,
        payment_month
),

-- the delivery fee comes with the order's first SALE row
sold_orders as (
    select distinct
        vendor_id,
        order_id
    from {{ ref('int_confirmed_sales__lines') }}
    where sale_type = 'SALE'
),

items as (
    select
        vendor_id,
        order_id,
        vendor_item_id as unit,
        payment_date,
        item_krw as amount_krw,
        coupon_krw,
        {{ live_amount(
            'paid_krw',
            'least(net_quantity, sale_quantity - refund_quantity)',
            'bought_quantity',
        ) }} as confirmed_krw
    from order_items
),

shipping as (
    select
        boxes.vendor_id,
        boxes.order_id,
        '' as unit,
        boxes.payment_date,
        sum(boxes.shipping_krw) as amount_krw,
        0 as coupon_krw,
        sum(case when sold_orders.order_id is not null then boxes.shipping_krw else 0 end)
            as confirmed_krw
    from boxes
    left join sold_orders
        on
            boxes.vendor_id = sold_orders.vendor_id
            and boxes.order_id = sold_orders.order_id
    group by
        boxes.vendor_id,
        boxes.order_id,
        boxes.payment_date
),

paid as (
    select * from items
    union all
    select * from shipping
)

select
    coalesce(paid.vendor_id, recognised.vendor_id) as vendor_id,
    coalesce(paid.order_id, recognised.order_id) as order_id,
    nullif(coalesce(paid.unit, recognised.unit), '') as vendor_item_id,
    coalesce({{ month_of('paid.payment_date') }}, recognised.payment_month) as payment_month,
    cast(coalesce(paid.amount_krw - paid.confirmed_krw, 0) as bigint) as unconfirmed_krw,
    cast(coalesce(recognised.sale_krw, 0) - coalesce(paid.confirmed_krw, 0) as bigint)
        as amount_difference_krw,
    cast(coalesce(recognised.coupon_krw, 0) - coalesce(paid.coupon_krw, 0) as bigint)
        as coupon_difference_krw
from paid
full outer join recognised
    on
        paid.vendor_id = recognised.vendor_id
        and paid.order_id = recognised.order_id
        and paid.unit = recognised.unit
