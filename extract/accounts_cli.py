"""`python -m extract accounts`: link, list, check, relink, rename and unlink (계정 연동).

A secret is never a command-line option: it is asked for, or comes from COUPANG_ACCESS_KEY and
COUPANG_SECRET_KEY. Keys are tried on the API before anything is written.
"""

import json
import os
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from extract import configuration
from extract.accounts import (
    Account,
    checked_text,
    checked_vendor_id,
    parse_account,
    parse_accounts,
    parse_day,
)
from extract.backup import backups
from extract.client import Client
from extract.clock import KST, as_of_now, korean_day
from extract.collect import note_states
from extract.command import Day, one_line_errors
from extract.errors import ApiError, ConfigurationError, ExtractError
from extract.forget import forget
from extract.key_age import key_age
from extract.lake import Lake, raw_in
from extract.probe import check
from extract.status import AccountStatus, account_statuses
from extract.warehouse import FILE, data_dir, make_data_dir, process_lock

BAD_KEY = 1
CHECKS_AT_ONCE = 16
KEY_EXPIRES_HELP = "Day on which the key expires, as Wing shows it beside the key."


@click.group()
def accounts() -> None:
    """Link seller accounts, and see how they are."""


@accounts.command("list")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
@one_line_errors
def list_command(as_json: bool) -> None:
    """The accounts and how they are."""
    linked = configuration.linked_accounts()
    statuses = account_statuses(linked, raw_in(data_dir()), korean_day(as_of_now()))
    if as_json:
        click.echo(json.dumps([status.as_json() for status in statuses], ensure_ascii=False))
        return
    table = Table(box=None, pad_edge=False)
    for heading in (
        "name",
        "group",
        "vendor code",
        "last success",
        "collected through",
        "key days left",
        "last error",
    ):
        table.add_column(heading, overflow="fold")
    for status in statuses:
        table.add_row(*_cells(status))
    _print(table)


def _cells(status: AccountStatus) -> Sequence[str]:
    success = status.last_success
    return (
        status.name if status.is_linked else f"{status.name} (unlinked)",
        status.group or "",
        status.vendor_id,
        f"{success.astimezone(KST):%Y-%m-%d %H:%M} KST" if success else "never",
        str(status.collected_through or ("nothing yet" if status.is_linked else "")),
        (status.key.text + (" (!)" if status.key.is_ending else "")) if status.key else "",
        status.last_error or "",
    )


@accounts.command()
@click.argument("name")
@click.option("--vendor-id", prompt="업체코드 (vendor code)", help="업체코드, as A00012345.")
@click.option("--start-date", type=Day(), help="First payment day to collect.")
@click.option("--key-expires", type=Day(), help=KEY_EXPIRES_HELP)
@click.option("--group", help="Whose account it is, for those who run many.")
@click.option("--no-check", is_flag=True, help="Do not try the keys on the API.")
@one_line_errors
def link(
    name: str,
    vendor_id: str,
    start_date: date | None,
    key_expires: date | None,
    group: str | None,
    no_check: bool,
) -> None:
    """Link an account under NAME; its keys are asked for."""
    linked, file = configuration.editable_accounts()
    checked_text(name, "name", spaces_inside=True)
    checked_vendor_id(vendor_id)
    for other in linked:
        if other.name == name:
            raise ConfigurationError(
                f"An account named {name!r} is linked already",
                remedy="`accounts relink` gives it new keys.",
            )
        if other.vendor_id == vendor_id:
            raise ConfigurationError(
                f"Vendor code {vendor_id} is linked already, as {other.name!r}",
                remedy="`accounts relink` gives it new keys, `accounts rename` another name.",
            )
    entry = {"name": name, "vendor_id": vendor_id, **_keys(key_expires)}
    if start_date:
        entry["start_date"] = str(start_date)
    if group:
        entry["group"] = group
    account = parse_account(entry, "the account")
    parse_accounts([*file.entries(), entry])
    if not no_check:
        _require_good(account)
    file.add(entry)
    click.echo(f"{name} ({vendor_id}) is linked" + (", its keys not checked" if no_check else ""))


@accounts.command()
@click.argument("name")
@click.option("--vendor-id", help="Checked against the account's own; another one is refused.")
@click.option("--key-expires", type=Day(), help=KEY_EXPIRES_HELP)
@click.option("--no-check", is_flag=True, help="Do not try the keys on the API.")
@one_line_errors
def relink(name: str, vendor_id: str | None, key_expires: date | None, no_check: bool) -> None:
    """Give the account NAME new keys (재연동); they are asked for."""
    linked, file = configuration.editable_accounts()
    account = _find(linked, name)
    if vendor_id is not None and checked_vendor_id(vendor_id) != account.vendor_id:
        raise ConfigurationError(
            f"{name!r} is vendor code {account.vendor_id}, not {vendor_id}",
            remedy="The vendor code is the identity: link the other one under a name of its own.",
        )
    keys = {"key_expires_on": None, **_keys(key_expires)}
    entries = file.entries()
    for entry in entries:
        if entry["vendor_id"] == account.vendor_id:
            entry.update(keys)
    renewed = _find(parse_accounts(entries), name)
    if not no_check:
        _require_good(renewed)
    file.change(account.vendor_id, keys)
    click.echo(f"{name} ({account.vendor_id}) has new keys" + (", not checked" if no_check else ""))


