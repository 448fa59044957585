"""A reading: one window of one listing, or one look-up, made whole or not at all.

Pages are flattened as they come and spooled to Arrow files in the data folder (no personal data
is left by then), so that memory stays flat however long the window is. Only a whole reading is
handed on with rows; one that failed is handed on as a line of the read log.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from extract.client import Client, Tally
from extract.clock import korean_day, utc_text
from extract.errors import ApiError, ExtractError, Unexpected
from extract.flatten import Notes, Place, flattener
from extract.listings import LISTINGS, LOOK_UPS, Window, read_look_up, read_window
from extract.probe import diagnose, prove
from extract.raw_tables import raw_tables
from extract.trouble import disk_trouble

ROWS_A_BATCH = 20_000


@dataclass(frozen=True, slots=True)
class Planned:
    """A reading to be made. `reading_id` is given when it is planned and never given twice."""

    reading_id: int
    listing: str
    window: Window | None = None
    subject_id: str | None = None

    @property
    def shape(self) -> str:
        known = LOOK_UPS.get(self.listing) or LISTINGS[self.listing]
        return known.shape


@dataclass(slots=True)
class Reading:
    """A reading that was made, or failed (`error`)."""

    vendor_id: str
    planned: Planned
    as_of: datetime
    started_at: datetime
    outcome: str = "ok"
    error: ExtractError | None = None
    requests: int = 0
    rows: int = 0
    seconds: float = 0.0
    notes: Notes = field(default_factory=Notes)
    files: dict[str, Path] = field(default_factory=dict)

    @property
    def is_whole(self) -> bool:
        return self.error is None

    @property
    def log_row(self) -> dict[str, Any]:
        """Its row of `read_log`."""
        window = self.planned.window

        def day(name: str) -> str | None:
            return str(getattr(window, name)) if window else None

        return {
            "vendor_id": self.vendor_id,
            "reading_id": self.planned.reading_id,
            "listing": self.planned.listing,
            "window_from": day("asked_from"),
            "window_to": day("asked_to"),
            "covered_from": day("covered_from"),
            "covered_to": day("covered_to"),
            "subject_id": self.planned.subject_id,
            "is_whole": self.is_whole,
            "outcome": self.outcome,
            "request_count": self.requests,
            "row_count": self.rows if self.is_whole else 0,
            "as_of": utc_text(self.as_of),
            "started_at": utc_text(self.started_at),
            "duration_ms": round(1000 * self.seconds),
        }

    @property
    def table_names(self) -> set[str]:
        """The raw tables it has rows for."""
        return {"read_log", *self.files}

    def tables(self, name: str) -> Iterator[pa.Table]:
        """The reading's rows of one raw table, in pieces of some ten thousand rows."""
        if name == "read_log":
            yield pa.Table.from_pylist([self.log_row], schema=raw_tables()[name].schema)
        elif name in self.files:
            with pa.OSFile(str(self.files[name])) as source, pa.ipc.open_stream(source) as stream:
                for batch in stream:
                    yield pa.Table.from_batches([batch])

    def values(self, table: str, column: str) -> set[str]:
        """The different values of a column of text."""
        return {v for piece in self.tables(table) for v in piece[column].unique().to_pylist()}

    def forget(self) -> None:
        """Removes its spooled rows."""
        for path in self.files.values():
            path.unlink(missing_ok=True)
        self.files.clear()


class Spool:
    """The Arrow files of one reading, one per table, written batch by batch."""

    def __init__(self, folder: Path, stem: str) -> None:
        self._folder = folder
        self._stem = stem
        self._waiting: dict[str, list[pa.RecordBatch]] = {}
        self._rows: Counter[str] = Counter()
        self._writers: dict[str, pa.ipc.RecordBatchStreamWriter] = {}
        self.files: dict[str, Path] = {}
        self.is_closed = False

    def add(self, batches: dict[str, pa.RecordBatch]) -> None:
        """Takes one page's batches."""
        for table, batch in batches.items():
            if batch.num_rows:
                self._waiting.setdefault(table, []).append(batch)
                self._rows[table] += batch.num_rows
                if self._rows[table] >= ROWS_A_BATCH:
                    self._write(table)

    def close(self) -> None:
        """Writes what waits and closes the files."""
        for table in list(self._waiting):
            self._write(table)
        self._end()
        self.is_closed = True

    def drop(self) -> None:
        """Closes and removes the files."""
        with suppress(OSError):  # on a full disk even closing fails
            self._end()
        for path in self.files.values():
            path.unlink(missing_ok=True)
        self.files.clear()

    def _write(self, table: str) -> None:
        waiting = self._waiting.pop(table)
        self._rows[table] = 0
        if table not in self._writers:
            path = self._folder / f"{self._stem}.{table}.arrow"
            self.files[table] = path
            self._writers[table] = pa.ipc.new_stream(str(path), waiting[0].schema)
        (batch,) = pa.Table.from_batches(waiting).combine_chunks().to_batches()
        self._writers[table].write_batch(batch)

    def _end(self) -> None:
        for writer in self._writers.values():
            writer.close()
        self._writers.clear()


def read(
    client: Client,
    planned: Planned,
    as_of: datetime,
    folder: Path,
    turned: Callable[[int], None] | None = None,
) -> Reading:
    """Makes one reading. Errors a user can meet end up in the result, never half-taken rows.

    turned: told the number of each page that was taken.
    """
    vendor_id = client.account.vendor_id
    reading = Reading(vendor_id, planned, as_of, started_at=datetime.now(UTC))
    spool = Spool(folder, f"{vendor_id}-{planned.reading_id}")
    flatten = flattener(planned.shape)
    tally = Tally()
    page = 0
    began = time.monotonic()

    def take(rows: list[Any]) -> None:
        nonlocal page
        page += 1
        place = Place(vendor_id, planned.reading_id, page)
        spool.add(flatten.batches(rows, place, reading.notes))
        reading.rows += len(rows)
        if turned:
            turned(page)

    try:
        if planned.listing == "settlements":
            prove(client, korean_day(as_of))
        if planned.window:
            read_window(client, LISTINGS[planned.listing], planned.window, take, tally)
        else:
            look_up = LOOK_UPS[planned.listing]
            reading.outcome = read_look_up(client, look_up, planned.subject_id or "", take, tally)
        spool.close()
    except Exception as error:
        reading.error = _told(error, client, as_of, folder).of(client.account.name)
        reading.outcome = reading.error.kind
    finally:
        if not spool.is_closed:
            spool.drop()
    reading.files = spool.files
    reading.requests = tally.requests
    reading.seconds = time.monotonic() - began
    return reading


def _told(error: Exception, client: Client, as_of: datetime, folder: Path) -> ExtractError:
    """What a failure of a reading is for a person."""
    if isinstance(error, ApiError) and error.ends_account:
        return diagnose(client, error, korean_day(as_of))
    if isinstance(error, ExtractError):
        return error
    if isinstance(error, OSError):
        return disk_trouble(error, folder)
    return Unexpected.by(error)
