-- what an item of an order is called: in its sheets, or where no sheet holds it (P9) in the sales
-- history. A view, apart from the amounts: text is the most of what is written, and only one mart
-- shows it.
{{ config(materialized='view') }}

with

lines as (
    select * from {{ ref('int_order_lines__amounts') }}
),

entries as (
    select * from {{ ref('stg_coupang__confirmed_sale_items') }}
),

bought as (
    select * from {{ ref('int_order_items__bought') }}
)

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
union all
select
    bought.vendor_id,
    bought.order_id,
    bought.vendor_item_id,
    max(entries.product_name) as product_name,
    max(entries.vendor_item_name) as item_name,
    cast(null as {{ dbt.type_string() }}) as seller_product_id,
    max(entries.external_seller_sku_code) as seller_sku
from bought
inner join entries
    on
        bought.vendor_id = entries.vendor_id
        and bought.order_id = entries.order_id
        and bought.vendor_item_id = entries.vendor_item_id
where bought.is_from_sales_history
group by
    bought.vendor_id,
    bought.order_id,
    bought.vendor_item_id
