{# P5: what of an item amount lives when `net` of `bought` units do. Exact for none and for all. #}
{% macro live_amount(amount, net, bought) -%}
    case
        when {{ net }} = {{ bought }} then {{ amount }}
        when {{ net }} <= 0 then 0
        else {{ won_share(amount, net, bought) }}
    end
{%- endmacro %}
