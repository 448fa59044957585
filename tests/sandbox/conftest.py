"""Worlds, servers and callers for the sandbox's own tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sandbox_caller import Caller

from extract.sandbox import Account, SandboxServer, World

NOW = "2026-02-10T12:00:00+09:00"


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def account(world: World) -> Account:
    return world.add_account("A00000001")


@pytest.fixture(scope="session")
def stopping() -> Iterator[ThreadPoolExecutor]:
    """Stops servers beside the tests that follow: it takes a tenth of a second each."""
    with ThreadPoolExecutor(max_workers=8) as pool:
        yield pool


@pytest.fixture
def serve(stopping: ThreadPoolExecutor) -> Iterator[Callable[..., SandboxServer]]:
    """Starts servers, without a quota unless one is asked for."""
    started: list[SandboxServer] = []

    def start(world: World, **options: object) -> SandboxServer:
        usual = {"as_of": NOW, "requests_per_second": None}
        started.append(SandboxServer(world, **usual | options).start())
        return started[-1]

    yield start
    for server in started:
        stopping.submit(server.stop)
        assert not server.crashes


@pytest.fixture
def server(serve: Callable[..., SandboxServer], world: World) -> SandboxServer:
    return serve(world)


@pytest.fixture
def caller(server: SandboxServer, account: Account) -> Caller:
    return Caller(server, account)


@pytest.fixture
def calling() -> type[Caller]:
    """For tests that need more than one caller."""
    return Caller
