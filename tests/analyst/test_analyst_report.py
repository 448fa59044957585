"""The page a client gets by mail: looked at in a browser, offline, in both languages."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from analyst_browser import NOW, PHONE, Look
from analyst_file import ONE, account, day, publish

from publish.errors import PublishError
from publish.report import report_page, write_report
from publish.selection import Selection

Looking = Callable[..., AbstractContextManager[Look]]


@pytest.fixture(scope="session")
def demo_page(demo_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_report(demo_file, tmp_path_factory.mktemp("report") / "report.html", NOW)


@pytest.fixture(scope="session")
def failed_page(failed_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_report(failed_file, tmp_path_factory.mktemp("report") / "report.html", NOW)


@pytest.fixture(scope="session")
def empty_page(empty_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_report(empty_file, tmp_path_factory.mktemp("report") / "report.html", NOW)


@pytest.mark.parametrize(
    ("language", "market", "title"),
    [
        ("ko", "일반마켓 기준, 로켓그로스 제외", "한눈에 보기"),
        ("en", "Rocket Growth not included", "At a glance"),
    ],
)
def test_every_picture_is_drawn_in_either_language_without_a_network(
    demo_page: Path, look: Looking, language: str, market: str, title: str
) -> None:
    with look(f"{demo_page.as_uri()}?lang={language}") as seen:
        seen.scroll_through()

        assert seen.page.locator(".chart:visible").count() >= 6
        assert seen.page.get_by_text(market).first.is_visible()
        assert seen.page.locator("section:visible h2").first.inner_text() == title
        assert seen.page.locator("html").get_attribute("lang") == language
        assert seen.troubles == []
        assert [url for url in seen.requests if not url.startswith("file:")] == []
        # no placeholder of a word is left over, no picture says "undefined"
        drawn = seen.page.locator("svg").all_text_contents()
        assert not [text for text in drawn if re.search("⟦|undefined|NaN", text)]


def test_the_page_asks_for_nothing_from_anywhere(demo_page: Path) -> None:
    html = demo_page.read_text(encoding="utf-8")
    # without the library, which can load data, were it told to and allowed
    markup = re.sub(r"<script>.*?</script>", "", html, flags=re.DOTALL)

    assert "default-src 'none'" in html
    assert not re.search(r"<(script|link|img|iframe)[^>]+(src|href)\s*=", markup)
    assert demo_page.stat().st_size < 4_000_000  # goes by mail


def test_a_phone_needs_no_sideways_scrolling(failed_page: Path, look: Looking) -> None:
    with look(failed_page.as_uri(), size=PHONE) as seen:
        seen.scroll_through()

        assert seen.page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
        wide = seen.page.evaluate(
            "[...document.querySelectorAll('.chart svg')]"
            f".filter(svg => svg.getBoundingClientRect().right > {PHONE[0]}).length"
        )
        assert wide == 0
        assert seen.troubles == []


def test_the_language_is_switched_in_the_page(demo_page: Path, look: Looking) -> None:
    with look(demo_page.as_uri()) as seen:
        seen.page.get_by_role("button", name="English").click()

        assert seen.page.get_by_text("At a glance").first.is_visible()
        assert not seen.page.get_by_text("한눈에 보기").first.is_visible()
        assert seen.page.title() == "Coupang revenue report"
        seen.scroll_through()
        waterfall = seen.page.locator('.chart:visible[aria-label="From paid to revenue"]')
        assert "Paid" in (waterfall.text_content() or "")


def test_accounts_groups_and_periods_are_ready_made(demo_page: Path, look: Looking) -> None:
    with look(demo_page.as_uri()) as seen:
        titles = seen.page.locator("#scope option").all_inner_texts()
        assert titles == [
            "전체 (3개 계정)",
            "그룹 group-0",
            "그룹 group-1",
            "상점 001",
            "상점 002",
            "상점 003",
        ]
        of_all = seen.page.locator(".card-value:visible").first.inner_text()

        seen.page.select_option("#scope", label="상점 002")
        seen.page.select_option("#period", label="최근 13주 (주별)")

        assert seen.page.locator(".card-value:visible").first.inner_text() != of_all
        assert "2026-02-16 ~ 2026-05-17" in seen.page.locator(".range:visible").inner_text()
        seen.scroll_through()
        assert seen.troubles == []


def test_an_account_that_failed_is_named_with_what_to_do(failed_page: Path, look: Looking) -> None:
    with look(failed_page.as_uri()) as seen:
        seen.scroll_through()
        warnings = " ".join(seen.page.get_by_role("alert").all_inner_texts())

        assert "수집이 하루 넘게 지연된 계정: 상점 003" in warnings
        assert "이 기간의 자료는 완전하지 않습니다. 상점 003" in warnings
        assert "The access key is expired or wrong" in warnings
        assert seen.page.get_by_text("30일 중 확정").first.inner_text().endswith("미수집 3일")
        assert seen.troubles == []


def test_days_that_are_not_final_look_different(failed_page: Path, look: Looking) -> None:
    with look(failed_page.as_uri()) as seen:
        seen.scroll_through()
        chart = seen.page.locator('.chart:visible[aria-label="매출 추이"]')
        bars = chart.locator(".mark-rect.layer_1_marks path")
        opacities = {bars.nth(n).get_attribute("fill-opacity") for n in range(bars.count())}
        hatch = chart.locator(".mark-rule.layer_2_marks line").count()
        marks = chart.locator(".mark-text.role-mark text").all_text_contents()

        assert hatch > 30
        assert opacities == {"1", "0.28"}
        assert marks.count("!") == 3  # the two missing days and the one that was read in part
        assert seen.page.get_by_text(
            "미수집: 매출이 0원인 날이 아니라 자료가 없는 날"
        ).first.is_visible()


def test_accounts_stand_in_the_order_of_their_revenue(demo_page: Path, look: Looking) -> None:
    with look(demo_page.as_uri()) as seen:
        seen.scroll_through()
        drawn = seen.page.locator('section:visible[data-section="revenue"] h4').all_inner_texts()
        rows = seen.page.locator('section:visible[data-section="revenue"] tbody tr')

        assert drawn == [row.split()[0] + " " + row.split()[1] for row in rows.all_inner_texts()]


def test_an_empty_file_says_so(empty_page: Path, look: Looking) -> None:
    with look(empty_page.as_uri()) as seen:
        seen.scroll_through()

        assert seen.page.get_by_text("아직 보여 줄 매출이 없습니다").first.is_visible()
        assert seen.page.get_by_text("아직 수집된 적이 없습니다").is_visible()
        assert seen.troubles == []


def test_a_real_build_with_nothing_collected_can_be_shown(
    empty_build: object, tmp_path: Path, look: Looking
) -> None:
    page = write_report(empty_build.folder / "coupang_revenue.duckdb", tmp_path / "r.html", NOW)

    with look(page.as_uri()) as seen:
        assert seen.page.get_by_text("아직 보여 줄 매출이 없습니다").first.is_visible()
        assert seen.troubles == []


@pytest.mark.parametrize(
    ("opened_after", "is_stale"), [(timedelta(hours=1), False), (timedelta(days=3), True)]
)
def test_a_page_that_lies_about_says_how_old_it_is(
    demo_page: Path, look: Looking, opened_after: timedelta, is_stale: bool
) -> None:
    with look(demo_page.as_uri(), at=NOW + opened_after) as seen:
        assert seen.page.locator("#stale").is_visible() == is_stale
        assert ("3일 전" in seen.page.locator("#ago").inner_text()) == is_stale


def test_data_issues_can_be_filtered(demo_page: Path, look: Looking) -> None:
    with look(demo_page.as_uri()) as seen:
        table = seen.page.locator('section[data-section="issues"] .sheet')
        rows = table.locator("tbody tr:visible")
        everything = rows.count()

        table.locator("select").select_option(label="주문번호 없는 정산 조정")
        assert rows.count() == 3
        table.locator("input").fill("상점 002")
        assert rows.count() == 1
        assert table.locator("output").inner_text().startswith("1 /")
        table.locator("select").select_option(label="모든 종류")
        assert 1 < rows.count() < everything


def test_tables_can_be_read_without_javascript(demo_page: Path) -> None:
    html = demo_page.read_text(encoding="utf-8")

    # the first view is shown by the page itself, the others wait for the choice
    shown = re.findall(r'<div class="part"[^>]*>', html)
    assert len([part for part in shown if "hidden" not in part]) == 3


def test_a_name_is_text_whatever_is_in_it(tmp_path: Path, look: Looking) -> None:
    evil = "</script><script>document.title='taken'</script><img src=x onerror=alert(1)>"
    file = publish(
        tmp_path / "coupang_revenue.duckdb",
        dim_accounts=[account(name=evil), account("A00000002", "둘")],
        fct_daily_revenue=[
            day(date(2026, 2, 28), 1_000) | {"account_name": evil},
            day(date(2026, 2, 28), 1_000, vendor_id="A00000002"),
        ],
        fct_data_issues=[
            {
                "issue_key": "1",
                "vendor_id": ONE,
                "issue_type": evil,
                "detail": evil,
                "amount_krw": 1,
            }
        ],
    )
    page = write_report(file, tmp_path / "report.html", NOW)

    with look(page.as_uri()) as seen:
        seen.scroll_through()
        assert seen.page.title() == "쿠팡 매출 보고서"
        assert seen.page.get_by_text(evil).first.count() == 1
        assert seen.troubles == []


def test_the_page_of_one_client_holds_no_word_of_another(failed_file: Path) -> None:
    page = report_page(failed_file, NOW, selection=Selection(groups=("group-0",)))

    assert "상점 002" in page
    for canary in ("상점 001", "상점 003", "A00000001", "A00000003", "group-1"):
        assert canary not in page


def test_a_period_that_is_asked_for_is_the_one_shown(demo_file: Path) -> None:
    selection = Selection(first=date(2026, 4, 1), last=date(2026, 4, 30))
    page = report_page(demo_file, NOW, selection=selection)

    assert "2026-04-01 ~ 2026-04-30" in page
    assert "최근 30일" not in page


def test_a_report_of_nobody_is_refused(demo_file: Path, tmp_path: Path) -> None:
    out = tmp_path / "report.html"

    with pytest.raises(PublishError, match="No account is called nobody"):
        write_report(demo_file, out, NOW, selection=Selection(accounts=("nobody",)))
    assert not out.exists()


def test_settlement_marts_that_are_not_there_yet_leave_a_note(tmp_path: Path) -> None:
    import duckdb

    file = publish(
        tmp_path / "coupang_revenue.duckdb",
        dim_accounts=[account()],
        fct_daily_revenue=[day(date(2026, 2, 28), 1_000)],
    )
    with duckdb.connect(str(file)) as con:
        con.execute("drop table fct_settlement_reconciliation")
        con.execute("drop table fct_expected_payouts")

    page = report_page(file, datetime.fromisoformat("2026-03-01T00:00:00+00:00"))

    assert "이 파일에는 정산 자료가 아직 없습니다." in page
