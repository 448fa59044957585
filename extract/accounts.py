"""The linked accounts: what the configuration says, checked before anything is asked."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from typing import Any

from extract.errors import ConfigurationError

VENDOR_CODE = re.compile(r"[A-Z][0-9]{8}")


@dataclass(frozen=True)
class Account:
    """One seller account (계정). `vendor_id` (업체코드) is its identity, `name` is for people."""

    name: str
    vendor_id: str
    access_key: str = field(repr=False)
    secret_key: str = field(repr=False)
    start_date: date | None = None
    key_expires_on: date | None = None
    keys_linked_on: date | None = None
    group: str | None = None

    @property
    def secrets(self) -> tuple[str, str]:
        """What must never be shown."""
        return (self.access_key, self.secret_key)


_DAYS = ("start_date", "key_expires_on", "keys_linked_on")
_KNOWN = frozenset(f.name for f in fields(Account))


def parse_day(value: object, what: str) -> date:
    """A day given as yyyy-mm-dd text or as a TOML date; ConfigurationError otherwise."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise ConfigurationError(f"{what} is not a day", remedy="Write it as yyyy-mm-dd.")


def checked_text(value: object, what: str, *, spaces_inside: bool = False) -> str:
    """A non-empty text as it should have been pasted; the text itself is never quoted."""
    if not isinstance(value, str) or not value.strip():
        raise ConfigurationError(f"{what} is empty")
    compact = value.replace(" ", "") if spaces_inside else value
    if value != value.strip() or re.search(r"\s", compact) or not compact.isprintable():
        raise ConfigurationError(
            f"{what} has white space or invisible characters in it",
            remedy="Paste it again without them.",
        )
    return value


def checked_vendor_id(value: object, what: str = "vendor_id") -> str:
    """A vendor code (업체코드): a capital letter and eight digits, as in A00012345."""
    text = checked_text(value, what)
    if not VENDOR_CODE.fullmatch(text):
        raise ConfigurationError(
            f"{what} is not a vendor code",
            remedy="The 업체코드 in Wing looks like A00012345.",
        )
    return text


def parse_account(entry: Any, place: str) -> Account:  # noqa: ANN401 - dlt hands over plain data
    """One entry of `sources.coupang.accounts`."""
    if not isinstance(entry, Mapping):
        raise ConfigurationError(f"{place} is not a table of name, vendor_id and keys")
    values: dict[str, Any] = {}
    label = entry.get("name")
    where = f"account {label!r}" if isinstance(label, str) and label.strip() else place
    if unknown := sorted(str(key) for key in set(entry) - _KNOWN):
        raise ConfigurationError(
            f"{where} has settings that do not exist: {', '.join(unknown)[:80]}"
        )
    values["name"] = checked_text(entry.get("name"), f"{place}: name", spaces_inside=True)
    values["vendor_id"] = checked_vendor_id(entry.get("vendor_id"), f"{where}: vendor_id")
    for key in ("access_key", "secret_key"):
        values[key] = checked_text(entry.get(key), f"{where}: {key}")
    for key in _DAYS:
        if entry.get(key) not in (None, ""):
            values[key] = parse_day(entry[key], f"{where}: {key}")
    if entry.get("group") not in (None, ""):
        values["group"] = checked_text(entry["group"], f"{where}: group", spaces_inside=True)
    return Account(**values)


def parse_accounts(entries: Any) -> list[Account]:  # noqa: ANN401 - dlt hands over plain data
    """Every linked account, in the order of the configuration.

    ConfigurationError where an entry is malformed, or a name or vendor code stands twice: the
    vendor code is the identity, the same one under two names would count everything twice.
    """
    if not isinstance(entries, Iterable) or isinstance(entries, str | bytes | Mapping):
        raise ConfigurationError("sources.coupang.accounts is not a list of accounts")
    accounts = [parse_account(e, f"account {i}") for i, e in enumerate(entries, start=1)]
    names: set[str] = set()
    vendors: dict[str, str] = {}
    keys: dict[str, str] = {}
    for account in accounts:
        if account.name in names:
            raise ConfigurationError(f"two accounts are named {account.name!r}")
        if other := vendors.get(account.vendor_id):
            raise ConfigurationError(
                f"vendor code {account.vendor_id} is linked twice: as {other!r} and as "
                f"{account.name!r}"
            )
        if other := keys.get(account.access_key):
            raise ConfigurationError(f"{other!r} and {account.name!r} have the same access key")
        names.add(account.name)
        keys[account.access_key] = account.name
        vendors[account.vendor_id] = account.name
    return accounts
