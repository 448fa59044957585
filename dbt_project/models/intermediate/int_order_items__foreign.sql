-- P14 the items of which only foreign lines count: they are not there, and neither is their sales
-- history
select
    vendor_id,
    order_id,
    vendor_item_id
from {{ ref('int_box_items__moved') }}
group by
    vendor_id,
    order_id,
    vendor_item_id
having not bool_or(has_krw_line and not is_moved_out)
