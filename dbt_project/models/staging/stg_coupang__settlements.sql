with

settlements as (
    select
        raw_rows.*,
        cast(
            coalesce(
                raw_rows.revenue_recognition_year_month,
                substring(raw_rows.revenue_recognition_date_from, 1, 7)
            ) || '-01' as date
        ) as first_day,
        row_number() over (
            partition by
                raw_rows.vendor_id,
                raw_rows.reading_id,
                raw_rows.request_no,
                raw_rows.row_no
            order by raw_rows._dlt_load_id
        ) as copy_no
    from {{ complete_rows('settlements') }} as raw_rows
),

months as (
    select
        settlements.vendor_id,
        settlements.first_day,
        settlements.first_day as last_day
    from settlements
),

-- a month is what its newest whole reading says
readings as (
    select * from {{ newest_whole_reading('settlements', 'months') }}
)

select
    settlements.vendor_id,
    settlements.reading_id,
    settlements.request_no,
    settlements.row_no,
    settlements.settlement_type,
    {{ korean_day('settlements.settlement_date') }} as settlement_date,
    settlements.first_day as recognition_month,
    {{ korean_day('settlements.revenue_recognition_date_from') }} as revenue_recognition_date_from,
    {{ korean_day('settlements.revenue_recognition_date_to') }} as revenue_recognition_date_to,
    settlements.status,
    settlements.total_sale,
    settlements.service_fee,
    settlements.settlement_target_amount,
    settlements.settlement_amount,
    settlements.last_amount,
    settlements.pending_released_amount,
    settlements.seller_discount_coupon,
    settlements.downloadable_coupon,
    settlements.seller_service_fee,
    settlements.final_amount
from settlements
inner join readings
    on
        settlements.vendor_id = readings.vendor_id
        and settlements.first_day = readings.first_day
        and settlements.reading_id = readings.reading_id
where settlements.copy_no = 1
