"""`python -m extract`: collect the accounts, and link them.

Exit status of `run`: 0 all accounts collected; 1 some account failed (the others are loaded);
2 nothing could be done (bad configuration, no account, another run or program holds the lock).
"""

import gc
import sys
from contextlib import nullcontext
from datetime import date
from pathlib import Path

import click
from rich.console import Console

from extract import backup as keeping
from extract import compact as compacting
from extract import configuration
from extract.accounts_cli import accounts
from extract.clock import as_of_now, korean_day
from extract.collect import Request, run_once
from extract.command import Day, one_line_errors
from extract.errors import ConfigurationError
from extract.key_age import key_age
from extract.lake import lake_url
from extract.report import Reporter, bars, log, set_up_logging, summary
from extract.shards import EVERYTHING, parse_shard
from extract.to_lake import to_lake
from extract.warehouse import FILE, data_dir, make_data_dir, process_lock

SOME_FAILED = 1


@click.group()
def main() -> None:
    """Collects Coupang seller accounts into the warehouse, and links them."""


main.add_command(accounts)


@main.command()
@click.option("--account", metavar="NAME", help="This account only.")
@click.option("--shard", metavar="I/N", help="The I-th of N parts of the accounts only.")
@click.option("--from", "first", type=Day(), help="Read these days again, whatever was read.")
@click.option("--to", "last", type=Day(), help="Last of these days; default today.")
@click.option(
    "--log-format",
    type=click.Choice(["auto", "plain", "json"]),
    default="auto",
    help="auto: progress bars on a terminal, plain lines otherwise.",
)
@one_line_errors
def run(
    account: str | None,
    shard: str | None,
    first: date | None,
    last: date | None,
    log_format: str,
) -> None:
    """Collect all linked accounts, or some, or the days --from --to again."""
    console = Console(stderr=True)
    if log_format == "auto" and not console.is_terminal:
        log_format = "plain"
    set_up_logging(log_format, console)
    if last and not first:
        raise ConfigurationError("--to without --from", remedy="Give both.")
    if first and last and last < first:
        raise ConfigurationError("--to lies before --from")
    if account and shard:
        raise ConfigurationError("--account and --shard", remedy="Give one of them.")
    part = parse_shard(shard) if shard else EVERYTHING
    linked = configuration.linked_accounts()
    as_of = as_of_now()
    for each in linked:
        if part.holds(each.vendor_id) and (key := key_age(each, korean_day(as_of))).is_ending:
            log.warning(
                "%s: its key is good for %s: issue a new one in Wing, then "
                "`python -m extract accounts relink`",
                each.name,
                key.text,
            )
    settings = configuration.api_settings()
    # Readers wait for their turn to the millisecond; neither loading beside them must hold them up,
    # nor the collector's way through all that is imported, which takes a quarter of a second.
    sys.setswitchinterval(0.001)
    gc.freeze()
    with bars(console) if log_format == "auto" else nullcontext() as progress:
        outcomes = run_once(
            linked,
            settings,
            data_dir(),
            as_of,
            Request(account, part, first, last),
            Reporter(progress, settings.requests_per_second),
            configuration.start_date(),
        )
    if log_format != "json":
        # Wide enough for any window when it is not a terminal that would wrap it.
        out = Console() if sys.stdout.isatty() else Console(width=160)
        out.print(summary(outcomes))
    failed = [outcome for outcome in outcomes if outcome.error]
    for outcome in failed:
        log.error("%s", outcome.error.of(outcome.account.name))
    if failed:
        sys.exit(SOME_FAILED)


@main.command("compact")
@one_line_errors
def compact_command() -> None:
    """Drop readings that no number depends on, so that the warehouse stays small.

    `run` does it by itself when it pays.
    """
    if url := lake_url():
        raise ConfigurationError(
            f"Raw is in the lake {url}, where nothing is ever dropped",
            remedy="There is nothing to do.",
        )
    make_data_dir(data_dir())
    with process_lock(data_dir()):
        rows = compacting.compact(data_dir() / FILE)
    click.echo(f"{rows} rows dropped")


@main.command("to-lake")
@one_line_errors
def to_lake_command() -> None:
    """Move the readings of the warehouse's file into the lake that COUPANG_LAKE names."""
    folder = data_dir()
    make_data_dir(folder)
    with process_lock(folder):
        moved = to_lake(folder)
    click.echo(f"{len(moved)} accounts moved" if moved else "Everything is there already")


@main.command("backup")
@click.option("--out", type=click.Path(path_type=Path), help="Its folder; must not be there yet.")
@one_line_errors
def backup_command(out: Path | None) -> None:
    """Keep raw and ledger, which nobody can rebuild, in a folder of their own."""
    folder = data_dir()
    make_data_dir(folder)
    with process_lock(folder):
        where, held = keeping.back_up(folder, out, as_of_now())
    click.echo(f"Kept {held.in_words}: {where}")
    if url := lake_url():
        click.echo(f"note: raw is in the lake {url}: keep copies of it by its own means", err=True)


@main.command("restore")
@click.option(
    "--from", "backup", type=click.Path(path_type=Path), help="The backup; else the newest one."
)
@click.option("--yes", is_flag=True, help="Also where readings would be lost.")
@one_line_errors
def restore_command(backup: Path | None, yes: bool) -> None:
    """Put a backup in the warehouse's place."""
    folder = data_dir()
    make_data_dir(folder)
    with process_lock(folder):
        chosen = backup.expanduser().resolve() if backup else keeping.newest(folder)
        held = keeping.restore(chosen, folder, replacing=yes)
    click.echo(f"Restored {held.in_words}, from {chosen}. `make build` makes the rest of it again.")
