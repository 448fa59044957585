"""Raw of any size, made up and written straight to the raw tables: for measuring what is built.

The tables are made from the project's own declaration of raw. What stands in them holds together as
what Coupang tells does: an order is paid, shipped in a box or two, sometimes cancelled, returned or
packed anew, confirmed some ten days later, refunded, settled. It lies in the tables as daily runs
load it, a run of all accounts after the other, and is the same for the same arguments.
"""

# ruff: noqa: S608 - made-up data from made-up numbers

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import duckdb
import yaml

ROOT = Path(__file__).resolve().parent.parent
DECLARATION = ROOT / "dbt_project" / "models" / "staging" / "_coupang__sources.yml"
TYPES = {"string": "varchar", "timestamp_tz": "timestamp with time zone"}

# Last digit of a reading's number; the rest is its run. And how many days before a run its
# window begins, where that is not as many as the readings that an order is to have.
LISTINGS = {
    "order_sheets": (1, None),
    "return_requests": (2, 31),
    "cancel_requests": (3, 31),
    "withdrawals": (4, 14),
    "confirmed_sales": (5, None),
    "settlements": (6, None),
}
ROWS_AT_ONCE = 3_000_000  # that are numbered and inserted together; bounds the generator's memory


@dataclass(frozen=True)
class RawWorld:
    """How much of everything.

    orders: of all accounts together, about 2.2 lines each. readings: how many daily runs show an
    order (and its sales, and its receipts once they are closed): those of a look-back of as many
    days. days: payment days before `today`, which is when the last run was made, at 05:10 Korean
    time.
    """

    orders: int
    readings: int = 1
    accounts: int = 50
    days: int = 365
    today: date = date(2026, 5, 18)

    @property
    def start(self) -> date:
        return self.today - timedelta(days=self.days)

    @property
    def as_of(self) -> str:
        """The moment of the last run, for COUPANG_AS_OF."""
        return f"{self.today}T05:10:00+09:00"


def declared_columns() -> dict[str, dict[str, str]]:
    """The declared raw tables: name -> column -> DuckDB type."""
    declared = yaml.safe_load(DECLARATION.read_text(encoding="utf-8"))
    return {
        table["name"]: {
            column["name"]: TYPES.get(column["data_type"], column["data_type"])
            for column in table["columns"]
        }
        for table in declared["sources"][0]["tables"]
    }


def write_raw(con: duckdb.DuckDBPyConnection, world: RawWorld) -> None:
    """Makes schema `coupang_raw` in the connected database and fills it."""
    con.execute("create schema coupang_raw")
    for table, columns in declared_columns().items():
        listed = ", ".join(f"{name} {kind}" for name, kind in columns.items())
        con.execute(f"create table coupang_raw.{table} ({listed})")
    _happen(con, world)
    _write_runs(con, world)
    for first, last in _chunks(world):
        _show_sheets(con, world, first, last)
        _show_receipts(con, world, first, last)
        _show_sales(con, world, first, last)
    for table in ("orders", "items", "receipts", "sales", "sale_items"):
        con.execute(f"drop table temp.{table}")
    con.execute("checkpoint")


def _chunks(world: RawWorld) -> Iterator[tuple[int, int]]:
    """Runs that are written together, from and to."""
    lines_a_run = 2.2 * world.readings * world.orders / world.days
    length = max(1, int(ROWS_AT_ONCE / lines_a_run))
    for first in range(1, world.days + 1, length):
        yield first, min(first + length - 1, world.days)


def _insert(con: duckdb.DuckDBPyConnection, table: str, query: str) -> None:
    """By name: a column that the query does not make stays null."""
    con.execute(f"insert into coupang_raw.{table} by name {query}")


