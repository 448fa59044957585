"""Faults: each is what it says, where it says, and as often as it says."""

from __future__ import annotations

import pytest
import requests
from sandbox_caller import Caller

from extract.sandbox import (
    Account,
    EmptyPage,
    EndlessPages,
    ErrorInside,
    Fault,
    Mutate,
    Reset,
    SameToken,
    Slow,
    Truncated,
    World,
    access_denied,
    each_row,
    first_row,
    ip_refused,
    not_json,
    server_error,
    too_many,
    unauthorized,
)


@pytest.fixture(autouse=True)
def two_orders(account: Account) -> None:
    for hour in (10, 11):
        order = account.order(f"2026-01-05T{hour}:00:00+09:00")
        order.confirm("2026-01-15")
        order.request_return("2026-01-06 09:00").withdraw("2026-01-06 10:00", still_listed=True)


@pytest.mark.parametrize(
    ("fault", "status", "says"),
    [
        (unauthorized(), 401, "Request is not authorized."),
        (ip_refused(), 403, "Your ip address 203.0.113.7 is not allowed"),
        (access_denied(), 403, "<h1>Access Denied</h1>"),
        (too_many(), 429, "Try after 3 seconds"),
        *((server_error(status), status, str(status)) for status in (500, 502, 503, 504)),
        (not_json(), 200, "<!doctype html>"),
        (ErrorInside(400, "nothing doing"), 200, '"code": 400'),
        (ErrorInside("ERROR"), 200, '"code": "ERROR"'),
    ],
    ids=lambda value: value if isinstance(value, int) else "",
)
def test_refusals(caller: Caller, fault: Fault, status: int, says: str) -> None:
    caller.server.faults.add(fault)
    answer = caller.sheets()
    assert answer.status_code == status
    assert says in answer.text
    assert caller.server.requests[-1].status == status
    assert len(caller.sheets().json()["data"]) == 2


@pytest.mark.parametrize("after", [7, "Wed, 10 Feb 2027 03:00:00 GMT"])
def test_retry_after_is_sent_where_it_is_wanted(caller: Caller, after: int | str) -> None:
    caller.server.faults.add(too_many(retry_after=after))
    assert caller.sheets().headers["Retry-After"] == str(after)
    caller.server.faults.add(too_many())
    assert "Retry-After" not in caller.sheets().headers


def test_a_slow_answer_outlasts_a_clients_patience(caller: Caller) -> None:
    caller.server.faults.add(Slow(5))
    path = f"/v2/providers/openapi/apis/api/v5{caller.vendor_path}/ordersheets"
    headers = caller.headers("GET", path, "")
    with pytest.raises(requests.exceptions.ReadTimeout):
        requests.get(caller.server.url + path, headers=headers, timeout=0.2)
    assert caller.sheets().status_code == 200


def test_a_connection_is_reset_in_the_middle_of_the_body(caller: Caller) -> None:
    caller.server.faults.add(Reset())
    with pytest.raises(requests.exceptions.RequestException, match="reset by peer"):
        caller.sheets()
    assert caller.sheets().status_code == 200


def test_truncated_json_is_a_whole_answer(caller: Caller) -> None:
    caller.server.faults.add(Truncated())
    answer = caller.sheets()
    assert int(answer.headers["Content-Length"]) == len(answer.content)
    with pytest.raises(requests.exceptions.JSONDecodeError):
        answer.json()


# --- pages -------------------------------------------------------------------------------------


def test_the_same_token_again_and_again(caller: Caller) -> None:
    caller.server.faults.add(SameToken(), times=None)
    first = caller.sheets(maxPerPage=1).json()
    again = caller.sheets(maxPerPage=1, nextToken=first["nextToken"]).json()
    assert again == first


def test_pages_without_end_have_new_tokens_and_rows(caller: Caller) -> None:
    caller.server.faults.add(EndlessPages(), times=None)
    tokens = [""]
    for _ in range(5):
        page = caller.sheets(nextToken=tokens[-1]).json()
        assert len(page["data"]) == 2
        tokens.append(page["nextToken"])
    assert len(set(tokens)) == 6


