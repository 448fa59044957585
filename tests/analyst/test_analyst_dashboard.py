"""The notebook as it is served: in a browser, in both languages, while the file is replaced."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from analyst_browser import NOW, PHONE, Look
from playwright.sync_api import expect

from bench.synthetic import World, write_file

ROOT = Path(__file__).resolve().parents[2]
Looking = Callable[..., AbstractContextManager[Look]]


@contextmanager
def served(data_dir: Path) -> Iterator[str]:
    """`make dashboard` over a data folder, until it answers; its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = data_dir / "marimo.log"
    with log.open("w") as output:
        server = subprocess.Popen(
            [
                sys.executable,
                *("-m", "publish", "dashboard", "--port", str(port)),
            ],
            cwd=ROOT,
            env=os.environ | {"COUPANG_DATA_DIR": str(data_dir), "COUPANG_AS_OF": NOW.isoformat()},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        for _ in range(300):
            with socket.socket() as knock:
                if knock.connect_ex(("127.0.0.1", port)) == 0:
                    break
            assert server.poll() is None, log.read_text()
            time.sleep(0.2)
        else:
            pytest.fail(f"marimo did not start: {log.read_text()}")
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(30)


@pytest.fixture(scope="module")
def dashboard(
    failed_file: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Path]]:
    folder = tmp_path_factory.mktemp("dashboard")
    shutil.copy(failed_file, folder)
    with served(folder) as url:
        yield url, folder


def opened(look: Looking, url: str, **options: object) -> AbstractContextManager[Look]:
    # the page's own clock has to run: it asks for news by it
    return look(url, offline=False, at=None, **options)


def test_every_section_is_shown_without_an_error(
    dashboard: tuple[str, Path], look: Looking
) -> None:
    with opened(look, dashboard[0]) as seen:
        page = seen.page
        for title in (
            "한눈에 보기",
            "매출 추이",
            "결제금액에서 매출까지",
            "상품",
            "매출 변동",
            "정산 확인",
            "계정 상태",
            "살펴볼 자료",
        ):
            page.get_by_role("heading", name=title, exact=True).first.wait_for()

        assert page.get_by_text("일반마켓 기준, 로켓그로스 제외").is_visible()
        assert page.get_by_text("이 기간의 자료는 완전하지 않습니다. 상점 003").is_visible()
        page.locator("marimo-vega svg, marimo-vega canvas, .vega-embed svg").first.wait_for()
        assert page.get_by_text("Traceback").count() == 0
        assert page.get_by_text("An internal error occurred").count() == 0
        assert [trouble for trouble in seen.troubles if "rror" in trouble] == []
        elsewhere = [url for url in seen.requests if not url.startswith((dashboard[0], "data:"))]
        assert [url for url in elsewhere if not url.startswith(("ws://127", "blob:"))] == []


def test_the_language_and_the_grain_can_be_chosen(
    dashboard: tuple[str, Path], look: Looking
) -> None:
    with opened(look, dashboard[0]) as seen:
        page = seen.page
        page.get_by_role("heading", name="한눈에 보기").wait_for()
        before = page.locator(".card-value").first.inner_text()

        page.get_by_text("English", exact=True).click()
        page.get_by_role("heading", name="At a glance").wait_for()
        assert page.get_by_text("Rocket Growth not included").first.is_visible()

        page.locator("label:text-is('Month')").click()
        page.get_by_role("heading", name="Revenue over time").wait_for()
        assert page.locator(".card-value").first.inner_text() != before  # in English now
        assert page.get_by_text("Traceback").count() == 0


def test_a_phone_shows_it_too(dashboard: tuple[str, Path], look: Looking) -> None:
    with opened(look, dashboard[0], size=PHONE) as seen:
        seen.page.get_by_role("heading", name="한눈에 보기").wait_for()
        cards = seen.page.locator(".card").all()

        assert len(cards) == 6
        for card in cards:
            box = card.bounding_box()
            assert box is not None
            assert box["x"] + box["width"] <= PHONE[0]

        # nothing is cut: pictures fit, tables scroll in themselves
        seen.page.get_by_role("heading", name="살펴볼 자료").wait_for()
        seen.page.locator("marimo-vega svg, .vega-embed svg").last.wait_for()
        wide = seen.page.evaluate(
            "[...document.querySelectorAll('.blocks, svg, canvas')]"
            f".filter(each => each.getBoundingClientRect().right > {PHONE[0]}).length"
        )
        assert wide == 0
        # no menu lies over it: a click that is not forced reaches it
        seen.page.get_by_text("English", exact=True).click()
        seen.page.get_by_role("heading", name="At a glance").wait_for()


def test_days_are_written_as_in_korea_whatever_the_browser_speaks(
    dashboard: tuple[str, Path], look: Looking
) -> None:
    with opened(look, dashboard[0]) as seen:
        assert seen.page.evaluate("navigator.language").startswith("en")
        seen.page.get_by_role("heading", name="한눈에 보기").wait_for()
        written = seen.page.get_by_role("group", name="기간").first.inner_text()

        assert re.sub(r"\s", "", written).startswith("2026.")


def test_one_account_some_or_a_group_can_be_chosen(
    dashboard: tuple[str, Path], look: Looking
) -> None:
    with opened(look, dashboard[0]) as seen:
        page = seen.page
        page.get_by_role("heading", name="한눈에 보기").wait_for()
        choice = page.locator("marimo-dropdown select").first
        full = page.locator(".card-full").first
        everything = full.inner_text()

        assert choice.locator("option").all_inner_texts() == [
            "전체 (3개 계정)",
            "그룹 group-0",
            "그룹 group-1",
            "상점 001",
            "상점 002",
            "상점 003",
            "여러 계정 고르기…",
        ]
        choice.select_option(label="상점 002")
        expect(full).not_to_have_text(everything)

        choice.select_option(label="여러 계정 고르기…")
        page.get_by_text("계정 (비우면 전체)").wait_for()
        expect(full).to_have_text(everything)


def test_new_data_is_offered_and_the_old_goes_on_until_it_is_taken(
    tmp_path: Path, failed_file: Path, look: Looking
) -> None:
    file = tmp_path / failed_file.name
    shutil.copy(failed_file, file)
    with served(tmp_path) as url, opened(look, url) as seen:
        page = seen.page
        page.get_by_role("heading", name="한눈에 보기").wait_for()
        before = page.locator(".card-full").first.inner_text()

        write_file(tmp_path / "new.duckdb", World(orders_a_day=20)).replace(file)
        page.get_by_text("새 자료가 있습니다").wait_for()
        # still the old numbers, also of what is asked for only now
        assert page.locator(".card-full").first.inner_text() == before
        page.get_by_text("English", exact=True).click()
        page.get_by_role("heading", name="At a glance").wait_for()
        assert page.get_by_text("This period is incomplete: 상점 003").is_visible()

        page.get_by_role("button", name="Show the new data").click()
        page.get_by_text("There is new data").wait_for(state="detached")
        page.get_by_text("This period is incomplete").wait_for(state="detached")
        assert page.get_by_text("Traceback").count() == 0


@pytest.mark.parametrize("has_file", [True, False])
def test_nothing_to_show_is_said_in_words(
    tmp_path: Path, empty_file: Path, look: Looking, has_file: bool
) -> None:
    if has_file:
        shutil.copy(empty_file, tmp_path)
    words = "아직 보여 줄 매출이 없습니다" if has_file else "There is no coupang_revenue.duckdb"
    with served(tmp_path) as url, opened(look, url) as seen:
        seen.page.get_by_text(words).first.wait_for()

        assert seen.page.get_by_text("Traceback").count() == 0
