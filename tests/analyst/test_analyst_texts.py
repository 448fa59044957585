"""What is said, in both languages; and that nothing the marts say lacks a word."""

from __future__ import annotations

import re
import string
from datetime import date, datetime
from pathlib import Path

import pytest
import yaml

from bench.synthetic import marts
from extract.errors import KeyRefused, RateExceeded
from publish import texts
from publish.in_words import DETAILS, error_in_words, issue_in_words
from publish.marts_in_korean import CODES, COLUMNS, MARTS
from publish.texts import TEXTS, Moment, Percent, ShortWon, Won, said, write

HALF_PAST_MIDNIGHT = datetime.fromisoformat("2026-01-05 15:30")  # in Korea; this is UTC
MODELS = Path(__file__).parents[2] / "dbt_project" / "models" / "marts"


@pytest.mark.parametrize(
    ("thing", "korean", "english"),
    [
        (Won(1_234_500), "1,234,500원", "₩1,234,500"),
        (Won(-13_000, signed=True), "−13,000원", "−₩13,000"),
        (Won(5, signed=True), "+5원", "+₩5"),
        (Won(None), "–", "–"),
        (ShortWon(9_999), "9,999원", "₩10.0K"),
        (ShortWon(54_321), "5.4만 원", "₩54.3K"),
        (ShortWon(12_345_678), "1,235만 원", "₩12.3M"),
        (ShortWon(123_456_789), "1억 2,346만 원", "₩123M"),
        (ShortWon(100_000_000), "1억 원", "₩100M"),
        (ShortWon(99_999_999), "1억 원", "₩100.0M"),
        (ShortWon(-123_456_789), "−1억 2,346만 원", "−₩123M"),
        (Percent(0.0726), "7.3%", "7.3%"),
        (Percent(None), "–", "–"),
        (date(2026, 1, 5), "1월 5일(월)", "Mon 5 Jan"),
        (
            Moment(datetime.fromisoformat("2026-01-05 15:30")),
            "2026-01-06 00:30",
            "2026-01-06 00:30",
        ),
        (1_234, "1,234", "1,234"),
        (None, "–", "–"),
        (said("moves.part_coupons", amount=Won(-600)), "쿠폰 −600원", "coupons −₩600"),
        (["가", said("listing.withdrawals")], "가, 반품철회", "가, Withdrawals"),
    ],
)
def test_amounts_and_days_are_written_as_people_write_them(
    thing: object, korean: str, english: str
) -> None:
    assert (write(thing, "ko"), write(thing, "en")) == (korean, english)


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_both_languages_take_the_same_values() -> None:
    different = {
        key: pair
        for key, pair in TEXTS.items()
        # in Korean an error's remedy comes first; in English it is in the error already
        if fields(pair[0]) != fields(pair[1]) and key != "accounts.error"
    }

    assert different == {}


def test_korean_texts_are_korean() -> None:
    hangul = re.compile("[가-힣]")
    exempt = {"axis.won", "page.other_language", "period.from_to"}

    assert [
        key
        for key, (korean, english) in TEXTS.items()
        if key not in exempt
        and not key.startswith(("moves.", "summary.account", "accounts.e", "accounts.o"))
        and (not hangul.search(korean) or hangul.search(english))
    ] == []


def test_every_text_is_used() -> None:
    root = Path(__file__).parents[2]
    sources = "".join(
        path.read_text(encoding="utf-8")
        for folder in ("publish", "notebooks")
        for path in (root / folder).rglob("*")
        if path.suffix in (".py", ".js", ".j2") and path.name != Path(texts.__file__).name
    )
    # named whole, or put together from a beginning and a code: f"status.{status}"
    beginnings = tuple(re.findall(r'f["\']([a-z]+\.(?:[a-z]+_)*)\{', sources))
    codes = tuple(
        f"{prefix}." for prefix in ("issue", "evidence", "fault", "verdict", "listing", "sale_type")
    )

    assert [
        key
        for key in TEXTS
        if f'"{key}"' not in sources and not key.startswith((*beginnings, *codes))
    ] == []


