"""Readings over HTTP: every listing to its end, and nothing of one that is not whole."""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import pytest
from extract_world import CANARY, client, linked, look_up, read_listing, rows

from extract.client import Client
from extract.errors import (
    AddressRefused,
    ApiError,
    BadAnswer,
    Blocked,
    ClockSkewed,
    ContractBroken,
    GatewayTimeout,
    KeyRefused,
    RateExceeded,
    ServerTrouble,
    VendorRefused,
)
from extract.listings import Window
from extract.reading import Planned, Reading, read
from extract.sandbox import (
    Account,
    EmptyPage,
    EndlessPages,
    ErrorInside,
    Mutate,
    Request,
    Reset,
    SameToken,
    SandboxServer,
    Slow,
    Truncated,
    World,
    access_denied,
    box,
    each_row,
    first_row,
    ip_refused,
    item,
    not_json,
    server_error,
    too_many,
    unauthorized,
)
from extract.sandbox.faults import Answer, Fault, Refuse
from extract.settings import ApiSettings

JAN_1, JAN_5, JAN_9 = date(2026, 1, 1), date(2026, 1, 5), date(2026, 1, 9)
Reads = Callable[..., Reading]


@pytest.fixture
def sheets(server: SandboxServer, seller: Account, folder: Path) -> Reads:
    """Reads the order sheets of 1 to 9 January."""

    def reads(**more: Any) -> Reading:  # noqa: ANN401 - settings
        return read_listing(server, linked(seller), "order_sheets", JAN_1, JAN_9, folder, **more)

    return reads


def boxes_of(reading: Reading) -> list[str]:
    return [row["shipment_box_id"] for row in rows(reading, "order_sheets")]


def refused_with(reading: Reading, folder: Path) -> Exception | None:
    """The error of a reading that left nothing behind."""
    assert not reading.is_whole
    assert reading.files == {}
    assert list(folder.glob("*.arrow")) == []
    assert reading.log_row["is_whole"] is False
    assert reading.log_row["row_count"] == 0
    return reading.error


# --- whole readings ---------------------------------------------------------------------------


def test_pages_are_followed_to_the_end(seller: Account, sheets: Reads) -> None:
    made = [seller.order(f"2026-01-05 10:{n % 60:02d}", item(quantity=2)) for n in range(120)]
    reading = sheets()
    assert sorted(boxes_of(reading)) == sorted(str(order.box.id) for order in made)
    # ACCEPT has three pages, and is read once more: has anything left it meanwhile?
    assert reading.requests == 6 + 2 + 3
    assert reading.rows == 120


def test_requests_are_numbered_in_the_order_of_an_orders_life(
    server: SandboxServer, seller: Account, sheets: Reads
) -> None:
    moved = seller.order("2026-01-05 10:00").move("DELIVERING", "2026-01-06 10:00")
    fresh = seller.order("2026-01-05 11:00")
    reading = sheets()
    places = {r["shipment_box_id"]: r["request_no"] for r in rows(reading, "order_sheets")}
    assert places == {str(fresh.box.id): 1, str(moved.box.id): 4}
    asked = [r.query.split("status=")[1].split("&")[0] for r in server.requests]
    assert asked == [
        "ACCEPT",
        "INSTRUCT",
        "DEPARTURE",
        "DELIVERING",
        "FINAL_DELIVERY",
        "NONE_TRACKING",
    ]


@pytest.mark.parametrize("tokens", ["cursor", "offset"])
def test_an_order_that_moves_on_while_pages_are_read_is_not_lost(
    server: SandboxServer, seller: Account, sheets: Reads, tokens: Literal["cursor", "offset"]
) -> None:
    orders = [seller.order(f"2026-01-05 {n // 60:02d}:{n % 60:02d}") for n in range(160)]
    server.tokens = tokens
    answered = 0

    def move_on(_request: Request) -> None:
        # Before each of the first answers, some more orders go on to the next status.
        nonlocal answered
        answered += 1
        waiting = [o for o in orders if o.box.status_at(server.now()) == "ACCEPT"]
        for order in waiting[: 7 * (answered <= 8)]:
            order.move("INSTRUCT", server.now())

    server.on_request = move_on
    reading = sheets()
    assert reading.error is None
    assert {str(order.box.id) for order in orders} <= set(boxes_of(reading))


