"""Pages of a listing as Arrow batches: one answer's rows become one batch per raw table.

Every column is read by a function made once, over the whole page.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import pyarrow as pa

from extract.documented_fields import NOT_KEPT
from extract.errors import ContractBroken
from extract.raw_tables import Column, raw_tables
from extract.values import Reader, Refused, Values, reader


@dataclass
class Notes:
    """What was odd in the answers of one reading; names and numbers only, never values."""

    unknown: set[str] = field(default_factory=set)
    malformed: Counter[str] = field(default_factory=Counter)


# Required unless the row is an adjustment by Coupang (no order, or order 0).
REQUIRED_WITH_ORDER = {("confirmed_sales", "sale_date"), ("confirmed_sale_items", "vendor_item_id")}


@dataclass(frozen=True)
class Shape:
    """What one row of a listing becomes: a row of `rows`, and its lines as rows of `lines`.

    A shape without `rows` (withdrawals) has lines only: one per element, one empty where none.
    """

    rows: str | None
    lines: str | None = None
    lines_field: str = ""

    @property
    def tables(self) -> tuple[str, ...]:
        return tuple(t for t in (self.rows, self.lines) if t)


SHAPES = {
    "order_sheets": Shape("order_sheets", "order_sheet_items", "orderItems"),
    "receipts": Shape("receipts", "receipt_items", "returnItems"),
    "withdrawals": Shape(None, "withdrawals", "vendorItemIds"),
    "confirmed_sales": Shape("confirmed_sales", "confirmed_sale_items", "items"),
    "settlements": Shape("settlements"),
}


@dataclass(frozen=True)
class Place:
    """Where a page belongs: account, reading and the request's number within it."""

    vendor_id: str
    reading_id: int
    request_no: int


@dataclass(frozen=True)
class _Field:
    column: Column
    path: tuple[str, ...]
    of_parent: bool
    of_element: bool
    read: Reader


