"""Removing an account wholly from the warehouse: raw, ledger, marts, and dlt's own state."""

from pathlib import Path

import duckdb

from extract.trouble import duckdb_trouble


def forget(warehouse: Path, vendor_id: str) -> int:
    """Deletes every row of a vendor code from every table that knows vendor codes, in one
    transaction; how many rows there were. WarehouseError where the file cannot be used."""
    if not warehouse.exists():
        return 0
    try:
        with duckdb.connect(str(warehouse)) as connection:
            tables = connection.execute(
                """
                select columns.table_schema, columns.table_name
                from information_schema.columns as columns
                inner join information_schema.tables as tables
                    using (table_catalog, table_schema, table_name)
                where columns.column_name = 'vendor_id' and tables.table_type = 'BASE TABLE'
                """
            ).fetchall()
            connection.begin()
            count = 0
            for schema, table in tables:
                deleted = connection.execute(
                    f'delete from "{schema}"."{table}" where vendor_id = ?',  # noqa: S608 - catalog
                    [vendor_id],
                ).fetchone()
                count += deleted[0] if deleted else 0
            if any(schema == "coupang_raw" for schema, _ in tables):
                _forget_pipeline(connection, vendor_id)
            connection.commit()
            connection.execute("checkpoint")
            return count
    except duckdb.Error as error:
        raise duckdb_trouble(error, warehouse) from None


def _forget_pipeline(connection: duckdb.DuckDBPyConnection, vendor_id: str) -> None:
    there = connection.execute(
        """
        select 1 from information_schema.tables
        where table_schema = 'coupang_raw' and table_name = '_dlt_pipeline_state'
        """
    ).fetchone()
    if there:
        connection.execute(
            "delete from coupang_raw._dlt_pipeline_state where pipeline_name = ?",
            [f"coupang_{vendor_id.lower()}"],
        )
