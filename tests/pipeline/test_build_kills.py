"""kill -9 in the middle of a build: the next one makes it good."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from tests.pipeline.pipeline_runner import ROOT, Pipeline
from tests.pipeline.pipeline_stories import MORNING_8, MORNING_20

LINES = 700  # about what a build prints, a line or two a node


@pytest.fixture
def unbuilt(pipeline: Pipeline, tmp_path: Path) -> Pipeline:
    """What was built on 8 January, with all that was collected until the 20th."""
    data_dir = tmp_path / "data"
    data_dir.mkdir()
    warehouse = data_dir / "warehouse.duckdb"
    shutil.copy(pipeline.snapshots[MORNING_8], warehouse)
    with duckdb.connect(str(warehouse)) as con:
        con.execute(f"attach '{pipeline.snapshots[MORNING_20]}' as later (read_only)")
        tables = con.execute(
            "select table_name from duckdb_tables()"
            " where database_name = 'later' and schema_name = 'coupang_raw'"
        ).fetchall()
        for (table,) in tables:
            con.execute(
                f"create or replace table coupang_raw.{table} as from later.coupang_raw.{table}"
            )
    return Pipeline(data_dir, pipeline.url, pipeline.accounts)


def test_builds_that_are_killed_at_any_moment_are_made_good_by_the_next(
    pipeline: Pipeline, unbuilt: Pipeline, kills: int | None
) -> None:
    moments = random.Random(11)  # noqa: S311 - when to kill
    killed = sum(_killed(unbuilt, moments.randrange(LINES)) for _ in range(kills or 2))
    assert killed > 0
    print(f"{killed} builds were killed at work")  # noqa: T201 - for the drill
    assert unbuilt.build(MORNING_20) == 0, unbuilt.output[-1][-3000:]
    # Among them the restatements: the ledger holds what an undisturbed build would have written.
    assert unbuilt.marts() == pipeline.marts(MORNING_20)
    for table in ("builds", "order_revenue", "covered_days"):
        every = f"select * from coupang_ledger.{table} order by all"
        assert unbuilt.rows(every) == pipeline.rows(every, MORNING_20), table


def _killed(pipeline: Pipeline, line: int) -> bool:
    """Kills a build once it has printed so many lines; whether it was still at work."""
    command = [
        str(Path(sys.executable).parent / "dbt"),
        "build",
        "--project-dir",
        str(ROOT / "dbt_project"),
    ]
    process = subprocess.Popen(
        [*command, "--exclude-resource-type", "unit_test"],
        cwd=ROOT,
        env=pipeline.environment(MORNING_20),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    assert process.stdout
    for _ in range(line):
        if not process.stdout.readline():
            break
    is_at_work = process.poll() is None
    if is_at_work:
        os.killpg(process.pid, signal.SIGKILL)
    process.stdout.close()
    process.wait()
    return is_at_work
