-- Loss prevented: won that staging holds and the marts lose or double. What was paid of sheet
-- orders is added up again straight from the newest sheets, without any of the policy's joins: KRW
-- lines of boxes that were not superseded, and their shipping once a box.
with

boxes as (
    select
        sheets.vendor_id,
        sheets.order_id,
        sheets.shipment_box_id,
        standing.is_superseded,
        case
            when coalesce(sheets.shipping_price_currency, 'KRW') = 'KRW'
                then coalesce(sheets.shipping_price, 0)
            else 0
        end
        + case
            when coalesce(sheets.remote_price_currency, 'KRW') = 'KRW'
                then coalesce(sheets.remote_price, 0)
            else 0
        end as shipping
    from {{ ref('stg_coupang__order_sheets') }} as sheets
    inner join {{ ref('int_boxes__standing') }} as standing
        on
            sheets.vendor_id = standing.vendor_id
            and sheets.shipment_box_id = standing.shipment_box_id
),

moved as (
    select
        vendor_id,
        shipment_box_id,
        vendor_item_id
    from {{ ref('int_box_items__moved') }}
    where is_moved_out
),

sheet_lines as (
    select
        sheet_items.vendor_id,
        boxes.order_id,
        case
            when sheet_items.shipping_count > 0
                then
                    coalesce(
                        sheet_items.order_price,
                        sheet_items.sales_price * sheet_items.shipping_count,
                        0
                    )
            else 0
        end as amount
    from {{ ref('stg_coupang__order_sheet_items') }} as sheet_items
    inner join boxes
        on
            sheet_items.vendor_id = boxes.vendor_id
            and sheet_items.shipment_box_id = boxes.shipment_box_id
    left join moved
        on
            sheet_items.vendor_id = moved.vendor_id
            and sheet_items.shipment_box_id = moved.shipment_box_id
            and sheet_items.vendor_item_id = moved.vendor_item_id
    where
        moved.vendor_item_id is null
        and coalesce(
            case when sheet_items.order_price is not null then sheet_items.order_price_currency end,
            case when sheet_items.order_price is null then sheet_items.sales_price_currency end,
            'KRW'
        ) = 'KRW'
),

orders as (
    select
        vendor_id,
        order_id
    from {{ ref('fct_orders') }}
    where not is_from_sales_history
),

expected as (
    select
        parts.vendor_id,
        sum(parts.amount) as paid_krw
    from (
        select
            vendor_id,
            order_id,
            amount
        from sheet_lines
        union all
        select
            vendor_id,
            order_id,
            shipping as amount
        from boxes
        where not is_superseded
    ) as parts
    inner join orders
        on
            parts.vendor_id = orders.vendor_id
            and parts.order_id = orders.order_id
    group by parts.vendor_id
),

-- items that only the sales history of a known order tells of (P9) are on no sheet
history_items as (
    select
        bought.vendor_id,
        bought.order_id,
        bought.vendor_item_id
    from {{ ref('int_order_items__bought') }} as bought
    where bought.is_from_sales_history
),

actual as (
    select
        parts.vendor_id,
        sum(parts.paid_krw) as paid_krw
    from (
        select
            items.vendor_id,
            items.order_id,
            items.paid_krw
        from {{ ref('fct_order_items') }} as items
        left join history_items
            on
                items.vendor_id = history_items.vendor_id
                and items.order_id = history_items.order_id
                and items.vendor_item_id = history_items.vendor_item_id
        where history_items.vendor_item_id is null
        union all
        select
            vendor_id,
            order_id,
            paid_krw
        from {{ ref('int_boxes__shipping') }}
    ) as parts
    inner join orders
        on
            parts.vendor_id = orders.vendor_id
            and parts.order_id = orders.order_id
    group by parts.vendor_id
)

select
    coalesce(expected.vendor_id, actual.vendor_id) as vendor_id,
    expected.paid_krw as sheets_krw,
    actual.paid_krw as marts_krw
from expected
full outer join actual on expected.vendor_id = actual.vendor_id
where coalesce(expected.paid_krw, 0) <> coalesce(actual.paid_krw, 0)
