"""`python -m publish report | export | dashboard | summary`: what analysts are given.

The modules that draw and write are imported by the command that needs them: they are slow to load,
and `python -m publish build` needs none of them.
"""

from __future__ import annotations

import functools
import runpy
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from extract.clock import as_of_now
from extract.warehouse import data_dir
from publish.dbt import ROOT
from publish.file import FILE
from publish.selection import Selection
from publish.texts import LANGUAGES, Language

DAY = click.DateTime(["%Y-%m-%d"])
NOTEBOOK = ROOT / "notebooks" / "revenue.py"
FORMATS = ("xlsx", "csv", "parquet")


def selecting(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of every command that shows some accounts and days; they arrive as one
    `selection`."""

    @click.option("--account", "accounts", multiple=True, metavar="NAME", help="Or a vendor code.")
    @click.option("--group", "groups", multiple=True, metavar="GROUP", help="Its accounts.")
    @click.option("--from", "first", type=DAY, metavar="YYYY-MM-DD", help="First Korean day.")
    @click.option("--to", "last", type=DAY, metavar="YYYY-MM-DD", help="Last Korean day.")
    @click.option("--lang", "language", type=click.Choice(LANGUAGES), default="ko")
    @functools.wraps(command)  # it hands on the command's own options as well
    def with_selection(
        accounts: tuple[str, ...],
        groups: tuple[str, ...],
        first: datetime | None,
        last: datetime | None,
        **others: Any,  # noqa: ANN401 - the options of the command itself
    ) -> None:
        selection = Selection(accounts, groups, first and first.date(), last and last.date())
        command(selection=selection, **others)

    return with_selection


@click.command()
@selecting
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="The HTML page.")
def report(selection: Selection, language: Language, out: Path | None) -> None:
    """Write one HTML page that works without a network, for mail or a static host."""
    from publish.report import default_page, write_report

    folder = data_dir()
    page = out or default_page(folder, selection)
    write_report(folder / FILE, page, as_of_now(), selection=selection, language=language)
    click.echo(f"The report: {page}")


@click.command()
@selecting
@click.option("--table", "tables", multiple=True, metavar="TABLE", help="Only these; else all.")
@click.option(
    "--format",
    "formats",
    multiple=True,
    type=click.Choice(FORMATS),
    help="One or more of them; else all three.",
)
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="The folder.")
def export(
    selection: Selection,
    language: Language,
    tables: tuple[str, ...],
    formats: tuple[str, ...],
    out: Path | None,
) -> None:
    """Write the tables as xlsx, CSV (for Excel in Korea) and Parquet."""
    from publish.export import default_folder, in_words
    from publish.export import export as write_export

    folder = data_dir()
    exported = write_export(
        folder / FILE,
        out or default_folder(folder, selection),
        selection,
        tables=tables,
        formats=formats or FORMATS,
        language=language,
    )
    for line in in_words(exported):
        click.echo(line)


@click.command()
@click.option("--port", type=click.IntRange(1, 65_535), default=2718, show_default=True)
def dashboard(port: int) -> None:
    """Serve the analyst's notebook read-only to this machine, until Ctrl-C."""
    # it takes seconds to load: now, and not while the first visitor waits
    import publish.notebook  # noqa: F401

    sys.argv = [
        *("marimo", "run", str(NOTEBOOK), "--headless", "--no-token"),
        *("--host", "127.0.0.1", "--port", str(port)),
    ]
    runpy.run_module("marimo", run_name="__main__", alter_sys=True)


@click.command()
@click.option("--lang", "language", type=click.Choice(LANGUAGES), default="ko")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Into a file as well.")
@click.option("--no-send", is_flag=True, help="Not to the webhook, even if one is configured.")
def summary(language: Language, out: Path | None, no_send: bool) -> None:
    """Say in a few lines how yesterday was and who needs a person.

    Printed; written to --out; posted to `[publish] webhook_url` where that secret is configured.
    """
    from publish.settings import webhook_url
    from publish.summary import send
    from publish.summary import summary as in_words

    text = in_words(data_dir() / FILE, as_of_now(), language)
    click.echo(text)
    if out is not None:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(text + "\n", encoding="utf-8")
    url = None if no_send else webhook_url()
    if url and (trouble := send(url, text)):
        click.echo(f"warning: the summary was not sent: {trouble}", err=True)


COMMANDS = (report, export, dashboard, summary)
