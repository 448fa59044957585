"""The bench compares like with like: its raw is such as the models are made for, and its script
writes what the models write."""

import os
import subprocess
from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest

from bench.building import DBT, MODELS_AND_TESTS, compared_marts, differing_rows, run_script
from bench.raw import RawWorld, declared_columns, write_raw
from extract.warehouse import FILE
from publish.dbt import dbt_environment
from tests.reference.drawing import draw_worlds
from tests.reference.worlds import write_raw as write_worlds

WORLD = RawWorld(orders=400, readings=6, accounts=3, days=100, today=date(2026, 1, 25))


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made-up raw of the bench, and random worlds beside it, with the models that the script stands
    for and their data tests."""
    folder = tmp_path_factory.mktemp("bench")
    as_of = datetime.fromisoformat(WORLD.as_of)
    with duckdb.connect(str(folder / "worlds.duckdb")) as con:
        write_worlds(con, draw_worlds(7, 150, as_of))
    with duckdb.connect(str(folder / FILE)) as con:
        write_raw(con, WORLD)
        con.execute(f"attach '{folder / 'worlds.duckdb'}' as worlds (read_only)")
        for table in declared_columns():
            con.execute(f"insert into coupang_raw.{table} by name from worlds.coupang_raw.{table}")
    done = subprocess.run(
        [
            *(*DBT, *MODELS_AND_TESTS, "--indirect-selection", "cautious"),
            *("--select", *(f"+{mart}" for mart in compared_marts())),
        ],
        env=os.environ | dbt_environment(folder, folder) | {"COUPANG_AS_OF": WORLD.as_of},
        capture_output=True,
        text=True,
        check=False,
    )
    assert not done.returncode, done.stdout[-3000:]
    return folder / FILE


def test_script_writes_the_marts_that_the_models_write(warehouse: Path, tmp_path: Path) -> None:
    script = tmp_path / "script.duckdb"
    run_script(warehouse, script, WORLD.as_of)
    found = differing_rows(warehouse, script)
    assert all(rows > 0 for rows, _ in found.values())
    assert {mart: differing for mart, (_, differing) in found.items() if differing} == {}


def test_made_up_raw_is_what_coupang_tells_on_a_good_year(warehouse: Path) -> None:
    with duckdb.connect(str(warehouse), read_only=True) as con:
        (orders, sold, lines) = con.execute(
            """
            select count(*), sum((coupon_status = 'confirmed')::int),
                (select count(*) from marts.fct_order_items where vendor_id like 'A%')
            from marts.fct_orders
            where vendor_id like 'A%'
            """
        ).fetchone()
        (issues,) = con.execute(
            "select count(*) from marts.fct_data_issues where vendor_id like 'A%'"
        ).fetchone()
        verdicts = con.execute(
            "select distinct verdict from marts.fct_settlement_reconciliation "
            "where vendor_id like 'A%' order by verdict"
        ).fetchall()
    assert orders > 0.98 * WORLD.orders
    assert sold > 0.6 * orders
    assert 2.0 < lines / orders < 2.4
    assert issues < 0.05 * orders
    assert verdicts == [("ok",), ("pending",)]