def _happen(con: duckdb.DuckDBPyConnection, world: RawWorld) -> None:
    """What happened, as temporary tables: days are numbers, counted from the start date."""
    last = world.days - 1
    con.execute(
        f"""
        create temp table orders as
        with drawn as (
            select
                n,
                (n * {world.days} // {world.orders})::int as day,
                hash(n) as chance
            from range({world.orders}) as orders(n)
        ),
        told as (
            select
                *,
                1 + ({world.accounts} * pow((chance % 10007) / 10007, 1.6))::int % {world.accounts}
                    as account,
                21600 + (chance >> 8) % 64000 as second,
                case
                    when (chance >> 20) % 20 < 8 then 1
                    when (chance >> 20) % 20 < 13 then 2
                    when (chance >> 20) % 20 < 17 then 3
                    else 4 + (chance >> 26) % 2
                end as item_count,
                if((chance >> 42) % 3 = 0, 3000, 0) as shipping,
                if((chance >> 44) % 50 = 0, 2000, 0) as remote,
                (chance >> 32) % 1000 as lot,
                day + 8 + ((chance >> 50) % 5)::int as sold_on
            from drawn
        )
        select
            *,
            printf('A%08d', account) as vendor_id,
            (24000000000000 + n * 13 + chance % 13)::varchar as order_id,
            if(item_count > 2 and (chance >> 28) % 5 = 0, 2, 1) as box_count,
            -- paid in the first days, gone before the first run that looked
            day < 10 and lot >= 970 as is_unlisted,
            case
                when lot < 40 then 'cancelled'
                when lot < 70 then 'one_cancelled'
                when lot < 100 then 'returned'
                when lot < 115 then 'refunded'
                when lot < 120 then 'withdrawn'
                when lot < 123 then 'refunded_ahead'
                when lot < 130 and day > {last} - 30 then 'open'
                when lot < 134 and {world.readings} > 4 then 'packed_anew'
                when lot = 134 then 'never_sold'
                else 'sold'
            end as fate
        from told
        """
    )
    con.execute(
        """
        create temp table items as
        with drawn as (
            select
                orders.*,
                line.j,
                hash(n, line.j) as luck,
                ((chance >> 10) + line.j * 37) % 400 as product
            from orders
            inner join range(6) as line(j) on line.j < orders.item_count
        ),
        priced as (
            select
                *,
                if(box_count = 2, j % 2, 0) as box_no,
                case
                    when luck % 10 < 7 then 1
                    when luck % 10 < 9 then 2
                    else 3
                end as units,
                3900 + product % 40 * 1100 as unit_price,
                units * unit_price as price,
                (luck >> 16) % 2000 = 0 as is_foreign,
                if((luck >> 4) % 10 < 3, price * 3 // 100, 0) as instant,
                if((luck >> 8) % 10 < 1, 1000, 0) as downloadable,
                if((luck >> 12) % 10 < 2, price * 5 // 100, 0) as coupang,
                case
                    when fate = 'cancelled' then units
                    when fate = 'one_cancelled' and j = 0 then 1
                    when fate in ('returned', 'refunded_ahead') and j = 0 then units
                    else 0
                end as early_units,
                if(fate = 'refunded' and j = 0, units, 0) as late_units
            from drawn
        )
        select
            n,
            day,
            account,
            vendor_id,
            order_id,
            j,
            box_no,
            product,
            (90000000000 + account * 1000 + product)::varchar as vendor_item_id,
            units::bigint as units,
            unit_price::bigint as unit_price,
            price::bigint as price,
            is_foreign,
            -- one in a thousand totals is not what price and quantity say
            (price + if((luck >> 20) % 1000 = 0, 100, 0))::bigint as order_price,
            instant::bigint as instant,
            downloadable::bigint as downloadable,
            coupang::bigint as coupang,
            early_units::bigint as early_units,
            late_units::bigint as late_units,
            (units - early_units)::bigint as sold_units
        from priced
        """
    )
    con.execute(
        f"""
        create temp table receipts as
        with closed as (
            select
                *,
                case
                    when fate in ('cancelled', 'one_cancelled') then 1
                    when fate = 'refunded' then 12
                    else 3
                end + day as created_on,
                case
                    when fate in ('cancelled', 'one_cancelled') then 1
                    when fate = 'refunded_ahead' then 4
                    when fate = 'returned' then 6
                    when fate = 'refunded' then 18
                    else 3
                end + day as changed_on
            from orders
            where fate in (
                'cancelled', 'one_cancelled', 'returned', 'refunded', 'withdrawn', 'refunded_ahead',
                'open'
            )
        )
        select
            n,
            account,
            vendor_id,
            order_id,
            fate,
            lot,
            second,
            (700000000 + n)::varchar as receipt_id,
            if(fate in ('cancelled', 'one_cancelled'), 'CANCEL', 'RETURN') as receipt_type,
            created_on,
            changed_on
        from closed
        where created_on < {world.days}
        """
    )
    con.execute(
        f"""
        create temp table sale_items as
        with sold as (
            select 'SALE' as sale_type, sold_units as quantity, items.*, orders.sold_on as told_on
            from items
            inner join orders using (n)
            where sold_units > 0 and orders.fate <> 'never_sold' and orders.sold_on < {world.days}
            union all
            select 'REFUND' as sale_type, late_units as quantity, items.*, items.day + 20 as told_on
            from items
            where late_units > 0 and items.day + 20 < {world.days}
        )
        select
            sale_type,
            n,
            account,
            vendor_id,
            order_id,
            j,
            told_on,
            product,
            vendor_item_id,
            quantity,
            order_price * quantity // units as sale_price,
            instant * quantity // units as instant_coupon,
            downloadable * quantity // units as downloadable_coupon,
            coupang * quantity // units as coupang_coupon,
            order_price * quantity // units * 108 // 1000 as fee
        from sold
        where not is_foreign
        """
    )
    # a delivery fee where something was sold; given back where all of it was
    con.execute(
        f"""
        create temp table sales as
        with rows_of_sales as (
            select distinct sale_type, n, told_on from sale_items
        )
        select
            rows_of_sales.*,
            orders.account,
            orders.vendor_id,
            orders.order_id,
            orders.day,
            if(sale_type = 'SALE' or item_count = 1, shipping + remote, 0)::bigint as fee,
            date '{world.start}' + told_on as recognition_date,
            last_day(recognition_date) + 21 as monthly_payout,
            recognition_date + 25 as weekly_payout,
            last_day(last_day(recognition_date) + 1) + 3 as last_payout,
            orders.account % 2 = 1 as is_weekly
        from rows_of_sales
        inner join orders using (n)
        """
    )


