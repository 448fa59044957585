"""How each account is: its configuration, and what the warehouse says of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from extract.accounts import Account
from extract.key_age import KeyAge, key_age
from extract.questions import Questions
from extract.states import AccountState
from extract.windows import collected_through


@dataclass(frozen=True)
class AccountStatus:
    """One account as `accounts list` shows it.

    collected_through: last payment day (KST) that is wholly covered. last_error: cause and
    remedy of its last run. key: None for accounts that are no longer linked.
    """

    name: str
    group: str | None
    vendor_id: str
    is_linked: bool
    last_success: datetime | None
    collected_through: date | None
    key: KeyAge | None
    last_error: str | None

    def as_json(self) -> dict[str, Any]:
        """For machines."""
        key = self.key
        return {
            "name": self.name,
            "group": self.group,
            "vendor_id": self.vendor_id,
            "is_linked": self.is_linked,
            "last_success": self.last_success.isoformat() if self.last_success else None,
            "collected_through": str(self.collected_through) if self.collected_through else None,
            "key_days_left": key.days_left if key else None,
            "key_days_left_at_most": key.at_most if key else None,
            "key_is_ending": key.is_ending if key else None,
            "last_error": self.last_error,
        }


def account_statuses(linked: Sequence[Account], raw: Questions, today: date) -> list[AccountStatus]:
    """Linked accounts in the order of the configuration, then those that only have data left."""
    if raw.exists():
        with raw.held():
            return _statuses(linked, today, raw, raw.states(), raw.last_success())
    return _statuses(linked, today, raw, {}, {})


def _statuses(
    linked: Sequence[Account],
    today: date,
    raw: Questions,
    states: Mapping[str, AccountState],
    success: Mapping[str, datetime],
) -> list[AccountStatus]:
    statuses = []
    for account in linked:
        state = states.get(account.vendor_id)
        through = None
        if state and state.start_date and account.vendor_id in success:
            sheets = raw.readings(account.vendor_id).get("order_sheets", [])
            through = collected_through(state.start_date, sheets)
        statuses.append(
            AccountStatus(
                name=account.name,
                group=account.group,
                vendor_id=account.vendor_id,
                is_linked=True,
                last_success=success.get(account.vendor_id),
                collected_through=through,
                key=key_age(account, today),
                last_error=state.last_error if state else None,
            )
        )
    known = {account.vendor_id for account in linked}
    for vendor_id, state in states.items():
        if vendor_id not in known:
            statuses.append(
                AccountStatus(
                    name=state.account_name,
                    group=state.account_group,
                    vendor_id=vendor_id,
                    is_linked=False,
                    last_success=success.get(vendor_id),
                    collected_through=None,
                    key=None,
                    last_error=state.last_error,
                )
            )
    return statuses