def test_a_stop_shipment_request_is_read_under_both_statuses(
    server: SandboxServer, seller: Account, folder: Path
) -> None:
    order = seller.order("2026-01-05 10:00")
    receipt = order.request_return("2026-01-05 12:00", stop=True)
    reading = read_listing(server, linked(seller), "return_requests", JAN_1, JAN_9, folder)
    assert [row["receipt_id"] for row in rows(reading, "receipts")] == [str(receipt.id)] * 2


def test_cancelled_orders_are_asked_for_without_a_status(
    server: SandboxServer, seller: Account, folder: Path
) -> None:
    receipts = [
        seller.order(f"2026-01-05 10:{n:02d}").cancel(f"2026-01-05 11:{n:02d}") for n in range(60)
    ]
    reading = read_listing(server, linked(seller), "cancel_requests", JAN_1, JAN_9, folder)
    assert {row["receipt_id"] for row in rows(reading, "receipts")} == {str(r.id) for r in receipts}
    assert "status=" not in server.requests[0].query


def test_withdrawals_and_sales_and_settlements_are_read(
    server: SandboxServer, seller: Account, folder: Path
) -> None:
    order = seller.order("2025-12-05 10:00", item(quantity=2), shipping=3000)
    order.request_return("2026-01-03 12:00", {order.line: 1}).withdraw(
        "2026-01-04 09:00", order.line
    )
    order.confirm("2025-12-15")
    account = linked(seller)
    withdrawn = read_listing(
        server, account, "withdrawals", date(2026, 1, 3), date(2026, 1, 9), folder
    )
    assert [r["vendor_item_id"] for r in rows(withdrawn, "withdrawals")] == [
        str(order.line.vendor_item_id)
    ]
    sales = read_listing(
        server, account, "confirmed_sales", date(2025, 12, 10), date(2026, 1, 5), folder
    )
    assert [r["delivery_fee_amount"] for r in rows(sales, "confirmed_sales")] == [3000]
    settled = read_listing(
        server, account, "settlements", date(2025, 12, 1), date(2025, 12, 31), folder
    )
    assert settled.rows == len(rows(settled, "settlements")) > 0


def test_a_busy_listing_is_asked_in_halves_until_it_answers(
    server: SandboxServer, seller: Account, folder: Path
) -> None:
    seller.busy_cc_days = 4
    order = seller.order("2026-01-02 10:00")
    receipt = order.request_return("2026-01-03 10:00").complete("2026-01-06 10:00")
    reading = read_listing(
        server, linked(seller), "return_requests", date(2025, 12, 10), JAN_9, folder
    )
    assert reading.is_whole
    assert [row["receipt_id"] for row in rows(reading, "receipts")] == [str(receipt.id)]
    assert [row["request_no"] for row in rows(reading, "receipts")] == sorted(
        row["request_no"] for row in rows(reading, "receipts")
    )


def test_halves_of_a_listing_cover_the_window_without_gap_or_overlap(
    server: SandboxServer, seller: Account, folder: Path
) -> None:
    seller.busy_cc_days = 1
    for day in range(1, 10):
        seller.order(f"2026-01-0{day} 10:00").request_return(f"2026-01-0{day} 11:00").complete(
            f"2026-01-0{day} 12:00"
        )
    reading = read_listing(server, linked(seller), "return_requests", JAN_1, JAN_9, folder)
    receipts = [row["receipt_id"] for row in rows(reading, "receipts")]
    assert sorted(receipts) == sorted(str(receipt_id) for receipt_id in seller.receipts)


def test_an_unknown_status_is_kept_as_it_came(server: SandboxServer, sheets: Reads) -> None:
    seller = server.world.accounts["A00000001"]
    seller.order("2026-01-05 10:00", box(item(), raw={"status": "HELD_BY_CUSTOMS"}))
    assert [r["status"] for r in rows(sheets(), "order_sheets")] == ["HELD_BY_CUSTOMS"]


