"""The ledger: what each full and successful build said, and nothing else."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest

from tests.pipeline.pipeline_runner import ROOT, Pipeline
from tests.pipeline.pipeline_stories import EVENING_5, FEBRUARY, MORNING_20, Stories

RESTATEMENTS = (
    "select cast(payment_date as varchar), previous_revenue_krw, revenue_krw,"
    " change_from_payments_krw, change_from_cancellations_krw, change_from_coupons_krw,"
    " is_definition_change from marts.fct_revenue_restatements"
    " where vendor_id = '{}' order by restated_at, payment_date"
)


def test_the_first_build_restates_nothing(pipeline: Pipeline) -> None:
    assert pipeline.rows("select * from marts.fct_revenue_restatements", EVENING_5) == []


def test_a_day_that_was_not_over_yet_is_not_restated(stories: Stories, pipeline: Pipeline) -> None:
    # 5 January was covered until 23:30 in the first build: its fall to 0 is its first whole number
    vendor_id = stories["cancelled the next day"].vendor_id
    assert pipeline.rows(RESTATEMENTS.format(vendor_id), FEBRUARY) == []


def test_a_coupon_restates_the_day_as_coupons(stories: Stories, pipeline: Pipeline) -> None:
    vendor_id = stories["coupon after ten days"].vendor_id
    assert pipeline.rows(RESTATEMENTS.format(vendor_id), FEBRUARY) == [
        ("2026-01-05", 13_000, 12_000, 0, 0, -1_000, False)
    ]


def test_a_late_refund_restates_the_day_as_a_cancellation(
    stories: Stories, pipeline: Pipeline
) -> None:
    vendor_id = stories["refunded late"].vendor_id
    assert pipeline.rows(RESTATEMENTS.format(vendor_id), FEBRUARY) == [
        ("2026-01-05", 33_000, 23_000, 0, -10_000, 0, False)
    ]


def test_the_orders_behind_a_restatement_are_named(stories: Stories, pipeline: Pipeline) -> None:
    account = stories["refunded late"]
    assert pipeline.rows(
        "select order_id, previous_revenue_krw, revenue_krw from marts.fct_order_restatements"
        f" where vendor_id = '{account.vendor_id}'",
        FEBRUARY,
    ) == [(str(next(iter(account.orders))), 33_000, 23_000)]


def test_days_first_covered_later_are_first_numbers(stories: Stories, pipeline: Pipeline) -> None:
    # 12 January was first collected on 20 January; 7 January was known before and has changed
    vendor_id = stories["cancelled in the week without runs"].vendor_id
    assert [row[0] for row in pipeline.rows(RESTATEMENTS.format(vendor_id), FEBRUARY)] == [
        "2026-01-07"
    ]


def test_settling_says_what_was_said_at_each_age(stories: Stories, pipeline: Pipeline) -> None:
    vendor_id = stories["refunded late"].vendor_id
    assert pipeline.rows(
        "select age_days, revenue_krw, latest_revenue_krw from marts.fct_revenue_settling"
        f" where vendor_id = '{vendor_id}' and payment_date = '2026-01-05' order by age_days",
        FEBRUARY,
    ) == [
        (0, 33_000, 23_000),
        (1, 33_000, 23_000),
        (3, 33_000, 23_000),
        (7, 33_000, 23_000),
        (14, 33_000, 23_000),
        (30, 33_000, 23_000),
    ]


@pytest.fixture
def copy(pipeline: Pipeline, tmp_path: Path) -> Pipeline:
    """The warehouse as it was on 20 January, to do things to."""
    data_dir = tmp_path / "data"
    data_dir.mkdir()
    shutil.copy(pipeline.snapshots[MORNING_20], data_dir / "warehouse.duckdb")
    return Pipeline(data_dir, pipeline.url, pipeline.accounts)


def _said(pipeline: Pipeline) -> list[tuple[object, ...]]:
    return pipeline.rows(
        "select (select count(*) from coupang_ledger.order_revenue),"
        " (select count(*) from coupang_ledger.covered_days),"
        " (select count(*) from coupang_ledger.builds),"
        " (select count(*) from marts.fct_revenue_restatements)"
    )


def test_building_twice_says_nothing_new_also_where_the_warehouse_is_of_an_older_version(
    copy: Pipeline,
) -> None:
    ((orders, days, builds, restatements),) = _said(copy)
    before = copy.marts()
    _change(copy, "alter table coupang_raw.accounts drop column keys_linked_on")
    _change(copy, "alter table coupang_ledger.builds drop column definition")
    assert copy.build(MORNING_20) == 0, copy.output[-1][-3000:]
    assert _said(copy) == [(orders, days, builds + 1, restatements)]
    assert copy.marts()["fct_daily_revenue"] == before["fct_daily_revenue"]
    assert copy.rows("select count(*) from coupang_ledger.builds where definition is not null") == [
        (1,)
    ]


def test_partial_builds_and_runs_without_tests_say_nothing(copy: Pipeline) -> None:
    before = _said(copy)
    changed = "update coupang_raw.order_sheets set shipping_price = shipping_price + 500"
    _change(copy, changed)
    assert copy.build(MORNING_20, command="run") == 0
    assert _said(copy) == before
    assert copy.build(MORNING_20, "--select", "+fct_revenue_restatements") == 0
    assert _said(copy) == before


def test_a_build_of_which_a_test_fails_says_nothing(copy: Pipeline, tmp_path: Path) -> None:
    before = _said(copy)[0][:3]
    _change(copy, "update coupang_raw.order_sheets set shipping_price = shipping_price + 500")
    broken = tmp_path / "broken_project"
    shutil.copytree(ROOT / "dbt_project", broken, ignore=shutil.ignore_patterns("target", "logs"))
    orders = broken / "models" / "marts" / "fct_orders.sql"
    sound = orders.read_text()
    revenue = "totals.item_krw + totals.shipping_krw - totals.coupon_krw as revenue_krw"
    orders.write_text(sound.replace(revenue, "7 as revenue_krw"))
    assert orders.read_text() != sound
    assert copy.build(MORNING_20, project=broken) != 0
    assert _said(copy)[0][:3] == before
    assert copy.build(MORNING_20, "--full-refresh") == 0
    ((orders, _, builds, restatements),) = _said(copy)
    assert builds == before[2] + 1
    assert orders > before[0]
    assert restatements > 0


def test_another_reading_of_the_policy_is_marked_as_such(copy: Pipeline) -> None:
    _change(
        copy,
        "update coupang_raw.confirmed_sale_items set coupang_discount_coupon = 200"
        " where sale_type = 'SALE'",
    )
    # the first two builds after the copy: another version of the policy, then another variable
    last = copy.one("select max(build_no) from coupang_ledger.builds")
    for variables in (
        "policy_version: 2",
        "policy_version: 2, include_coupang_funded_coupons: false",
    ):
        assert copy.build(MORNING_20, f"--vars={{{variables}}}") == 0, copy.output[-1][-2000:]
    assert copy.rows(
        "select distinct cast(split_part(restatement_key, '|', 3) as bigint) as build_no,"
        " is_definition_change, sign(change_from_coupons_krw)"
        " from marts.fct_revenue_restatements"
        f" where build_no > {last} and change_from_coupons_krw <> 0 order by 1"
    ) == [(last + 1, True, -1), (last + 2, True, 1)]


def _change(pipeline: Pipeline, sql: str) -> None:
    with duckdb.connect(str(pipeline.data_dir / "warehouse.duckdb")) as con:
        con.execute(sql)
