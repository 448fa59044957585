"""What the drill found, for people: scores, and each survivor as a diff."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from textwrap import indent

from tests.mutation.equivalent import Verdict
from tests.mutation.macros import POLICY
from tests.mutation.running import MACROS, Fate, Outcome

# models/intermediate is the policy, but for what holds it against Coupang's other tellings
NOT_POLICY = ("int_bridge__", "int_reconciliation__", "int_confirmed_sales__", "int_issues__")


def is_policy_rule(outcome: Outcome) -> bool:
    """Whether the mutant breaks a rule of the policy (P1 to P14)."""
    if outcome.folder == MACROS:
        return outcome.model in POLICY
    return outcome.folder == "intermediate" and not outcome.model.startswith(NOT_POLICY)


def score(outcomes: Iterable[Outcome]) -> tuple[int, int]:
    """Killed, and killed or survived. Equivalent mutants count as survivors."""
    fates = Counter(outcome.fate for outcome in outcomes)
    return fates[Fate.KILLED], fates[Fate.KILLED] + fates[Fate.SURVIVED]


def share(outcomes: Iterable[Outcome]) -> float:
    """Per cent killed; 100 where there was nothing to kill."""
    killed, all_ = score(outcomes)
    return 100 * killed / all_ if all_ else 100.0


def line(name: str, outcomes: list[Outcome]) -> str:
    """A model, a folder or all, with its score."""
    killed, all_ = score(outcomes)
    return f"{name:<42} {killed:>5} of {all_:>5} killed  {share(outcomes):6.1f} %"


def diff(outcome: Outcome) -> str:
    """A survivor as the change that nothing noticed."""
    where = f" in {outcome.site.within}" if outcome.site.within else ""
    return (
        f"{outcome.model}{where}: {outcome.site.mutation}\n"
        f"{indent(_short(outcome.context_before), '  - ')}\n"
        f"{indent(_short(outcome.context_after), '  + ')}"
    )


def _short(words: str, most: int = 400) -> str:
    words = " ".join(words.split())
    return words if len(words) <= most else words[:most] + " ..."


def report(outcomes: list[Outcome], verdict: Verdict, seconds: float) -> Iterator[str]:
    """The whole, line by line."""
    by_model: dict[str, list[Outcome]] = defaultdict(list)
    by_folder: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        by_model[outcome.model].append(outcome)
        by_folder[outcome.folder].append(outcome)
    for name in sorted(by_model):
        yield line(name, by_model[name])
    if verdict.explained:
        yield "\nSurvivors that are equivalent:"
        for outcome, entry in verdict.explained.items():
            yield f"{diff(outcome)}\n    {' '.join(entry.reason.split())}"
    if verdict.unexplained:
        yield "\nSurvivors that nothing explains: a test is missing, or SQL that does nothing"
        for outcome in verdict.unexplained:
            mark = "  (a rule of the policy)" if is_policy_rule(outcome) else ""
            yield f"{diff(outcome)}{mark}\n    before: {_short(outcome.site.before, 2000)}"
    for entry in verdict.stale:
        yield f"stale entry in equivalent.yml, no such survivor: {entry}"
    yield ""
    for folder in sorted(by_folder):
        yield line(folder, by_folder[folder])
    yield line("all", outcomes)
    policy = [outcome for outcome in outcomes if is_policy_rule(outcome)]
    alive = [outcome for outcome in verdict.unexplained if is_policy_rule(outcome)]
    equivalent = [outcome for outcome in verdict.explained if is_policy_rule(outcome)]
    yield (
        f"rules of the policy: {score(policy)[0]} killed, {len(equivalent)} equivalent, "
        f"{len(alive)} alive"
    )
    stillborn = sum(outcome.fate is Fate.STILLBORN for outcome in outcomes)
    yield (
        f"{len(verdict.explained)} equivalent, {len(verdict.unexplained)} unexplained, "
        f"{stillborn} that the engine refuses (not counted); {seconds:.0f} s"
    )
