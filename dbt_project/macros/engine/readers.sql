{#
    What readers see once a build has passed. DuckDB's marts are replaced one by one within their
    transactions, and analysts open the published file anyway. Plain tables of Spark are dropped and made again: readers
    would see the gap. So they are built in a schema of their own; at the end each is given the build's name
    and the readers' view moved on to it. The tables of the build before stay for queries under way.
#}
{% macro show_marts_to_readers(results) -%}
    {%- if is_to_be_recorded(results) -%} {% do adapter.dispatch('show_marts_to_readers')() %} {%- endif -%}
{%- endmacro %}

{% macro default__show_marts_to_readers() -%} {%- endmacro %}

{% macro spark__show_marts_to_readers() -%}
    {%- set build_no = run_query('select max(build_no) from ' ~ source('coupang_ledger', 'builds')).rows[0][0] -%}
    {%- set readers = target.schema ~ '_marts' -%}
    {% do run_statement('create schema if not exists ' ~ readers) %}
    {%- for node in graph.nodes.values() if node.resource_type == 'model' and node.fqn[1] == 'marts' -%}
        {%- set built = node.schema ~ '.' ~ node.alias -%}
        {%- set kept = built ~ '__' ~ build_no -%}
        {% do run_statement('alter table ' ~ built ~ ' rename to ' ~ kept) %}
        {% do run_statement('create or replace view ' ~ readers ~ '.' ~ node.alias ~ ' as select * from ' ~ kept) %}
        {% do run_statement('create view ' ~ built ~ ' as select * from ' ~ kept) %}
        {%- for row in run_query('show tables in ' ~ node.schema ~ " like '" ~ node.alias ~ "__*'").rows -%}
            {%- if row[1].split('__')[-1] | int < build_no - 1 -%}
                {% do run_statement('drop table ' ~ node.schema ~ '.' ~ row[1]) %}
            {%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
{%- endmacro %}
