"""The Makefile as a person and cron meet it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MAKE = shutil.which("make") or "make"

TARGETS = {
    "help",
    "demo",
    "extract",
    "build",
    "run",
    "backup",
    "restore",
    "sandbox",
    "docs",
    "notebook",
    "dashboard",
    "report",
    "export",
    "test",
    "lint",
    "lock",
    "clean",
}


def make(
    *arguments: str, folder: Path = ROOT, **environment: str
) -> subprocess.CompletedProcess[str]:
    clean = {
        name: value
        for name, value in os.environ.items()
        if name not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS") and not name.startswith("COUPANG_")
    }
    return subprocess.run(
        [MAKE, *arguments],
        cwd=folder,
        env=clean | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_make_alone_lists_every_target_with_a_line() -> None:
    listed = dict(re.findall(r"^  ([a-z-]+) +(\S.*)$", make().stdout, re.MULTILINE))

    assert set(listed) >= TARGETS
    phony = re.findall(r"^\.PHONY: (.+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert set(listed) == set(" ".join(phony).split()) - {"users", "developers"}


@pytest.fixture
def stand_in(tmp_path: Path) -> Path:
    """A clone whose python writes down what it is asked, with the moment and the data folder, and
    ends as `outcomes` says."""
    folder = tmp_path / "it's a clone"
    (folder / ".venv" / "bin").mkdir(parents=True)
    (folder / "scripts").mkdir()
    shutil.copy(ROOT / "Makefile", folder)
    (folder / "scripts" / "environment.sh").write_text("")
    python = folder / ".venv" / "bin" / "python"
    python.write_text(
        "#!/bin/sh\n"
        'echo "$COUPANG_AS_OF|$COUPANG_DATA_DIR|$*" >>asked\n'
        'case "$2 $3" in\n'
        '"extract run") exit "${COLLECTED:-0}" ;;\n'
        '"publish build") exit "${BUILT:-0}" ;;\n'
        '"publish summary") exit "${TOLD:-0}" ;;\n'
        "esac\n"
    )
    python.chmod(0o755)
    return folder


def asked(folder: Path) -> list[list[str]]:
    return [line.split("|") for line in (folder / "asked").read_text().splitlines()]


EVERYTHING = ["extract run", "publish build", "publish summary"]


@pytest.mark.parametrize(
    ("outcomes", "steps", "succeeds"),
    [
        ({}, EVERYTHING, True),
        # An account that failed must not cost the others their numbers, nor go unnoticed.
        ({"COLLECTED": "1"}, EVERYTHING, False),
        ({"COLLECTED": "2"}, EVERYTHING[:1], False),
        ({"COLLECTED": "130"}, EVERYTHING[:1], False),
        ({"BUILT": "1"}, EVERYTHING[:2], False),
        ({"COLLECTED": "1", "BUILT": "1"}, EVERYTHING[:2], False),
        # The numbers are there; that nobody was told is no failure of theirs.
        ({"TOLD": "1"}, EVERYTHING, True),
    ],
)
def test_run_builds_what_was_collected_and_fails_where_something_failed(
    stand_in: Path, outcomes: dict[str, str], steps: list[str], succeeds: bool
) -> None:
    done = make("run", folder=stand_in, **outcomes)

    assert [what.removeprefix("-m ") for _, _, what in asked(stand_in)] == steps
    assert (done.returncode == 0) is succeeds


def test_one_moment_counts_as_now_for_the_whole_run(stand_in: Path) -> None:
    make("run", folder=stand_in)
    make("run", folder=stand_in, COUPANG_AS_OF="2026-01-06T09:00:00+09:00")

    moments = [moment for moment, _, _ in asked(stand_in)]
    steps = len(EVERYTHING)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", moments[0])
    assert moments[:steps] == moments[:1] * steps
    assert moments[steps:] == ["2026-01-06T09:00:00+09:00"] * steps


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, "{}/data"),
        ({"COUPANG_DATA_DIR": ""}, "{}/data"),
        ({"COUPANG_DATA_DIR": "near by"}, "{}/near by"),
        ({"COUPANG_DATA_DIR": "/else where"}, "/else where"),
    ],
)
def test_the_data_folder_is_absolute_and_kept_where_it_is_set(
    stand_in: Path, given: dict[str, str], expected: str
) -> None:
    make("build", folder=stand_in, **given)

    assert asked(stand_in)[0][1] == expected.format(stand_in)


def test_names_are_passed_on_as_they_are(stand_in: Path) -> None:
    """A name with a quote in it is a name, not a command."""
    make("extract", "ACCOUNT=김's $(touch ran)", "FROM=2026-01-05", folder=stand_in)

    assert asked(stand_in)[0][2] == "-m extract run --account 김's  --from 2026-01-05"
    assert not (stand_in / "ran").exists()


@pytest.mark.parametrize("target", ["report", "export"])
def test_what_to_hand_out_is_passed_on_as_it_is(stand_in: Path, target: str) -> None:
    make(target, "GROUP=김's clients", "TO=2026-01-31", "OUT=for him", folder=stand_in)

    expected = f"-m publish {target} --group 김's clients --to 2026-01-31 --out for him"
    assert asked(stand_in)[0][2].split() == expected.split()


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["backup"], "backup"),
        (["backup", "OUT=it's there"], "backup --out it's there"),
        (["restore"], "restore"),
        (["restore", "BACKUP=it's there", "YES=1"], "restore --from it's there --yes"),
        (["restore", "YES="], "restore"),
    ],
)
def test_what_is_kept_and_put_back_is_passed_on(
    stand_in: Path, arguments: list[str], expected: str
) -> None:
    make(*arguments, folder=stand_in)

    assert asked(stand_in)[0][2].split() == ["-m", "extract", *expected.split()]


def test_a_yes_that_a_shell_happens_to_have_loses_nothing(stand_in: Path) -> None:
    make("restore", folder=stand_in, YES="1")

    assert asked(stand_in)[0][2].split() == ["-m", "extract", "restore"]


def test_extract_alone_asks_for_everything(stand_in: Path) -> None:
    make("extract", folder=stand_in)

    assert asked(stand_in)[0][2] == "-m extract run"


def test_clean_keeps_the_data(stand_in: Path) -> None:
    (stand_in / "data").mkdir()
    (stand_in / "data" / "warehouse.duckdb").touch()
    (stand_in / "dbt_project" / "target").mkdir(parents=True)

    assert make("clean", folder=stand_in).returncode == 0

    assert (stand_in / "data" / "warehouse.duckdb").exists()
    assert not (stand_in / "dbt_project" / "target").exists()
    assert not (stand_in / ".venv").exists()


@pytest.mark.parametrize(
    ("failing", "status"), [("", 0), ("lint", 1), ("test", 1), ("test-spark", 1)]
)
def test_ci_runs_every_command_and_fails_with_any(
    tmp_path: Path, failing: str, status: int
) -> None:
    make_stand_in = tmp_path / "make"
    make_stand_in.write_text(f'#!/bin/sh\necho "what make $1 says"\n[ "$1" != "{failing}" ]\n')
    make_stand_in.chmod(0o755)

    done = subprocess.run(
        [ROOT / ".ci" / "run"],
        cwd=tmp_path,
        env=os.environ | {"PATH": f"{tmp_path}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == status
    said = done.stdout.splitlines()
    assert [line for line in said if line.startswith("what")] == [
        "what make lint says",
        "what make test says",
        "what make test-spark says",
    ]
    assert [line.split(" after ")[0] for line in said[-3:]] == [
        f"--- make {target}: {'FAILED' if target == failing else 'passed'}"
        for target in ("lint", "test", "test-spark")
    ]


def test_reports_and_exports_are_of_whom_and_when_they_are_asked_for(stand_in: Path) -> None:
    make("report", folder=stand_in)
    make("export", "ACCOUNT=a b", "GROUP=c's", "FROM=2026-01-01", "OUT=/far away", folder=stand_in)

    assert [what for _, _, what in asked(stand_in)] == [
        "-m publish report",
        "-m publish export --account a b --group c's --from 2026-01-01 --out /far away",
    ]


def test_a_summary_that_cannot_be_told_fails_no_run(stand_in: Path) -> None:
    python = stand_in / ".venv" / "bin" / "python"
    asked_for_a_summary = '[ "$3" != summary ] ;;'
    python.write_text(python.read_text().replace('exit "${PUBLISHED:-0}" ;;', asked_for_a_summary))

    assert make("run", folder=stand_in).returncode == 0
