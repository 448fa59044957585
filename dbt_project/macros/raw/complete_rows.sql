{#
    Rows of a raw table whose load was completed: what a load that died half-way left behind does not
    exist. Every model reads raw through this.
#}
{% macro complete_rows(table) -%}
    (
        select raw_rows.*
        from {{ source('coupang_raw', table) }} as raw_rows
        where raw_rows._dlt_load_id in (
            select loads.load_id
            from {{ source('coupang_raw', '_dlt_loads') }} as loads
            where loads.status = 0
        )
    )
{%- endmacro %}

{#
    The same rows in other words, for a second look at a table in one model. The other words are on purpose:
    DuckDB takes two scans that are alike for one, and keeps all columns that either needs in memory, where
    this one needs only the key.
#}
{% macro complete_rows_again(table) -%}
    (
        select raw_rows.*
        from {{ source('coupang_raw', table) }} as raw_rows
        where exists (
            select loads.load_id
            from {{ source('coupang_raw', '_dlt_loads') }} as loads
            where
                loads.load_id = raw_rows._dlt_load_id
                and loads.status = 0
        )
    )
{%- endmacro %}
