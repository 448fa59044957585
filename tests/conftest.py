"""What all tests share: no network, no data folder but their own, one dbt build."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
DBT_RESULTS = pytest.StashKey[Counter[str]]()
COSTLY = ("stories", "empty_build", "books")  # fixtures of a session, the longest first


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--kills 200` makes the tests that kill runs and builds a drill of that length."""
    parser.addoption("--kills", type=int, help="kill so many runs and builds, not just a few")


@pytest.fixture
def kills(request: pytest.FixtureRequest) -> int | None:
    """How many to kill; None: a few, as the test thinks right."""
    return request.config.getoption("--kills")


def pytest_configure(config: pytest.Config) -> None:
    """Before anything is imported: whatever the shell or `make` has set, no test reaches real data
    or real accounts, here or in the commands it starts."""
    for name in list(os.environ):
        if name.startswith(("COUPANG_", "SOURCES__", "DBT_", "DLT_")):
            del os.environ[name]
    folder = tempfile.TemporaryDirectory(prefix="coupang-tests-")
    config.add_cleanup(folder.cleanup)
    os.environ |= {
        "COUPANG_DATA_DIR": folder.name,
        "COUPANG_LOCK_WAIT": "0",
        "DLT_PROJECT_DIR": folder.name,
        "DO_NOT_TRACK": "1",
        "RUNTIME__DLTHUB_TELEMETRY": "false",
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    }
    config.add_cleanup(_only_this_machine())


def _only_this_machine() -> Any:  # noqa: ANN401 - a function that undoes it
    """Lets no connection out: the tests are offline, also where a network is."""
    connect = socket.socket.connect

    def checked(self: socket.socket, address: Any) -> None:  # noqa: ANN401 - as the original
        if self.family in (socket.AF_INET, socket.AF_INET6):
            host = address[0]
            if host != "localhost" and not ip_address(host).is_loopback:
                raise AssertionError(f"a test went out to {host}")
        connect(self, address)

    socket.socket.connect = checked  # type: ignore[method-assign]
    return lambda: setattr(socket.socket, "connect", connect)


@pytest.hookimpl(tryfirst=True)  # before xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """With several workers (`-n`): tests that share something costly run on one of them, and what
    takes longest is begun first."""
    rank = {name: number for number, name in enumerate(COSTLY)}
    shared = {item: _shared(item) for item in items}
    for item in items:
        group = shared[item] or item.nodeid.partition("::")[0]
        item.add_marker(pytest.mark.xdist_group(group))
    items.sort(key=lambda item: rank.get(shared[item], len(COSTLY)))


def _shared(item: pytest.Item) -> str | None:
    """The costly thing that a test uses, the costliest where it uses several."""
    used = getattr(item, "fixturenames", ())
    return next((name for name in COSTLY if name in used), None)


@dataclass(frozen=True)
class Built:
    """A data folder after a command, and what the command said."""

    folder: Path
    output: str


@pytest.fixture(scope="session")
def empty_build(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Built:
    """The whole dbt project, built and published where nothing was collected yet: every model,
    every unit test, every data test. Once, for all tests that look at it."""
    folder = tmp_path_factory.mktemp("empty")
    target = folder / "target"
    done = subprocess.run(
        [sys.executable, "-m", "publish", "build"],
        cwd=ROOT,
        env=os.environ
        | {
            "COUPANG_DATA_DIR": str(folder),
            "DBT_TARGET_PATH": str(target),
            "DBT_LOG_PATH": str(folder / "logs"),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        summary = done.stdout.rpartition("Completed with")[2]
        pytest.fail(
            f"dbt build on an empty warehouse failed{summary}\n{done.stderr}", pytrace=False
        )
    results = json.loads((target / "run_results.json").read_text())["results"]
    request.config.stash[DBT_RESULTS] = Counter(each["unique_id"].split(".")[0] for each in results)
    return Built(folder, done.stdout)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A worker hands over what dbt ran."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None and (counts := session.config.stash.get(DBT_RESULTS, None)):
        output["dbt"] = dict(counts)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:  # noqa: ANN401 - a worker of xdist
    """Takes what a worker hands over."""
    if counts := getattr(node, "workeroutput", {}).get("dbt"):
        node.config.stash[DBT_RESULTS] = Counter(counts)


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:  # noqa: ANN401
    """What dbt ran, beside pytest's own count."""
    if counts := config.stash.get(DBT_RESULTS, None):
        terminalreporter.section("dbt")
        terminalreporter.line(
            f"{counts['model']} models, {counts['unit_test']} unit tests, "
            f"{counts['test']} data tests passed"
        )
