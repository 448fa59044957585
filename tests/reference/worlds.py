"""A world: the raw rows of one small seller. And how many worlds are written into one warehouse."""

import random
from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import yaml

DECLARATION = (
    Path(__file__).parents[2] / "dbt_project" / "models" / "staging" / "_coupang__sources.yml"
)
ARROW_TYPES = {
    "string": pa.string(),
    "bigint": pa.int64(),
    "boolean": pa.bool_(),
    "timestamp_tz": pa.timestamp("us", tz="UTC"),
}

MutableRow = dict[str, Any]


@dataclass(frozen=True)
class World:
    """One vendor code and its raw rows by table, its `_dlt_loads` among them."""

    vendor_id: str
    rows: Mapping[str, list[MutableRow]]

    def renamed(self, vendor_id: str) -> "World":
        """The same world under another vendor code (and load ids of its own)."""
        rows = deepcopy(dict(self.rows))
        for table_rows in rows.values():
            for row in table_rows:
                if "vendor_id" in row:
                    row["vendor_id"] = vendor_id
                key = "_dlt_load_id" if "_dlt_load_id" in row else "load_id"
                row[key] = f"{vendor_id}/{row[key].rpartition('/')[2]}"
        return World(vendor_id, rows)


@cache
def declared_columns() -> dict[str, dict[str, str]]:
    """Column and data type of every declared raw table."""
    declaration = yaml.safe_load(DECLARATION.read_text(encoding="utf-8"))
    return {
        table["name"]: {column["name"]: column["data_type"] for column in table["columns"]}
        for table in declaration["sources"][0]["tables"]
    }


def gather(worlds: Iterable[World]) -> dict[str, list[MutableRow]]:
    """Raw of many worlds together."""
    raw: dict[str, list[MutableRow]] = {table: [] for table in declared_columns()}
    for world in worlds:
        for table, rows in world.rows.items():
            raw[table] += rows
    return raw


def write_raw(con: duckdb.DuckDBPyConnection, worlds: Iterable[World]) -> None:
    """Creates schema `coupang_raw` with every declared table and inserts all rows.

    They are shuffled: nothing may hang on the order in which rows lie in a table.
    """
    raw = gather(worlds)
    shuffle = random.Random(0).shuffle  # noqa: S311
    for rows in raw.values():
        shuffle(rows)
    con.execute("create schema if not exists coupang_raw")
    for table, columns in declared_columns().items():
        arrow_schema = pa.schema([(name, ARROW_TYPES[kind]) for name, kind in columns.items()])
        arrow_rows = pa.Table.from_pylist(raw[table], schema=arrow_schema)
        con.register("arrow_rows", arrow_rows)
        con.execute(f'create table coupang_raw."{table}" as select * from arrow_rows')
        con.unregister("arrow_rows")
