"""Loading what was read: one dlt pipeline per account, all into one dataset."""

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from extract.configuration import dlt
from extract.errors import WarehouseError, one_line
from extract.lake import Lake
from extract.source import Rows, resources, tables_of
from extract.warehouse import DATASET, Warehouse

SCHEMA = "coupang"


class Loader:
    """Writes readings and states to raw, one load at a time (DuckDB has one writer). `folder`: the
    data folder, where dlt works."""

    def __init__(self, raw: Warehouse | Lake, folder: Path) -> None:
        self.raw = raw
        self.folder = folder / "dlt" / "pipelines"
        self._made_tables = False
        # What was read when stands in raw itself; dlt's own state of a pipeline holds nothing.
        dlt.config["restore_from_destination"] = False
        dlt.config["enable_runtime_trace"] = False
        if isinstance(raw, Warehouse):
            # DuckDB works on one file with all cores; several at once only take more memory.
            dlt.config["load.workers"] = 1

    def load(self, name: str, made: Sequence[Rows]) -> None:
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
                destination=self._destination,
                dataset_name=DATASET,
            )
            tables = {table for thing in made for table in thing.table_names}
            chosen = resources(tables_of(made), tables if self._made_tables else None)
            source = dlt.source(lambda: chosen, name=SCHEMA, section=SCHEMA)
            info = pipeline.run(source())
            self._made_tables = True
            self.raw.after_load(
                {
                    package.load_id: [
                        (job.job_file_info.table_name, job.job_file_info.file_id)
                        for job in package.jobs["completed_jobs"]
                    ]
                    for package in info.load_packages
                }
            )
        except Exception as failed:
            raise self._trouble(failed) from None
        finally:
            shutil.rmtree(working_folder, ignore_errors=True)
            # dlt notes down each value it is configured by, and with it the whole pipeline: more
            # than 1 MB a load, kept to the end of the process for a trace that nobody asks for.
            dlt.common.configuration.utils.get_resolved_traces().clear()

    @property
    def _destination(self) -> Any:  # noqa: ANN401 - dlt's own
        if isinstance(self.raw, Lake):
            return self.raw.destination
        return dlt.destinations.duckdb(str(self.raw.path))

    def _trouble(self, failed: BaseException) -> WarehouseError:
        """The cause under dlt's wrapping, without values of rows."""
        if isinstance(failed, WarehouseError):
            return failed
        chain: list[BaseException] = []
        error: BaseException | None = failed
        while error is not None and error not in chain:
            chain.append(error)
            error = error.__cause__ or error.__context__
        for cause in chain:
            if trouble := self.raw.trouble(cause):
                return trouble
        return WarehouseError(
            f"Loading failed ({type(chain[-1]).__name__}: {one_line(chain[-1])})",
            remedy="Run again: what was not loaded is read again.",
        )
