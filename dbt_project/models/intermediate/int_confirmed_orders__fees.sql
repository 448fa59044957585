-- P9 payment day and delivery fee of an order as its SALE rows tell them, each row once
with

confirmed_sales as (
    select * from {{ ref('stg_coupang__confirmed_sales') }}
),

entries as (
    select * from {{ ref('stg_coupang__confirmed_sale_items') }}
),

-- a row of nothing but quantity-0 entries gives no payment day and no delivery fee
selling_rows as (
    select distinct
        vendor_id,
        reading_id,
        request_no,
        row_no
    from entries
    where
        sale_type = 'SALE'
        and quantity > 0
        and vendor_item_id is not null
)

select
    confirmed_sales.vendor_id,
    confirmed_sales.order_id,
    min(confirmed_sales.sale_date) as payment_date,
    cast(sum(coalesce(confirmed_sales.delivery_fee_amount, 0)) as bigint) as delivery_fee
from confirmed_sales
inner join selling_rows
    on
        confirmed_sales.vendor_id = selling_rows.vendor_id
        and confirmed_sales.reading_id = selling_rows.reading_id
        and confirmed_sales.request_no = selling_rows.request_no
        and confirmed_sales.row_no = selling_rows.row_no
where confirmed_sales.order_id is not null
group by
    confirmed_sales.vendor_id,
    confirmed_sales.order_id