def test_no_personal_data_reaches_the_disk(
    seller: Account, sheets: Reads, folder: Path, server: SandboxServer
) -> None:
    order = seller.order("2026-01-05 10:00")
    order.request_return("2026-01-06 10:00")
    made = [
        sheets(),
        read_listing(server, linked(seller), "return_requests", JAN_1, JAN_9, folder),
    ]
    assert all(reading.rows for reading in made)
    assert all(reading.notes.unknown for reading in made)
    files = list(folder.iterdir())
    assert files
    for file in files:
        assert CANARY.encode() not in file.read_bytes()
    assert CANARY not in repr([reading.notes for reading in made])


# --- look-ups ---------------------------------------------------------------------------------


def test_a_look_up_tells_the_boxes_of_an_order(
    server: SandboxServer, seller: Account, folder: Path
) -> None:
    order = seller.order("2025-11-01 10:00", box(item()), box(item()))
    reading = look_up(server, linked(seller), "order_lookup", str(order.id), folder)
    assert boxes_of(reading) == [str(each.id) for each in order.boxes]
    assert reading.log_row["subject_id"] == str(order.id)
    assert reading.log_row["covered_from"] is None


def test_a_look_up_of_a_cancelled_order_says_so_and_is_whole(
    server: SandboxServer, seller: Account, folder: Path
) -> None:
    order = seller.order("2026-01-05 10:00")
    order.cancel("2026-01-05 11:00")
    reading = look_up(server, linked(seller), "order_lookup", str(order.id), folder)
    assert (reading.is_whole, reading.outcome) == (True, "cancelled_or_returned")


def test_a_look_up_of_what_never_was_says_not_found(
    server: SandboxServer, seller: Account, folder: Path
) -> None:
    for listing in ("order_lookup", "receipt_lookup"):
        reading = look_up(server, linked(seller), listing, "77", folder)
        assert (reading.is_whole, reading.outcome) == (True, "not_found")


def test_an_answer_about_another_order_is_refused(
    server: SandboxServer, seller: Account, folder: Path
) -> None:
    order = seller.order("2026-01-05 10:00")
    server.faults.add(Mutate(each_row(lambda row: row.update(orderId=77))), times=None)
    reading = look_up(server, linked(seller), "order_lookup", str(order.id), folder)
    assert isinstance(refused_with(reading, folder), ContractBroken)


# --- faults that pass -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fault",
    [
        server_error(500),
        server_error(502),
        server_error(503),
        server_error(504),
        not_json(),
        Truncated(),
        Reset(),
        Reset(share=0.0),
        ErrorInside(500),
        ErrorInside("500"),
        ErrorInside("ERROR"),
        ErrorInside(429),
        too_many(),
        too_many(retry_after=0),
        Mutate(lambda shown: {**shown, "data": None}),
    ],
)
def test_a_fault_that_passes_leaves_complete_data(
    server: SandboxServer, seller: Account, sheets: Reads, fault: Fault
) -> None:
    made = [seller.order(f"2026-01-05 10:{n:02d}") for n in range(60)]
    planned = server.faults.add(fault, times=1, after=1)
    reading = sheets(rate_patience=30)
    assert planned.applied == 1
    assert reading.error is None
    assert sorted(boxes_of(reading)) == sorted(str(order.box.id) for order in made)


def test_a_slow_answer_is_asked_again(
    server: SandboxServer, seller: Account, sheets: Reads
) -> None:
    order = seller.order("2026-01-05 10:00")
    server.faults.add(Slow(0.8), times=1)
    reading = sheets(read_timeout=0.3)
    assert boxes_of(reading) == [str(order.box.id)]


def test_attempts_are_counted_as_requests(server: SandboxServer, sheets: Reads) -> None:
    server.faults.add(server_error(503), times=3)
    reading = sheets()
    assert reading.is_whole
    assert reading.requests == 6 + 3 == len(server.requests)


def test_retry_after_holds_the_whole_account(server: SandboxServer, sheets: Reads) -> None:
    server.faults.add(too_many(retry_after=1), times=1)
    assert sheets().is_whole
    first, second = server.requests[:2]
    assert second.time - first.time >= 1.0


