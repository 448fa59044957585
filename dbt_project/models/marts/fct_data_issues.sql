with

orders as (
    select * from {{ ref('int_orders__payment_day') }}
),

issues as (
    select * from {{ ref('int_issues__of_lines') }}
    union all
    select * from {{ ref('int_issues__of_boxes') }}
    union all
    select * from {{ ref('int_issues__of_items') }}
    union all
    select * from {{ ref('int_issues__of_receipts') }}
    union all
    select * from {{ ref('int_issues__of_sales') }}
)

select
    {{ row_key(['issues.vendor_id', 'issues.issue_type', 'issues.order_id', 'issues.subject']) }}
        as issue_key,
    issues.vendor_id,
    issues.issue_type,
    issues.order_id,
    issues.detail,
    cast(issues.amount_krw as bigint) as amount_krw
from issues
left join orders
    on
        issues.vendor_id = orders.vendor_id
        and issues.order_id = orders.order_id
-- P15: issues about an order are listed where it was paid from the start date on; a refund without
-- its sale has gone by its own saleDate already
where
    issues.issue_type = 'refund_without_sale'
    or not coalesce(orders.is_before_start or orders.is_after_as_of, false)
