-- units that no receipt tells of: known from the sales history (a REFUND) or from the sheet alone
with

order_items as (
    select * from {{ ref('int_order_items__revenue') }}
),

tellings as (
    select * from {{ ref('int_order_items__cancelled') }}
),

receipts as (
    select
        vendor_id,
        order_id,
        vendor_item_id,
        sum(cancelled_quantity) as cancelled_quantity,
        sum(cancelled_krw) as cancelled_krw
    from {{ ref('int_cancellations__by_receipt') }}
    group by
        vendor_id,
        order_id,
        vendor_item_id
),

remainders as (
    select
        order_items.vendor_id,
        order_items.order_id,
        order_items.vendor_item_id,
        tellings.is_told_by_sales_history,
        order_items.last_refund_recognition_date,
        order_items.cancelled_quantity - coalesce(receipts.cancelled_quantity, 0)
            as cancelled_quantity,
        order_items.cancelled_krw - coalesce(receipts.cancelled_krw, 0) as cancelled_krw
    from order_items
    inner join tellings
        on
            order_items.vendor_id = tellings.vendor_id
            and order_items.order_id = tellings.order_id
            and order_items.vendor_item_id = tellings.vendor_item_id
    left join receipts
        on
            order_items.vendor_id = receipts.vendor_id
            and order_items.order_id = receipts.order_id
            and order_items.vendor_item_id = receipts.vendor_item_id
)

select
    vendor_id,
    order_id,
    vendor_item_id,
    case when is_told_by_sales_history then 'sales_history' else 'sheet' end as evidence,
    case when is_told_by_sales_history then last_refund_recognition_date end as cancelled_date,
    cast(cancelled_quantity as bigint) as cancelled_quantity,
    cast(cancelled_krw as bigint) as cancelled_krw
from remainders
where cancelled_quantity > 0