# --- faults that stay -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "kind", "says"),
    [
        (unauthorized(), KeyRefused, "expired or wrong"),
        (ip_refused(), AddressRefused, "203.0.113.7"),
        (access_denied(), Blocked, "firewall"),
        (server_error(500), ServerTrouble, "500"),
        (server_error(502), ServerTrouble, "502"),
        (server_error(503), ServerTrouble, "503"),
        (server_error(504), GatewayTimeout, "504"),
        (not_json(), BadAnswer, "not JSON"),
        (Truncated(), BadAnswer, "not JSON"),
        (Reset(), BadAnswer, "broke off"),
        (Reset(share=0.0), BadAnswer, "broke off"),
        (ErrorInside(500), ServerTrouble, "500"),
        (ErrorInside("ERROR"), ServerTrouble, "500"),
        (ErrorInside(401), KeyRefused, "expired or wrong"),
        (too_many(), RateExceeded, "Too many requests"),
        (too_many(retry_after=3600), RateExceeded, "Too many requests"),
        (SameToken(), ContractBroken, "came twice"),
        (EndlessPages(), ContractBroken, "no end"),
        (EmptyPage(), ContractBroken, "came twice"),
        (Mutate(lambda shown: {**shown, "data": None}), BadAnswer, "no list"),
        (Mutate(lambda shown: {**shown, "data": {}}), BadAnswer, "no list"),
        (Mutate(lambda _shown: "x"), BadAnswer, "no list"),
        (Mutate(first_row(lambda row: row.pop("orderId"))), ContractBroken, "orderId is missing"),
        (
            Mutate(first_row(lambda row: row.update(orderId=6.4e17))),
            ContractBroken,
            "orderId is missing",
        ),
        (
            Mutate(first_row(lambda row: row.update(shipmentBoxId=10**25))),
            ContractBroken,
            "shipmentBoxId is missing",
        ),
        (
            Mutate(first_row(lambda row: row.update(orderedAt="yesterday"))),
            ContractBroken,
            "orderedAt is malformed",
        ),
    ],
)
def test_a_fault_that_stays_fails_the_reading_and_leaves_nothing(
    server: SandboxServer,
    seller: Account,
    sheets: Reads,
    folder: Path,
    fault: Fault,
    kind: type[ApiError],
    says: str,
) -> None:
    for number in range(120):
        seller.order(f"2026-01-05 10:{number % 60:02d}")
    server.faults.add(fault, times=None, after=1)
    error = refused_with(sheets(max_pages=30, rate_patience=0.2), folder)
    assert type(error) is kind
    assert says in str(error)
    assert str(error).startswith("shop: ")
    assert "\n" not in str(error)


def test_empty_pages_without_end_are_an_error(
    server: SandboxServer, sheets: Reads, folder: Path
) -> None:
    server.faults.add(EndlessPages(), times=None)
    error = refused_with(sheets(), folder)
    assert "Empty pages go on" in str(error)
    assert len(server.requests) < 30


def test_an_empty_page_with_a_token_is_followed(
    server: SandboxServer, seller: Account, sheets: Reads
) -> None:
    order = seller.order("2026-01-05 10:00")
    server.faults.add(EmptyPage(), times=1)
    reading = sheets()
    assert boxes_of(reading) == [str(order.box.id)]
    assert reading.requests == 6 + 1 + 1


def test_a_sales_row_outside_the_days_asked_is_refused(
    server: SandboxServer, seller: Account, folder: Path
) -> None:
    seller.order("2026-01-01 10:00").confirm("2026-01-08")
    server.faults.add(
        Mutate(first_row(lambda row: row.update(recognitionDate="2026-01-10"))), times=None
    )
    reading = read_listing(server, linked(seller), "confirmed_sales", JAN_1, JAN_9, folder)
    assert "outside the days" in str(refused_with(reading, folder))


def test_sales_that_go_on_without_saying_where_are_refused(
    server: SandboxServer, seller: Account, folder: Path
) -> None:
    server.faults.add(Mutate(lambda shown: {**shown, "hasNext": True, "nextToken": ""}))
    reading = read_listing(server, linked(seller), "confirmed_sales", JAN_1, JAN_9, folder)
    assert "goes on but not where" in str(refused_with(reading, folder))


def test_sales_are_not_cut_once_a_page_was_taken(
    server: SandboxServer, seller: Account, folder: Path
) -> None:
    # Rows of a day have no key of their own: a page read twice would count twice.
    for number in range(120):
        seller.order(f"2026-01-01 10:{number % 60:02d}").confirm("2026-01-08")
    server.faults.add(server_error(504), times=None, after=1)
    reading = read_listing(server, linked(seller), "confirmed_sales", JAN_1, JAN_9, folder)
    assert isinstance(refused_with(reading, folder), GatewayTimeout)


