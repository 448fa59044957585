"""One account's pace: when its next request may leave, and when those before it really left.

Coupang counts 5 requests a second and vendor code as they arrive. So they leave evenly spaced; and
since one may be held up between its turn and the wire (a new connection, a pause of Python),
the moment at which it was written to its connection is what later ones are kept apart from.
"""

import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pyrate_limiter import InMemoryBucket, Rate, RateItem
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection

from extract.errors import Stopped

# A little slower than the rate: what is not held up by more than the difference does no harm.
SPACING = 1.04
APART = 1.02  # the same for what was held up, counted from when it left
LOOK_AGAIN = 0.005  # seconds


class Turn:
    """One request's. left_at: when it was on the wire (seconds, monotonic)."""

    left_at: float | None = None

    def leave(self) -> None:
        """Only the first time counts."""
        if self.left_at is None:
            self.left_at = time.monotonic()


class Pace:
    """Gives turns to the threads that ask for one account; Stopped once the run is.

    requests_per_second: 100,000 and more is no limit, for a sandbox that sets none.
    """

    def __init__(self, requests_per_second: float, stop: threading.Event) -> None:
        self._stop = stop
        self._turns = threading.Lock()
        self._hold_until = 0.0
        self._mine = threading.local()
        interval = round(1000 * SPACING / requests_per_second)
        self._bucket = InMemoryBucket([Rate(1, interval)]) if interval else None
        at_once = max(1, int(requests_per_second))
        self._last: deque[Turn] = deque(maxlen=at_once)
        self._apart = APART * at_once / requests_per_second

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Waits until this thread may send a request, which it does inside."""
        turn = self._mine.turn = Turn()
        with self._turns:
            while (hold := self._hold_until - time.monotonic()) > 0:
                self.sleep(hold)
            if self._bucket is not None:
                self._keep_apart()
                self._take_place(self._bucket)
                self._last.append(turn)
            if self._stop.is_set():
                raise Stopped("The run was stopped")
        try:
            yield
        finally:
            turn.leave()  # what was not sent after all is not waited for

    def left(self) -> None:
        """This thread's request was written to its connection."""
        self._mine.turn.leave()

    def hold(self, seconds: float) -> None:
        """Nothing of this account is sent for a while: the quota is the vendor code's."""
        self._hold_until = max(self._hold_until, time.monotonic() + seconds)

    def sleep(self, seconds: float) -> None:
        """Waits; Stopped at once where the run is."""
        if self._stop.wait(seconds):
            raise Stopped("The run was stopped")

    def _keep_apart(self) -> None:
        if len(self._last) < (self._last.maxlen or 0):
            return
        before = self._last[0]
        while before.left_at is None:
            self.sleep(LOOK_AGAIN)
        if (wait := before.left_at + self._apart - time.monotonic()) > 0:
            self.sleep(wait)

    def _take_place(self, bucket: InMemoryBucket) -> None:
        # Asked with the time of now at each try: a turn that came late moves the next one.
        while not bucket.put(turn := RateItem("", bucket.now())):
            self.sleep(bucket.waiting(turn) / 1000)
        bucket.leak(bucket.now())


class PacedAdapter(HTTPAdapter):
    """Connections that tell a pace when a request has left."""

    def __init__(self, pace: Pace, pool_maxsize: int) -> None:
        class Telling:
            def request(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - urllib3's own
                super().request(*args, **kwargs)  # type: ignore[misc]
                pace.left()

        class Connection(Telling, HTTPConnection): ...

        class SecureConnection(Telling, HTTPSConnection): ...

        class Pool(HTTPConnectionPool):
            ConnectionCls = Connection

        class SecurePool(HTTPSConnectionPool):
            ConnectionCls = SecureConnection

        self._pools = {"http": Pool, "https": SecurePool}
        super().__init__(pool_maxsize=pool_maxsize)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - requests' own
        """As requests does, with pools of ours."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = self._pools

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> PoolManager:  # noqa: ANN401
        """The same behind a proxy."""
        manager = super().proxy_manager_for(*args, **kwargs)
        manager.pool_classes_by_scheme = self._pools
        return manager
