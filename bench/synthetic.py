"""A published file of any size, made up: for measuring, and for tests that need many days at once.

The marts are declared by the project's own contracts (`dbt_project/models/marts/*.yml`): a column
that is renamed there breaks what is written here. The numbers hold together as real ones do (orders
add up to days, cancellations to what was cancelled, restatements to their parts) and are the same
for the same arguments.
"""

# ruff: noqa: S608 - made-up data from made-up numbers

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import duckdb
import yaml

ROOT = Path(__file__).resolve().parent.parent
MARTS = ROOT / "dbt_project" / "models" / "marts"
TYPES = {"string": "varchar"}


@dataclass(frozen=True)
class World:
    """How much of everything. `today` is the file's last day, read up to 05:10 Korean time.

    failed: so many accounts (the last ones) were not read on the last three days. word: stands in
    every name, so that a test can tell whose rows it sees.
    """

    accounts: int = 3
    days: int = 70
    orders_a_day: int = 6
    today: date = date(2026, 5, 18)
    failed: int = 0
    groups: int = 2
    word: str = "상점"


def marts() -> dict[str, dict[str, str]]:
    """The declared marts: name -> column -> DuckDB type."""
    declared = {}
    for path in sorted(MARTS.glob("*.yml")):
        for model in yaml.safe_load(path.read_text(encoding="utf-8"))["models"]:
            declared[model["name"]] = {
                column["name"]: TYPES.get(column["data_type"], column["data_type"])
                for column in model["columns"]
            }
    return declared


def write_file(path: Path, world: World | None) -> Path:
    """A published file of that world; with None, one in which nothing was ever collected."""
    path.unlink(missing_ok=True)
    with duckdb.connect() as con:
        con.execute(f"attach '{path}' as published (storage_version 'v1.0.0')")
        con.execute("use published")
        for name, columns in marts().items():
            listed = ", ".join(f"{column} {kind}" for column, kind in columns.items())
            con.execute(f"create table {name} ({listed})")
        con.execute("create table readme (topic varchar, name varchar, says varchar)")
        if world is not None:
            _fill(con, world)
        con.execute("use memory")
        con.execute("detach published")
    return path


def _insert(con: duckdb.DuckDBPyConnection, mart: str, query: str, **values: object) -> None:
    """By name: a column of the mart that the query does not make stays null."""
    con.execute(f"insert into {mart} by name {query}", values or None)