@accounts.command()
@click.argument("old")
@click.argument("new")
@one_line_errors
def rename(old: str, new: str) -> None:
    """Give the account OLD the name NEW, in every mart and for all its past."""
    linked, file = configuration.editable_accounts()
    account = _find(linked, old)
    checked_text(new, "name", spaces_inside=True)
    renamed = [replace(each, name=new) if each is account else each for each in linked]
    if any(each.name == new for each in linked):
        raise ConfigurationError(f"An account named {new!r} is linked already")
    file.change(account.vendor_id, {"name": new})
    _note(renamed)
    click.echo(f"{old} is now {new}; the next build shows it")


@accounts.command()
@click.argument("name")
@click.option("--forget", "forgetting", is_flag=True, help="Delete its data as well.")
@click.option("--yes", is_flag=True, help="Do not ask whether to delete.")
@one_line_errors
def unlink(name: str, forgetting: bool, yes: bool) -> None:
    """Stop collecting the account NAME. Its data stays, unless it is to be forgotten."""
    linked, file = configuration.editable_accounts()
    account = _find(linked, name)
    if forgetting and not yes:
        click.confirm(
            f"Delete everything that was ever collected of {name} ({account.vendor_id})? "
            "Coupang does not list all of it again.",
            abort=True,
        )
    remaining = [each for each in linked if each is not account]
    if not forgetting:
        file.remove(account.vendor_id)
        _note(remaining)
        click.echo(f"{name} ({account.vendor_id}) is unlinked; its data stays")
        return
    folder = data_dir()
    rows = 0
    raw = raw_in(folder)
    if folder.exists() or isinstance(raw, Lake):
        make_data_dir(folder)
        with process_lock(folder):
            if isinstance(raw, Lake):
                rows = raw.forget(account.vendor_id)
            rows += forget(folder / FILE, account.vendor_id)
    file.remove(account.vendor_id)
    click.echo(
        f"{name} ({account.vendor_id}) is unlinked and forgotten: {rows} rows deleted. "
        "`make build` publishes without it."
    )
    if kept := backups(folder):
        click.echo(
            f"note: the backups in {kept[0].parent} were made before and may hold it still, as may "
            "copies elsewhere: delete them",
            err=True,
        )


@accounts.command("check")
@click.argument("name", required=False)
@one_line_errors
def check_command(name: str | None) -> None:
    """Ask the API with each key, or that of the account NAME."""
    linked = configuration.linked_accounts()
    chosen = [_find(linked, name)] if name else linked
    if not chosen:
        raise ConfigurationError("No account is linked", remedy="`accounts link` links one.")
    with ThreadPoolExecutor(CHECKS_AT_ONCE) as pool:
        results = list(pool.map(_check, chosen))
    table = Table(box=None, pad_edge=False)
    for heading in ("name", "vendor code", "key", "key days left"):
        table.add_column(heading, overflow="fold")
    today = korean_day(as_of_now())
    for account, error in zip(chosen, results, strict=True):
        verdict = "ok" if error is None else error.advice
        table.add_row(account.name, account.vendor_id, verdict, key_age(account, today).text)
    _print(table)
    if any(results):
        sys.exit(BAD_KEY)


def _find(linked: Sequence[Account], name: str) -> Account:
    for account in linked:
        if account.name == name:
            return account
    names = ", ".join(account.name for account in linked) or "none"
    raise ConfigurationError(f"No account is named {name!r}", remedy=f"Linked are: {names}.")


def _keys(key_expires: date | None) -> dict[str, Any]:
    """New keys with what is known of their age; from the environment, or asked for. Keys that have
    expired are refused: the day is mistyped, or nothing can be collected with them."""
    today = korean_day(as_of_now())
    _refuse_expired(key_expires, today)
    access_key = os.environ.get("COUPANG_ACCESS_KEY")
    secret_key = os.environ.get("COUPANG_SECRET_KEY")
    if not (access_key and secret_key):
        if not sys.stdin.isatty():
            raise ConfigurationError(
                "No keys to link with",
                remedy="Set COUPANG_ACCESS_KEY and COUPANG_SECRET_KEY, or run it in a terminal.",
            )
        access_key = click.prompt("Access key", hide_input=True)
        secret_key = click.prompt("Secret key", hide_input=True)
        if key_expires is None:
            told = click.prompt(
                "Key expires on (yyyy-mm-dd, as Wing shows it; Enter to skip)",
                default="",
                show_default=False,
            )
            key_expires = parse_day(told, "the day of expiry") if told else None
            _refuse_expired(key_expires, today)
    keys: dict[str, Any] = {
        "access_key": checked_text(access_key, "access_key"),
        "secret_key": checked_text(secret_key, "secret_key"),
        "keys_linked_on": str(today),
    }
    if key_expires:
        keys["key_expires_on"] = str(key_expires)
    return keys


def _refuse_expired(key_expires: date | None, today: date) -> None:
    if key_expires is not None and key_expires < today:
        raise ConfigurationError(
            f"The key expired on {key_expires} (today is {today}); nothing was written",
            remedy="Issue a new key in Wing, or give the day as Wing shows it beside the key.",
        )


def _check(account: Account) -> ApiError | None:
    client = Client(account, configuration.api_settings())
    try:
        return check(client, korean_day(as_of_now()))
    finally:
        client.close()


def _require_good(account: Account) -> None:
    """Raises what the API says against an account's keys; nothing was written yet."""
    if error := _check(account):
        error.remedy += " Nothing was written."
        raise error


def _note(linked: Sequence[Account]) -> None:
    """Writes the changed state down at once where there is a warehouse and it is free."""
    try:
        note_states(linked, data_dir(), as_of_now())
    except ExtractError as error:
        click.echo(f"note: the warehouse shows it after the next run ({error.cause})", err=True)


def _print(table: Table) -> None:
    # Not a terminal: as wide as its longest line, so that nothing is folded.
    console = Console() if sys.stdout.isatty() else Console(width=400)
    console.print(table)
