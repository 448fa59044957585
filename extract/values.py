"""JSON values read as column values, one kind at a time.

Each reader takes a whole page's values of one column and gives the column: what cannot be right
is null and counted under the column's name, or refused where the kind says so. Values are never
quoted anywhere.
"""

import re
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from extract.raw_tables import Column

LARGEST_AMOUNT = 10**12
LARGEST_COUNT = 10**6

Values = list[Any]
Reader = Callable[[Values, Counter[str]], Values]


class Refused(Exception):
    """A row that may not be taken; carries the row's index on the page. Internal."""

    def __init__(self, index: int, what: str) -> None:
        super().__init__(what)
        self.index = index
        self.what = what


_CLOCK = r"[T ](?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?"
_OFFSET = r"(?:Z|[+-](?:0\d|1[0-4]):?[0-5]\d)"
_TIME = re.compile(rf"\d{{4}}-\d\d-\d\d{_CLOCK}{_OFFSET}?", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def _is_calendar_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def is_time(text: object) -> bool:
    """ISO 8601 with offset, Z or none (then KST), `T` or a space between."""
    return isinstance(text, str) and bool(_TIME.fullmatch(text)) and _is_calendar_day(text[:10])


def is_day(text: object) -> bool:
    """yyyy-mm-dd that exists."""
    return isinstance(text, str) and bool(_DAY.fullmatch(text)) and _is_calendar_day(text)


def parse_time(text: str) -> datetime:
    """The timestamp of a text that `is_time`; naive where it carries no offset."""
    return datetime.fromisoformat(text)


def whole_number(value: object) -> int | None:
    """The integer of 1000 or 1000.0; None for anything else (true is no number)."""
    if type(value) is int:
        return value
    if type(value) is float and value.is_integer():
        return int(value)
    return None


def _id_reader(name: str, keep_zero: bool) -> Reader:
    def read(values: Values, malformed: Counter[str]) -> Values:
        column: Values = []
        for value in values:
            if type(value) is int and (value > 0 or (keep_zero and value == 0)):
                column.append(str(value))
            elif type(value) is str and value.strip() and (keep_zero or value.strip() != "0"):
                column.append(value.strip())
            else:
                if value not in (None, 0, "0") and value != "":
                    malformed[name] += 1
                column.append(None)
        return column

    return read


def _text_reader(name: str) -> Reader:
    def read(values: Values, malformed: Counter[str]) -> Values:
        column: Values = []
        for value in values:
            if type(value) is str:
                column.append(value or None)
            elif type(value) in (int, float):
                column.append(str(value))
            else:
                if value is not None:
                    malformed[name] += 1
                column.append(None)
        return column

    return read


def _checked_text_reader(name: str, accepts: Callable[[object], bool], lenient: bool) -> Reader:
    def read(values: Values, malformed: Counter[str]) -> Values:
        column: Values = []
        for index, value in enumerate(values):
            if value is None or value == "":
                column.append(None)
            elif accepts(value):
                column.append(value)
            elif lenient:
                malformed[name] += 1
                column.append(None)
            else:
                raise Refused(index, "is malformed")
        return column

    return read


def _number_reader(name: str, least: int, most: int) -> Reader:
    def read(values: Values, malformed: Counter[str]) -> Values:
        column: Values = []
        for value in values:
            number = whole_number(value)
            if number is not None and least <= number <= most:
                column.append(number)
            else:
                if value is not None:
                    malformed[name] += 1
                column.append(None)
        return column

    return read


def _currency_of(value: object) -> str | None:
    """Currency code of a money value; a plain number (v4) is won."""
    if isinstance(value, dict):
        code = value.get("currencyCode")
        return code if isinstance(code, str) and code else None
    return None if whole_number(value) is None else "KRW"


def _units_of(value: object) -> int | None:
    """Whole units of {currencyCode, units, nanos} or of a plain number; None where malformed."""
    if isinstance(value, dict):
        code, units, nanos = value.get("currencyCode"), value.get("units"), value.get("nanos")
        if not code or (nanos and (code == "KRW" or type(nanos) is not int)):
            return None
    else:
        units = value
    number = whole_number(units)
    return number if number is not None and abs(number) <= LARGEST_AMOUNT else None


def _money_reader(name: str) -> Reader:
    def read(values: Values, malformed: Counter[str]) -> Values:
        column: Values = []
        for value in values:
            units = None if value is None else _units_of(value)
            if units is None and value is not None:
                malformed[name] += 1
            column.append(units)
        return column

    return read


def _currency_reader(values: Values, _malformed: Counter[str]) -> Values:
    return [None if value is None else _currency_of(value) for value in values]


def _flag_reader(name: str) -> Reader:
    def read(values: Values, malformed: Counter[str]) -> Values:
        for value in values:
            if value is not None and type(value) is not bool:
                malformed[name] += 1
        return [value if type(value) is bool else None for value in values]

    return read


def reader(table: str, column: Column) -> Reader:
    """The reader of a declared column."""
    name = f"{table}.{column.name}"
    match column.kind:
        case "id":
            # Only the sales history knows rows of order 0 (adjustments by Coupang).
            keep_zero = column.name == "order_id" and table.startswith("confirmed_sale")
            return _id_reader(name, keep_zero)
        case "text":
            return _text_reader(name)
        case "time":
            return _checked_text_reader(name, is_time, column.lenient)
        case "day":
            return _checked_text_reader(name, is_day, column.lenient)
        case "count":
            return _number_reader(name, 0, LARGEST_COUNT)
        case "won":
            return _number_reader(name, -LARGEST_AMOUNT, LARGEST_AMOUNT)
        case "money":
            return _money_reader(name)
        case "currency":
            return _currency_reader
        case "flag":
            return _flag_reader(name)
    raise ValueError(f"{name}: no such kind: {column.kind}")
