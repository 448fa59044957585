{# The grain: no two rows share all of `columns`. A null counts as a value. #}
{% test is_unique_by(model, columns) %}
select
    {{ columns | join(', ') }},
    count(*) as row_count
from {{ model }}
group by {{ columns | join(', ') }}
having count(*) > 1
{% endtest %}
