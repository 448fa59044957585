"""`make demo`: the main job on a sandbox Coupang of this machine, with nothing to configure.

A world of three seller accounts is collected, built and published as of yesterday and again as of
today, in a data folder of its own that is made anew each time, but for what people had made in it.
What is printed at the end comes out of the published file, as an analyst would read it.
"""

import json
import os
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import rmtree

import duckdb
from rich import box
from rich.console import Console
from rich.table import Table

from extract.clock import as_of_now, korean_day
from extract.errors import ExtractError
from extract.sandbox import SandboxServer, World, seeded_world
from extract.warehouse import data_dir

ROOT = Path(__file__).resolve().parent.parent
NAMES = ("seoul-living", "busan-beauty", "jeju-snacks")
DAYS = 28  # collected days: long enough for coupons (about ten days) and returns to come in
SHOWN_DAYS = 4
KEPT = ("backup", "docs", "export", "report")  # what people make in the demo's folder

LAST_DAYS = """
select payment_date, account_name, revenue_krw, expected_revenue_krw, cancelled_krw, order_count,
    data_status
from fct_daily_revenue
where payment_date between $2::date - ($1::integer - 1) and $2::date
order by payment_date, account_name
"""

# A day that changed by nothing but cancellations, where there is one.
A_RESTATED_DAY = """
select payment_date, account_name, previous_revenue_krw, revenue_krw, change_from_cancellations_krw
from fct_revenue_restatements
where change_from_cancellations_krw < 0
order by
    change_from_payments_krw = 0 and change_from_coupons_krw = 0 desc,
    change_from_cancellations_krw
limit 1
"""


class DemoFailed(ExtractError):
    """A step of the demo ended with an error; its output is in the log."""


def main() -> None:
    """Runs the demo; exit status 1 and one line where a step fails."""
    console = Console(width=None if sys.stdout.isatty() else 100)
    try:
        run(data_dir() / "demo", as_of_now(), console)
    except ExtractError as error:
        sys.exit(f"error: {error}")


def run(folder: Path, now: datetime, console: Console) -> None:
    """Two days of the pipeline in `folder`, which is emptied first, then what came out of it."""
    if kept := empty(folder):
        console.print(
            f"{folder} is made anew; kept in it, of the demo before: {', '.join(kept)}",
            highlight=False,
        )
    first_day = korean_day(now) - timedelta(days=DAYS)
    world = seeded_world(accounts=len(NAMES), first_day=first_day, days=DAYS + 1)
    with SandboxServer(world, requests_per_second=None) as server:
        environment = environment_of(folder, server.url, _accounts(world, first_day.isoformat()))
        console.print(f"A sandbox Coupang with {len(NAMES)} seller accounts: {server.url}")
        for moment in (now - timedelta(days=1), now):
            server.as_of = moment
            environment["COUPANG_AS_OF"] = moment.astimezone(UTC).isoformat()
            for what, module, command in (
                ("collect", "extract", "run"),
                ("dbt build, publish", "publish", "build"),
            ):
                _step(
                    console, f"{korean_day(moment)}: {what}", folder, environment, module, command
                )
    show(console, folder / "coupang_revenue.duckdb", now)


def empty(folder: Path) -> list[str]:
    """Makes the folder anew, without what an earlier demo left there; returns the names of what
    stays, because people made it (KEPT)."""
    folder.mkdir(parents=True, mode=0o700, exist_ok=True)
    kept = []
    for path in sorted(folder.iterdir()):
        if path.name in KEPT:
            kept.append(path.name)
        elif path.is_dir():
            rmtree(path)
        else:
            path.unlink()
    return kept


def _accounts(world: World, start_date: str) -> str:
    """The accounts as a user's configuration has them, as JSON."""
    return json.dumps(
        [
            {
                "name": name,
                "vendor_id": account.vendor_id,
                "access_key": account.key.access_key,
                "secret_key": account.key.secret_key,
                "start_date": start_date,
            }
            for name, account in zip(NAMES, world.accounts.values(), strict=True)
        ]
    )


def environment_of(folder: Path, url: str, accounts: str) -> dict[str, str]:
    """The environment of the steps: nothing of the user's own accounts and settings."""
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("SOURCES__")},
        "COUPANG_DATA_DIR": str(folder),
        "COUPANG_LAKE": "",
        "DLT_PROJECT_DIR": str(folder),
        "DLT_DATA_DIR": str(folder / "dlt"),
        "DBT_TARGET_PATH": str(folder / "target"),
        # They test the SQL on made-up rows, which `make test` does; every test of the data runs.
        "DBT_EXCLUDE_RESOURCE_TYPES": "unit_test",
        "DBT_LOG_LEVEL_FILE": "none",  # what it says on its output is in the demo's own log
        "SOURCES__COUPANG__BASE_URL": url,
        "SOURCES__COUPANG__ACCOUNTS": accounts,
        "SOURCES__COUPANG__REQUESTS_PER_SECOND": "5",
    }


def _step(
    console: Console, title: str, folder: Path, environment: dict[str, str], *command: str
) -> None:
    """Runs `python -m ...` with its output in the log; a line with the seconds it took."""
    log = folder / "demo.log"
    began = time.monotonic()
    with console.status(title), log.open("ab") as output:
        code = subprocess.run(  # noqa: S603 - our own command
            [sys.executable, "-m", *command],
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        ).returncode
    if code:
        console.print(log.read_text()[-2_000:], markup=False, highlight=False)
        raise DemoFailed(f"{title} failed", remedy=f"All that was said is in {log}.")
    console.print(f"{title}: {time.monotonic() - began:.0f} s", highlight=False)


def show(console: Console, file: Path, now: datetime) -> None:
    """The last days out of the published file, and a day that changed."""
    yesterday = korean_day(now) - timedelta(days=1)
    with duckdb.connect(str(file), read_only=True) as connection:
        days = connection.execute(LAST_DAYS, [SHOWN_DAYS, yesterday]).fetchall()
        restated = connection.execute(A_RESTATED_DAY).fetchone()
    table = Table(box=box.SIMPLE, title="Revenue by day of payment, won", title_style="bold")
    table.add_column("day")
    table.add_column("account")
    for name in ("revenue", "expected", "cancelled", "orders"):
        table.add_column(name, justify="right")
    table.add_column("status")
    for day, account, *numbers, status in days:
        texts = ["" if number is None else f"{number:,}" for number in numbers]
        table.add_row(str(day), account, *texts, status, end_section=account == days[-1][1])
    console.print(table)
    if restated:
        day, account, before, after, cancelled = restated
        console.print(
            f"{day}, {account}: {before:,} won as of yesterday, {after:,} as of today. "
            f"{-cancelled:,} won of that day's orders was cancelled since, and is taken off the "
            "day it was paid.",
            highlight=False,
        )
    console.print(
        "General market (일반마켓) only, without Rocket Growth. Provisional: coupons count when "
        "the purchase is confirmed; expected takes them off at once.",
        highlight=False,
    )
    console.print(f"The published file, for notebooks and BI tools: {file}", soft_wrap=True)
    console.print(
        f"Look at it: COUPANG_DATA_DIR={file.parent} make report (or dashboard, export)",
        soft_wrap=True,
        highlight=False,
    )


if __name__ == "__main__":
    main()
