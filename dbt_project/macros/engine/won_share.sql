{#
    amount x part / whole in whole won, rounded half up (towards the greater at .5). Exact: worked out in
    wide integers, never in floats. `whole` must be above 0. Mostly the whole is asked for, and wide
    integers are slow.
#}
{% macro won_share(amount, part, whole) -%}
    case
        when {{ part }} = {{ whole }} then cast({{ amount }} as bigint)
        else {{ adapter.dispatch('won_share')(amount, part, whole) }}
    end
{%- endmacro %}

{% macro default__won_share(amount, part, whole) -%}
    {%- set doubled -%}
        (2 * cast({{ amount }} as hugeint) * ({{ part }}) + ({{ whole }}))
    {%- endset -%}
    {%- set divisor -%} (2 * cast({{ whole }} as hugeint)) {%- endset -%}
    {#- // cuts towards zero: the remainder is taken off first, so that negative amounts round alike -#}
    cast(
        ({{ doubled }} - (({{ doubled }} % {{ divisor }}) + {{ divisor }}) % {{ divisor }})
        // {{ divisor }} as bigint
    )
{%- endmacro %}

{#- Decimals of 38 digits are Spark's widest whole numbers; `div` cuts towards zero, as // does. -#}
{% macro spark__won_share(amount, part, whole) -%}
    {%- set doubled -%}
        (2 * cast({{ amount }} as decimal(38, 0)) * ({{ part }}) + ({{ whole }}))
    {%- endset -%}
    {%- set divisor -%} (2 * cast({{ whole }} as decimal(38, 0))) {%- endset -%}
    cast(({{ doubled }} - pmod({{ doubled }}, {{ divisor }})) div {{ divisor }} as bigint)
{%- endmacro %}

{# An id (text) as a number, to order by; null where it is none. #}
{% macro number_of_id(id) -%}
    {{ return(adapter.dispatch('number_of_id')(id)) }}
{%- endmacro %}

{% macro default__number_of_id(id) -%}
    try_cast({{ id }} as hugeint)
{%- endmacro %}

{% macro spark__number_of_id(id) -%}
    try_cast({{ id }} as decimal(38, 0))
{%- endmacro %}
