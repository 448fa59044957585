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
    The same rows where a row and its copies (of a package that was loaded twice) say the same, and only some
    columns are looked at: which keys there are, when they were seen first and last. Another join than above on
    purpose: DuckDB takes two scans that are alike for one, and keeps all columns that either needs in memory.
#}
{% macro complete_rows_or_copies(table) -%}
    (
        select raw_rows.*
        from {{ source('coupang_raw', table) }} as raw_rows
        inner join {{ source('coupang_raw', '_dlt_loads') }} as loads
            on raw_rows._dlt_load_id = loads.load_id
        where loads.status = 0
    )
{%- endmacro %}
