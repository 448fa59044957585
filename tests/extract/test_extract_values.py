"""How JSON values become column values."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from extract.raw_tables import Column
from extract.values import Refused, reader

HUGE = 10**12


def read(kind: str, *values: object, table: str = "order_sheets", **more: object) -> list[Any]:
    return reader(table, Column("x", "string", "x", kind, **more))(list(values), Counter())


def oddities(kind: str, *values: object) -> int:
    counted: Counter[str] = Counter()
    reader("order_sheets", Column("x", "string", "x", kind))(list(values), counted)
    return counted.total()


def test_ids_are_text_to_their_last_digit() -> None:
    assert read("id", 642538970006401429, "642538970006401429", " 7 ") == [
        "642538970006401429",
        "642538970006401429",
        "7",
    ]


def test_a_missing_id_is_null_whatever_stands_for_missing() -> None:
    assert read("id", None, "", " ", 0, "0") == [None] * 5


def test_an_id_is_never_made_of_a_float_or_a_flag() -> None:
    assert read("id", 1.0, 6.4e17, True, [7], {"id": 7}, -7) == [None] * 6
    assert oddities("id", 1.0, True) == 2


def test_order_zero_is_kept_where_adjustments_have_it() -> None:
    column = Column("order_id", "string", "orderId", "id")
    values = [0, "0", None, 5]
    assert reader("confirmed_sales", column)(values, Counter()) == ["0", "0", None, "5"]
    assert reader("order_sheets", column)(values, Counter()) == [None, None, None, "5"]


def test_text_stays_as_it_came_and_empty_is_null() -> None:
    assert read("text", "처리(이미출고)", "", None, 12) == ["처리(이미출고)", None, None, "12"]


def test_text_that_is_an_object_is_not_taken_along() -> None:
    assert read("text", {"name": "buyer"}, ["a"]) == [None, None]


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-05T09:30:00-08:00",
        "2026-01-05T09:30:00.973885+09:00",
        "2026-01-05T00:30:00Z",
        "2026-01-05T09:30:00",
        "2026-01-05 09:30:00",
    ],
)
def test_times_stay_the_text_that_came(text: str) -> None:
    assert read("time", text) == [text]


@pytest.mark.parametrize(
    "text",
    ["2026-01-05", "2026-02-30T00:00:00", "2026-01-05T25:00:00", "2026-01-05T09:30", "5 Jan", 5],
)
def test_a_malformed_time_is_refused_or_null_where_that_is_allowed(text: object) -> None:
    with pytest.raises(Refused):
        read("time", text)
    assert read("time", text, lenient=True) == [None]


def test_days_are_days_of_the_calendar() -> None:
    assert read("day", "2026-02-28", "", None) == ["2026-02-28", None, None]
    with pytest.raises(Refused):
        read("day", "2026-02-29")


def test_counts_are_whole_and_not_negative() -> None:
    assert read("count", 0, 3, 3.0, 10**6) == [0, 3, 3, 10**6]
    assert read("count", -1, 1.5, "3", True, 10**6 + 1) == [None] * 5
    assert oddities("count", -1, None) == 1


def test_won_may_be_negative_and_written_with_a_point() -> None:
    assert read("won", 1000, 1000.0, -5000, HUGE, -HUGE) == [1000, 1000, -5000, HUGE, -HUGE]
    assert read("won", 0.5, "1000", HUGE + 1, False, float(10**30)) == [None] * 5


def money(units: object, code: object = "KRW", nanos: object = 0) -> dict[str, object]:
    return {"currencyCode": code, "units": units, "nanos": nanos}


def test_money_is_its_units_and_its_currency() -> None:
    values = [money(5000), money(12, "TWD", 500_000_000), 3000, 3000.0, None]
    assert read("money", *values) == [5000, 12, 3000, 3000, None]
    assert read("currency", *values) == ["KRW", "TWD", "KRW", "KRW", None]


def test_malformed_money_is_null_and_counted_never_guessed() -> None:
    values = [
        money(5000, nanos=1),
        money(5000, code=None),
        money(5000, code=""),
        money(HUGE + 1),
        money("5000"),
        money(None),
        "5000",
        0.5,
    ]
    assert read("money", *values) == [None] * len(values)
    assert oddities("money", *values) == len(values)


def test_the_currency_stays_where_the_amount_is_malformed() -> None:
    assert read("currency", money(None), money(5000, "TWD", "x"), "5000") == ["KRW", "TWD", None]


def test_flags_are_true_or_false_and_nothing_else() -> None:
    assert read("flag", True, False, None, "true", 1, 0) == [True, False, None, None, None, None]
