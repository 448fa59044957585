with

seen as (
    select * from {{ first_and_last_seen('order_sheets', ['vendor_id', 'shipment_box_id']) }}
),

-- what the last request that showed a box says of it: of nine readings, eight are never sorted
last_shown as (
    select
        raw_rows.*,
        seen.first_seen_order,
        seen.last_seen_order,
        seen.last_seen_reading_id,
        row_number() over (
            partition by raw_rows.vendor_id, raw_rows.shipment_box_id
            order by raw_rows.row_no desc
        ) as newness
    from {{ complete_rows('order_sheets') }} as raw_rows
    inner join seen
        on
            raw_rows.vendor_id = seen.vendor_id
            and raw_rows.shipment_box_id = seen.shipment_box_id
            and {{ seen_order('raw_rows.reading_id', 'raw_rows.request_no') }}
            = seen.last_seen_order
),

boxes as (
    select
        last_shown.*,
        {{ kst_timestamp('last_shown.ordered_at') }} as ordered_at_kst,
        {{ kst_timestamp('last_shown.paid_at') }} as paid_at_kst
    from last_shown
    where last_shown.newness = 1
),

-- a reading of the listing shows a box for certain only where it holds both days: it is not known
-- by which of the two Coupang filters
spans as (
    select
        boxes.*,
        cast(least(ordered_at_kst, coalesce(paid_at_kst, ordered_at_kst)) as date) as first_day,
        cast(greatest(ordered_at_kst, coalesce(paid_at_kst, ordered_at_kst)) as date) as last_day
    from boxes
),

readings as (
    select * from {{ newest_whole_reading('order_sheets', 'spans') }}
)

select
    spans.vendor_id,
    spans.shipment_box_id,
    spans.order_id,
    spans.ordered_at_kst,
    spans.paid_at_kst,
    spans.status,
    spans.shipping_price,
    spans.shipping_price_currency,
    spans.remote_price,
    spans.remote_price_currency,
    spans.shipment_type,
    spans.split_shipping,
    spans.delivered_date,
    spans.reading_id,
    spans.request_no,
    spans.row_no,
    spans.first_seen_order,
    spans.last_seen_order,
    coalesce(readings.reading_id > spans.last_seen_reading_id, false) as is_vanished
from spans
left join readings
    on
        spans.vendor_id = readings.vendor_id
        and spans.first_day = readings.first_day
        and spans.last_day = readings.last_day
