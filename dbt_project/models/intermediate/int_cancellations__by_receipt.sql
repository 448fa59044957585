-- both axes: effective receipts take the units of an item in the order in which they took effect,
-- together at most what was cancelled of it; a row's amount is the fall of the live item amount it
-- causes
with

receipt_items as (
    select * from {{ ref('int_receipt_items__effect') }}
    where vendor_item_id is not null
),

counting as (
    select distinct
        vendor_id,
        receipt_id,
        vendor_item_id
    from {{ ref('int_receipt_items__placed') }}
    where is_counting
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
        coalesce(order_items.cancelled_quantity, 0) as item_cancelled_quantity,
        case when counting.receipt_id is not null then receipts.quantity else 0 end
            as counting_quantity
    from receipts
    left join counting
        on
            receipts.vendor_id = counting.vendor_id
            and receipts.receipt_id = counting.receipt_id
            and receipts.vendor_item_id = counting.vendor_item_id
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
                cancelled_date nulls last,
                {{ number_of_id('receipt_id') }} nulls last,
                receipt_id
            rows between unbounded preceding and current row
        ) as told_quantity
    from counted
),

taken as (
    select
        running.*,
        least(told_quantity, item_cancelled_quantity) as taken_after,
        least(told_quantity - counting_quantity, item_cancelled_quantity) as taken_before
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
