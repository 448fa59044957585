-- P7 what the sales history says of an item: quantities and coupons of its SALE and REFUND rows
with

entries as (
    select *
    from {{ ref('stg_coupang__confirmed_sale_items') }}
    -- an entry of quantity 0 is neither a sale nor a refund
    where
        order_id is not null
        and vendor_item_id is not null
        and sale_type in ('SALE', 'REFUND')
        and quantity > 0
),

totals as (
    select
        vendor_id,
        order_id,
        vendor_item_id,
        {% for type in ['sale', 'refund'] -%}
            {% set of_type = "sale_type = '" ~ type | upper ~ "'" -%}
            sum(case when {{ of_type }} then quantity else 0 end) as {{ type }}_quantity,
            sum(
                case when {{ of_type }} then coalesce(seller_discount_coupon, 0) else 0 end
            ) as {{ type }}_instant_coupon,
            sum(
                case when {{ of_type }} then coalesce(downloadable_coupon, 0) else 0 end
            ) as {{ type }}_downloadable_coupon,
            sum(
                case when {{ of_type }} then coalesce(coupang_discount_coupon, 0) else 0 end
            ) as {{ type }}_coupang_coupon,
            max(
                case when {{ of_type }} then recognition_date end
            ) as last_{{ type }}_recognition_date,
            min(case when {{ of_type }} then sale_date end) as first_{{ type }}_date,
        {% endfor -%}
        min(case when sale_type = 'SALE' then recognition_date end) as first_sale_recognition_date,
        sum(case when sale_type = 'SALE' then coalesce(sale_price, 0) else 0 end) as sale_price,
        bool_or(sale_type = 'SALE' and sale_price is null) as has_sale_without_price
    from entries
    group by
        vendor_id,
        order_id,
        vendor_item_id
)

select
    vendor_id,
    order_id,
    vendor_item_id,
    cast(sale_quantity as bigint) as sale_quantity,
    cast(refund_quantity as bigint) as refund_quantity,
    cast(sale_price as bigint) as sale_price,
    {% for kind in ['instant', 'downloadable', 'coupang'] -%}
        cast(sale_{{ kind }}_coupon as bigint) as sale_{{ kind }}_coupon,
        cast(refund_{{ kind }}_coupon as bigint) as refund_{{ kind }}_coupon,
    {% endfor -%}
    first_sale_recognition_date,
    last_sale_recognition_date,
    last_refund_recognition_date,
    first_sale_date,
    first_refund_date,
    has_sale_without_price
from totals
