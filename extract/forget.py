"""Removing an account wholly from the warehouse: raw, ledger, marts, and what else names it."""

import shutil
from pathlib import Path

import duckdb

from extract.sql import literal
from extract.trouble import disk_trouble, duckdb_trouble


def forget(warehouse: Path, vendor_id: str) -> int:
    """Deletes every row of a vendor code, and rewrites the file, so that its free blocks do not
    hold them either; how many rows there were. WarehouseError where the file cannot be used."""
    if not warehouse.exists():
        return 0
    try:
        with duckdb.connect(str(warehouse)) as connection:
            columns = connection.execute(
                """
                select schema_name, table_name, list(column_name)
                from duckdb_columns()
                where not internal and data_type = 'VARCHAR'
                    and (schema_name, table_name) in (
                        select (schema_name, table_name) from duckdb_tables()
                    )
                group by all
                """
            ).fetchall()
            connection.begin()
            count = 0
            for schema, table, names in columns:
                # A table without a column for it may name it in a key or in a pipeline's name.
                condition = (
                    "vendor_id = $1"
                    if "vendor_id" in names
                    else " or ".join(f'contains(upper("{name}"), $1)' for name in names)
                )
                sql = f'delete from "{schema}"."{table}" where {condition}'  # noqa: S608 - catalog
                ((deleted,),) = connection.execute(sql, [vendor_id]).fetchall()
                count += deleted
            connection.commit()
        rewrite(warehouse)
    except duckdb.Error as error:
        raise duckdb_trouble(error, warehouse) from None
    except OSError as error:
        raise disk_trouble(error, warehouse.parent) from None
    return count


def rewrite(warehouse: Path) -> None:
    """Copies all that is in the file into a new one and puts it in the old one's place."""
    folder = warehouse.parent / "rewrite"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    # Under the same name: what the database holds may refer to itself by it.
    fresh = folder / warehouse.name
    try:
        with duckdb.connect() as connection:
            connection.execute(f"attach {literal(warehouse)} as old (read_only)")
            connection.execute(f"attach {literal(fresh)} as fresh")
            connection.execute("copy from database old to fresh")
            connection.execute("detach fresh")
        fresh.replace(warehouse)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
