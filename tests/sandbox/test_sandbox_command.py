"""`python -m extract.sandbox`."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import requests

from extract.sandbox import SandboxServer, seeded_world
from extract.sandbox.__main__ import introduction

ROOT = Path(__file__).parents[2]


@pytest.fixture
def running() -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "extract.sandbox", "--port", "0", "--days", "3"]
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, "COUPANG_AS_OF": "2026-01-31T09:00:00+09:00"},
        stdout=subprocess.PIPE,
        text=True,
        # a shell that runs the tests in the background lets its children ignore Ctrl-C
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    yield process
    process.kill()
    process.wait(timeout=10)


def test_it_serves_tells_its_moment_and_ends_on_ctrl_c(running: subprocess.Popen[str]) -> None:
    assert running.stdout is not None
    first = running.stdout.readline()
    url = first.split()[4]
    answer = requests.get(f"{url}/_sandbox/as_of", timeout=10)
    assert answer.json() == {"as_of": "2026-01-31T00:00:00+00:00"}
    running.send_signal(signal.SIGINT)
    assert running.wait(timeout=10) == 0


def test_what_it_prints_is_a_configuration_that_works() -> None:
    world = seeded_world(accounts=2, days=1)
    server = SandboxServer(world, as_of="2026-01-31T09:00:00+09:00")
    text = introduction(server, world, "2026-01-01")
    toml = text[text.index("[[") : text.index("# collect")]
    accounts = tomllib.loads(toml)["sources"]["coupang"]["accounts"]
    for shown, account in zip(accounts, world.accounts.values(), strict=True):
        assert shown == {
            "name": account.name,
            "vendor_id": account.vendor_id,
            "access_key": account.key.access_key,
            "secret_key": account.key.secret_key,
            "start_date": "2026-01-01",
        }
    assert f"COUPANG_AS_OF={server.now().isoformat()}" in text
    assert (server.now() + timedelta(days=1)).isoformat() in text


def test_a_malformed_moment_is_one_line() -> None:
    process = subprocess.run(
        [sys.executable, "-m", "extract.sandbox", "--port", "0"],
        cwd=ROOT,
        env={**os.environ, "COUPANG_AS_OF": "yesterday"},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert process.returncode == 2
    assert "COUPANG_AS_OF=yesterday" in process.stderr
    assert "Traceback" not in process.stderr
