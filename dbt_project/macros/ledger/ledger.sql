{# How this build reads the policy: what of it changes numbers without the seller's business changing. #}
{% macro policy_definition() -%}
    policy_version={{ var('policy_version') }}, include_coupang_funded_coupons=
    {{- var('include_coupang_funded_coupons') | lower }}
{%- endmacro %}

{#
    True for a `dbt build` of the whole project: only such a build says anything to the ledger. `dbt run` has
    run no test, a selection has left models or tests out, and `--empty` has built without rows. Unit tests
    may be left out: they look at the SQL on fixed rows, not at what this build says; and so may exposures.
#}
{% macro is_full_build() -%}
    {%- set arguments = invocation_args_dict -%}
    {%- set partial = [] -%}
    {%- for name in ['select', 'exclude', 'selector', 'resource_types', 'empty', 'sample'] -%}
        {%- if arguments.get(name) -%} {%- do partial.append(name) -%} {%- endif -%}
    {%- endfor -%}
    {%- for left_out in arguments.get('exclude_resource_types') or [] if left_out not in ['unit_test', 'exposure'] -%}
        {%- do partial.append(left_out) -%}
    {%- endfor -%}
    {{ return(flags.WHICH == 'build' and not partial) }}
{%- endmacro %}

{# The recorded rows of a ledger table: those whose build was recorded to its end. #}
{% macro recorded(table) -%}
    (
        select entries.*
        from {{ source('coupang_ledger', table) }} as entries
        inner join {{ source('coupang_ledger', 'builds') }} as builds
            on entries.build_no = builds.build_no
    )
{%- endmacro %}

{# True at the end of a full build of which every model and test passed (exposures do nothing and say so). #}
{% macro is_to_be_recorded(results) -%}
    {{ return(
        execute
        and is_full_build()
        and not (
            results
            | rejectattr('node.resource_type', 'equalto', 'exposure')
            | rejectattr('status', 'in', ['success', 'pass'])
            | list
        )
    ) }}
{%- endmacro %}

{#
    The last step of such a build: what it said that is new goes into the ledger, the build itself last, so
    that a build that dies in between counts for nothing.
#}
{% macro append_to_ledger(results, ledger_table, new_rows) -%}
    {%- if is_to_be_recorded(results) -%}
        {%- set columns = [] -%}
        {%- for column in adapter.get_columns_in_relation(ledger_table) -%}
            {%- do columns.append(column.name) -%}
        {%- endfor -%}
        insert into {{ ledger_table }} ({{ columns | join(', ') }})
        select {{ columns | join(', ') }}
        from {{ new_rows }}
    {%- endif -%}
{%- endmacro %}

{# dbt leaves the transaction of its last hooks open and rolls it back. #}
{% macro commit_ledger(results) -%}
    {%- if is_to_be_recorded(results) -%} {{ commit_statement() }} {%- endif -%}
{%- endmacro %}
