"""Every number an analyst sees, as SQL over the published file; figures and pages only show them.

All functions take a connection of `published.connect` (so they see the chosen accounts only) and
return small rows as dictionaries: DuckDB adds up, no mart is ever loaded into Python. Amounts are
whole won, days are Korean days, rates are fractions of 1.
"""

# ruff: noqa: S608 - what is put into the SQL below are constants of this module

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Literal

import duckdb

from publish.published import marts_of

Row = dict[str, Any]
Grain = Literal["day", "week", "month"]
GRAINS: tuple[Grain, ...] = ("day", "week", "month")

# The formulas, in one place. What a day without data holds is null and adds nothing.
CANCEL_RATE = "sum(cancelled_krw)::double / nullif(sum(paid_krw), 0)"
AVERAGE_ORDER = "sum(revenue_krw)::double / nullif(sum(order_count - cancelled_order_count), 0)"
MEASURES = f"""
    sum(revenue_krw)::bigint as revenue_krw,
    sum(expected_revenue_krw)::bigint as expected_revenue_krw,
    sum(paid_krw)::bigint as paid_krw,
    sum(cancelled_krw)::bigint as cancelled_krw,
    sum(coupon_krw)::bigint as coupon_krw,
    sum(pending_return_krw)::bigint as pending_return_krw,
    sum(order_count)::bigint as order_count,
    sum(cancelled_order_count)::bigint as cancelled_order_count,
    {CANCEL_RATE} as cancel_rate,
    {AVERAGE_ORDER} as average_order_krw
"""

# Every chosen account on every day of the period. An account's days are dense in the mart, from its
# start date to today or to where it was unlinked; a day outside of them is no hole in the data. A
# hole is `missing`; `partial` is the day in which an account was last read: what was paid later on
# that day is not in it, and its number would look like a bad day's.
ACCOUNT_DAYS = """
    period_days as (
        select unnest(generate_series($first::date, $last::date, interval 1 day))::date as day
    ),
    account_spans as (
        select vendor_id, min(payment_date) as first_day
        from fct_daily_revenue
        group by vendor_id
    ),
    account_days as (
        select
            accounts.vendor_id,
            accounts.account_name,
            accounts.account_group,
            period_days.day,
            case
                when
                    revenue.data_status = 'provisional'
                    and (
                        accounts.collected_through is null
                        or period_days.day > accounts.collected_through
                    )
                    then 'partial'
                when revenue.data_status is not null then revenue.data_status
                when period_days.day >= account_spans.first_day then 'ended'
                else 'not_started'
            end as day_status,
            revenue.revenue_krw,
            revenue.expected_revenue_krw,
            revenue.paid_krw,
            revenue.cancelled_krw,
            revenue.coupon_krw,
            revenue.pending_return_krw,
            revenue.order_count,
            revenue.cancelled_order_count
        from dim_accounts as accounts
        cross join period_days
        left join account_spans on accounts.vendor_id = account_spans.vendor_id
        left join fct_daily_revenue as revenue
            on accounts.vendor_id = revenue.vendor_id
            and period_days.day = revenue.payment_date
    )
"""

# What a bar of some account days is: no data at all, data with holes (or a week or month that the
# period cuts), numbers that still move, or final.
BUCKET_STATUS = """
    case
        when count(*) filter (where day_status in ('final', 'provisional', 'partial')) = 0
            then case
                when count(*) filter (where day_status = 'missing') > 0 then 'missing'
                else 'outside'
            end
        when count(*) filter (where day_status in ('missing', 'partial')) > 0
            or bucket_first < $first::date
            or bucket_last > $last::date
            then 'incomplete'
        when count(*) filter (where day_status = 'provisional') > 0 then 'provisional'
        else 'final'
    end
"""

BUCKETS = """
    bucketed as (
        select
            *,
            date_trunc($grain, day)::date as bucket_first,
            case $grain
                when 'day' then day
                when 'week' then date_trunc('week', day)::date + 6
                else last_day(day)
            end as bucket_last
        from account_days
    )
"""

