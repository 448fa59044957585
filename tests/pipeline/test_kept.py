"""Backup and restore, forgetting: what nobody can rebuild, seen from the marts."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from extract.forget import forget
from tests.pipeline.pipeline_runner import Pipeline
from tests.pipeline.pipeline_stories import FEBRUARY, MORNING_20, Stories


@pytest.fixture
def copy_of(pipeline: Pipeline, tmp_path: Path) -> Pipeline:
    """A data folder of its own, still empty."""
    data_dir = tmp_path / "data"
    data_dir.mkdir()
    return Pipeline(data_dir, pipeline.url, pipeline.accounts)


def test_a_restored_warehouse_goes_on_as_if_it_had_never_been_away(
    pipeline: Pipeline, copy_of: Pipeline, tmp_path: Path
) -> None:
    """Kept on 20 January, put back on another machine, collected and built in February: every
    mart, restatements and settling among them, as where nothing was ever lost."""
    old = Pipeline(tmp_path / "old", pipeline.url, pipeline.accounts)
    old.data_dir.mkdir()
    shutil.copy(pipeline.snapshots[MORNING_20], old.data_dir / "warehouse.duckdb")
    away = str(tmp_path / "away")
    for machine, command in (
        (old, ("backup", "--out", away)),
        (copy_of, ("restore", "--from", away)),
    ):
        done = machine.run(MORNING_20, sys.executable, "-m", "extract", *command)
        assert done.returncode == 0, done.stderr

    copy_of.day(FEBRUARY)

    assert copy_of.marts() == pipeline.marts(FEBRUARY)
    assert pipeline.one("select count(*) from marts.fct_revenue_restatements", FEBRUARY) > 0


def test_forgetting_an_account_leaves_the_history_of_the_others(
    stories: Stories, pipeline: Pipeline, copy_of: Pipeline
) -> None:
    warehouse = copy_of.data_dir / "warehouse.duckdb"
    shutil.copy(pipeline.snapshots[FEBRUARY], warehouse)
    forgotten = stories["coupon after ten days"]
    others = f"where vendor_id <> '{forgotten.vendor_id}' order by all"
    restatements = "select * from marts.fct_revenue_restatements"
    before = copy_of.rows(f"{restatements} {others}")
    assert len(before) < len(copy_of.rows(restatements))

    assert forget(warehouse, forgotten.vendor_id) > 0
    assert copy_of.build(FEBRUARY, "--full-refresh") == 0, copy_of.output[-1][-2000:]

    assert before
    assert copy_of.rows(f"{restatements} order by all") == before
    assert copy_of.one("select count(*) from coupang_ledger.builds") == 6
