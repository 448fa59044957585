-- the shipping of a confirmed order on its sheets and in the sales history, and why they differ
-- where something that happened explains it
with

lines as (
    select * from {{ ref('int_confirmed_sales__lines') }}
    where not is_adjustment
),

orders as (
    select * from {{ ref('int_orders__payment_day') }}
),

shipping as (
    select
        vendor_id,
        order_id,
        sum(paid_krw) as sheet_krw,
        sum(shipping_krw) as live_krw
    from {{ ref('int_boxes__shipping') }}
    group by
        vendor_id,
        order_id
),

unconfirmed as (
    select distinct
        vendor_id,
        order_id
    from {{ ref('int_order_items__revenue') }}
    where
        is_live
        and not is_confirmed
),

history as (
    select
        vendor_id,
        order_id,
        bool_or(is_before_start) as is_before_start,
        coalesce(min(case when sale_type = 'SALE' then recognition_date end), min(recognition_date))
            as first_recognition_date,
        bool_or(sale_type = 'SALE') as is_sold,
        bool_or(is_delivery_fee) as has_delivery_fee,
        sum(case when is_delivery_fee then sale_krw else 0 end) as history_krw,
        -- a REFUND row of a negative fee: the buyer pays for sending it back
        coalesce(
            sum(case when is_delivery_fee and sale_type = 'REFUND' then greatest(sale_krw, 0) end),
            0
        ) as return_charge_krw,
        bool_or(is_delivery_fee and sale_type = 'REFUND' and sale_krw < 0) as has_refunded_fee
    from lines
    group by
        vendor_id,
        order_id
),

both_sides as (
    select
        history.vendor_id,
        history.order_id,
        history.first_recognition_date,
        case when orders.is_in_marts then orders.payment_date end as payment_date,
        case
            when orders.is_all_foreign then 'foreign_currency'
            when history.is_before_start then 'paid_before_start'
            when not coalesce(orders.is_in_marts, false) or orders.is_from_sales_history
                then 'not_on_sheet'
        end as why_not_compared,
        coalesce(shipping.sheet_krw, 0) as sheet_krw,
        coalesce(shipping.live_krw, 0) as live_krw,
        history.history_krw,
        history.return_charge_krw,
        history.has_refunded_fee,
        history.has_delivery_fee,
        unconfirmed.order_id is not null as has_unconfirmed_item
    from history
    left join orders
        on
            history.vendor_id = orders.vendor_id
            and history.order_id = orders.order_id
    left join shipping
        on
            history.vendor_id = shipping.vendor_id
            and history.order_id = shipping.order_id
    left join unconfirmed
        on
            history.vendor_id = unconfirmed.vendor_id
            and history.order_id = unconfirmed.order_id
    where
        history.is_sold
        or history.has_delivery_fee
)

select
    vendor_id,
    order_id,
    payment_date,
    first_recognition_date,
    case when why_not_compared is null then sheet_krw end as sheet_krw,
    history_krw,
    case
        when why_not_compared is not null then why_not_compared
        when history_krw = sheet_krw then null
        when history_krw - return_charge_krw = live_krw and return_charge_krw <> 0
            then 'return_shipping_charged'
        when history_krw = live_krw and has_refunded_fee then 'refunded'
        when history_krw = live_krw then 'cancelled_before_confirmation'
        when history_krw < live_krw and has_unconfirmed_item then 'not_wholly_confirmed'
        else 'shipping_differs'
    end as why
from both_sides
-- free on both sides: nothing to hold against each other
where
    has_delivery_fee
    or (why_not_compared is null and sheet_krw <> 0)
