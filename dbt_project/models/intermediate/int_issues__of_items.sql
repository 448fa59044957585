-- P4, P7, P9: items whose evidence does not fit together
with

items as (
    select
        revenue.*,
        bought.has_sale_without_price,
        bought.is_from_sales_history,
        {% for kind in ['instant', 'downloadable', 'coupang'] -%}
            {% if not loop.first %} + {% endif -%}
            greatest(bought.refund_{{ kind }}_coupon - bought.sale_{{ kind }}_coupon, 0)
        {%- endfor %} as excess_coupon
    from {{ ref('int_order_items__revenue') }} as revenue
    inner join {{ ref('int_order_items__bought') }} as bought
        on
            revenue.vendor_id = bought.vendor_id
            and revenue.order_id = bought.order_id
            and revenue.vendor_item_id = bought.vendor_item_id
)

select
    vendor_id,
    order_id,
    'coupon_refund_exceeds_sale' as issue_type,
    vendor_item_id as subject,
    'item ' || vendor_item_id
    || ': its REFUND rows give back more coupon than its SALE rows took off' as detail,
    excess_coupon as amount_krw
from items
where excess_coupon > 0
union all
select
    vendor_id,
    order_id,
    'confirmed_less_than_live' as issue_type,
    vendor_item_id as subject,
    'item ' || vendor_item_id || ': '
    || cast(net_quantity as {{ dbt.type_string() }}) || ' live, '
    || cast(sale_quantity - refund_quantity as {{ dbt.type_string() }})
    || ' confirmed and not refunded, thirty days after the last confirmation' as detail,
    item_krw as amount_krw
from items
where
    has_sale
    and net_quantity > sale_quantity - refund_quantity
    and {{ days_between('last_sale_recognition_date', as_of_date()) }} >= 30
union all
select
    vendor_id,
    order_id,
    'never_confirmed' as issue_type,
    vendor_item_id as subject,
    'item ' || vendor_item_id || ' lives and is not confirmed sixty days after its payment'
        as detail,
    item_krw as amount_krw
from items
where
    is_live
    and not has_sale
    and {{ days_between('payment_date', as_of_date()) }} >= 60
union all
select
    vendor_id,
    order_id,
    'line_without_amount' as issue_type,
    vendor_item_id as subject,
    'item ' || vendor_item_id
    || ' is known from the sales history only, where a SALE entry has no salePrice' as detail,
    paid_krw as amount_krw
from items
where
    is_from_sales_history
    and has_sale_without_price
