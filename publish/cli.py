"""`python -m publish`: build and publish the marts."""

import sys
from datetime import datetime
from pathlib import Path

import click

from extract.errors import ExtractError
from extract.warehouse import FILE as WAREHOUSE
from extract.warehouse import data_dir, make_data_dir, open_warehouse, process_lock
from publish.analyst_commands import COMMANDS
from publish.dbt import DUCKDB, OTHER_ENGINES, run_dbt, write_docs
from publish.file import FILE, publish_file
from publish.selection import Selection

TARGET = click.option(
    "--target",
    type=click.Choice([DUCKDB, *OTHER_ENGINES]),
    default=DUCKDB,
    show_default=True,
    help="Where the marts are built: a target of profiles.yml.",
)
DAY = click.DateTime(["%Y-%m-%d"])


@click.group()
def commands() -> None:
    """What leaves the warehouse."""


for command in COMMANDS:
    commands.add_command(command)


def main() -> None:
    """The command line; errors a user can meet are one line and exit status 1."""
    try:
        commands(prog_name="python -m publish")
    except ExtractError as error:
        sys.exit(f"error: {error}")


@commands.command()
@click.option("--account", "accounts", multiple=True, metavar="NAME", help="Or its vendor code.")
@click.option("--group", "groups", multiple=True, metavar="GROUP", help="All accounts of a group.")
@click.option("--from", "first", type=DAY, metavar="YYYY-MM-DD", help="First Korean day.")
@click.option("--to", "last", type=DAY, metavar="YYYY-MM-DD", help="Last Korean day.")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Needed for some accounts or days.",
)
@TARGET
def file(
    accounts: tuple[str, ...],
    groups: tuple[str, ...],
    first: datetime | None,
    last: datetime | None,
    out: Path | None,
    target: str,
) -> None:
    """Write the published file: all accounts, or some in a file of their own."""
    selection = Selection(accounts, groups, first and first.date(), last and last.date())
    folder = data_dir()
    make_data_dir(folder)
    with process_lock(folder):
        _publish(folder, target, selection, out)


@commands.command()
@TARGET
def build(target: str) -> None:
    """Run `dbt build` and, if everything passed, write the published file."""
    folder = data_dir()
    make_data_dir(folder)
    with process_lock(folder):
        if target == DUCKDB:
            # One clear line, where dbt would end in a traceback.
            open_warehouse(folder / WAREHOUSE).close()
        # Over thrift dbt-spark cannot run unit tests: what it is given there it does not read back.
        left_out = ["--exclude-resource-type", "unit_test"] if target == "cluster" else []
        if not run_dbt(folder, "build", *left_out, target=target):
            sys.exit(f"error: dbt build failed (see above); {FILE} was not touched.")
        _publish(folder, target)


@commands.command()
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="The HTML page.")
def docs(out: Path | None) -> None:
    """Write dbt's docs as one HTML page."""
    folder = data_dir()
    make_data_dir(folder)
    page = out or folder / "docs" / "index.html"
    write_docs(page)
    click.echo(f"The docs of every table and column: {page}")


def _publish(
    folder: Path, target: str, selection: Selection | None = None, out: Path | None = None
) -> None:
    if target == DUCKDB:
        published = publish_file(folder, selection, out)
    else:
        # It brings dlt, which takes half a second to import.
        from publish.unload import publish_unloaded

        published = publish_unloaded(folder, target, selection, out)
    click.echo(
        f"Published {sum(published.rows.values()):,} rows in {len(published.rows)} tables, "
        f"accounts: {len(published.vendor_ids)}. {published.path}"
    )
