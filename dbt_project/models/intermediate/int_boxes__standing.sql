-- P3 the shipping of a box, and P13 which boxes are superseded
with

boxes as (
    select * from {{ ref('stg_coupang__order_sheets') }}
),

moved as (
    select
        vendor_id,
        shipment_box_id,
        bool_or(is_moved_out) as is_superseded
    from {{ ref('int_box_items__moved') }}
    group by
        vendor_id,
        shipment_box_id
),

prices as (
    select
        boxes.*,
        coalesce(moved.is_superseded, false) as is_superseded,
        coalesce(boxes.shipping_price_currency, 'KRW') = 'KRW' as is_shipping_krw,
        coalesce(boxes.remote_price_currency, 'KRW') = 'KRW' as is_remote_krw
    from boxes
    left join moved
        on
            boxes.vendor_id = moved.vendor_id
            and boxes.shipment_box_id = moved.shipment_box_id
)

select
    vendor_id,
    order_id,
    shipment_box_id,
    is_vanished,
    is_superseded,
    coalesce(paid_at_kst, ordered_at_kst) as paid_at_kst,
    case
        when is_superseded then 0
        else
            case when is_shipping_krw then coalesce(shipping_price, 0) else 0 end
            + case when is_remote_krw then coalesce(remote_price, 0) else 0 end
    end as box_shipping,
    coalesce(
        (not is_shipping_krw and shipping_price <> 0) or (not is_remote_krw and remote_price <> 0),
        false
    ) as has_foreign_shipping
from prices
