{#
    Korean wall-clock timestamp of a time as Coupang wrote it (P1): with an offset or Z it is an instant
    and is shifted to KST; without one it already is KST. Null where the text is null or no time.
#}
{% macro kst_timestamp(text) -%}
    {{ return(adapter.dispatch('kst_timestamp')(text)) }}
{%- endmacro %}

{% macro default__kst_timestamp(text) -%}
    case
        when regexp_matches({{ text }}, '\d{2}:\d{2}.*(Z|z|[+-]\d{2}(:?\d{2})?)$')
            then cast(try_cast({{ text }} as timestamp with time zone) at time zone 'UTC' as timestamp)
                + interval 9 hour
        else try_cast({{ text }} as timestamp)
    end
{%- endmacro %}

{#-
    Spark's session is in UTC, so its timestamps show UTC. Its casts also read a year or an hour alone as a
    time; DuckDB's do not, hence the look at the form.
-#}
{% macro spark__kst_timestamp(text) -%}
    case
        when {{ text }} rlike '[0-9]{2}:[0-9]{2}.*(Z|[+-][0-9]{2}(:?[0-9]{2})?)$'
            then try_cast({{ text }} as timestamp) + interval 9 hours
        when {{ text }} rlike '^[0-9]+-[0-9]+-[0-9]+'
            then try_cast({{ text }} as timestamp)
    end
{%- endmacro %}

{# The same for times that our own extractor wrote (ISO 8601, UTC): the UTC timestamp. #}
{% macro utc_timestamp(text) -%}
    {{ return(adapter.dispatch('utc_timestamp')(text)) }}
{%- endmacro %}

{% macro default__utc_timestamp(text) -%}
    cast(cast({{ text }} as timestamp with time zone) at time zone 'UTC' as timestamp)
{%- endmacro %}

{% macro spark__utc_timestamp(text) -%}
    cast({{ text }} as timestamp)
{%- endmacro %}

{# A day (yyyy-mm-dd) as Coupang wrote it; null where the text is null or no day. #}
{% macro korean_day(text) -%}
    {{ return(adapter.dispatch('korean_day')(text)) }}
{%- endmacro %}

{% macro default__korean_day(text) -%}
    try_cast({{ text }} as date)
{%- endmacro %}

{% macro spark__korean_day(text) -%}
    case when {{ text }} rlike '^[0-9]+-[0-9]+-[0-9]+$' then try_cast({{ text }} as date) end
{%- endmacro %}
