-- P10, P15: receipts whose order is nowhere, and receipts that do not say what they took
with

receipts as (
    select * from {{ ref('stg_coupang__receipts') }}
),

receipt_items as (
    select
        vendor_id,
        receipt_id,
        bool_or(is_without_quantity) as has_item_without_quantity
    from {{ ref('int_receipt_items__effect') }}
    group by
        vendor_id,
        receipt_id
),

orders as (
    select * from {{ ref('int_orders__payment_day') }}
),

accounts as (
    select * from {{ ref('stg_coupang__accounts') }}
)

select
    receipts.vendor_id,
    receipts.order_id,
    'receipt_without_order' as issue_type,
    receipts.receipt_id as subject,
    'receipt ' || receipts.receipt_id
    || ': its order was never listed; probably paid and cancelled between two collections'
        as detail,
    cast(null as bigint) as amount_krw
from receipts
inner join accounts
    on receipts.vendor_id = accounts.vendor_id
left join orders
    on
        receipts.vendor_id = orders.vendor_id
        and receipts.order_id = orders.order_id
where
    orders.order_id is null
    and {{ days_between('accounts.start_date', 'cast(receipts.created_at_kst as date)') }} > 60
union all
select
    receipts.vendor_id,
    receipts.order_id,
    'receipt_without_quantity' as issue_type,
    receipts.receipt_id as subject,
    'receipt ' || receipts.receipt_id
    || ' does not say how many units of which item it takes; what it leaves out counts 0' as detail,
    cast(null as bigint) as amount_krw
from receipts
inner join receipt_items
    on
        receipts.vendor_id = receipt_items.vendor_id
        and receipts.receipt_id = receipt_items.receipt_id
where receipt_items.has_item_without_quantity
