"""Plain dbt, from wherever a person stands, and the project as a whole on an empty warehouse."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pytest

if TYPE_CHECKING:
    from tests.conftest import Built

ROOT = Path(__file__).resolve().parents[2]
DBT = Path(sys.executable).with_name("dbt")
MODEL = "stg_coupang__accounts"

# shells to source .envrc in; without their start files
SHELLS = {"bash": ["--noprofile", "--norc"], "zsh": ["-f"]}


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project in a folder of its own, so that its default data folder can be written to."""
    folder = tmp_path_factory.mktemp("project") / "my clone"
    folder.mkdir()
    shutil.copytree(
        ROOT / "dbt_project",
        folder / "dbt_project",
        ignore=shutil.ignore_patterns("target", "logs"),
    )
    for name in ("profiles.yml", ".envrc"):
        shutil.copy(ROOT / name, folder)
    (folder / "data").mkdir()
    shutil.copy(ROOT / "data" / ".gitignore", folder / "data")
    (folder / ".venv" / "bin").mkdir(parents=True)
    (folder / ".venv" / "bin" / "activate").write_text(f"PATH='{DBT.parent}':$PATH; export PATH\n")
    return folder


def schemas(warehouse: Path) -> set[str]:
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        rows = connection.execute("select distinct schema_name from duckdb_tables()").fetchall()
    return {schema for (schema,) in rows}


def test_dbt_works_from_the_root_without_anything_set(clone: Path) -> None:
    done = subprocess.run(
        [DBT, "build", "--project-dir", "dbt_project", "--select", MODEL],
        cwd=clone,
        capture_output=True,
        text=True,
        check=False,
        env={name: os.environ[name] for name in ("PATH", "HOME")},
    )

    assert done.returncode == 0, done.stdout
    assert schemas(clone / "data" / "warehouse.duckdb") >= {"staging", "coupang_raw"}


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("place", [".", "dbt_project", "elsewhere"])
def test_envrc_points_everything_at_its_own_folder(
    clone: Path, tmp_path: Path, shell: str, place: str
) -> None:
    if not shutil.which(shell):
        pytest.skip(f"no {shell} here")
    where = tmp_path if place == "elsewhere" else clone / place

    said = source(
        shell, clone, where, 'echo "$DBT_PROJECT_DIR|$DBT_PROFILES_DIR|$COUPANG_DATA_DIR"'
    )

    assert said == f"{clone}/dbt_project|{clone}|{clone}/data"
    assert source(shell, clone, where, "command -v dbt") == str(DBT)


@pytest.mark.parametrize("shell", SHELLS)
def test_envrc_keeps_a_data_folder_and_makes_it_absolute(
    clone: Path, tmp_path: Path, shell: str
) -> None:
    if not shutil.which(shell):
        pytest.skip(f"no {shell} here")

    show = 'echo "$COUPANG_DATA_DIR"'
    assert source(shell, clone, tmp_path, show, COUPANG_DATA_DIR="/some/where") == "/some/where"
    assert source(shell, clone, tmp_path, show, COUPANG_DATA_DIR="near by") == f"{tmp_path}/near by"


def source(shell: str, clone: Path, where: Path, command: str, **environment: str) -> str:
    """What `command` prints after `source .envrc`, on a shell that stops at nothing."""
    return subprocess.run(
        [shutil.which(shell), *SHELLS[shell], "-c", f"source '{clone}/.envrc'; {command}"],
        cwd=where,
        env={name: os.environ[name] for name in ("PATH", "HOME")} | environment,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()


def test_plain_dbt_works_from_anywhere_after_envrc(clone: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()

    said = source(
        "bash", clone, elsewhere, f"dbt build --select {MODEL}", COUPANG_DATA_DIR=str(data)
    )

    assert "Completed successfully" in said
    assert "staging" in schemas(data / "warehouse.duckdb")
    assert list(elsewhere.iterdir()) == []


def test_an_empty_warehouse_builds_and_is_published(empty_build: Built) -> None:
    """On the first day nothing was collected, and a day without cancellations is a day too."""
    with duckdb.connect(str(empty_build.folder / "warehouse.duckdb"), read_only=True) as connection:
        tables = connection.execute(
            "select table_name, estimated_size from duckdb_tables() where schema_name = 'marts'"
        ).fetchall()
    models = {path.stem for path in (ROOT / "dbt_project" / "models" / "marts").glob("*.sql")}

    assert dict(tables) == dict.fromkeys(models, 0)
    assert (empty_build.folder / "coupang_revenue.duckdb").exists()


def test_every_table_and_column_says_what_it_is(empty_build: Built) -> None:
    """A number nobody can read the meaning of is read as something else."""
    with duckdb.connect(str(empty_build.folder / "warehouse.duckdb"), read_only=True) as connection:
        silent = connection.execute(
            """
            with described as (
                select schema_name, table_name, null as column_name, comment from duckdb_tables()
                union all
                select schema_name, table_name, column_name, comment from duckdb_columns()
            )
            select schema_name, table_name, column_name from described
            where schema_name in ('staging', 'intermediate', 'marts')
                and coalesce(trim(comment), '') = ''
            order by all
            """
        ).fetchall()

    assert silent == []
