"""What a slip of the pen makes of SQL: every place of a query, written wrongly in every small way.

A mutation that makes another mutation's SQL, or the query's own, is left out.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from sqlglot import exp

DIALECT = "duckdb"
DAY = re.compile(r"'\d{4}-\d\d-\d\d[^']*'")

SWAPPED: dict[type[exp.Expr], tuple[type[exp.Expr], ...]] = {
    exp.EQ: (exp.NEQ,),
    exp.NEQ: (exp.EQ,),
    exp.LT: (exp.LTE, exp.GT),
    exp.LTE: (exp.LT, exp.GT),
    exp.GT: (exp.GTE, exp.LT),
    exp.GTE: (exp.GT, exp.LT),
    exp.Add: (exp.Sub,),
    exp.Sub: (exp.Add,),
    exp.And: (exp.Or,),
    exp.Or: (exp.And,),
}
# of these, either side alone is another slip
ONE_SIDE = (exp.And, exp.Or, exp.Add, exp.Sub, exp.Mul, exp.IntDiv, exp.Mod)
AGGREGATES: dict[type[exp.Expr], tuple[type[exp.Expr], ...]] = {
    exp.Sum: (exp.Max, exp.Min),
    exp.Max: (exp.Min,),
    exp.Min: (exp.Max,),
    exp.LogicalOr: (exp.LogicalAnd,),
    exp.LogicalAnd: (exp.LogicalOr,),
    exp.Lag: (exp.Lead,),
    exp.Lead: (exp.Lag,),
}
UNWRAPPED = (exp.Not, exp.Neg, exp.Abs, exp.Nullif)
NINE_HOURS = exp.Interval(this=exp.Literal.string("9"), unit=exp.Var(this="HOUR"))


@dataclass(frozen=True, order=True)
class Site:
    """A mutation as people name it, whatever else of the query changes.

    `within` is the CTE it stands in (empty: the last select), `nth` counts the same words in the
    same CTE. Days are written as D: those of the moment that counts as now differ by test.
    """

    within: str
    mutation: str
    before: str
    after: str
    nth: int


@dataclass(frozen=True)
class Mutant:
    """Wrong SQL, and the change in its surroundings, before and after."""

    site: Site
    sql: str
    context_before: str
    context_after: str


def mutants_of(query: exp.Expr) -> list[Mutant]:
    """All mutants of a query, in the order of its words."""
    root = exp.Paren(this=query.copy())
    seen = {query.sql(DIALECT)}
    counts: Counter[tuple[str, str, str, str]] = Counter()
    mutants = []
    for node in list(root.this.walk(bfs=False)):
        for mutation, place, replacement in _slips(node):
            before = _words(node)
            # what stands around the node is too long to name a slip by
            after = _words(replacement) if place is node else ""
            context = _context(node)
            context_before = _words(context)
            undo = _put(place, replacement)
            sql = root.this.sql(DIALECT)
            if sql not in seen:
                seen.add(sql)
                words = (_within(node), mutation, before, after)
                site = Site(*words, counts[words])
                counts[words] += 1
                changed = context if context is not place else replacement
                mutants.append(Mutant(site, sql, context_before, _words(changed)))
            undo()
    return mutants


Slip = tuple[str, exp.Expr, exp.Expr | None]


def _slips(node: exp.Expr) -> Iterator[Slip]:
    """(mutation, what is replaced, by what; None takes it away)."""
    for other in SWAPPED.get(type(node), ()):
        swapped = other(this=node.this.copy(), expression=node.expression.copy())
        yield f"{_sign(node)} -> {_sign(swapped)}", node, swapped
    if type(node) in ONE_SIDE:
        yield f"left of {_sign(node)}", node, node.this.copy()
        if not isinstance(node, exp.Sub):
            yield f"right of {_sign(node)}", node, node.expression.copy()
    for other in AGGREGATES.get(type(node), ()):
        replaced = other(**{key: _copied(value) for key, value in node.args.items()})
        yield f"{node.key} -> {replaced.key}", node, replaced
    if isinstance(node, UNWRAPPED) and not isinstance(node.parent, exp.Not):
        yield f"drop {node.key}", node, node.this.copy()
    if isinstance(node, exp.Is | exp.In) and not isinstance(node.parent, exp.Not):
        yield f"negate {node.key}", node, exp.Not(this=exp.Paren(this=node.copy()))
    if isinstance(node, exp.Boolean):
        yield "flip boolean", node, exp.Boolean(this=not node.this)
    if isinstance(node, exp.Where | exp.Having):
        yield f"drop {node.key}", node, None
    for slips in (_calls, _cases, _literals, _windows, _selects, _joins, _unions, _hours):
        yield from slips(node)


def _calls(node: exp.Expr) -> Iterator[Slip]:
    if isinstance(node, exp.Coalesce):
        yield "coalesce: first alone", node, node.this.copy()
        for argument in node.expressions:
            yield "coalesce: later alone", node, argument.copy()
    if isinstance(node, exp.Greatest | exp.Least):
        other = exp.Least if isinstance(node, exp.Greatest) else exp.Greatest
        arguments = [node.this, *node.expressions]
        yield f"{node.key} -> {other.key}", node, _call(other, arguments)
        for left_out in range(len(arguments)):
            rest = arguments[:left_out] + arguments[left_out + 1 :]
            yield (
                f"{node.key}: drop argument",
                node,
                (rest[0].copy() if len(rest) == 1 else _call(type(node), rest)),
            )
    if isinstance(node, exp.Count) and isinstance(node.this, exp.Distinct):
        yield "count: drop distinct", node, exp.Count(this=node.this.expressions[0].copy())
    if isinstance(node, exp.Anonymous) and node.expressions:
        yield f"drop {node.name.lower()}", node, node.expressions[0].copy()
    if isinstance(node, exp.In) and len(node.expressions) > 1:
        for number in range(len(node.expressions)):
            fewer = node.copy()
            fewer.expressions[number].pop()
            yield "in: drop value", node, fewer


def _cases(node: exp.Expr) -> Iterator[Slip]:
    if not isinstance(node, exp.Case):
        return
    branches, otherwise = node.args["ifs"], node.args.get("default")
    for number, branch in enumerate(branches):
        if len(branches) == 1:
            yield "case: drop branch", node, (otherwise or exp.Null()).copy()
        else:
            fewer = node.copy()
            fewer.args["ifs"][number].pop()
            yield "case: drop branch", node, fewer
        yield "case: always this branch", node, branch.args["true"].copy()
    if otherwise:
        fewer = node.copy()
        fewer.set("default", None)
        yield "case: drop else", node, fewer


def _literals(node: exp.Expr) -> Iterator[Slip]:
    if not isinstance(node, exp.Literal) or DAY.fullmatch(f"'{node.this}'"):
        return
    if isinstance(node.parent, exp.DataTypeParam):  # the room of a type, which contracts guard
        return
    if not node.is_string or isinstance(node.parent, exp.Interval):
        number = int(node.this)
        for other in (number + 1, number - 1):
            replaced = exp.Literal(this=str(abs(other)), is_string=node.is_string)
            yield "literal", node, exp.Neg(this=replaced) if other < 0 else replaced
    else:
        yield "literal", node, exp.Literal.string(f"~{node.this}")


def _windows(node: exp.Expr) -> Iterator[Slip]:
    if isinstance(node, exp.Ordered):
        flipped = node.copy()
        flipped.set("desc", not node.args.get("desc"))
        yield "flip order", node, flipped
    if isinstance(node, exp.Window):
        for number in range(len(node.args.get("partition_by") or [])):
            fewer = node.copy()
            fewer.args["partition_by"].pop(number)
            yield "window: drop partition key", node, fewer
        order = node.args.get("order")
        for number in range(len(order.expressions) if order else 0):
            if len(order.expressions) > 1:
                fewer = node.copy()
                fewer.args["order"].expressions[number].pop()
                yield "window: drop order", node, fewer
        if node.args.get("spec"):
            fewer = node.copy()
            fewer.set("spec", None)
            yield "window: drop frame", node, fewer


def _selects(node: exp.Expr) -> Iterator[Slip]:
    """A key that is not grouped by any more is taken from any row of its group."""
    if isinstance(node, exp.Distinct) and isinstance(node.parent, exp.Select):
        yield "drop distinct", node, None
    if not isinstance(node, exp.Group) or len(node.expressions) < 2:
        return
    for number, key in enumerate(node.expressions):
        select = node.parent.copy()
        select.args["group"].expressions[number].pop()
        for projection in select.expressions:
            value = projection.unalias()
            if value == key:
                any_row = exp.AnyValue(this=key.copy())
                projection.replace(exp.alias_(any_row, projection.alias_or_name))
        yield f"group by: drop {_words(key)}", node.parent, select


def _joins(node: exp.Expr) -> Iterator[Slip]:
    if not isinstance(node, exp.Join):
        return
    side = node.side or node.kind
    for other in {"LEFT": ["INNER"], "FULL": ["LEFT", "RIGHT"], "INNER": ["LEFT"]}.get(side, []):
        joined = node.copy()
        joined.set("side", None if other == "INNER" else other)
        joined.set("kind", "INNER" if other == "INNER" else None)
        yield f"{side.lower()} join -> {other.lower()} join", node, joined


def _unions(node: exp.Expr) -> Iterator[Slip]:
    """Rows of ours carry their key, so that `union` for `union all` would be no slip."""
    if not isinstance(node, exp.Union):
        return
    if node.args["distinct"]:
        other = node.copy()
        other.set("distinct", False)
        yield "union -> union all", node, other
    for kept in ("this", "expression"):
        branch = node.args[kept].copy()
        if with_ := node.args.get("with_"):
            branch.set("with_", with_.copy())
        yield "drop union branch", node, branch


def _hours(node: exp.Expr) -> Iterator[Slip]:
    """The zone taken twice, or not at all: where a time becomes Korean, or a Korean time a day."""
    is_conversion = isinstance(node, exp.Anonymous) and node.name.lower() == "kst_timestamp"
    is_day = (
        isinstance(node, exp.Cast)
        and node.to.is_type("date")
        and any(column.name.endswith("_kst") for column in node.find_all(exp.Column))
    )
    if is_conversion or is_day:
        for shift in (exp.Add, exp.Sub):
            moved = node.copy()
            inner = moved if is_conversion else moved.this
            shifted = shift(this=inner.copy(), expression=NINE_HOURS.copy())
            if not is_conversion:
                moved.set("this", shifted)
            sign = "+" if shift is exp.Add else "-"
            yield f"{sign} 9 hours", node, shifted if is_conversion else moved


def _put(place: exp.Expr, replacement: exp.Expr | None) -> object:
    """Replaces a node, or takes it away; returns what undoes it."""
    if replacement is not None:
        place.replace(replacement)
        return lambda: replacement.replace(place)
    parent, key = place.parent, place.arg_key
    parent.set(key, None)
    return lambda: parent.set(key, place)


def _within(node: exp.Expr) -> str:
    cte = node.find_ancestor(exp.CTE)
    return cte.alias if cte else ""


def _context(node: exp.Expr) -> exp.Expr:
    """The words around a node by which a person finds it: a condition, a column, a join."""
    context = node
    while (
        len(_words(context)) < 40
        and context.parent
        and not isinstance(context.parent, exp.Select | exp.Union | exp.CTE | exp.Paren)
    ):
        context = context.parent
    return context


def _words(node: exp.Expr | None) -> str:
    return "" if node is None else DAY.sub("D", node.sql(DIALECT, comments=False))


def _sign(node: exp.Expr) -> str:
    """The operator of a binary node."""
    return type(node)(this=exp.column("x"), expression=exp.column("y")).sql(DIALECT)[2:-2]


def _call(function: type[exp.Expr], arguments: list[exp.Expr]) -> exp.Expr:
    first, *others = [argument.copy() for argument in arguments]
    return function(this=first, expressions=others)


def _copied(value: object) -> object:
    return value.copy() if isinstance(value, exp.Expr) else value
