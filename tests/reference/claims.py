"""Receipts and their withdrawals: which cancellations are effective, and since when (P4 b)."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from tests.reference.rows import Row, lines_by_place, seen_order, to_kst
from tests.reference.sheets import count

TYPES = {"취소": "CANCEL", "반품": "RETURN"}


@dataclass(frozen=True)
class Receipt:
    """A receipt as its newest row shows it."""

    receipt_id: str
    order_id: str
    kind: str | None
    status: str | None
    reason: str | None
    fault_by: str | None
    created_at: datetime
    modified_at: datetime | None
    completed_at: datetime | None
    pre_refund: bool
    quantities: dict[str, list[tuple[str | None, int]]]  # item -> (box, units) of each line
    withdrawn: set[str]
    is_withdrawn_whole: bool

    def is_withdrawn(self, item: str) -> bool:
        return self.is_withdrawn_whole or item in self.withdrawn

    @property
    def is_completed(self) -> bool:
        return self.status == "RETURNS_COMPLETED"

    def is_effective(self, item: str) -> bool:
        if self.is_withdrawn(item):
            return False
        return self.kind == "CANCEL" or (
            self.kind == "RETURN" and (self.is_completed or self.pre_refund)
        )

    def is_open(self, item: str) -> bool:
        """P11: asked for, not yet given back, not withdrawn."""
        return self.kind == "RETURN" and not self.is_effective(item) and not self.is_withdrawn(item)

    def effect_date(self, item: str) -> date | None:
        """The Korean day on which it took effect; None where it did not."""
        if not self.is_effective(item):
            return None
        if self.kind == "CANCEL":
            moment = self.created_at
        elif self.is_completed:
            moment = self.completed_at or self.modified_at or self.created_at
        else:
            moment = self.modified_at or self.created_at
        return moment.date()

    def quantity(self, item: str) -> int:
        return sum(units for _, units in self.quantities[item])

    @property
    def named_boxes(self) -> set[str]:
        return {box for lines in self.quantities.values() for box, _ in lines if box is not None}


def read_withdrawals(rows: list[Row]) -> dict[str, list[set[str]]]:
    """By receipt, the items each of its withdrawals names; an empty set names all."""
    newest: dict[tuple[str, str | None], Row] = {}
    places = lines_by_place(rows)
    for row in sorted(rows, key=seen_order):
        newest[row["cancel_id"], row["created_at"]] = row
    withdrawals: dict[str, list[set[str]]] = defaultdict(list)
    for (cancel_id, created_at), row in newest.items():
        named = {
            line["vendor_item_id"]
            for line in places[seen_order(row)]
            if (line["cancel_id"], line["created_at"]) == (cancel_id, created_at)
        }
        withdrawals[cancel_id].append(named - {None})
    return withdrawals


def read_receipts(
    receipt_rows: list[Row], item_rows: list[Row], withdrawal_rows: list[Row]
) -> list[Receipt]:
    """Receipts, each once in whatever listings it stood."""
    lines = lines_by_place(item_rows)
    withdrawals = read_withdrawals(withdrawal_rows)
    newest: dict[str, Row] = {}
    for row in sorted(receipt_rows, key=seen_order):
        newest[row["receipt_id"]] = row

    receipts = []
    for receipt_id, row in sorted(newest.items()):
        quantities: dict[str, list[tuple[str | None, int]]] = defaultdict(list)
        for line in lines.get(seen_order(row), ()):
            units = count(line["cancel_count"]) or 0
            quantities[line["vendor_item_id"]].append((line["shipment_box_id"], units))
        named = withdrawals.get(receipt_id, [])
        reasons = (row["cancel_reason_category1"], row["cancel_reason_category2"])
        receipts.append(
            Receipt(
                receipt_id=receipt_id,
                order_id=row["order_id"],
                kind=TYPES.get(row["receipt_type"], row["receipt_type"]),
                status=row["receipt_status"],
                reason=" / ".join(reason for reason in reasons if reason is not None) or None,
                fault_by=row["fault_by_type"],
                created_at=to_kst(row["created_at"]),
                modified_at=to_kst(row["modified_at"]),
                completed_at=to_kst(row["complete_confirm_date"]),
                pre_refund=row["pre_refund"] is True,
                quantities=dict(quantities),
                withdrawn=set().union(*named),
                is_withdrawn_whole=any(not items for items in named),
            )
        )
    return receipts
