"""A file of some accounts: a client is given his own numbers and no one else's."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from publish_warehouse import MINE, NAMESAKE, OTHER, Warehouse, rows

from publish.errors import PublishError
from publish.file import publish_file
from publish.selection import DAYS, Selection

ROOT = Path(__file__).resolve().parents[2]

JANUARY_5 = date(2026, 1, 5)
JANUARY_6 = date(2026, 1, 6)


def publish(warehouse: Warehouse, out: Path, **chosen: object) -> Path:
    return publish_file(warehouse.folder, Selection(**chosen), out, warehouse.marts).path


def accounts_in(file: Path) -> set[str]:
    """Whose rows there are, over all tables that say so."""
    tables = rows(file, "select table_name from duckdb_columns() where column_name = 'vendor_id'")
    assert len(tables) == 4
    union = " union ".join(f"select vendor_id from {table}" for (table,) in tables)
    return {vendor_id for (vendor_id,) in rows(file, union)}


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        ({"accounts": ("mine",)}, {MINE}),
        ({"accounts": (OTHER,)}, {OTHER}),
        ({"groups": ("clients of ours",)}, {MINE, OTHER}),
        ({"accounts": (NAMESAKE,), "groups": ("clients of ours",)}, {MINE, OTHER, NAMESAKE}),
    ],
)
def test_a_file_holds_the_chosen_accounts_only(
    warehouse: Warehouse, tmp_path: Path, chosen: dict[str, tuple[str, ...]], expected: set[str]
) -> None:
    file = publish(warehouse, tmp_path / "some.duckdb", **chosen)

    assert accounts_in(file) == expected
    readme = rows(file, "select name from readme where topic = 'account'")
    assert {vendor_id for (vendor_id,) in readme} == expected
    assert rows(file, "select says from readme where name = 'accounts'") == [
        ("some accounts only",)
    ]


def test_no_byte_of_another_account_is_in_the_file(warehouse: Warehouse, tmp_path: Path) -> None:
    """Not in a table and not left over between tables either."""
    everything = publish_file(warehouse.folder, marts=warehouse.marts).path.read_bytes()
    mine = publish(warehouse, tmp_path / "mine.duckdb", accounts=("mine",)).read_bytes()

    for canary in (OTHER, NAMESAKE, "other"):
        assert canary.encode() in everything
        assert canary.encode() not in mine
    assert f"canary of {MINE}".encode() in mine


def test_a_name_of_several_accounts_is_refused(warehouse: Warehouse, tmp_path: Path) -> None:
    """Names can be given twice in the course of years; the wrong client must not profit by it."""
    with pytest.raises(PublishError, match=f"several accounts.*{OTHER}, {NAMESAKE}"):
        publish(warehouse, tmp_path / "other.duckdb", accounts=("other",))

    assert not (tmp_path / "other.duckdb").exists()


@pytest.mark.parametrize(
    ("chosen", "message"),
    [
        ({"accounts": ("nobody",)}, "No account is called nobody. Accounts: mine, other, other."),
        ({"groups": ("no one",)}, "No group is called no one. Groups: clients of ours."),
    ],
)
def test_who_is_not_there_is_named(
    warehouse: Warehouse, tmp_path: Path, chosen: dict[str, tuple[str, ...]], message: str
) -> None:
    with pytest.raises(PublishError) as error:
        publish(warehouse, tmp_path / "some.duckdb", **chosen)

    assert str(error.value) == message


def test_a_mart_without_vendor_id_is_not_handed_out(warehouse: Warehouse, tmp_path: Path) -> None:
    warehouse.change("create table marts.fct_everyone as select 'canary' as secret")
    (warehouse.marts / "fct_everyone.sql").touch()

    with pytest.raises(PublishError, match="fct_everyone has no vendor_id"):
        publish(warehouse, tmp_path / "mine.duckdb", accounts=("mine",))

    assert not (tmp_path / "mine.duckdb").exists()
    assert publish_file(warehouse.folder, marts=warehouse.marts).rows["fct_everyone"] == 1


def test_a_selection_never_takes_the_place_of_everything(warehouse: Warehouse) -> None:
    before = publish_file(warehouse.folder, marts=warehouse.marts).path.read_bytes()
    link = warehouse.folder / "link"
    link.symlink_to(warehouse.published)

    for out in (None, warehouse.published, link):
        for chosen in (Selection(accounts=("mine",)), Selection(first=JANUARY_5)):
            with pytest.raises(PublishError, match="--out"):
                publish_file(warehouse.folder, chosen, out, warehouse.marts)

    assert warehouse.published.read_bytes() == before


def test_a_file_of_a_selection_is_replaced_by_the_next(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    out = tmp_path / "clients" / "mine.duckdb"
    publish(warehouse, out, accounts=("mine",))
    publish(warehouse, out, accounts=(OTHER,))

    assert accounts_in(out) == {OTHER}


def test_a_period_places_each_row_by_the_day_of_its_mart(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    file = publish(warehouse, tmp_path / "period.duckdb", first=JANUARY_5, last=JANUARY_5)

    assert rows(file, "select distinct payment_date from fct_daily_revenue") == [(JANUARY_5,)]
    # by the day of payment, and where that is unknown by the day of cancellation
    assert rows(file, "select * exclude (vendor_id) from fct_cancellations order by all") == [
        (JANUARY_5, date(2026, 1, 31)),
        (None, JANUARY_5),
    ]
    # a month that the period touches
    assert rows(file, "select month from fct_revenue_bridge") == [(date(2026, 1, 1),)]
    assert rows(file, "select count(*) from dim_accounts") == [(3,)]
    assert rows(file, "select says from readme where name = 'period'") == [
        ("2026-01-05 to 2026-01-05",)
    ]


def test_a_period_may_be_open(warehouse: Warehouse, tmp_path: Path) -> None:
    file = publish(warehouse, tmp_path / "from.duckdb", first=JANUARY_6)
    assert rows(file, "select distinct payment_date from fct_daily_revenue") == [(JANUARY_6,)]

    file = publish(warehouse, tmp_path / "to.duckdb", last=JANUARY_5)
    assert rows(file, "select distinct payment_date from fct_daily_revenue") == [(JANUARY_5,)]


def test_a_period_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(PublishError, match="--to lies before --from"):
        Selection(first=JANUARY_6, last=JANUARY_5)


def test_every_mart_of_the_project_can_be_handed_out() -> None:
    """Each has vendor_id, and each but those that have no day a column to place its rows by."""
    yaml = pytest.importorskip("yaml")
    without_day = set()
    for path in (ROOT / "dbt_project" / "models" / "marts").glob("*.yml"):
        for model in yaml.safe_load(path.read_text()).get("models", []):
            columns = [column["name"] for column in model["columns"]]
            assert "vendor_id" in columns, model["name"]
            if not set(columns) & set(DAYS):
                without_day.add(model["name"])

    assert without_day == {"dim_accounts", "fct_data_issues"}
