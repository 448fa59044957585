"""What stands in raw: which rows exist, which is the newest, and what moment a text tells of."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

KST = timezone(timedelta(hours=9))

Row = Mapping[str, Any]
SeenOrder = tuple[int, int, int]

READING = ("vendor_id", "reading_id")
PLACE = (*READING, "request_no", "row_no")
LINE = (*PLACE, "line_no")
PLACES: dict[str, tuple[str, ...]] = {
    "read_log": READING,
    "accounts": READING,
    "order_sheets": PLACE,
    "order_sheet_items": LINE,
    "receipts": PLACE,
    "receipt_items": LINE,
    "withdrawals": LINE,
    "confirmed_sales": PLACE,
    "confirmed_sale_items": LINE,
    "settlements": PLACE,
}


def to_kst(text: str | None) -> datetime | None:
    """The Korean wall clock (without zone) of a time as it came.

    With an offset or Z the text is an instant; without one it already is Korean time (P1).
    """
    if text is None:
        return None
    moment = datetime.fromisoformat(text)
    return moment.astimezone(KST).replace(tzinfo=None) if moment.tzinfo else moment


def to_day(text: str | None) -> date | None:
    """A yyyy-mm-dd text as a day."""
    return None if text is None else date.fromisoformat(text)


def seen_order(row: Row) -> SeenOrder:
    """What decides newer and older: the reading, the request within it, the row within that."""
    return row["reading_id"], row["request_no"], row["row_no"]


def by_vendor(raw: Mapping[str, Iterable[Row]]) -> dict[str, dict[str, list[Row]]]:
    """Rows that exist, by vendor code and table.

    A row exists once its load stands in `_dlt_loads` with status 0; rows of one place are one row,
    however often their package was loaded.
    """
    complete = {load["load_id"] for load in raw.get("_dlt_loads", ()) if load["status"] == 0}
    vendors: dict[str, dict[str, list[Row]]] = defaultdict(lambda: {name: [] for name in PLACES})
    for table, place in PLACES.items():
        taken = set()
        for row in raw.get(table, ()):
            key = tuple(row[column] for column in place)
            if row["_dlt_load_id"] in complete and key not in taken:
                taken.add(key)
                vendors[row["vendor_id"]][table].append(row)
    return dict(sorted(vendors.items()))


def lines_by_place(rows: Iterable[Row]) -> dict[SeenOrder, list[Row]]:
    """Lines under the row they belong to, in the order in which they came."""
    places: dict[SeenOrder, list[Row]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: row["line_no"]):
        places[seen_order(row)].append(row)
    return places


@dataclass(frozen=True)
class Reading:
    """One whole reading of a window."""

    reading_id: int
    listing: str
    window_from: date
    window_to: date
    covered_from: date
    covered_to: date
    as_of_utc: datetime
    as_of_kst: datetime

    @classmethod
    def of(cls, row: Row) -> "Reading":
        as_of = datetime.fromisoformat(row["as_of"])
        return cls(
            reading_id=row["reading_id"],
            listing=row["listing"],
            window_from=date.fromisoformat(row["window_from"]),
            window_to=date.fromisoformat(row["window_to"]),
            covered_from=date.fromisoformat(row["covered_from"]),
            covered_to=date.fromisoformat(row["covered_to"]),
            as_of_utc=as_of.astimezone(UTC).replace(tzinfo=None),
            as_of_kst=as_of.astimezone(KST).replace(tzinfo=None),
        )

    def asked_for(self, day: date) -> bool:
        """Whether the day lay in the window, margin days included."""
        return self.window_from <= day <= self.window_to

    def covers(self, day: date) -> bool:
        """Whether the reading vouches for the whole day."""
        return self.covered_from <= day <= self.covered_to and day < self.as_of_kst.date()

    def covers_in_part(self, day: date) -> bool:
        """Whether it vouches for the beginning of the day only: the day on which it was made."""
        midnight = datetime.combine(day, datetime.min.time())
        return (
            self.covered_from <= day <= self.covered_to
            and day == self.as_of_kst.date()
            and self.as_of_kst > midnight
        )


def whole_readings(log: Iterable[Row]) -> list[Reading]:
    """Whole readings of windows, oldest first; look-ups cover nothing and tell of no vanishing."""
    readings = [
        Reading.of(row) for row in log if row["is_whole"] and row["window_from"] is not None
    ]
    return sorted(readings, key=lambda reading: reading.reading_id)
