"""Macros of the project as macros of the engine.

A macro's SQL stands in a model once for every use, though nobody can write one of its uses wrongly
without the others. So each use is folded into a call again; the macro itself is mutated once, for
all models that call it.
"""

from __future__ import annotations

from dataclasses import dataclass

import sqlglot
from sqlglot import exp

from tests.mutation.mutations import DIALECT

# name -> (the call in Jinja, its arguments); what a macro is made of stands before it
OURS: dict[str, tuple[str, tuple[str, ...]]] = {
    "won_share": ("won_share('amount', 'part', 'whole')", ("amount", "part", "whole")),
    "live_amount": ("live_amount('amount', 'net', 'bought')", ("amount", "net", "bought")),
    "kst_timestamp": ("kst_timestamp('text_')", ("text_",)),
    "utc_timestamp": ("utc_timestamp('text_')", ("text_",)),
    "korean_day": ("korean_day('text_')", ("text_",)),
    "number_of_id": ("number_of_id('id_')", ("id_",)),
    "seen_order": ("seen_order('reading', 'request')", ("reading", "request")),
    "days_between": ("days_between('day_1', 'day_2')", ("day_1", "day_2")),
    "month_of": ("month_of('day_')", ("day_",)),
} | {
    f"row_key_{count}": (f"row_key({list(parts)})", parts)
    for count in (1, 2, 3, 4, 5, 6)
    for parts in [tuple(f"part_{number}" for number in range(1, count + 1))]
}
# dbt's own, not for us to test
DBTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "day_after": ("dbt.dateadd('day', 'count_', 'day_')", ("count_", "day_")),
    "last_day_of_month": ("dbt.last_day('day_', 'month')", ("day_",)),
}
# macros that say what the policy means by a number
POLICY = ("won_share", "live_amount", "kst_timestamp", "number_of_id")

_SEPARATOR = "-- next macro"
# what dbt has to compile to know their SQL
INLINE = f"\n{_SEPARATOR}\n".join(f"select {{{{ {call} }}}}" for call, _ in (DBTS | OURS).values())


@dataclass(frozen=True)
class Macro:
    """A macro as one expression over columns named as its arguments."""

    name: str
    arguments: tuple[str, ...]
    body: exp.Expr

    @property
    def is_ours(self) -> bool:
        return self.name in OURS

    def definition(self, body: str) -> str:
        """SQL that makes it, or a mutant of it, a macro of the engine."""
        return f"create or replace temp macro {self.name}({', '.join(self.arguments)}) as ({body})"


def read_macros(compiled: str) -> list[Macro]:
    """The macros from INLINE as dbt compiled it; each folded by those before it."""
    macros: list[Macro] = []
    for (name, (_, arguments)), text in zip(
        (DBTS | OURS).items(), compiled.split(_SEPARATOR), strict=True
    ):
        body = sqlglot.parse_one(text, dialect=DIALECT).selects[0]
        macros.append(Macro(name, arguments, fold(body, macros)))
    return macros


def fold(tree: exp.Expr, macros: list[Macro]) -> exp.Expr:
    """The tree with every use of a macro as a call."""
    for macro in macros:
        root = exp.Paren(this=tree)
        # the innermost use first: the argument of a use may be a use
        for node in reversed(list(tree.walk(bfs=False))):
            found: dict[str, exp.Expr] = {}
            if _matches(macro.body, node, macro.arguments, found):
                values = [found[argument].copy() for argument in macro.arguments]
                node.replace(exp.Anonymous(this=macro.name, expressions=values))
        tree = root.this.pop()
    return tree


def calls_of(tree: exp.Expr) -> set[str]:
    """Names of the macros that are called."""
    return {call.name.lower() for call in tree.find_all(exp.Anonymous)} & {*OURS, *DBTS}


def _matches(
    pattern: object, node: object, arguments: tuple[str, ...], found: dict[str, exp.Expr]
) -> bool:
    """Whether a node is the pattern with something in place of each argument."""
    if isinstance(pattern, exp.Column) and pattern.name in arguments:
        if not isinstance(node, exp.Expr):
            return False
        return found.setdefault(pattern.name, node) == node
    if isinstance(pattern, list) and isinstance(node, list):
        return len(pattern) == len(node) and all(
            _matches(one, other, arguments, found) for one, other in zip(pattern, node, strict=True)
        )
    if isinstance(pattern, exp.Expr) and isinstance(node, exp.Expr):
        keys = {*pattern.args, *node.args}
        return type(pattern) is type(node) and all(
            _matches(pattern.args.get(key), node.args.get(key), arguments, found) for key in keys
        )
    return pattern == node or (not pattern and not node)
