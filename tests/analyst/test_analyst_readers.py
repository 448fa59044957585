"""The published file in the tools that analysts have: other DuckDBs, SQLAlchemy, pandas, polars."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import duckdb
import pandas
import polars
import pytest
import sqlalchemy

ROOT = Path(__file__).resolve().parents[2]

ASK = """
import duckdb, json, sys
con = duckdb.connect(sys.argv[1], read_only=True)
one = lambda sql: con.execute(sql).fetchone()[0]
try:
    con.execute("delete from fct_orders")
    refused = False
except duckdb.Error:
    refused = True
print(json.dumps({
    "version": duckdb.__version__,
    "tables": [name for (name,) in con.execute(
        "select table_name from duckdb_tables() order by table_name").fetchall()],
    "revenue": int(one("select sum(revenue_krw) from fct_daily_revenue")),
    "refused": refused,
}))
"""


@pytest.fixture(params=["oldest", "newest"])
def python_with_duckdb(request: pytest.FixtureRequest) -> Path:
    python = ROOT / ".venv" / f"duckdb-{request.param}" / "bin" / "python"
    if not python.exists():
        message = f"no {request.param} DuckDB here: NOT TRIED (sh scripts/duckdb_environments.sh)"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return python


def asked(python: Path, file: Path) -> dict:
    done = subprocess.run(
        [python, "-c", ASK, str(file)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_other_versions_of_duckdb_read_it(python_with_duckdb: Path, demo_file: Path) -> None:
    with duckdb.connect(str(demo_file), read_only=True) as con:
        revenue = con.execute("select sum(revenue_krw) from fct_daily_revenue").fetchone()
        tables = con.execute("select table_name from duckdb_tables() order by 1").fetchall()

    found = asked(python_with_duckdb, demo_file)

    assert found["version"] != duckdb.__version__
    assert found["revenue"] == revenue[0]
    assert found["tables"] == [name for (name,) in tables]
    assert found["refused"]


def test_what_the_build_publishes_is_read_by_other_versions_with_its_comments(
    python_with_duckdb: Path, empty_build: object
) -> None:
    comments = """
import duckdb, sys
con = duckdb.connect(sys.argv[1], read_only=True)
print(con.execute("select count(*) from duckdb_tables() where comment is null").fetchone()[0])
print(con.execute("select comment from duckdb_columns() where table_name = 'fct_daily_revenue'"
    " and column_name = 'revenue_krw'").fetchone()[0])
print(con.execute("select count(*) from readme where topic = 'table'").fetchone()[0])
"""
    file = empty_build.folder / "coupang_revenue.duckdb"
    done = subprocess.run(
        [python_with_duckdb, "-c", comments, str(file)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    without_comment, revenue, tables = done.stdout.splitlines()
    assert without_comment == "0"
    assert revenue.startswith("매출")
    assert int(tables) > 10


@pytest.fixture
def engine(demo_file: Path) -> sqlalchemy.Engine:
    """As Superset and notebooks reach it."""
    return sqlalchemy.create_engine(
        f"duckdb:///{demo_file}", connect_args={"read_only": True}, poolclass=sqlalchemy.NullPool
    )


def test_sqlalchemy_sees_tables_columns_and_types(engine: sqlalchemy.Engine) -> None:
    inspector = sqlalchemy.inspect(engine)
    columns = {each["name"]: each["type"] for each in inspector.get_columns("fct_daily_revenue")}

    assert "fct_daily_revenue" in inspector.get_table_names()
    assert isinstance(columns["revenue_krw"], sqlalchemy.BigInteger)
    assert isinstance(columns["payment_date"], sqlalchemy.Date)
    assert isinstance(columns["account_name"], sqlalchemy.String)


def test_sqlalchemy_reads_and_cannot_write(engine: sqlalchemy.Engine) -> None:
    with engine.connect() as con:
        total = con.execute(sqlalchemy.text("select sum(revenue_krw) from fct_orders")).scalar()
        assert total > 0
        with pytest.raises(sqlalchemy.exc.ProgrammingError, match="read-only"):
            con.execute(sqlalchemy.text("delete from fct_orders"))


def test_pandas_and_polars_read_the_same(demo_file: Path, engine: sqlalchemy.Engine) -> None:
    query = "select payment_date, revenue_krw from fct_daily_revenue order by all"
    with duckdb.connect(str(demo_file), read_only=True) as con:
        rows = con.execute(query).fetchall()
        by_pandas = con.execute(query).df()
        by_polars = con.execute(query).pl()
    through_sqlalchemy = pandas.read_sql(query, engine)

    amounts = [amount for _, amount in rows]
    assert by_pandas["revenue_krw"].tolist() == amounts
    assert by_polars["revenue_krw"].to_list() == amounts
    assert by_polars.schema["payment_date"] == polars.Date
    assert through_sqlalchemy["revenue_krw"].tolist() == amounts


def test_a_reader_keeps_nobody_from_replacing_the_file(demo_file: Path, tmp_path: Path) -> None:
    file = tmp_path / "coupang_revenue.duckdb"
    file.write_bytes(demo_file.read_bytes())
    with duckdb.connect(str(file), read_only=True) as con:
        before = con.execute("select count(*) from fct_orders").fetchone()
        fresh = tmp_path / "fresh.duckdb"
        fresh.write_bytes(demo_file.read_bytes())
        fresh.replace(file)

        assert con.execute("select count(*) from fct_orders").fetchone() == before