def test_every_mart_and_column_has_a_korean_name() -> None:
    declared = marts()

    assert sorted(set(declared) - set(MARTS)) == []
    assert (
        sorted({column for columns in declared.values() for column in columns} - set(COLUMNS)) == []
    )


def test_names_of_sheets_are_ones_excel_takes() -> None:
    names = [title for title, _ in MARTS.values()]

    assert len(set(names)) == len(names)
    assert [name for name in names if len(name) > 31 or re.search(r"[\[\]:*?/\\]", name)] == []


def test_every_code_that_a_mart_may_hold_has_a_word() -> None:
    lacking = []
    for path in MODELS.glob("*.yml"):
        for model in yaml.safe_load(path.read_text(encoding="utf-8"))["models"]:
            for column in model["columns"]:
                for test in column.get("data_tests", []):
                    if not isinstance(test, dict) or "accepted_values" not in test:
                        continue
                    values = test["accepted_values"]["arguments"]["values"]
                    if column["name"] in CODES:
                        lacking += [
                            f"{column['name']}: {value}"
                            for value in values
                            if value not in CODES[column["name"]]
                        ]
                    elif column["data_type"] == "string":
                        lacking.append(f"{column['name']}: no words at all")

    assert lacking == []


def issue_details() -> list[str]:
    """Every sentence that a unit test of the models expects of fct_data_issues."""
    text = (MODELS.parent / "intermediate" / "unit_tests" / "data_issues.yml").read_text("utf-8")
    found = [
        row["detail"]
        for test in yaml.safe_load(text)["unit_tests"]
        for row in test["expect"]["rows"]
        if "detail" in row
    ]
    return sorted(set(found))


def test_every_sentence_about_a_data_issue_is_said_in_korean() -> None:
    """A model that words it otherwise would bring its English back to the Korean page."""
    keys = {getattr(issue_in_words(detail), "key", detail) for detail in issue_details()}

    assert keys == set(DETAILS)


def test_a_data_issue_is_said_whole_and_with_separators() -> None:
    detail = "orderPrice of box 123, item 456 is not salesPrice x shippingCount = 28700"

    assert write(issue_in_words(detail), "ko") == (
        "묶음배송 123, 옵션 456: 주문금액이 단가×수량(28,700원)과 다릅니다."
    )
    assert write(issue_in_words(detail), "en").endswith("= ₩28,700")
    row = (
        "REFUND row of 2026-01-15 without an order: an adjustment by Coupang,"
        " in the revenue of no order"
    )
    assert write(issue_in_words(row), "ko").startswith(
        "2026-01-15 환불 내역에 주문번호가 없습니다."
    )
    assert write(issue_in_words(row), "en") == row


@pytest.mark.parametrize("text", ["what nobody knows yet", "", "item : 3 live"])
def test_a_sentence_nobody_knows_is_shown_as_it_came(text: str) -> None:
    assert issue_in_words(text) == text
    assert error_in_words(text) == text


def test_an_error_begins_with_what_to_do() -> None:
    for kind in (KeyRefused, RateExceeded):
        told = write(error_in_words(f"the cause. {kind.remedy}"), "ko")
        assert re.match("[가-힣A-Z0-9]+", told)
        assert told.endswith(f"(the cause. {kind.remedy})")


@pytest.mark.parametrize("page", ["data_issues.md", "data_issues.ko.md"])
def test_every_kind_of_data_issue_is_explained_in_both_languages(page: str) -> None:
    text = (MODELS.parents[2] / "docs" / page).read_text(encoding="utf-8")
    _, *explained = re.findall(r"^\| `([a-z_]+)` \| ([^|]+) \|", text, re.MULTILINE)

    assert sorted(kind for kind, _ in explained) == sorted(CODES["issue_type"])
    if page.endswith(".ko.md"):  # under the names that the pages show
        assert dict(explained) == CODES["issue_type"]
