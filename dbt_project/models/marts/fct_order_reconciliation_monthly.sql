with

confirmed as (
    select
        vendor_id,
        account_name,
        {{ month_of('first_recognition_date') }} as recognition_month,
        agrees,
        is_explained,
        difference_krw
        - instant_coupon_difference_krw
        - downloadable_coupon_difference_krw
        - coupang_coupon_difference_krw as net_difference_krw,
        abs(difference_krw)
        + abs(instant_coupon_difference_krw)
        + abs(downloadable_coupon_difference_krw)
        + abs(coupang_coupon_difference_krw) as differing_krw
    from {{ ref('fct_order_reconciliation') }}
),

months as (
    select
        vendor_id,
        account_name,
        recognition_month,
        count(*) as confirmed_count,
        count(agrees) as compared_count,
        sum(case when agrees then 1 else 0 end) as agreeing_count,
        sum(case when not is_explained then 1 else 0 end) as unexplained_count,
        sum(coalesce(net_difference_krw, 0)) as net_difference_krw,
        sum(coalesce(differing_krw, 0)) as differing_krw,
        sum(case when not is_explained then differing_krw else 0 end) as unexplained_krw
    from confirmed
    group by
        vendor_id,
        account_name,
        recognition_month
)

select
    {{ row_key(['vendor_id', 'recognition_month']) }} as monthly_reconciliation_key,
    vendor_id,
    account_name,
    recognition_month,
    confirmed_count,
    compared_count,
    cast(agreeing_count as bigint) as agreeing_count,
    cast(unexplained_count as bigint) as unexplained_count,
    cast(
        cast(agreeing_count as decimal(18, 4)) / nullif(compared_count, 0) as decimal(9, 4)
    ) as agreeing_share,
    cast(net_difference_krw as bigint) as net_difference_krw,
    cast(differing_krw as bigint) as differing_krw,
    cast(unexplained_krw as bigint) as unexplained_krw
from months
