with

restatements as (
    select * from {{ ref('fct_revenue_restatements') }}
),

order_changes as (
    select * from {{ ref('int_ledger__order_changes') }}
    where
        change_from_payments_krw <> 0
        or change_from_cancellations_krw <> 0
        or change_from_coupons_krw <> 0
)

select
    {{ row_key([
        'order_changes.vendor_id',
        'order_changes.payment_date',
        'order_changes.build_no',
        'order_changes.order_id',
    ]) }} as restatement_key,
    order_changes.vendor_id,
    order_changes.order_id,
    order_changes.payment_date,
    restatements.restated_at,
    order_changes.previous_revenue_krw,
    order_changes.revenue_krw,
    order_changes.change_from_payments_krw,
    order_changes.change_from_cancellations_krw,
    order_changes.change_from_coupons_krw
from order_changes
inner join restatements
    on
        order_changes.vendor_id = restatements.vendor_id
        and {{ row_key([
            'order_changes.vendor_id',
            'order_changes.payment_date',
            'order_changes.build_no',
        ]) }} = restatements.restatement_key
