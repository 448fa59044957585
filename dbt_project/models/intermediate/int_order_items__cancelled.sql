-- P4 what was cancelled of an item: of three tellings of the same events the one that tells of
-- most; P11 what is asked back. Of most items nothing is told, and they have no row.
with

order_items as (
    select * from {{ ref('int_order_items__bought') }}
),

boxes as (
    select
        vendor_id,
        order_id,
        vendor_item_id,
        sum(receipt_quantity) as receipt_quantity,
        sum(cancelled_quantity) as cancelled_quantity
    from {{ ref('int_box_items__cancelled') }}
    group by
        vendor_id,
        order_id,
        vendor_item_id
),

receipts as (
    select
        vendor_id,
        order_id,
        vendor_item_id,
        sum(case when is_counting and counts_at = 'item' then quantity end)
            as item_level_quantity,
        sum(case when is_counting and counts_at = 'moved' then quantity end)
            as moved_quantity,
        sum(case when is_effective and is_before_confirmation then quantity end)
            as early_quantity,
        sum(case when is_open then quantity end) as open_quantity
    from {{ ref('int_receipt_items__placed') }}
    group by
        vendor_id,
        order_id,
        vendor_item_id
),

tellings as (
    select
        order_items.*,
        coalesce(receipts.early_quantity, 0) as early_quantity,
        coalesce(receipts.open_quantity, 0) as open_quantity,
        coalesce(boxes.cancelled_quantity, 0) as boxes_quantity,
        -- P13: receipts that name a box the item moved out of count as far as the new boxes still
        -- hold what they took
        coalesce(boxes.receipt_quantity, 0)
        + coalesce(receipts.item_level_quantity, 0)
        + greatest(
            coalesce(receipts.moved_quantity, 0)
            - greatest(order_items.moved_out_quantity - order_items.moved_into_quantity, 0),
            0
        ) as receipts_quantity
    from order_items
    left join boxes
        on
            order_items.vendor_id = boxes.vendor_id
            and order_items.order_id = boxes.order_id
            and order_items.vendor_item_id = boxes.vendor_item_id
    left join receipts
        on
            order_items.vendor_id = receipts.vendor_id
            and order_items.order_id = receipts.order_id
            and order_items.vendor_item_id = receipts.vendor_item_id
),

history as (
    select
        tellings.*,
        -- P4c: refunds, and what was cancelled before the confirmation as far as the SALE left it
        -- out
        refund_quantity
        + case
            when sale_quantity > 0
                then
                    greatest(
                        least(early_quantity, receipts_quantity, bought_quantity - sale_quantity),
                        0
                    )
            else 0
        end as history_quantity
    from tellings
),

counted as (
    select
        history.*,
        least(
            greatest(boxes_quantity, receipts_quantity, history_quantity),
            bought_quantity
        ) as cancelled_quantity
    from history
)

select
    vendor_id,
    order_id,
    vendor_item_id,
    bought_quantity,
    cast(cancelled_quantity as bigint) as cancelled_quantity,
    cast(bought_quantity - cancelled_quantity as bigint) as net_quantity,
    cast(open_quantity as bigint) as open_quantity,
    least(history_quantity, bought_quantity)
    > greatest(boxes_quantity, receipts_quantity) as is_told_by_sales_history
from counted
where
    cancelled_quantity > 0
    or open_quantity > 0
