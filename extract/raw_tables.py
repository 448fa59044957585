"""Raw tables: the declaration of the dbt source, read as Arrow schemas.

Which columns exist, and which field of Coupang's answer each one is, stands in
`dbt_project/models/staging/_coupang__sources.yml` and nowhere else. The schema is the allow-list:
what it does not name (personal data above all) never leaves the process.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pyarrow as pa
import yaml

DECLARATION = (
    Path(__file__).resolve().parent.parent
    / "dbt_project"
    / "models"
    / "staging"
    / "_coupang__sources.yml"
)
LOAD_ID = "_dlt_load_id"  # added by dlt itself
ARROW_TYPES = {"string": pa.string(), "bigint": pa.int64(), "boolean": pa.bool_()}


@dataclass(frozen=True)
class Column:
    """One declared column; `api` and `kind` are None where the extractor itself knows the value."""

    name: str
    data_type: str
    api: str | None = None
    kind: str | None = None
    required: bool = False
    lenient: bool = False


@dataclass(frozen=True)
class RawTable:
    """One declared table of `coupang_raw`."""

    name: str
    columns: tuple[Column, ...]

    @property
    def schema(self) -> pa.Schema:
        """Arrow schema of what the extractor hands to dlt (without dlt's own load id)."""
        return pa.schema([(c.name, ARROW_TYPES[c.data_type]) for c in self.columns])


@cache
def raw_tables() -> dict[str, RawTable]:
    """Every table the extractor writes, by name, in the order of the declaration."""
    declared = yaml.safe_load(DECLARATION.read_text(encoding="utf-8"))["sources"][0]["tables"]
    tables = {}
    for table in declared:
        if table["name"].startswith("_dlt"):
            continue
        columns = tuple(
            Column(c["name"], c["data_type"], **c.get("config", {}).get("meta", {}))
            for c in table["columns"]
            if c["name"] != LOAD_ID
        )
        tables[table["name"]] = RawTable(table["name"], columns)
    return tables
