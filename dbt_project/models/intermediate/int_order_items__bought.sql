-- what was bought of each item: from its sheets, or where no sheet holds it from the sales history
-- (P9)
with

orders as (
    select * from {{ ref('int_orders__payment_day') }}
),

box_items as (
    select * from {{ ref('int_box_items__moved') }}
),

confirmed_items as (
    select * from {{ ref('int_confirmed_items__totals') }}
),

-- P13: what moved to another box counts there; its quantities on both sides are needed for the
-- receipts that still name the old one
listed as (
    select
        vendor_id,
        order_id,
        vendor_item_id,
        {% for column in [
            'bought_quantity',
            'item_amount',
            'sheet_instant_coupon',
            'sheet_downloadable_coupon',
            'sheet_coupang_coupon',
        ] -%}
            cast(
                sum(case when is_moved_out then 0 else {{ column }} end) as bigint
            ) as {{ column }},
        {% endfor -%}
        cast(
            sum(case when is_moved_out and not is_moved_into then bought_quantity end) as bigint
        ) as moved_out_quantity,
        cast(
            sum(case when is_moved_into and not is_moved_out then bought_quantity end) as bigint
        ) as moved_into_quantity
    from box_items
    group by
        vendor_id,
        order_id,
        vendor_item_id
),

foreign_items as (
    select * from {{ ref('int_order_items__foreign') }}
),

-- both sides at once: each is large
both_sides as (
    select
        coalesce(listed.vendor_id, confirmed_items.vendor_id) as vendor_id,
        coalesce(listed.order_id, confirmed_items.order_id) as order_id,
        coalesce(listed.vendor_item_id, confirmed_items.vendor_item_id) as vendor_item_id,
        listed.vendor_item_id is null as is_from_sales_history,
        case
            when listed.vendor_item_id is null then confirmed_items.sale_quantity
            else listed.bought_quantity
        end as bought_quantity,
        case
            when listed.vendor_item_id is null then confirmed_items.sale_price
            else listed.item_amount
        end as item_amount,
        {% for column in [
            'sheet_instant_coupon',
            'sheet_downloadable_coupon',
            'sheet_coupang_coupon',
            'moved_out_quantity',
            'moved_into_quantity',
        ] -%}
            coalesce(listed.{{ column }}, 0) as {{ column }},
        {% endfor -%}
        {% for column in [
            'sale_quantity',
            'refund_quantity',
            'sale_instant_coupon',
            'refund_instant_coupon',
            'sale_downloadable_coupon',
            'refund_downloadable_coupon',
            'sale_coupang_coupon',
            'refund_coupang_coupon',
        ] -%}
            coalesce(confirmed_items.{{ column }}, 0) as {{ column }},
        {% endfor -%}
        confirmed_items.first_sale_recognition_date,
        confirmed_items.last_sale_recognition_date,
        confirmed_items.last_refund_recognition_date,
        coalesce(confirmed_items.has_sale_without_price, false) as has_sale_without_price
    from listed
    full outer join confirmed_items
        on
            listed.vendor_id = confirmed_items.vendor_id
            and listed.order_id = confirmed_items.order_id
            and listed.vendor_item_id = confirmed_items.vendor_item_id
)

-- P14: an item of which only foreign lines count is not there, and its sales history neither
select
    both_sides.*,
    orders.payment_date
from both_sides
inner join orders
    on
        both_sides.vendor_id = orders.vendor_id
        and both_sides.order_id = orders.order_id
left join foreign_items
    on
        both_sides.vendor_id = foreign_items.vendor_id
        and both_sides.order_id = foreign_items.order_id
        and both_sides.vendor_item_id = foreign_items.vendor_item_id
where
    orders.is_in_marts
    and foreign_items.vendor_item_id is null
    and (not both_sides.is_from_sales_history or both_sides.sale_quantity > 0)
