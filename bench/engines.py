"""The same raw on both engines of one machine: the models, on DuckDB and on Spark.

Needs Spark (`make spark`). Raw is made up, and laid as a lake that both read.
"""

# ruff: noqa: S608 - our own tables

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb

from bench.building import MODELS, name_of, told, warehouse_of
from bench.figures import Figure, at_most
from bench.measured import Cost, measured
from bench.raw import RawWorld
from extract.warehouse import FILE
from publish.dbt import dbt_environment
from publish.unload import declared_marts


def engines() -> Iterator[Figure]:
    """1 million orders, 2.2 million lines, a year of 50 accounts."""
    world = RawWorld(1_000_000)
    with warehouse_of(world) as folder:
        _lay(folder / FILE, folder / "lake")
        (folder / FILE).unlink()
        (lines,) = duckdb.sql(
            f"select count(*) from read_parquet('{folder}/lake/coupang_raw/order_sheet_items/*')"
        ).fetchone()
        yield Figure(f"{name_of(world)}: lines of order sheets in the lake", f"{lines:,}")
        on_duckdb = _models(folder, world, "dbt.cli.main", "duckdb")
        yield Figure(f"{name_of(world)}: models on DuckDB, from the lake", told(on_duckdb))
        on_spark = _models(folder, world, "publish.dbt_on_spark", "spark")
        # the Java virtual machine's memory is not the process's: 4 GB were given to it
        yield Figure(f"{name_of(world)}: models on Spark, local[*]", f"{on_spark.seconds:.0f} s")
        yield Figure(
            "time on Spark, in times of DuckDB's", f"{on_spark.seconds / on_duckdb.seconds:.1f}"
        )
        rows, differing = _difference(folder)
        yield at_most(
            f"{name_of(world)}: rows that differ, of {rows:,} in all marts", differing, 0, "{:.0f}"
        )


def _lay(warehouse: Path, lake: Path) -> None:
    """Raw of a warehouse as a lake."""
    with duckdb.connect(str(warehouse), read_only=True) as con:
        for (table,) in con.execute(
            "select table_name from duckdb_tables() where schema_name = 'coupang_raw'"
        ).fetchall():
            folder = lake / "coupang_raw" / table
            folder.mkdir(parents=True)
            file, form = (
                ("all.jsonl", "json") if table == "_dlt_loads" else ("all.parquet", "parquet")
            )
            con.execute(f"copy coupang_raw.{table} to '{folder / file}' (format {form})")


def _models(folder: Path, world: RawWorld, dbt: str, target: str) -> Cost:
    environment = dbt_environment(folder, folder / target) | {
        "COUPANG_AS_OF": world.as_of,
        "COUPANG_LAKE": str(folder / "lake"),
    }
    command = [sys.executable, "-m", dbt, "--quiet", *MODELS, "--target", target]
    return measured(command, environment)


def _difference(folder: Path) -> tuple[int, int]:
    """Rows of all marts, and those that are not in both (EXCEPT ALL)."""
    rows = differing = 0
    with duckdb.connect(config={"temp_directory": str(folder / "spill")}) as con:
        con.execute("set TimeZone = 'UTC'")
        con.execute(f"attach '{folder / FILE}' as built (read_only)")
        for mart, (_, columns) in declared_marts().items():
            names = ", ".join(columns)
            built = folder / "spark" / "warehouse" / "coupang_marts_build.db" / mart
            one = f"select {names} from built.marts.{mart}"
            other = f"select {names} from read_parquet('{built}/*.parquet')"
            (count,) = con.execute(f"select count(*) from ({one})").fetchone()
            rows += count
            for a, b in ((one, other), (other, one)):
                (count,) = con.execute(f"select count(*) from ({a} except all {b})").fetchone()
                differing += count
    return rows, differing
