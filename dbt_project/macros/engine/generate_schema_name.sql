{#
    Schemas are named as the design has them (staging, intermediate, marts), without the target's in front.
    A catalog of Spark is often shared, so there the target's name stands in front; and marts are built
    beside what readers see (macros/engine/readers.sql).
#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ return(adapter.dispatch('generate_schema_name', 'coupang_revenue')(custom_schema_name, node)) }}
{%- endmacro %}

{% macro default__generate_schema_name(custom_schema_name, node) -%}
    {{ return(custom_schema_name | trim if custom_schema_name else target.schema) }}
{%- endmacro %}

{% macro spark__generate_schema_name(custom_schema_name, node) -%}
    {%- set name = 'marts_build' if custom_schema_name == 'marts' else custom_schema_name -%}
    {{ return(target.schema ~ '_' ~ name if name else target.schema) }}
{%- endmacro %}