def test_an_empty_page_leads_to_the_first_one(caller: Caller) -> None:
    caller.server.faults.add(EmptyPage())
    empty = caller.sheets().json()
    assert empty["data"] == []
    assert len(caller.sheets(nextToken=empty["nextToken"]).json()["data"]) == 2


@pytest.mark.parametrize(
    "fault", [SameToken(), EndlessPages(), EmptyPage()], ids=lambda fault: type(fault).__name__
)
def test_page_faults_work_on_every_paged_listing(caller: Caller, fault: Fault) -> None:
    caller.server.faults.add(fault, times=None)
    sales = caller.sales().json()
    assert sales["hasNext"] is True
    assert caller.sales(token=sales["nextToken"]).status_code == 200
    returns = caller.returns(status="UC").json()
    assert caller.returns(status="UC", nextToken=returns["nextToken"]).status_code == 200
    withdrawn = caller.withdrawals().json()
    assert caller.withdrawals(pageIndex=withdrawn["nextPageIndex"]).status_code == 200


def test_page_faults_leave_what_has_no_pages_alone(caller: Caller) -> None:
    planned = caller.server.faults.add(EndlessPages())
    assert isinstance(caller.settlements().json(), list)
    assert planned.applied == 0
    assert caller.sheets().json()["nextToken"]
    assert planned.applied == 1


# --- odd payloads ------------------------------------------------------------------------------


def test_rows_are_changed_before_they_are_sent(caller: Caller) -> None:
    caller.server.faults.add(Mutate(each_row(lambda row: row.pop("orderId"))))
    assert all("orderId" not in row for row in caller.sheets().json()["data"])
    caller.server.faults.add(Mutate(first_row(lambda row: row.update(orderId=10**30))))
    first, second = caller.sheets().json()["data"]
    assert first["orderId"] == 10**30
    assert second["orderId"] < 10**15
    caller.server.faults.add(Mutate(lambda shown: {**shown, "data": None}))
    assert caller.sheets().json()["data"] is None
    assert len(caller.sheets().json()["data"]) == 2


def test_a_mutation_waits_for_something_to_change(caller: Caller) -> None:
    planned = caller.server.faults.add(Mutate(each_row(lambda row: row.update(extra=1))))
    assert caller.sheets("INSTRUCT").json()["data"] == []
    assert planned.applied == 0
    assert caller.sheets().json()["data"][0]["extra"] == 1
    assert planned.applied == 1


def test_a_mutation_changes_settlements_and_look_ups_too(caller: Caller, account: Account) -> None:
    caller.server.faults.add(Mutate(each_row(lambda row: row.update(totalSale="a lot"))))
    assert {row["totalSale"] for row in caller.settlements().json()} == {"a lot"}
    caller.server.faults.add(Mutate(each_row(lambda row: row.update(status="NEW"))))
    box = next(iter(account.boxes))
    assert caller.sheet_of_box(box).json()["data"]["status"] == "NEW"


# --- where and how often -----------------------------------------------------------------------


def test_a_fault_is_for_some_requests_only(
    world: World, caller: Caller, calling: type[Caller]
) -> None:
    other = calling(caller.server, world.add_account("A00000002"))
    faults = caller.server.faults
    faults.add(server_error(503), vendor_id="A00000001", times=None)
    assert (caller.sheets().status_code, other.sheets().status_code) == (503, 200)
    faults.clear()
    faults.add(server_error(503), path_contains="revenue-history", times=None)
    assert (caller.sheets().status_code, caller.sales().status_code) == (200, 503)
    faults.clear()
    faults.add(server_error(503), query_contains="status=INSTRUCT", times=None)
    assert [caller.sheets(each).status_code for each in ("ACCEPT", "INSTRUCT")] == [200, 503]


def test_a_fault_starts_after_some_and_ends_after_some(caller: Caller) -> None:
    planned = caller.server.faults.add(server_error(500), times=2, after=1)
    statuses = [caller.sheets().status_code for _ in range(5)]
    assert statuses == [200, 500, 500, 200, 200]
    assert planned.applied == 2


def test_faults_come_one_after_the_other(caller: Caller) -> None:
    caller.server.faults.add(server_error(500))
    caller.server.faults.add(too_many())
    assert [caller.sheets().status_code for _ in range(3)] == [500, 429, 200]
