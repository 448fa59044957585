"""`python -m publish` as a person meets it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from publish_warehouse import Warehouse, rows

from extract.warehouse import process_lock

if TYPE_CHECKING:
    from tests.conftest import Built

ROOT = Path(__file__).resolve().parents[2]


def publish(folder: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "publish", *arguments],
        cwd=ROOT,
        env=os.environ | {"COUPANG_DATA_DIR": str(folder), **more},
        capture_output=True,
        text=True,
        check=False,
    )


def one_line(done: subprocess.CompletedProcess[str]) -> str:
    """The error, which is one line and no traceback."""
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith("error: ")
    return line


def test_a_build_publishes_and_says_where(empty_build: Built) -> None:
    last = empty_build.output.splitlines()[-1]

    assert last.startswith("Published 0 rows in ")
    assert last.endswith(str(empty_build.folder / "coupang_revenue.duckdb"))
    marts = {path.stem for path in (ROOT / "dbt_project" / "models" / "marts").glob("*.sql")}
    tables = rows(
        empty_build.folder / "coupang_revenue.duckdb", "select table_name from duckdb_tables()"
    )
    assert {table for (table,) in tables} == marts | {"readme"}


def test_the_file_can_be_published_again_and_in_part(empty_build: Built, tmp_path: Path) -> None:
    assert publish(empty_build.folder, "file").returncode == 0

    out = tmp_path / "january.duckdb"
    done = publish(
        empty_build.folder, "file", "--from", "2026-01-01", "--to", "2026-01-31", "--out", str(out)
    )
    assert done.returncode == 0, done.stderr
    assert out.exists()

    assert "No account is called nobody" in one_line(
        publish(empty_build.folder, "file", "--account", "nobody", "--out", str(out))
    )


def test_every_description_reaches_the_published_file(empty_build: Built) -> None:
    silent = rows(
        empty_build.folder / "coupang_revenue.duckdb",
        "select table_name, column_name from duckdb_columns() "
        "where not internal and comment is null and table_name <> 'readme'",
    )

    assert silent == []


def test_nothing_collected_is_one_line(tmp_path: Path) -> None:
    assert "make extract" in one_line(publish(tmp_path / "nothing here", "file"))


def test_a_build_that_fails_leaves_the_published_file(tmp_path: Path) -> None:
    published = tmp_path / "coupang_revenue.duckdb"
    published.write_bytes(b"the old one")

    done = publish(
        tmp_path, "build", COUPANG_AS_OF="yesterday", DBT_TARGET_PATH=str(tmp_path / "target")
    )

    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("error: dbt build failed")
    assert published.read_bytes() == b"the old one"


@pytest.mark.parametrize("command", ["build", "file"])
def test_nothing_is_built_or_published_while_a_run_is_at_work(
    warehouse: Warehouse, command: str
) -> None:
    with process_lock(warehouse.folder):
        assert "Another run is at work" in one_line(publish(warehouse.folder, command))

    assert not warehouse.published.exists()


def test_a_warehouse_that_is_open_elsewhere_stops_the_build_in_one_line(
    warehouse: Warehouse,
) -> None:
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import duckdb, sys\n"
            "with duckdb.connect(sys.argv[1]):\n"
            "    print('open', flush=True)\n"
            "    input()\n",
            str(warehouse.folder / "warehouse.duckdb"),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert holder.stdout.readline() == "open\n"
        assert "is open in another program" in one_line(publish(warehouse.folder, "build"))
    finally:
        holder.communicate("\n")
