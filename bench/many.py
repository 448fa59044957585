"""Collecting many accounts: a daily run in one process and in shards, into a lake and into a file,
with the API's latency and limit.

As many accounts are really run as two cores carry together with the sandbox that answers them, all
shards at once on the same cores. What 500 accounts would take with a core for each shard is worked
out from what an account took in one process: requests and CPU.
"""

from __future__ import annotations

import math
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from bench.collecting import LATENCY, MIB, TODAY, UNLIMITED, Collector, collector
from bench.figures import Figure
from bench.measured import ROOT
from extract.collect import ACCOUNTS_AT_ONCE
from extract.pace import SPACING
from extract.sandbox.rate import Quota
from extract.shards import Shard

ACCOUNTS, DAYS, ORDERS_A_DAY = 128, 14, 3
MANY = 500  # worked out; only their first sync is really run, in one process
LIMIT = 5.0
SHARDS = (1, 4, 16)


@dataclass
class Most:
    """The most that one process was seen to have."""

    threads: int = 0
    sockets: int = 0
    bytes: int = 0

    def look_at(self, pid: int) -> None:
        """Linux only; elsewhere nothing is seen."""
        process = Path("/proc") / str(pid)
        try:
            for line in (process / "status").read_text().splitlines():
                name, _, value = line.partition(":")
                if name == "Threads":
                    self.threads = max(self.threads, int(value))
                elif name == "VmHWM":
                    self.bytes = max(self.bytes, int(value.split()[0]) * 1024)
            links = [file.readlink().name for file in (process / "fd").iterdir()]
            self.sockets = max(self.sockets, sum(link.startswith("socket:") for link in links))
        except OSError:
            pass  # it has ended, or closed a file meanwhile


@dataclass
class Day:
    """A daily run of all accounts: wall clock and CPU of all its processes."""

    seconds: float
    cpu_seconds: float
    requests: int
    most: Most


def in_a_lake() -> Iterator[Figure]:
    """One process, 4 and 16 shards, all into one lake."""
    yield from _measure("lake", ACCOUNTS, SHARDS)


def all_at_once() -> Iterator[Figure]:
    """A first sync of 500 accounts in one process, into a lake: how much it holds."""
    yield from _measure("lake", MANY, ())


def in_a_file() -> Iterator[Figure]:
    """One process into DuckDB."""
    yield from _measure("file", ACCOUNTS, (1,))


def _measure(place: str, accounts: int, shards: tuple[int, ...]) -> Iterator[Figure]:
    with (
        collector(accounts, DAYS, ORDERS_A_DAY, UNLIMITED) as run,
        tempfile.TemporaryDirectory() as folder,
    ):
        lake = f"{folder}/lake" if place == "lake" else ""
        first = _run(run, TODAY, Path(folder), lake, 1)
        yield Figure(
            f"first sync of {accounts} accounts into a {place}, without latency and limit",
            f"{first.seconds:.0f} s, {first.requests:,} requests",
        )
        yield Figure(f"first sync of {accounts} accounts: one process at most", _held(first.most))
        run.server.latency, run.requests_per_second = LATENCY, LIMIT
        alone = 0.0
        for day, of in enumerate(shards, start=1):
            run.server.quota = Quota(LIMIT)
            done = _run(run, TODAY + timedelta(days=day), Path(folder), lake, of)
            alone = alone or done.cpu_seconds / accounts
            yield from _tell(done, place, accounts, of, alone)
            refused = sum(request.status == 429 for request in run.server.requests)
            yield Figure(f"{place}, {_shards(of)}: answers 429", f"{refused}")


def _run(run: Collector, today: date, folder: Path, lake: str, of: int) -> Day:
    """All shards of a day at the same time, to their ends."""
    environment = os.environ | run.begin(today, folder, lake)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.monotonic()
    most = Most()
    processes = [
        subprocess.Popen(  # noqa: S603 - our own command
            # Nice to the sandbox, which counts a request when it gets to it: with too few cores for
            # all, requests that left apart would be counted together and answered with 429.
            ["nice", sys.executable, "-m", "extract", "run", "--shard", f"{number}/{of}"],  # noqa: S607
            cwd=ROOT,
            env=environment | {"COUPANG_DATA_DIR": str(folder / f"{number} of {of}")},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for number in range(1, of + 1)
    ]
    while any(process.poll() is None for process in processes):
        for process in processes:
            most.look_at(process.pid)
        time.sleep(0.25)
    if any(process.returncode for process in processes):
        raise RuntimeError(f"runs ended with {[process.returncode for process in processes]}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Day(time.monotonic() - began, cpu, len(run.server.requests), most)


def _tell(done: Day, place: str, accounts: int, of: int, cpu_seconds: float) -> Iterator[Figure]:
    """What the day took, and what the largest shard of many accounts would take on a core of its
    own, at so many seconds of CPU an account."""
    who = f"{place}, {_shards(of)}"
    yield Figure(
        f"{who}: daily run of {accounts} accounts, all on this machine",
        f"{done.seconds / 60:.1f} min, {done.requests / accounts:.0f} requests and "
        f"{1000 * done.cpu_seconds / accounts:.0f} ms of CPU an account",
    )
    yield Figure(f"{who}: one process at most", _held(done.most))
    largest = max(
        sum(Shard(number, of).holds(f"A{each:08d}") for each in range(MANY))
        for number in range(1, of + 1)
    )
    # The API: so many accounts side by side, each at its limit. The client: one core (Python).
    api = math.ceil(largest / ACCOUNTS_AT_ONCE) * done.requests / accounts * SPACING / LIMIT
    client = largest * cpu_seconds
    bound = "the API's limit" if api >= client else "the client's CPU"
    yield Figure(
        f"{who}: worked out for {MANY} accounts, a core for each shard",
        f"{max(api, client) / 60:.1f} min, bound by {bound} (API {api / 60:.1f}, CPU "
        f"{client / 60:.1f}; the largest shard has {largest})",
    )


def _held(most: Most) -> str:
    return f"{most.bytes / MIB:.0f} MiB, {most.threads} threads, {most.sockets} sockets"


def _shards(of: int) -> str:
    return "one process" if of == 1 else f"{of} shards at once"