# Fewer units than this, and a rate of cancellation is chance.
LEAST_UNITS_FOR_A_RATE = 10


@dataclass(frozen=True)
class Period:
    """Payment days from `first` to `last`, both included; weeks begin on Monday."""

    first: date
    last: date
    grain: Grain = "day"

    def __post_init__(self) -> None:
        if self.first > self.last:
            raise ValueError("a period ends before it begins")

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def before(self) -> Period:
        """The period of the same length that ends the day before this one begins."""
        return replace(
            self,
            first=self.first - timedelta(days=self.days),
            last=self.first - timedelta(days=1),
        )


def last_days(last: date, days: int) -> Period:
    """The `days` days that end with `last`, by day."""
    return Period(last - timedelta(days=days - 1), last)


def last_weeks(last: date, weeks: int) -> Period:
    """So many weeks from a Monday to `last`, by week; the last one may not be over."""
    monday = last - timedelta(days=last.weekday())
    return Period(monday - timedelta(weeks=weeks - 1), last, "week")


def last_months(last: date, months: int) -> Period:
    """So many calendar months up to `last`, by month; the last one may not be over."""
    number = last.year * 12 + last.month - months
    return Period(date(number // 12, number % 12 + 1, 1), last, "month")


def rows(con: duckdb.DuckDBPyConnection, sql: str, **values: object) -> list[Row]:
    """The rows of a query, each as a dictionary by column."""
    found = con.execute(sql, values or None)
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _row(con: duckdb.DuckDBPyConnection, sql: str, **values: object) -> Row:
    (row,) = rows(con, sql, **values)
    return row


# --- how far the file reaches --------------------------------------------------------------------


def extent(con: duckdb.DuckDBPyConnection) -> Row:
    """first_day, last_whole_day (wholly covered by at least one account; None where none is),
    today (the file's: the last day any account lists), collected_at (UTC, the newest reading),
    oldest_collected_at (of the linked accounts; None where one was never read)."""
    return _row(
        con,
        """
        select
            (select min(payment_date) from fct_daily_revenue) as first_day,
            least(max(collected_through), (select max(payment_date) from fct_daily_revenue))
                as last_whole_day,
            (select max(payment_date) from fct_daily_revenue) as today,
            max(last_collected_at) as collected_at,
            case
                when count(*) filter (where is_linked and last_collected_at is null) = 0
                    then min(last_collected_at) filter (where is_linked)
            end as oldest_collected_at
        from dim_accounts
        """,
    )


# --- headline and revenue ------------------------------------------------------------------------


def totals(con: duckdb.DuckDBPyConnection, period: Period) -> Row:
    """The measures of a whole period, and how sure they are.

    final_days, provisional_days, missing_days: days of the period by the least sure of the chosen
    accounts; a day that was read in part only counts as missing. missing_accounts: names of those
    with such a day. not_started_accounts: names of accounts whose collection begins within the
    period. is_complete: no day is missing and every account is there from the first day on; only
    then two periods may be compared.
    """
    found = _row(
        con,
        f"""
        with {ACCOUNT_DAYS},
        day_states as (
            select
                day,
                bool_or(day_status in ('missing', 'partial')) as is_missing,
                bool_or(day_status = 'provisional') as is_provisional,
                bool_or(day_status = 'final') as is_final
            from account_days
            group by day
        )
        select
            {MEASURES},
            (select count(*) from day_states where is_missing) as missing_days,
            (select count(*) from day_states where is_provisional and not is_missing)
                as provisional_days,
            (
                select count(*) from day_states
                where is_final and not is_provisional and not is_missing
            ) as final_days,
            list(distinct account_name order by account_name)
                filter (where day_status in ('missing', 'partial')) as missing_accounts,
            list(distinct account_name order by account_name)
                filter (where day_status = 'not_started') as not_started_accounts
        from account_days
        """,
        first=period.first,
        last=period.last,
    )
    found["missing_accounts"] = found["missing_accounts"] or []
    found["not_started_accounts"] = found["not_started_accounts"] or []
    found["is_complete"] = (
        found["missing_days"] == 0
        and not found["not_started_accounts"]
        and found["revenue_krw"] is not None
    )
    return found


def headline(con: duckdb.DuckDBPyConnection, period: Period) -> Row:
    """`now` and `before`: the totals of the period and of the one before it, of the same length;
    is_comparable: both are complete."""
    now, before = totals(con, period), totals(con, period.before())
    return {
        "now": now,
        "before": before,
        "is_comparable": now["is_complete"] and before["is_complete"],
    }


def change(now: float | None, before: float | None) -> float | None:
    """By which fraction a measure changed; None where there is nothing to compare with."""
    if now is None or not before:
        return None
    return (now - before) / abs(before)


def revenue_by_bucket(con: duckdb.DuckDBPyConnection, period: Period) -> list[Row]:
    """A row per day, week or month: bucket_first, bucket_last, the measures, bucket_status
    (missing | incomplete | provisional | final | outside), missing_days (of all accounts)."""
    return rows(
        con,
        f"""
        with {ACCOUNT_DAYS},
        {BUCKETS}
        select
            bucket_first,
            bucket_last,
            {MEASURES},
            count(*) filter (where day_status in ('missing', 'partial')) as missing_days,
            {BUCKET_STATUS} as bucket_status
        from bucketed
        group by bucket_first, bucket_last
        order by bucket_first
        """,
        first=period.first,
        last=period.last,
        grain=period.grain,
    )


def revenue_by_bucket_and_account(
    con: duckdb.DuckDBPyConnection, period: Period, most: int = 8
) -> list[Row]:
    """The same, also per account: the `most` that sold most (rank 1, 2, ...); all others are one,
    without a name (vendor_id and account_name null), with `accounts` saying how many they are."""
    return rows(
        con,
        f"""
        with {ACCOUNT_DAYS},
        ranked as (
            select
                vendor_id,
                row_number() over (order by sum(revenue_krw) desc nulls last, vendor_id) as place,
                count(*) over () as accounts
            from account_days
            group by vendor_id
        ),
        {BUCKETS},
        named as (
            select
                bucketed.* exclude (vendor_id, account_name),
                -- a single account left over is shown by its name
                least(ranked.place, case when ranked.accounts > $most then $most end) as rank,
                if(ranked.accounts > $most and ranked.place >= $most, null, bucketed.vendor_id)
                    as vendor_id,
                if(ranked.accounts > $most and ranked.place >= $most, null, bucketed.account_name)
                    as account_name,
                bucketed.vendor_id as counted_vendor_id
            from bucketed
            inner join ranked on bucketed.vendor_id = ranked.vendor_id
        )
        select
            rank,
            vendor_id,
            account_name,
            count(distinct counted_vendor_id) as accounts,
            bucket_first,
            bucket_last,
            {MEASURES},
            count(*) filter (where day_status in ('missing', 'partial')) as missing_days,
            {BUCKET_STATUS} as bucket_status
        from named
        group by rank, vendor_id, account_name, bucket_first, bucket_last
        order by rank, bucket_first
        """,
        first=period.first,
        last=period.last,
        grain=period.grain,
        most=most,
    )


def revenue_by_account(con: duckdb.DuckDBPyConnection, period: Period) -> list[Row]:
    """A row per account, the one that sold most first: the measures, share of all revenue,
    final_days, provisional_days, missing_days."""
    return rows(
        con,
        f"""
        with {ACCOUNT_DAYS}
        select
            vendor_id,
            account_name,
            account_group,
            {MEASURES},
            sum(revenue_krw)::double / nullif(sum(sum(revenue_krw)) over (), 0) as share,
            count(*) filter (where day_status = 'final') as final_days,
            count(*) filter (where day_status = 'provisional') as provisional_days,
            count(*) filter (where day_status in ('missing', 'partial')) as missing_days
        from account_days
        group by vendor_id, account_name, account_group
        order by sum(revenue_krw) desc nulls last, account_name
        """,
        first=period.first,
        last=period.last,
    )


# --- how numbers move ----------------------------------------------------------------------------

# What was said of each day at each age, as a fraction of the first whole word on it (the day after,
# or up to two later where no run was made). Accounts are added up first.
SETTLED = """
    said as (
        select *, min(age_days) over (partition by vendor_id, payment_date) as first_age
        from fct_revenue_settling
        where age_days > 0 and payment_date between $last::date - $days::int and $last::date
    ),
    settled as (
        select
            said.payment_date,
            said.age_days,
            sum(said.revenue_krw)::double / sum(firsts.revenue_krw) as ratio
        from said
        inner join said as firsts
            on said.vendor_id = firsts.vendor_id
            and said.payment_date = firsts.payment_date
            and said.first_age = firsts.age_days
        where said.first_age <= 3
        group by said.payment_date, said.age_days
        having sum(firsts.revenue_krw) > 0
    )
"""


def settling_days(con: duckdb.DuckDBPyConnection, last: date, days: int = 60) -> list[Row]:
    """Of each of the last days and each age it reached: payment_date, age_days, ratio (of what is
    said then to what was first said)."""
    return rows(
        con,
        f"with {SETTLED} from settled order by payment_date, age_days",
        last=last,
        days=days,
    )


def settling_fan(con: duckdb.DuckDBPyConnection, last: date, days: int = 60) -> list[Row]:
    """Per age: how many days reached it, and the middle (median) and the range of four days in five
    (low, high) of their ratios."""
    return rows(
        con,
        f"""
        with {SETTLED}
        select
            age_days,
            count(*) as days,
            quantile_cont(ratio, 0.5) as middle,
            quantile_cont(ratio, 0.1) as low,
            quantile_cont(ratio, 0.9) as high
        from settled
        group by age_days
        order by age_days
        """,
        last=last,
        days=days,
    )


def restatement_totals(con: duckdb.DuckDBPyConnection, since: datetime) -> Row:
    """How many account days were said anew since a moment (UTC), by how much, and by what."""
    return _row(
        con,
        """
        select
            count(distinct (vendor_id, payment_date)) as account_days,
            coalesce(sum(change_krw), 0)::bigint as change_krw,
            coalesce(sum(change_from_payments_krw), 0)::bigint as change_from_payments_krw,
            coalesce(sum(change_from_cancellations_krw), 0)::bigint
                as change_from_cancellations_krw,
            coalesce(sum(change_from_coupons_krw), 0)::bigint as change_from_coupons_krw
        from fct_revenue_restatements
        where restated_at >= $since
        """,
        since=since,
    )


def restatements(con: duckdb.DuckDBPyConnection, since: datetime, most: int = 10) -> list[Row]:
    """The account days that changed most since a moment (UTC): what was said before the first
    change and after the last, the parts added up, and `orders`: the orders behind (at most 10)."""
    days = rows(
        con,
        """
        select
            vendor_id,
            any_value(account_name) as account_name,
            payment_date,
            arg_min(previous_revenue_krw, restated_at) as previous_revenue_krw,
            arg_max(revenue_krw, restated_at) as revenue_krw,
            sum(change_krw)::bigint as change_krw,
            sum(change_from_payments_krw)::bigint as change_from_payments_krw,
            sum(change_from_cancellations_krw)::bigint as change_from_cancellations_krw,
            sum(change_from_coupons_krw)::bigint as change_from_coupons_krw,
            max(restated_at) as restated_at,
            bool_or(is_definition_change) as is_definition_change
        from fct_revenue_restatements
        where restated_at >= $since
        group by vendor_id, payment_date
        order by
            abs(sum(change_from_payments_krw)) + abs(sum(change_from_cancellations_krw))
                + abs(sum(change_from_coupons_krw)) desc,
            payment_date desc,
            vendor_id
        limit $most
        """,
        since=since,
        most=most,
    )
    orders: dict[tuple[str, date], list[Row]] = {}
    for order in rows(
        con,
        """
        with wanted as (
            select
                unnest($vendor_ids::varchar[]) as vendor_id,
                unnest($days::date[]) as payment_date
        )
        select
            vendor_id,
            payment_date,
            order_id,
            arg_min(previous_revenue_krw, restated_at) as previous_revenue_krw,
            arg_max(revenue_krw, restated_at) as revenue_krw,
            sum(change_from_payments_krw)::bigint as change_from_payments_krw,
            sum(change_from_cancellations_krw)::bigint as change_from_cancellations_krw,
            sum(change_from_coupons_krw)::bigint as change_from_coupons_krw
        from fct_order_restatements
        inner join wanted using (vendor_id, payment_date)
        where restated_at >= $since
        group by vendor_id, payment_date, order_id
        having sum(revenue_krw - previous_revenue_krw) <> 0
        qualify
            row_number() over (
                partition by vendor_id, payment_date
                order by abs(sum(revenue_krw - previous_revenue_krw)) desc, order_id
            ) <= 10
        order by abs(sum(revenue_krw - previous_revenue_krw)) desc, order_id
        """,
        since=since,
        vendor_ids=[day["vendor_id"] for day in days],
        days=[day["payment_date"] for day in days],
    ):
        orders.setdefault((order["vendor_id"], order["payment_date"]), []).append(order)
    for day in days:
        day["orders"] = orders.get((day["vendor_id"], day["payment_date"]), [])
    return days


# --- products ------------------------------------------------------------------------------------


def products(con: duckdb.DuckDBPyConnection, period: Period, most: int = 10) -> list[Row]:
    """Items sold in the period that lead one of three lists, with their place in each:
    place_by_revenue, place_by_cancelled_krw, place_by_cancel_rate (null where fewer than
    LEAST_UNITS_FOR_A_RATE units were bought or nothing was cancelled). revenue_krw is the items'
    own: without shipping, which belongs to boxes."""
    return rows(
        con,
        f"""
        with sold as (
            select
                vendor_id,
                vendor_item_id,
                arg_max(account_name, payment_date) as account_name,
                arg_max(product_name, payment_date) as product_name,
                arg_max(item_name, payment_date) as item_name,
                arg_max(seller_sku, payment_date) as seller_sku,
                sum(bought_quantity)::bigint as bought_quantity,
                sum(cancelled_quantity)::bigint as cancelled_quantity,
                sum(net_quantity)::bigint as net_quantity,
                sum(item_krw - coupon_krw)::bigint as revenue_krw,
                sum(cancelled_krw)::bigint as cancelled_krw,
                {CANCEL_RATE} as cancel_rate
            from fct_order_items
            where payment_date between $first and $last
            group by vendor_id, vendor_item_id
        ),
        placed as (
            select
                *,
                row_number() over (order by revenue_krw desc, vendor_item_id) as place_by_revenue,
                if(
                    cancelled_krw > 0,
                    row_number() over (order by cancelled_krw desc, vendor_item_id),
                    null
                ) as place_by_cancelled_krw,
                if(
                    cancelled_krw > 0 and bought_quantity >= $least_units,
                    row_number() over (
                        partition by bought_quantity >= $least_units
                        order by cancel_rate desc, cancelled_krw desc, vendor_item_id
                    ),
                    null
                ) as place_by_cancel_rate
            from sold
        )
        select *
        from placed
        where least(place_by_revenue, place_by_cancelled_krw, place_by_cancel_rate) <= $most
        order by place_by_revenue
        """,
        first=period.first,
        last=period.last,
        most=most,
        least_units=LEAST_UNITS_FOR_A_RATE,
    )


# --- cancellations -------------------------------------------------------------------------------


def cancellations_by_bucket(con: duckdb.DuckDBPyConnection, period: Period) -> list[Row]:
    """The same money on both axes, a row per day, week or month: paid_axis_krw by the day it was
    paid (null where no day of it was collected), cancel_axis_krw by the day it was cancelled."""
    return rows(
        con,
        """
        with paid_axis as (
            select
                date_trunc($grain, payment_date)::date as bucket_first,
                sum(cancelled_krw)::bigint as paid_axis_krw
            from fct_daily_revenue
            where payment_date between $first and $last
            group by all
        ),
        cancel_axis as (
            select
                date_trunc($grain, cancelled_date)::date as bucket_first,
                sum(cancelled_krw)::bigint as cancel_axis_krw
            from fct_cancellations
            where cancelled_date between $first and $last
            group by all
        )
        select
            bucket_first,
            case $grain
                when 'day' then bucket_first
                when 'week' then bucket_first + 6
                else last_day(bucket_first)
            end as bucket_last,
            paid_axis_krw,
            case when cancel_axis_krw is null and paid_axis_krw is not null then 0
                else cancel_axis_krw end as cancel_axis_krw
        from paid_axis
        full join cancel_axis using (bucket_first)
        order by bucket_first
        """,
        first=period.first,
        last=period.last,
        grain=period.grain,
    )


def cancellation_totals(con: duckdb.DuckDBPyConnection, period: Period) -> Row:
    """Beside the two axes: undated_krw (paid in the period, cancelled on a day nobody told),
    unknown_receipts (that took effect in the period, of orders that were never seen; they count 0)
    and open_returns (units asked back of orders paid in the period, not finished)."""
    return _row(
        con,
        """
        select
            coalesce(
                sum(cancelled_krw) filter (
                    where cancelled_date is null and payment_date between $first and $last
                ),
                0
            )::bigint as undated_krw,
            count(distinct (vendor_id, receipt_id)) filter (
                where not is_order_known
                and is_effective
                and cancelled_date between $first and $last
            ) as unknown_receipts,
            coalesce(
                sum(quantity) filter (
                    where receipt_type = 'RETURN' and not is_effective and not is_withdrawn
                    and payment_date between $first and $last
                ),
                0
            )::bigint as open_return_units
        from fct_cancellations
        """,
        first=period.first,
        last=period.last,
    )


def cancellations_by_reason(
    con: duckdb.DuckDBPyConnection, period: Period, most: int = 12
) -> list[Row]:
    """What took effect in the period, by reason and whose fault it was: reason (null where no
    receipt tells one; then `evidence` says what does), fault_by, receipts, cancelled_quantity,
    cancelled_krw, share of all of it."""
    return rows(
        con,
        """
        select
            reason,
            fault_by,
            if(reason is null, evidence, 'receipt') as evidence,
            count(distinct (vendor_id, receipt_id)) filter (where receipt_id is not null)
                as receipts,
            sum(cancelled_quantity)::bigint as cancelled_quantity,
            sum(cancelled_krw)::bigint as cancelled_krw,
            sum(cancelled_krw)::double / nullif(sum(sum(cancelled_krw)) over (), 0) as share
        from fct_cancellations
        where is_effective and is_order_known and cancelled_date between $first and $last
        group by all
        having sum(cancelled_krw) > 0
        order by cancelled_krw desc, reason, fault_by, evidence
        limit $most
        """,
        first=period.first,
        last=period.last,
        most=most,
    )


# --- account health ------------------------------------------------------------------------------


def accounts(con: duckdb.DuckDBPyConnection, today: date) -> list[Row]:
    """A row per account, the ones that need a person first: what dim_accounts says, key_days_left
    (from `today`), missing_days and provisional_days of its last 60 days, issues."""
    return rows(
        con,
        """
        with recent as (
            select
                vendor_id,
                count(*) filter (where data_status = 'missing') as missing_days,
                count(*) filter (where data_status = 'provisional') as provisional_days
            from fct_daily_revenue
            where payment_date > (select max(payment_date) from fct_daily_revenue) - 60
            group by vendor_id
        ),
        issues as (
            select vendor_id, count(*) as issues
            from fct_data_issues
            group by vendor_id
        )
        select
            accounts.*,
            accounts.key_expires_on - $today::date as key_days_left,
            coalesce(recent.missing_days, 0) as missing_days,
            coalesce(recent.provisional_days, 0) as provisional_days,
            coalesce(issues.issues, 0) as issues
        from dim_accounts as accounts
        left join recent using (vendor_id)
        left join issues using (vendor_id)
        order by
            accounts.is_linked desc,
            accounts.last_error is not null desc,
            accounts.key_expires_on - $today::date <= 14 desc nulls last,
            accounts.last_collected_at nulls first,
            accounts.account_name
        """,
        today=today,
    )


def coverage(con: duckdb.DuckDBPyConnection, days: int = 60, most: int = 30) -> list[Row]:
    """The calendar of what was read: per account and day of the last `days` before today, how many
    of the listings were read after the day was over (covered of listings), and which were not.
    At most `most` accounts, those with the most holes first (place)."""
    return rows(
        con,
        """
        with recent as (
            select *
            from fct_coverage
            -- today is not over: nothing can have been read through it
            where covered_date < (select max(covered_date) from fct_coverage)
            and covered_date >= (select max(covered_date) from fct_coverage) - $days::int
        ),
        by_day as (
            select
                vendor_id,
                any_value(account_name) as account_name,
                covered_date,
                count(*) as listings,
                count(*) filter (where is_covered) as covered,
                list(listing order by listing) filter (where not is_covered) as not_covered
            from recent
            group by vendor_id, covered_date
        ),
        placed as (
            select
                vendor_id,
                row_number() over (order by sum(listings - covered) desc, vendor_id) as place
            from by_day
            group by vendor_id
        )
        select by_day.*, placed.place
        from by_day
        inner join placed using (vendor_id)
        where placed.place <= $most
        order by placed.place, by_day.covered_date
        """,
        days=days,
        most=most,
    )


# --- settlement ----------------------------------------------------------------------------------


def has(con: duckdb.DuckDBPyConnection, mart: str) -> bool:
    """Whether the file holds a mart (one published by an older version may not)."""
    return mart in marts_of(con)


def reconciliation(con: duckdb.DuckDBPyConnection, months: int = 12) -> list[Row]:
    """Our side against Coupang's, a row per account and recognition month, newest month first.

    difference_krw is null while the verdict is pending: one side is not whole yet. is_never_told:
    the month begins before the account's collection did, so its verdict stays pending for ever."""
    return rows(
        con,
        """
        select
            months.account_name,
            months.recognition_month,
            months.our_krw,
            months.coupang_krw,
            if(months.verdict = 'pending', null, months.difference_krw) as difference_krw,
            months.verdict,
            months.verdict = 'pending'
                and coalesce(months.recognition_month < accounts.start_date, false)
                as is_never_told
        from fct_settlement_reconciliation as months
        inner join dim_accounts as accounts using (vendor_id)
        where months.recognition_month > (
            select max(recognition_month) - to_months($months) from fct_settlement_reconciliation
        )
        order by months.recognition_month desc, months.account_name
        """,
        months=months,
    )


def payouts(con: duckdb.DuckDBPyConnection, today: date, most: int = 40) -> list[Row]:
    """What is to be paid out from `today` on, by day over all accounts: payout_date, payout_krw,
    order_count, accounts."""
    return rows(
        con,
        """
        select
            payout_date,
            sum(payout_krw)::bigint as payout_krw,
            sum(order_count)::bigint as order_count,
            list(distinct account_name order by account_name) as accounts
        from fct_expected_payouts
        where payout_date >= $today
        group by payout_date
        order by payout_date
        limit $most
        """,
        today=today,
        most=most,
    )


# --- data issues ---------------------------------------------------------------------------------


def issue_counts(con: duckdb.DuckDBPyConnection) -> list[Row]:
    """How many there are of each issue_type, and the won they are about."""
    return rows(
        con,
        """
        select issue_type, count(*) as issues, sum(abs(amount_krw))::bigint as amount_krw
        from fct_data_issues
        group by issue_type
        order by issues desc, issue_type
        """,
    )


def issues(
    con: duckdb.DuckDBPyConnection, issue_type: str | None = None, most: int = 500
) -> list[Row]:
    """The things a person should look at (of one type, where it is told), the dearest first, with
    the account's name."""
    return rows(
        con,
        """
        select issues.*, accounts.account_name
        from fct_data_issues as issues
        inner join dim_accounts as accounts using (vendor_id)
        where $issue_type is null or issues.issue_type = $issue_type
        order by abs(issues.amount_krw) desc nulls last, issues.issue_key
        limit $most
        """,
        issue_type=issue_type,
        most=most,
    )
