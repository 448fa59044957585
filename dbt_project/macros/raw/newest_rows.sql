{#
    The newest row of each business key: the last place (reading, request, row) that showed it, with when the
    key was first and last seen. A package that was loaded twice has every row twice at the same place, and
    one of the two is taken. Rows are ranked once only those of the last request are left: of nine readings
    of an order, eight are never sorted.
#}
{% macro newest_rows(table, key) -%}
    (
        select ranked.*
        from (
            select
                raw_rows.*,
                seen.first_seen_order,
                seen.last_seen_order,
                seen.last_seen_reading_id,
                row_number() over (
                    partition by raw_rows.{{ key | join(', raw_rows.') }}
                    order by raw_rows.row_no desc
                ) as newness
            from {{ complete_rows(table) }} as raw_rows
            inner join {{ first_and_last_seen(table, key) }} as seen
                on
                    {{ seen_order('raw_rows.reading_id', 'raw_rows.request_no') }}
                    is not distinct from seen.last_seen_order
                    {%- for column in key %}
                    and raw_rows.{{ column }} is not distinct from seen.{{ column }}
                    {%- endfor %}
        ) as ranked
        where ranked.newness = 1
    )
{%- endmacro %}

{#
    The lines of rows that were picked by their place, each line once however often its package was
    loaded. `rows` is a relation or CTE with vendor_id, reading_id, request_no, row_no; of what else it has,
    the columns `brought` come along as picked_<column>.
#}
{% macro lines_of(rows, table, brought=[]) -%}
    (
        select ranked.*
        from (
            select
                raw_lines.*,
                {% for column in brought -%}
                    picked_rows.{{ column }} as picked_{{ column }},
                {% endfor -%}
                row_number() over (
                    partition by
                        raw_lines.vendor_id,
                        raw_lines.reading_id,
                        raw_lines.request_no,
                        raw_lines.row_no,
                        raw_lines.line_no
                    order by raw_lines._dlt_load_id
                ) as copy_no
            from {{ complete_rows(table) }} as raw_lines
            inner join {{ rows }} as picked_rows
                on
                    raw_lines.vendor_id = picked_rows.vendor_id
                    and raw_lines.reading_id = picked_rows.reading_id
                    and raw_lines.request_no = picked_rows.request_no
                    and raw_lines.row_no = picked_rows.row_no
        ) as ranked
        where ranked.copy_no = 1
    )
{%- endmacro %}