def _load_id(account: str, run: str) -> str:
    """The load package of an account's run, named as dlt names them."""
    return f"printf('%d.%05d', 1700000000 + 86400 * {run}, {account})"


def _write_runs(con: duckdb.DuckDBPyConnection, world: RawWorld) -> None:
    """What the daily runs read of which account, whether or not it came back empty."""
    runs = f"""
        range(1, {world.accounts + 1}) as accounts(account)
        cross join range(1, {world.days + 1}) as runs(run)
    """
    as_of = f"(date '{world.start}' + run::int - 1)::varchar || 'T20:10:00+00:00'"
    _insert(
        con,
        "_dlt_loads",
        f"""
        select
            {_load_id("account", "run")} as load_id,
            'coupang' as schema_name,
            0 as status,
            timestamptz '{world.start} 20:15:00+00:00' + to_days(run::int - 1) as inserted_at
        from {runs}
        order by run, account
        """,
    )
    _insert(
        con,
        "accounts",
        f"""
        select
            printf('A%08d', account) as vendor_id,
            run * 10 as reading_id,
            printf('상점 %03d', account) as account_name,
            printf('group-%d', account % 5) as account_group,
            true as is_linked,
            '{world.start}' as start_date,
            '{world.today + timedelta(days=40)}' as key_expires_on,
            {as_of} as as_of,
            {_load_id("account", "run")} as _dlt_load_id
        from {runs}
        where run in (1, {world.days})
        order by run, account
        """,
    )
    for listing, (digit, look_back) in LISTINGS.items():
        if listing == "settlements":
            continue
        before = world.readings if look_back is None else look_back
        upto = 1 if listing == "confirmed_sales" else 0
        _insert(
            con,
            "read_log",
            f"""
            select
                printf('A%08d', account) as vendor_id,
                run * 10 + {digit} as reading_id,
                '{listing}' as listing,
                (date '{world.start}' + greatest(run::int - {before}, 0))::varchar as window_from,
                (date '{world.start}' + run::int - {upto})::varchar as window_to,
                window_from as covered_from,
                window_to as covered_to,
                true as is_whole,
                'ok' as outcome,
                1 as request_count,
                {as_of} as as_of,
                {as_of} as started_at,
                {_load_id("account", "run")} as _dlt_load_id
            from {runs}
            order by run, account
            """,
        )
    _write_settlements(con, world)


