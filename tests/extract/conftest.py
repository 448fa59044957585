"""A world of one account and a server that shows it, for the tests of the extractor."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from extract_world import CANARY

from extract.sandbox import Account, SandboxServer, World
from extract.sandbox.rate import Quota


@pytest.fixture(autouse=True)
def _no_lake(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where raw goes is a test's own choice, not the shell's."""
    monkeypatch.delenv("COUPANG_LAKE", raising=False)


@pytest.fixture
def world() -> World:
    return World(canary=CANARY)


@pytest.fixture
def seller(world: World) -> Account:
    return world.add_account("A00000001")


@pytest.fixture(scope="session")
def running() -> Iterator[SandboxServer]:
    """One server for all tests: starting one takes longer than most tests."""
    with SandboxServer(World(), requests_per_second=None) as made:
        yield made


@pytest.fixture
def server(running: SandboxServer, world: World) -> SandboxServer:
    """The server, showing this test's world on 10 January 2026, 9:00 in Korea."""
    running.world = world
    running.as_of = "2026-01-10T09:00:00+09:00"
    running.faults.clear()
    running.requests.clear()
    running.on_request = None
    running.clock_offset = timedelta()
    running.tokens = "cursor"
    running.vendor_mismatch = 400
    running.latency = 0.0
    running.max_skew = timedelta(minutes=5)
    running.quota = Quota(None)
    return running


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data folder."""
    made = tmp_path / "data"
    made.mkdir()
    return made
