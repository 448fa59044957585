-- Loss prevented: a confirmed order that nobody held against its sheet. Order by order, what the
-- reconciliation takes from the sales history is what fct_confirmed_sales holds of it.
with

reconciled as (
    select
        vendor_id,
        order_id,
        sum(history_quantity) as quantity,
        sum(history_krw) as sale_krw,
        sum(history_instant_coupon_krw) as instant_coupon_krw,
        sum(history_downloadable_coupon_krw) as downloadable_coupon_krw,
        sum(history_coupang_coupon_krw) as coupang_coupon_krw
    from {{ ref('fct_order_reconciliation') }}
    group by
        vendor_id,
        order_id
),

sales as (
    select
        vendor_id,
        order_id,
        sum(quantity) as quantity,
        sum(sale_krw) as sale_krw,
        sum(instant_coupon_krw) as instant_coupon_krw,
        sum(downloadable_coupon_krw) as downloadable_coupon_krw,
        sum(coupang_coupon_krw) as coupang_coupon_krw
    from {{ ref('fct_confirmed_sales') }}
    where not is_adjustment
    group by
        vendor_id,
        order_id
)

select
    coalesce(reconciled.vendor_id, sales.vendor_id) as vendor_id,
    coalesce(reconciled.order_id, sales.order_id) as order_id,
    reconciled.sale_krw as reconciled_krw,
    sales.sale_krw
from reconciled
full outer join sales
    on
        reconciled.vendor_id = sales.vendor_id
        and reconciled.order_id = sales.order_id
where
    coalesce(reconciled.quantity, 0) <> coalesce(sales.quantity, 0)
    or coalesce(reconciled.sale_krw, 0) <> coalesce(sales.sale_krw, 0)
    or coalesce(reconciled.instant_coupon_krw, 0) <> coalesce(sales.instant_coupon_krw, 0)
    or coalesce(reconciled.downloadable_coupon_krw, 0)
    <> coalesce(sales.downloadable_coupon_krw, 0)
    or coalesce(reconciled.coupang_coupon_krw, 0) <> coalesce(sales.coupang_coupon_krw, 0)
