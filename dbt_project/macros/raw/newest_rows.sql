{#
    The newest row of each business key: the last place (reading, request, row) that showed it. A package
    that was loaded twice has every row twice at the same place, and one of the two is taken.
#}
{% macro newest_rows(table, key) -%}
    (
        select ranked.*
        from (
            select
                raw_rows.*,
                row_number() over (
                    partition by {{ key | join(', ') }}
                    order by raw_rows.reading_id desc, raw_rows.request_no desc, raw_rows.row_no desc
                ) as newness
            from {{ complete_rows(table) }} as raw_rows
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
                    order by raw_lines.line_no
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
