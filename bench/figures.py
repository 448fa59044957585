"""The figures: what was measured, against which floor, and the file they are kept in.

`figures.json` is what the benches write, a part at a time; `FIGURES.md` is made from it.
"""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

FOLDER = Path(__file__).parent
DATA, PAGE = FOLDER / "figures.json", FOLDER / "FIGURES.md"
PACKAGES = ("dlt", "dbt-core", "dbt-duckdb", "duckdb", "pyarrow", "requests", "orjson")


@dataclass(frozen=True)
class Figure:
    """One measured value. floor: what it must reach, in words; met: whether it does (None where
    nothing is demanded of it)."""

    what: str
    value: str
    floor: str = ""
    met: bool | None = None

    @property
    def verdict(self) -> str:
        return {None: "", True: "met", False: "NOT MET"}[self.met]


def at_least(what: str, value: float, floor: float, form: str = "{:.2f}") -> Figure:
    """A figure that must not be smaller."""
    return Figure(what, form.format(value), f"at least {form.format(floor)}", value >= floor)


def at_most(what: str, value: float, ceiling: float, form: str = "{:.2f}") -> Figure:
    """A figure that must not be larger."""
    return Figure(what, form.format(value), f"at most {form.format(ceiling)}", value <= ceiling)


def machine() -> str:
    """Where figures come from: processor, cores, memory, system and versions."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return (
        f"{_processor()}, {os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()}; "
        f"Python {platform.python_version()}, {packages}"
    )


def keep(part: str, title: str, figures: Iterable[Figure], finished: bool) -> None:
    """Puts a part's figures in the place of its earlier ones, and makes the page anew, which says
    where a part is not finished."""
    kept = json.loads(DATA.read_text()) if DATA.exists() else {}
    kept[part] = {
        "title": title,
        "finished": finished,
        "measured_on": f"{datetime.now(UTC):%Y-%m-%d}",
        "machine": machine(),
        "figures": [asdict(figure) for figure in figures],
    }
    DATA.write_text(json.dumps(kept, indent=2, ensure_ascii=False, sort_keys=True) + "\n")
    PAGE.write_text(page(kept))


def page(kept: dict[str, dict]) -> str:
    """FIGURES.md."""
    lines = [
        "# Figures",
        "",
        "Written by `make bench`; each part says when and where it was measured. A floor is what "
        "the figure",
        "has to reach. Nothing here is a timed test: a busy machine makes worse figures, not red "
        "builds.",
    ]
    for name, part in sorted(kept.items()):
        lines += ["", f"## {part['title']}", ""]
        lines += [f"`make bench PART={name}`, {part['measured_on']}, {part['machine']}.", ""]
        if not part["finished"]:
            lines += ["**Not run to its end**: figures are missing.", ""]
        lines += ["| what | figure | floor | |", "|---|---|---|---|"]
        for each in part["figures"]:
            figure = Figure(**each)
            lines.append(f"| {figure.what} | {figure.value} | {figure.floor} | {figure.verdict} |")
    return "\n".join(lines) + "\n"


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
