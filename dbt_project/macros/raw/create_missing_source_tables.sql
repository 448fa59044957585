{#
    Tables that no extraction and no build has made yet are made empty from the declaration of the sources
    (raw and ledger), so that a build succeeds before the first extraction and unit tests know the types.
    Columns that a warehouse of an older version does not have yet are added, empty.
#}
{% macro create_missing_source_tables() -%}
    {% if execute %}
        {% set schemas = [] %}
        {% set known = {} %}
        {% for row in run_query(
            'select table_schema, table_name, column_name from information_schema.columns'
        ).rows %}
            {% do known.setdefault(row[0] ~ '.' ~ row[1], []).append(row[2]) %}
        {% endfor %}
        {% for node in graph.sources.values() %}
            {% if node.schema not in schemas %}
                {% do schemas.append(node.schema) %}
                {% do run_query('create schema if not exists ' ~ node.schema) %}
            {% endif %}
            {% set columns = [] %}
            {% for column in node.columns.values() %}
                {% do columns.append(adapter.quote(column.name) ~ ' ' ~ raw_type(column.data_type)) %}
            {% endfor %}
            {% do run_query(
                'create table if not exists ' ~ node.schema ~ '.' ~ node.identifier
                ~ ' (' ~ columns | join(', ') ~ ')'
            ) %}
            {% set there = known.get(node.schema ~ '.' ~ node.identifier, []) %}
            {% for column in node.columns.values() if there and column.name not in there %}
                {% do run_query(
                    'alter table ' ~ node.schema ~ '.' ~ node.identifier ~ ' add column '
                    ~ adapter.quote(column.name) ~ ' ' ~ raw_type(column.data_type)
                ) %}
            {% endfor %}
        {% endfor %}
    {% endif %}
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
