"""How long an account's run has still to go: what is left to ask, at the limiter's pace."""

from collections import Counter
from collections.abc import Iterable

from extract.listings import LISTINGS

Made = tuple[int, int]  # readings that were made, and the requests they took


class Ahead:
    """Counts one account's readings and requests, and estimates the rest.

    A listing's readings are taken to need as many requests as those of it that were made; before
    one was, at least one a status and as many as one of them has had. Reader threads may call
    `turned`; what they write is one item of a dict each.
    """

    def __init__(self, requests_per_second: float) -> None:
        self._requests_per_second = requests_per_second
        self._planned: Counter[str] = Counter()
        self._made: dict[str, Made] = {}
        self._pages: dict[int, tuple[str, int]] = {}

    def planned(self, listings: Iterable[str]) -> None:
        """Readings of these listings are to be made."""
        self._planned.update(listings)

    def turned(self, listing: str, reading_id: int, page: int) -> None:
        """A reading that is under way has had so many pages."""
        self._pages[reading_id] = (listing, page)

    def made(self, listing: str, reading_id: int, requests: int) -> None:
        """A reading was made, or failed."""
        readings, before = self._made.get(listing, (0, 0))
        self._made[listing] = (readings + 1, before + requests)
        self._pages.pop(reading_id, None)

    def seconds_left(self) -> float:
        """Seconds until the last request, if nothing but the limiter is waited for."""
        under_way = list(self._pages.values())
        requests = 0.0
        for listing, planned in self._planned.items():
            made, took = self._made.get(listing, (0, 0))
            pages = [page for of, page in under_way if of == listing]
            each = took / made if made else max([_least(listing), *pages])
            requests += max(0.0, (planned - made) * each - sum(pages))
        return requests / self._requests_per_second


def _least(listing: str) -> int:
    """Requests that a reading takes even where nothing is found; a look-up takes one."""
    return len(LISTINGS[listing].statuses) if listing in LISTINGS else 1


def in_words(seconds: float) -> str:
    """A duration as a person says it: seconds, minutes, or hours and minutes."""
    if seconds < 60:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02d} min"