def _write_settlements(con: duckdb.DuckDBPyConnection, world: RawWorld) -> None:
    """A month of an account as one settlement, or one a week, and the readings that showed it."""
    digit, _ = LISTINGS["settlements"]
    con.execute(
        f"""
        create temp table shown_settlements as
        with money as (
            select
                sale_type,
                n,
                sum(sale_price - coupang_coupon) as sold,
                sum(sale_price - instant_coupon - downloadable_coupon - fee - fee // 10) as target
            from sale_items
            group by sale_type, n
        ),
        settlements as (
            select
                account,
                vendor_id,
                is_weekly,
                date_trunc('month', recognition_date)::date as month,
                if(is_weekly, date_trunc('week', recognition_date)::date, month) as span,
                min(recognition_date) as first_day,
                max(recognition_date) as last_day,
                max(if(is_weekly, weekly_payout, monthly_payout)) as paid_on,
                sum(if(sale_type = 'SALE', 1, -1) * (sold + fee))::bigint as total_sale,
                sum(if(sale_type = 'SALE', 1, -1) * (target + fee))::bigint as target
            from sales
            inner join money using (sale_type, n)
            group by all
        )
        select
            settlements.*,
            runs.run,
            runs.run * 10 + {digit} as reading_id,
            row_number() over (partition by account, run, month order by span) as row_no
        from settlements
        inner join range(1, {world.days + 1}) as runs(run)
            -- settled months are read for two days more than an order is
            on date '{world.start}' + runs.run::int
                between last_day(month) + 22 and last_day(month) + 23 + {world.readings}
        """
    )
    _insert(
        con,
        "read_log",
        f"""
        select
            vendor_id,
            reading_id,
            'settlements' as listing,
            month::varchar as window_from,
            last_day(month)::varchar as window_to,
            window_from as covered_from,
            window_to as covered_to,
            true as is_whole,
            'ok' as outcome,
            1 as request_count,
            (date '{world.start}' + run::int - 1)::varchar || 'T20:10:00+00:00' as as_of,
            as_of as started_at,
            {_load_id("account", "run")} as _dlt_load_id
        from (select distinct account, vendor_id, reading_id, month, run from shown_settlements)
        order by run, account
        """,
    )
    _insert(
        con,
        "settlements",
        f"""
        select
            vendor_id,
            reading_id,
            1 as request_no,
            row_no,
            if(is_weekly, 'WEEKLY', 'MONTHLY') as settlement_type,
            paid_on::varchar as settlement_date,
            strftime(month, '%Y-%m') as revenue_recognition_year_month,
            first_day::varchar as revenue_recognition_date_from,
            last_day::varchar as revenue_recognition_date_to,
            'DONE' as status,
            total_sale,
            target as settlement_target_amount,
            target as settlement_amount,
            target as final_amount,
            {_load_id("account", "run")} as _dlt_load_id
        from shown_settlements
        order by run, account
        """,
    )
    con.execute("drop table temp.shown_settlements")


def _placed(query: str, order: str) -> str:
    """Rows of `query` (with account and run) with their place in the answers: 50 a request."""
    return f"""
        select
            *,
            1 + (place - 1) // 50 as request_no,
            1 + (place - 1) % 50 as row_no
        from (
            select *, row_number() over (partition by account, run order by {order}) as place
            from ({query})
        )
        order by run, account, place
    """


