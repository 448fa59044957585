"""The long drill: `python -m tests.reference.drill --worlds 5000 --seed 1`.

Exit status 1 where the marts and the reference disagree anywhere.
"""

import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path

import click

from tests.reference.build import BuildError, differences
from tests.reference.compare import first_of_each_mart
from tests.reference.drawing import draw_worlds
from tests.reference.shrink import kinds, shrink, tell

# An afternoon, midnight itself, a second after it, and a moment whose Korean day is another.
MOMENTS = (
    "2026-01-25T15:20:00+09:00",
    "2026-02-01T00:00:00+09:00",
    "2026-03-01T00:00:01+09:00",
    "2026-01-10T20:00:00+00:00",
)


@click.command()
@click.option("--worlds", default=2000, show_default=True, help="How many worlds in all.")
@click.option("--seed", default=1, show_default=True, help="Of the first batch; later ones go on.")
@click.option("--batch", default=1000, show_default=True, help="Worlds of one build.")
@click.option("--shrink", "is_shrunk", is_flag=True, help="Shrink the first world of each kind.")
def drill(worlds: int, seed: int, batch: int, is_shrunk: bool) -> None:
    """Builds random worlds and holds the marts against the reference."""
    failed = False
    with tempfile.TemporaryDirectory() as name:
        for number, start in enumerate(range(0, worlds, batch)):
            as_of = datetime.fromisoformat(MOMENTS[number % len(MOMENTS)])
            counts_coupang = number % 3 != 2
            drawn = draw_worlds(seed + number, min(batch, worlds - start), as_of)
            begun = time.monotonic()
            try:
                found = differences(drawn, as_of, Path(name), counts_coupang)
            except BuildError as error:  # a model or a data test of our own fails on some world
                click.echo(f"seed {seed + number}: {error}")
                failed = True
                continue
            click.echo(
                f"seed {seed + number}: {len(drawn)} worlds as of {as_of.isoformat()}, "
                f"{len(found)} differences, {time.monotonic() - begun:.0f} s"
            )
            failed = failed or bool(found)
            for difference in first_of_each_mart(found):
                click.echo(f"  {difference}")
            if is_shrunk:
                by_vendor = {world.vendor_id: world for world in drawn}
                for kind, difference in kinds(found).items():
                    world = by_vendor[difference.vendor_id]
                    small = shrink(world, kind, as_of, Path(name), counts_coupang)
                    click.echo(f"\n{kind}, smallest world ({as_of.isoformat()}):\n{tell(small)}\n")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    drill()
