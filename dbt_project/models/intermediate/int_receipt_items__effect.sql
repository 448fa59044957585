-- P4b which receipts are effective, withdrawn or open, item by item, and on which Korean day they
-- took effect; a receipt that names no item is one row without an item
with

receipts as (
    select * from {{ ref('stg_coupang__receipts') }}
),

receipt_items as (
    select * from {{ ref('stg_coupang__receipt_items') }}
),

withdrawals as (
    select * from {{ ref('stg_coupang__withdrawals') }}
),

withdrawn_whole as (
    select distinct
        vendor_id,
        cancel_id
    from withdrawals
    where vendor_item_id is null
),

withdrawn_items as (
    select distinct
        vendor_id,
        cancel_id,
        vendor_item_id
    from withdrawals
),

-- one row per receipt, box and item
items as (
    select
        vendor_id,
        receipt_id,
        vendor_item_id,
        shipment_box_id,
        cast(sum(greatest(coalesce(cancel_count, 0), 0)) as bigint) as quantity,
        bool_or(cancel_count is null) as is_without_quantity
    from receipt_items
    group by
        vendor_id,
        receipt_id,
        vendor_item_id,
        shipment_box_id
),

states as (
    select
        receipts.vendor_id,
        receipts.receipt_id,
        receipts.order_id,
        items.vendor_item_id,
        items.shipment_box_id,
        coalesce(items.quantity, 0) as quantity,
        coalesce(items.is_without_quantity, true) as is_without_quantity,
        receipts.receipt_type,
        receipts.receipt_status,
        receipts.created_at_kst,
        withdrawn_whole.cancel_id is not null
        or withdrawn_items.cancel_id is not null as is_withdrawn,
        -- what takes the money back, leaving withdrawals aside, and when; null = it does not (yet)
        case
            when receipts.receipt_type = 'CANCEL' then receipts.created_at_kst
            when receipts.receipt_type = 'RETURN' and receipts.receipt_status = 'RETURNS_COMPLETED'
                then
                    coalesce(
                        receipts.complete_confirm_date_kst,
                        receipts.modified_at_kst,
                        receipts.created_at_kst
                    )
            when receipts.receipt_type = 'RETURN' and receipts.pre_refund
                then coalesce(receipts.modified_at_kst, receipts.created_at_kst)
        end as took_effect_at_kst
    from receipts
    left join items
        on
            receipts.vendor_id = items.vendor_id
            and receipts.receipt_id = items.receipt_id
    left join withdrawn_whole
        on
            receipts.vendor_id = withdrawn_whole.vendor_id
            and receipts.receipt_id = withdrawn_whole.cancel_id
    left join withdrawn_items
        on
            items.vendor_id = withdrawn_items.vendor_id
            and items.receipt_id = withdrawn_items.cancel_id
            and items.vendor_item_id = withdrawn_items.vendor_item_id
)

select
    vendor_id,
    receipt_id,
    order_id,
    vendor_item_id,
    shipment_box_id,
    quantity,
    is_without_quantity,
    is_withdrawn,
    created_at_kst,
    took_effect_at_kst is not null and not is_withdrawn as is_effective,
    coalesce(receipt_type = 'RETURN', false)
    and took_effect_at_kst is null
    and not is_withdrawn as is_open,
    case when not is_withdrawn then cast(took_effect_at_kst as date) end as cancelled_date
from states
