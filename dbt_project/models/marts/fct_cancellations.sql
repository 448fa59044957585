with

by_receipt as (
    select * from {{ ref('int_cancellations__by_receipt') }}
),

without_receipt as (
    select * from {{ ref('int_cancellations__without_receipt') }}
),

of_shipping as (
    select * from {{ ref('int_cancellations__of_shipping') }}
),

receipts as (
    select * from {{ ref('stg_coupang__receipts') }}
),

orders as (
    select * from {{ ref('int_orders__payment_day') }}
),

accounts as (
    select * from {{ ref('stg_coupang__accounts') }}
),

receipt_rows as (
    select
        by_receipt.vendor_id,
        'receipt' as evidence,
        by_receipt.receipt_id,
        by_receipt.order_id,
        by_receipt.vendor_item_id,
        cast(null as {{ dbt.type_string() }}) as shipment_box_id,
        receipts.receipt_type,
        receipts.receipt_status,
        coalesce(
            receipts.cancel_reason_category1 || ' / ' || receipts.cancel_reason_category2,
            receipts.cancel_reason_category1,
            receipts.cancel_reason_category2
        ) as reason,
        receipts.fault_by_type as fault_by,
        receipts.created_at_kst as requested_at_kst,
        by_receipt.cancelled_date,
        by_receipt.quantity,
        by_receipt.cancelled_quantity,
        by_receipt.cancelled_krw,
        by_receipt.is_effective,
        by_receipt.is_withdrawn
    from by_receipt
    inner join receipts
        on
            by_receipt.vendor_id = receipts.vendor_id
            and by_receipt.receipt_id = receipts.receipt_id
),

other_rows as (
    select
        vendor_id,
        evidence,
        order_id,
        vendor_item_id,
        cast(null as {{ dbt.type_string() }}) as shipment_box_id,
        cancelled_date,
        cancelled_quantity,
        cancelled_krw
    from without_receipt
    union all
    select
        vendor_id,
        'shipping' as evidence,
        order_id,
        cast(null as {{ dbt.type_string() }}) as vendor_item_id,
        shipment_box_id,
        cancelled_date,
        0 as cancelled_quantity,
        cancelled_krw
    from of_shipping
),

rows_of_all as (
    select * from receipt_rows
    union all
    select
        vendor_id,
        evidence,
        cast(null as {{ dbt.type_string() }}) as receipt_id,
        order_id,
        vendor_item_id,
        shipment_box_id,
        cast(null as {{ dbt.type_string() }}) as receipt_type,
        cast(null as {{ dbt.type_string() }}) as receipt_status,
        cast(null as {{ dbt.type_string() }}) as reason,
        cast(null as {{ dbt.type_string() }}) as fault_by,
        cast(null as timestamp) as requested_at_kst,
        cancelled_date,
        cancelled_quantity as quantity,
        cancelled_quantity,
        cancelled_krw,
        true as is_effective,
        false as is_withdrawn
    from other_rows
)

select
    {{ row_key([
        'rows_of_all.vendor_id',
        'rows_of_all.evidence',
        'rows_of_all.receipt_id',
        'rows_of_all.order_id',
        'rows_of_all.vendor_item_id',
        'rows_of_all.shipment_box_id',
    ]) }} as cancellation_key,
    rows_of_all.vendor_id,
    accounts.account_name,
    rows_of_all.evidence,
    rows_of_all.receipt_id,
    rows_of_all.order_id,
    rows_of_all.vendor_item_id,
    rows_of_all.shipment_box_id,
    rows_of_all.receipt_type,
    rows_of_all.receipt_status,
    rows_of_all.reason,
    rows_of_all.fault_by,
    rows_of_all.requested_at_kst,
    rows_of_all.cancelled_date,
    case when orders.is_in_marts then orders.payment_date end as payment_date,
    cast(rows_of_all.quantity as bigint) as quantity,
    cast(rows_of_all.cancelled_quantity as bigint) as cancelled_quantity,
    cast(rows_of_all.cancelled_krw as bigint) as cancelled_krw,
    rows_of_all.is_effective,
    rows_of_all.is_withdrawn,
    coalesce(orders.is_in_marts, false) as is_order_known
from rows_of_all
inner join accounts
    on rows_of_all.vendor_id = accounts.vendor_id
left join orders
    on
        rows_of_all.vendor_id = orders.vendor_id
        and rows_of_all.order_id = orders.order_id
-- P14: an order of nothing but foreign lines is in no mart of payment days; before the start date
-- it is unknown like any other (P15)
where not coalesce(orders.is_all_foreign and not orders.is_before_start, false)
