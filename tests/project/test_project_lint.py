"""The checks of `make lint` that are our own: they have to bite."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from scripts.lint_dbt import house_rules

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


def test_dbts_yaml_check_bites_on_duckdb(tmp_path: Path) -> None:
    """dbt leaves it out for DuckDB: a misplaced key would silently do nothing."""
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "one.sql").write_text("select 1 as one")
    (tmp_path / "models" / "one.yml").write_text(
        "models:\n  - name: one\n    config:\n      materializd: table\n"
    )
    (tmp_path / "dbt_project.yml").write_text(
        "name: coupang_revenue\nprofile: coupang_revenue\nmodel-paths: [models]\n"
    )
    shutil.copy(ROOT / "profiles.yml", tmp_path)

    check = "from scripts.lint_dbt import *; sys.exit(not check_yaml(dbtRunner()))"
    done = subprocess.run(
        [sys.executable, "-c", check],
        cwd=ROOT,
        env=os.environ
        | {
            "DBT_PROJECT_DIR": str(tmp_path),
            "DBT_PROFILES_DIR": str(tmp_path),
            "DBT_TARGET_PATH": str(tmp_path / "target"),
        },
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert "materializd" in done.stdout
