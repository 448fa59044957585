{#
    The moment that counts as now: dbt var `as_of`, else COUPANG_AS_OF, else the start of this run.
    Worked out once in Jinja, so that every model of a build and every engine has the same one.
#}
{% macro as_of_moment() -%}
    {%- set text = var('as_of', none) or env_var('COUPANG_AS_OF', '') -%}
    {%- set datetime = modules.datetime.datetime -%}
    {%- set moment = datetime.fromisoformat(text | string | replace('Z', '+00:00'))
        if text else run_started_at -%}
    {%- if moment.tzinfo is none -%}
        {{ exceptions.raise_compiler_error(
            "COUPANG_AS_OF (var as_of) needs an offset, as in 2026-01-06T09:00:00+09:00; got: " ~ text
        ) }}
    {%- endif -%}
    {{ return(moment.astimezone(modules.pytz.utc)) }}
{%- endmacro %}

{# as_of on the Korean wall clock, a timestamp without zone. #}
{% macro as_of_kst() -%}
    {%- set kst = as_of_moment() + modules.datetime.timedelta(hours=9) -%}
    cast('{{ kst.strftime("%Y-%m-%d %H:%M:%S.%f") }}' as timestamp)
{%- endmacro %}

{# The Korean day that counts as today. #}
{% macro as_of_date() -%}
    {%- set kst = as_of_moment() + modules.datetime.timedelta(hours=9) -%}
    cast('{{ kst.strftime("%Y-%m-%d") }}' as date)
{%- endmacro %}
