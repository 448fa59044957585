"""Runs mutants: each unit test of a model in a schema of its own, in one DuckDB in memory."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Any

import duckdb

from tests.mutation.compiled import Project, UnitTest
from tests.mutation.macros import Macro, calls_of
from tests.mutation.mutations import DIALECT, Mutant, Site, mutants_of

MACROS = "macros"
ACTUAL = "dbt_internal_unit_test_actual"


class Fate(StrEnum):
    KILLED = "killed"
    SURVIVED = "survived"
    STILLBORN = "stillborn"  # no SQL that the engine takes: nobody could build it


@dataclass(frozen=True)
class Outcome:
    """What became of a mutant; `folder` is that of its model, or "macros"."""

    folder: str
    model: str
    site: Site
    fate: Fate
    killer: str
    context_before: str
    context_after: str


class UnitTestError(Exception):
    """A unit test fails on the model as it stands: no mutant of it could tell anything."""


class Bench:
    """Unit tests ready to run again and again."""

    def __init__(self, unit_tests: Iterable[UnitTest], macros: list[Macro]) -> None:
        self._con = duckdb.connect(config={"threads": 1})
        self._con.execute("set TimeZone = 'UTC'")
        self._macros = {macro.name: macro for macro in macros}
        for macro in macros:
            self.restore(macro)
        self._schemas: dict[str, str] = {}
        self._columns: dict[str, str] = {}
        self._expected: dict[str, Counter[tuple[Any, ...]]] = {}
        for number, unit_test in enumerate(unit_tests):
            self._add(f"test_{number}", unit_test)

    def _add(self, schema: str, unit_test: UnitTest) -> None:
        self._con.execute(f"create schema {schema}")
        self._con.execute(f"set schema = '{schema}'")
        for name, rows in unit_test.given.items():
            self._con.execute(f'create table "{name}" as {rows}')
        # where no rows are expected, dbt takes none of the actual ones
        self._con.execute(f"create view {ACTUAL} as {unit_test.body.sql(DIALECT)}")
        expected = self._con.execute(unit_test.expected)
        self._columns[unit_test.name] = ", ".join(f'"{each[0]}"' for each in expected.description)
        self._expected[unit_test.name] = Counter(expected.fetchall())
        self._schemas[unit_test.name] = schema
        if not self.passes(unit_test, unit_test.body.sql(DIALECT)):
            raise UnitTestError(f"{unit_test.name} fails as it stands")

    def passes(self, unit_test: UnitTest, body: str) -> bool:
        """Whether `body` gives the rows that are expected, in the columns that are expected.

        Raises what DuckDB raises on SQL that it does not take, or cannot finish.
        """
        self._con.execute(f"set schema = '{self._schemas[unit_test.name]}'")
        rows = self._con.execute(f"select {self._columns[unit_test.name]} from ({body})").fetchall()
        return Counter(rows) == self._expected[unit_test.name]

    def define(self, macro: Macro, body: str) -> None:
        """Makes a macro mean something else."""
        self._con.execute(macro.definition(body))

    def restore(self, macro: Macro) -> None:
        """Makes a macro mean what it says."""
        self.define(macro, macro.body.sql(DIALECT))


def _fate(
    attempts: list[tuple[UnitTest, Callable[[], bool]]],
) -> tuple[Fate, str]:
    """The first attempt that fails kills."""
    for unit_test, passes in attempts:
        try:
            if passes():
                continue
        except (duckdb.BinderException, duckdb.ParserException, duckdb.CatalogException):
            return Fate.STILLBORN, ""
        except duckdb.Error:
            pass  # dbt would call that a failed test
        return Fate.KILLED, unit_test.name
    return Fate.SURVIVED, ""


def _is_drawn(model: str, site: Site, share: float) -> bool:
    """The same mutants at every run, whatever else of the project changes."""
    return int(sha256(f"{model} {site}".encode()).hexdigest()[:8], 16) < share * 2**32


def run_model(project: Project, name: str, share: float = 1.0) -> list[Outcome]:
    """Every mutant of a model (or a share of them) against the model's own unit tests."""
    model = project.models[name]
    if not model.unit_tests:
        return []
    bench = Bench(model.unit_tests, project.macros)
    # variables and the moment that counts as now make other SQL of the same model
    variants: dict[str, dict[Site, Mutant]] = {}
    tests_of: dict[str, list[UnitTest]] = defaultdict(list)
    for unit_test in model.unit_tests:
        sql = unit_test.body.sql(DIALECT)
        if sql not in variants:
            variants[sql] = {mutant.site: mutant for mutant in mutants_of(unit_test.body)}
        tests_of[sql].append(unit_test)
    # the SQL as most tests see it
    main = max(variants, key=lambda sql: len(tests_of[sql]))
    killers: Counter[str] = Counter()
    outcomes = []
    for site, mutant in variants[main].items():
        if not _is_drawn(name, site, share):
            continue
        attempts = [
            (unit_test, lambda test=unit_test, sql=found[site].sql: bench.passes(test, sql))
            for sql, found in variants.items()
            if site in found
            for unit_test in tests_of[sql]
        ]
        attempts.sort(key=lambda attempt: -killers[attempt[0].name])
        fate, killer = _fate(attempts)
        killers[killer] += 1
        outcomes.append(
            Outcome(
                model.folder,
                name,
                site,
                fate,
                killer,
                mutant.context_before,
                mutant.context_after,
            )
        )
    return outcomes


