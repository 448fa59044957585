-- Loss prevented: an order that Coupang listed or confirmed and that no mart shows. It is in
-- fct_orders, or for one of the policy's reasons outside: foreign (P14), before the start date
-- (P15), not paid yet.
with

known as (
    select distinct
        vendor_id,
        order_id
    from {{ ref('stg_coupang__order_sheets') }}
    union
    select distinct
        vendor_id,
        order_id
    from {{ ref('stg_coupang__confirmed_sale_items') }}
    where
        order_id is not null
        and vendor_item_id is not null
        and sale_type = 'SALE'
        and quantity > 0
),

outside as (
    select
        vendor_id,
        order_id
    from {{ ref('int_orders__payment_day') }}
    where
        is_all_foreign
        or is_before_start
        or is_after_as_of
),

orders as (
    select
        vendor_id,
        order_id
    from {{ ref('fct_orders') }}
)

select
    known.vendor_id,
    known.order_id
from known
left join outside
    on
        known.vendor_id = outside.vendor_id
        and known.order_id = outside.order_id
left join orders
    on
        known.vendor_id = orders.vendor_id
        and known.order_id = orders.order_id
where
    outside.order_id is null
    and orders.order_id is null
