"""How long an account's key is still good.

Keys live 180 days from their issue in Wing (Open API docs), not from linking: without the day
that Wing shows beside the key, only an upper bound is known.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from extract.accounts import Account

KEY_DAYS = 180
WARN_DAYS = 14  # Wing re-issues from 14 days before; it takes up to a day


@dataclass(frozen=True)
class KeyAge:
    """days_left: None where unknown. at_most: the upper bound where only the linking is known."""

    days_left: int | None
    at_most: int | None
    linked_on: date | None

    @property
    def text(self) -> str:
        """For people: never a false certainty."""
        if self.days_left is not None:
            return f"{self.days_left} days" if self.days_left >= 0 else "expired"
        if self.at_most is not None:
            return f"unknown, at most {self.at_most} days (linked on {self.linked_on})"
        return f"unknown, at most {KEY_DAYS} days"

    @property
    def is_ending(self) -> bool:
        """Whether the key ends, or may end at the latest, within the days of warning."""
        bound = self.days_left if self.days_left is not None else self.at_most
        return bound is not None and bound <= WARN_DAYS


def key_age(account: Account, today: date) -> KeyAge:
    """What is known of the key of an account."""
    expires, linked = account.key_expires_on, account.keys_linked_on
    if expires:
        return KeyAge((expires - today).days, None, linked)
    if linked:
        last = linked + timedelta(days=KEY_DAYS)
        return KeyAge(None, max(0, (last - today).days), linked)
    return KeyAge(None, None, None)
