{% set kinds = ['instant', 'downloadable', 'coupang'] %}

with

items as (
    select * from {{ ref('int_reconciliation__items') }}
),

shipping as (
    select * from {{ ref('int_reconciliation__shipping') }}
),

units as (
    select * from {{ ref('int_bridge__units') }}
),

accounts as (
    select * from {{ ref('stg_coupang__accounts') }}
),

confirmed as (
    select
        vendor_id,
        order_id,
        vendor_item_id,
        payment_date,
        first_recognition_date,
        sheet_quantity,
        history_quantity,
        sheet_krw,
        history_krw,
        {% for kind in kinds %}
            sheet_{{ kind }}_coupon_krw,
            history_{{ kind }}_coupon_krw,
        {% endfor %}
        why
    from items
    union all
    select
        vendor_id,
        order_id,
        cast(null as {{ dbt.type_string() }}) as vendor_item_id,
        payment_date,
        first_recognition_date,
        case when sheet_krw is not null then 0 end as sheet_quantity,
        0 as history_quantity,
        sheet_krw,
        history_krw,
        {% for kind in kinds %}
            case when sheet_krw is not null then 0 end as sheet_{{ kind }}_coupon_krw,
            0 as history_{{ kind }}_coupon_krw,
        {% endfor %}
        why
    from shipping
),

differences as (
    select
        confirmed.*,
        history_quantity - sheet_quantity as quantity_difference,
        history_krw - sheet_krw as difference_krw,
        {% for kind in kinds %}
            history_{{ kind }}_coupon_krw - sheet_{{ kind }}_coupon_krw
                as {{ kind }}_coupon_difference_krw,
        {% endfor %}
        sheet_krw is not null as is_compared
    from confirmed
)

select
    {{ row_key(['differences.vendor_id', 'differences.order_id', 'differences.vendor_item_id']) }}
        as order_reconciliation_key,
    differences.vendor_id,
    accounts.account_name,
    differences.order_id,
    differences.vendor_item_id,
    differences.payment_date,
    differences.first_recognition_date,
    {% for figure in [
        'sheet_quantity',
        'history_quantity',
        'quantity_difference',
        'sheet_krw',
        'history_krw',
        'difference_krw',
    ] %}
        cast(differences.{{ figure }} as bigint) as {{ figure }},
    {% endfor %}
    {% for kind in kinds %}
        {% for figure in ['sheet_' ~ kind, 'history_' ~ kind] %}
            cast(differences.{{ figure }}_coupon_krw as bigint) as {{ figure }}_coupon_krw,
        {% endfor %}
        cast(differences.{{ kind }}_coupon_difference_krw as bigint)
            as {{ kind }}_coupon_difference_krw,
    {% endfor %}
    case when differences.is_compared then differences.why is null end as agrees,
    case
        when differences.is_compared
            then
                coalesce(
                    differences.why in (
                        'refunded',
                        'cancelled_before_confirmation',
                        'not_wholly_confirmed',
                        'cancelled_not_refunded_yet',
                        'return_shipping_charged'
                    ),
                    true
                )
    end as is_explained,
    differences.why,
    coalesce(units.amount_difference_krw - units.coupon_difference_krw, 0) as bridge_difference_krw
from differences
inner join accounts
    on differences.vendor_id = accounts.vendor_id
left join units
    on
        differences.vendor_id = units.vendor_id
        and differences.order_id = units.order_id
        and coalesce(differences.vendor_item_id, '') = coalesce(units.vendor_item_id, '')
