with

newest as (
    select * from {{ newest_rows('withdrawals', ['vendor_id', 'cancel_id', 'created_at']) }}
),

lines as (
    select * from {{ lines_of('newest', 'withdrawals') }}
)

select
    vendor_id,
    cancel_id,
    created_at,
    line_no,
    order_id,
    vendor_item_id,
    {{ kst_timestamp('created_at') }} as created_at_kst
from lines
