"""Which accounts and days something is published of."""

from dataclasses import dataclass
from datetime import date

import duckdb

from publish.errors import PublishError

# The day that places a row in a period: the first of these that its mart has. A mart with none of
# them (accounts, data issues) is the same in every period.
DAYS = (
    "payment_date",
    "covered_date",
    "recognition_date",
    "payout_date",
    "recognition_month",
    "month",
)
MONTHS = ("recognition_month", "month")
SELECTED = "select vendor_id from selected"


@dataclass(frozen=True)
class Selection:
    """Nothing chosen means all of it; accounts and groups are added to each other.

    accounts: names or vendor codes. groups: `account_group`. first, last: Korean days, both
    included; either may be missing.
    """

    accounts: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    first: date | None = None
    last: date | None = None

    def __post_init__(self) -> None:
        if self.first and self.last and self.last < self.first:
            raise PublishError("--to lies before --from", remedy="Swap them.")

    @property
    def names_accounts(self) -> bool:
        """Whether it is of some accounts only."""
        return bool(self.accounts or self.groups)

    @property
    def is_everything(self) -> bool:
        """Whether nothing is left out."""
        return self == Selection()

    @property
    def period(self) -> str:
        """The days in words."""
        if not self.first and not self.last:
            return "all days"
        return f"{self.first or 'the first day'} to {self.last or 'the last day'}"

    def vendor_ids(self, connection: duckdb.DuckDBPyConnection, accounts_table: str) -> list[str]:
        """The vendor codes that are meant.

        A name must mean one account: a client is to be given his own numbers and no one else's.
        """
        known = connection.execute(
            f"select vendor_id, account_name, account_group from {accounts_table} order by 1"  # noqa: S608 - a name of ours
        ).fetchall()
        if not self.names_accounts:
            return [vendor_id for vendor_id, _, _ in known]
        chosen = set()
        for wanted in self.accounts:
            found = [row[0] for row in known if wanted in row[:2]]
            if not found:
                raise PublishError(
                    f"No account is called {wanted}",
                    remedy=_known("Accounts", [n for _, n, _ in known]),
                )
            if len(found) > 1:
                raise PublishError(
                    f"{wanted} is the name of several accounts",
                    remedy=f"Give the vendor code instead: {', '.join(found)}.",
                )
            chosen.update(found)
        for wanted in self.groups:
            found = [vendor_id for vendor_id, _, group in known if group == wanted]
            if not found:
                groups = sorted({group for _, _, group in known if group})
                raise PublishError(f"No group is called {wanted}", remedy=_known("Groups", groups))
            chosen.update(found)
        return sorted(chosen)

    def condition(self, columns: list[str], accounts: str = SELECTED) -> str:
        """The SQL condition for a mart with these columns on its rows, `true` where there is none.

        accounts: the SQL that the vendor codes meant are looked up by; a table
        `selected(vendor_id)` of the session unless told.
        """
        parts = []
        if self.names_accounts:
            parts.append(f"vendor_id in ({accounts})")
        column = next((day for day in DAYS if day in columns), None)
        if column:
            first = self.first.replace(day=1) if self.first and column in MONTHS else self.first
            # A cancellation of an order that was never seen has no payment day.
            day = column
            if column == "payment_date" and "cancelled_date" in columns:
                day = "coalesce(payment_date, cancelled_date)"
            parts += [f"{day} >= date '{first}'"] if first else []
            parts += [f"{day} <= date '{self.last}'"] if self.last else []
        return " and ".join(parts) or "true"


def _known(what: str, names: list[str]) -> str:
    return f"{what}: {', '.join(names)}." if names else f"There are no {what.lower()} yet."
