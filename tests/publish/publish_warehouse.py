"""A small built warehouse, as dbt leaves it, for what publishing does with it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

MINE, OTHER, NAMESAKE = "A00000001", "A00000002", "A00000003"

TABLES = """
create schema marts; create schema intermediate; create schema coupang_ledger;

create table marts.dim_accounts as
select * from (values
    ('A00000001', 'mine', 'clients of ours', date '2026-01-06'),
    ('A00000002', 'other', 'clients of ours', null),
    ('A00000003', 'other', null, null)
) as rows (vendor_id, account_name, account_group, collected_through);
comment on table marts.dim_accounts is 'One row per seller account.';
comment on column marts.dim_accounts.vendor_id is '업체코드: it''s the identity.';

create table marts.fct_daily_revenue as
select vendor_id, payment_date, 'canary of ' || vendor_id as product, revenue_krw
from (values
    ('A00000001', date '2026-01-05', 10000::bigint),
    ('A00000001', date '2026-01-06', 20000),
    ('A00000002', date '2026-01-05', 30000),
    ('A00000003', date '2026-01-05', 40000)
) as rows (vendor_id, payment_date, revenue_krw);
comment on table marts.fct_daily_revenue is 'One row per account and day.';
comment on column marts.fct_daily_revenue.revenue_krw is 'Won.';

create table marts.fct_cancellations as
select * from (values
    ('A00000001', date '2026-01-05', date '2026-01-31'),
    ('A00000001', null, date '2026-01-05'),
    ('A00000001', null, date '2026-01-31')
) as rows (vendor_id, payment_date, cancelled_date);

create table marts.fct_revenue_bridge as
select 'A00000001' as vendor_id, unnest([date '2025-12-01', date '2026-01-01']) as month;

create table marts.fct_of_former_days as select 'A00000001' as vendor_id;

create table coupang_ledger.builds as
select * from (values
    (1::bigint, '2026-01-05T00:00:00+00:00', 'policy_version=1'),
    (2, '2026-01-06T00:00:00+00:00', 'policy_version=1')
) as rows (build_no, as_of, definition);
create table intermediate.int_ledger__new_builds as select 2::bigint as build_no;
"""


@dataclass(frozen=True)
class Warehouse:
    """A data folder with a warehouse in it, and the folder of the models whose marts it holds."""

    folder: Path
    marts: Path

    @property
    def published(self) -> Path:
        return self.folder / "coupang_revenue.duckdb"

    def change(self, sql: str) -> None:
        """What another build would have done."""
        with duckdb.connect(str(self.folder / "warehouse.duckdb")) as connection:
            connection.execute(sql)


def make_warehouse(place: Path) -> Warehouse:
    """The tables above, and a model file for each mart but the one of former days."""
    warehouse = Warehouse(place / "data folder", place / "models")
    warehouse.folder.mkdir(parents=True)
    warehouse.marts.mkdir()
    warehouse.change(TABLES)
    for mart in ("dim_accounts", "fct_daily_revenue", "fct_cancellations", "fct_revenue_bridge"):
        (warehouse.marts / f"{mart}.sql").touch()
    return warehouse


def rows(file: Path, sql: str) -> list[tuple]:
    """What a reader of a published file gets."""
    with duckdb.connect(str(file), read_only=True) as connection:
        return connection.execute(sql).fetchall()
