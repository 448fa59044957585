{# A row identity: rows on which `condition` is false fail; on null (a missing day) it holds. #}
{% test holds_on_every_row(model, condition) %}
select *
from {{ model }}
where not ({{ condition }})
{% endtest %}
