"""Both engines over the same raw: DuckDB in a data folder, Spark over a lake."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

ROOT = Path(__file__).parents[2]
DECLARED_MARTS = sorted(path.stem for path in (ROOT / "dbt_project/models/marts").glob("*.sql"))


@dataclass
class Spark:
    """A catalog of its own below `folder`, raw in `lake`; every command is a process of its own.

    target: of profiles.yml. warehouse: where the catalog keeps its tables.
    """

    folder: Path
    lake: Path
    target: str = "spark"
    warehouse: Path = field(default=Path())
    more: Mapping[str, str] = field(default_factory=dict)
    said: str = ""

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        if self.warehouse == Path():
            self.warehouse = self.folder / "spark" / "warehouse"

    def environment(self, as_of: str) -> dict[str, str]:
        return {
            **os.environ,
            "COUPANG_DATA_DIR": str(self.folder),
            "COUPANG_LAKE": str(self.lake),
            "COUPANG_AS_OF": as_of,
            "COUPANG_SPARK_MEMORY": "2g",
            "COUPANG_SPARK_PARTITIONS": "2",
            "DBT_PROJECT_DIR": str(ROOT / "dbt_project"),
            "DBT_PROFILES_DIR": str(ROOT),
            "DBT_TARGET_PATH": str(self.folder / "target"),
            "DBT_LOG_PATH": str(self.folder / "logs"),
            **self.more,
        }

    def dbt(self, as_of: str, *arguments: str) -> int:
        """dbt on this target; its exit status. What it said is kept in `said`."""
        return self.run(
            as_of, "-m", "publish.dbt_on_spark", "--no-use-colors", *arguments,
            "--target", self.target,
        )  # fmt: skip

    def build(self, as_of: str) -> int:
        """Models and data tests; on a cluster also the published file, as `make build` does."""
        if self.target == "cluster":
            return self.run(as_of, "-m", "publish", "build", "--target", self.target)
        # here unit tests would run too, which have a test of their own
        return self.dbt(as_of, "build", "--exclude-resource-type", "unit_test")

    def run(self, as_of: str, *arguments: str) -> int:
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=self.environment(as_of),
            capture_output=True,
            text=True,
            timeout=1800,
            check=False,
        )
        self.said = done.stdout + done.stderr
        return done.returncode

    def show_marts(
        self, connection: duckdb.DuckDBPyConnection, build_no: int | None = None
    ) -> None:
        """Views on the marts in schema `marts` of `connection`: as the last command left them, or
        as a build of the ledger's left them to readers."""
        built = self.warehouse / "coupang_marts_build.db"
        connection.execute("set TimeZone = 'UTC'")
        connection.execute("create schema if not exists marts")
        for mart in DECLARED_MARTS:
            folder = built / (mart if build_no is None else f"{mart}__{build_no}")
            connection.execute(
                f"create or replace view marts.{mart} as from read_parquet('{folder}/*.parquet')"
            )


@dataclass(frozen=True)
class Compared:
    """A mart on both engines: rows of each, and rows that only one has."""

    mart: str
    duckdb_rows: int
    spark_rows: int
    only_duckdb: list[tuple[object, ...]]
    only_spark: list[tuple[object, ...]]

    @property
    def is_same(self) -> bool:
        return not self.only_duckdb and not self.only_spark


def compare(warehouse: Path, spark: Spark, build_no: int) -> list[Compared]:
    """Every column of every mart, `except all` both ways."""
    compared = []
    with duckdb.connect() as con:
        con.execute(f"attach '{warehouse}' as built (read_only)")
        spark.show_marts(con, build_no)
        for mart in DECLARED_MARTS:
            names = con.execute(
                "select column_name from duckdb_columns() where database_name = 'built'"
                " and schema_name = 'marts' and table_name = ? order by column_index",
                [mart],
            ).fetchall()
            columns = ", ".join(name for (name,) in names)
            ours = f"select {columns} from built.marts.{mart}"
            theirs = f"select {columns} from marts.{mart}"
            rows = [
                con.execute(f"select count(*) from ({side})").fetchone() for side in (ours, theirs)
            ]
            only = [
                con.execute(f"({one}) except all ({other}) limit 3").fetchall()
                for one, other in ((ours, theirs), (theirs, ours))
            ]
            compared.append(Compared(mart, rows[0][0], rows[1][0], *only))
    return compared


def as_text(compared: list[Compared]) -> str:
    """The comparison for people: rows per mart, and the first rows that differ."""
    lines = [f"{'mart':36} {'DuckDB':>8} {'Spark':>8}"]
    for one in compared:
        lines.append(
            f"{one.mart:36} {one.duckdb_rows:8,} {one.spark_rows:8,} "
            f"{'the same' if one.is_same else 'DIFFERS'}"
        )
        lines += [f"    only DuckDB: {row}" for row in one.only_duckdb]
        lines += [f"    only Spark:  {row}" for row in one.only_spark]
    return "\n".join(lines)


def differing_tables(one: Path, other: Path) -> list[str]:
    """Tables of two published files that differ in columns, comments or rows, `except all` both
    ways; but for `readme`, which tells when its file was written."""
    with duckdb.connect() as con:
        con.execute(f"attach '{one}' as one (read_only)")
        con.execute(f"attach '{other}' as other (read_only)")
        of_one, of_other = (
            dict(
                con.execute(
                    "select table_name,"
                    " list((column_name, data_type, comment) order by column_index)"
                    " from duckdb_columns() where database_name = ? group by all",
                    [name],
                ).fetchall()
            )
            for name in ("one", "other")
        )
        return [
            table
            for table in sorted(of_one | of_other)
            if of_one.get(table) != of_other.get(table)
            or (
                table != "readme"
                and any(
                    con.execute(
                        f"from {a}.main.{table} except all from {b}.main.{table}"
                    ).fetchall()
                    for a, b in (("one", "other"), ("other", "one"))
                )
            )
        ]


def add_to_lake(warehouse: Path, lake: Path, name: str) -> None:
    """Copies raw of a warehouse into a lake, as files called `name`, loads that died among it."""
    with duckdb.connect(str(warehouse), read_only=True) as con:
        for (table,) in con.execute(
            "select table_name from duckdb_tables() where schema_name = 'coupang_raw'"
        ).fetchall():
            folder = lake / "coupang_raw" / table
            folder.mkdir(parents=True, exist_ok=True)
            if table == "_dlt_loads":
                con.execute(f"copy coupang_raw._dlt_loads to '{folder / name}.jsonl' (format json)")
            elif not table.startswith("_dlt"):
                con.execute(f"copy coupang_raw.{table} to '{folder / name}.parquet'")
