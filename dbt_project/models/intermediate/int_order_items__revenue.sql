-- P5 what lives of the item amount, P7 confirmed coupons, P8 expected coupons, P11 pending returns
{% set kinds = ['instant', 'downloadable', 'coupang'] %}
{% set counted_kinds = counted_coupon_kinds() %}

with

order_items as (
    select
        bought.*,
        coalesce(cancelled.cancelled_quantity, 0) as cancelled_quantity,
        coalesce(cancelled.net_quantity, bought.bought_quantity) as net_quantity,
        coalesce(cancelled.open_quantity, 0) as open_quantity,
        bought.sale_quantity - bought.refund_quantity as confirmed_quantity
    from {{ ref('int_order_items__bought') }} as bought
    left join {{ ref('int_order_items__cancelled') }} as cancelled
        on
            bought.vendor_id = cancelled.vendor_id
            and bought.order_id = cancelled.order_id
            and bought.vendor_item_id = cancelled.vendor_item_id
),

amounts as (
    select
        order_items.*,
        {{ live_amount('item_amount', 'net_quantity', 'bought_quantity') }} as live_amount,
        {{ live_amount(
            'item_amount',
            '(net_quantity - open_quantity)',
            'bought_quantity'
        ) }} as live_amount_without_open,
        net_quantity - greatest(confirmed_quantity, 0) as unconfirmed_quantity
    from order_items
),

coupons as (
    select
        {% for kind in kinds %}
            {% set confirmed_coupon = '(sale_' ~ kind ~ '_coupon - refund_' ~ kind ~ '_coupon)' %}
            case
                when confirmed_quantity <= 0 then 0
                when confirmed_quantity <= net_quantity then greatest({{ confirmed_coupon }}, 0)
                else
                    greatest(
                        {{ won_share(confirmed_coupon, 'net_quantity', 'confirmed_quantity') }},
                        0
                    )
            end as {{ kind }}_coupon,
            case
                when unconfirmed_quantity <= 0 then 0
                else {{ won_share(
                    'sheet_' ~ kind ~ '_coupon', 'unconfirmed_quantity', 'bought_quantity'
                ) }}
            end as expected_{{ kind }}_coupon,
        {% endfor %}
        amounts.*
    from amounts
)

select
    vendor_id,
    order_id,
    vendor_item_id,
    payment_date,
    bought_quantity,
    cancelled_quantity,
    net_quantity,
    sale_quantity,
    refund_quantity,
    item_amount as paid_krw,
    item_amount - live_amount as cancelled_krw,
    live_amount as item_krw,
    instant_coupon as instant_coupon_krw,
    downloadable_coupon as downloadable_coupon_krw,
    coupang_coupon as coupang_coupon_krw,
    {% for kind in counted_kinds -%}
        {% if not loop.first %} + {% endif %}{{ kind }}_coupon
    {%- endfor %} as coupon_krw,
    {% for kind in counted_kinds -%}
        {% if not loop.first %} + {% endif %}expected_{{ kind }}_coupon
    {%- endfor %} as expected_coupon_krw,
    live_amount - live_amount_without_open as pending_return_krw,
    net_quantity > 0 as is_live,
    net_quantity > 0 and confirmed_quantity >= net_quantity as is_confirmed,
    sale_quantity > 0 as has_sale,
    first_sale_recognition_date,
    last_sale_recognition_date,
    last_refund_recognition_date
from coupons
