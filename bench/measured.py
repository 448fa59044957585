"""Runs one command and writes down what it cost: `python -m bench.measured OUT COMMAND...`.

A process of its own between the bench and the command: the operating system counts the memory of
the process that starts a command as the command's, and a bench that holds a sandbox world is big.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[1]
KIB = 1 if sys.platform == "darwin" else 1024  # unit of ru_maxrss


@dataclass(frozen=True)
class Cost:
    """seconds: wall clock, from start to end of the process. cpu_seconds: its own and the
    system's. peak_bytes: the most memory that was resident."""

    seconds: float
    cpu_seconds: float
    peak_bytes: int


def measured(command: Sequence[str], env: Mapping[str, str]) -> Cost:
    """The cost of a command that must end well (RuntimeError with its last lines otherwise)."""
    with TemporaryDirectory() as folder:
        out = Path(folder) / "cost.json"
        done = subprocess.run(  # noqa: S603 - our own commands
            [sys.executable, "-m", "bench.measured", str(out), *command],
            cwd=ROOT,
            env={**os.environ, **env},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            said = (done.stdout + done.stderr)[-3000:]
            raise RuntimeError(f"{' '.join(command)} ended with {done.returncode}:\n{said}")
        return Cost(**json.loads(out.read_text()))


def main(out: str, *command: str) -> int:
    """Runs the command; its exit status."""
    began = time.monotonic()
    status = subprocess.run(command, check=False).returncode  # noqa: S603 - our own commands
    seconds = time.monotonic() - began
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    cost = {
        "seconds": seconds,
        "cpu_seconds": used.ru_utime + used.ru_stime,
        "peak_bytes": used.ru_maxrss * KIB,
    }
    Path(out).write_text(json.dumps(cost))
    return status


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
