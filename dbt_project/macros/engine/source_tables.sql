{#
    What dbt reads and does not make, raw and ledger, is made from its declaration before a build, so that a
    build succeeds before the first extraction and unit tests know the types. Raw lies in tables that dlt
    loads into or, where COUPANG_LAKE names a lake, in its Parquet files; the ledger lies in the warehouse.
#}
{% macro create_missing_source_tables() -%}
    {% if execute %}
        {% do check_session() %}
        {% set lake = env_var('COUPANG_LAKE', '').rstrip('/') %}
        {% set schemas = [] %}
        {% for node in graph.sources.values() %}
            {% if node.schema not in schemas %}
                {% do schemas.append(node.schema) %}
                {% do run_statement('create schema if not exists ' ~ node.schema) %}
            {% endif %}
            {% if node.source_name == 'coupang_raw' %}
                {% do register_raw(node, lake) %}
            {% else %}
                {% do create_source_table(node) %}
            {% endif %}
        {% endfor %}
    {% endif %}
{%- endmacro %}

{# Runs SQL that answers no rows: over thrift Spark fails where the rows of such a statement are asked for. #}
{% macro run_statement(sql) -%}
    {% call statement(auto_begin=false) %} {{ sql }} {% endcall %}
{%- endmacro %}

{# The declared columns of a source table, each with the engine's word for its type. #}
{% macro declared_columns(node) -%}
    {%- set columns = [] -%}
    {%- for column in node.columns.values() -%}
        {%- do columns.append(adapter.quote(column.name) ~ ' ' ~ raw_type(column.data_type)) -%}
    {%- endfor -%}
    {{ return(columns) }}
{%- endmacro %}

{# Makes an empty table from a declaration; a table of an older version gets the columns it does not have. #}
{% macro create_source_table(node) -%}
    {% set relation = api.Relation.create(schema=node.schema, identifier=node.identifier, database=node.database) %}
    {% do run_statement(
        'create table if not exists ' ~ relation ~ ' (' ~ declared_columns(node) | join(', ') ~ ')'
        ~ table_format()
    ) %}
    {% set there = run_query('select * from ' ~ relation ~ ' limit 0').column_names %}
    {% for column in node.columns.values() if column.name not in there %}
        {% do run_statement(
            'alter table ' ~ relation ~ ' add column ' ~ adapter.quote(column.name) ~ ' '
            ~ raw_type(column.data_type)
        ) %}
    {% endfor %}
{%- endmacro %}

{# Where a raw table lies in a lake: a folder of Parquet files, dlt's own log of loads of JSON lines. #}
{% macro lake_folder(node, lake) -%}
    {{ return(lake ~ '/' ~ node.schema ~ '/' ~ node.identifier) }}
{%- endmacro %}

{% macro register_raw(node, lake) -%}
    {{ return(adapter.dispatch('register_raw')(node, lake)) }}
{%- endmacro %}

{#-
    DuckDB reads a lake through views with the declared columns and no others; an empty relation of these
    columns stands in front, so that files of an older version, and none yet, give what they have.
-#}
{% macro default__register_raw(node, lake) -%}
    {%- if not lake -%}
        {% do create_source_table(node) %}
    {%- else -%}
        {%- set names = [] -%}
        {%- set typed = [] -%}
        {%- set empty = [] -%}
        {%- for column in node.columns.values() -%}
            {%- do names.append(adapter.quote(column.name)) -%}
            {%- do typed.append("'" ~ column.name ~ "': '" ~ raw_type(column.data_type) ~ "'") -%}
            {%- do empty.append('cast(null as ' ~ raw_type(column.data_type) ~ ') as ' ~ adapter.quote(column.name)) -%}
        {%- endfor -%}
        {%- set is_log = node.identifier == '_dlt_loads' -%}
        {%- set files = "'" ~ lake_folder(node, lake) ~ ('/*.jsonl' if is_log else '/*.parquet') ~ "'" -%}
        {%- if not run_query('select count(*) from glob(' ~ files ~ ')').rows[0][0] -%}
            {%- set written = '' -%}
        {%- elif is_log -%}
            {%- set written = 'read_json(' ~ files ~ ', columns = {' ~ typed | join(', ') ~ '})' -%}
        {%- else -%}
            {%- set written = 'read_parquet(' ~ files ~ ', union_by_name = true)' -%}
        {%- endif -%}
        {% do run_statement(
            'create or replace view ' ~ node.schema ~ '.' ~ node.identifier
            ~ ' as select ' ~ names | join(', ') ~ ' from (select ' ~ empty | join(', ') ~ ' where false'
            ~ (' union all by name select * from ' ~ written if written else '') ~ ')'
        ) %}
    {%- endif -%}
{%- endmacro %}

{#- Spark knows of a lake's files by an external table; dropping one leaves the files alone. -#}
{% macro spark__register_raw(node, lake) -%}
    {%- if not lake -%}
        {{ exceptions.raise_compiler_error(
            'Spark reads raw from a lake: set COUPANG_LAKE to the folder or URL that the extractor loads into.'
        ) }}
    {%- endif -%}
    {%- set name = node.schema ~ '.' ~ node.identifier -%}
    {%- set is_log = node.identifier == '_dlt_loads' -%}
    {% do run_statement('drop table if exists ' ~ name) %}
    {% do run_statement(
        'create table ' ~ name ~ ' (' ~ declared_columns(node) | join(', ') ~ ') using '
        ~ ('json' if is_log else 'parquet') ~ " location '" ~ lake_folder(node, lake) ~ "'"
    ) %}
{%- endmacro %}

{# How the engine is told in which format a table of ours is kept. #}
{% macro table_format() -%}
    {{ return(adapter.dispatch('table_format')()) }}
{%- endmacro %}

{% macro default__table_format() -%}
    {{ return('') }}
{%- endmacro %}

{% macro spark__table_format() -%}
    {{ return(' using ' ~ env_var('COUPANG_SPARK_FILE_FORMAT', 'parquet')) }}
{%- endmacro %}

{# The engine's word for a type of the declaration. #}
{% macro raw_type(declared) -%}
    {{ return(adapter.dispatch('raw_type')(declared)) }}
{%- endmacro %}

{% macro default__raw_type(declared) -%}
    {{ return({
        'string': 'varchar',
        'bigint': 'bigint',
        'boolean': 'boolean',
        'date': 'date',
        'timestamp_tz': 'timestamp with time zone',
    }[declared]) }}
{%- endmacro %}

{% macro spark__raw_type(declared) -%}
    {{ return('timestamp' if declared == 'timestamp_tz' else declared) }}
{%- endmacro %}
