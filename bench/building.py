"""What a nightly build costs on one machine: the real `dbt build`, as a process of its own, on raw
that is made up; beside it the same marts written by one script for DuckDB alone (marts.sql), and as
many models and tests with nothing to do, for what dbt itself takes.

Floors are held against the time on the clock. The CPU time stands beside it: where its ratio is the
better one, others used the machine as well, or cores stood idle.
"""

# ruff: noqa: S608 - our own tables

from __future__ import annotations

import json
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from operator import attrgetter
from pathlib import Path

import duckdb

from bench.figures import Figure, at_most
from bench.measured import ROOT, Cost, measured
from bench.raw import RawWorld, write_raw
from extract.warehouse import FILE
from publish.dbt import dbt_environment
from publish.file import FILE as PUBLISHED

SCRIPT = Path(__file__).with_name("marts.sql")
# what it writes, in the data folder
SCRIPT_FILE = "script.duckdb"
# A folder in which raw once made up is kept for the next time; it takes minutes to make.
KEPT = os.environ.get("COUPANG_BENCH_DIR")


def compared_marts() -> list[str]:
    """The marts that the script writes."""
    return re.findall(r"^create table marts\.(\w+)", SCRIPT.read_text("utf-8"), re.MULTILINE)


def build() -> Iterator[Figure]:
    """100,000 and 1 million orders, at one reading an order."""
    yield from _whole(RawWorld(100_000), has_floors=False)
    yield from _whole(RawWorld(1_000_000), has_floors=True)


def beside_script() -> Iterator[Figure]:
    """1 million orders at one reading an order."""
    with warehouse_of(world := RawWorld(1_000_000)) as folder:
        yield from _beside_script(folder, world)


def nine() -> Iterator[Figure]:
    """1 million orders at nine readings an order, as before `extract` has made raw compact."""
    with warehouse_of(world := RawWorld(1_000_000, readings=9)) as folder:
        yield from _beside_script(folder, world)


def growth() -> Iterator[Figure]:
    """5 million orders against 1 million, which is built before and after: a machine is not equally
    fast for half an hour."""
    small, big = RawWorld(1_000_000), RawWorld(5_000_000)
    with warehouse_of(small) as folder, warehouse_of(big) as other:
        before = _dbt(folder, small, *MODELS)
        yield Figure(f"{name_of(small)}: models", told(before))
        five = _dbt(other, big, *MODELS)
        yield Figure(f"{name_of(big)}: models", told(five))
        both = _dbt(other, big, *MODELS_AND_TESTS)
        yield Figure(f"{name_of(big)}: models and data tests", told(both))
        yield from _publishing(other, big)
        after = _dbt(folder, small, *MODELS)
        yield Figure(f"{name_of(small)}: models, once more", told(after))
    one = Cost(
        (before.seconds + after.seconds) / 2,
        (before.cpu_seconds + after.cpu_seconds) / 2,
        max(before.peak_bytes, after.peak_bytes),
    )
    yield from _in_times("models, 5 million orders in times of 1", five, one, 5.5)


def large() -> Iterator[Figure]:
    """5 million orders within 2 GB and within 1 GB of DuckDB's memory; the former also in times of
    1 million within 2 GB, which mostly fit where 5 million spill."""
    small, world = RawWorld(1_000_000), RawWorld(5_000_000)
    with warehouse_of(small) as folder:
        one = _dbt(folder, small, *MODELS, memory_limit="2GB")
        yield Figure(f"{name_of(small)}: models, memory_limit 2GB", told(one))
    with warehouse_of(world) as folder:
        yield from _beside_script(folder, world, turns=1)
        models = _dbt(folder, world, *MODELS, memory_limit="2GB")
        yield Figure(f"{name_of(world)}: models, memory_limit 2GB", told(models))
        peak = models.peak_bytes / 1e9
        yield at_most(f"{name_of(world)}: peak memory of the process, GB", peak, 4.0)
        yield from _in_times("models within 2 GB, 5 million orders in times of 1", models, one, 5.5)
        yield _difference(folder, world)
        tight = _dbt(folder, world, *MODELS, memory_limit="1GB")
        yield Figure(f"{name_of(world)}: models, memory_limit 1GB", told(tight))
        yield _difference(folder, world)


