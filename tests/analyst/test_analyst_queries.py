"""The numbers that analysts see, each against a file small enough to add up by hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from analyst_file import ONE, TWO, account, day, publish

from publish import queries, sections
from publish.choices import default_period, periods_of, scopes_of
from publish.errors import PublishError
from publish.published import connect
from publish.queries import Period, last_months, last_weeks
from publish.selection import Selection
from publish.texts import write

JANUARY_5 = date(2026, 1, 5)  # a Monday


@pytest.fixture
def opened(tmp_path: Path) -> Callable[..., duckdb.DuckDBPyConnection]:
    def open_with(
        accounts: list[dict] | None = None, selection: Selection | None = None, **marts: list[dict]
    ) -> duckdb.DuckDBPyConnection:
        file = publish(
            tmp_path / "coupang_revenue.duckdb", dim_accounts=accounts or [account()], **marts
        )
        return connect(file, selection or Selection())

    return open_with


def days(first: date, count: int, **columns: object) -> list[dict]:
    return [day(first + timedelta(days=n), 1_000, **columns) for n in range(count)]


def test_rates_are_of_sums_and_not_means_of_rates(
    opened: Callable[..., duckdb.DuckDBPyConnection],
) -> None:
    con = opened(
        fct_daily_revenue=[
            day(JANUARY_5, 10_000, cancelled=10_000),
            day(JANUARY_5 + timedelta(days=1), 90_000, cancelled=5_000, coupon=1_000),
        ]
    )

    found = queries.totals(con, Period(JANUARY_5, JANUARY_5 + timedelta(days=1)))

    assert found["revenue_krw"] == 84_000
    assert found["cancel_rate"] == pytest.approx(15_000 / 100_000)
    # of two orders one is wholly cancelled: it is no order whose size one could average
    assert found["average_order_krw"] == pytest.approx(84_000)


def test_nothing_paid_has_no_rate(opened: Callable[..., duckdb.DuckDBPyConnection]) -> None:
    con = opened(fct_daily_revenue=[day(JANUARY_5, 0)])

    found = queries.totals(con, Period(JANUARY_5, JANUARY_5))

    assert (found["revenue_krw"], found["cancel_rate"], found["average_order_krw"]) == (
        0,
        None,
        None,
    )


def test_weeks_begin_on_monday(opened: Callable[..., duckdb.DuckDBPyConnection]) -> None:
    con = opened(fct_daily_revenue=days(JANUARY_5 - timedelta(days=1), 8))

    found = queries.revenue_by_bucket(
        con, Period(JANUARY_5 - timedelta(days=7), JANUARY_5 + timedelta(days=6), "week")
    )

    assert [(row["bucket_first"], row["revenue_krw"]) for row in found] == [
        (date(2025, 12, 29), 1_000),
        (JANUARY_5, 7_000),
    ]


def test_a_week_with_a_missing_day_is_incomplete(
    opened: Callable[..., duckdb.DuckDBPyConnection],
) -> None:
    con = opened(
        fct_daily_revenue=[
            *days(JANUARY_5, 6),
            day(JANUARY_5 + timedelta(days=6), None),
            *days(JANUARY_5 + timedelta(days=7), 7),
        ]
    )

    found = queries.revenue_by_bucket(
        con, Period(JANUARY_5, JANUARY_5 + timedelta(days=13), "week")
    )

    assert [row["bucket_status"] for row in found] == ["incomplete", "final"]
    assert [row["missing_days"] for row in found] == [1, 0]


def test_a_month_that_is_not_over_is_incomplete(
    opened: Callable[..., duckdb.DuckDBPyConnection],
) -> None:
    con = opened(fct_daily_revenue=days(date(2026, 1, 1), 40))

    found = queries.revenue_by_bucket(con, Period(date(2026, 1, 1), date(2026, 2, 9), "month"))

    assert [row["bucket_status"] for row in found] == ["final", "incomplete"]


def test_a_day_without_data_is_missing_and_not_zero(
    opened: Callable[..., duckdb.DuckDBPyConnection],
) -> None:
    con = opened(fct_daily_revenue=[day(JANUARY_5, None), day(date(2026, 1, 6), 0)])

    missing, without_sales = queries.revenue_by_bucket(con, Period(JANUARY_5, date(2026, 1, 6)))

    assert (missing["bucket_status"], missing["revenue_krw"]) == ("missing", None)
    assert (without_sales["bucket_status"], without_sales["revenue_krw"]) == ("final", 0)


def test_the_day_an_account_was_last_read_in_looks_like_no_bad_day(
    opened: Callable[..., duckdb.DuckDBPyConnection],
) -> None:
    con = opened(
        [account(collected_through=JANUARY_5)],
        fct_daily_revenue=[
            day(JANUARY_5, 9_000),
            day(JANUARY_5 + timedelta(days=1), 100, status="provisional"),
        ],
    )

    found = queries.revenue_by_bucket(con, Period(JANUARY_5, JANUARY_5 + timedelta(days=1)))
    in_all = queries.totals(con, Period(JANUARY_5, JANUARY_5 + timedelta(days=1)))

    assert [row["bucket_status"] for row in found] == ["final", "incomplete"]
    assert in_all["missing_days"] == 1
    assert not in_all["is_complete"]


def test_a_period_is_compared_with_the_one_of_the_same_length_before(
    opened: Callable[..., duckdb.DuckDBPyConnection],
) -> None:
    con = opened(
        fct_daily_revenue=[
            *days(date(2026, 1, 1), 3),
            *[day(date(2026, 1, 4) + timedelta(days=n), 1_500) for n in range(3)],
        ]
    )

    found = queries.headline(con, Period(date(2026, 1, 4), date(2026, 1, 6)))

    assert found["is_comparable"]
    assert queries.change(
        found["now"]["revenue_krw"], found["before"]["revenue_krw"]
    ) == pytest.approx(0.5)


@pytest.mark.parametrize("missing", [date(2026, 1, 2), date(2026, 1, 5)])
def test_a_hole_in_either_period_forbids_the_comparison(
    opened: Callable[..., duckdb.DuckDBPyConnection], missing: date
) -> None:
    rows = [
        day(each["payment_date"], None) if each["payment_date"] == missing else each
        for each in days(date(2026, 1, 1), 6)
    ]
    con = opened(fct_daily_revenue=rows)

    assert not queries.headline(con, Period(date(2026, 1, 4), date(2026, 1, 6)))["is_comparable"]


def test_an_account_that_began_later_is_no_hole_but_forbids_the_comparison(
    opened: Callable[..., duckdb.DuckDBPyConnection],
) -> None:
    con = opened(
        [account(), account(TWO, "둘", start_date=date(2026, 1, 4))],
        fct_daily_revenue=[
            *days(date(2026, 1, 1), 6),
            *days(date(2026, 1, 4), 3, vendor_id=TWO),
        ],
    )

    found = queries.headline(con, Period(date(2026, 1, 4), date(2026, 1, 6)))

    assert found["now"]["is_complete"]
    assert found["before"]["missing_days"] == 0
    assert found["before"]["not_started_accounts"] == ["둘"]
    assert not found["is_comparable"]


def test_an_account_that_was_unlinked_is_no_hole_afterwards(
    opened: Callable[..., duckdb.DuckDBPyConnection],
) -> None:
    con = opened(
        [account(), account(TWO, "둘", is_linked=False)],
        fct_daily_revenue=[*days(date(2026, 1, 1), 6), *days(date(2026, 1, 1), 2, vendor_id=TWO)],
    )

    assert queries.totals(con, Period(date(2026, 1, 1), date(2026, 1, 6)))["missing_days"] == 0


def test_few_accounts_are_named_and_the_others_are_one(
    opened: Callable[..., duckdb.DuckDBPyConnection],
) -> None:
    names = [f"A{n:08d}" for n in range(1, 6)]
    con = opened(
        [account(vendor_id, f"가게 {n}") for n, vendor_id in enumerate(names)],
        fct_daily_revenue=[
            day(JANUARY_5, 1_000 * (n + 1)) | {"vendor_id": vendor_id}
            for n, vendor_id in enumerate(names)
        ],
    )

    found = queries.revenue_by_bucket_and_account(con, Period(JANUARY_5, JANUARY_5), most=3)

    assert [(row["account_name"], row["accounts"], row["revenue_krw"]) for row in found] == [
        ("가게 4", 1, 5_000),
        ("가게 3", 1, 4_000),
        (None, 3, 6_000),
    ]


def test_both_axes_of_cancellations_tell_the_same_money(demo_file: Path) -> None:
    with connect(demo_file) as con:
        extent = queries.extent(con)
        ever = Period(extent["first_day"], extent["today"] + timedelta(days=60), "month")
        found = queries.cancellations_by_bucket(con, ever)
        undated = queries.cancellation_totals(con, ever)["undated_krw"]

    paid_axis = sum(row["paid_axis_krw"] or 0 for row in found)
    assert paid_axis > 0
    assert paid_axis == sum(row["cancel_axis_krw"] or 0 for row in found) + undated


def test_reasons_add_up_to_what_was_cancelled_in_the_period(demo_file: Path) -> None:
    with connect(demo_file) as con:
        period = queries.last_days(queries.extent(con)["last_whole_day"], 30)
        reasons = queries.cancellations_by_reason(con, period, most=1_000)
        by_day = queries.cancellations_by_bucket(con, period)

    assert sum(row["cancelled_krw"] for row in reasons) == sum(
        row["cancel_axis_krw"] or 0 for row in by_day
    )
    assert sum(row["share"] for row in reasons) == pytest.approx(1)


def test_every_way_of_adding_up_gives_the_same_revenue(failed_file: Path) -> None:
    with connect(failed_file) as con:
        last = queries.extent(con)["last_whole_day"]
        for period in (queries.last_days(last, 30), last_weeks(last, 9), last_months(last, 3)):
            in_all = queries.totals(con, period)["revenue_krw"]
            for found in (
                queries.revenue_by_bucket(con, period),
                queries.revenue_by_bucket_and_account(con, period, most=2),
                queries.revenue_by_account(con, period),
            ):
                assert sum(row["revenue_krw"] or 0 for row in found) == in_all, period


def test_a_rate_of_few_units_is_chance(opened: Callable[..., duckdb.DuckDBPyConnection]) -> None:
    def item(number: str, bought: int, cancelled: int, price: int = 1_000) -> dict:
        return {
            "order_item_key": number,
            "vendor_id": ONE,
            "account_name": "하나",
            "order_id": number,
            "vendor_item_id": number,
            "payment_date": JANUARY_5,
            "bought_quantity": bought,
            "cancelled_quantity": cancelled,
            "net_quantity": bought - cancelled,
            "paid_krw": bought * price,
            "cancelled_krw": cancelled * price,
            "item_krw": (bought - cancelled) * price,
            "coupon_krw": 0,
        }

    con = opened(
        fct_daily_revenue=[day(JANUARY_5)],
        fct_order_items=[item("few", 2, 2), item("many", 20, 5), item("good", 30, 0)],
    )

    found = {
        row["vendor_item_id"]: row for row in queries.products(con, Period(JANUARY_5, JANUARY_5))
    }

    assert [name for name, row in found.items()] == ["good", "many", "few"]
    assert found["few"]["place_by_cancel_rate"] is None
    assert found["many"]["place_by_cancel_rate"] == 1
    assert found["many"]["cancel_rate"] == pytest.approx(0.25)
    assert found["good"]["place_by_cancelled_krw"] is None


def restated(before: int, after: int, at: datetime, **columns: object) -> dict:
    return {
        "restatement_key": f"{at}",
        "vendor_id": ONE,
        "payment_date": JANUARY_5,
        "restated_at": at,
        "previous_revenue_krw": before,
        "revenue_krw": after,
        "change_from_payments_krw": 0,
        "change_from_cancellations_krw": after - before,
        "change_from_coupons_krw": 0,
        **columns,
    }


def test_a_day_restated_twice_is_told_once_from_first_to_last(
    opened: Callable[..., duckdb.DuckDBPyConnection],
) -> None:
    first, second = (
        datetime.fromisoformat("2026-01-06 20:00"),
        datetime.fromisoformat("2026-01-08 20:00"),
    )
    con = opened(
        fct_revenue_restatements=[
            restated(13_000, 10_000, first, account_name="하나", change_krw=-3_000),
            restated(10_000, 0, second, account_name="하나", change_krw=-10_000),
        ],
        fct_order_restatements=[
            restated(3_000, 0, first, order_id="7"),
            restated(10_000, 0, second, order_id="8"),
        ],
    )

    (found,) = queries.restatements(con, datetime.fromisoformat("2026-01-01"))
    in_all = queries.restatement_totals(con, datetime.fromisoformat("2026-01-01"))

    assert (found["previous_revenue_krw"], found["revenue_krw"]) == (13_000, 0)
    assert found["change_from_cancellations_krw"] == -13_000
    assert [order["order_id"] for order in found["orders"]] == ["8", "7"]
    assert (in_all["account_days"], in_all["change_krw"]) == (1, -13_000)


def test_what_was_restated_before_the_time_asked_for_is_not_told(
    opened: Callable[..., duckdb.DuckDBPyConnection],
) -> None:
    at = datetime.fromisoformat("2026-01-06 20:00")
    con = opened(
        fct_revenue_restatements=[restated(13_000, 0, at, account_name="하나", change_krw=-13_000)]
    )

    assert queries.restatements(con, at + timedelta(seconds=1)) == []
    assert queries.restatement_totals(con, at)["account_days"] == 1


def test_the_fan_measures_against_the_first_whole_word_on_a_day(
    opened: Callable[..., duckdb.DuckDBPyConnection],
) -> None:
    def said(age: int, revenue: int, payment_date: date = JANUARY_5) -> dict:
        return {
            "settling_key": f"{payment_date}{age}",
            "vendor_id": ONE,
            "account_name": "하나",
            "payment_date": payment_date,
            "age_days": age,
            "revenue_krw": revenue,
            "latest_revenue_krw": 80,
        }

    con = opened(
        fct_revenue_settling=[
            said(0, 10),  # the day was not over
            said(1, 100),
            said(14, 80),
            said(14, 50, date(2026, 1, 6)),  # first heard of after two weeks: no word to measure by
        ]
    )

    found = queries.settling_days(con, date(2026, 2, 1))

    assert [(row["age_days"], row["ratio"]) for row in found] == [(1, 1.0), (14, 0.8)]


# --- whose rows ----------------------------------------------------------------------------------


def test_a_selection_sees_its_accounts_and_no_other_in_any_mart(demo_file: Path) -> None:
    with connect(demo_file, Selection(accounts=("상점 001",))) as con:
        for (view,) in con.execute(
            "select view_name from duckdb_views() where not internal"
        ).fetchall():
            others = con.execute(
                f"select count(*) from {view} where vendor_id <> '{ONE}'"
            ).fetchone()
            assert others == (0,), view
        assert [row["account_name"] for row in queries.accounts(con, JANUARY_5)] == ["상점 001"]


def test_accounts_and_groups_add_up(demo_file: Path) -> None:
    with connect(demo_file, Selection(accounts=("상점 002",), groups=("group-1",))) as con:
        found = [row["account_name"] for row in queries.accounts(con, JANUARY_5)]

    assert sorted(found) == ["상점 001", "상점 002", "상점 003"]


@pytest.mark.parametrize(
    "selection", [Selection(accounts=("상점 01",)), Selection(groups=("nobody",))]
)
def test_a_misspelt_name_never_means_everyone(demo_file: Path, selection: Selection) -> None:
    with pytest.raises(PublishError, match="is called"):
        connect(demo_file, selection)


def test_a_file_that_is_replaced_is_seen_by_the_next_connection_only(tmp_path: Path) -> None:
    file = publish(tmp_path / "coupang_revenue.duckdb", dim_accounts=[account(name="전")])
    before = connect(file)
    fresh = publish(tmp_path / "fresh.duckdb", dim_accounts=[account(name="후")])
    fresh.replace(file)
    after = connect(file)

    def name(con: duckdb.DuckDBPyConnection) -> str:
        return con.execute("select account_name from dim_accounts").fetchone()[0]

    assert (name(before), name(after)) == ("전", "후")


def test_no_file_and_no_published_file_are_told_apart(tmp_path: Path) -> None:
    other = tmp_path / "other.duckdb"
    duckdb.connect(str(other)).close()

    with pytest.raises(PublishError, match="There is no"):
        connect(tmp_path / "coupang_revenue.duckdb")
    with pytest.raises(PublishError, match="is no published file"):
        connect(other)


@pytest.mark.parametrize(
    ("last", "months", "first"),
    [
        (date(2026, 5, 17), 12, date(2025, 6, 1)),
        (date(2026, 12, 31), 12, date(2026, 1, 1)),
        (date(2026, 1, 1), 1, date(2026, 1, 1)),
    ],
)
def test_months_are_whole_ones(last: date, months: int, first: date) -> None:
    assert last_months(last, months).first == first


def test_thirteen_weeks_begin_on_a_monday() -> None:
    period = last_weeks(date(2026, 5, 17), 13)

    assert period.first.weekday() == 0
    assert (period.last - period.first).days == 13 * 7 - 1


# --- settlement ----------------------------------------------------------------------------------


def test_a_month_that_is_not_judged_shows_no_difference_and_says_whether_it_ever_will(
    tmp_path: Path,
) -> None:
    def month(number: int, verdict: str) -> dict[str, object]:
        return {
            "reconciliation_key": f"{number}",
            "vendor_id": ONE,
            "account_name": "하나",
            "recognition_month": date(2026, number, 1),
            "our_krw": 1_000,
            "coupang_krw": 400,
            "difference_krw": 600,
            "verdict": verdict,
        }

    file = publish(
        tmp_path / "coupang_revenue.duckdb",
        dim_accounts=[account(start_date=date(2026, 1, 15))],
        fct_settlement_reconciliation=[month(1, "pending"), month(2, "off"), month(3, "pending")],
    )
    with connect(file) as con:
        told = [
            (row["recognition_month"].month, row["difference_krw"], row["is_never_told"])
            for row in queries.reconciliation(con)
        ]
        table = next(
            block
            for block in sections.settlement(con, date(2026, 3, 20)).blocks
            if isinstance(block, sections.Table)
        )

    assert told == [(3, None, False), (2, 600, False), (1, None, True)]
    assert [write(row["verdict"], "ko") for row in table.rows] == [
        "… 판정 전",
        "✕ 불일치",
        "– 판정 불가 (수집 시작 전 기간 포함)",
    ]


# --- choices -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first_day", "expected"),
    [
        (date(2026, 1, 1), (date(2026, 4, 17), 30)),
        (date(2026, 5, 1), (date(2026, 5, 1), 16)),
        (date(2026, 6, 1), (date(2026, 5, 16), 1)),
    ],
)
def test_page_and_notebook_begin_with_the_same_days_none_before_the_first(
    first_day: date, expected: tuple[date, int]
) -> None:
    extent = {"first_day": first_day, "last_whole_day": date(2026, 5, 16)}
    period = default_period(extent)

    assert period is not None
    assert (period.first, period.days) == expected
    assert periods_of(extent, None, None)[0].period == period


def test_groups_and_accounts_can_be_chosen_where_they_say_something() -> None:
    def accounts(*groups: str | None) -> list[dict[str, object]]:
        return [
            {"vendor_id": f"A{number}", "account_name": "같은 이름", "account_group": group}
            for number, group in enumerate(groups)
        ]

    def titles(*groups: str | None) -> list[str]:
        return [write(view.title, "ko") for view in scopes_of(accounts(*groups), 2, 3)]

    assert titles(None) == ["전체 (1개 계정)"]
    assert titles("g", "g")[1:] == ["같은 이름 (A0)", "같은 이름 (A1)"]  # the group is all of them
    assert titles("g", None)[1] == "그룹 g"
    assert titles("a", "b", "c")[1].startswith("같은 이름")  # too many groups
    assert titles("a", "a", "b", "b") == ["전체 (4개 계정)", "그룹 a", "그룹 b"]
