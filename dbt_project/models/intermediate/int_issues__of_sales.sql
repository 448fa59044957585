-- P7, P9: rows of the sales history that make no order, or that miss their quantity
with

confirmed_sales as (
    select * from {{ ref('stg_coupang__confirmed_sales') }}
),

entries as (
    select * from {{ ref('stg_coupang__confirmed_sale_items') }}
),

confirmed_items as (
    select * from {{ ref('int_confirmed_items__totals') }}
),

box_items as (
    select * from {{ ref('int_box_items__moved') }}
),

foreign_items as (
    select * from {{ ref('int_order_items__foreign') }}
),

orders as (
    select * from {{ ref('int_orders__payment_day') }}
),

accounts as (
    select * from {{ ref('stg_coupang__accounts') }}
),

amounts as (
    select
        vendor_id,
        reading_id,
        request_no,
        row_no,
        sum(sale_price) as sale_price
    from entries
    group by
        vendor_id,
        reading_id,
        request_no,
        row_no
),

adjustments as (
    select
        confirmed_sales.vendor_id,
        confirmed_sales.sale_type,
        confirmed_sales.recognition_date,
        coalesce(amounts.sale_price, 0) + coalesce(confirmed_sales.delivery_fee_amount, 0)
            as amount,
        row_number() over (
            partition by
                confirmed_sales.vendor_id,
                confirmed_sales.recognition_date,
                confirmed_sales.sale_type
            order by confirmed_sales.request_no, confirmed_sales.row_no
        ) as ordinal
    from confirmed_sales
    left join amounts
        on
            confirmed_sales.vendor_id = amounts.vendor_id
            and confirmed_sales.reading_id = amounts.reading_id
            and confirmed_sales.request_no = amounts.request_no
            and confirmed_sales.row_no = amounts.row_no
    where confirmed_sales.order_id is null
)

select
    vendor_id,
    cast(null as {{ dbt.type_string() }}) as order_id,
    'sales_row_without_order' as issue_type,
    {{ row_key(['recognition_date', 'sale_type', 'ordinal']) }} as subject,
    sale_type || ' row of ' || cast(recognition_date as {{ dbt.type_string() }})
    || ' without an order: an adjustment by Coupang, in the revenue of no order' as detail,
    cast(case when sale_type = 'REFUND' then -amount else amount end as bigint) as amount_krw
from adjustments
union all
select
    confirmed_items.vendor_id,
    confirmed_items.order_id,
    'refund_without_sale' as issue_type,
    confirmed_items.vendor_item_id as subject,
    'item ' || confirmed_items.vendor_item_id
    || ': a REFUND of something that no sheet and no SALE row tells of' as detail,
    cast(null as bigint) as amount_krw
from confirmed_items
inner join accounts
    on confirmed_items.vendor_id = accounts.vendor_id
left join box_items
    on
        confirmed_items.vendor_id = box_items.vendor_id
        and confirmed_items.order_id = box_items.order_id
        and confirmed_items.vendor_item_id = box_items.vendor_item_id
where
    confirmed_items.refund_quantity > 0
    and confirmed_items.sale_quantity = 0
    and box_items.vendor_item_id is null
    and confirmed_items.first_refund_date >= accounts.start_date
union all
select
    entries.vendor_id,
    entries.order_id,
    'line_without_amount' as issue_type,
    {{ row_key([
        'entries.vendor_item_id',
        'entries.recognition_date',
        'entries.sale_type',
        'entries.request_no',
        'entries.row_no',
        'entries.line_no',
    ]) }} as subject,
    entries.sale_type || ' entry of ' || cast(entries.recognition_date as {{ dbt.type_string() }})
    || ', item ' || coalesce(entries.vendor_item_id, '?')
    || ', has no usable quantity and counts 0' as detail,
    entries.sale_price as amount_krw
from entries
inner join accounts
    on entries.vendor_id = accounts.vendor_id
left join orders
    on
        entries.vendor_id = orders.vendor_id
        and entries.order_id = orders.order_id
left join foreign_items
    on
        entries.vendor_id = foreign_items.vendor_id
        and entries.order_id = foreign_items.order_id
        and entries.vendor_item_id = foreign_items.vendor_item_id
where
    entries.order_id is not null
    and entries.sale_type in ('SALE', 'REFUND')
    and entries.quantity is null
    and foreign_items.vendor_item_id is null
    -- an order that is known has its own payment day to go by
    and (orders.order_id is not null or entries.sale_date >= accounts.start_date)
