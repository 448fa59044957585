with

order_items as (
    select * from {{ ref('int_order_items__revenue') }}
),

names as (
    select * from {{ ref('int_order_items__names') }}
),

accounts as (
    select * from {{ ref('stg_coupang__accounts') }}
)

select
    {{ row_key(['order_items.vendor_id', 'order_items.order_id', 'order_items.vendor_item_id']) }}
        as order_item_key,
    order_items.vendor_id,
    accounts.account_name,
    order_items.order_id,
    order_items.vendor_item_id,
    names.product_name,
    names.item_name,
    names.seller_product_id,
    names.seller_sku,
    order_items.payment_date,
    order_items.bought_quantity,
    order_items.cancelled_quantity,
    order_items.net_quantity,
    order_items.paid_krw,
    order_items.cancelled_krw,
    order_items.item_krw,
    order_items.instant_coupon_krw,
    order_items.downloadable_coupon_krw,
    order_items.coupang_coupon_krw,
    order_items.coupon_krw,
    order_items.expected_coupon_krw,
    order_items.pending_return_krw,
    order_items.is_confirmed,
    order_items.first_sale_recognition_date as confirmed_on
from order_items
inner join accounts
    on order_items.vendor_id = accounts.vendor_id
left join names
    on
        order_items.vendor_id = names.vendor_id
        and order_items.order_id = names.order_id
        and order_items.vendor_item_id = names.vendor_item_id
