"""`python -m publish report` and `export`, as they are typed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from analyst_browser import NOW
from click.testing import CliRunner, Result

from publish.cli import commands
from publish.errors import PublishError


@pytest.fixture
def data(tmp_path: Path, failed_file: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copy(failed_file, tmp_path)
    monkeypatch.setenv("COUPANG_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("COUPANG_AS_OF", NOW.isoformat())
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(commands, list(arguments))


def test_a_report_goes_to_the_report_folder_in_korean(data: Path) -> None:
    done = run("report")

    assert done.exit_code == 0, done.output
    page = data / "report" / "all.html"
    assert str(page) in done.output
    assert '<html lang="ko">' in page.read_text(encoding="utf-8")


def test_a_report_of_one_account_in_english_where_it_is_wanted(data: Path) -> None:
    out = data / "elsewhere" / "client.html"

    done = run("report", "--account", "상점 002", "--lang", "en", "--out", str(out))

    assert done.exit_code == 0, done.output
    page = out.read_text(encoding="utf-8")
    assert '<html lang="en">' in page
    assert "상점 002" in page
    assert "상점 001" not in page


def test_two_clients_reports_never_take_each_others_place(data: Path) -> None:
    for name in ("상점 001", "상점 002"):
        assert run("report", "--account", name, "--from", "2026-05-01").exit_code == 0

    assert len(list((data / "report").iterdir())) == 2


def test_an_export_of_one_table_and_format(data: Path) -> None:
    done = run(
        "export",
        *("--group", "group-0", "--table", "fct_orders", "--format", "csv"),
        *("--from", "2026-04-01", "--to", "2026-04-30", "--out", str(data / "out")),
    )

    assert done.exit_code == 0, done.output
    assert sorted(path.name for path in (data / "out").iterdir()) == [
        "export.json",
        "fct_orders.csv",
    ]


@pytest.mark.parametrize("command", ["report", "export"])
def test_an_unknown_account_is_one_line_with_the_known_ones(data: Path, command: str) -> None:
    done = run(command, "--account", "nobody")

    assert isinstance(done.exception, PublishError)
    assert str(done.exception) == (
        "No account is called nobody. Accounts: 상점 001, 상점 002, 상점 003."
    )
    assert not (data / command).exists()


def test_a_period_that_ends_before_it_begins_is_refused(data: Path) -> None:
    done = run("report", "--from", "2026-05-02", "--to", "2026-05-01")

    assert isinstance(done.exception, PublishError)
    assert not (data / "report").exists()


def test_a_period_before_the_first_day_shows_nothing_and_says_so(data: Path) -> None:
    done = run(
        "report", "--from", "2020-01-01", "--to", "2020-01-31", "--out", str(data / "r.html")
    )

    assert done.exit_code == 0, done.output
    assert "아직 보여 줄 매출이 없습니다" in (data / "r.html").read_text(encoding="utf-8")
