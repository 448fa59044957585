-- our confirmed sales of a month against totalSale of its settlements. What totalSale holds is
-- documented as sales + shipping - (cancellations + their shipping + discount coupons);
-- docs/why-not-wing.md says why the coupons are read as Coupang's own and REFUND delivery fees as
-- subtracted, and the other readings stand beside it
{% set tolerance = settlement_tolerance() %}

with

months as (
    select * from {{ ref('int_reconciliation__months') }}
),

sales as (
    select * from {{ ref('fct_confirmed_sales') }}
),

-- RESERVE restates the month's WEEKLY rows
settlements as (
    select * from {{ ref('stg_coupang__settlements') }}
    where settlement_type in ('MONTHLY', 'WEEKLY', 'ADDITIONAL')
),

accounts as (
    select * from {{ ref('stg_coupang__accounts') }}
),

our_side as (
    select
        vendor_id,
        {{ month_of('recognition_date') }} as recognition_month,
        max(recognition_date) as last_sale_date,
        sum(sale_krw - coupang_coupon_krw) as our_krw,
        sum(instant_coupon_krw + downloadable_coupon_krw) as seller_coupon_krw,
        sum(
            case
                when sale_type = 'REFUND' and vendor_item_id is null and not is_adjustment
                    then sale_krw
            end
        ) as refund_delivery_krw,
        sum(settlement_krw) as our_settlement_krw
    from sales
    group by
        vendor_id,
        {{ month_of('recognition_date') }}
),

coupang_side as (
    select
        vendor_id,
        recognition_month,
        max(coalesce(revenue_recognition_date_to, {{ dbt.last_day('recognition_month', 'month') }}))
            as settled_through,
        sum(coalesce(total_sale, 0)) as coupang_krw,
        sum(coalesce(settlement_target_amount, 0)) as coupang_settlement_krw
    from settlements
    group by
        vendor_id,
        recognition_month
),

sides as (
    select
        months.vendor_id,
        months.recognition_month,
        cast(coalesce(our_side.our_krw, 0) as bigint) as our_krw,
        cast(coupang_side.coupang_krw as bigint) as coupang_krw,
        cast(coalesce(our_side.our_krw, 0) - coupang_side.coupang_krw as bigint) as difference_krw,
        cast(coalesce(our_side.refund_delivery_krw, 0) as bigint) as refund_delivery_krw,
        cast(coalesce(our_side.seller_coupon_krw, 0) as bigint) as seller_coupon_krw,
        cast(coalesce(our_side.our_settlement_krw, 0) as bigint) as our_settlement_krw,
        cast(coupang_side.coupang_settlement_krw as bigint) as coupang_settlement_krw,
        months.is_over
        and months.is_sales_history_read
        and months.is_settlement_read as is_wholly_read,
        coalesce(
            coupang_side.settled_through < our_side.last_sale_date,
            coupang_side.settled_through is null
        )
        and {{ days_between('months.last_date', as_of_date()) }} <= {{ tolerance.late_days }}
            as is_settled_later
    from months
    left join our_side
        on
            months.vendor_id = our_side.vendor_id
            and months.recognition_month = our_side.recognition_month
    left join coupang_side
        on
            months.vendor_id = coupang_side.vendor_id
            and months.recognition_month = coupang_side.recognition_month
)

select
    {{ row_key(['sides.vendor_id', 'sides.recognition_month']) }} as reconciliation_key,
    sides.vendor_id,
    accounts.account_name,
    sides.recognition_month,
    sides.our_krw,
    sides.coupang_krw,
    sides.difference_krw,
    case
        when not sides.is_wholly_read or sides.is_settled_later then 'pending'
        when abs(coalesce(sides.difference_krw, sides.our_krw)) <= {{ tolerance.ok_krw }} then 'ok'
        when
            abs(sides.difference_krw) * 1000 <= {{ tolerance.watch_per_mille }}
            * greatest(abs(sides.our_krw), abs(sides.coupang_krw))
            then 'watch'
        else 'off'
    end as verdict,
    -- as told, a REFUND delivery fee adds where the main reading subtracts it
    sides.difference_krw - 2 * sides.refund_delivery_krw
        as difference_if_refund_delivery_as_told_krw,
    sides.difference_krw - sides.seller_coupon_krw as difference_if_seller_coupons_off_krw,
    sides.our_settlement_krw,
    sides.coupang_settlement_krw,
    sides.our_settlement_krw - sides.coupang_settlement_krw as settlement_difference_krw
from sides
inner join accounts
    on sides.vendor_id = accounts.vendor_id
