"""A lake instead of the warehouse's file: the same models read the same raw there."""

import sys
from pathlib import Path

from tests.pipeline.pipeline_runner import Pipeline
from tests.pipeline.pipeline_stories import FEBRUARY, Stories

# What a build says of the builds before it; a new warehouse has none.
OF_THE_LEDGER = {"fct_revenue_restatements", "fct_order_restatements", "fct_revenue_settling"}


def test_raw_that_moved_into_a_lake_builds_the_same_marts(
    stories: Stories, pipeline: Pipeline, tmp_path: Path
) -> None:
    accounts = list(stories.accounts.values())
    lake = {"COUPANG_LAKE": str(tmp_path / "lake")}
    moved = Pipeline(tmp_path / "moved", pipeline.url, accounts, lake)
    moved.data_dir.mkdir()
    pipeline.keep(moved.data_dir)
    done = moved.run(FEBRUARY, sys.executable, "-m", "extract", "to-lake")
    assert done.returncode == 0, done.stderr

    elsewhere = Pipeline(tmp_path / "elsewhere", pipeline.url, accounts, lake)
    elsewhere.data_dir.mkdir()
    assert elsewhere.build(FEBRUARY) == 0, elsewhere.output[-1][-3000:]

    ours, theirs = pipeline.marts(), elsewhere.marts()
    assert ours.keys() == theirs.keys()
    for mart in ours.keys() - OF_THE_LEDGER:
        assert ours[mart] == theirs[mart], mart
    assert elsewhere.one("select count(*) from duckdb_views() where schema_name = 'coupang_raw'"), (
        "raw was to be read from the lake"
    )


def test_a_lake_that_nobody_wrote_yet_builds_empty_marts(
    stories: Stories, pipeline: Pipeline, tmp_path: Path
) -> None:
    lake = {"COUPANG_LAKE": str(tmp_path / "nothing")}
    first = Pipeline(tmp_path / "data", pipeline.url, list(stories.accounts.values()), lake)
    first.data_dir.mkdir()
    assert first.build(FEBRUARY, command="run") == 0, first.output[-1][-3000:]
    assert first.one("select count(*) from marts.fct_orders") == 0
