"""Every model has the data tests without which a wrong row would go unnoticed."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.conftest import Built

# parts of a key that may be null: what they stand for is not there, or has no such part
NULLABLE = {
    "int_boxes__shipping": {"shipment_box_id"},  # the fee of an order without sheets
    "int_bridge__recognised": {"order_id", "vendor_item_id"},  # adjustments, delivery fees
    "int_bridge__units": {"vendor_item_id"},  # the shipping of an order
    "int_cancellations__of_shipping": {"shipment_box_id"},  # the fee of an order without sheets
    "int_issues__of_sales": {"order_id"},  # adjustments
    "int_receipt_items__effect": {"vendor_item_id", "shipment_box_id"},  # as Coupang left them out
    "int_receipt_items__placed": {"shipment_box_id"},  # as Coupang left it out
    "stg_coupang__withdrawals": {"created_at"},  # as Coupang left it out
}
# columns whose values are words of our own, in whatever model they stand last
OWN_WORDS = {
    ("int_receipt_items__placed", "counts_at"),
    ("int_cancellations__without_receipt", "evidence"),
    ("int_bridge__recognised", "belongs_to"),
    ("int_reconciliation__items", "why"),
    ("int_reconciliation__shipping", "why"),
    ("int_ledger__new_covered_days", "coverage"),
    ("int_ledger__day_coverage", "coverage"),
    ("fct_daily_revenue", "data_status"),
    ("fct_orders", "order_status"),
    ("fct_orders", "coupon_status"),
    ("fct_cancellations", "evidence"),
    ("fct_coverage", "listing"),
    ("fct_data_issues", "issue_type"),
    ("fct_order_reconciliation", "why"),
    ("fct_revenue_bridge", "step"),
    ("fct_revenue_settling", "age_days"),
    ("fct_settlement_reconciliation", "verdict"),
}
# one amount a row, sums whose identities are tests of their own, or amounts of different moments
WITHOUT_IDENTITY = {
    "fct_expected_payouts",  # assert_payouts_reconcile_with_confirmed_sales
    "fct_revenue_settling",  # what was said then, and what is said now
}


class Model:
    """A model with its data tests, from dbt's manifest."""

    def __init__(self, node: dict[str, Any], tests: list[dict[str, Any]]) -> None:
        self.name, self.layer, self.columns = node["name"], node["fqn"][1], node["columns"]
        self.tests = tests

    def tested(self, name: str) -> set[str]:
        """The columns with this test."""
        return {each["column_name"] for each in self.tests if each["test_metadata"]["name"] == name}

    @property
    def keys(self) -> list[set[str]]:
        composed = [
            set(each["test_metadata"]["kwargs"]["columns"])
            for each in self.tests
            if each["test_metadata"]["name"] == "is_unique_by"
        ]
        return [{column} for column in self.tested("unique")] + composed

    @property
    def never_null(self) -> set[str]:
        promised = {
            name
            for name, column in self.columns.items()
            if any(each["type"] == "not_null" for each in column["constraints"])
        }
        return self.tested("not_null") | promised


@pytest.fixture(scope="module")
def models(empty_build: Built) -> list[Model]:
    manifest = json.loads((empty_build.folder / "target" / "manifest.json").read_text())
    tests: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for node in manifest["nodes"].values():
        if node.get("test_metadata"):
            tests[node["attached_node"]].append(node)
    return [
        Model(node, tests[name])
        for name, node in manifest["nodes"].items()
        if node["resource_type"] == "model"
    ]


def test_every_model_has_a_key_that_is_unique_and_never_null(models: list[Model]) -> None:
    without = [
        model.name
        for model in models
        if not any(key - NULLABLE.get(model.name, set()) <= model.never_null for key in model.keys)
    ]

    assert without == []


def test_every_mart_belongs_to_known_accounts(models: list[Model]) -> None:
    strangers = [
        model.name
        for model in models
        if model.layer == "marts"
        and model.name != "dim_accounts"
        and "vendor_id" not in model.tested("relationships")
    ]

    assert strangers == []


def test_every_mart_of_several_amounts_tells_how_they_hang_together(models: list[Model]) -> None:
    untold = {
        model.name
        for model in models
        if model.layer == "marts"
        and sum(column.endswith("_krw") for column in model.columns) > 1
        and not model.tested("holds_on_every_row")
    }

    assert untold == WITHOUT_IDENTITY


def test_words_of_our_own_are_listed(models: list[Model]) -> None:
    listed = {
        (model.name, column) for model in models for column in model.tested("accepted_values")
    }

    assert OWN_WORDS - listed == set()
