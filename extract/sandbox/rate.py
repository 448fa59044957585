"""The gateway's quota: so many requests a second, counted per vendor code."""

from __future__ import annotations

from collections import deque


class Quota:
    """A sliding second: the strictest reading of "5 requests a second"."""

    def __init__(self, per_second: float | None) -> None:
        self.per_second = per_second
        self._granted: dict[str, deque[float]] = {}

    def take(self, vendor_id: str, now: float) -> bool:
        """Whether a request that arrives at `now` (seconds, monotonic) is within the quota.

        A request that is refused does not count.
        """
        if not self.per_second:
            return True
        granted = self._granted.setdefault(vendor_id, deque())
        while granted and granted[0] <= now - 1.0:
            granted.popleft()
        if len(granted) >= self.per_second:
            return False
        granted.append(now)
        return True


def peak(times: list[float]) -> int:
    """The most of these moments (seconds, ascending) that fall into one second."""
    most = first = 0
    for index, time in enumerate(times):
        while times[first] <= time - 1.0:
            first += 1
        most = max(most, index - first + 1)
    return most
