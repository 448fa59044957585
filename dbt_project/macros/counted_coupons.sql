{# P7: the kinds of coupon that revenue takes off, as include_coupang_funded_coupons says. #}
{% macro counted_coupon_kinds() -%}
    {%- set kinds = ['instant', 'downloadable'] -%}
    {%- if var('include_coupang_funded_coupons') -%} {%- do kinds.append('coupang') -%} {%- endif -%}
    {{ return(kinds) }}
{%- endmacro %}

{# Their sum over columns named <kind>_coupon_krw. #}
{% macro counted_coupons() -%}
    ({{ counted_coupon_kinds() | join('_coupon_krw + ') }}_coupon_krw)
{%- endmacro %}
