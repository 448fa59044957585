{# What must hold of a session before a won is worked out in it. #}
{% macro check_session() -%}
    {{ return(adapter.dispatch('check_session')()) }}
{%- endmacro %}

{% macro default__check_session() -%} {%- endmacro %}

{#-
    Timestamps are shown in the session's zone: in another than UTC every Korean day would be another one.
    Without ANSI mode sums that overflow wrap around and text that is no time turns to null, in silence.
-#}
{% macro spark__check_session() -%}
    {%- set zone = run_query('select current_timezone()').rows[0][0] -%}
    {%- if zone not in ['UTC', 'Etc/UTC', 'Z', 'GMT'] -%}
        {{ exceptions.raise_compiler_error(
            'The Spark session is in ' ~ zone ~ ': set spark.sql.session.timeZone to UTC.'
        ) }}
    {%- endif -%}
    {%- if run_query('set spark.sql.ansi.enabled').rows[0][1] != 'true' -%}
        {{ exceptions.raise_compiler_error(
            'The Spark session is not in ANSI mode. Target spark: start dbt as `python -m publish.dbt_on_spark`,'
            ~ ' from the root of the project. Target cluster: start its Thrift server with spark.sql.ansi.enabled=true.'
        ) }}
    {%- endif -%}
{%- endmacro %}

{# What ends the transaction that dbt's hooks run in, where the engine has one. #}
{% macro commit_statement() -%}
    {{ return(adapter.dispatch('commit_statement')()) }}
{%- endmacro %}

{% macro default__commit_statement() -%}
    {{ return('commit') }}
{%- endmacro %}

{% macro spark__commit_statement() -%}
    {{ return('') }}
{%- endmacro %}
