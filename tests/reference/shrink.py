"""Smaller worlds that still fail: every attempt of a round is a vendor code of one build."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.reference.build import differences
from tests.reference.compare import Difference
from tests.reference.worlds import MutableRow, World

Place = tuple[str, int]  # table, number of the row in it

PARENTS = {
    "order_sheet_items": "order_sheets",
    "receipt_items": "receipts",
    "confirmed_sale_items": "confirmed_sales",
}
KEPT = ("accounts", "_dlt_loads")
SIMPLE_VALUES: dict[str, tuple[Any, ...]] = {
    "shipping_price": (0,),
    "remote_price": (None,),
    "shipping_count": (1, 2),
    "cancel_count": (0, 1),
    "order_price": (1000,),
    "sales_price": (None,),
    "instant_coupon_discount": (None,),
    "downloadable_coupon_discount": (None,),
    "coupang_discount": (None,),
    "quantity": (1,),
    "sale_price": (1000,),
    "seller_discount_coupon": (None,),
    "downloadable_coupon": (None,),
    "coupang_discount_coupon": (None,),
    "delivery_fee_amount": (None,),
    "paid_at": (None,),
    "modified_at": (None,),
    "pre_refund": (None,),
    "is_linked": (True,),
    "last_error": (None,),
    "status": (None,),
}


@dataclass(frozen=True)
class Reduction:
    """Rows to leave out and values to make simple, told of one world's rows."""

    dropped: frozenset[Place] = frozenset()
    changed: dict[Place, MutableRow] = field(default_factory=dict)

    def with_(self, other: "Reduction") -> "Reduction":
        changed = {place: dict(values) for place, values in self.changed.items()}
        for place, values in other.changed.items():
            changed.setdefault(place, {}).update(values)
        return Reduction(self.dropped | other.dropped, changed)

    def of(self, world: World, vendor_id: str) -> World:
        """The world with this reduction, under a vendor code of its own."""
        rows = {
            table: [
                {**row, **self.changed.get((table, number), {})}
                for number, row in enumerate(table_rows)
                if (table, number) not in self.dropped
            ]
            for table, table_rows in world.rows.items()
        }
        return World(vendor_id, rows).renamed(vendor_id)


def coarse(world: World) -> Iterator[Reduction]:
    """All that is told of one order, reading, box, receipt or load; copies; older states."""
    for column in ("order_id", "_dlt_load_id", "reading_id", "shipment_box_id", "receipt_id"):
        values = dict.fromkeys(
            row[column] for _, row in _places(world) if row.get(column) is not None
        )
        for value in values:
            yield from _drop(world, lambda row, c=column, v=value: row.get(c) == v)
    yield from _drop_copies(world)
    yield from _drop_older_states(world)


def rows(world: World) -> Iterator[Reduction]:
    """Single rows with their lines, and single lines."""
    key = ("reading_id", "request_no", "row_no")
    for (table, number), row in _places(world):
        if table in KEPT:
            continue
        children = [child for child, parent in PARENTS.items() if parent == table]
        lines = {
            place
            for place, other in _places(world)
            if place[0] in children and all(other[column] == row[column] for column in key)
        }
        yield Reduction(frozenset({(table, number)} | lines))


def values(world: World) -> Iterator[Reduction]:
    """Single values made simple."""
    for place, row in _places(world):
        for column, simple in SIMPLE_VALUES.items():
            if column not in row:
                continue
            for value in simple:
                if row[column] == value:
                    break  # those after it are less simple
                yield Reduction(changed={place: {column: value}})
        for column in row:
            if column.endswith("_currency") and row[column] not in (None, "KRW"):
                yield Reduction(changed={place: {column: "KRW"}})


def _places(world: World) -> Iterator[tuple[Place, MutableRow]]:
    for table, rows in world.rows.items():
        for number, row in enumerate(rows):
            yield (table, number), row


def _drop(world: World, is_dropped: Callable[[MutableRow], bool]) -> Iterator[Reduction]:
    """Leaves rows out, but for those without which there is no account."""
    dropped = frozenset(
        place for place, row in _places(world) if place[0] not in KEPT and is_dropped(row)
    )
    if dropped:
        yield Reduction(dropped)


def _drop_older_states(world: World) -> Iterator[Reduction]:
    newest = max(row["reading_id"] for row in world.rows["accounts"])
    older = frozenset(
        ("accounts", number)
        for number, row in enumerate(world.rows["accounts"])
        if row["reading_id"] < newest
    )
    if older:
        yield Reduction(older)


def _drop_copies(world: World) -> Iterator[Reduction]:
    seen: set[tuple[str, str]] = set()
    copies = set()
    for place, row in _places(world):
        text = (place[0], repr(sorted(row.items(), key=lambda pair: pair[0])))
        if text in seen:
            copies.add(place)
        seen.add(text)
    if copies:
        yield Reduction(frozenset(copies))


def shrink(
    world: World, kind: str, as_of: datetime, folder: Path, counts_coupang: bool = True
) -> World:
    """The smallest world found that still differs in the way `kind` tells.

    First whole stories go, then rows, then values. A round is two builds: every reduction by
    itself, then as many of those that still fail as can be taken together.
    """

    def failing(attempts: list[Reduction]) -> list[Reduction]:
        names = {f"S{number:07d}": attempt for number, attempt in enumerate(attempts)}
        worlds = [attempt.of(world, name) for name, attempt in names.items()]
        found = differences(worlds, as_of, folder, counts_coupang, with_tests=False)
        failed = {difference.vendor_id for difference in found if difference.kind == kind}
        return [attempt for name, attempt in names.items() if name in failed]

    for stage in (coarse, rows, values):
        while single := failing(list(stage(world))):
            best = max(failing(list(_together(single))) or single[:1], key=_weight)
            world = best.of(world, world.vendor_id)
    return world


def _together(single: list[Reduction]) -> Iterator[Reduction]:
    """The first reduction, the first two, four, eight, and so on to all of them."""
    total, size = Reduction(), 1
    for number, reduction in enumerate(single, start=1):
        total = total.with_(reduction)
        if number in (size, len(single)):
            size *= 2
            yield total


def _weight(reduction: Reduction) -> int:
    return len(reduction.dropped) * 100 + sum(map(len, reduction.changed.values()))


def tell(world: World) -> str:
    """The raw rows of a world as text, nulls and the columns of the pipeline left out."""
    silent = {"vendor_id", "_dlt_load_id", "started_at", "duration_ms", "request_count"}
    return "\n".join(
        f"{table}: "
        + ", ".join(
            f"{name}={value}"
            for name, value in row.items()
            if value is not None and name not in silent
        )
        for (table, _), row in _places(world)
        if table != "_dlt_loads"
    )


def kinds(found: Iterable[Difference]) -> dict[str, Difference]:
    """The first difference of each kind."""
    first: dict[str, Difference] = {}
    for difference in found:
        first.setdefault(difference.kind, difference)
    return first
