"""The models and the plain-Python policy agree on worked examples and random worlds,
every column of every mart."""

from datetime import datetime
from pathlib import Path

import pytest

from tests.reference.build import differences
from tests.reference.compare import first_of_each_mart
from tests.reference.drawing import draw_worlds
from tests.reference.worked_examples import worked_examples


@pytest.mark.parametrize(
    ("seed", "number", "as_of", "counts_coupang"),
    [
        (11, 400, "2026-01-25T15:20:00+09:00", True),
        (12, 100, "2026-02-01T00:00:00+09:00", False),
    ],
    ids=["in the afternoon", "at midnight, without Coupang's coupons"],
)
def test_marts_say_what_the_policy_says(
    tmp_path: Path, seed: int, number: int, as_of: str, counts_coupang: bool
) -> None:
    moment = datetime.fromisoformat(as_of)
    worlds = worked_examples() + draw_worlds(seed, number, moment)
    found = differences(worlds, moment, tmp_path, counts_coupang)
    assert not found, "\n" + "\n".join(first_of_each_mart(found))


def test_worlds_follow_from_their_seed() -> None:
    moment = datetime.fromisoformat("2026-01-25T15:20:00+09:00")
    assert draw_worlds(5, 20, moment) == draw_worlds(5, 20, moment)
    assert draw_worlds(5, 1, moment) != draw_worlds(6, 1, moment)
