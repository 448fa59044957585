-- from what was paid in a month to what was recognised in it. Every step is added up from rows of
-- its own; the two totals are worked out apart from the steps, from the orders and from the sales
-- history

with

orders as (
    select
        orders.*,
        {{ month_of('payment_date') }} as payment_month
    from {{ ref('fct_orders') }} as orders
),

sales as (
    select
        sales.*,
        {{ month_of('recognition_date') }} as recognition_month
    from {{ ref('fct_confirmed_sales') }} as sales
),

recognised as (
    select
        recognised.*,
        sale_krw - coupon_krw as recognised_krw
    from {{ ref('int_bridge__recognised') }} as recognised
),

units as (
    select * from {{ ref('int_bridge__units') }}
),

accounts as (
    select * from {{ ref('stg_coupang__accounts') }}
),

parts as (
    {% for step, amount in [
        ('01_paid', 'paid_krw'),
        ('02_cancelled', '-cancelled_krw'),
        ('03_coupons', '-coupon_krw'),
        ('04_revenue', 'revenue_krw'),
    ] %}
        select
            vendor_id,
            payment_month as month,
            '{{ step }}' as step,
            {{ amount }} as amount_krw
        from orders
        union all
    {% endfor %}
    {% for step, amount in [
        ('05_not_confirmed_yet', '-unconfirmed_krw'),
        ('11_sheets_and_history_differ', 'amount_difference_krw - coupon_difference_krw'),
    ] %}
        select
            vendor_id,
            payment_month as month,
            '{{ step }}' as step,
            {{ amount }} as amount_krw
        from units
        union all
    {% endfor %}
    select
        vendor_id,
        payment_month as month,
        '06_confirmed_in_another_month' as step,
        -recognised_krw as amount_krw
    from recognised
    where
        belongs_to = 'order'
        and payment_month <> recognition_month
    union all
    select
        vendor_id,
        recognition_month as month,
        case
            when belongs_to = 'order' then '07_paid_in_another_month'
            when belongs_to = 'paid_before_start' then '08_paid_before_start'
            when belongs_to = 'adjustment' then '09_adjustments'
            when belongs_to = 'foreign_currency' then '10_foreign_currency'
        end as step,
        recognised_krw as amount_krw
    from recognised
    where
        belongs_to <> 'order'
        or payment_month <> recognition_month
    union all
    select
        vendor_id,
        recognition_month as month,
        '12_recognised' as step,
        sale_krw - {{ counted_coupons() }} as amount_krw
    from sales
),

steps as (
    {% for step in [
        '01_paid',
        '02_cancelled',
        '03_coupons',
        '04_revenue',
        '05_not_confirmed_yet',
        '06_confirmed_in_another_month',
        '07_paid_in_another_month',
        '08_paid_before_start',
        '09_adjustments',
        '10_foreign_currency',
        '11_sheets_and_history_differ',
        '12_recognised',
    ] %}
        select '{{ step }}' as step
        {% if not loop.last %}
            union all
        {% endif %}
    {% endfor %}
),

sums as (
    select
        vendor_id,
        month,
        step,
        sum(amount_krw) as amount_krw
    from parts
    group by
        vendor_id,
        month,
        step
),

months as (
    select distinct
        vendor_id,
        month
    from sums
)

select
    {{ row_key(['months.vendor_id', 'months.month', 'steps.step']) }} as bridge_key,
    months.vendor_id,
    accounts.account_name,
    months.month,
    steps.step,
    steps.step in ('04_revenue', '12_recognised') as is_total,
    cast(coalesce(sums.amount_krw, 0) as bigint) as amount_krw
from months
cross join steps
inner join accounts
    on months.vendor_id = accounts.vendor_id
left join sums
    on
        months.vendor_id = sums.vendor_id
        and months.month = sums.month
        and steps.step = sums.step
