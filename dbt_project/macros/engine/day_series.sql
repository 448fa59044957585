{# One row per day from `first_day` to `last_day` (both included; none where last is before first). #}
{% macro day_series(first_day, last_day) -%}
    {{ return(adapter.dispatch('day_series')(first_day, last_day)) }}
{%- endmacro %}

{% macro default__day_series(first_day, last_day) -%}
    cast(unnest(generate_series({{ first_day }}, {{ last_day }}, interval 1 day)) as date)
{%- endmacro %}

{#- `sequence` refuses to go backwards -#}
{% macro spark__day_series(first_day, last_day) -%}
    explode(
        case
            when {{ first_day }} <= {{ last_day }} then sequence({{ first_day }}, {{ last_day }}, interval 1 day)
            else cast(array() as array<date>)
        end
    )
{%- endmacro %}

{# Whole days from `first_day` to `last_day`. #}
{% macro days_between(first_day, last_day) -%}
    cast({{ dbt.datediff(first_day, last_day, 'day') }} as bigint)
{%- endmacro %}
