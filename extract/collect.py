"""A run: every account read side by side, loaded one after the other.

The main thread plans, loads and writes down; reader threads only read. What it knows of the past
it asks raw, so a run that was killed is simply gone on with by the next one.
"""

import logging
import queue
import shutil
import threading
import time
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Protocol

from extract import compact
from extract.accounts import Account
from extract.client import Client
from extract.clock import KST, korean_day
from extract.errors import ConfigurationError, ExtractError, Stopped, WarehouseError
from extract.flatten import Notes
from extract.lake import raw_in
from extract.listings import LISTINGS
from extract.load import Loader
from extract.questions import start_of
from extract.reading import Planned, Reading, read
from extract.settings import ApiSettings
from extract.shards import EVERYTHING, Shard
from extract.states import AccountState
from extract.warehouse import Warehouse, make_data_dir, process_lock
from extract.windows import DEFAULT_HISTORY, is_due, plan, plan_range

log = logging.getLogger("coupang")

ACCOUNTS_AT_ONCE = 16
LOAD_EVERY = 60.0  # seconds of asking that a run which is stopped may lose, about
TOLD = Notes()  # of readings whose notes were shown: thousands are kept for the summary
ACCOUNT_STATES = "accounts"  # name of the pipeline that writes states, beside one per account


@dataclass(frozen=True)
class Request:
    """What a run is asked for: all accounts, those of a shard, or one; the usual windows or a range
    of days."""

    account: str | None = None
    shard: Shard = EVERYTHING
    first: date | None = None
    last: date | None = None


@dataclass
class Outcome:
    """What became of one account in a run."""

    account: Account
    readings: list[Reading] = field(default_factory=list)
    error: ExtractError | None = None


class Progress(Protocol):
    """Who is told how a run goes on; `turned` by reader threads, the others by the main one."""

    def planned(self, account: Account, readings: Sequence[Planned]) -> None: ...

    def turned(self, account: Account, planned: Planned, page: int) -> None: ...

    def made(self, account: Account, reading: Reading) -> None: ...

    def loaded(self, account: Account, rows: int) -> None: ...

    def ended(self, account: Account, error: ExtractError | None) -> None: ...


class Silent:
    """Progress that nobody is told."""

    def planned(self, account: Account, readings: Sequence[Planned]) -> None: ...

    def turned(self, account: Account, planned: Planned, page: int) -> None: ...

    def made(self, account: Account, reading: Reading) -> None: ...

    def loaded(self, account: Account, rows: int) -> None: ...

    def ended(self, account: Account, error: ExtractError | None) -> None: ...


class _AccountRun:
    """One account's way through a run: windows, then look-ups, loaded once a minute."""

    def __init__(self, account: Account, start: date, next_id: int) -> None:
        self.account = account
        self.start = start
        self.next_id = next_id
        self.waiting: deque[Planned] = deque()
        self.under_way = 0
        self.load_at = time.monotonic() + LOAD_EVERY
        self.unloaded: list[Reading] = []
        self.outcome = Outcome(account)
        self.looked_up = False
        self.client: Client | None = None
        self.pool: ThreadPoolExecutor | None = None

    def number(self) -> int:
        """The next reading id; a number given is never given again."""
        given = self.next_id
        self.next_id += 1
        return given

    def done(self, reading: Reading) -> None:
        """Takes a reading that was made."""
        self.under_way -= 1
        reading.notes = TOLD
        self.unloaded.append(reading)
        self.outcome.readings.append(reading)
        if reading.error and not self.outcome.error:
            self.outcome.error = reading.error

    def close(self) -> None:
        """Ends its readers and its connections."""
        if self.pool:
            self.pool.shutdown(wait=True, cancel_futures=True)
        if self.client:
            self.client.close()

    @property
    def is_idle(self) -> bool:
        """Whether nothing is being read or waits to be."""
        return not self.waiting and not self.under_way


