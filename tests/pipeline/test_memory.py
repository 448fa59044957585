"""A build within a memory limit spills into the data folder what does not fit, and goes on."""

import os
import subprocess
import time
from pathlib import Path

import duckdb

from bench.building import DBT, trial_project
from bench.measured import ROOT
from extract.warehouse import FILE

SORTED = "select i, md5(cast(i as varchar)) as hash from range(3000000) as t(i) order by hash"


def test_a_build_goes_on_after_a_model_that_spilled(tmp_path: Path) -> None:
    # Our profile and macros on models that spill whatever the version of DuckDB; how the policy's
    # own do on 5 million orders is `make bench PART=build-large`.
    environment = trial_project(
        tmp_path,
        {
            "dbt_project.yml": "name: spilling\nversion: '1.0.0'\nprofile: coupang_revenue\n"
            "on-run-start: ['{{ limit_memory() }}']\n"
            "models: {spilling: {+materialized: table}}\n",
            "models/first.sql": SORTED,
            "models/second.sql": "select count(*) as n from {{ ref('first') }}",
        },
    )
    (tmp_path / "macros").symlink_to(ROOT / "dbt_project" / "macros" / "engine")
    build = subprocess.Popen(
        [*DBT, "build"],
        env=os.environ | environment | {"COUPANG_MEMORY_LIMIT": "100MB"},
        stdout=subprocess.PIPE,
        text=True,
    )
    spill, has_spilled = tmp_path / "duckdb_spill", False
    while build.poll() is None:
        has_spilled = has_spilled or any(spill.glob("*"))
        time.sleep(0.02)
    assert not build.returncode, build.stdout.read()[-3000:]
    assert has_spilled
    with duckdb.connect(str(tmp_path / FILE), read_only=True) as con:
        ((schema,),) = con.execute(
            "select schema_name from duckdb_tables() where table_name = 'second'"
        ).fetchall()
        assert con.execute(f"select n from {schema}.second").fetchall() == [(3_000_000,)]
