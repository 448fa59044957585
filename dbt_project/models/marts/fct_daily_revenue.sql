with

account_days as (
    select * from {{ ref('int_account_days__listed') }}
),

covered as (
    select * from {{ ref('int_days__covered') }}
),

orders as (
    select * from {{ ref('fct_orders') }}
),

open_returns as (
    select distinct
        vendor_id,
        order_id
    from {{ ref('int_receipt_items__effect') }}
    where is_open
),

order_listings as (
    select *
    from covered
    where listing = 'order_sheets'
),

-- what the state of a day's orders depends on beside the order listings
through as (
    select
        vendor_id,
        covered_date
    from covered
    where
        is_covered
        and listing in ('return_requests', 'cancel_requests', 'withdrawals', 'confirmed_sales')
    group by
        vendor_id,
        covered_date
    having count(*) = 4
),

days as (
    select
        orders.vendor_id,
        orders.payment_date,
        {% for column in [
            'revenue_krw',
            'expected_revenue_krw',
            'paid_krw',
            'cancelled_krw',
            'item_krw',
            'shipping_krw',
            'coupon_krw',
            'coupang_coupon_krw',
            'pending_return_krw',
        ] -%}
            sum(orders.{{ column }}) as {{ column }},
        {% endfor -%}
        count(*) as order_count,
        sum(case when orders.order_status = 'cancelled' then 1 end) as cancelled_order_count,
        sum(case when orders.coupon_status in ('pending', 'partly_confirmed') then 1 end)
            as unconfirmed_order_count,
        bool_or(open_returns.order_id is not null) as has_open_return
    from orders
    left join open_returns
        on
            orders.vendor_id = open_returns.vendor_id
            and orders.order_id = open_returns.order_id
    group by
        orders.vendor_id,
        orders.payment_date
),

states as (
    select
        account_days.vendor_id,
        account_days.account_name,
        account_days.account_date as payment_date,
        case
            when order_listings.covered_date is null then 'missing'
            when
                not order_listings.is_covered
                or through.covered_date is null
                or days.unconfirmed_order_count > 0
                or days.has_open_return
                then 'provisional'
            else 'final'
        end as data_status
    from account_days
    left join order_listings
        on
            account_days.vendor_id = order_listings.vendor_id
            and account_days.account_date = order_listings.covered_date
    left join through
        on
            account_days.vendor_id = through.vendor_id
            and account_days.account_date = through.covered_date
    left join days
        on
            account_days.vendor_id = days.vendor_id
            and account_days.account_date = days.payment_date
)

select
    {{ row_key(['states.vendor_id', 'states.payment_date']) }} as daily_revenue_key,
    states.vendor_id,
    states.account_name,
    states.payment_date,
    {% for column in [
        'revenue_krw',
        'expected_revenue_krw',
        'paid_krw',
        'cancelled_krw',
        'item_krw',
        'shipping_krw',
        'coupon_krw',
        'coupang_coupon_krw',
        'pending_return_krw',
        'order_count',
        'cancelled_order_count',
        'unconfirmed_order_count',
    ] -%}
        -- null where missing, so that nobody takes a day without data for a day without sales
        cast(
            case
                when states.data_status <> 'missing' then coalesce(days.{{ column }}, 0)
            end as bigint
        ) as {{ column }},
    {% endfor -%}
    states.data_status
from states
left join days
    on
        states.vendor_id = days.vendor_id
        and states.payment_date = days.payment_date
