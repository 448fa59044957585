"""A world of several days in both raws, and both engines' marts of it."""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from extract.sandbox import SandboxServer
from tests.pipeline.pipeline_runner import Pipeline
from tests.pipeline.pipeline_stories import EVENING_6, FEBRUARY, Stories, tell
from tests.reference.drawing import draw_worlds
from tests.reference.worked_examples import worked_examples
from tests.reference.worlds import World, write_raw
from tests.spark.engines import Spark, add_to_lake

# Two builds, so that there is something to restate; the second has all that the world holds.
DAYS = (EVENING_6, FEBRUARY)
SEED, WORLDS = 23, 150


@dataclass(frozen=True)
class Raw:
    """Raw as of a day, on both sides, and what DuckDB made of it."""

    as_of: str
    warehouse: Path
    lake: Path


@dataclass(frozen=True)
class Told:
    """The days, and the worlds that were added on the last one."""

    days: tuple[Raw, ...]
    worlds: list[World]


@pytest.fixture(scope="session", autouse=True)
def _spark_is_here() -> None:
    if importlib.util.find_spec("pyspark") is None:
        pytest.skip("SPARK IS NOT INSTALLED: nothing of it was tested (make test-spark does)")


@pytest.fixture(scope="session")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    """The stories as the extractor reads them, day by day; on the last also the policy's worked
    examples and worlds at random."""
    stories = Stories()
    tell(stories)
    folder = tmp_path_factory.mktemp("told")
    worlds = worked_examples() + draw_worlds(SEED, WORLDS, datetime.fromisoformat(FEBRUARY))
    days = []
    with SandboxServer(stories.world, as_of=DAYS[0], requests_per_second=None) as server:
        accounts = list(stories.accounts.values())
        pipeline = Pipeline(folder / "data", server.url, accounts)
        lake = folder / "lake"
        into_lake = Pipeline(
            folder / "data of the lake", server.url, accounts, {"COUPANG_LAKE": str(lake)}
        )
        for as_of in DAYS:
            server.as_of = as_of
            for each in (pipeline, into_lake):
                assert each.extract(as_of) == 0, each.output[-1]
            if as_of == DAYS[-1]:
                _add(worlds, folder / "worlds.duckdb", pipeline.data_dir / "warehouse.duckdb", lake)
            assert pipeline.build(as_of) == 0, pipeline.output[-1]
            kept = folder / f"as of {as_of[:10]}"
            shutil.copytree(lake, kept / "lake")
            days.append(Raw(as_of, pipeline.keep(kept), kept / "lake"))
    return Told(tuple(days), worlds)


def _add(worlds: list[World], drawn: Path, warehouse: Path, lake: Path) -> None:
    """Writes raw of the worlds into both; they are read by nobody, so the extractor cannot."""
    with duckdb.connect(str(drawn)) as con:
        write_raw(con, worlds)
    add_to_lake(drawn, lake, "worlds")
    with duckdb.connect(str(warehouse)) as con:
        con.execute(f"attach '{drawn}' as drawn (read_only)")
        for (table,) in con.execute(
            "select table_name from duckdb_tables() where database_name = 'drawn'"
        ).fetchall():
            con.execute(
                f'insert into coupang_raw."{table}" by name from drawn.coupang_raw."{table}"'
            )


@pytest.fixture(scope="session")
def follow(told: Told) -> Callable[[Spark, Path], None]:
    """Has a target of Spark's build what DuckDB built, day by day: every model and data test."""

    def build(spark: Spark, lake: Path) -> None:
        for day in told.days:
            lake.unlink(missing_ok=True)
            lake.symlink_to(day.lake)
            status = spark.build(day.as_of)
            assert status == 0, spark.said[-5000:]

    return build
