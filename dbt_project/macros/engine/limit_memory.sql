{#
    Keeps the engine within COUPANG_MEMORY_LIMIT ("3GB"), where that is set; it goes on in the spill folder
    of the data folder then. Not in profiles.yml: DuckDB's own limit (four fifths of the machine's memory)
    has no name that could stand there for "not set".
    DuckDB writes "the newest row of each" as an aggregate, which is kept in memory whole; within a limit it
    sorts, which spills.
#}
{% macro limit_memory() -%}
    {{ return(adapter.dispatch('limit_memory')()) }}
{%- endmacro %}

{% macro default__limit_memory() -%}
    {%- set limit = env_var('COUPANG_MEMORY_LIMIT', '') -%}
    {%- if limit -%}
        set memory_limit = '{{ limit }}'; set disabled_optimizers = 'top_n_window_elimination'
    {%- endif -%}
{%- endmacro %}

{% macro spark__limit_memory() -%} {%- endmacro %}
