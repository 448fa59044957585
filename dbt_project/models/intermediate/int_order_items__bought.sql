-- what was bought of each item: from its sheets, or where no sheet holds it from the sales history
-- (P9)
with

orders as (
    select * from {{ ref('int_orders__payment_day') }}
),

box_items as (
    select * from {{ ref('int_box_items__moved') }}
),

lines as (
    select * from {{ ref('int_order_lines__amounts') }}
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
            sum(
                case when is_moved_out and not is_moved_into then bought_quantity else 0 end
            ) as bigint
        ) as moved_out_quantity,
        cast(
            sum(
                case when is_moved_into and not is_moved_out then bought_quantity else 0 end
            ) as bigint
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

names as (
    select
        vendor_id,
        order_id,
        vendor_item_id,
        max(product_name) as product_name,
        max(item_name) as item_name,
        max(seller_product_id) as seller_product_id,
        max(seller_sku) as seller_sku
    from lines
    group by
        vendor_id,
        order_id,
        vendor_item_id
),

-- P14: an item of which only foreign lines count is not there, and its sales history neither
from_sheets as (
    select
        listed.*,
        names.product_name,
        names.item_name,
        names.seller_product_id,
        names.seller_sku
    from listed
    inner join names
        on
            listed.vendor_id = names.vendor_id
            and listed.order_id = names.order_id
            and listed.vendor_item_id = names.vendor_item_id
    left join foreign_items
        on
            listed.vendor_id = foreign_items.vendor_id
            and listed.order_id = foreign_items.order_id
            and listed.vendor_item_id = foreign_items.vendor_item_id
    where foreign_items.vendor_item_id is null
),

from_history as (
    select confirmed_items.*
    from confirmed_items
    left join listed
        on
            confirmed_items.vendor_id = listed.vendor_id
            and confirmed_items.order_id = listed.order_id
            and confirmed_items.vendor_item_id = listed.vendor_item_id
    where
        listed.vendor_item_id is null
        and confirmed_items.sale_quantity > 0
),

items as (
    select
        vendor_id,
        order_id,
        vendor_item_id,
        false as is_from_sales_history,
        bought_quantity,
        item_amount,
        sheet_instant_coupon,
        sheet_downloadable_coupon,
        sheet_coupang_coupon,
        moved_out_quantity,
        moved_into_quantity,
        product_name,
        item_name,
        seller_product_id,
        seller_sku
    from from_sheets
    union all
    select
        vendor_id,
        order_id,
        vendor_item_id,
        true as is_from_sales_history,
        sale_quantity as bought_quantity,
        sale_price as item_amount,
        0 as sheet_instant_coupon,
        0 as sheet_downloadable_coupon,
        0 as sheet_coupang_coupon,
        0 as moved_out_quantity,
        0 as moved_into_quantity,
        product_name,
        item_name,
        cast(null as {{ dbt.type_string() }}) as seller_product_id,
        seller_sku
    from from_history
)

select
    items.vendor_id,
    items.order_id,
    items.vendor_item_id,
    items.is_from_sales_history,
    items.bought_quantity,
    items.item_amount,
    items.sheet_instant_coupon,
    items.sheet_downloadable_coupon,
    items.sheet_coupang_coupon,
    items.moved_out_quantity,
    items.moved_into_quantity,
    items.product_name,
    items.item_name,
    items.seller_product_id,
    items.seller_sku,
    orders.payment_date,
    coalesce(confirmed_items.sale_quantity, 0) as sale_quantity,
    coalesce(confirmed_items.refund_quantity, 0) as refund_quantity,
    {% for kind in ['instant', 'downloadable', 'coupang'] -%}
        coalesce(confirmed_items.sale_{{ kind }}_coupon, 0) as sale_{{ kind }}_coupon,
        coalesce(confirmed_items.refund_{{ kind }}_coupon, 0) as refund_{{ kind }}_coupon,
    {% endfor -%}
    confirmed_items.first_sale_recognition_date,
    confirmed_items.last_sale_recognition_date,
    confirmed_items.last_refund_recognition_date,
    coalesce(confirmed_items.has_sale_without_price, false) as has_sale_without_price
from items
inner join orders
    on
        items.vendor_id = orders.vendor_id
        and items.order_id = orders.order_id
left join confirmed_items
    on
        items.vendor_id = confirmed_items.vendor_id
        and items.order_id = confirmed_items.order_id
        and items.vendor_item_id = confirmed_items.vendor_item_id
where orders.is_in_marts
