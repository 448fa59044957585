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
