with

-- a day that only a load that died has shown finds no rows below
days as (
    select
        vendor_id,
        cast(recognition_date as date) as first_day,
        cast(recognition_date as date) as last_day
    from {{ source('coupang_raw', 'confirmed_sales') }}
),

-- a recognition day is what its newest whole reading says, also where that reading came back empty
readings as (
    select * from {{ newest_whole_reading('confirmed_sales', 'days') }}
),

confirmed_sales as (
    select
        raw_rows.*,
        readings.first_day,
        row_number() over (
            partition by
                raw_rows.vendor_id,
                raw_rows.reading_id,
                raw_rows.request_no,
                raw_rows.row_no
            order by raw_rows._dlt_load_id
        ) as copy_no
    from {{ complete_rows('confirmed_sales') }} as raw_rows
    inner join readings
        on
            raw_rows.vendor_id = readings.vendor_id
            and raw_rows.reading_id = readings.reading_id
            and cast(raw_rows.recognition_date as date) = readings.first_day
)

select
    confirmed_sales.vendor_id,
    confirmed_sales.reading_id,
    confirmed_sales.request_no,
    confirmed_sales.row_no,
    case when confirmed_sales.order_id <> '0' then confirmed_sales.order_id end as order_id,
    confirmed_sales.sale_type,
    {{ korean_day('confirmed_sales.sale_date') }} as sale_date,
    confirmed_sales.first_day as recognition_date,
    {{ korean_day('confirmed_sales.settlement_date') }} as settlement_date,
    {{ korean_day('confirmed_sales.final_settlement_date') }} as final_settlement_date,
    confirmed_sales.delivery_fee_amount,
    confirmed_sales.delivery_fee_fee,
    confirmed_sales.delivery_fee_fee_vat,
    confirmed_sales.delivery_fee_settlement_amount
from confirmed_sales
where confirmed_sales.copy_no = 1
