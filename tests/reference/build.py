"""Worlds built by dbt in a data folder of their own, and held against the reference."""

import json
import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import duckdb

from tests.reference.compare import KEYS, Difference, compare
from tests.reference.policy import evaluate
from tests.reference.worlds import World, gather, write_raw

ROOT = Path(__file__).parents[2]


class BuildError(Exception):
    """dbt did not build the worlds; the text is the end of what it said."""


def build(
    worlds: list[World],
    as_of: datetime,
    folder: Path,
    counts_coupang: bool = True,
    with_tests: bool = True,
) -> Path:
    """One `dbt build` of all worlds in `folder`; returns the warehouse.

    Only what the compared marts stand on, with its data tests: on worlds as odd as these they
    have to hold too.
    """
    folder.mkdir(parents=True, exist_ok=True)
    warehouse = folder / "warehouse.duckdb"
    warehouse.unlink(missing_ok=True)
    with duckdb.connect(str(warehouse)) as con:
        write_raw(con, worlds)
    command = [
        str(Path(sys.executable).parent / "dbt"),
        "build",
        *("--project-dir", str(ROOT / "dbt_project"), "--profiles-dir", str(ROOT)),
        *("--target-path", str(folder / "target"), "--log-path", str(folder / "logs")),
        *("--select", *(f"+{mart}" for mart in KEYS), "--indirect-selection", "cautious"),
        *("--exclude-resource-type", "unit_test"),
        *([] if with_tests else ["--exclude-resource-type", "test"]),
        *("--vars", json.dumps({"include_coupang_funded_coupons": counts_coupang})),
        *("--quiet", "--no-use-colors"),
    ]
    environment = {
        **os.environ,
        "COUPANG_DATA_DIR": str(folder),
        "COUPANG_AS_OF": as_of.isoformat(),
    }
    done = subprocess.run(
        command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise BuildError(done.stdout[-6000:] + done.stderr[-2000:])
    return warehouse


def differences(
    worlds: list[World],
    as_of: datetime,
    folder: Path,
    counts_coupang: bool = True,
    with_tests: bool = True,
) -> list[Difference]:
    """Builds the worlds and says where the marts and the reference disagree."""
    warehouse = build(worlds, as_of, folder, counts_coupang, with_tests)
    expected = evaluate(gather(worlds), as_of, counts_coupang)
    with duckdb.connect(str(warehouse), read_only=True) as con:
        return compare(con, expected)
