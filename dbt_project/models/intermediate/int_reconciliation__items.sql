-- what the sheets say of a confirmed item and what the sales history says of it, and why they
-- differ where something that happened explains it
{% set kinds = ['instant', 'downloadable', 'coupang'] %}

with

lines as (
    select * from {{ ref('int_confirmed_sales__lines') }}
    where
        not is_adjustment
        and not is_delivery_fee
        -- the items of a return charge (quantity 0, no money) confirm nothing
        and (
            quantity <> 0
            or sale_krw <> 0
            or instant_coupon_krw <> 0
            or downloadable_coupon_krw <> 0
            or coupang_coupon_krw <> 0
        )
),

bought as (
    select * from {{ ref('int_order_items__bought') }}
),

cancelled as (
    select * from {{ ref('int_order_items__cancelled') }}
),

history as (
    select
        vendor_id,
        order_id,
        vendor_item_id,
        bool_or(is_before_start) as is_before_start,
        bool_or(is_foreign) as is_foreign,
        coalesce(
            min(case when sale_type = 'SALE' then recognition_date end), min(recognition_date)
        ) as first_recognition_date,
        {% for kind in kinds %}
            sum({{ kind }}_coupon_krw) as history_{{ kind }}_coupon,
        {% endfor %}
        sum(sale_krw) as history_amount,
        sum(quantity) as history_quantity,
        sum(case when sale_type = 'SALE' then quantity else 0 end) as sale_quantity,
        sum(case when sale_type = 'REFUND' then -quantity end) as refund_quantity
    from lines
    group by
        vendor_id,
        order_id,
        vendor_item_id
),

both_sides as (
    select
        history.*,
        bought.payment_date,
        bought.bought_quantity as sheet_quantity,
        bought.item_amount as sheet_amount,
        {% for kind in kinds %}
            bought.sheet_{{ kind }}_coupon,
        {% endfor %}
        coalesce(cancelled.net_quantity, bought.bought_quantity) as net_quantity,
        case
            when history.is_foreign then 'foreign_currency'
            when history.is_before_start then 'paid_before_start'
            when bought.vendor_item_id is null or bought.is_from_sales_history
                then 'not_on_sheet'
        end as why_not_compared
    from history
    left join bought
        on
            history.vendor_id = bought.vendor_id
            and history.order_id = bought.order_id
            and history.vendor_item_id = bought.vendor_item_id
    left join cancelled
        on
            history.vendor_id = cancelled.vendor_id
            and history.order_id = cancelled.order_id
            and history.vendor_item_id = cancelled.vendor_item_id
),

-- of all units that were bought the money is to agree exactly, of fewer in proportion, give or take
-- a won a unit
judged as (
    select
        both_sides.*,
        {% for figure in ['amount', 'instant_coupon', 'downloadable_coupon', 'coupang_coupon'] %}
            {% set sheet, history = 'sheet_' ~ figure, 'history_' ~ figure %}
            case
                when sheet_quantity = history_quantity then {{ sheet }} = {{ history }}
                when sheet_quantity > 0
                    then
                        abs(
                            {{ history }}
                            - {{ won_share(sheet, 'history_quantity', 'sheet_quantity') }}
                        ) <= sheet_quantity
            end as is_{{ figure }}_in_proportion,
        {% endfor %}
        why_not_compared is null as is_compared
    from both_sides
)

select
    vendor_id,
    order_id,
    vendor_item_id,
    payment_date,
    first_recognition_date,
    case when is_compared then sheet_quantity end as sheet_quantity,
    history_quantity,
    case when is_compared then sheet_amount end as sheet_krw,
    history_amount as history_krw,
    {% for kind in kinds %}
        case when is_compared then sheet_{{ kind }}_coupon end as sheet_{{ kind }}_coupon_krw,
        history_{{ kind }}_coupon as history_{{ kind }}_coupon_krw,
    {% endfor %}
    case
        when not is_compared then why_not_compared
        when
            history_quantity = sheet_quantity
            and is_amount_in_proportion
            and is_instant_coupon_in_proportion
            and is_downloadable_coupon_in_proportion
            and is_coupang_coupon_in_proportion
            then null
        when sale_quantity > sheet_quantity then 'more_confirmed_than_bought'
        when refund_quantity > sale_quantity then 'more_refunded_than_confirmed'
        when not is_amount_in_proportion then 'amount_differs'
        when
            not is_instant_coupon_in_proportion
            or not is_downloadable_coupon_in_proportion
            or not is_coupang_coupon_in_proportion
            then 'coupon_differs'
        when history_quantity > net_quantity then 'cancelled_not_refunded_yet'
        when history_quantity < net_quantity then 'not_wholly_confirmed'
        when refund_quantity > 0 then 'refunded'
        else 'cancelled_before_confirmation'
    end as why
from judged
