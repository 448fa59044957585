"""The comparison sees what is missing, unknown or other; the reductions make worlds smaller."""

from dataclasses import asdict
from datetime import datetime

import duckdb
import pyarrow as pa
import pytest

from tests.reference.compare import KEYS, compare, first_of_each_mart
from tests.reference.drawing import draw_worlds
from tests.reference.marts import Marts
from tests.reference.policy import evaluate
from tests.reference.shrink import coarse, rows, values
from tests.reference.worlds import gather

MOMENT = datetime.fromisoformat("2026-01-25T15:20:00+09:00")


@pytest.fixture(scope="module")
def expected() -> Marts:
    return evaluate(gather(draw_worlds(3, 20, MOMENT)), MOMENT)


@pytest.fixture
def built(expected: Marts) -> duckdb.DuckDBPyConnection:
    """A warehouse whose marts say just what the reference says."""
    con = duckdb.connect()
    con.execute("create schema marts")
    for mart in KEYS:
        arrow_rows = pa.Table.from_pylist([asdict(row) for row in getattr(expected, mart)])
        con.register("arrow_rows", arrow_rows)
        con.execute(f"create table marts.{mart} as select * from arrow_rows")
    return con


def test_the_same_marts_differ_in_nothing(
    built: duckdb.DuckDBPyConnection, expected: Marts
) -> None:
    assert compare(built, expected) == []


@pytest.mark.parametrize(
    ("change", "mart", "text"),
    [
        ("update marts.fct_orders set revenue_krw = revenue_krw + 1", "fct_orders", "says"),
        ("delete from marts.fct_order_items", "fct_order_items", "is missing"),
        ("insert into marts.fct_orders from marts.fct_orders", "fct_orders", "rows is 2"),
        ("update marts.fct_coverage set last_read_at = null", "fct_coverage", "is None"),
        ("update marts.fct_data_issues set order_id = '?'", "fct_data_issues", "is unknown"),
        ("update marts.dim_accounts set vendor_id = '?'", "dim_accounts", "is unknown"),
    ],
)
def test_every_change_is_seen_in_its_mart(
    built: duckdb.DuckDBPyConnection, expected: Marts, change: str, mart: str, text: str
) -> None:
    built.execute(change)
    found = compare(built, expected)
    assert {difference.mart for difference in found} == {mart}
    assert any(text in difference for difference in found)
    assert f"{mart}: {len(found)} differences in all" in first_of_each_mart(found)


def test_reductions_leave_a_smaller_or_simpler_world_of_its_own() -> None:
    [world] = draw_worlds(4, 1, MOMENT)
    size = sum(map(len, world.rows.values()))
    for stage in (coarse, rows):
        for reduction in stage(world):
            smaller = reduction.of(world, "S1")
            assert sum(map(len, smaller.rows.values())) < size
            marts = evaluate(smaller.rows, MOMENT)
            assert [row.vendor_id for row in marts.dim_accounts] == ["S1"]
    for reduction in values(world):
        [((table, number), changed)] = reduction.changed.items()
        before, after = (
            told.rows[table][number] for told in (world, reduction.of(world, world.vendor_id))
        )
        assert after == before | changed != before
