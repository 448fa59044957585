"""`make demo`: what it prints comes out of the published file; nothing of it is the user's own."""

from __future__ import annotations

from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import duckdb
import pytest
from rich.console import Console

from extract import demo

NOW = datetime(2026, 1, 7, 0, 0, tzinfo=UTC)  # 9:00 in Korea


@pytest.fixture
def published(tmp_path: Path) -> Path:
    path = tmp_path / "published.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            """
            create table fct_daily_revenue as
            select *, 0::bigint as cancelled_krw, 3::bigint as order_count
            from (values
                (date '2026-01-02', 'mine', 1111::bigint, 1000::bigint, 'final'),
                (date '2026-01-03', 'mine', 23456, 20000, 'final'),
                (date '2026-01-06', 'mine', null, null, 'missing'),
                (date '2026-01-07', 'mine', 2222, 2000, 'provisional')
            ) as rows (payment_date, account_name, revenue_krw, expected_revenue_krw, data_status);

            create table fct_revenue_restatements as
            select * from (values
                (date '2026-01-04', 'mine', 13000, 0, 0, -13000, 0),
                (date '2026-01-03', 'coupons too', 90000, 10000, 0, -70000, -10000),
                (date '2026-01-05', 'mine', 13000, 12000, 0, -1000, 0),
                (date '2026-01-05', 'coupons', 13000, 12000, 0, 0, -1000)
            ) as rows (
                payment_date, account_name, previous_revenue_krw, revenue_krw,
                change_from_payments_krw, change_from_cancellations_krw, change_from_coupons_krw
            );
            """
        )
    return path


def test_it_shows_the_last_whole_days_and_a_day_that_changed(published: Path) -> None:
    console = Console(width=200, file=StringIO())

    demo.show(console, published, NOW)

    said = console.file.getvalue()
    assert "23,456" in said
    assert "1,111" not in said  # older than what is shown
    assert "2,222" not in said  # today is not over
    assert [line.split() for line in said.splitlines() if "2026-01-06" in line] == [
        ["2026-01-06", "mine", "0", "3", "missing"]
    ]
    assert "2026-01-04, mine: 13,000 won as of yesterday, 0 as of today. 13,000 won" in said
    assert "without Rocket Growth" in said
    assert str(published) in said


def test_the_users_own_accounts_and_settings_stay_out_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCES__COUPANG__ACCOUNTS", "the real ones")
    monkeypatch.setenv("SOURCES__COUPANG__START_DATE", "2020-01-01")
    monkeypatch.setenv("COUPANG_DATA_DIR", "/the/real/data")

    environment = demo.environment_of(tmp_path, "http://127.0.0.1:1", "[]")

    assert environment["SOURCES__COUPANG__ACCOUNTS"] == "[]"
    assert "SOURCES__COUPANG__START_DATE" not in environment
    for name in ("COUPANG_DATA_DIR", "DLT_PROJECT_DIR", "DLT_DATA_DIR", "DBT_TARGET_PATH"):
        assert environment[name].startswith(str(tmp_path))


def test_what_people_made_in_its_folder_is_kept(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    for name in ("report/all.html", "export/all/fct_orders.csv", "dlt/state.json", "demo.log"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("of the demo before")

    assert demo.empty(folder) == ["export", "report"]
    assert sorted(path.name for path in folder.rglob("*") if path.is_file()) == [
        "all.html",
        "fct_orders.csv",
    ]
    assert demo.empty(tmp_path / "new") == []
