"""The unit tests as dbt compiled them: the SQL of a model, what it is given, what is expected."""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path

import sqlglot
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner, dbtRunnerResult
from sqlglot import exp

from publish.dbt import dbt_environment
from tests.mutation.macros import INLINE, Macro, fold, read_macros
from tests.mutation.mutations import DIALECT

FIXTURE = "__dbt__cte__"
BETWEEN = ("from (", ") _dbt_internal_unit_test_actual", ") _dbt_internal_unit_test_expected")


@dataclass(frozen=True)
class UnitTest:
    """One unit test: `body` reads the tables of `given` (name -> SQL of its rows)."""

    name: str
    model: str
    body: exp.Expr
    given: dict[str, str]
    expected: str


@dataclass(frozen=True)
class Model:
    """A model with what tests it; the folder is that below models/."""

    name: str
    folder: str
    unit_tests: list[UnitTest] = field(default_factory=list)


@dataclass(frozen=True)
class Project:
    """All models, by name, and the macros that they call."""

    models: dict[str, Model]
    macros: list[Macro]

    def without(self, unit_test: str) -> Project:
        """The project with one unit test taken away."""
        return Project(
            {
                name: Model(
                    name,
                    model.folder,
                    [each for each in model.unit_tests if each.name != unit_test],
                )
                for name, model in self.models.items()
            },
            self.macros,
        )


class CompileError(Exception):
    """dbt did not build or compile what the drill needs, or a unit test failed."""


def build(folder: Path) -> None:
    """Builds every model without rows and runs every unit test, which leaves their SQL behind.

    All that is written is below `folder`.
    """
    with _environment(folder):
        _dbt("build", "--exclude-resource-type", "test")


def read_project(folder: Path, only: Collection[str] = ()) -> Project:
    """What dbt left in `folder` after a build with all unit tests (target/ and warehouse).

    `only` the unit tests of these models are read, where it names any.
    """
    with _environment(folder):
        macros = read_macros(_dbt("compile", "--inline", INLINE).result[0].node.compiled_code)
    manifest = json.loads((folder / "target" / "manifest.json").read_text(encoding="utf-8"))
    models = {
        node["name"]: Model(node["name"], node["fqn"][1])
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model"
    }
    files = {path.stem: path for path in (folder / "target" / "run").rglob("*.sql")}
    for unit_test in manifest["unit_tests"].values():
        if only and unit_test["model"] not in only:
            continue
        sql = files[unit_test["name"]].read_text(encoding="utf-8")
        model = models[unit_test["model"]]
        model.unit_tests.append(_read_unit_test(unit_test["name"], model.name, sql, macros))
    return Project(dict(sorted(models.items())), macros)


def _read_unit_test(name: str, model: str, sql: str, macros: list[Macro]) -> UnitTest:
    """Takes apart what dbt made of a unit test: fixtures as CTEs before the model's own, the model
    in brackets, the expected rows in brackets."""
    start, end, end_of_expected = BETWEEN
    actual, _, rest = sql.partition(start)[2].rpartition(end)
    expected = rest.partition(start)[2].rpartition(end_of_expected)[0]
    tree = sqlglot.parse_one(actual, dialect=DIALECT)
    given = {}
    for cte in list(tree.ctes):
        if cte.alias.startswith(FIXTURE):
            given[cte.alias] = cte.this.sql(DIALECT)
            cte.pop()
    if not tree.ctes:
        tree.set("with_", None)
    return UnitTest(name, model, fold(tree, macros), given, expected)


def _dbt(*arguments: str) -> dbtRunnerResult:
    with redirect_stdout(StringIO()) as said:
        result = dbtRunner().invoke(["--quiet", "--no-use-colors", *arguments])
    DuckDBConnectionManager.close_all_connections()
    if not result.success:
        raise CompileError(f"dbt {arguments[0]} failed: {result.exception or said.getvalue()}")
    return result


@contextmanager
def _environment(folder: Path) -> Iterator[None]:
    """dbt of this repository, writing below `folder` only."""
    folder.mkdir(parents=True, exist_ok=True)
    before = dict(os.environ)
    os.environ.update(dbt_environment(folder, own=folder))
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