def _whole(world: RawWorld, has_floors: bool) -> Iterator[Figure]:
    """Models, models and tests, publishing."""
    with warehouse_of(world) as folder:
        models = _dbt(folder, world, *MODELS)
        yield Figure(f"{name_of(world)}: models", told(models))
        both = _dbt(folder, world, *MODELS_AND_TESTS)
        yield Figure(f"{name_of(world)}: models and data tests", told(both))
        yield from _publishing(folder, world)
        if not has_floors:
            return
        with _trivial(*_counts(folder)) as environment:
            trivial = measured([*DBT, *MODELS], environment)
            trivial_both = measured([*DBT, *MODELS_AND_TESTS], environment)
        yield Figure("as many models and data tests with nothing to do", told(trivial_both))
        yield from _in_times(
            f"{name_of(world)}: data tests, less trivial ones, in times of the models",
            _less(_less(both, models), _less(trivial_both, trivial)),
            models,
            1.0,
        )


def _publishing(folder: Path, world: RawWorld) -> Iterator[Figure]:
    size = (folder / FILE).stat().st_size
    published = measured(
        [sys.executable, "-m", "publish", "file"], {"COUPANG_DATA_DIR": str(folder)}
    )
    yield Figure(f"{name_of(world)}: publish", told(published))
    sizes = f"{size / 1e9:.2f} and {(folder / PUBLISHED).stat().st_size / 1e9:.2f} GB"
    yield Figure(f"{name_of(world)}: the warehouse's file and the published one", sizes)


def _beside_script(folder: Path, world: RawWorld, turns: int = 2) -> Iterator[Figure]:
    """The models of the marts that the script writes, and the script; of each the fastest of some
    turns, since one minute of a machine is not as the next."""
    selection = ["--select", *(f"+{mart}" for mart in compared_marts())]
    costs = [
        (_dbt(folder, world, *MODELS, *selection), _script(folder, world)) for _ in range(turns)
    ]
    models, by_hand = (min(each, key=attrgetter("seconds")) for each in zip(*costs, strict=True))
    count, _ = _counts(folder)
    yield Figure(f"{name_of(world)}: the {count} models that the script stands for", told(models))
    yield Figure(f"{name_of(world)}: the script", told(by_hand))
    yield _difference(folder, world)
    with _trivial(count) as environment:
        trivial = measured([*DBT, *MODELS], environment)
    yield Figure(f"{count} models with nothing to do", told(trivial))
    yield from _in_times(
        f"{name_of(world)}: these models, less trivial ones, in times of the script",
        _less(models, trivial),
        by_hand,
        2.0,
    )


def _in_times(what: str, cost: Cost, other: Cost, ceiling: float) -> Iterator[Figure]:
    yield at_most(what, cost.seconds / other.seconds, ceiling)
    yield Figure(f"{what}, by CPU", f"{cost.cpu_seconds / other.cpu_seconds:.2f}")


def _less(cost: Cost, other: Cost) -> Cost:
    """The first cost without the second; of memory there is no such thing."""
    return Cost(cost.seconds - other.seconds, cost.cpu_seconds - other.cpu_seconds, cost.peak_bytes)


# --- the commands ---------------------------------------------------------------------------------

DBT = (str(Path(sys.executable).with_name("dbt")), "--quiet")
MODELS = ("build", "--resource-type", "model")
MODELS_AND_TESTS = ("build", "--exclude-resource-type", "unit_test")


def _dbt(folder: Path, world: RawWorld, *arguments: str, memory_limit: str | None = None) -> Cost:
    """What a dbt command on the warehouse in `folder` costs, from start to end of the process."""
    environment = dbt_environment(folder, folder) | {"COUPANG_AS_OF": world.as_of}
    if memory_limit:
        environment["COUPANG_MEMORY_LIMIT"] = memory_limit
    return measured([*DBT, *arguments], environment)


def _counts(folder: Path) -> tuple[int, int]:
    """How many models and data tests the last dbt command ran."""
    results = json.loads((folder / "target" / "run_results.json").read_text())["results"]
    kinds = [each["unique_id"].partition(".")[0] for each in results]
    return kinds.count("model"), kinds.count("test")


def trial_project(folder: Path, files: Mapping[str, str]) -> dict[str, str]:
    """Writes a throw-away dbt project with our profile into `folder`: `files`, their texts by their
    paths in it. The environment in which dbt runs it, with its warehouse in the same folder."""
    for path, text in {"profiles.yml": (ROOT / "profiles.yml").read_text("utf-8"), **files}.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    return dbt_environment(folder, folder) | {
        "DBT_PROJECT_DIR": str(folder),
        "DBT_PROFILES_DIR": str(folder),
    }