def _show_sheets(con: duckdb.DuckDBPyConnection, world: RawWorld, first: int, last: int) -> None:
    """Order sheets that the runs from `first` to `last` read, and their lines."""
    digit, _ = LISTINGS["order_sheets"]
    shown = f"""
        select orders.*, runs.run, boxes.box_no, runs.run * 10 + {digit} as reading_id
        from orders
        inner join range({first}, {last + 1}) as runs(run)
            on runs.run between orders.day + 1 and orders.day + {world.readings}
        -- box 9 is the one into which the others were packed
        cross join (values (0), (1), (9)) as boxes(box_no)
        where orders.day between {first - world.readings} and {last - 1}
        and not is_unlisted
        and case
            when box_no = 9 then fate = 'packed_anew' and run > day + 3
            when box_no >= box_count then false
            when fate = 'packed_anew' then run <= day + 3
            when fate = 'cancelled' then run <= day + 1
            when fate = 'returned' and item_count = 1 then run <= day + 6
            else true
        end
    """
    con.execute(f"create or replace temp table shown as {_placed(shown, 'n, box_no')}")
    paid_at = f"timestamp '{world.start}' + to_days(day) + to_seconds(second::bigint)"
    box = "(64000000000000000 + shown.n * 10 + shown.box_no)::varchar as shipment_box_id"
    _insert(
        con,
        "order_sheets",
        f"""
        select
            vendor_id,
            reading_id,
            request_no,
            row_no,
            {box},
            order_id,
            -- v5 writes the time of another continent
            strftime({paid_at} - interval 17 hour, '%Y-%m-%dT%H:%M:%S') || '.517000-08:00'
                as ordered_at,
            strftime({paid_at} - interval 61199 second, '%Y-%m-%dT%H:%M:%S') || '.204000-08:00'
                as paid_at,
            case
                when run > day + 4 then 'FINAL_DELIVERY'
                when run > day + 2 then 'DELIVERING'
                when run > day + 1 then 'INSTRUCT'
                else 'ACCEPT'
            end as status,
            -- what was packed into one box ships once
            if(shown.box_no in (0, 9), shipping, 0) as shipping_price,
            'KRW' as shipping_price_currency,
            if(shown.box_no in (0, 9) and remote > 0, remote, null) as remote_price,
            if(remote_price is null, null, 'KRW') as remote_price_currency,
            'THIRD_PARTY' as shipment_type,
            box_count > 1 as split_shipping,
            {_load_id("account", "run")} as _dlt_load_id
        from shown
        """,
    )
    _insert(
        con,
        "order_sheet_items",
        f"""
        select
            shown.vendor_id,
            shown.reading_id,
            shown.request_no,
            shown.row_no,
            1 + items.j as line_no,
            {box},
            shown.order_id,
            items.vendor_item_id,
            (41000000 + items.product)::varchar as seller_product_id,
            (81000000 + items.product)::varchar as product_id,
            printf('국산 프리미엄 상품 %03d 무료배송', items.product) as seller_product_name,
            if(items.product % 2 = 0, '기본 1개입', '대용량 3개입') as seller_product_item_name,
            seller_product_name || ', ' || seller_product_item_name as vendor_item_name,
            printf('SKU-%04d', items.product) as external_vendor_sku_code,
            items.units as shipping_count,
            if(shown.fate = 'one_cancelled' and run > shown.day + 1, items.early_units, 0)
                as cancel_count,
            0 as hold_count_for_cancel,
            false as is_canceled,
            items.unit_price as sales_price,
            if(items.is_foreign, 'TWD', 'KRW') as sales_price_currency,
            items.order_price,
            if(items.is_foreign, 'TWD', 'KRW') as order_price_currency,
            items.instant as instant_coupon_discount,
            'KRW' as instant_coupon_discount_currency,
            items.downloadable as downloadable_coupon_discount,
            'KRW' as downloadable_coupon_discount_currency,
            nullif(items.coupang, 0) as coupang_discount,
            if(items.coupang = 0, null, 'KRW') as coupang_discount_currency,
            {_load_id("shown.account", "run")} as _dlt_load_id
        from shown
        inner join items
            on shown.n = items.n and (shown.box_no = items.box_no or shown.box_no = 9)
        where items.day between {first - world.readings} and {last - 1}
        order by run, shown.account, place, j
        """,
    )


def _show_receipts(con: duckdb.DuckDBPyConnection, world: RawWorld, first: int, last: int) -> None:
    """Receipts with their items, and withdrawals, that these runs read."""
    shown = f"""
        select
            receipts.*,
            runs.run,
            runs.run * 10 + if(receipt_type = 'RETURN', 2, 3) as reading_id
        from receipts
        inner join range({first}, {last + 1}) as runs(run)
            on runs.run > receipts.created_on
            and runs.run between receipts.changed_on + 2 - {world.readings}
                and receipts.changed_on + 1
    """
    con.execute(f"create or replace temp table shown as {_placed(shown, 'receipt_type, n')}")

    def korean(day: str) -> str:
        at = f"timestamp '{world.start}' + to_days({day}) + to_seconds(second::bigint)"
        return f"strftime({at}, '%Y-%m-%dT%H:%M:%S')"

    _insert(
        con,
        "receipts",
        f"""
        select
            vendor_id,
            reading_id,
            request_no,
            row_no,
            receipt_id,
            order_id,
            receipt_type,
            case
                when fate in ('returned', 'refunded') and run > changed_on
                    then 'RETURNS_COMPLETED'
                when receipt_type = 'RETURN' then 'RETURNS_UNCHECKED'
                else 'RELEASE_STOP_UNCHECKED'
            end as receipt_status,
            {korean("created_on")} as created_at,
            {korean("least(changed_on, run - 1)")} as modified_at,
            ['고객변심', '상품불량', '배송문제'][(1 + lot % 3)::bigint] as cancel_reason_category1,
            ['단순변심', '제품 하자', '배송지연'][(1 + lot % 3)::bigint] as cancel_reason_category2,
            ['CUSTOMER', 'VENDOR', 'WMS'][(1 + lot % 3)::bigint] as fault_by_type,
            fate = 'refunded_ahead' and run > changed_on as pre_refund,
            if(receipt_status = 'RETURNS_COMPLETED', 'VENDOR_CONFIRM', 'UNDEFINED')
                as complete_confirm_type,
            if(receipt_status = 'RETURNS_COMPLETED', {korean("changed_on")}, null)
                as complete_confirm_date,
            {_load_id("account", "run")} as _dlt_load_id
        from shown
        """,
    )
    _insert(
        con,
        "receipt_items",
        f"""
        select
            shown.vendor_id,
            reading_id,
            request_no,
            row_no,
            row_number() over (partition by receipt_id, run order by j) as line_no,
            receipt_id,
            shown.order_id,
            vendor_item_id,
            -- some receipts do not say of which box
            if(lot % 10 = 0, null, (64000000000000000 + shown.n * 10 + box_no)::varchar)
                as shipment_box_id,
            units as purchase_count,
            if(fate = 'one_cancelled', 1, units) as cancel_count,
            if(receipt_type = 'RETURN', 'Y', 'A') as release_status,
            {_load_id("shown.account", "run")} as _dlt_load_id
        from shown
        inner join items
            on shown.n = items.n and (items.j = 0 or shown.fate = 'cancelled')
        where shown.n in (select n from shown)
        """,
    )
    _insert(
        con,
        "withdrawals",
        f"""
        select
            vendor_id,
            run * 10 + {LISTINGS["withdrawals"][0]} as reading_id,
            1 as request_no,
            row_number() over (partition by account, run order by receipts.n) as row_no,
            1 as line_no,
            receipt_id as cancel_id,
            order_id,
            {korean("created_on + 2")} as created_at,
            {_load_id("account", "run")} as _dlt_load_id
        from receipts
        inner join range({first}, {last + 1}) as runs(run)
            on runs.run between created_on + 3 and created_on + 2 + {world.readings}
        where fate = 'withdrawn'
        """,
    )


