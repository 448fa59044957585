"""The line to the API: rate, patience, and that nothing secret is said."""

from __future__ import annotations

import gc
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from extract_world import ask, assert_pace, client, linked, read_listing, settings

from extract.client import Client, Tally, clock_skew, code_inside, retry_after
from extract.errors import KeyRefused, RateExceeded, RequestRefused, Stopped
from extract.pace import Pace
from extract.sandbox import Account, SandboxServer, too_many, unauthorized

JAN_5 = date(2026, 1, 5)
NOWHERE = "/v2/providers/openapi/apis/api/v5/vendors/A00000001/1/ordersheets"


def test_many_readers_never_exceed_the_rate_and_waste_little_of_it(
    server: SandboxServer, seller: Account
) -> None:
    assert_pace(server, linked(seller))


def test_what_leaves_late_is_followed_no_sooner() -> None:
    pace = Pace(5, threading.Event())

    def held_up() -> float:
        with pace.turn():
            time.sleep(0.4)
            pace.left()
            return time.monotonic()

    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(held_up)
        time.sleep(0.05)
        for _ in range(5):
            with pace.turn():
                pace.left()
        # Counted from its turn, the sixth would have left 0.64 s after it.
        assert time.monotonic() - first.result() > 1.0


def test_what_queued_when_the_account_was_refused_is_not_sent(
    server: SandboxServer, seller: Account
) -> None:
    server.faults.add(unauthorized(), times=None)
    server.latency = 0.2
    with client(server, linked(seller), requests_per_second=20) as line:

        def refused(_number: int) -> bool:
            with pytest.raises(KeyRefused):
                ask(line)
            return True

        with ThreadPoolExecutor(12) as pool:
            assert all(pool.map(refused, range(40)))
    assert len(server.requests) < 12


def test_two_accounts_do_not_wait_for_each_other(server: SandboxServer, seller: Account) -> None:
    other = server.world.add_account("A00000002")
    server.faults.add(too_many(retry_after=30), vendor_id=seller.vendor_id, times=1)
    stop = threading.Event()
    held = Client(linked(seller), settings(server), stop)
    with ThreadPoolExecutor(1) as pool, client(server, linked(other)) as line:
        waiting = pool.submit(ask, held)
        began = time.monotonic()
        ask(line)
        assert time.monotonic() - began < 5
        stop.set()
        with pytest.raises(Stopped):
            waiting.result(timeout=5)
    held.close()


def test_a_request_that_queued_for_long_is_still_signed_in_time(
    server: SandboxServer, seller: Account
) -> None:
    # Both queue at once; the first is told to wait, and the second waits with it. Had it been
    # signed when it queued, its signature would be older by then than the server allows.
    server.max_skew = timedelta(seconds=2)
    server.faults.add(too_many(retry_after=4), times=1)
    with (
        client(server, linked(seller), requests_per_second=2) as line,
        ThreadPoolExecutor(2) as pool,
    ):
        list(pool.map(lambda _: ask(line), range(2)))
    assert [request.status for request in server.requests] == [429, 200, 200]


def test_requests_leave_nothing_to_the_collector_of_cycles(
    server: SandboxServer, seller: Account
) -> None:
    # Its pauses, which grow with what is left to it, hold up the requests of all accounts.
    with client(server, linked(seller)) as line:
        ask(line)
        gc.collect()
        gc.disable()
        try:
            for _ in range(20):
                ask(line)
                with pytest.raises(RequestRefused):
                    line.get(NOWHERE, (), Tally())
            assert gc.collect() < 20
        finally:
            gc.enable()


def test_patience_with_429_has_an_end(server: SandboxServer, seller: Account) -> None:
    server.faults.add(too_many(retry_after=3600), times=None)
    with client(server, linked(seller), rate_patience=10) as line, pytest.raises(RateExceeded):
        ask(line)
    assert len(server.requests) == 1


def test_a_secret_that_coupang_repeats_is_not_repeated(
    server: SandboxServer, seller: Account, folder: Path
) -> None:
    key = seller.key
    server.faults.add(unauthorized(f"no {key.access_key}\n{key.secret_key}"), times=None)
    reading = read_listing(server, linked(seller), "order_sheets", JAN_5, JAN_5, folder)
    assert isinstance(reading.error, KeyRefused)
    said = f"{reading.error} {reading.error!r} {reading.error.message} {reading.log_row}"
    assert key.access_key not in said
    assert key.secret_key not in said
    assert "no *** ***" in said
    assert reading.error.__cause__ is None


def test_a_long_message_is_cut(server: SandboxServer, seller: Account) -> None:
    server.faults.add(unauthorized("x" * 5000), times=None)
    with client(server, linked(seller)) as line, pytest.raises(KeyRefused) as refused:
        ask(line)
    assert len(str(refused.value)) < 600


def test_a_netrc_file_does_not_get_between(
    server: SandboxServer, seller: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    with client(server, linked(seller)) as line:
        ask(line)


def test_a_new_key_signs_what_the_old_one_did(server: SandboxServer, seller: Account) -> None:
    old = linked(seller)
    seller.issue_key("new-access", "new-secret", "2026-01-09 00:00")
    with client(server, old) as line, pytest.raises(KeyRefused):
        ask(line)
    with client(server, replace(old, access_key="new-access", secret_key="new-secret")) as line:
        ask(line)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ([], 200),
        ({}, 200),
        ({"code": 200}, 200),
        ({"code": "200"}, 200),
        ({"code": "SUCCESS"}, 200),
        ({"code": None}, 200),
        ({"code": 429}, 429),
        ({"code": "401"}, 401),
        ({"code": "ERROR"}, 500),
        ({"code": True}, 500),
    ],
)
def test_the_code_inside_a_body_counts_like_a_status(body: object, status: int) -> None:
    assert code_inside(body) == status


def test_headers_that_tell_time_are_read_or_ignored() -> None:
    assert retry_after({"Retry-After": "7"}) == 7.0
    assert retry_after({"Retry-After": "1.5"}) == 1.5
    assert retry_after({"Retry-After": "Mon, 05 Jan 2026 00:00:00 GMT"}) == 0.0
    assert retry_after({"Retry-After": "soon"}) is None
    assert retry_after({}) is None
    assert clock_skew({"Date": "nonsense"}) is None
    skew = clock_skew({"Date": "Mon, 05 Jan 2026 00:00:00 GMT"})
    assert skew is not None
    assert skew > 86_400
