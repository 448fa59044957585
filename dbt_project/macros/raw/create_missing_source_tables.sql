{#
    Tables that no extraction and no build has made yet are made empty from the declaration of the sources
    (raw and ledger), so that a build succeeds before the first extraction and unit tests know the types.
#}
{% macro create_missing_source_tables() -%}
    {% if execute %}
        {% set schemas = [] %}
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
