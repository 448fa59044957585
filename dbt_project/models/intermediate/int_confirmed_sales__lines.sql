-- the sales history as signed lines: each entry of an item, and each row's delivery fee once.
-- REFUND rows tell magnitudes to subtract; a type that nobody knows has no effect. P14, P15: which
-- lines are outside the marts of payment days
{% set coupons = [
    ('instant', 'seller_discount_coupon'),
    ('downloadable', 'downloadable_coupon'),
    ('coupang', 'coupang_discount_coupon'),
] %}

with

confirmed_sales as (
    select * from {{ ref('stg_coupang__confirmed_sales') }}
),

entries as (
    select * from {{ ref('stg_coupang__confirmed_sale_items') }}
),

orders as (
    select * from {{ ref('int_orders__payment_day') }}
),

foreign_items as (
    select * from {{ ref('int_order_items__foreign') }}
),

accounts as (
    select * from {{ ref('stg_coupang__accounts') }}
),

lines as (
    select
        vendor_id,
        reading_id,
        request_no,
        row_no,
        line_no,
        -- an adjustment is of no order, whatever item it names
        case when order_id is not null then vendor_item_id end as vendor_item_id,
        quantity,
        sale_price as sale_amount,
        {% for kind, column in coupons %}
            {{ column }} as {{ kind }}_coupon,
        {% endfor %}
        service_fee,
        service_fee_vat,
        settlement_amount
    from entries
    union all
    select
        vendor_id,
        reading_id,
        request_no,
        row_no,
        0 as line_no,
        cast(null as {{ dbt.type_string() }}) as vendor_item_id,
        0 as quantity,
        delivery_fee_amount as sale_amount,
        {% for kind, column in coupons %}
            0 as {{ kind }}_coupon,
        {% endfor %}
        delivery_fee_fee as service_fee,
        delivery_fee_fee_vat as service_fee_vat,
        delivery_fee_settlement_amount as settlement_amount
    from confirmed_sales
    where
        delivery_fee_amount <> 0
        or delivery_fee_fee <> 0
        or delivery_fee_fee_vat <> 0
        or delivery_fee_settlement_amount <> 0
),

signed as (
    select
        lines.*,
        confirmed_sales.order_id,
        confirmed_sales.sale_type,
        confirmed_sales.sale_date,
        confirmed_sales.recognition_date,
        confirmed_sales.settlement_date,
        confirmed_sales.final_settlement_date,
        case confirmed_sales.sale_type when 'SALE' then 1 when 'REFUND' then -1 else 0 end as sign
    from lines
    inner join confirmed_sales
        on
            lines.vendor_id = confirmed_sales.vendor_id
            and lines.reading_id = confirmed_sales.reading_id
            and lines.request_no = confirmed_sales.request_no
            and lines.row_no = confirmed_sales.row_no
)

select
    signed.vendor_id,
    signed.reading_id,
    signed.request_no,
    signed.row_no,
    signed.line_no,
    signed.order_id,
    signed.vendor_item_id,
    signed.sale_type,
    signed.sale_date,
    signed.recognition_date,
    signed.settlement_date,
    signed.final_settlement_date,
    signed.line_no = 0 as is_delivery_fee,
    signed.order_id is null as is_adjustment,
    signed.order_id is not null
    and coalesce(orders.is_before_start, signed.sale_date < accounts.start_date, false)
        as is_before_start,
    coalesce(orders.is_all_foreign, false)
    or foreign_items.vendor_item_id is not null as is_foreign,
    cast(signed.sign * coalesce(signed.quantity, 0) as bigint) as quantity,
    {% for kind, column in coupons %}
        cast(signed.sign * coalesce(signed.{{ kind }}_coupon, 0) as bigint)
            as {{ kind }}_coupon_krw,
    {% endfor %}
    cast(signed.sign * coalesce(signed.sale_amount, 0) as bigint) as sale_krw,
    cast(signed.sign * coalesce(signed.service_fee, 0) as bigint) as service_fee_krw,
    cast(signed.sign * coalesce(signed.service_fee_vat, 0) as bigint) as service_fee_vat_krw,
    cast(signed.sign * coalesce(signed.settlement_amount, 0) as bigint) as settlement_krw
from signed
inner join accounts
    on signed.vendor_id = accounts.vendor_id
left join orders
    on
        signed.vendor_id = orders.vendor_id
        and signed.order_id = orders.order_id
left join foreign_items
    on
        signed.vendor_id = foreign_items.vendor_id
        and signed.order_id = foreign_items.order_id
        and signed.vendor_item_id = foreign_items.vendor_item_id
