-- P2, P14: lines whose amount differs, is not told, or is in another currency
with

lines as (
    select * from {{ ref('int_order_lines__amounts') }}
),

box_items as (
    select * from {{ ref('int_box_items__moved') }}
),

-- what moved out of a superseded box is looked at where it moved to (P13)
counting as (
    select lines.*
    from lines
    inner join box_items
        on
            lines.vendor_id = box_items.vendor_id
            and lines.shipment_box_id = box_items.shipment_box_id
            and lines.vendor_item_id = box_items.vendor_item_id
    where not box_items.is_moved_out
)

select
    vendor_id,
    order_id,
    'line_amount_differs' as issue_type,
    {{ row_key(['shipment_box_id', 'vendor_item_id', 'line_no']) }} as subject,
    'orderPrice of box ' || shipment_box_id || ', item ' || vendor_item_id
    || ' is not salesPrice x shippingCount = '
    || cast(unit_price_amount as {{ dbt.type_string() }}) as detail,
    item_amount as amount_krw
from counting
where is_amount_differing
union all
select
    vendor_id,
    order_id,
    'line_without_amount' as issue_type,
    {{ row_key(['shipment_box_id', 'vendor_item_id', 'line_no']) }} as subject,
    'box ' || shipment_box_id || ', item ' || vendor_item_id
    || ': the line has no usable amount or quantity and counts 0' as detail,
    told_amount as amount_krw
from counting
where is_without_amount
union all
select
    vendor_id,
    order_id,
    'foreign_currency' as issue_type,
    {{ row_key(['shipment_box_id', 'vendor_item_id', 'line_no']) }} as subject,
    'box ' || shipment_box_id || ', item ' || vendor_item_id
    || ': the line is not in KRW and is left out' as detail,
    cast(null as bigint) as amount_krw
from counting
where is_foreign
