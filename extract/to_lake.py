"""Moving raw from the warehouse's file into a lake, so that a team can go step by step."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from extract.errors import ConfigurationError, WarehouseError
from extract.lake import Lake, lake_url
from extract.load import Loader
from extract.raw_tables import raw_tables
from extract.warehouse import FILE, Warehouse


class Kept:
    """All rows of one account in the warehouse, of completed loads, to be loaded once more."""

    def __init__(self, warehouse: Warehouse, vendor_id: str) -> None:
        self._warehouse = warehouse
        self._vendor_id = vendor_id

    @property
    def table_names(self) -> set[str]:
        """Every raw table."""
        return set(raw_tables())

    def tables(self, name: str) -> Iterator[pa.Table]:
        """Its rows of one of them, in pieces."""
        return self._warehouse.tables_of(self._vendor_id, name)


def to_lake(folder: Path) -> list[str]:
    """Loads what the warehouse in `folder` holds into the lake, a load an account; the vendor codes
    that were moved. Those that are there already stay as they are, so that it can be run again.

    Use it under the process lock; the warehouse keeps what it has. ConfigurationError where no lake
    is configured, WarehouseError where the lake has other readings of an account.
    """
    if (url := lake_url()) is None:
        raise ConfigurationError(
            "No lake is configured", remedy="Set COUPANG_LAKE to its folder or address."
        )
    warehouse = Warehouse(folder / FILE)
    if not warehouse.exists():
        return []
    lake = Lake(url, folder)
    with warehouse.held(), lake.held():
        here, there = warehouse.fingerprints(), lake.fingerprints()
        up_to = lake.fingerprints({vendor_id: most for vendor_id, (most, *_) in here.items()})
        for vendor_id in here.keys() & there.keys():
            if here[vendor_id] != up_to.get(vendor_id):
                raise WarehouseError(
                    f"The lake {url} has other readings of {vendor_id} than the warehouse",
                    remedy="Both went on by themselves: keep one; `accounts unlink --forget` "
                    "removes an account from the lake.",
                )
        accounts = here.keys() | warehouse.states().keys()
        moving = sorted(accounts - there.keys() - lake.states().keys())
        loader = Loader(lake, folder)
        for vendor_id in moving:
            loader.load(vendor_id, [Kept(warehouse, vendor_id)])
    return moving
