"""The published file: what is in it, and that it is always whole and of a build that passed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from publish_warehouse import Warehouse, rows

from extract.errors import WarehouseError
from publish import file as publishing
from publish.errors import PublishError
from publish.file import publish_file

TOTAL = "select sum(revenue_krw)::bigint from fct_daily_revenue"


def publish(warehouse: Warehouse) -> Path:
    return publish_file(warehouse.folder, marts=warehouse.marts).path


def files(warehouse: Warehouse) -> set[str]:
    return {path.name for path in warehouse.folder.iterdir()}


def test_it_holds_every_mart_as_a_table_and_nothing_else(warehouse: Warehouse) -> None:
    published = publish_file(warehouse.folder, marts=warehouse.marts)

    assert published.path == warehouse.published
    assert published.rows == {
        "dim_accounts": 3,
        "fct_cancellations": 3,
        "fct_daily_revenue": 4,
        "fct_revenue_bridge": 2,
    }
    tables = rows(published.path, "select schema_name, table_name from duckdb_tables()")
    assert sorted(tables) == [("main", table) for table in sorted([*published.rows, "readme"])]
    assert rows(published.path, "select view_name from duckdb_views() where not internal") == []
    assert rows(published.path, TOTAL) == [(100_000,)]


def test_tables_and_columns_keep_their_descriptions(warehouse: Warehouse) -> None:
    file = publish(warehouse)

    assert rows(
        file, "select comment from duckdb_tables() where table_name = 'fct_daily_revenue'"
    ) == [("One row per account and day.",)]
    assert rows(
        file,
        "select table_name, column_name, comment from duckdb_columns() where comment is not null "
        "order by all",
    ) == [
        ("dim_accounts", "vendor_id", "업체코드: it's the identity."),
        ("fct_daily_revenue", "revenue_krw", "Won."),
    ]


def test_types_are_those_of_the_marts(warehouse: Warehouse) -> None:
    assert rows(
        publish(warehouse),
        "select column_name, data_type from duckdb_columns() "
        "where table_name = 'fct_daily_revenue' order by column_index",
    ) == [
        ("vendor_id", "VARCHAR"),
        ("payment_date", "DATE"),
        ("product", "VARCHAR"),
        ("revenue_krw", "BIGINT"),
    ]


def test_it_is_written_for_old_readers(warehouse: Warehouse) -> None:
    """BI tools bring their own DuckDB, often years old."""
    file = publish(warehouse)

    # After checksum and magic bytes stands the storage version; 64 is that of DuckDB 1.0 and 1.1,
    # which open no later one.
    header = file.read_bytes()[:20]
    assert header[8:12] == b"DUCK"
    assert int.from_bytes(header[12:], "little") == 64


def test_the_readme_says_what_when_and_whose(warehouse: Warehouse) -> None:
    file = publish(warehouse)

    said = {(topic, name): says for topic, name, says in rows(file, "from readme")}
    assert "로켓그로스" in said["file", "scope"]
    assert said["file", "as_of"].startswith("2026-01-06 00:00:00 UTC")
    assert said["file", "build"] == "number 2, policy_version=1"
    assert (said["file", "accounts"], said["file", "period"]) == ("all accounts", "all days")
    assert said["account", "A00000001"] == "mine (clients of ours): collected through 2026-01-06"
    assert said["account", "A00000003"] == "other: nothing collected yet"
    assert said["table", "fct_daily_revenue"] == "One row per account and day."


def test_a_reader_keeps_what_he_has_open(warehouse: Warehouse) -> None:
    file = publish(warehouse)
    with Reader(file) as reader:
        assert reader.ask(TOTAL) == "100000"

        warehouse.change("update marts.fct_daily_revenue set revenue_krw = 1")
        publish(warehouse)

        assert reader.ask(TOTAL) == "100000"
    assert rows(file, TOTAL) == [(4,)]


class Reader:
    """Somebody else's program that has the file open."""

    def __init__(self, file: Path, read_only: bool = True) -> None:
        program = (
            "import sys, duckdb\n"
            f"connection = duckdb.connect({str(file)!r}, read_only={read_only})\n"
            "for sql in sys.stdin:\n"
            "    print(connection.execute(sql).fetchone()[0], flush=True)\n"
        )
        self._process = subprocess.Popen(
            [sys.executable, "-c", program],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ask(self, sql: str) -> str:
        self._process.stdin.write(f"{sql}\n")
        self._process.stdin.flush()
        return self._process.stdout.readline().strip()

    def __enter__(self) -> Reader:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()


@pytest.mark.parametrize(
    "trouble",
    [duckdb.IOException("No space left on device"), OSError(28, "full"), KeyboardInterrupt()],
)
def test_trouble_half_way_leaves_the_old_file(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch, trouble: BaseException
) -> None:
    before = publish(warehouse).read_bytes()
    names = files(warehouse)
    warehouse.change("update marts.fct_daily_revenue set revenue_krw = 1")

    def fail(*_: object) -> None:
        raise trouble

    monkeypatch.setattr(publishing, "_write_readme", fail)
    with pytest.raises((WarehouseError, KeyboardInterrupt)):
        publish(warehouse)

    assert warehouse.published.read_bytes() == before
    assert files(warehouse) == names


def test_what_a_killed_run_left_behind_is_in_nobodys_way(warehouse: Warehouse) -> None:
    for name in (".coupang_revenue.duckdb.partial", ".coupang_revenue.duckdb.partial.wal"):
        (warehouse.folder / name).write_bytes(b"half a file")

    publish(warehouse)

    assert files(warehouse) == {"warehouse.duckdb", "coupang_revenue.duckdb"}
    assert rows(warehouse.published, TOTAL) == [(100_000,)]


@pytest.mark.parametrize(
    ("what", "sql"),
    [
        (
            "a build whose tests failed is not recorded",
            "update intermediate.int_ledger__new_builds set build_no = 3",
        ),
        (
            "a run that was not full has no number",
            "delete from intermediate.int_ledger__new_builds",
        ),
    ],
)
def test_marts_of_a_build_that_did_not_pass_are_not_published(
    warehouse: Warehouse, what: str, sql: str
) -> None:
    before = publish(warehouse).read_bytes()
    warehouse.change(sql)

    with pytest.raises(PublishError, match="not a full one that passed"):
        publish(warehouse)

    assert warehouse.published.read_bytes() == before, what


def test_a_mart_that_is_not_built_is_named(warehouse: Warehouse) -> None:
    (warehouse.marts / "fct_orders.sql").touch()

    with pytest.raises(PublishError, match=r"Not built yet: fct_orders\. Run `make build`"):
        publish(warehouse)


def test_without_a_warehouse_it_says_what_to_do(warehouse: Warehouse) -> None:
    (warehouse.folder / "warehouse.duckdb").unlink()

    with pytest.raises(PublishError, match=r"no warehouse in .* yet.*make extract.*make build"):
        publish(warehouse)


def test_a_warehouse_that_another_program_writes_to_is_told(warehouse: Warehouse) -> None:
    with Reader(warehouse.folder / "warehouse.duckdb", read_only=False) as writer:
        assert writer.ask("select 1") == "1"

        with pytest.raises(WarehouseError, match=r"warehouse.duckdb is open in another program"):
            publish(warehouse)

    assert files(warehouse) == {"warehouse.duckdb"}


def test_a_warehouse_that_others_only_read_is_published(warehouse: Warehouse) -> None:
    with Reader(warehouse.folder / "warehouse.duckdb") as reader:
        assert reader.ask("select 1") == "1"
        publish(warehouse)

    assert rows(warehouse.published, TOTAL) == [(100_000,)]


@pytest.mark.parametrize("content", [b"", b"my letters", None])
def test_a_file_of_something_else_is_not_replaced(
    warehouse: Warehouse, tmp_path: Path, content: bytes | None
) -> None:
    out = tmp_path / "letters"
    if content is None:
        with duckdb.connect(str(out)) as connection:
            connection.execute("create table letters (text varchar)")
    else:
        out.write_bytes(content)
    before = out.read_bytes()

    with pytest.raises(PublishError, match="no published file and is not replaced"):
        publish_file(warehouse.folder, out=out, marts=warehouse.marts)

    assert out.read_bytes() == before


def test_the_warehouse_itself_is_not_replaced(warehouse: Warehouse) -> None:
    with pytest.raises(PublishError, match="not replaced"):
        publish_file(
            warehouse.folder, out=warehouse.folder / "warehouse.duckdb", marts=warehouse.marts
        )
