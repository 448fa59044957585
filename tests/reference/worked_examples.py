"""The worked examples of the revenue policy, told as raw rows, each an account of its own."""

from collections.abc import Callable

from tests.reference.story import Story, entry, line
from tests.reference.worlds import World

LATE = "2026-01-20"  # every listing has been read through the days that matter


def unconfirmed() -> Story:
    return Story().day("2026-01-05").box("A", line("x", 1, 10000))


def with_a_coupon_to_come() -> Story:
    return Story().day("2026-01-05").box("A", _with_coupon())


def confirmed_with_its_coupon() -> Story:
    story = with_a_coupon_to_come().day(LATE).box("A", _with_coupon())
    return story.sale(entry("x", 1, 10000, coupon=1000))


def _with_coupon() -> dict[str, object]:
    return line("x", 1, 10000, instant_coupon_discount=1000, instant_coupon_discount_currency="KRW")


def cancelled_a_day_later() -> Story:
    return unconfirmed().day("2026-01-06").receipt("1", [("x", 1)], box="A")


def partly_cancelled() -> Story:
    """Three bought, one cancelled on 6 January."""
    story = Story().day("2026-01-05").box("A", line("x", 3, 30000))
    return story.day("2026-01-06").receipt("1", [("x", 1)], box="A").box("A", line("x", 3, 30000))


def partly_cancelled_and_confirmed() -> Story:
    """What was left of it confirmed with coupons of 600."""
    story = partly_cancelled().day(LATE).box("A", line("x", 3, 30000))
    return story.receipt("1", [("x", 1)], box="A").sale(entry("x", 2, 20000, coupon=600))


def then_refunded_with_its_receipt() -> Story:
    story = partly_cancelled_and_confirmed().refund(entry("x", 1, 10000, coupon=300))
    completed = {"kind": "RETURN", "receipt_status": "RETURNS_COMPLETED"}
    return story.receipt("2", [("x", 1)], box="A", created="2026-01-16T10:00:00", **completed)


def one_box_returned() -> Story:
    story = Story().day("2026-01-05")
    story.box("A", line("x", 1, 10000)).box("B", line("y", 2, 20000), shipping=2500)
    completed = {"kind": "RETURN", "receipt_status": "RETURNS_COMPLETED"}
    return story.receipt("1", [("y", 2)], box="B", **completed)


def return_asked(**more: object) -> Story:
    story = Story().day("2026-01-07").box("A", line("x", 1, 10000))
    created = {"created": "2026-01-07T12:00:00", "receipt_status": "RETURNS_UNCHECKED"}
    return story.receipt("1", [("x", 1)], box="A", kind="RETURN", **created, **more)


def return_withdrawn() -> Story:
    return return_asked().withdrawal("1")


def return_paid_back_early() -> Story:
    return return_asked(pre_refund=True)


def a_third_of_a_line() -> Story:
    story = Story().day("2026-01-06").box("A", line("x", 3, 10000))
    return story.receipt("1", [("x", 1)], box="A")


def told_by_sheet_and_receipt(box: str | None = "A") -> Story:
    story = Story().day("2026-01-06").box("A", line("x", 2, 10000, cancel_count=1), shipping=0)
    return story.receipt("1", [("x", 1)], box=box)


def told_without_a_box() -> Story:
    return told_by_sheet_and_receipt(box=None)


def in_two_listings() -> Story:
    story = Story().day("2026-01-07").box("A", line("x", 2, 10000), shipping=0)
    for _ in ("RU", "UC"):
        story.receipt("1", [("x", 1)], box="A", kind="RETURN", pre_refund=True)
    return story


def around_midnight() -> Story:
    story = Story().day("2026-01-06")
    story.box("A", line("x", 1, 1000), order="7", paid="2026-01-05T14:59:59Z", shipping=0)
    return story.box("B", line("x", 1, 1000), order="8", paid="2026-01-05T15:00:00Z", shipping=0)


def order_of_two_accounts(vendor_id: str = "A") -> Story:
    return Story(vendor_id).day("2026-01-06").box("1", line("x", 1, 10000))


def cancelled_in_one_of_them(vendor_id: str = "B") -> Story:
    return order_of_two_accounts(vendor_id).receipt("1", [("x", 1)], box="1")


def listed_anew(listed: int = 2, total: int = 20000) -> Story:
    return partly_cancelled().day("2026-01-08").box("B", line("x", listed, total))


def listed_anew_as_it_was() -> Story:
    return listed_anew(3, 30000)


def in_the_sales_history_alone() -> Story:
    story = Story().day(LATE).receipt("1", [("x", 1)])
    return story.sale(entry("x", 2, 20000, coupon=600), fee=3000)


def then_refunded_without_a_receipt() -> Story:
    return partly_cancelled_and_confirmed().refund(entry("x", 1, 10000, coupon=300))


def listed_anew_in_part() -> Story:
    story = Story().day("2026-01-05").box("1", line("a", 1, 10000), line("b", 1, 50000))
    return story.day("2026-01-08").box("2", line("a", 1, 10000))


# in the order of the policy: 1 to 20, of some of them two states
EXAMPLES: tuple[Callable[[], Story], ...] = (
    unconfirmed,
    with_a_coupon_to_come,
    confirmed_with_its_coupon,
    cancelled_a_day_later,
    partly_cancelled,
    partly_cancelled_and_confirmed,
    then_refunded_with_its_receipt,
    one_box_returned,
    return_asked,
    return_withdrawn,
    return_paid_back_early,
    a_third_of_a_line,
    told_by_sheet_and_receipt,
    in_two_listings,
    around_midnight,
    order_of_two_accounts,
    cancelled_in_one_of_them,
    told_without_a_box,
    listed_anew,
    listed_anew_as_it_was,
    in_the_sales_history_alone,
    then_refunded_without_a_receipt,
    listed_anew_in_part,
)


def worked_examples() -> list[World]:
    """All of them, under vendor codes of their own."""
    return [
        World(story.vendor_id, story.raw).renamed(f"E{number:08d}")
        for number, story in enumerate((tell() for tell in EXAMPLES), start=1)
    ]
