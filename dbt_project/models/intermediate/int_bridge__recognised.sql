-- what was recognised of each order's item or shipping, month by month, and where a bridge from the
-- payment days looks for it: in an order (of the month in which it was paid), or outside the marts
-- of payment days
with

sales_lines as (
    select * from {{ ref('int_confirmed_sales__lines') }}
),

orders as (
    select * from {{ ref('int_orders__payment_day') }}
),

lines as (
    select
        sales_lines.*,
        case
            when is_adjustment then 'adjustment'
            when is_foreign then 'foreign_currency'
            when is_before_start then 'paid_before_start'
            else 'order'
        end as belongs_to
    from sales_lines
),

-- where no sheet and no SALE tells of the order, its rows tell when it was paid
sale_dates as (
    select
        vendor_id,
        order_id,
        min(coalesce(sale_date, recognition_date)) as sale_date
    from lines
    where belongs_to = 'order'
    group by
        vendor_id,
        order_id
),

recognised as (
    select
        vendor_id,
        order_id,
        vendor_item_id,
        belongs_to,
        {{ month_of('recognition_date') }} as recognition_month,
        sum(sale_krw) as sale_krw,
        sum({{ counted_coupons() }}) as coupon_krw
    from lines
    group by
        vendor_id,
        order_id,
        vendor_item_id,
        belongs_to,
        {{ month_of('recognition_date') }}
)

select
    recognised.vendor_id,
    recognised.order_id,
    recognised.vendor_item_id,
    recognised.belongs_to,
    {{ month_of('coalesce(orders.payment_date, sale_dates.sale_date)') }} as payment_month,
    recognised.recognition_month,
    cast(recognised.sale_krw as bigint) as sale_krw,
    cast(recognised.coupon_krw as bigint) as coupon_krw
from recognised
left join orders
    on
        recognised.vendor_id = orders.vendor_id
        and recognised.order_id = orders.order_id
left join sale_dates
    on
        recognised.vendor_id = sale_dates.vendor_id
        and recognised.order_id = sale_dates.order_id
