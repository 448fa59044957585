"""The dlt source in a pipeline of one's own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import dlt
import duckdb
import pytest
from extract_world import CANARY

from extract.errors import KeyRefused
from extract.raw_tables import raw_tables
from extract.sandbox import Account, SandboxServer, unauthorized
from extract.source import coupang


def pipeline(folder: Path) -> Any:  # noqa: ANN401 - dlt's own
    return dlt.pipeline(
        "own",
        pipelines_dir=str(folder / "pipelines"),
        destination=dlt.destinations.duckdb(str(folder / "own.duckdb")),
        dataset_name="shop",
    )


def source(server: SandboxServer, *accounts: Account, **more: Any) -> Any:  # noqa: ANN401
    entries = [
        {
            "name": f"shop {account.vendor_id}",
            "vendor_id": account.vendor_id,
            "access_key": account.key.access_key,
            "secret_key": account.key.secret_key,
        }
        for account in accounts
    ]
    return coupang(
        accounts=entries,
        base_url=server.url,
        first_day="2026-01-01",
        requests_per_second=1000.0,
        **more,
    )


def ask(folder: Path, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(folder / "own.duckdb")) as connection:
        return connection.execute(sql).fetchall()


@pytest.fixture(autouse=True)
def _moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUPANG_AS_OF", "2026-01-10T09:00:00+09:00")


def test_it_loads_every_table_of_every_account(
    server: SandboxServer, seller: Account, folder: Path
) -> None:
    other = server.world.add_account("A00000002")
    for account in (seller, other):
        account.order("2026-01-05 10:00")
    pipeline(folder).run(source(server, seller, other))
    tables = ask(
        folder, "select table_name from information_schema.tables where table_schema = 'shop'"
    )
    assert {*raw_tables()} <= {name for (name,) in tables}
    assert ask(
        folder, "select vendor_id, count(*) from shop.order_sheets group by 1 order by 1"
    ) == [
        ("A00000001", 1),
        ("A00000002", 1),
    ]
    assert ask(folder, "select count(*), count(distinct start_date) from shop.accounts") == [(2, 1)]


def test_a_second_run_goes_on_with_the_numbers_of_the_readings(
    server: SandboxServer, seller: Account, folder: Path
) -> None:
    for _ in range(2):
        pipeline(folder).run(source(server, seller))
    numbers = ask(
        folder,
        "select reading_id from shop.read_log union all select reading_id from shop.accounts "
        "order by 1",
    )
    assert [number for (number,) in numbers] == list(range(1, len(numbers) + 1))


def test_chosen_resources_are_loaded_alone(
    server: SandboxServer, seller: Account, folder: Path
) -> None:
    seller.order("2026-01-05 10:00")
    pipeline(folder).run(source(server, seller).with_resources("order_sheets", "read_log"))
    tables = ask(
        folder,
        "select table_name from information_schema.tables "
        "where table_schema = 'shop' and table_name not like '!_dlt%' escape '!' order by 1",
    )
    assert tables == [("order_sheets",), ("read_log",)]


def test_an_account_that_cannot_be_read_wholly_loads_nothing_and_says_why(
    server: SandboxServer, seller: Account, folder: Path
) -> None:
    server.faults.add(unauthorized(), times=None, after=3)
    with pytest.raises(Exception, match="expired or wrong") as failed:
        pipeline(folder).run(source(server, seller))
    causes: list[BaseException | None] = [failed.value]
    while causes[-1] is not None:
        causes.append(causes[-1].__cause__ or causes[-1].__context__)
    assert any(isinstance(cause, KeyRefused) for cause in causes)
    assert ask(folder, "select * from information_schema.tables where table_schema = 'shop'") == []


def test_secrets_and_personal_data_are_in_no_file_of_dlt(
    server: SandboxServer, seller: Account, folder: Path
) -> None:
    seller.order("2026-01-05 10:00").request_return("2026-01-06 10:00")
    pipeline(folder).run(source(server, seller))
    server.faults.add(unauthorized(f"no {seller.key.secret_key}"), times=None, after=3)
    with pytest.raises(Exception, match="expired or wrong"):
        pipeline(folder).run(source(server, seller))
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert len(files) > 5
    for path in files:
        content = path.read_bytes()
        for secret in (CANARY, seller.key.access_key, seller.key.secret_key):
            assert secret.encode() not in content, path


def test_days_are_read_as_asked(server: SandboxServer, seller: Account, folder: Path) -> None:
    pipeline(folder).run(source(server, seller, last_day="2026-01-04"))
    assert ask(
        folder,
        "select covered_from, covered_to from shop.read_log where listing = 'order_sheets'",
    ) == [("2026-01-01", "2026-01-04")]
