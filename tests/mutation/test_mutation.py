"""The drill on a few models: their unit tests kill all mutants of a fixed sample, and the drill
tells where a test is missing. `make mutants` runs the whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import sqlglot

from tests.mutation.compiled import Project, read_project
from tests.mutation.equivalent import Equivalent, judge, read_list
from tests.mutation.mutations import DIALECT, mutants_of
from tests.mutation.running import Fate, Outcome, run, run_model

if TYPE_CHECKING:
    from tests.conftest import Built

# one or two of each folder, and a macro of the policy; all their unit tests are cheap
SAMPLE = {
    "stg_coupang__receipts": 0.25,
    "int_box_items__cancelled": 0.25,
    "int_boxes__standing": 0.15,
    "int_ledger__order_changes": 0.2,
    "fct_expected_payouts": 0.25,
    "dim_accounts": 0.25,
}


@pytest.fixture(scope="module")
def project(empty_build: Built) -> Project:
    return read_project(empty_build.folder, SAMPLE)


@pytest.fixture(scope="module")
def outcomes(project: Project) -> list[Outcome]:
    return [each for name, share in SAMPLE.items() for each in run_model(project, name, share)]


def test_every_mutant_of_the_sample_is_killed_or_explained(outcomes: list[Outcome]) -> None:
    verdict = judge(outcomes, read_list(), is_sample=True)

    assert len(outcomes) >= 40
    assert {each.folder for each in outcomes} == {"staging", "intermediate", "ledger", "marts"}
    assert verdict.unexplained == []


def test_macros_are_mutated_once_for_all_that_call_them(project: Project) -> None:
    found = run(project, ["kst_timestamp"])

    assert len(found) >= 10
    assert not [each for each in found if each.fate is Fate.SURVIVED]


def test_tests_that_are_taken_away_are_missed(project: Project) -> None:
    name = "int_box_items__cancelled"
    weak = project.without("p4_sheet_and_receipt_telling_of_the_same_unit_count_once").without(
        "p4_receipts_that_do_not_count_or_count_at_item_level_take_nothing_in_a_box"
    )

    survivors = {each.site.mutation for each in run_model(weak, name) if each.fate is Fate.SURVIVED}

    assert survivors >= {"sum -> max", "greatest: drop argument", "least: drop argument"}


SELECT = """
with a as (
    select x, sum(y) as y from t where z > 0 and w is not null group by x, v
)
select distinct greatest(x, 0) as x, coalesce(y, 0) as y, cast(paid_at_kst as date) as day
from a left join b on a.x = b.x
union all
select case when y = 'q' then 1 else 2 end, row_number() over (partition by x order by y), null
from a
"""


@pytest.mark.parametrize(
    ("mutation", "words"),
    [
        ("> -> >=", "WHERE z >= 0"),
        ("> -> <", "WHERE z < 0"),
        ("left of AND", "WHERE z > 0 GROUP"),
        ("drop where", "FROM t GROUP"),
        ("drop distinct", ") SELECT GREATEST"),
        ("group by: drop v", "GROUP BY x)"),
        ("sum -> max", "MAX(y)"),
        ("greatest -> least", "LEAST(x, 0)"),
        ("greatest: drop argument", "DISTINCT x AS x"),
        ("coalesce: first alone", "y AS y"),
        ("+ 9 hours", "CAST(paid_at_kst + INTERVAL '9' HOUR AS DATE)"),
        ("- 9 hours", "CAST(paid_at_kst - INTERVAL '9' HOUR AS DATE)"),
        ("left join -> inner join", "FROM a INNER JOIN b"),
        ("drop union branch", "NULL FROM a"),
        ("literal", "y = '~q'"),
        ("case: drop else", "THEN 1 END"),
        ("case: always this branch", "SELECT 1, ROW_NUMBER"),
        ("window: drop partition key", "OVER (ORDER BY y)"),
        ("flip order", "ORDER BY y DESC"),
    ],
)
def test_mutations_write_sql_wrongly(mutation: str, words: str) -> None:
    mutants = mutants_of(sqlglot.parse_one(SELECT, dialect=DIALECT))

    assert any(each.site.mutation == mutation and words in each.sql for each in mutants)


def test_no_two_mutants_are_the_same() -> None:
    tree = sqlglot.parse_one(SELECT, dialect=DIALECT)
    mutants = mutants_of(tree)

    assert len({each.sql for each in mutants}) == len(mutants)
    assert len({each.site for each in mutants}) == len(mutants)
    assert tree.sql(DIALECT) not in {each.sql for each in mutants}
    assert mutants == mutants_of(tree)


def test_an_entry_that_explains_nothing_any_more_is_stale(outcomes: list[Outcome]) -> None:
    killed = next(each for each in outcomes if each.fate is Fate.KILLED)
    entry = Equivalent(
        (killed.model,), killed.site.mutation, killed.site.before[:4] + "...", None, None, "why"
    )

    assert judge([killed], [entry], is_sample=False).stale
    assert not judge([killed], [entry], is_sample=True).stale


def test_every_entry_says_why() -> None:
    assert all(len(entry.reason.split()) > 5 for entry in read_list())
