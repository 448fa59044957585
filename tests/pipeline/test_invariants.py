"""What must not matter: running again, the machine's time zone, personal data in the world."""

from __future__ import annotations

import sys

from tests.pipeline.pipeline_runner import Pipeline
from tests.pipeline.pipeline_stories import CANARY, FEBRUARY, Stories


def test_no_file_of_the_data_folder_holds_personal_data(
    stories: Stories, pipeline: Pipeline
) -> None:
    secrets = [key.secret_key for account in stories.accounts.values() for key in account.keys]
    words = [word.encode() for word in (CANARY, *secrets)]
    files = [path for path in pipeline.data_dir.rglob("*") if path.is_file()]
    assert any(path.name == "warehouse.duckdb" for path in files)
    for path in files:
        content = path.read_bytes()
        assert not [word for word in words if word in content], path


def test_no_column_of_raw_holds_personal_data(stories: Stories, pipeline: Pipeline) -> None:
    # a file may hold text compressed, so the rows are looked at as well
    assert stories.world.canary == CANARY
    for (table,) in pipeline.rows(
        "select table_name from information_schema.tables where table_schema = 'coupang_raw'"
    ):
        found = f"select count(*) from coupang_raw.{table} as t where t::varchar like '%{CANARY}%'"
        assert pipeline.one(found) == 0, table


def test_nothing_printed_holds_personal_data(stories: Stories, pipeline: Pipeline) -> None:
    secrets = [key.secret_key for account in stories.accounts.values() for key in account.keys]
    printed = "\n".join(pipeline.output)
    assert not [word for word in (CANARY, *secrets) if word in printed]


def test_collecting_again_compacting_and_another_time_zone_change_no_number(
    pipeline: Pipeline,
) -> None:
    rows = "select count(*) from coupang_raw.order_sheets"
    elsewhere = {"TZ": "America/Los_Angeles"}
    before = pipeline.marts(FEBRUARY)
    assert pipeline.extract(FEBRUARY, **elsewhere) == 0, pipeline.output[-1][-2000:]
    rows_before = pipeline.one(rows)
    done = pipeline.run(FEBRUARY, sys.executable, "-m", "extract", "compact", **elsewhere)
    assert done.returncode == 0, done.stderr[-2000:]
    assert pipeline.one(rows) < rows_before
    assert pipeline.build(FEBRUARY, **elsewhere) == 0, pipeline.output[-1][-2000:]
    assert pipeline.marts() == before
