"""What collecting costs, measured on a sandbox: the extractor is a process of its own, as users run
it, and the sandbox counts the requests as they arrive."""

from __future__ import annotations

import gc
import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import parse_qs

import duckdb

from bench.figures import Figure, at_least, at_most
from bench.measured import Cost, measured
from extract.sandbox import Account, SandboxServer, seeded_world
from extract.warehouse import DATASET, FILE

TODAY = date(2026, 7, 1)
LATENCY = 0.3  # seconds, about what the real gateway takes for a page
UNLIMITED = 100_000.0  # requests a second; the sandbox sets no limit then
MIB = 2**20


@dataclass
class Collector:
    """A data folder, a sandbox, and the command that collects from it."""

    server: SandboxServer
    folder: Path
    first_day: date
    requests_per_second: float

    @property
    def accounts(self) -> str:
        """All accounts of the sandbox's world, as the extractor's configuration has them (JSON)."""
        configured = [
            {
                "name": account.vendor_id,
                "vendor_id": account.vendor_id,
                "access_key": account.key.access_key,
                "secret_key": account.key.secret_key,
                "start_date": str(self.first_day),
            }
            for account in self.server.world.accounts.values()
        ]
        return json.dumps(configured)

    def collect(self, today: date = TODAY) -> Cost:
        """`extract run` in the morning of a Korean day."""
        environment = self.begin(today, self.folder)
        return measured([sys.executable, "-m", "extract", "run"], environment)

    def begin(self, today: date, folder: Path, lake: str = "") -> dict[str, str]:
        """Makes it that morning for the sandbox; the environment of a run then."""
        as_of = f"{today}T09:00:00+09:00"
        self.server.as_of = as_of
        self.server.requests.clear()
        return {
            "COUPANG_DATA_DIR": str(folder),
            "COUPANG_LAKE": lake,
            "COUPANG_AS_OF": as_of,
            "SOURCES__COUPANG__BASE_URL": self.server.url,
            "SOURCES__COUPANG__ACCOUNTS": self.accounts,
            "SOURCES__COUPANG__REQUESTS_PER_SECOND": str(self.requests_per_second),
            "RUNTIME__DLTHUB_TELEMETRY": "false",
        }

    def rows(self, table: str) -> int:
        """Rows of a raw table."""
        with duckdb.connect(str(self.folder / FILE), read_only=True) as con:
            ((count,),) = con.execute(f"select count(*) from {DATASET}.{table}").fetchall()  # noqa: S608
            return count


@contextmanager
def collector(
    accounts: int, days: int, orders_per_day: int, rate: float, latency: float = 0.0
) -> Iterator[Collector]:
    """A seeded world up to TODAY, served, and an empty data folder."""
    first_day = TODAY - timedelta(days=days)
    world = seeded_world(7, accounts, first_day, days + 1, orders_per_day)
    with (
        tempfile.TemporaryDirectory() as folder,
        SandboxServer(
            world,
            as_of=f"{TODAY}T09:00:00+09:00",
            requests_per_second=None if rate == UNLIMITED else rate,
            latency=latency,
        ) as server,
    ):
        server.prepare()
        # The world stays as it is: no pause of a collector going through it in vain, which would
        # make requests arrive in bunches.
        gc.freeze()
        yield Collector(server, Path(folder), first_day, rate)
        gc.unfreeze()


# --- at the API's pace ----------------------------------------------------------------------------


def rate() -> Iterator[Figure]:
    """One account and eight, at 4 and at 5 requests a second and a latency of 300 ms."""
    for limit in (4.0, 5.0):
        alone = 0.0
        for accounts in (1, 8):
            with collector(accounts, 240, 10, limit, LATENCY) as run:
                run.collect()
                reached = [_pace(run.server, each) for each in run.server.world.accounts.values()]
                refused = sum(request.status == 429 for request in run.server.requests)
                count = len(run.server.requests)
            who = f"{accounts} account{'s' if accounts > 1 else ''} at {limit:.0f}/s"
            yield Figure(f"{who}: requests of the first sync", f"{count:,}")
            yield at_least(
                f"{who}: share of the rate reached until the last window began (the slowest)",
                min(reached) / limit,
                0.95,
                "{:.3f}",
            )
            yield at_most(f"{who}: answers 429", refused, 0, "{:.0f}")
            if accounts == 1:
                alone = reached[0]
            else:
                yield at_least(
                    f"{who}: all together, in times of one account alone",
                    sum(reached) / alone,
                    0.95 * accounts,
                )


def _pace(server: SandboxServer, account: Account) -> float:
    """Requests a second of an account from its first one until its last window begins."""
    asked = [each for each in server.requests if each.vendor_id == account.vendor_id]
    begun: dict[object, float] = {}
    for request in asked:
        if days := _days(request.query):
            begun.setdefault((request.path, *days), request.time)
    last = max(begun.values())
    return sum(each.time < last for each in asked) / (last - asked[0].time)


