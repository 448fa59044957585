"""The stories that are collected and built day by day, an account each."""

from __future__ import annotations

from dataclasses import dataclass, field

from extract.sandbox import Account, Order, World, item
from tests.pipeline.pipeline_runner import Pipeline

CANARY = "새지말것"

# the moments of the runs, Korean time
EVENING_5 = "2026-01-05T23:30:00+09:00"
EVENING_6 = "2026-01-06T23:30:00+09:00"
MORNING_8 = "2026-01-08T09:00:00+09:00"
MORNING_20 = "2026-01-20T09:00:00+09:00"
FEBRUARY = "2026-02-12T09:00:00+09:00"
DAYS = [EVENING_5, EVENING_6, MORNING_8, MORNING_20, FEBRUARY]


@dataclass
class Stories:
    """The world, its accounts by the name of their story, and the pipeline that followed them."""

    world: World = field(default_factory=lambda: World(canary=CANARY))
    accounts: dict[str, Account] = field(default_factory=dict)
    orders: dict[str, Order] = field(default_factory=dict)
    pipeline: Pipeline | None = None

    def __getitem__(self, name: str) -> Account:
        return self.accounts[name]

    def add(self, name: str) -> Account:
        self.accounts[name] = self.world.add_account(name=name)
        return self.accounts[name]


def tell(stories: Stories) -> None:
    """All that will have happened; what is seen of it depends on the day."""
    account = stories.add("cancelled the next day")
    account.order("2026-01-05T10:00:00+09:00", item(), shipping=3_000).cancel(
        "2026-01-06T09:00:00+09:00"
    )
    account.order("2026-01-06T11:00:00+09:00", item(unit_price=7_000))

    account = stories.add("coupon after ten days")
    account.order("2026-01-05T10:00:00+09:00", item(instant=1_000), shipping=3_000).confirm(
        "2026-01-15"
    )

    account = stories.add("vanished without a word")
    account.order("2026-01-05T10:00:00+09:00", item(), shipping=3_000).box.vanish(
        "2026-01-06T09:00:00+09:00"
    )

    account = stories.add("refunded late")
    order = account.order("2026-01-05T10:00:00+09:00", item(quantity=3), shipping=3_000)
    order.confirm("2026-01-15")
    order.request_return("2026-01-25T10:00:00+09:00", {order.line: 1}).complete(
        "2026-02-03T10:00:00+09:00"
    )
    order.refund("2026-02-04", {order.line: 1})

    for name, cancels in (("the same order id, cancelled", True), ("the same order id", False)):
        account = stories.add(name)
        order = account.order("2026-01-05T10:00:00+09:00", item(), order_id=7_000_000_000_007)
        if cancels:
            order.cancel("2026-01-06T09:00:00+09:00")

    account = stories.add("cancelled in the week without runs")
    account.order("2026-01-07T10:00:00+09:00", item(), shipping=2_500).cancel(
        "2026-01-10T10:00:00+09:00"
    )
    account.order("2026-01-12T10:00:00+09:00", item(unit_price=4_000))

    account = stories.add("moves on while it is read")
    order = account.order("2026-01-05T10:00:00+09:00", item(), shipping=3_000)
    stories.orders["moving"] = order

    account = stories.add("listed again in another box")
    order = account.order("2026-01-05T10:00:00+09:00", item(quantity=3), shipping=3_000)
    order.cancel("2026-01-06T09:00:00+09:00", {order.line: 1})
    order.rebox("2026-01-07T09:00:00+09:00")

    account = stories.add("around midnight")
    account.order("2026-01-05T14:59:59+00:00", item(unit_price=1_000))
    account.order("2026-01-05T15:00:00+00:00", item(unit_price=1_000))

    stories.add("nothing ever happens")
