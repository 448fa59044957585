-- both axes: effective receipts take the units of an item in the order in which they took effect,
-- together at most what was cancelled of it; a row's amount is the fall of the live item amount it
-- causes
with

receipt_items as (
    select * from {{ ref('int_receipt_items__effect') }}
),

placed as (
    select
        vendor_id,
        receipt_id,
        vendor_item_id,
        bool_or(is_counting) as is_counting
    from {{ ref('int_receipt_items__placed') }}
    group by
        vendor_id,
        receipt_id,
        vendor_item_id
),

order_items as (
    select * from {{ ref('int_order_items__revenue') }}
),

-- a receipt's own units, over its boxes
receipts as (
    select
        receipt_items.vendor_id,
        receipt_items.receipt_id,
        receipt_items.order_id,
        receipt_items.vendor_item_id,
        receipt_items.is_effective,
        receipt_items.is_withdrawn,
        receipt_items.cancelled_date,
        sum(receipt_items.quantity) as quantity
    from receipt_items
    group by
        receipt_items.vendor_id,
        receipt_items.receipt_id,
        receipt_items.order_id,
        receipt_items.vendor_item_id,
        receipt_items.is_effective,
        receipt_items.is_withdrawn,
        receipt_items.cancelled_date
),

counted as (
    select
        receipts.*,
        order_items.bought_quantity,
        order_items.paid_krw,
        order_items.cancelled_quantity as item_cancelled_quantity,
        case when coalesce(placed.is_counting, false) then receipts.quantity else 0 end
            as counting_quantity
    from receipts
    left join placed
        on
            receipts.vendor_id = placed.vendor_id
            and receipts.receipt_id = placed.receipt_id
            and receipts.vendor_item_id = placed.vendor_item_id
    left join order_items
        on
            receipts.vendor_id = order_items.vendor_id
            and receipts.order_id = order_items.order_id
            and receipts.vendor_item_id = order_items.vendor_item_id
),

running as (
    select
        counted.*,
        sum(counting_quantity) over (
            partition by vendor_id, order_id, vendor_item_id
            order by
                case when cancelled_date is null then 1 else 0 end,
                cancelled_date,
                {{ number_of_id('receipt_id') }},
                receipt_id
            rows between unbounded preceding and current row
        ) as told_quantity
    from counted
),

taken as (
    select
        running.*,
        coalesce(least(told_quantity, item_cancelled_quantity), 0) as taken_after,
        coalesce(least(told_quantity - counting_quantity, item_cancelled_quantity), 0)
            as taken_before
    from running
)

select
    vendor_id,
    receipt_id,
    order_id,
    vendor_item_id,
    is_effective,
    is_withdrawn,
    cancelled_date,
    cast(quantity as bigint) as quantity,
    cast(taken_after - taken_before as bigint) as cancelled_quantity,
    case
        when taken_after = taken_before then 0
        else
            {{ live_amount('paid_krw', '(bought_quantity - taken_before)', 'bought_quantity') }}
            - {{ live_amount('paid_krw', '(bought_quantity - taken_after)', 'bought_quantity') }}
    end as cancelled_krw
from taken
