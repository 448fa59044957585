"""The checks of `make lint` that are our own: they have to bite."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from scripts.lint_dbt import broken_contracts, house_rules, stale_exposures, undescribed

ROOT = Path(__file__).resolve().parents[2]

JOIN = "select a.vendor_id from orders as a inner join items as b on"


def model(sql: str, name: str = "int_orders__x", layer: str = "intermediate") -> SimpleNamespace:
    return SimpleNamespace(name=name, fqn=["coupang_revenue", layer, name], compiled_code=sql)


@pytest.mark.parametrize(
    ("found", "bad"),
    [
        ("is called", model("select 1 as one", name="orders")),
        ("is called", model("select 1 as one", name="int_orders__x", layer="marts")),
        ("no `select *`", model("select * from orders", name="fct_orders", layer="marts")),
        ("without vendor_id", model(f"{JOIN} a.order_id = b.order_id")),
        ("without vendor_id", model("select x from a inner join b using (order_id)")),
        (
            "without vendor_id",
            model(f"with c as ({JOIN} a.order_id = b.order_id) select vendor_id from c"),
        ),
        ("qualify", model("select x from a qualify row_number() over (order by x) = 1")),
        ("exclude", model("select * exclude (x) from a")),
        ("exclude", model("select * replace (1 as x) from a")),
        ("recursive", model("with recursive a as (select 1 as x) select x from a")),
        ("as no quote", model("select 'nobody''s' as x from a")),
    ],
)
def test_a_breach_of_the_house_rules_is_found(found: str, bad: SimpleNamespace) -> None:
    (finding,) = house_rules(bad)

    assert found in finding


@pytest.mark.parametrize(
    "good",
    [
        model(f"{JOIN} a.vendor_id = b.vendor_id and a.order_id = b.order_id"),
        model("select x from a cross join b"),
        model("select x from a inner join builds on a.build_no = builds.build_no"),
        model("with a as (select * from b) select a.vendor_id from a", name="fct_x", layer="marts"),
    ],
)
def test_what_the_house_rules_allow_is_not_found(good: SimpleNamespace) -> None:
    assert list(house_rules(good)) == []


def lint(folder: Path, code: str, **files: str) -> subprocess.CompletedProcess[str]:
    """Runs `code`, with all of scripts/lint_dbt.py at hand, on a project of a mart of these files
    (fct_x_sql=...), in a process of its own: the check changes dbt for good."""
    marts = folder / "models" / "marts"
    marts.mkdir(parents=True)
    for name, text in files.items():
        stem, _, suffix = name.rpartition("_")
        (marts / f"{stem}.{suffix}").write_text(text)
    (folder / "dbt_project.yml").write_text(
        "name: coupang_revenue\nprofile: coupang_revenue\nmodel-paths: [models]\n"
    )
    shutil.copy(ROOT / "profiles.yml", folder)
    return subprocess.run(
        [sys.executable, "-c", f"from scripts.lint_dbt import *; {code}"],
        cwd=ROOT,
        env=os.environ
        | {
            "DBT_PROJECT_DIR": str(folder),
            "DBT_PROFILES_DIR": str(folder),
            "DBT_TARGET_PATH": str(folder / "target"),
            "DBT_LOG_PATH": str(folder / "logs"),
        },
        capture_output=True,
        text=True,
        check=False,
    )


VERSIONS = """
models:
  - name: fct_x
    latest_version: 2
    versions:
      - {{v: 1, defined_in: fct_x, deprecation_date: {day}, config: {{alias: fct_x}}}}
      - {{v: 2}}
