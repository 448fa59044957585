"""`python -m extract.sandbox`: serves a seeded world to play with."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta

import click

from .moments import kst_day, moment
from .seeded import seeded_world
from .server import SandboxServer
from .world import World

AS_OF = "COUPANG_AS_OF"


@click.command()
@click.option("--port", default=8765, show_default=True, help="0: any free one.")
@click.option("--seed", default=7, show_default=True, help="Another seed, another world.")
@click.option("--accounts", default=3, show_default=True, help="Seller accounts.")
@click.option("--days", default=60, show_default=True, help="Days with payments before today.")
@click.option("--days-ahead", default=14, show_default=True, help="Days with payments after.")
@click.option("--orders-per-day", default=20, show_default=True, help="Average per account.")
@click.option("--latency-ms", default=0, show_default=True, help="Wait before each answer.")
@click.option(
    "--requests-per-second", default=5.0, show_default=True, help="Per vendor code; 0: no limit."
)
@click.option("--prepare", is_flag=True, help="Encode all sheets first: quick from the start.")
def main(
    port: int,
    seed: int,
    accounts: int,
    days: int,
    days_ahead: int,
    orders_per_day: int,
    latency_ms: int,
    requests_per_second: float,
    prepare: bool,
) -> None:
    """Serves a sandbox Coupang Open API on this machine until Ctrl-C.

    Its day is that of COUPANG_AS_OF (ISO 8601 with offset) where it is set, else the machine's, and
    can be moved on while it runs.
    """
    text = os.environ.get(AS_OF)
    try:
        as_of = moment(text) if text else None
    except ValueError as error:
        raise click.BadParameter(f"{AS_OF}={text}: {error}") from None
    first_day = kst_day(as_of or datetime.now(UTC)) - timedelta(days=days - 1)
    world = seeded_world(seed, accounts, first_day, days + days_ahead, orders_per_day)
    server = SandboxServer(
        world,
        as_of=as_of,
        port=port,
        requests_per_second=requests_per_second or None,
        latency=latency_ms / 1000,
    )
    if prepare:
        server.prepare()
    try:
        server.start()
    except OSError as error:
        raise click.ClickException(f"port {port}: {error.strerror}. Try --port 0.") from None
    click.echo(introduction(server, world, first_day.isoformat()))
    try:
        server.wait()
    except KeyboardInterrupt:
        pass
    finally:
        server.stop()


def introduction(server: SandboxServer, world: World, start_date: str) -> str:
    """What to know: the address, the configuration to paste, and how to move the day on."""
    accounts = "\n\n".join(
        "[[sources.coupang.accounts]]\n"
        f'name = "{account.name}"\n'
        f'vendor_id = "{account.vendor_id}"\n'
        f'access_key = "{account.key.access_key}"\n'
        f'secret_key = "{account.key.secret_key}"\n'
        f'start_date = "{start_date}"'
        for account in world.accounts.values()
    )
    return (
        f"Sandbox Coupang Open API: {server.url} (Ctrl-C ends it)\n"
        f"Its moment: {server.now().isoformat()}\n"
        f"\n# .dlt/secrets.toml\n{accounts}\n"
        f"\n# collect from it\n"
        f"SOURCES__COUPANG__BASE_URL={server.url} {_same_moment(server)}python -m extract run\n"
        f"\n# move its day on\n"
        f"curl -X POST {server.url}/_sandbox/as_of "
        f"""-d '{{"as_of": "{(server.now() + timedelta(days=1)).isoformat()}"}}'"""
    )


def _same_moment(server: SandboxServer) -> str:
    return f"{AS_OF}={server.as_of.isoformat()} " if server.as_of else ""


if __name__ == "__main__":
    main()
