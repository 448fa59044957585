{#
    P5: what of an item amount lives when `net` of `bought` units do: none where none do (nor where none
    were bought), all where all do, since a share of the whole is exact.
#}
{% macro live_amount(amount, net, bought) -%}
    case
        when {{ net }} <= 0 then 0
        else {{ won_share(amount, net, bought) }}
    end
{%- endmacro %}