def _days(query: str) -> list[str]:
    """The first day (or the month) that a listing is asked for; nothing for a look-up."""
    asked = parse_qs(query)
    return [asked[name][0] for name in sorted(asked) if name.endswith(("From", "YearMonth"))]


# --- day by day -----------------------------------------------------------------------------------


def daily() -> Iterator[Figure]:
    """The second day's requests after 2 and after 24 months of history, of the same volume, and
    what it costs to read and load it."""
    counts, costs = {}, {}
    for months in (2, 24):
        with collector(1, 30 * months, 40, UNLIMITED) as run:
            run.collect()
            # the quickest of three days running: other programs only ever add to a day's time
            days = [run.collect(TODAY + timedelta(days=ahead)) for ahead in (1, 2, 3)]
            costs[months] = min(days, key=lambda day: day.seconds)
            counts[months] = _listed(run.server)
            looked_up = len(run.server.requests) - counts[months]
            yield Figure(
                f"requests of a daily run after {months} months",
                f"{counts[months]:,} and {looked_up:,} look-ups",
            )
            yield Figure(
                f"a daily run after {months} months: read and load",
                f"{costs[months].seconds:.1f} s, {costs[months].peak_bytes / MIB:.0f} MiB at most",
            )
    yield at_most("requests, 24 months in times of 2 months", counts[24] / counts[2], 1.05)
    yield at_most("seconds, 24 months in times of 2", costs[24].seconds / costs[2].seconds, 1.2)
    yield at_most(
        "memory, 24 months in times of 2", costs[24].peak_bytes / costs[2].peak_bytes, 1.2
    )


def _listed(server: SandboxServer) -> int:
    """Requests of listings; a look-up of one order or receipt asks for no days."""
    return sum(bool(_days(request.query)) for request in server.requests)


# --- as fast as it goes ---------------------------------------------------------------------------


def first_sync() -> Iterator[Figure]:
    """A first sync of 50,000 sheets, beside a bare loop over the same requests."""
    with collector(1, 180, 278, UNLIMITED) as run:
        cost = run.collect()
        name = f"{round(run.rows('order_sheets'), -3):,} sheets"
        yield Figure(
            f"{name}: extract and load",
            f"{cost.seconds:.1f} s, {len(run.server.requests):,} requests, "
            f"{cost.cpu_seconds:.1f} s of CPU",
        )
        yield from _beside(run, cost, name)


def memory() -> Iterator[Figure]:
    """Peak memory of a first sync of 50,000 and of 500,000 sheets."""
    peaks = []
    for orders_per_day in (278, 2_780):
        with collector(1, 180, orders_per_day, UNLIMITED) as run:
            cost = run.collect()
            name = f"{round(run.rows('order_sheets'), -3):,} sheets"
            size = (run.folder / FILE).stat().st_size
        peaks.append(cost.peak_bytes)
        yield Figure(
            f"{name}: extract and load", f"{cost.seconds:.0f} s, file of {size / MIB:.0f} MiB"
        )
        yield at_most(f"{name}: peak memory, MiB", cost.peak_bytes / MIB, 1000, "{:.0f}")
    yield at_most("peak memory, ten times the sheets", peaks[1] / peaks[0], 1.5)


def _beside(run: Collector, cost: Cost, name: str) -> Iterator[Figure]:
    """The same requests once more by a bare loop, and the same bodies by DuckDB's reader."""
    (account,) = run.server.world.accounts.values()
    asked = run.folder / "requests.json"
    targets = [
        request.path + (f"?{request.query}" if request.query else "")
        for request in run.server.requests
    ]
    asked.write_text(
        json.dumps(
            {
                "base_url": run.server.url,
                "access_key": account.key.access_key,
                "secret_key": account.key.secret_key,
                "targets": targets,
            }
        )
    )
    loop = [sys.executable, "-m", "bench.bare_loop", str(asked)]
    bare = measured(loop, {})
    yield Figure(f"{name}: bare loop over the same requests", f"{bare.seconds:.1f} s")
    yield at_most(f"{name}: in times of the bare loop", cost.seconds / bare.seconds, 2.0)
    bodies = run.folder / "bodies"
    bodies.mkdir()
    measured([*loop, str(bodies)], {})
    read = (
        'import duckdb, sys; duckdb.sql("select count(*) from (select unnest(data) from '
        "read_json(sys.argv[1], columns = {'data': 'json[]'}))\".replace('sys.argv[1]',"
        " repr(sys.argv[1]))).fetchall()"
    )
    cost = measured([sys.executable, "-c", read, f"{bodies}/*.json"], {})
    yield Figure(
        f"{name}: DuckDB's read_json of the same bodies, already on disk",
        f"{cost.seconds:.1f} s, {cost.peak_bytes / MIB:.0f} MiB",
    )
