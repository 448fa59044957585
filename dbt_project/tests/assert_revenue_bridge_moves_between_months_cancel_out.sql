-- Loss prevented: won that leave one month of the bridge and arrive in none. Over all months of an
-- account, what was confirmed in another month than it was paid in comes to nothing.
with

moves as (
    select
        vendor_id,
        sum(amount_krw) as amount_krw
    from {{ ref('fct_revenue_bridge') }}
    where step in ('06_confirmed_in_another_month', '07_paid_in_another_month')
    group by vendor_id
)

select
    vendor_id,
    amount_krw
from moves
where amount_krw <> 0
