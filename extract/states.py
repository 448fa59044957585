"""Account states: what raw's table `accounts` says of an account at a moment.

States are rows like any other, numbered in the account's own order of readings.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any

import pyarrow as pa

from extract.accounts import Account
from extract.clock import utc_text
from extract.raw_tables import raw_tables


@dataclass(frozen=True)
class AccountState:
    """One row of `accounts`; fields as declared there."""

    vendor_id: str
    reading_id: int
    account_name: str
    account_group: str | None
    is_linked: bool
    start_date: date | None
    key_expires_on: date | None
    keys_linked_on: date | None
    last_error: str | None
    as_of: datetime

    @classmethod
    def of(
        cls,
        account: Account,
        reading_id: int,
        as_of: datetime,
        *,
        start_date: date,
        last_error: str | None = None,
    ) -> "AccountState":
        """The state of a linked account."""
        return cls(
            vendor_id=account.vendor_id,
            reading_id=reading_id,
            account_name=account.name,
            account_group=account.group,
            is_linked=True,
            start_date=start_date,
            key_expires_on=account.key_expires_on,
            keys_linked_on=account.keys_linked_on,
            last_error=last_error,
            as_of=as_of,
        )

    def says_the_same_as(self, other: "AccountState | None") -> bool:
        """Whether only number and moment differ."""
        if other is None:
            return False
        return replace(self, reading_id=other.reading_id, as_of=other.as_of) == other

    @property
    def table_names(self) -> set[str]:
        """The raw tables it has rows for."""
        return {"accounts"}

    def tables(self, name: str) -> Iterator[pa.Table]:
        """Its row, where `accounts` is asked for."""
        if name == "accounts":
            yield pa.Table.from_pylist([self._row], schema=raw_tables()[name].schema)

    @property
    def _row(self) -> dict[str, Any]:
        row = asdict(self)
        for key in ("start_date", "key_expires_on", "keys_linked_on"):
            row[key] = None if row[key] is None else str(row[key])
        row["as_of"] = utc_text(self.as_of)
        return row
