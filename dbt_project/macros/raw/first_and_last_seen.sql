{#
    When each business key was first and last shown, as one number that orders all requests of an account:
    reading first, then the request within it.
#}
{% macro seen_order(reading_id, request_no) -%}
    ({{ reading_id }} * 1000000 + {{ request_no }})
{%- endmacro %}

{% macro first_and_last_seen(table, key) -%}
    (
        select
            {{ key | join(', ') }},
            min({{ seen_order('raw_rows.reading_id', 'raw_rows.request_no') }}) as first_seen_order,
            max({{ seen_order('raw_rows.reading_id', 'raw_rows.request_no') }}) as last_seen_order,
            max(raw_rows.reading_id) as last_seen_reading_id
        from {{ complete_rows_again(table) }} as raw_rows
        group by {{ key | join(', ') }}
    )
{%- endmacro %}
