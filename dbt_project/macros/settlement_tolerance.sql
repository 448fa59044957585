{#
    When a month of confirmed sales agrees with the settlement. The one place of these constants:
    ok_krw           both sides are sums of the same whole won, so they agree exactly or something is
                     missing; ten won are left for a rounding of Coupang's that we have not seen
    watch_per_mille  of the greater side: what a handful of late corrections or contested delivery fees
                     makes (sellers who compared by hand report 4 to 5 per mille)
    late_days        days after the month's end within which a settlement that does not reach to the last
                     confirmed sale is late and not wrong: the last week is paid 15 working days after it
#}
{% macro settlement_tolerance() -%}
    {{ return({'ok_krw': 10, 'watch_per_mille': 5, 'late_days': 31}) }}
{%- endmacro %}
