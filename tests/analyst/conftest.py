"""Published files to look at, and a browser to look with."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from analyst_browser import DESKTOP, LOUD, NOW, Look
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from bench.synthetic import World, write_file


@pytest.fixture(scope="session")
def demo_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three accounts in two groups, all well."""
    return write_file(tmp_path_factory.mktemp("demo") / "coupang_revenue.duckdb", World())


@pytest.fixture(scope="session")
def failed_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three accounts, of which 상점 003 was not read on the last three days."""
    folder = tmp_path_factory.mktemp("failed")
    return write_file(folder / "coupang_revenue.duckdb", World(failed=1))


@pytest.fixture(scope="session")
def empty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All marts, no row."""
    return write_file(tmp_path_factory.mktemp("empty") / "coupang_revenue.duckdb", None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        message = (
            "no Chromium here: pages were NOT looked at (Debian: apt install chromium fonts-nanum)"
        )
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def look(browser: Browser) -> Iterator[Callable[..., Any]]:
    """`with look(url, size=PHONE, offline=True, at=moment) as seen`: a page of its own."""
    contexts: list[BrowserContext] = []

    @contextmanager
    def looking(
        url: str,
        size: tuple[int, int] = DESKTOP,
        offline: bool = True,
        at: datetime | None = NOW,
    ) -> Iterator[Look]:
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]}, offline=offline
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(60_000)
        seen = Look(page)
        page.on("pageerror", lambda error: seen.troubles.append(str(error)))
        page.on("console", lambda said: said.type in LOUD and seen.troubles.append(said.text))
        page.on("request", lambda request: seen.requests.append(request.url))
        if at is not None:
            page.clock.set_fixed_time(at)
        page.goto(url)
        yield seen

    yield looking
    for context in contexts:
        context.close()
