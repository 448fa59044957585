with

newest as (
    select * from {{ newest_rows('receipts', ['vendor_id', 'receipt_id']) }}
)

select
    vendor_id,
    receipt_id,
    order_id,
    case receipt_type
        when '반품' then 'RETURN'
        when '취소' then 'CANCEL'
        else receipt_type
    end as receipt_type,
    receipt_status,
    {{ kst_timestamp('created_at') }} as created_at_kst,
    {{ kst_timestamp('modified_at') }} as modified_at_kst,
    cancel_reason_category1,
    cancel_reason_category2,
    cancel_count_sum,
    fault_by_type,
    coalesce(pre_refund, false) as pre_refund,
    complete_confirm_type,
    {{ kst_timestamp('complete_confirm_date') }} as complete_confirm_date_kst,
    release_stop_status,
    reading_id,
    request_no,
    row_no
from newest
