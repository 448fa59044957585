-- P2 the amount and quantity of a line, and P14 which lines are in another currency. A view: worked
-- out in less time than written.
{{ config(materialized='view') }}

with

lines as (
    select * from {{ ref('stg_coupang__order_sheet_items') }}
),

currencies as (
    select
        lines.*,
        case
            when order_price is not null then coalesce(order_price_currency, 'KRW') <> 'KRW'
            when sales_price is not null then coalesce(sales_price_currency, 'KRW') <> 'KRW'
            else
                coalesce(order_price_currency, 'KRW') <> 'KRW'
                or coalesce(sales_price_currency, 'KRW') <> 'KRW'
        end as is_foreign,
        case when shipping_count >= 0 then shipping_count end as quantity,
        case
            when coalesce(sales_price_currency, 'KRW') = coalesce(order_price_currency, 'KRW')
                then sales_price * shipping_count
        end as unit_price_amount
    from lines
),

amounts as (
    select
        currencies.*,
        -- orderPrice is the total of the line: it is never multiplied by the quantity
        coalesce(order_price, sales_price * shipping_count) as told_amount
    from currencies
)

select
    vendor_id,
    shipment_box_id,
    line_no,
    order_id,
    vendor_item_id,
    is_foreign,
    case when is_foreign then 0 else coalesce(quantity, 0) end as bought_quantity,
    case
        when is_foreign or coalesce(quantity, 0) = 0 then 0
        else coalesce(told_amount, 0)
    end as item_amount,
    case
        when is_foreign then 0
        else greatest(coalesce(cancel_count, 0), 0)
    end as sheet_cancel_count,
    {% for kind, column in [
        ('instant', 'instant_coupon_discount'),
        ('downloadable', 'downloadable_coupon_discount'),
        ('coupang', 'coupang_discount'),
    ] -%}
        case
            when
                is_foreign
                or coalesce(quantity, 0) = 0
                or {{ column }}_currency <> 'KRW'
                then 0
            else coalesce({{ column }}, 0)
        end as sheet_{{ kind }}_coupon,
    {% endfor -%}
    told_amount,
    unit_price_amount,
    not is_foreign
    and coalesce(quantity > 0 and order_price <> unit_price_amount, false) as is_amount_differing,
    not is_foreign
    and (
        quantity is null
        or told_amount is null
        or (quantity = 0 and told_amount <> 0)
    ) as is_without_amount,
    coalesce(seller_product_name, vendor_item_name) as product_name,
    coalesce(seller_product_item_name, vendor_item_name) as item_name,
    seller_product_id,
    external_vendor_sku_code as seller_sku
from amounts
