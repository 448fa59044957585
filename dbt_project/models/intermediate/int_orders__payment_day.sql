-- P1 the payment day of an order, P9 orders known from the sales history only, and which orders are
-- in the marts of payment days: P14 (not all foreign), P15 (not before the start date), not after
-- as_of
with

accounts as (
    select * from {{ ref('stg_coupang__accounts') }}
),

boxes as (
    select * from {{ ref('int_boxes__standing') }}
),

box_items as (
    select * from {{ ref('int_box_items__moved') }}
    where not is_moved_out
),

confirmed_orders as (
    select * from {{ ref('int_confirmed_orders__fees') }}
),

listed as (
    select
        vendor_id,
        order_id,
        -- a superseded box has handed its paid time to its successor
        min(case when not is_superseded then paid_at_kst end) as paid_at_kst
    from boxes
    group by
        vendor_id,
        order_id
),

currencies as (
    select
        vendor_id,
        order_id,
        not bool_or(has_krw_line) as is_all_foreign
    from box_items
    group by
        vendor_id,
        order_id
),

orders as (
    select
        coalesce(listed.vendor_id, confirmed_orders.vendor_id) as vendor_id,
        coalesce(listed.order_id, confirmed_orders.order_id) as order_id,
        listed.order_id is null as is_from_sales_history,
        listed.paid_at_kst,
        case
            when listed.order_id is null then confirmed_orders.payment_date
            else cast(listed.paid_at_kst as date)
        end as payment_date,
        case
            when listed.order_id is null then confirmed_orders.delivery_fee
            else 0
        end as history_delivery_fee
    from listed
    full outer join confirmed_orders
        on
            listed.vendor_id = confirmed_orders.vendor_id
            and listed.order_id = confirmed_orders.order_id
)

select
    orders.vendor_id,
    orders.order_id,
    orders.is_from_sales_history,
    orders.paid_at_kst,
    orders.payment_date,
    orders.history_delivery_fee,
    coalesce(currencies.is_all_foreign, false) as is_all_foreign,
    orders.payment_date < accounts.start_date as is_before_start,
    coalesce(orders.paid_at_kst > {{ as_of_kst() }}, orders.payment_date > {{ as_of_date() }})
        as is_after_as_of,
    not coalesce(currencies.is_all_foreign, false)
    and orders.payment_date >= accounts.start_date
    and not coalesce(
        orders.paid_at_kst > {{ as_of_kst() }}, orders.payment_date > {{ as_of_date() }}
    ) as is_in_marts
from orders
inner join accounts
    on orders.vendor_id = accounts.vendor_id
left join currencies
    on
        orders.vendor_id = currencies.vendor_id
        and orders.order_id = currencies.order_id