def _show_sales(con: duckdb.DuckDBPyConnection, world: RawWorld, first: int, last: int) -> None:
    """Rows of the sales history, and their items, that these runs read."""
    digit, _ = LISTINGS["confirmed_sales"]
    shown = f"""
        select sales.*, runs.run, runs.run * 10 + {digit} as reading_id
        from sales
        inner join range({first}, {last + 1}) as runs(run)
            on runs.run between sales.told_on + 1 and sales.told_on + {world.readings}
        where sales.told_on between {first - world.readings} and {last - 1}
    """
    con.execute(f"create or replace temp table shown as {_placed(shown, 'told_on, n, sale_type')}")
    _insert(
        con,
        "confirmed_sales",
        f"""
        select
            vendor_id,
            reading_id,
            request_no,
            row_no,
            order_id,
            sale_type,
            (date '{world.start}' + day)::varchar as sale_date,
            recognition_date::varchar as recognition_date,
            if(is_weekly, weekly_payout, monthly_payout)::varchar as settlement_date,
            if(is_weekly, last_payout, null)::varchar as final_settlement_date,
            fee as delivery_fee_amount,
            0 as delivery_fee_fee,
            0 as delivery_fee_fee_vat,
            fee as delivery_fee_settlement_amount,
            {_load_id("account", "run")} as _dlt_load_id
        from shown
        """,
    )
    _insert(
        con,
        "confirmed_sale_items",
        f"""
        select
            shown.vendor_id,
            reading_id,
            request_no,
            row_no,
            1 + j as line_no,
            shown.order_id,
            shown.sale_type,
            recognition_date::varchar as recognition_date,
            vendor_item_id,
            (81000000 + product)::varchar as product_id,
            printf('국산 프리미엄 상품 %03d 무료배송', product) as product_name,
            product_name || ', ' || if(product % 2 = 0, '기본 1개입', '대용량 3개입')
                as vendor_item_name,
            printf('SKU-%04d', product) as external_seller_sku_code,
            'TAX' as tax_type,
            quantity,
            sale_price,
            coupang_coupon as coupang_discount_coupon,
            sale_price - coupang_coupon as sale_amount,
            instant_coupon as seller_discount_coupon,
            downloadable_coupon,
            sale_items.fee as service_fee,
            sale_items.fee // 10 as service_fee_vat,
            sale_price - instant_coupon - downloadable_coupon - sale_items.fee
                - sale_items.fee // 10 as settlement_amount,
            {_load_id("shown.account", "run")} as _dlt_load_id
        from shown
        inner join sale_items
            on shown.n = sale_items.n and shown.sale_type = sale_items.sale_type
        where sale_items.told_on between {first - world.readings} and {last - 1}
        order by run, shown.account, place, j
        """,
    )
