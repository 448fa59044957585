-- Loss prevented: a refund that is in no report. Every receipt item of every account is a row of
-- fct_cancellations, with its order or as is_order_known = false; only those of orders in another
-- currency are left out (P14).
with

receipt_items as (
    select distinct
        receipt_items.vendor_id,
        receipt_items.receipt_id,
        receipt_items.vendor_item_id,
        receipts.order_id
    from {{ ref('stg_coupang__receipt_items') }} as receipt_items
    inner join {{ ref('stg_coupang__receipts') }} as receipts
        on
            receipt_items.vendor_id = receipts.vendor_id
            and receipt_items.receipt_id = receipts.receipt_id
),

foreign_orders as (
    select
        vendor_id,
        order_id
    from {{ ref('int_orders__payment_day') }}
    where
        is_all_foreign
        and not is_before_start
),

cancellations as (
    select
        vendor_id,
        receipt_id,
        vendor_item_id
    from {{ ref('fct_cancellations') }}
    where evidence = 'receipt'
)

select
    receipt_items.vendor_id,
    receipt_items.receipt_id,
    receipt_items.vendor_item_id
from receipt_items
left join foreign_orders
    on
        receipt_items.vendor_id = foreign_orders.vendor_id
        and receipt_items.order_id = foreign_orders.order_id
left join cancellations
    on
        receipt_items.vendor_id = cancellations.vendor_id
        and receipt_items.receipt_id = cancellations.receipt_id
        and receipt_items.vendor_item_id = cancellations.vendor_item_id
where
    foreign_orders.order_id is null
    and cancellations.receipt_id is null