"""


@pytest.mark.parametrize(
    ("files", "told"),
    [
        # dbt leaves its check out for DuckDB: a misplaced key would silently do nothing.
        (
            {"fct_x_yml": "models:\n  - name: fct_x\n    config:\n      materializd: table\n"},
            "materializd",
        ),
        # A version that was to end stays for ever if nobody says so.
        (
            {"fct_x_v2_sql": "select 2 as one", "fct_x_yml": VERSIONS.format(day="2026-01-01")},
            "has passed its deprecation date",
        ),
    ],
)
def test_dbts_yaml_check_bites_on_duckdb(tmp_path: Path, files: dict[str, str], told: str) -> None:
    check = "sys.exit(check_yaml() is None)"
    done = lint(tmp_path, check, fct_x_sql="select 1 as one", **files)

    assert done.returncode == 1
    assert told in done.stdout


def test_a_version_that_has_time_left_is_no_finding(tmp_path: Path) -> None:
    done = lint(
        tmp_path,
        "sys.exit(check_yaml() is None)",
        fct_x_sql="select 1 as one",
        fct_x_v2_sql="select 2 as one",
        fct_x_yml=VERSIONS.format(day="2999-01-01"),
    )

    assert done.returncode == 0, done.stdout


def test_dbt_bouncer_bites(tmp_path: Path) -> None:
    """Strict, and of this project: a mart must be public, typed, described, keyed, and used."""
    done = lint(
        tmp_path,
        "check_yaml(); ok, said = bouncer(Path(os.environ['DBT_TARGET_PATH'])); print(said); "
        "sys.exit(not ok)",
        fct_x_sql="select 1 as one",
        fct_x_yml="models:\n  - name: fct_x\n    columns: [{name: one}]\n",
    )

    assert done.returncode == 1
    for check in (
        "check_model_access",
        "check_model_description_populated",
        "check_model_column_description_populated",
        "check_model_columns_have_types",
        "check_model_has_unique_test",
        "check_model_has_exposure",
    ):
        assert check in done.stdout, done.stdout


def mart(**columns: str) -> SimpleNamespace:
    """A public model; `not null` behind a type is a constraint."""
    return SimpleNamespace(
        alias="fct_x",
        access="public",
        columns={
            name: SimpleNamespace(
                name=name,
                data_type=said.removesuffix(" not null"),
                constraints=[SimpleNamespace(type="not_null")] if "not null" in said else [],
            )
            for name, said in columns.items()
        },
    )


PROMISED = ["fct_x.x_key string not null", "fct_x.revenue_krw bigint"]


@pytest.mark.parametrize(
    ("now", "found"),
    [
        ({"x_key": "string not null", "revenue_krw": "bigint"}, []),
        ({"x_key": "string not null"}, ["fct_x.revenue_krw bigint: promised"]),
        (
            {"x_key": "string", "revenue_krw": "bigint"},
            ["fct_x.x_key string not null: promised", "fct_x.x_key string: no promise yet"],
        ),
        (
            {"x_key": "string not null", "revenue_krw": "bigint", "more": "date"},
            ["fct_x.more date: no promise yet"],
        ),
    ],
)
def test_a_promise_to_readers_is_not_broken_by_accident(
    now: dict[str, str], found: list[str]
) -> None:
    private = SimpleNamespace(alias="int_y", access="private", columns={"x": None})

    told = list(broken_contracts([mart(**now), private], PROMISED))

    assert [line.partition(";")[0].removesuffix(" in contracts.lock") for line in told] == found


def test_an_exposure_that_says_something_else_than_the_code_is_found() -> None:
    marts = sorted(path.stem for path in (ROOT / "dbt_project/models/marts").glob("*.sql"))
    nodes = [f"model.coupang_revenue.{name}" for name in marts]

    def manifest(**exposures: list[str]) -> SimpleNamespace:
        return SimpleNamespace(
            exposures={
                name: SimpleNamespace(name=name, depends_on=SimpleNamespace(nodes=depends_on))
                for name, depends_on in exposures.items()
            }
        )

    short, pages = stale_exposures(manifest(published_file=nodes[1:], analyst_notebook=nodes))

    assert short == f"exposure published_file: depends_on is wrong about {marts[0]}"
    assert "fct_revenue_bridge" in pages  # published, and on no page
    assert "fct_daily_revenue" not in pages


def test_a_source_column_that_nothing_is_said_of_is_found() -> None:
    columns = {name: SimpleNamespace(name=name, description=name * 3) for name in ("a", " ")}
    source = SimpleNamespace(source_name="raw", name="orders", columns=columns)

    assert list(undescribed(SimpleNamespace(sources={"x": source}))) == [
        "raw.orders.  has no description"
    ]
