"""A real cluster, asked over thrift, builds what DuckDB builds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from publish.file import FILE as PUBLISHED
from tests.spark.conftest import Told
from tests.spark.engines import Spark, as_text, compare, differing_tables

pytestmark = pytest.mark.cluster


def test_every_mart_is_the_same_on_a_cluster(
    tmp_path: Path, told: Told, follow: Callable[[Spark, Path], None]
) -> None:
    from tests.spark.cluster import WORKERS, cluster  # pyspark is not there for all

    with cluster(tmp_path) as running:
        spark = Spark(
            tmp_path / "data", tmp_path / "lake", "cluster", running.warehouse, running.environment
        )
        follow(spark, spark.lake)
        for number, day in enumerate(told.days, start=1):
            compared = compare(day.warehouse, spark, number)
            print(f"\n{day.as_of}\n{as_text(compared)}")  # noqa: T201 - the figures of the run
            assert all(one.is_same for one in compared), as_text(compared)
        ours = Spark(told.days[-1].warehouse.parent, spark.lake)
        published = tmp_path / "duckdb.duckdb"
        assert ours.run(
            told.days[-1].as_of, "-m", "publish", "file", "--out", str(published)
        ) == 0, ours.said[-3000:]  # fmt: skip
        assert differing_tables(spark.folder / PUBLISHED, published) == []
        tasks = running.tasks_by_executor()
        print(f"\ntasks by executor: {tasks}")  # noqa: T201
        assert len(tasks) == WORKERS
        assert min(tasks.values()) > 0
    assert all(process.poll() is not None for process in running.processes)
