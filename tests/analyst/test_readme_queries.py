"""Every query of the README and of the docs, asked of a published file."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pytest

from publish.queries import AVERAGE_ORDER, CANCEL_RATE

ROOT = Path(__file__).resolve().parents[2]
PAGES = [
    page
    for page in (ROOT / "README.md", ROOT / "README.ko.md", ROOT / "docs" / "bi.md")
    if page.exists()
]
# Their queries look for an account or a difference that the demo's file does not have.
OTHER_PAGES = sorted(set((ROOT / "docs").glob("*.md")) - set(PAGES))


def blocks(language: str, pages: list[Path] = PAGES) -> list:
    return [
        pytest.param(block, id=f"{page.name}:{text[: found.start()].count(chr(10)) + 1}")
        for page in pages
        for text in [page.read_text(encoding="utf-8")]
        for found in re.finditer(rf"```{language}\n(.*?)```", text, re.DOTALL)
        for block in [found.group(1)]
    ]


def test_there_are_queries_to_try() -> None:
    assert len(blocks("sql")) >= 5
    assert blocks("python")


@pytest.mark.parametrize("sql", blocks("sql"))
def test_a_query_that_is_shown_works_and_finds_something(sql: str, demo_file: Path) -> None:
    with duckdb.connect(str(demo_file), read_only=True) as con:
        assert con.execute(sql).fetchall()


@pytest.mark.parametrize("sql", blocks("sql", OTHER_PAGES))
def test_a_query_of_another_page_works(sql: str, demo_file: Path) -> None:
    with duckdb.connect(str(demo_file), read_only=True) as con:
        con.execute(sql).fetchall()


def test_a_formula_that_is_shown_is_the_one_in_the_code() -> None:
    """Two formulas for one word, and nobody knows which number was meant."""
    shown = {"cancel_rate": CANCEL_RATE, "average_order_krw": AVERAGE_ORDER}
    found = [
        (name, formula)
        for page in PAGES
        for name in shown
        for formula in re.findall(rf"^ *(.+) as {name},?$", page.read_text("utf-8"), re.MULTILINE)
    ]
    assert {name for name, _ in found} == set(shown)
    for name, formula in found:
        assert formula == shown[name].replace("::double", "")


@pytest.mark.parametrize("code", blocks("python"))
def test_python_that_is_shown_works(
    code: str, demo_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "coupang_revenue.duckdb").write_bytes(demo_file.read_bytes())
    monkeypatch.chdir(tmp_path)

    exec(compile(code, "README", "exec"), {})  # noqa: S102 - our own page
