"""Mutants that nothing can tell from the model: which, and why.

An entry of equivalent.yml names the model (or several), the mutation and the words that it changed
(`before`, and `after` and `within`, the CTE, where these alone tell two mutants apart); `...` at
the end of the words stands for any others. It matches every survivor of that name, so it does not
depend on what else the model says. An entry that matches no survivor is stale: the SQL has
changed, or a test kills the mutant by now.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.mutation.running import Fate, Outcome

LIST = Path(__file__).with_name("equivalent.yml")


@dataclass(frozen=True)
class Equivalent:
    """One entry of the list."""

    models: tuple[str, ...]
    mutation: str
    before: str
    after: str | None
    within: str | None
    reason: str

    def explains(self, outcome: Outcome) -> bool:
        """Whether the entry speaks of this mutant."""
        site = outcome.site
        return (
            outcome.model in self.models
            and site.mutation == self.mutation
            and _says(self.before, site.before)
            and (self.after is None or _says(self.after, site.after))
            and (self.within is None or self.within == site.within)
        )


def read_list(path: Path = LIST) -> list[Equivalent]:
    """The entries; raises KeyError where one lacks the model, the mutation, the words or why."""
    return [_read(entry) for entry in yaml.safe_load(path.read_text(encoding="utf-8"))]


def _read(entry: dict[str, Any]) -> Equivalent:
    model = entry["model"]
    return Equivalent(
        models=tuple([model] if isinstance(model, str) else model),
        mutation=entry["mutation"],
        before=entry["before"],
        after=entry.get("after"),
        within=entry.get("within"),
        reason=entry["reason"],
    )


def _says(pattern: str, words: str) -> bool:
    pattern, words = " ".join(pattern.split()), " ".join(words.split())
    if pattern.endswith("..."):
        return words.startswith(pattern.removesuffix("..."))
    return pattern == words


@dataclass(frozen=True)
class Verdict:
    """The survivors that are explained (with why), those that are not, and entries that are stale:
    for one of their models, of those that were run, no survivor is of their name."""

    explained: dict[Outcome, Equivalent]
    unexplained: list[Outcome]
    stale: list[str]


def judge(outcomes: Iterable[Outcome], entries: list[Equivalent], is_sample: bool) -> Verdict:
    """Holds the survivors against the list. A sample cannot tell what is stale."""
    outcomes = list(outcomes)
    survivors = [outcome for outcome in outcomes if outcome.fate is Fate.SURVIVED]
    explained: dict[Outcome, Equivalent] = {}
    for outcome in survivors:
        for entry in entries:
            if entry.explains(outcome):
                explained[outcome] = entry
                break
    ran = {outcome.model for outcome in outcomes}
    stale = [
        f"{model}: {entry.mutation}: {entry.before}"
        for entry in entries
        for model in entry.models
        if model in ran
        and not any(entry.explains(each) and each.model == model for each in survivors)
    ]
    return Verdict(
        explained,
        [outcome for outcome in survivors if outcome not in explained],
        [] if is_sample else stale,
    )