def run_macro(project: Project, name: str, share: float = 1.0) -> list[Outcome]:
    """Every mutant of a macro against the unit tests of all models that use it."""
    macro = next(each for each in project.macros if each.name == name)
    used_by = {name}
    for each in project.macros:  # those that stand on it come after it
        if calls_of(each.body) & used_by:
            used_by.add(each.name)
    unit_tests = [
        unit_test
        for model in project.models.values()
        for unit_test in model.unit_tests
        if calls_of(unit_test.body) & used_by
    ]
    bench = Bench(unit_tests, project.macros)
    bodies = {unit_test.name: unit_test.body.sql(DIALECT) for unit_test in unit_tests}
    killers: Counter[str] = Counter()
    outcomes = []
    for mutant in mutants_of(macro.body):
        if not _is_drawn(name, mutant.site, share):
            continue
        attempts = [
            (each, lambda test=each: bench.passes(test, bodies[test.name])) for each in unit_tests
        ]
        attempts.sort(key=lambda attempt: -killers[attempt[0].name])
        try:
            bench.define(macro, mutant.sql)
        except duckdb.Error:
            fate, killer = Fate.STILLBORN, ""
        else:
            fate, killer = _fate(attempts)
        killers[killer] += 1
        outcomes.append(
            Outcome(
                MACROS,
                name,
                mutant.site,
                fate,
                killer,
                mutant.context_before,
                mutant.context_after,
            )
        )
    bench.restore(macro)
    return outcomes


def run(
    project: Project,
    names: Iterable[str],
    share: float = 1.0,
    processes: int = 1,
    tell: Callable[[str, list[Outcome]], None] | None = None,
) -> list[Outcome]:
    """The mutants of these models and macros; `tell` hears of each name once it is done."""
    jobs = [(run_model if name in project.models else run_macro, name) for name in names]
    # what takes longest first, so that no process waits for the other's last one
    jobs.sort(key=lambda job: -_size(project, job[1]))
    outcomes: list[Outcome] = []
    if processes == 1:
        for work, name in jobs:
            found = work(project, name, share)
            outcomes += found
            if tell:
                tell(name, found)
        return outcomes
    with ProcessPoolExecutor(processes) as pool:
        running = {pool.submit(work, project, name, share): name for work, name in jobs}
        for done in as_completed(running):
            outcomes += done.result()
            if tell:
                tell(running[done], done.result())
    return outcomes


def _size(project: Project, name: str) -> int:
    model = project.models.get(name)
    if not model:
        return 10**9
    return sum(len(unit_test.body.sql(DIALECT)) for unit_test in model.unit_tests)