class Flattener:
    """Turns pages of one shape into Arrow batches. Made once per shape (`flattener`), reusable
    by any number of threads: it holds no state of a page."""

    def __init__(self, name: str, shape: Shape) -> None:
        self.name = name
        self.shape = shape
        self._schemas = {table: raw_tables()[table].schema for table in shape.tables}
        self._fields = {table: list(_fields_of(table)) for table in shape.tables}
        rows, lines = shape.rows, shape.lines
        self._known_row = set(NOT_KEPT.get(name, ()))
        self._known_line = set(NOT_KEPT.get(f"{name}.{shape.lines_field}", ()))
        self._known_nested: dict[str, set[str]] = {}
        for table in shape.tables:
            for f in self._fields[table]:
                above = table == rows or f.of_parent or f.of_element or rows is None
                (self._known_row if above else self._known_line).add(f.path[0])
                if len(f.path) > 1:
                    nested = self._known_nested.setdefault(
                        f.path[0], set(NOT_KEPT.get(f"{name}.{f.path[0]}", ()))
                    )
                    nested.add(f.path[1])
        if lines:
            self._known_row.add(shape.lines_field)

    def batches(self, rows: Sequence[Any], place: Place, notes: Notes) -> dict[str, pa.RecordBatch]:
        """One Arrow batch per table of the shape for one answer's rows.

        ContractBroken, naming table, field and place, where a row or a required field cannot be
        taken; oddities that are only read as null are counted in `notes`.
        """
        for number, row in enumerate(rows, start=1):
            if type(row) is not dict:
                raise ContractBroken(
                    f"{self.name}: row {number} of request {place.request_no} is not an object"
                )
            self._note_unknown(row, self._known_row, "", notes)
            for outer, known in self._known_nested.items():
                if type(row.get(outer)) is dict:
                    self._note_unknown(row[outer], known, f"{outer}.", notes)
        result = {}
        parents: dict[str, Values] = {}
        if self.shape.rows:
            columns = self._read(self.shape.rows, rows, None, place, range(1, len(rows) + 1), notes)
            parents = columns
            result[self.shape.rows] = self._batch(
                self.shape.rows, columns, place, {"row_no": list(range(1, len(rows) + 1))}
            )
        if self.shape.lines:
            result[self.shape.lines] = self._lines(rows, parents, place, notes)
        return result

    def _lines(
        self, rows: Sequence[Any], parents: dict[str, Values], place: Place, notes: Notes
    ) -> pa.RecordBatch:
        table = self.shape.lines or ""
        lines: list[Any] = []
        owners: list[int] = []
        numbers: list[int] = []
        for index, row in enumerate(rows):
            own = row.get(self.shape.lines_field)
            if own is None:
                order_ids = parents.get("order_id")
                if order_ids is not None and order_ids[index] not in (None, "0"):
                    raise ContractBroken(
                        f"{table}: {self.shape.lines_field} is missing in row {index + 1} of "
                        f"request {place.request_no}"
                    )
                own = []
            if type(own) is not list:
                raise ContractBroken(
                    f"{table}: {self.shape.lines_field} is no list in row {index + 1} of "
                    f"request {place.request_no}"
                )
            if not self.shape.rows:
                own = own or [None]
            elif any(type(line) is not dict for line in own):
                raise ContractBroken(
                    f"{table}: a line in row {index + 1} of request {place.request_no} is not "
                    "an object"
                )
            lines.extend(own)
            owners.extend([index] * len(own))
            numbers.extend(range(1, len(own) + 1))
        if self.shape.rows:
            for line in lines:
                self._note_unknown(line, self._known_line, f"{self.shape.lines_field}.", notes)
        owner_rows = [rows[index] for index in owners]
        places = [index + 1 for index in owners]
        columns = self._read(table, lines, owner_rows, place, places, notes)
        return self._batch(table, columns, place, {"row_no": places, "line_no": numbers})

    def _read(
        self,
        table: str,
        items: Sequence[Any],
        owners: Sequence[Any] | None,
        place: Place,
        row_numbers: Sequence[int],
        notes: Notes,
    ) -> dict[str, Values]:
        columns: dict[str, Values] = {}
        for f in self._fields[table]:
            if f.of_element:
                values = list(items)
            else:
                of_row = owners is not None and (f.of_parent or not self.shape.rows)
                values = [item.get(f.path[0]) for item in (owners if of_row else items)]
                for key in f.path[1:]:
                    values = [v.get(key) if type(v) is dict else None for v in values]
            try:
                column = f.read(values, notes.malformed)
                if f.column.required and None in column:
                    raise Refused(column.index(None), "is missing")
                if (table, f.column.name) in REQUIRED_WITH_ORDER:
                    for index, (value, order) in enumerate(
                        zip(column, columns["order_id"], strict=True)
                    ):
                        if value is None and order not in (None, "0"):
                            raise Refused(index, "is missing")
            except Refused as refused:
                raise ContractBroken(
                    f"{table}: {f.column.api} {refused.what} in row "
                    f"{row_numbers[refused.index]} of request {place.request_no} (reading "
                    f"{place.reading_id})"
                ) from None
            columns[f.column.name] = column
        return columns

    def _batch(
        self, table: str, columns: dict[str, Values], place: Place, numbers: dict[str, Values]
    ) -> pa.RecordBatch:
        count = len(numbers["row_no"])
        own: dict[str, Values] = {
            "vendor_id": [place.vendor_id] * count,
            "reading_id": [place.reading_id] * count,
            "request_no": [place.request_no] * count,
            **numbers,
        }
        schema = self._schemas[table]
        arrays = [
            pa.array(own[f.name] if f.name in own else columns[f.name], f.type) for f in schema
        ]
        return pa.RecordBatch.from_arrays(arrays, schema=schema)

    def _note_unknown(
        self, item: dict[str, Any], known: set[str], prefix: str, notes: Notes
    ) -> None:
        if item.keys() <= known:
            return
        for name in item.keys() - known:
            notes.unknown.add(f"{self.name}.{prefix}{safe_name(name)}")


def safe_name(name: str) -> str:
    """A field's name as it may be shown: names that could carry data are not."""
    return name if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]{0,39}", name) else "(odd name)"


def _fields_of(table: str) -> Iterator[_Field]:
    for column in raw_tables()[table].columns:
        if column.api is None:
            continue
        path = column.api.removeprefix("^").removesuffix("[]")
        yield _Field(
            column=column,
            path=tuple(path.split(".")),
            of_parent=column.api.startswith("^"),
            of_element=column.api.endswith("[]"),
            read=reader(table, column),
        )


@cache
def flattener(name: str) -> Flattener:
    """The flattener of one of SHAPES."""
    return Flattener(name, SHAPES[name])
