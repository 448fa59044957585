"""With a canary, every field that holds personal data holds it: tests can look for one word."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from sandbox_caller import Caller

from extract.sandbox import Account, SandboxServer, World, item

CANARY = "CANARY-5f1c"

OF_SHEETS = {
    "orderer.name", "orderer.email", "orderer.safeNumber", "orderer.ordererNumber",
    "parcelPrintMessage", "receiver.name", "receiver.safeNumber", "receiver.receiverNumber",
    "receiver.addr1", "receiver.addr2", "receiver.postCode",
    "overseaShippingInfoDto.personalCustomsClearanceCode", "overseaShippingInfoDto.ordererSsn",
    "overseaShippingInfoDto.ordererPhoneNumber", "extraProperties.taxReceiptInfo.appliedValue",
    "orderItems[].etcInfoValue", "orderItems[].etcInfoValues[]",
    "orderItems[].extraProperties.buyerMessage", "undocumentedNote",
    "orderItems[].undocumentedNote",
}  # fmt: skip
OF_RECEIPTS = {
    "requesterName", "requesterPhoneNumber", "requesterRealPhoneNumber", "requesterAddress",
    "requesterAddressDetail", "requesterZipCode", "cancelReason", "undocumentedNote",
    "returnItems[].cancelCompleteUser", "returnItems[].undocumentedNote",
}  # fmt: skip


def places(shown: object, path: str = "") -> Iterator[str]:
    """The paths of all strings that hold the canary."""
    if isinstance(shown, dict):
        for name, value in shown.items():
            yield from places(value, f"{path}.{name}" if path else name)
    elif isinstance(shown, list):
        for value in shown:
            yield from places(value, f"{path}[]")
    elif isinstance(shown, str) and CANARY in shown:
        yield path


@pytest.fixture
def world() -> World:
    return World(canary=CANARY)


@pytest.fixture
def told(account: Account) -> Account:
    order = account.order("2026-01-05T10:00:00+09:00", item(quantity=3))
    order.cancel("2026-01-05 11:00", {order.line: 1})
    order.confirm("2026-01-15")
    order.exchange("2026-01-08 09:00")
    order.request_return("2026-01-16 10:00", {order.line: 1}).withdraw("2026-01-17 10:00")
    return account


def test_every_field_with_personal_data_holds_the_canary(caller: Caller, told: Account) -> None:
    assert told.orders
    (sheet,) = caller.sheets().json()["data"]
    assert set(places(sheet)) == OF_SHEETS
    (receipt,) = caller.returns(cancelType="CANCEL").json()["data"]
    assert set(places(receipt)) == OF_RECEIPTS
    (exchange,) = caller.exchanges().json()["data"]
    assert {"reasonEtcDetail", "exchangeAddressDtoV1.returnCustomerName"} < set(places(exchange))
    (withdrawal,) = caller.withdrawals(dateFrom="2026-01-15", dateTo="2026-01-19").json()["data"]
    assert set(places(withdrawal)) == {"undocumentedNote"}
    (sale,) = caller.sales().json()["data"]
    assert set(places(sale)) == {"undocumentedNote", "items[].undocumentedNote"}
    settlement = caller.settlements().json()[0]
    assert set(places(settlement)) == {
        "bankName", "bankAccountHolder", "bankAccount", "undocumentedNote",
    }  # fmt: skip


def test_without_a_canary_nothing_is_unknown_and_documented_nulls_are_null(
    serve: Callable[..., SandboxServer], calling: type[Caller]
) -> None:
    world = World()
    account = world.add_account("A00000001")
    account.order("2026-01-05T10:00:00+09:00")
    (sheet,) = calling(serve(world), account).sheets().json()["data"]
    assert "undocumentedNote" not in sheet
    assert sheet["orderer"]["ordererNumber"] is None
    assert sheet["orderer"]["name"]
    assert sheet["receiver"]["addr1"]
    assert sheet["orderItems"][0]["etcInfoValues"] is None
