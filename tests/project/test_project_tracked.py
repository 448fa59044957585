"""What is in git: nothing of one machine, nothing that is made, locks that agree."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
GIT = shutil.which("git") or "git"


def git(*arguments: str) -> list[str]:
    done = subprocess.run(
        [GIT, *arguments, "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        pytest.skip("not a git checkout")
    return [name for name in done.stdout.split("\0") if name]


def test_nothing_names_a_path_of_one_machine() -> None:
    homes = re.compile(rb"/(home|Users)/\w|" + re.escape(f"{Path.home()}/").encode())
    here = f"{ROOT}/".encode()

    found = [
        name
        for name in git("ls-files")
        if (path := ROOT / name).is_file()
        and (here in (text := path.read_bytes()) or homes.search(text))
        and path != Path(__file__)
    ]

    assert found == []


def test_nothing_that_git_ignores_is_in_git() -> None:
    assert git("ls-files", "--cached", "--ignored", "--exclude-standard") == []


@pytest.mark.parametrize(
    "name",
    [
        ".dlt/secrets.toml",
        "data/warehouse.duckdb",
        "data/coupang_revenue.duckdb",
        "dbt_project/target/manifest.json",
        "dbt_project/logs/dbt.log",
        ".venv/bin/python",
    ],
)
def test_secrets_data_and_what_is_made_stay_out_of_git(name: str) -> None:
    done = subprocess.run(
        [GIT, "check-ignore", "--quiet", "--no-index", name], cwd=ROOT, check=False
    )
    if done.returncode == 128:
        pytest.skip("not a git checkout")
    assert done.returncode == 0


def pins(lock: str) -> dict[str, str]:
    text = (ROOT / lock).read_text()
    return dict(re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==(\S+)", text, re.MULTILINE))


def test_developers_run_what_users_run() -> None:
    """One environment serves both only where the developers' lock holds the users' versions."""
    users, developers = pins("requirements.lock"), pins("requirements-dev.lock")

    assert len(users) > 50
    assert {name: developers.get(name) for name in users} == users
    assert len(developers) > len(users)


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_locks_hold_hashes_and_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text()

    assert not re.search(r"https?://|file://|--(extra-)?index-url|--find-links", text)
    entries = re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE)[1:]
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []
