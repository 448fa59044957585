"""How a run is shown: progress bars for people, log lines otherwise, a table at the end."""

import json
import logging
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from rich.console import Console
from rich.logging import RichHandler
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
)
from rich.table import Table

from extract.accounts import Account
from extract.ahead import Ahead, in_words
from extract.collect import Outcome
from extract.errors import ExtractError
from extract.reading import Planned, Reading

log = logging.getLogger("coupang")

JSON_FIELDS = ("account", "listing", "window", "requests", "rows", "seconds")


class JsonLines(logging.Formatter):
    """One JSON object a line: time, level, message and what the event is about."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname.lower(),
            "message": record.getMessage(),
        }
        line.update({k: getattr(record, k) for k in JSON_FIELDS if hasattr(record, k)})
        return json.dumps(line, ensure_ascii=False)


def set_up_logging(log_format: str, console: Console) -> None:
    """Our own messages on stderr: bars' companion on a terminal, plain lines or JSON otherwise."""
    handler: logging.Handler
    if log_format == "json":
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(JsonLines())
    elif log_format == "plain":
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    else:
        handler = RichHandler(console=console, show_path=False, markup=False)
    log.handlers = [handler]
    log.setLevel(logging.INFO)
    log.propagate = False


def span(planned: Planned) -> str:
    """The days a reading vouches for, or what it looks up."""
    window = planned.window
    if window is None:
        return planned.subject_id or ""
    return f"{window.covered_from} - {window.covered_to}"


class Reporter:
    """Tells of a run in log lines, and in bars where `bars` is given.

    requests_per_second: of the limiter, which is what a long run waits for.
    """

    def __init__(self, bars: Progress | None, requests_per_second: float) -> None:
        self._bars = bars
        self._requests_per_second = requests_per_second
        self._ahead: dict[str, Ahead] = {}
        self._tasks: dict[str, TaskID] = {}
        self._named: dict[str, set[str]] = {}

    def planned(self, account: Account, readings: Sequence[Planned]) -> None:
        """More readings of an account are to be made."""
        ahead = self._ahead.setdefault(account.vendor_id, Ahead(self._requests_per_second))
        ahead.planned(planned.listing for planned in readings)
        if not self._bars:
            if readings:
                log.info(
                    "%s: %d readings to make, at least %s",
                    account.name,
                    len(readings),
                    in_words(ahead.seconds_left()),
                )
            return
        if account.vendor_id not in self._tasks:
            self._tasks[account.vendor_id] = self._bars.add_task(
                account.name, total=0, what="", left=""
            )
        task = self._tasks[account.vendor_id]
        self._bars.update(task, total=(self._bars.tasks[task].total or 0) + len(readings))

    def turned(self, account: Account, planned: Planned, page: int) -> None:
        """A page of a reading was taken."""
        ahead = self._ahead[account.vendor_id]
        ahead.turned(planned.listing, planned.reading_id, page)
        if self._bars:
            self._bars.update(
                self._tasks[account.vendor_id],
                what=f"{planned.listing} {span(planned)}, page {page}",
                left=f"about {in_words(ahead.seconds_left())} left",
            )

    def made(self, account: Account, reading: Reading) -> None:
        """A reading was made or failed; what was odd in it is named once per run and account."""
        self._warn(account, reading)
        planned = reading.planned
        self._ahead[account.vendor_id].made(planned.listing, planned.reading_id, reading.requests)
        details = {
            "account": account.name,
            "listing": reading.planned.listing,
            "window": span(reading.planned),
            "requests": reading.requests,
            "rows": reading.rows,
            "seconds": round(reading.seconds, 1),
        }
        if reading.error:
            log.error(
                "%s %s %s: %s",
                account.name,
                reading.planned.listing,
                span(reading.planned),
                reading.error.advice,
                extra=details,
            )
        elif not self._bars:
            # A first sync looks up thousands of orders; the table at the end counts them.
            log.log(
                logging.INFO if planned.window else logging.DEBUG,
                "%s %s %s: %d requests, %d rows, %.1f s",
                *(details[name] for name in JSON_FIELDS),
                extra=details,
            )
        if self._bars:
            self._bars.update(self._tasks[account.vendor_id], advance=1)

    def loaded(self, account: Account, rows: int) -> None:
        """Rows of an account are in the warehouse."""
        ahead = self._ahead.get(account.vendor_id)
        if ahead and not self._bars and (seconds := ahead.seconds_left()):
            log.info("%s: %d rows loaded, about %s left", account.name, rows, in_words(seconds))

    def ended(self, account: Account, error: ExtractError | None) -> None:
        """An account is through: its bar says so, not what it was at last."""
        if self._bars and account.vendor_id in self._tasks:
            self._bars.update(
                self._tasks[account.vendor_id], what="failed" if error else "done", left=""
            )

    def _warn(self, account: Account, reading: Reading) -> None:
        named = self._named.setdefault(account.vendor_id, set())
        if unknown := sorted(reading.notes.unknown - named):
            log.warning(
                "%s: fields that are not documented, not kept: %s",
                account.name,
                ", ".join(unknown[:20]) + (" ..." if len(unknown) > 20 else ""),
            )
        if malformed := sorted(set(reading.notes.malformed) - named):
            log.warning(
                "%s: values that cannot be right, read as missing: %s",
                account.name,
                ", ".join(f"{name} ({reading.notes.malformed[name]})" for name in malformed),
            )
        named.update(unknown, malformed)


def bars(console: Console) -> Progress:
    """Progress bars, one per account."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[left]}"),
        TextColumn("{task.fields[what]}"),
        console=console,
    )


def summary(outcomes: Sequence[Outcome]) -> Table:
    """The table a run ends with: one line per account and listing."""
    table = Table(box=None, pad_edge=False)
    table.add_column("account")
    table.add_column("listing")
    table.add_column("window")
    for name in ("requests", "rows", "seconds"):
        table.add_column(name, justify="right")
    for outcome in outcomes:
        by_listing: dict[str, list[Reading]] = {}
        for reading in outcome.readings:
            by_listing.setdefault(reading.planned.listing, []).append(reading)
        for listing, readings in by_listing.items():
            table.add_row(
                outcome.account.name,
                listing,
                _spans(readings),
                str(sum(r.requests for r in readings)),
                str(sum(r.rows for r in readings if r.is_whole)),
                f"{sum(r.seconds for r in readings):.1f}",
            )
        if not by_listing:
            table.add_row(outcome.account.name, "", "nothing to read", "0", "0", "0.0")
    return table


def _spans(readings: Sequence[Reading]) -> str:
    windows = [r.planned.window for r in readings if r.planned.window]
    if not windows:
        return f"{len(readings)} looked up"
    first = min(w.covered_from for w in windows)
    last = max(w.covered_to for w in windows)
    failed = sum(1 for r in readings if r.error)
    parts = f" in {len(windows)} windows" if len(windows) > 1 else ""
    return f"{first} - {last}{parts}" + (f", {failed} failed" if failed else "")
