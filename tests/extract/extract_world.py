"""What the tests of the extractor share: accounts of a sandbox world, readings and runs of them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb

from extract.accounts import Account
from extract.client import Client, Tally
from extract.clock import KST
from extract.collect import Outcome, Request, run_once
from extract.listings import LISTINGS, Window
from extract.reading import Planned, Reading, read
from extract.sandbox import Account as SandboxAccount
from extract.sandbox import SandboxServer
from extract.sandbox.rate import Quota
from extract.settings import ApiSettings

CANARY = "canary-7f3e"


def at(text: str) -> datetime:
    """A Korean moment: "2026-01-06 09:00"."""
    return datetime.fromisoformat(text).replace(tzinfo=KST)


def linked(of: SandboxAccount, name: str = "shop", **more: object) -> Account:
    """The sandbox account as it is configured."""
    key = of.key
    return Account(name, of.vendor_id, key.access_key, key.secret_key, **more)


def settings(server: SandboxServer, **more: object) -> ApiSettings:
    """Asks the sandbox as fast as it answers, and waits for nothing."""
    usual = ApiSettings(base_url=server.url, requests_per_second=1000, retry_wait=0.0)
    return replace(usual, **more)


@contextmanager
def client(server: SandboxServer, account: Account, **more: object) -> Iterator[Client]:
    made = Client(account, settings(server, **more))
    yield made
    made.close()


def ask(line: Client) -> None:
    """One request, for an empty page."""
    day = date(2026, 1, 5)
    window = Window(day, day, day, day)
    part = LISTINGS["cancel_requests"].part(line.account.vendor_id, window, "")
    line.get(part.path, part.params, Tally())


def assert_pace(server: SandboxServer, account: Account) -> None:
    """Many readers never exceed the rate and waste little of it, whatever an answer takes."""
    server.latency = 0.3
    server.quota = Quota(20)
    with (
        client(server, account, requests_per_second=20) as line,
        ThreadPoolExecutor(12) as pool,
    ):
        list(pool.map(lambda _: ask(line), range(60)))
    times = [request.time for request in server.requests]
    assert [request.status for request in server.requests] == [200] * 60
    assert server.peak_rate(account.vendor_id) <= 20
    assert 59 / (times[-1] - times[0]) > 20 * 0.85


def read_listing(
    server: SandboxServer,
    account: Account,
    listing: str,
    first: date,
    last: date,
    folder: Path,
    **more: object,
) -> Reading:
    """One reading of a window, asked exactly from `first` to `last`."""
    with client(server, account, **more) as line:
        window = Window(first, last, first, last)
        return read(line, Planned(1, listing, window), server.now(), folder)


def look_up(
    server: SandboxServer, account: Account, listing: str, subject_id: str, folder: Path
) -> Reading:
    """One look-up of an order or receipt."""
    with client(server, account) as line:
        return read(line, Planned(1, listing, subject_id=subject_id), server.now(), folder)


def rows(reading: Reading, table: str) -> list[dict[str, Any]]:
    """The reading's rows of a raw table."""
    return [row for piece in reading.tables(table) for row in piece.to_pylist()]


def collect(
    server: SandboxServer,
    folder: Path,
    accounts: Sequence[Account],
    request: Request | None = None,
    as_of: datetime | None = None,
    **more: object,
) -> dict[str, Outcome]:
    """A run as the command makes it; outcomes by vendor code."""
    outcomes = run_once(
        accounts,
        settings(server, **more),
        folder,
        as_of or server.now(),
        request or Request(),
    )
    return {outcome.account.vendor_id: outcome for outcome in outcomes}


def raw(folder: Path, sql: str, *parameters: object) -> list[tuple[Any, ...]]:
    """Asks the warehouse; raw tables stand in `coupang_raw`."""
    with duckdb.connect(str(folder / "warehouse.duckdb")) as connection:
        connection.execute("set search_path = 'coupang_raw'")
        return connection.execute(sql, list(parameters)).fetchall()


def environment(
    server: SandboxServer, accounts: Sequence[SandboxAccount], folder: Path
) -> dict[str, str]:
    """The same world as the command line is told of it."""
    entries = [
        {
            "name": f"shop-{number}",
            "vendor_id": account.vendor_id,
            "access_key": account.key.access_key,
            "secret_key": account.key.secret_key,
            "start_date": "2026-01-01",
        }
        for number, account in enumerate(accounts, start=1)
    ]
    return {
        "COUPANG_DATA_DIR": str(folder),
        "COUPANG_AS_OF": server.now().isoformat(),
        "SOURCES__COUPANG__BASE_URL": server.url,
        "SOURCES__COUPANG__REQUESTS_PER_SECOND": "1000",
        "SOURCES__COUPANG__RETRY_WAIT": "0",
        "SOURCES__COUPANG__ACCOUNTS": json.dumps(entries),
    }
