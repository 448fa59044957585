"""Shards: every account in exactly one of them, each run touching its own accounts only."""

from __future__ import annotations

import os
from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest
from extract_world import collect, linked, raw
from hypothesis import given
from hypothesis import strategies as st
from test_extract_kills import PROCESSES

from extract.accounts import Account as Linked
from extract.collect import Request, run_once
from extract.errors import ConfigurationError
from extract.sandbox import SandboxServer, seeded_world
from extract.settings import ApiSettings
from extract.shards import Shard, parse_shard

START = date(2025, 12, 1)
SPLIT = [2, 2, 1, 3, 2, 1, 3, 1]
VENDOR_CODES = st.from_regex(r"[A-Z][0-9]{8}", fullmatch=True)
LATEST = (
    "select vendor_id, is_linked from {} "
    "qualify row_number() over (partition by vendor_id order by reading_id desc) = 1 order by 1"
)


@given(VENDOR_CODES, st.integers(1, 64))
def test_every_account_is_of_exactly_one_shard(vendor_id: str, of: int) -> None:
    assert sum(Shard(number, of).holds(vendor_id) for number in range(1, of + 1)) == 1


def test_the_split_is_the_same_on_every_machine_and_about_even() -> None:
    # Written down: a split that changed would hand accounts to machines that do not know them.
    codes = [f"A{number:08d}" for number in range(1, 501)]
    assert [next(n for n in range(1, 5) if Shard(n, 4).holds(code)) for code in codes[:8]] == SPLIT
    sizes = [sum(Shard(number, 16).holds(code) for code in codes) for number in range(1, 17)]
    assert sum(sizes) == 500
    assert min(sizes) > 15
    assert max(sizes) < 50


@pytest.mark.parametrize("text", ["0/4", "5/4", "1", "1/0", "a/b", "1/4/2", "-1/4", " 1/4", "1/４"])
def test_a_shard_that_is_none_is_named(text: str) -> None:
    with pytest.raises(ConfigurationError, match="is no shard"):
        parse_shard(text)


def test_a_shard_is_told_as_number_of_many() -> None:
    assert parse_shard("3/16") == Shard(3, 16)
    assert str(Shard(3, 16)) == "3/16"


def accounts_of_both(server: SandboxServer) -> list[Linked]:
    """Four accounts; two shards have some of them each."""
    server.world = seeded_world(3, 4, START, 45, 3)
    return [
        linked(each, f"shop {each.vendor_id}", start_date=START)
        for each in server.world.accounts.values()
    ]


def test_a_shard_collects_its_own_accounts_and_says_nothing_of_the_others(
    server: SandboxServer, tmp_path: Path
) -> None:
    accounts = accounts_of_both(server)
    found: list[str] = []
    for number in (1, 2):
        folder = tmp_path / str(number)
        outcomes = collect(server, folder, accounts, Request(shard=Shard(number, 2)))
        assert 0 < len(outcomes) < len(accounts)
        assert all(outcome.error is None for outcome in outcomes.values())
        # Nothing in its folder is of another shard, so no account is told of twice.
        assert raw(folder, LATEST.format("accounts")) == [(v, True) for v in sorted(outcomes)]
        found.extend(outcomes)
    assert sorted(found) == sorted(account.vendor_id for account in accounts)


def test_a_shard_does_not_unlink_accounts_of_another_one(
    server: SandboxServer, folder: Path
) -> None:
    accounts = accounts_of_both(server)
    collect(server, folder, accounts)
    server.as_of = "2026-01-11T09:00:00+09:00"
    collect(server, folder, accounts, Request(shard=Shard(1, 2)))
    assert {is_linked for _, is_linked in raw(folder, LATEST.format("accounts"))} == {True}


def test_an_account_that_is_unlinked_is_told_of_by_its_own_shard(
    server: SandboxServer, folder: Path
) -> None:
    *staying, gone = accounts_of_both(server)
    collect(server, folder, [*staying, gone])
    (own,) = (n for n in (1, 2) if Shard(n, 2).holds(gone.vendor_id))
    states = dict.fromkeys((account.vendor_id for account in staying), True)
    server.as_of = "2026-01-11T09:00:00+09:00"
    collect(server, folder, staying, Request(shard=Shard(3 - own, 2)))
    assert dict(raw(folder, LATEST.format("accounts"))) == states | {gone.vendor_id: True}
    collect(server, folder, staying, Request(shard=Shard(own, 2)))
    assert dict(raw(folder, LATEST.format("accounts"))) == states | {gone.vendor_id: False}


def test_a_shard_without_accounts_does_nothing(server: SandboxServer, folder: Path) -> None:
    account = accounts_of_both(server)[0]
    (empty,) = (n for n in (1, 2) if not Shard(n, 2).holds(account.vendor_id))
    assert collect(server, folder, [account], Request(shard=Shard(empty, 2))) == {}
    assert server.requests == []


def run_shard(
    lake: str, accounts: list[Linked], url: str, folder: str, as_of: datetime, shard: Shard
) -> None:
    """A shard's run into a lake, in a process of its own."""
    os.environ["COUPANG_LAKE"] = lake
    settings = ApiSettings(base_url=url, requests_per_second=1000, retry_wait=0.0)
    outcomes = run_once(accounts, settings, Path(folder), as_of, Request(shard=shard))
    if any(outcome.error for outcome in outcomes):
        raise SystemExit(1)


def test_two_shards_at_the_same_time_into_one_lake_are_one_run(
    server: SandboxServer, tmp_path: Path
) -> None:
    accounts = accounts_of_both(server)
    lake = tmp_path / "lake"
    for as_of in ("2026-01-10T09:00:00+09:00", "2026-01-11T09:00:00+09:00"):
        server.as_of = as_of
        processes = [
            PROCESSES.Process(
                target=run_shard,
                args=(
                    *(str(lake), accounts, server.url, str(tmp_path / f"shard {number}")),
                    *(server.now(), Shard(number, 2)),
                ),
            )
            for number in (1, 2)
        ]
        for process in processes:
            process.start()
        for process in processes:
            process.join()
        assert [process.exitcode for process in processes] == [0, 0]
        collect(server, tmp_path / "file", accounts)
    with duckdb.connect() as connection:
        connection.execute(f"attach '{tmp_path}/file/warehouse.duckdb' as file (read_only)")
        for table, columns in (
            ("order_sheets", "vendor_id, reading_id, request_no, row_no, shipment_box_id, status"),
            ("read_log", "vendor_id, reading_id, listing, covered_from, covered_to, as_of"),
            ("accounts", "vendor_id, reading_id, is_linked, as_of"),
        ):
            there = f"select {columns} from read_parquet('{lake}/coupang_raw/{table}/*.parquet')"
            here = f"select {columns} from file.coupang_raw.{table}"
            assert connection.execute(f"select count(*) > 0 from ({here})").fetchone() == (True,)
            for one, other in ((here, there), (there, here)):
                assert connection.execute(f"{one} except all {other}").fetchall() == [], table