def test_a_refused_account_is_not_asked_on(
    server: SandboxServer, seller: Account, folder: Path
) -> None:
    server.faults.add(unauthorized(), times=None)
    window = Window(JAN_1, JAN_9, JAN_1, JAN_9)
    with client(server, linked(seller)) as line:
        for number, name in enumerate(["order_sheets", "return_requests", "settlements"], start=1):
            reading = read(line, Planned(number, name, window), server.now(), folder)
            assert reading.outcome == "auth"
    # One request of a listing, one that asks whose key it is.
    assert len(server.requests) == 2


@pytest.mark.usefixtures("seller")
def test_a_clock_that_is_wrong_is_told_from_a_wrong_key(
    server: SandboxServer, sheets: Reads, folder: Path
) -> None:
    server.clock_offset = timedelta(minutes=-20)
    error = refused_with(sheets(), folder)
    assert isinstance(error, ClockSkewed)
    assert "ahead of" in str(error)
    assert "clock" in error.remedy


@pytest.mark.parametrize("status", [400, 401, 403])
@pytest.mark.parametrize("listing", ["order_sheets", "confirmed_sales", "settlements"])
def test_the_keys_of_another_vendor_code_are_told_from_bad_keys(
    server: SandboxServer,
    seller: Account,
    folder: Path,
    status: Literal[400, 401, 403],
    listing: str,
) -> None:
    # The settlements name no vendor code: unproved, the other account's would be taken.
    other = server.world.add_account("A00000002")
    swapped = replace(linked(other), vendor_id=seller.vendor_id)
    server.vendor_mismatch = status
    error = refused_with(read_listing(server, swapped, listing, JAN_1, JAN_9, folder), folder)
    assert isinstance(error, VendorRefused)
    assert "not for vendor code A00000001" in str(error)


def test_a_server_that_is_not_there_is_named(seller: Account, folder: Path) -> None:
    with SandboxServer(World()) as gone:
        pass
    reading = read_listing(gone, linked(seller), "order_sheets", JAN_1, JAN_9, folder)
    error = refused_with(reading, folder)
    assert isinstance(error, ServerTrouble)
    assert "connection" in str(error)


def test_a_server_that_takes_no_connection_is_named(seller: Account, folder: Path) -> None:
    with ExitStack() as open_ones:
        deaf = open_ones.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        for _ in range(8):  # its queue is full: whoever knocks now waits in vain
            knock = open_ones.enter_context(socket.socket())
            knock.setblocking(False)
            knock.connect_ex(deaf.getsockname())
        settings = ApiSettings(
            base_url=f"http://127.0.0.1:{deaf.getsockname()[1]}",
            connect_timeout=0.2,
            retry_wait=0.0,
            attempts=2,
        )
        line = open_ones.enter_context(closing(Client(linked(seller), settings)))
        window = Window(JAN_1, JAN_9, JAN_1, JAN_9)
        planned = Planned(1, "order_sheets", window)
        error = refused_with(read(line, planned, datetime.now(UTC), folder), folder)
    assert isinstance(error, ServerTrouble)
    assert "could not be reached in time" in str(error)


def test_a_redirect_is_not_followed(server: SandboxServer, sheets: Reads, folder: Path) -> None:
    headers = {"Location": f"{server.url}/elsewhere"}
    server.faults.add(Refuse(Answer(302, b"", headers=headers)), times=None)
    error = refused_with(sheets(attempts=2), folder)
    assert "points elsewhere" in str(error)
    assert not any("elsewhere" in request.path for request in server.requests)


def test_the_log_says_when_and_how_much(seller: Account, sheets: Reads) -> None:
    seller.order("2026-01-05 10:00")
    row = sheets().log_row
    assert (row["request_count"], row["row_count"], row["outcome"]) == (6, 1, "ok")
    assert row["as_of"] == "2026-01-10T00:00:00.000000+00:00"
    assert (row["covered_from"], row["covered_to"]) == ("2026-01-01", "2026-01-09")
