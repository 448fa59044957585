"""`python -m bench [PART ...]`: measures, prints, and keeps the figures in FIGURES.md."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import click

from bench import analyst, building, collecting, engines, many
from bench.figures import Figure, keep


@dataclass(frozen=True)
class Part:
    """A part of the bench: its title, and what measures it."""

    title: str
    measure: Callable[[], Iterator[Figure]]


PARTS = {
    "rate": Part("Collecting at the API's pace", collecting.rate),
    "daily": Part("A daily run, whatever the history", collecting.daily),
    "first-sync": Part("A first sync without a limit", collecting.first_sync),
    "memory": Part("Memory of a first sync", collecting.memory),
    "accounts": Part("Many accounts into a lake, in shards", many.in_a_lake),
    "accounts-500": Part("A first sync of 500 accounts in one process", many.all_at_once),
    "accounts-file": Part("Many accounts into one file", many.in_a_file),
    "build": Part("A nightly build on one machine", building.build),
    "build-script": Part("A nightly build beside a script", building.beside_script),
    "build-nine": Part("The same at nine readings an order", building.nine),
    "build-growth": Part("A nightly build, from 1 to 5 million orders", building.growth),
    "build-large": Part("A nightly build of 5 million orders, within limits", building.large),
    "engines": Part("The same raw on DuckDB and on Spark", engines.engines),
    "analyst": Part("What an analyst waits for", analyst.measure),
}


@click.command()
@click.argument("parts", nargs=-1, type=click.Choice(list(PARTS)))
@click.option("--dry-run", is_flag=True, help="Print only; keep nothing.")
def main(parts: tuple[str, ...], dry_run: bool) -> None:
    """Measures PARTS (default all) on this machine; ends with 1 where a floor is not met."""
    missed = False
    for name in parts or PARTS:
        part = PARTS[name]
        click.echo(f"--- {part.title} ({name})")
        figures = []
        for figure in part.measure():
            click.echo(f"{figure.what:<62} {figure.value:<24} {figure.floor} {figure.verdict}")
            figures.append(figure)
            missed = missed or figure.met is False
            if not dry_run:  # as they come: an hour's work is not lost to its last minute
                keep(name, part.title, figures, finished=False)
        if not dry_run:
            keep(name, part.title, figures, finished=True)
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
