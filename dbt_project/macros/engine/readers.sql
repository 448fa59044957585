{#
    What readers see once a build has passed. Analysts of a DuckDB warehouse open the published file, which is
    replaced as a whole. Spark's own readers query its catalog, where a plain table is dropped before it is
    made again: so marts are built in a schema of their own, and at the end each table is given the number of
    the build and the readers' views move on to it. Tables of the build before stay for queries under way.
#}
{% macro show_marts_to_readers(results) -%}
    {%- if is_to_be_recorded(results) -%} {% do adapter.dispatch('show_marts_to_readers')() %} {%- endif -%}
{%- endmacro %}

{% macro default__show_marts_to_readers() -%} {%- endmacro %}

{% macro spark__show_marts_to_readers() -%}
    {%- set builds = source('coupang_ledger', 'builds') -%}
    {%- set build_no = run_query('select max(build_no) from ' ~ builds).rows[0][0] -%}
    {%- set readers = target.schema ~ '_marts' -%}
    {%- set marts = mart_nodes() -%}
    {%- for mart in marts -%}
        {%- set built = mart.schema ~ '.' ~ mart.alias -%}
        {%- set kept = mart.schema ~ '.' ~ kept_name(mart, build_no) -%}
        {% do run_statement('alter table ' ~ built ~ ' rename to ' ~ kept) %}
        {#- a later partial build reads the mart under its own name -#}
        {% do run_statement('create view ' ~ built ~ ' as select * from ' ~ kept) %}
    {%- endfor -%}
    {% do run_statement('create schema if not exists ' ~ readers) %}
    {%- for mart in marts -%}
        {% do run_statement(
            'create or replace view ' ~ readers ~ '.' ~ mart.alias
            ~ ' as select * from ' ~ mart.schema ~ '.' ~ kept_name(mart, build_no)
        ) %}
    {%- endfor -%}
    {% do run_statement(
        'create or replace view ' ~ readers ~ '.shown_build as select * from ' ~ builds
        ~ ' where build_no = ' ~ build_no
    ) %}
    {%- for mart in marts -%}
        {%- for row in run_query('show tables in ' ~ mart.schema ~ " like '" ~ kept_name(mart, '*') ~ "'").rows -%}
            {%- if row[1].split('__')[-1] | int < build_no - 1 -%}
                {% do run_statement('drop table ' ~ mart.schema ~ '.' ~ row[1]) %}
            {%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
{%- endmacro %}

{% macro mart_nodes() -%}
    {{ return(graph.nodes.values() | selectattr('resource_type', 'equalto', 'model')
        | selectattr('access', 'equalto', 'public') | list) }}
{%- endmacro %}

{% macro kept_name(mart, build_no) -%}
    {{ return(mart.alias ~ '__' ~ build_no) }}
{%- endmacro %}

{#
    For publish/unload.py, by `dbt run-operation`: writes what readers see as Parquet files, a folder per mart
    in `folder`. conditions: SQL by mart, on its rows; a mart that is not named is written whole.
#}
{% macro unload_marts(folder, conditions={}) -%}
    {% do check_session() %}
    {%- set shown = target.schema ~ '_marts.shown_build' -%}
    {%- set build_no = run_query('select build_no from ' ~ shown).rows[0][0] -%}
    {%- set unloaded = {'shown_build': 'select * from ' ~ shown} -%}
    {%- for mart in mart_nodes() -%}
        {%- do unloaded.update({
            mart.alias: 'select * from ' ~ mart.schema ~ '.' ~ kept_name(mart, build_no)
            ~ ' where ' ~ conditions.get(mart.alias, 'true')
        }) -%}
    {%- endfor -%}
    {%- for name, rows in unloaded.items() -%}
        {% do run_statement(
            "insert overwrite directory '" ~ folder ~ '/' ~ name ~ "' using parquet " ~ rows
        ) %}
    {%- endfor -%}
{%- endmacro %}