class Run:
    """One run over a data folder. `everything` collects; use it under the process lock."""

    def __init__(
        self,
        linked: Sequence[Account],
        settings: ApiSettings,
        folder: Path,
        as_of: datetime,
        request: Request,
        progress: Progress | None = None,
        configured_start: date | None = None,
    ) -> None:
        self.linked = linked
        self.settings = settings
        self.as_of = as_of
        self.today = korean_day(as_of)
        self.request = request
        self.progress = progress or Silent()
        self.configured_start = configured_start
        self.raw = raw_in(folder)
        self.loader = Loader(self.raw, folder)
        self.spool = folder / "spool"
        self.stop = threading.Event()
        self._made: queue.SimpleQueue[tuple[_AccountRun, Future[Reading]]] = queue.SimpleQueue()

    def everything(self) -> list[Outcome]:
        """Collects the accounts asked for; one outcome each, also for those that failed."""
        chosen = self._chosen()
        with self.raw.held():
            return self._everything(chosen)

    def _everything(self, chosen: Sequence[Account]) -> list[Outcome]:
        self._remember()
        refused = self._refused()
        runs = self._runs()
        if chosen and all(account.vendor_id in refused for account in chosen):
            raise next(iter(refused.values()))
        self._write_changes(runs, refused)
        waiting: deque[_AccountRun] = deque()
        for run in runs:
            if error := refused.get(run.account.vendor_id):
                run.outcome.error = error
            elif run.account in chosen:
                waiting.append(run)
        shutil.rmtree(self.spool, ignore_errors=True)
        self.spool.mkdir(mode=0o700)
        try:
            self._collect(waiting)
        except BaseException:
            self.stop.set()
            raise
        finally:
            for run in runs:
                run.close()
            shutil.rmtree(self.spool, ignore_errors=True)
        if isinstance(self.raw, Warehouse) and compact.is_due(self.raw):
            log.info("raw holds many readings of the same orders: compacting")
            compact.compact(self.raw.path)
        return [run.outcome for run in runs if run.account in chosen]

    def note_states(self) -> None:
        """Only writes down which accounts are linked now, and under which names."""
        with self.raw.held():
            self._remember()
            refused = self._refused()
            self._write_changes(self._runs(), refused)

    def _remember(self) -> None:
        self._ids = self.raw.last_reading_ids()
        self._states = self.raw.states()

    # --- who and from when ---------------------------------------------------------------

    def _chosen(self) -> list[Account]:
        if not self.linked:
            raise ConfigurationError(
                "No account is linked",
                remedy="`python -m extract accounts link NAME --vendor-id V` links one.",
            )
        if self.request.account is None:
            chosen = [a for a in self.linked if self.request.shard.holds(a.vendor_id)]
            if not chosen:
                log.info("no linked account is of shard %s", self.request.shard)
            return chosen
        chosen = [a for a in self.linked if a.name == self.request.account]
        if not chosen:
            names = ", ".join(account.name for account in self.linked)
            raise ConfigurationError(
                f"No account is named {self.request.account!r}", remedy=f"Linked are: {names}."
            )
        return chosen

    def _refused(self) -> dict[str, ExtractError]:
        """Accounts whose data is newer than this run's moment: what is newer is decided by the
        order of readings, so nothing of an earlier moment may come after."""
        return {
            account.vendor_id: ConfigurationError(
                f"This run counts {self.as_of.astimezone(KST):%Y-%m-%d %H:%M} KST as now, but the "
                f"account was last read as of {last.astimezone(KST):%Y-%m-%d %H:%M} KST",
                remedy="Unset COUPANG_AS_OF, or check this machine's clock.",
                account=account.name,
            )
            for vendor_id, last in self.raw.last_as_of().items()
            for account in self.linked
            if account.vendor_id == vendor_id and last > self.as_of
        }

    def _runs(self) -> list[_AccountRun]:
        """Every linked account whose states are this run's to write: those of another shard have a
        run of their own, maybe at this moment."""
        return [self._account_run(a) for a in self.linked if self.request.shard.holds(a.vendor_id)]

    def _account_run(self, account: Account) -> _AccountRun:
        state = self._states.get(account.vendor_id)
        configured = account.start_date or self.configured_start
        start = start_of(configured, state, self.today - timedelta(days=DEFAULT_HISTORY))
        if configured and start < configured:
            log.warning(
                "%s: the start date %s changes nothing: collected since %s",
                account.name,
                configured,
                start,
            )
        return _AccountRun(account, start, self._ids.get(account.vendor_id, 0) + 1)

    def _write_changes(self, runs: Sequence[_AccountRun], refused: dict[str, ExtractError]) -> None:
        """States of accounts that are new, or linked, named or grouped otherwise than before.

        Their last error stays until they were collected again.
        """
        states = []
        for run in runs:
            before = self._states.get(run.account.vendor_id)
            now = self._state(run, before.last_error if before else None)
            if run.account.vendor_id not in refused and not now.says_the_same_as(before):
                run.number()
                states.append(now)
        linked = {account.vendor_id for account in self.linked}
        for vendor_id, state in self._states.items():
            is_gone = vendor_id not in linked and self.request.shard.holds(vendor_id)
            if is_gone and state.is_linked and state.as_of <= self.as_of:
                number = self._ids[vendor_id] + 1
                states.append(replace(state, reading_id=number, is_linked=False, as_of=self.as_of))
        if states:
            self.loader.load(ACCOUNT_STATES, states)

    def _state(self, run: _AccountRun, last_error: str | None) -> AccountState:
        return AccountState.of(
            run.account, run.next_id, self.as_of, start_date=run.start, last_error=last_error
        )

    # --- what to read --------------------------------------------------------------------

    def _plan(self, run: _AccountRun) -> list[Planned]:
        readings = self.raw.readings(run.account.vendor_id)
        unpaid = self.raw.unpaid_months(run.account.vendor_id)
        windows = []
        for listing in LISTINGS.values():
            if self.request.first:
                last = self.request.last or self.today
                found = plan_range(listing, self.request.first, last, self.today)
            else:
                read_before = readings.get(listing.name, ())
                found = plan(listing, run.start, self.today, read_before, unpaid)
            windows.extend((listing.name, window) for window in found)
        if not windows:
            return []
        windows.sort(key=lambda item: item[1].covered_from)
        planned = [Planned(run.number(), name, window) for name, window in windows]
        if not self.request.first:
            returns = [w for name, w in windows if name == "return_requests"]
            planned.extend(
                Planned(run.number(), "receipt_lookup", subject_id=receipt_id)
                for receipt_id, created_on, asked_on in self.raw.open_receipts(
                    run.account.vendor_id
                )
                if not any(w.covered_from <= created_on <= w.covered_to for w in returns)
                and is_due(created_on, asked_on, self.today)
            )
        return planned

    def _plan_look_ups(self, run: _AccountRun) -> list[Planned]:
        """Orders that only receipts know, once the sheets are in."""
        if run.looked_up:
            return []
        run.looked_up = True
        if any(r.error and r.planned.listing == "order_sheets" for r in run.outcome.readings):
            return []
        unknown = self.raw.unknown_orders(
            run.account.vendor_id,
            told={order for r in run.unloaded for order in r.values("receipts", "order_id")},
            shown={order for r in run.unloaded for order in r.values("order_sheets", "order_id")},
        )
        return [Planned(run.number(), "order_lookup", subject_id=each) for each in unknown]

    # --- the loop ------------------------------------------------------------------------

    def _collect(self, waiting: deque[_AccountRun]) -> None:
        active: set[_AccountRun] = set()
        while waiting or active:
            while waiting and len(active) < ACCOUNTS_AT_ONCE:
                run = waiting.popleft()
                active.add(run)
                self._begin(run)
            finished = {run for run in active if run.is_idle and self._settle(run)}
            active -= finished
            if not active or finished:
                continue
            run, future = self._made.get()
            self._take(run, future)

    def _begin(self, run: _AccountRun) -> None:
        run.client = Client(run.account, self.settings, self.stop)
        run.pool = ThreadPoolExecutor(
            self.settings.readers, thread_name_prefix=run.account.vendor_id
        )
        self._submit(run, self._plan(run))

    def _submit(self, run: _AccountRun, planned: list[Planned]) -> None:
        run.waiting.extend(planned)
        self.progress.planned(run.account, planned)
        self._feed(run)

    def _feed(self, run: _AccountRun) -> None:
        """Keeps the readers busy. Not all at once: a first sync looks up orders by ten thousands,
        and a reading that waits in the pool takes kilobytes."""
        while run.waiting and run.under_way < 4 * self.settings.readers:
            run.under_way += 1
            item = run.waiting.popleft()
            turned = partial(self.progress.turned, run.account, item)
            future = run.pool.submit(read, run.client, item, self.as_of, self.spool, turned)
            future.add_done_callback(lambda f: self._made.put((run, f)))

    def _take(self, run: _AccountRun, future: "Future[Reading]") -> None:
        reading = future.result()
        if isinstance(reading.error, Stopped):
            raise reading.error
        self.progress.made(run.account, reading)
        run.done(reading)
        self._feed(run)
        if not run.is_idle and time.monotonic() >= run.load_at:
            self._load(run)

    def _settle(self, run: _AccountRun) -> bool:
        """Of an account with nothing left to read: plans the look-ups once; after them, loads
        what is left together with how the account is now. True where it is through."""
        if planned := self._plan_look_ups(run):
            self._submit(run, planned)
            return False
        run.close()
        error = run.outcome.error
        state = self._state(run, error.advice if error else None)
        if not self._load(run, state):
            # What was read is lost, and read again by the next run; why, is to be known.
            with suppress(WarehouseError):
                self.loader.load(
                    ACCOUNT_STATES, [replace(state, last_error=run.outcome.error.advice)]
                )
        self.progress.ended(run.account, run.outcome.error)
        return True

    def _load(self, run: _AccountRun, *state: AccountState) -> bool:
        """Loads what an account's readings brought; False where that failed."""
        readings = sorted(run.unloaded, key=lambda r: r.planned.reading_id)
        run.unloaded = []
        try:
            self.loader.load(run.account.vendor_id, [*readings, *state])
        except WarehouseError as error:
            run.outcome.error = error.of(run.account.name)
            return False
        finally:
            run.load_at = time.monotonic() + LOAD_EVERY
            for reading in readings:
                reading.forget()
        self.progress.loaded(run.account, sum(r.rows for r in readings))
        return True


def run_once(
    linked: Sequence[Account],
    settings: ApiSettings,
    folder: Path,
    as_of: datetime,
    request: Request,
    progress: Progress | None = None,
    configured_start: date | None = None,
) -> list[Outcome]:
    """A whole run in the data folder `folder`, under its lock."""
    make_data_dir(folder)
    with process_lock(folder):
        run = Run(linked, settings, folder, as_of, request, progress, configured_start)
        return run.everything()


def note_states(linked: Sequence[Account], folder: Path, as_of: datetime) -> None:
    """Writes down which accounts are linked now, where anything was collected yet."""
    if raw_in(folder).exists():
        with process_lock(folder):
            Run(linked, ApiSettings(), folder, as_of, Request()).note_states()