def _fill(con: duckdb.DuckDBPyConnection, world: World) -> None:
    first = world.today - timedelta(days=world.days - 1)
    collected = f"timestamp '{world.today - timedelta(days=1)} 20:10:00'"
    failed_since = world.today - timedelta(days=3)
    con.execute(
        f"""
        create temp table accounts as
        select
            n,
            printf('A%08d', n) as vendor_id,
            printf('%s %03d', '{world.word}', n) as account_name,
            printf('group-%d', n % {world.groups}) as account_group,
            n > {world.accounts - world.failed} as is_failed,
            hash(n) % 7 + 6 as busy
        from range(1, {world.accounts + 1}) as accounts(n)
        """
    )
    _insert(
        con,
        "dim_accounts",
        f"""
        select
            vendor_id,
            account_name,
            account_group,
            true as is_linked,
            date '{first}' as start_date,
            if(is_failed, date '{failed_since}' - 1, date '{world.today}' - 1) as collected_through,
            if(is_failed, {collected} - interval 3 day, {collected}) as last_collected_at,
            date '{world.today}' + 9 + n::int * 7 as key_expires_on,
            if(is_failed, 'The access key is expired or wrong. ' || account_name, null)
                as last_error
        from accounts
        """,
    )
    # lines: one or two an order; what happened to a line follows from its number alone
    con.execute(
        f"""
        create temp table lines as
        with orders as (
            select
                accounts.vendor_id,
                accounts.account_name,
                (date '{first}' + day::int)::date as payment_date,
                (accounts.n * 1000000 + day * 1000 + slot + 24000000000000)::varchar as order_id,
                hash(accounts.n, day, slot) as chance,
                date '{world.today}' - (date '{first}' + day::int)::date as age
            from accounts
            cross join range({world.days}) as days(day)
            cross join range({world.orders_a_day * 2}) as slots(slot)
            where slot < {world.orders_a_day} * busy * (4 + hash(day) % 5) / 50
            and not (is_failed and (date '{first}' + day::int)::date > date '{failed_since}')
        ),
        items as (
            select *, chance % 40 as product, 1 + (chance >> 8) % 3 as units, 1 as line from orders
            union all
            select *, (chance >> 5) % 40 as product, 1 as units, 2 as line
            from orders
            where (chance >> 16) % 3 = 0 and chance % 40 <> (chance >> 5) % 40
        )
        select
            *,
            units * (3900 + product * 1100)::bigint as paid,
            case
                when (chance >> 20) % 12 = 0 and age >= 1 then 'CANCEL'
                when (chance >> 20) % 12 = 1 and line = 1 and age >= 6 then 'RETURN'
                when (chance >> 20) % 12 = 1 and line = 1 and age >= 2 then 'OPEN'
                else 'LIVE'
            end as fate,
            age >= 9 + (chance >> 24) % 4 as is_confirmed,
            if((chance >> 28) % 3 = 0, 0.04, 0) as coupon_rate
        from items
        """
    )
    _insert(
        con,
        "fct_order_items",
        """
        select
            vendor_id || '|' || order_id || '|' || product as order_item_key,
            vendor_id,
            account_name,
            order_id,
            (94000000000 + product)::varchar as vendor_item_id,
            printf('상품 %02d', product) as product_name,
            if(product % 2 = 0, '기본', '대용량') as item_name,
            (41000000 + product)::varchar as seller_product_id,
            printf('SKU-%03d', product) as seller_sku,
            payment_date,
            units as bought_quantity,
            if(fate in ('CANCEL', 'RETURN'), units, 0) as cancelled_quantity,
            units - cancelled_quantity as net_quantity,
            paid as paid_krw,
            if(cancelled_quantity > 0, paid, 0) as cancelled_krw,
            paid - cancelled_krw as item_krw,
            if(is_confirmed, round(item_krw * coupon_rate), 0)::bigint as instant_coupon_krw,
            0 as downloadable_coupon_krw,
            0 as coupang_coupon_krw,
            instant_coupon_krw as coupon_krw,
            if(is_confirmed, 0, round(item_krw * coupon_rate))::bigint as expected_coupon_krw,
            if(fate = 'OPEN', paid, 0) as pending_return_krw,
            is_confirmed and item_krw > 0 as is_confirmed,
            if(is_confirmed, payment_date + 10, null) as confirmed_on
        from lines
        """,
    )
    con.execute(
        """
        create temp table boxes as
        select
            vendor_id,
            order_id,
            any_value(payment_date) as payment_date,
            any_value(chance) as chance,
            any_value(age) as age,
            if(any_value(chance) % 3 = 0, 3000, 0) as shipping,
            bool_and(fate in ('CANCEL', 'RETURN')) as is_dead
        from lines
        group by vendor_id, order_id
        """
    )
    _insert(
        con,
        "fct_orders",
        """
        with items as (
            select
                vendor_id,
                order_id,
                any_value(account_name) as account_name,
                sum(paid_krw) as paid,
                sum(item_krw) as item,
                sum(coupon_krw) as coupon,
                sum(expected_coupon_krw) as to_come,
                sum(pending_return_krw) as pending,
                sum(cancelled_quantity) as cancelled_units,
                bool_and(is_confirmed or item_krw = 0) as all_confirmed
            from fct_order_items
            group by vendor_id, order_id
        )
        select
            vendor_id || '|' || order_id as order_key,
            vendor_id,
            items.account_name,
            order_id,
            boxes.payment_date + interval (chance % 86400) second as paid_at_kst,
            boxes.payment_date,
            items.item as item_krw,
            if(is_dead, 0, boxes.shipping) as shipping_krw,
            items.coupon as coupon_krw,
            item_krw + shipping_krw - coupon_krw as revenue_krw,
            revenue_krw - items.to_come as expected_revenue_krw,
            items.paid + boxes.shipping as paid_krw,
            paid_krw - item_krw - shipping_krw as cancelled_krw,
            0 as coupang_coupon_krw,
            items.pending as pending_return_krw,
            case
                when is_dead then 'cancelled'
                when items.cancelled_units > 0 then 'partly_cancelled'
                else 'paid'
            end as order_status,
            case
                when items.item = 0 then 'none_left'
                when items.all_confirmed then 'confirmed'
                else 'pending'
            end as coupon_status,
            false as is_from_sales_history
        from items
        inner join boxes using (vendor_id, order_id)
        """,
    )
    _insert(
        con,
        "fct_daily_revenue",
        f"""
        with sums as (
            select
                vendor_id,
                payment_date,
                sum(columns([
                    'revenue_krw', 'expected_revenue_krw', 'paid_krw', 'cancelled_krw',
                    'item_krw', 'shipping_krw', 'coupon_krw', 'pending_return_krw'
                ]))::bigint,
                count(*) as order_count,
                count(*) filter (where order_status = 'cancelled') as cancelled_order_count,
                count(*) filter (where coupon_status = 'pending') as unconfirmed_order_count
            from fct_orders
            group by vendor_id, payment_date
        ),
        days as (
            select
                accounts.*,
                (date '{first}' + day::int)::date as payment_date,
                is_failed and (date '{first}' + day::int)::date > date '{failed_since}'
                    as is_missing
            from accounts
            cross join range({world.days}) as days(day)
        )
        select
            vendor_id || '|' || payment_date as daily_revenue_key,
            vendor_id,
            account_name,
            payment_date,
            if(is_missing, null, coalesce(sums.revenue_krw, 0)) as revenue_krw,
            if(is_missing, null, coalesce(sums.expected_revenue_krw, 0)) as expected_revenue_krw,
            if(is_missing, null, coalesce(sums.paid_krw, 0)) as paid_krw,
            if(is_missing, null, coalesce(sums.cancelled_krw, 0)) as cancelled_krw,
            if(is_missing, null, coalesce(sums.item_krw, 0)) as item_krw,
            if(is_missing, null, coalesce(sums.shipping_krw, 0)) as shipping_krw,
            if(is_missing, null, coalesce(sums.coupon_krw, 0)) as coupon_krw,
            if(is_missing, null, 0) as coupang_coupon_krw,
            if(is_missing, null, coalesce(sums.pending_return_krw, 0)) as pending_return_krw,
            if(is_missing, null, coalesce(sums.order_count, 0)) as order_count,
            if(is_missing, null, coalesce(sums.cancelled_order_count, 0)) as cancelled_order_count,
            if(is_missing, null, coalesce(sums.unconfirmed_order_count, 0))
                as unconfirmed_order_count,
            case
                when is_missing then 'missing'
                when sums.unconfirmed_order_count > 0
                    or sums.pending_return_krw > 0
                    or payment_date > date '{world.today}' - 2
                    then 'provisional'
                else 'final'
            end as data_status
        from days
        left join sums using (vendor_id, payment_date)
        """,
    )
    _insert(
        con,
        "fct_cancellations",
        """
        select
            vendor_id || '|receipt|' || order_id || '|' || product as cancellation_key,
            vendor_id,
            account_name,
            'receipt' as evidence,
            (order_id::bigint - 23000000000000 + line)::varchar as receipt_id,
            order_id,
            (94000000000 + product)::varchar as vendor_item_id,
            if(fate = 'CANCEL', 'CANCEL', 'RETURN') as receipt_type,
            if(fate = 'OPEN', 'RETURNS_UNCHECKED', 'RETURNS_COMPLETED') as receipt_status,
            ['고객변심 / 단순변심', '상품불량 / 제품 하자', '배송문제 / 배송지연']
                [(1 + chance % 3)::bigint]
                as reason,
            ['CUSTOMER', 'VENDOR', 'WMS'][(1 + chance % 3)::bigint] as fault_by,
            payment_date + interval 30 hour as requested_at_kst,
            case fate
                when 'CANCEL' then payment_date + 1
                when 'RETURN' then payment_date + 6
            end as cancelled_date,
            payment_date,
            units as quantity,
            if(fate = 'OPEN', 0, units) as cancelled_quantity,
            if(fate = 'OPEN', 0, paid) as cancelled_krw,
            fate <> 'OPEN' as is_effective,
            false as is_withdrawn,
            true as is_order_known
        from lines
        where fate <> 'LIVE'
        union all by name
        select
            vendor_id || '|shipping|' || order_id as cancellation_key,
            vendor_id,
            accounts.account_name,
            'shipping' as evidence,
            order_id,
            payment_date + 1 as cancelled_date,
            payment_date,
            0 as quantity,
            0 as cancelled_quantity,
            shipping as cancelled_krw,
            true as is_effective,
            false as is_withdrawn,
            true as is_order_known
        from boxes
        inner join accounts using (vendor_id)
        where is_dead and shipping > 0
        """,
    )
    _insert(
        con,
        "fct_revenue_settling",
        f"""
        select
            vendor_id || '|' || payment_date || '|' || age_days as settling_key,
            vendor_id,
            account_name,
            payment_date,
            age_days,
            (paid_krw - (paid_krw - revenue_krw) * least(age_days, 14) / 14)::bigint as revenue_krw,
            revenue_krw as latest_revenue_krw
        from fct_daily_revenue
        cross join (select unnest([0, 1, 3, 7, 14, 30]) as age_days)
        where payment_date + age_days::int <= date '{world.today}'
        and payment_date > date '{world.today}' - 90
        and data_status <> 'missing'
        """,
    )
    _insert(
        con,
        "fct_order_restatements",
        f"""
        select
            vendor_id || '|' || payment_date || '|1|' || order_id as restatement_key,
            vendor_id,
            order_id,
            payment_date,
            {collected} - interval (hash(order_id) % 12) day as restated_at,
            paid_krw as previous_revenue_krw,
            revenue_krw,
            0 as change_from_payments_krw,
            -cancelled_krw as change_from_cancellations_krw,
            -coupon_krw as change_from_coupons_krw
        from fct_orders
        where payment_date between date '{world.today}' - 30 and date '{world.today}' - 13
        and revenue_krw <> paid_krw
        """,
    )
    _insert(
        con,
        "fct_revenue_restatements",
        """
        with changes as (
            select
                vendor_id,
                payment_date,
                restated_at,
                sum(revenue_krw - previous_revenue_krw)::bigint as change_krw,
                sum(change_from_payments_krw)::bigint as change_from_payments_krw,
                sum(change_from_cancellations_krw)::bigint as change_from_cancellations_krw,
                sum(change_from_coupons_krw)::bigint as change_from_coupons_krw
            from fct_order_restatements
            group by vendor_id, payment_date, restated_at
        )
        select
            vendor_id || '|' || payment_date || '|' || restated_at as restatement_key,
            changes.*,
            days.account_name,
            -- the day before this change: as it is now, without what this and later ones took
            days.revenue_krw - sum(change_krw) over (
                partition by vendor_id, payment_date order by restated_at desc
            )::bigint as previous_revenue_krw,
            previous_revenue_krw + change_krw as revenue_krw,
            false as is_definition_change
        from changes
        inner join fct_daily_revenue as days using (vendor_id, payment_date)
        """,
    )
    _insert(
        con,
        "fct_coverage",
        f"""
        select
            vendor_id || '|' || listing || '|' || covered_date as coverage_key,
            vendor_id,
            account_name,
            listing,
            covered_date,
            covered_date < date '{world.today}'
                and not (is_failed and covered_date >= date '{failed_since}') as is_covered,
            if(is_covered, {collected}, null) as last_read_at
        from accounts
        cross join (
            select (date '{first}' + day::int)::date as covered_date
            from range({world.days}) as days(day)
        )
        cross join (
            select unnest([
                'order_sheets', 'return_requests', 'cancel_requests', 'withdrawals',
                'confirmed_sales', 'settlements'
            ]) as listing
        )
        """,
    )
    _insert(
        con,
        "fct_data_issues",
        """
        select
            vendor_id || '|line_amount_differs|' || order_id as issue_key,
            vendor_id,
            'line_amount_differs' as issue_type,
            order_id,
            'orderPrice of ' || account_name || ' is not salesPrice x shippingCount' as detail,
            paid_krw as amount_krw
        from fct_orders
        where hash(order_id) % 97 = 0
        union all
        select
            vendor_id || '|sales_row_without_order|' || n,
            vendor_id,
            'sales_row_without_order',
            null,
            'REFUND row without an order of ' || account_name,
            -1000
        from accounts
        """,
    )
    _insert(
        con,
        "fct_settlement_reconciliation",
        """
        with months as (
            select
                vendor_id,
                any_value(account_name) as account_name,
                date_trunc('month', payment_date)::date as recognition_month,
                sum(item_krw)::bigint as our_krw,
                if(row_number() over (order by vendor_id, recognition_month) = 2, 5000, 0)
                    as difference_krw
            from fct_daily_revenue
            group by vendor_id, recognition_month
        )
        select
            vendor_id || '|' || recognition_month as reconciliation_key,
            *,
            our_krw - difference_krw as coupang_krw,
            case
                when recognition_month = max(recognition_month) over () then 'pending'
                when difference_krw = 0 then 'ok'
                else 'off'
            end as verdict
        from months
        """,
    )
    _insert(
        con,
        "fct_expected_payouts",
        f"""
        with weeks as (
            select (date '{world.today}' + week::int * 7 + 4)::date as payout_date, week
            from range(-2, 5) as weeks(week)
        )
        select
            vendor_id || '|' || payout_date as payout_key,
            vendor_id,
            account_name,
            payout_date,
            1000000 + n * 1000 + week * 10 as payout_krw,
            30 as order_count
        from accounts
        cross join weeks
        """,
    )
