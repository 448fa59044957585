"""Loading what was read: one dlt pipeline per account, all into one dataset."""

import shutil
from collections.abc import Sequence
from pathlib import Path

import duckdb

from extract.configuration import dlt
from extract.errors import WarehouseError, one_line
from extract.reading import Reading
from extract.source import resources, tables_of
from extract.states import AccountState
from extract.trouble import disk_trouble, duckdb_trouble
from extract.warehouse import DATASET

SCHEMA = "coupang"


class Loader:
    """Writes readings and states to the warehouse; one load at a time (DuckDB has one writer)."""

    def __init__(self, warehouse: Path) -> None:
        self.warehouse = warehouse
        self.folder = warehouse.parent / "dlt" / "pipelines"
        self._made_tables = False
        # What was read when stands in raw itself; dlt's own state of a pipeline holds nothing.
        dlt.config["restore_from_destination"] = False
        dlt.config["enable_runtime_trace"] = False
        # DuckDB works on one file with all cores; several at once only take more memory.
        dlt.config["load.workers"] = 1

    def load(self, name: str, made: Sequence[Reading | AccountState]) -> None:
        """Loads all of `made` as one package of the pipeline `name`, or raises WarehouseError.

        The pipeline's working folder lives for one load. So what a load that was killed left
        pending is dropped (a pending package would block every later one; its windows are read
        again, since marks come from completed loads only), and nothing piles up beside the
        warehouse. The first load of a run makes every table that is not there yet.
        """
        pipeline_name = f"coupang_{name.lower()}"
        working_folder = self.folder / pipeline_name
        try:
            if working_folder.exists():
                shutil.rmtree(working_folder)
            pipeline = dlt.pipeline(
                pipeline_name=pipeline_name,
                pipelines_dir=str(self.folder),
                destination=dlt.destinations.duckdb(str(self.warehouse)),
                dataset_name=DATASET,
            )
            tables = {table for thing in made for table in thing.table_names}
            chosen = resources(tables_of(made), tables if self._made_tables else None)
            source = dlt.source(lambda: chosen, name=SCHEMA, section=SCHEMA)
            pipeline.run(source())
            self._made_tables = True
        except Exception as failed:
            raise self._trouble(failed) from None
        finally:
            shutil.rmtree(working_folder, ignore_errors=True)

    def _trouble(self, failed: BaseException) -> WarehouseError:
        """The cause under dlt's wrapping, without values of rows."""
        chain: list[BaseException] = []
        error: BaseException | None = failed
        while error is not None and error not in chain:
            chain.append(error)
            error = error.__cause__ or error.__context__
        for cause in chain:
            if isinstance(cause, OSError):
                return disk_trouble(cause, self.warehouse.parent)
            if isinstance(cause, duckdb.Error):
                return duckdb_trouble(cause, self.warehouse)
        return WarehouseError(
            f"Loading failed ({type(chain[-1]).__name__}: {one_line(chain[-1])})",
            remedy="Run again: what was not loaded is read again.",
        )
