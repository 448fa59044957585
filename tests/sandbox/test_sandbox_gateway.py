"""What the gateway refuses before the API is reached: signatures, keys, addresses, the quota."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import pytest
import requests
from sandbox_caller import Caller

from extract.sandbox import Account, Request, SandboxServer, World
from extract.sandbox.rate import Quota, peak

SHEETS = "/v2/providers/openapi/apis/api/v5/vendors/A00000001/ordersheets"


def test_a_rightly_signed_request_is_answered(caller: Caller) -> None:
    answer = caller.sheets()
    assert answer.status_code == 200
    assert answer.json() == {"code": 200, "message": "OK", "data": [], "nextToken": ""}
    assert answer.headers["Content-Type"] == "application/json;charset=UTF-8"


def test_the_query_is_signed_as_it_is_sent_not_decoded(caller: Caller) -> None:
    sent = "createdAtFrom=2026-01-01%2B09%3A00&createdAtTo=2026-01-31%2B09%3A00&status=ACCEPT"
    decoded = "createdAtFrom=2026-01-01+09:00&createdAtTo=2026-01-31+09:00&status=ACCEPT"
    assert caller.get_as_sent(SHEETS, sent).status_code == 200
    headers = caller.headers("GET", SHEETS, decoded)
    answer = requests.get(f"{caller.server.url}{SHEETS}?{sent}", headers=headers, timeout=10)
    assert (answer.status_code, answer.json()["message"]) == (401, "Invalid signature.")


@pytest.mark.parametrize(
    ("headers", "message"),
    [
        ({}, "Request is not authorized."),
        ({"Authorization": "Bearer abc"}, "HMAC format is invalid."),
        (
            {
                "Authorization": "CEA algorithm=HmacSHA256, access-key=nobodys, "
                "signed-date=260210T030000Z, signature=" + "0" * 64
            },
            "Request is not authorized.",
        ),
    ],
)
def test_missing_malformed_and_unknown_credentials_are_401(
    server: SandboxServer, headers: dict[str, str], message: str
) -> None:
    answer = requests.get(server.url + SHEETS, headers=headers, timeout=10)
    assert answer.status_code == 401
    assert answer.json()["code"] == "ERROR"
    assert answer.json()["message"] == message


def test_a_wrong_secret_is_401(caller: Caller) -> None:
    caller.secret = "another"
    assert caller.sheets().status_code == 401


@pytest.mark.parametrize("minutes", [-6, 6])
def test_a_signature_from_a_clock_that_is_wrong_is_401(caller: Caller, minutes: int) -> None:
    caller.signed_at = datetime.now(UTC) + timedelta(minutes=minutes)
    answer = caller.sheets()
    assert answer.status_code == 401
    assert answer.json()["message"] == "Specified signature is expired."
    caller.signed_at = datetime.now(UTC) + timedelta(minutes=minutes / 2)
    assert caller.sheets().status_code == 200


def test_the_date_header_tells_the_servers_clock(caller: Caller) -> None:
    caller.server.clock_offset = timedelta(hours=1)
    answer = caller.sheets()
    assert answer.status_code == 401
    ahead = parsedate_to_datetime(answer.headers["Date"]) - datetime.now(UTC)
    assert timedelta(minutes=59) < ahead < timedelta(minutes=61)


def test_a_key_is_dead_after_its_last_day_and_before_its_first(
    world: World, serve: Callable[..., SandboxServer], calling: type[Caller]
) -> None:
    account = world.add_account(key_since="2026-01-01", key_until="2026-06-30")
    server = serve(world, as_of="2026-06-29T23:59:59+09:00")
    caller = calling(server, account)
    assert caller.sheets().status_code == 200
    for outside in ("2026-06-30T00:00:00+09:00", "2025-12-31T23:59:59+09:00"):
        server.as_of = outside
        assert caller.sheets().status_code == 401


def test_a_new_key_kills_the_old_one(caller: Caller, account: Account) -> None:
    old = account.key
    account.issue_key("new-access", "new-secret", at="2026-02-10T12:00:00+09:00")
    assert caller.sheets().status_code == 200
    account.keys.append(old)
    assert caller.sheets().status_code == 401


def test_keys_of_another_vendor_are_refused(world: World, caller: Caller) -> None:
    caller.keys_of = world.add_account("A00000002")
    answer = caller.sheets()
    assert (answer.status_code, answer.json()["message"]) == (400, "Invalid vendor ID")
    answer = caller.sales()
    assert (answer.status_code, answer.json()["message"]) == (400, "Invalid vendor ID")
    assert caller.server.requests[-1].vendor_id == "A00000002"
    caller.server.vendor_mismatch = 403
    assert caller.sheets().status_code == 403


def test_an_address_off_the_allowlist_is_403_with_json(caller: Caller, account: Account) -> None:
    account.allowed_ips = ["203.0.113.9"]
    answer = caller.sheets()
    assert answer.status_code == 403
    assert answer.json()["message"] == "Your ip address 127.0.0.1 is not allowed"


def test_an_unknown_path_is_404(caller: Caller) -> None:
    assert caller.get("/v2/providers/openapi/apis/api/v9/ordersheets").status_code == 404


# --- the quota ---------------------------------------------------------------------------------


def test_the_sixth_request_of_a_second_is_429_for_that_vendor_only(
    world: World, account: Account, serve: Callable[..., SandboxServer], calling: type[Caller]
) -> None:
    other = world.add_account("A00000002")
    server = serve(world, requests_per_second=5)
    caller, another = calling(server, account), calling(server, other)
    statuses = [caller.sheets().status_code for _ in range(6)]
    took = server.requests[5].time - server.requests[0].time
    assert took < 1, "the machine is too slow for this test"
    assert statuses == [200, 200, 200, 200, 200, 429]
    assert another.sheets().status_code == 200
    assert server.peak_rate(account.vendor_id) == 6


def test_the_quota_is_the_vendor_codes_not_the_keys(
    world: World, account: Account, serve: Callable[..., SandboxServer], calling: type[Caller]
) -> None:
    server = serve(world, requests_per_second=1)
    caller = calling(server, account)
    assert caller.sheets().status_code == 200
    account.keys.append(type(account.key)("second-access", "second-secret"))
    answer = caller.sheets()
    assert answer.status_code == 429
    assert "Try after 3 seconds" in answer.json()["message"]
    assert "Retry-After" not in answer.headers


def test_the_quota_slides_and_does_not_count_what_it_refused() -> None:
    quota = Quota(2)
    granted = [quota.take("A", at) for at in (0.0, 0.6, 0.9, 0.99, 1.0, 1.1, 1.6)]
    assert granted == [True, True, False, False, True, False, True]
    assert all(Quota(None).take("A", 0.0) for _ in range(100))


def test_the_peak_is_counted_over_any_second() -> None:
    assert peak([]) == 0
    assert peak([0.0, 0.25, 0.5, 0.75, 1.0, 1.25]) == 4
    assert peak([0.0, 0.75, 1.25, 1.5, 1.625]) == 4


# --- moments and the log -----------------------------------------------------------------------


def test_the_sandboxs_day_is_moved_on_over_http(server: SandboxServer) -> None:
    url = f"{server.url}/_sandbox/as_of"
    answer = requests.post(url, json={"as_of": "2026-03-01T00:00:00+09:00"}, timeout=10)
    assert answer.json() == {"as_of": "2026-02-28T15:00:00+00:00"}
    assert server.now() == datetime(2026, 2, 28, 15, tzinfo=UTC)
    assert requests.post(url, json={"as_of": "soon"}, timeout=10).status_code == 400
    requests.post(url, json={"as_of": None}, timeout=10)
    assert abs(server.now() - datetime.now(UTC)) < timedelta(minutes=1)
    assert requests.get(url, timeout=10).json()["as_of"].startswith(str(datetime.now(UTC).year))


def test_requests_are_logged_as_sent_and_the_hook_comes_before_the_answer(
    caller: Caller, account: Account
) -> None:
    def pay(request: Request) -> None:
        assert request.status == 0
        account.order("2026-01-10 10:00")

    caller.server.on_request = pay
    assert len(caller.sheets().json()["data"]) == 1
    logged = caller.server.requests[-1]
    assert (logged.vendor_id, logged.method, logged.status) == ("A00000001", "GET", 200)
    assert logged.path == SHEETS
    assert "createdAtFrom=2026-01-01%2B09%3A00" in logged.query


def test_a_mistake_of_the_sandbox_is_told_and_not_only_a_500(
    world: World, account: Account, calling: type[Caller]
) -> None:
    def fail(_: Request) -> None:
        raise ZeroDivisionError

    server = SandboxServer(world)
    server.on_request = fail

    def ask() -> int:
        with server:
            return calling(server, account).sheets().status_code

    with pytest.raises(RuntimeError, match="the sandbox itself failed"):
        ask()
    assert server.requests[-1].status == 0
