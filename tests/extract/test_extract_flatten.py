"""How a page of rows becomes batches of the raw tables."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest
import yaml

from extract.errors import ContractBroken
from extract.flatten import SHAPES, Notes, Place, flattener
from extract.raw_tables import DECLARATION, raw_tables

PLACE = Place("A00000001", 7, 3)


def flatten(shape: str, *rows: object) -> tuple[dict[str, list[dict[str, Any]]], Notes]:
    notes = Notes()
    batches = flattener(shape).batches(list(rows), PLACE, notes)
    return {table: batch.to_pylist() for table, batch in batches.items()}, notes


def sheet(**more: object) -> dict[str, Any]:
    return {
        "shipmentBoxId": 642538970006401429,
        "orderId": 500004398,
        "orderedAt": "2026-01-05T10:00:00+09:00",
        "orderItems": [line()],
        **more,
    }


def line(**more: object) -> dict[str, Any]:
    return {"vendorItemId": 3145181064, "shippingCount": 2, **more}


def sale(**more: object) -> dict[str, Any]:
    return {
        "orderId": 5,
        "saleType": "SALE",
        "saleDate": "2026-01-05",
        "recognitionDate": "2026-01-15",
        "items": [{"vendorItemId": 7, "quantity": 1}],
        **more,
    }


def receipt(**more: object) -> dict[str, Any]:
    return {
        "receiptId": 9,
        "orderId": 5,
        "createdAt": "2026-01-06T09:00:00",
        "returnItems": [{"vendorItemId": 7, "shipmentBoxId": 0, "cancelCount": 1}],
        **more,
    }


def test_every_declared_column_is_in_the_schema_and_nothing_else() -> None:
    declared = yaml.safe_load(DECLARATION.read_text(encoding="utf-8"))["sources"][0]["tables"]
    for table in declared:
        if table["name"] == "_dlt_loads":
            continue
        names = [c["name"] for c in table["columns"] if c["name"] != "_dlt_load_id"]
        assert raw_tables()[table["name"]].schema.names == names
    for shape, tables in SHAPES.items():
        batches = flattener(shape).batches([], PLACE, Notes())
        assert {t: b.schema for t, b in batches.items()} == {
            t: raw_tables()[t].schema for t in tables.tables
        }


def test_a_place_counts_rows_and_lines_from_one() -> None:
    tables, _ = flatten("order_sheets", sheet(), sheet(orderItems=[line(), line()]))
    assert [(r["request_no"], r["row_no"]) for r in tables["order_sheets"]] == [(3, 1), (3, 2)]
    assert [(r["row_no"], r["line_no"]) for r in tables["order_sheet_items"]] == [
        (1, 1),
        (2, 1),
        (2, 2),
    ]
    assert {r["vendor_id"] for r in tables["order_sheet_items"]} == {"A00000001"}


def test_lines_carry_the_ids_of_their_row() -> None:
    tables, _ = flatten("order_sheets", sheet(), sheet(shipmentBoxId=8))
    assert [r["shipment_box_id"] for r in tables["order_sheet_items"]] == [
        "642538970006401429",
        "8",
    ]


def test_a_sheet_without_lines_is_a_row_without_lines() -> None:
    tables, _ = flatten("order_sheets", sheet(orderItems=[]))
    assert len(tables["order_sheets"]) == 1
    assert tables["order_sheet_items"] == []


@pytest.mark.parametrize("field", ["shipmentBoxId", "orderId", "orderedAt"])
@pytest.mark.parametrize("missing", [None, ""])
def test_a_missing_key_refuses_the_page_and_names_the_place_only(
    field: str, missing: object
) -> None:
    with pytest.raises(ContractBroken) as refused:
        flatten("order_sheets", sheet(), sheet(**{field: missing}, refer="secret buyer"))
    assert f"order_sheets: {field} is missing in row 2 of request 3" in str(refused.value)
    assert "secret buyer" not in str(refused.value)


def test_a_missing_key_of_a_line_names_the_row_it_stands_in() -> None:
    with pytest.raises(ContractBroken, match="vendorItemId is missing in row 2 of request 3"):
        flatten("order_sheets", sheet(), sheet(orderItems=[line(), line(vendorItemId=None)]))


@pytest.mark.parametrize("row", [None, "x", 5, ["x"]])
def test_a_row_that_is_no_object_is_refused(row: object) -> None:
    with pytest.raises(ContractBroken, match="is not an object"):
        flatten("order_sheets", row)


@pytest.mark.parametrize("lines", [None, "x", {"a": 1}, [5]])
def test_lines_that_are_no_list_of_objects_are_refused(lines: object) -> None:
    with pytest.raises(ContractBroken):
        flatten("order_sheets", sheet(orderItems=lines))


def test_unknown_fields_are_named_once_and_documented_ones_are_not() -> None:
    _, notes = flatten(
        "order_sheets",
        sheet(newField="010-1234-5678", receiver={"name": "buyer"}, refer="", isCod=False),
        sheet(newField="x", orderItems=[line(etcInfoValue="typed", giftWrap=True)]),
    )
    assert notes.unknown == {"order_sheets.newField", "order_sheets.orderItems.giftWrap"}


def test_an_unknown_field_inside_a_kept_object_is_named() -> None:
    _, notes = flatten("confirmed_sales", sale(deliveryFee={"amount": 3000, "bonus": 1}))
    assert notes.unknown == {"confirmed_sales.deliveryFee.bonus"}


def test_a_field_name_that_could_carry_data_is_not_shown() -> None:
    _, notes = flatten("order_sheets", sheet(**{"010-1234-5678 김": 1}))
    assert notes.unknown == {"order_sheets.(odd name)"}


def test_what_is_not_declared_is_in_no_batch() -> None:
    batches = flattener("order_sheets").batches(
        [sheet(orderer={"name": "canary"}, parcelPrintMessage="canary", newField="canary")],
        PLACE,
        Notes(),
    )
    for batch in batches.values():
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, batch.schema) as stream:
            stream.write_batch(batch)
        assert b"canary" not in sink.getvalue().to_pybytes()


def test_delivery_fees_come_out_of_their_object() -> None:
    tables, _ = flatten("confirmed_sales", sale(deliveryFee={"amount": -5000.0, "fee": None}))
    assert tables["confirmed_sales"][0]["delivery_fee_amount"] == -5000
    assert tables["confirmed_sales"][0]["delivery_fee_fee"] is None


def test_a_sale_needs_its_day_and_its_item() -> None:
    with pytest.raises(ContractBroken, match="saleDate is missing"):
        flatten("confirmed_sales", sale(saleDate=""))
    with pytest.raises(ContractBroken, match="vendorItemId is missing"):
        flatten("confirmed_sales", sale(items=[{"quantity": 1}]))
    with pytest.raises(ContractBroken, match="items is missing"):
        flatten("confirmed_sales", sale(items=None))


@pytest.mark.parametrize("order_id", [0, "0", None])
def test_an_adjustment_needs_neither_day_nor_item(order_id: object) -> None:
    tables, _ = flatten(
        "confirmed_sales",
        sale(orderId=order_id, saleDate="", items=[{"quantity": 0}]),
        sale(orderId=order_id, saleDate=None, items=None),
    )
    assert [r["sale_date"] for r in tables["confirmed_sales"]] == [None, None]
    assert [r["vendor_item_id"] for r in tables["confirmed_sale_items"]] == [None]


def test_a_receipt_that_names_no_box_says_null() -> None:
    tables, _ = flatten("receipts", receipt())
    assert tables["receipt_items"][0]["shipment_box_id"] is None


def test_a_malformed_completion_is_null_and_a_malformed_creation_refused() -> None:
    tables, notes = flatten("receipts", receipt(completeConfirmDate="soon", modifiedAt=""))
    assert tables["receipts"][0]["complete_confirm_date"] is None
    assert notes.malformed == {"receipts.complete_confirm_date": 1}
    with pytest.raises(ContractBroken, match="createdAt is malformed"):
        flatten("receipts", receipt(createdAt="soon"))


def test_a_withdrawal_is_a_row_per_item_it_names_and_one_where_it_names_none() -> None:
    def named(*items: object) -> dict[str, Any]:
        return {"cancelId": 9, "createdAt": "2026-01-07T09:00:00", "vendorItemIds": list(items)}

    tables, _ = flatten("withdrawals", named(7, "8"), named(), {**named(), "vendorItemIds": None})
    assert [(r["row_no"], r["line_no"], r["vendor_item_id"]) for r in tables["withdrawals"]] == [
        (1, 1, "7"),
        (1, 2, "8"),
        (2, 1, None),
        (3, 1, None),
    ]