@contextmanager
def _trivial(models: int, tests: int = 0) -> Iterator[dict[str, str]]:
    """A throw-away project of so many models and tests with nothing to do: dbt's environment."""
    files = {
        "dbt_project.yml": "name: trivial\nversion: '1.0.0'\nprofile: coupang_revenue\n"
        "models: {trivial: {+materialized: table}}\n"
        "data_tests: {trivial: {+store_failures: true, +schema: test_failures}}\n"
    }
    for number in range(models):
        files[f"models/model_{number}.sql"] = "select 1 as id"
    for number in range(tests):
        files[f"tests/test_{number}.sql"] = (
            f"select * from {{{{ ref('model_{number % models}') }}}} where id <> 1"
        )
    with tempfile.TemporaryDirectory() as name:
        yield trial_project(Path(name), files)


def run_script(raw: Path, out: Path, as_of: str) -> None:
    """Writes the marts of the script into a file of their own, from the raw of a warehouse."""
    out.unlink(missing_ok=True)
    with duckdb.connect(config={"temp_directory": str(out.parent / "script_spill")}) as con:
        con.execute(f"attach '{raw}' as warehouse (read_only)")
        con.execute(f"attach '{out}' as script")
        con.execute("use script")
        con.execute("set TimeZone = 'UTC'; set threads = 2; set preserve_insertion_order = false")
        con.execute("set variable as_of = cast(? as timestamptz)", [as_of])
        con.execute(SCRIPT.read_text("utf-8").replace("coupang_raw.", "warehouse.coupang_raw."))


def _script(folder: Path, world: RawWorld) -> Cost:
    """What the script costs, as a process of its own; its marts are in `SCRIPT_FILE` then."""
    call = "import sys; from pathlib import Path; from bench.building import run_script; "
    call += "run_script(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])"
    arguments = [str(folder / FILE), str(folder / SCRIPT_FILE), world.as_of]
    return measured([sys.executable, "-c", call, *arguments], {})


def differing_rows(warehouse: Path, script: Path) -> dict[str, tuple[int, int]]:
    """Of each mart that the script writes: its rows, and how many are not in both (EXCEPT ALL)."""
    found = {}
    with duckdb.connect(config={"temp_directory": str(script.parent / "script_spill")}) as con:
        con.execute(f"attach '{warehouse}' as warehouse (read_only)")
        con.execute(f"attach '{script}' as script (read_only)")
        for mart in compared_marts():
            columns = ", ".join(
                name
                for (name,) in con.execute(
                    "select column_name from duckdb_columns() where database_name = 'warehouse' "
                    "and schema_name = 'marts' and table_name = ? order by column_index",
                    [mart],
                ).fetchall()
            )
            theirs, ours = (f"select {columns} from {db}.marts.{mart}" for db in DATABASES)
            (rows,) = con.execute(f"select count(*) from ({ours})").fetchone()
            (one_way,) = con.execute(
                f"select count(*) from ({theirs} except all {ours})"
            ).fetchone()
            (other,) = con.execute(f"select count(*) from ({ours} except all {theirs})").fetchone()
            found[mart] = (rows, one_way + other)
    return found


DATABASES = ("script", "warehouse")


def _difference(folder: Path, world: RawWorld) -> Figure:
    found = differing_rows(folder / FILE, folder / SCRIPT_FILE)
    rows = sum(rows for rows, _ in found.values())
    what = f"{name_of(world)}: rows that differ, of {rows:,} in {len(found)} marts"
    return at_most(what, sum(differing for _, differing in found.values()), 0, "{:.0f}")


# --- the data -------------------------------------------------------------------------------------


@contextmanager
def warehouse_of(world: RawWorld) -> Iterator[Path]:
    """A data folder with the raw of that world."""
    with tempfile.TemporaryDirectory() as name:
        kept = Path(KEPT or name) / f"raw-{world.orders}-{world.readings}.duckdb"
        if not kept.exists():
            config = {"temp_directory": f"{name}/spill"}
            with duckdb.connect(str(kept), config=config) as con:
                write_raw(con, world)
        folder = Path(name) / "data"
        folder.mkdir()
        shutil.copy(kept, folder / FILE)
        if not KEPT:
            kept.unlink()
        yield folder


def name_of(world: RawWorld) -> str:
    told = f"{world.orders:,} orders"
    return told if world.readings == 1 else f"{told}, {world.readings} readings each"


def told(cost: Cost) -> str:
    return f"{cost.seconds:.0f} s ({cost.cpu_seconds:.0f} s of CPU), {cost.peak_bytes / 1e9:.1f} GB"
