"""What counts as a linked account."""

from __future__ import annotations

from datetime import date

import pytest

from extract.accounts import parse_accounts
from extract.errors import ConfigurationError
from extract.settings import ApiSettings

GOOD = {
    "name": "my-brand",
    "vendor_id": "A00012345",
    "access_key": "canary-access",
    "secret_key": "canary-secret",
}


def refusal(*entries: object) -> str:
    with pytest.raises(ConfigurationError) as refused:
        parse_accounts(list(entries))
    assert "canary" not in str(refused.value)
    assert "\n" not in str(refused.value)
    return str(refused.value)


def test_an_account_is_read_with_all_it_may_say() -> None:
    (account,) = parse_accounts(
        [{**GOOD, "start_date": "2026-01-01", "key_expires_on": date(2026, 7, 1), "group": "g 7"}]
    )
    assert (account.start_date, account.key_expires_on) == (date(2026, 1, 1), date(2026, 7, 1))
    assert account.group == "g 7"


def test_secrets_are_not_shown_by_an_account() -> None:
    assert "canary" not in repr(parse_accounts([GOOD]))


@pytest.mark.parametrize("code", ["", "12345", "a00012345", "A0001234", "A000123456", "A0001234５"])
def test_a_malformed_vendor_code_is_refused(code: str) -> None:
    assert "vendor_id" in refusal({**GOOD, "vendor_id": code})


@pytest.mark.parametrize("field", ["name", "vendor_id", "access_key", "secret_key"])
@pytest.mark.parametrize("value", [None, "", "  ", "x\n", " x", "x\t", "x\u200b", 5])
def test_what_is_missing_or_pasted_with_white_space_is_refused(field: str, value: object) -> None:
    assert field in refusal({**GOOD, field: value})


@pytest.mark.parametrize("field", ["access_key", "secret_key"])
def test_a_key_with_a_space_inside_is_refused(field: str) -> None:
    assert field in refusal({**GOOD, field: "canary key"})


def test_the_same_vendor_code_under_two_names_is_refused() -> None:
    other = {**GOOD, "name": "other", "access_key": "k2"}
    assert "linked twice: as 'my-brand' and as 'other'" in refusal(GOOD, other)


def test_the_same_name_twice_is_refused() -> None:
    other = {**GOOD, "vendor_id": "A00000002", "access_key": "k2"}
    assert "two accounts are named 'my-brand'" in refusal(GOOD, other)


def test_one_key_for_two_vendor_codes_is_refused() -> None:
    other = {**GOOD, "vendor_id": "A00000002", "name": "other"}
    assert "same access key" in refusal(GOOD, other)


def test_a_setting_that_does_not_exist_is_named() -> None:
    assert "start_day" in refusal({**GOOD, "start_day": "2026-01-01"})


@pytest.mark.parametrize("value", ["1.1.2026", "2026-02-30", "2026-1-1", 5, True])
@pytest.mark.parametrize("field", ["start_date", "key_expires_on", "keys_linked_on"])
def test_a_day_that_is_none_is_refused(field: str, value: object) -> None:
    assert field in refusal({**GOOD, field: value})


@pytest.mark.parametrize("entries", ["text", {"name": "x"}, 5, None])
def test_accounts_that_are_no_list_are_refused(entries: object) -> None:
    with pytest.raises(ConfigurationError):
        parse_accounts(entries)


def test_an_entry_that_is_no_table_is_refused() -> None:
    assert "account 2" in refusal(GOOD, "x")


@pytest.mark.parametrize(
    "url",
    [
        "http://api-gateway.coupang.com",
        "http://10.0.0.1:8765",
        "http://127.0.0.1.evil.example",
        "ftp://127.0.0.1",
        "api-gateway.coupang.com",
        "https://user@api-gateway.coupang.com",
        "",
    ],
)
def test_a_base_url_in_the_open_is_refused(url: str) -> None:
    with pytest.raises(ConfigurationError):
        ApiSettings(base_url=url)


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "http://localhost:1", "http://[::1]:1"])
def test_this_machine_may_be_asked_in_the_open(url: str) -> None:
    assert ApiSettings(base_url=url, requests_per_second=1000).base_url == url


@pytest.mark.parametrize("rate", [0, -1, 5.1, 10])
def test_a_rate_above_the_quota_is_refused(rate: float) -> None:
    with pytest.raises(ConfigurationError, match="at most 5"):
        ApiSettings(requests_per_second=rate)


def test_the_default_rate_leaves_room_for_the_sellers_other_tools() -> None:
    assert ApiSettings().requests_per_second == 4
