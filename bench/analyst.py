"""What an analyst waits for, on a published file of 100 accounts and 1,000 days: each query of a
page, the report, and (where Chromium is) the time from opening the report, or the dashboard, until
it shows something."""

from __future__ import annotations

import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from bench.figures import Figure
from bench.synthetic import World, write_file
from publish import queries
from publish.published import connect
from publish.report import write_report
from publish.selection import Selection

ACCOUNTS, DAYS, ORDERS_A_DAY = 100, 1_000, 50
ROUNDS = 3  # each query is asked so often
NOW = datetime(2026, 5, 18, 0, 30, tzinfo=UTC)


def measure() -> Iterator[Figure]:
    """Measures on a made-up published file."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "coupang_revenue.duckdb"
        world = World(accounts=ACCOUNTS, days=DAYS, orders_a_day=ORDERS_A_DAY, failed=1, groups=10)
        seconds = _seconds(lambda: write_file(file, world))
        with connect(file) as con:
            (orders,) = con.execute("select count(*) from fct_orders").fetchone()
        size = f"{file.stat().st_size / 1e6:,.0f} MB (made in {seconds:.0f} s)"
        yield Figure(f"the file: {ACCOUNTS} accounts, {DAYS:,} days", f"{orders:,} orders, {size}")
        yield from _queries(file)
        page = Path(folder) / "report.html"
        for name, selection in (
            ("all accounts", Selection()),
            ("one account", Selection(accounts=("A00000001",))),
        ):
            seconds = _seconds(
                lambda chosen=selection: write_report(file, page, NOW, selection=chosen)
            )
            written = f"{seconds:.1f} s, {page.stat().st_size / 1e6:.1f} MB"
            yield Figure(f"report of {name}, written", written)
            yield from _paint(page, name)
        yield from _dashboard(file)


def _queries(file: Path) -> Iterator[Figure]:
    opening = _seconds(lambda: connect(file).close())
    yield Figure("opening the file", f"{opening * 1000:.0f} ms")
    with connect(file) as con:
        last = queries.extent(con)["last_whole_day"]
        asked: dict[str, Callable[[], object]] = {}
        for period in (
            queries.last_days(last, 30),
            queries.last_weeks(last, 13),
            queries.last_months(last, 12),
        ):
            over = f"{period.days} days by {period.grain}"
            for query in (
                queries.headline,
                queries.revenue_by_bucket,
                queries.revenue_by_bucket_and_account,
                queries.revenue_by_account,
                queries.products,
                queries.cancellations_by_bucket,
                queries.cancellations_by_reason,
            ):
                asked[f"{query.__name__}, {over}"] = lambda q=query, p=period: q(con, p)
        asked |= {
            "settling_fan, 60 days": lambda: queries.settling_fan(con, last),
            "restatements": lambda: queries.restatements(con, datetime(2026, 5, 4)),  # noqa: DTZ001
            "accounts": lambda: queries.accounts(con, last),
            "coverage, 60 days": lambda: queries.coverage(con),
            "issues": lambda: queries.issues(con),
        }
        for name, ask in asked.items():
            took = sorted(_seconds(ask) for _ in range(ROUNDS))
            median = statistics.median(took) * 1000
            yield Figure(name, f"{median:.0f} ms (worst {took[-1] * 1000:.0f})")


def _paint(page: Path, name: str) -> Iterator[Figure]:
    chromium = shutil.which("chromium")
    if chromium is None:
        yield Figure(f"report of {name}, first paint", "not measured: no Chromium here")
        return
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        tab = browser.new_page(viewport={"width": 1100, "height": 900})
        began = time.perf_counter()
        tab.goto(page.as_uri())
        tab.locator(".chart:visible").first.scroll_into_view_if_needed()
        tab.wait_for_selector('.chart[data-state="done"]')
        drawn = time.perf_counter() - began
        painted = tab.evaluate(
            "performance.getEntriesByName('first-contentful-paint')[0].startTime"
        )
        browser.close()
    yield Figure(
        f"report of {name}, first paint",
        f"{painted:.0f} ms; first picture {drawn * 1000:.0f} ms (with the browser's own start)",
    )


def _dashboard(file: Path) -> Iterator[Figure]:
    """The served notebook: from the address being typed to the headline, and to the last section;
    the first visitor also pays for what is put together once."""
    chromium = shutil.which("chromium")
    if chromium is None:
        yield Figure("dashboard", "not measured: no Chromium here")
        return
    from playwright.sync_api import sync_playwright

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(  # noqa: S603 - ourselves
        [
            sys.executable,
            *("-m", "publish", "dashboard", "--port", str(port)),
        ],
        env=os.environ | {"COUPANG_DATA_DIR": str(file.parent), "COUPANG_AS_OF": NOW.isoformat()},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while True:
            with socket.socket() as knock:
                if knock.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.2)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            for visitor in ("first", "second"):
                tab = browser.new_context(viewport={"width": 1100, "height": 900}).new_page()
                tab.set_default_timeout(120_000)
                began = time.perf_counter()
                tab.goto(f"http://127.0.0.1:{port}")
                tab.locator(".card-value").first.wait_for()
                headline = time.perf_counter() - began
                tab.get_by_role("heading", name="살펴볼 자료").wait_for()
                whole = time.perf_counter() - began
                yield Figure(
                    f"dashboard, {visitor} visitor",
                    f"headline {headline:.1f} s, all {whole:.1f} s",
                )
            browser.close()
    finally:
        server.terminate()
        server.wait(30)


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
