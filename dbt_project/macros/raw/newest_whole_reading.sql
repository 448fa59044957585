{#
    The newest whole reading of a listing whose window holds all days from `first_day` to `last_day`, per
    distinct span of days in `spans` (a relation or CTE with vendor_id, first_day, last_day). What such a
    reading did not show was replaced (confirmed sales of a day, settlements of a month) or has vanished
    (boxes). A span that no whole reading holds has no row.
#}
{% macro newest_whole_reading(listing, spans) -%}
    (
        select
            spans.vendor_id,
            spans.first_day,
            spans.last_day,
            max(readings.reading_id) as reading_id
        from (select distinct vendor_id, first_day, last_day from {{ spans }}) as spans
        inner join {{ ref('stg_coupang__readings') }} as readings
            on
                spans.vendor_id = readings.vendor_id
                and readings.window_from <= spans.first_day
                and readings.window_to >= spans.last_day
        where
            readings.listing = '{{ listing }}'
            and readings.is_whole
        group by
            spans.vendor_id,
            spans.first_day,
            spans.last_day
    )
{%- endmacro %}
