"""What a page shows, from queries to blocks that a shell (report, notebook) only draws."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import duckdb

from publish import figures, queries
from publish.figures import Figure, Word
from publish.in_words import error_in_words, issue_in_words
from publish.queries import Period, Row
from publish.texts import KST, TEXTS, Moment, Percent, Said, ShortWon, Won, said

# nightly runs are a day apart; this is a day and some hours for the run itself
STALE_AFTER = timedelta(hours=30)
KEY_WARNING_DAYS = 14
RESTATED_DAYS = 14
SETTLED_DAYS = 7  # days of each age, before their middle says anything


@dataclass(frozen=True)
class Card:
    """A number of the headline: its name, the number short and in full, what it is, the change."""

    name: Said
    value: object
    in_full: object | None = None
    hint: Said | None = None
    change: float | None = None
    before: Said | None = None


@dataclass(frozen=True)
class Cards:
    cards: tuple[Card, ...]


@dataclass(frozen=True)
class Words:
    """Sentences; `tone` is plain, note or warning."""

    lines: tuple[Said, ...]
    tone: str = "plain"


@dataclass(frozen=True)
class Change:
    """A sentence, and the sentences behind it that a reader may open."""

    line: Said
    title: Said | None = None
    behind: tuple[Said, ...] = ()


@dataclass(frozen=True)
class Changes:
    """A list of changes under a heading."""

    title: Said
    changes: tuple[Change, ...]
    lines: tuple[Said, ...] = ()


@dataclass(frozen=True)
class Picture:
    """A figure, drawn once its words are known; `legend` pairs a swatch with its meaning."""

    draw: Callable[[Word], Figure]
    title: Said | str | None = None
    legend: tuple[tuple[str, Said], ...] = ()


@dataclass(frozen=True)
class Pictures:
    """Small pictures to be compared, under one heading."""

    title: Said
    pictures: tuple[Picture, ...]


@dataclass(frozen=True)
class Column:
    """A column of a table. `bar`: cells carry a bar of their size behind the number; `is_long`:
    text that may take several lines; `under`: columns shown in small beneath it, or beside it where
    there is room for more columns."""

    key: str
    title: Said
    is_number: bool = False
    bar: bool = False
    is_long: bool = False
    under: tuple[Column, ...] = ()


@dataclass(frozen=True)
class Table:
    """Rows by column key. `shown`: as many at first; `filter_by`: a column to choose from;
    `stacks`: on a phone a row's cells stand under each other."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    title: Said | None = None
    none: Said | None = None
    shown: int = 10
    filter_by: str | None = None
    stacks: bool = False


Block = Cards | Words | Changes | Picture | Pictures | Table


@dataclass(frozen=True)
class Section:
    name: str
    title: Said
    blocks: tuple[Block, ...] = field(default=())


def word_or(prefix: str, value: str | None) -> object:
    """The text for a code, or the code as it came where Coupang says something new."""
    if value is None:
        return None
    key = f"{prefix}.{value}"
    return said(key) if key in TEXTS else value


def account_names(names: Sequence[str], most: int = 3) -> object:
    """A, B, C and 7 more."""
    if len(names) <= most:
        return list(names)
    return said("names.more", names=list(names[:most]), n=len(names) - most)


def number(key: str, title: str, *, bar: bool = False) -> Column:
    return Column(key, said(title), is_number=True, bar=bar)


def text(key: str, title: str, *, is_long: bool = False) -> Column:
    return Column(key, said(title), is_long=is_long)


# --- headline ------------------------------------------------------------------------------------


def headline(con: duckdb.DuckDBPyConnection, period: Period) -> Section:
    """The six numbers against the period before, and how far they can be trusted."""
    found = queries.headline(con, period)
    now, before = found["now"], found["before"]
    if now["revenue_krw"] is None:
        return Section("headline", said("headline.title"), (Words((said("page.empty"),), "note"),))

    def card(
        name: str, measure: str, hint: Said | None, written: Callable[[object], object]
    ) -> Card:
        comparable = found["is_comparable"]
        return Card(
            said(f"headline.{name}"),
            written(now[measure]),
            Won(now[measure]) if written is ShortWon else None,
            hint,
            queries.change(now[measure], before[measure]) if comparable else None,
            said("headline.before", n=period.days, value=written(before[measure]))
            if comparable
            else None,
        )

    def orders(count: object) -> Said:
        return said("headline.order_count", n=count)

    cards = (
        card("revenue", "revenue_krw", said("headline.revenue_hint"), ShortWon),
        card("expected", "expected_revenue_krw", said("headline.expected_hint"), ShortWon),
        card(
            "cancelled",
            "cancelled_krw",
            said("headline.cancel_rate", rate=Percent(now["cancel_rate"])),
            ShortWon,
        ),
        card("coupons", "coupon_krw", said("headline.coupons_hint"), ShortWon),
        card(
            "orders",
            "order_count",
            said("headline.orders_hint", n=now["cancelled_order_count"]),
            orders,
        ),
        card("average", "average_order_krw", said("headline.average_hint"), Won),
    )
    warnings: list[Said] = []
    if now["missing_days"]:
        warnings.append(
            said("headline.incomplete", accounts=account_names(now["missing_accounts"]))
        )
    told = now["final_days"] + now["provisional_days"] + now["missing_days"]
    notes = [
        said(
            "headline.sure" if told == period.days else "headline.sure_since",
            days=period.days,
            final=now["final_days"],
            provisional=now["provisional_days"],
            missing=now["missing_days"],
            before=period.days - told,
        )
    ]
    if now["not_started_accounts"]:
        notes.append(
            said("headline.not_started", accounts=account_names(now["not_started_accounts"]))
        )
    if not found["is_comparable"]:
        notes.append(said("headline.no_comparison", why=_why_not_compared(now, before)))
    if now["provisional_days"]:
        notes.append(said("headline.provisional"))
    if now["pending_return_krw"]:
        notes.append(said("headline.pending", amount=Won(now["pending_return_krw"])))
    blocks: list[Block] = [Cards(cards)]
    if warnings:
        blocks.append(Words(tuple(warnings), "warning"))
    blocks.append(Words(tuple(notes), "note"))
    return Section("headline", said("headline.title"), tuple(blocks))


def _why_not_compared(now: Row, before: Row) -> Said:
    if now["missing_days"]:
        return said("headline.why_now_missing", n=now["missing_days"])
    if before["missing_days"]:
        return said("headline.why_before_missing", n=before["missing_days"])
    if now["not_started_accounts"] or before["not_started_accounts"]:
        return said("headline.why_not_started")
    return said("headline.why_no_data")


# --- revenue -------------------------------------------------------------------------------------

STATUS_LEGEND = tuple(
    (name, said(f"legend.{name}"))
    for name in ("final", "provisional", "incomplete", "missing", "expected")
)


def revenue(con: duckdb.DuckDBPyConnection, period: Period) -> Section:
    """Revenue over time, in all and by account, and the accounts' totals."""
    by_bucket = _inside(queries.revenue_by_bucket(con, period))
    accounts = queries.revenue_by_account(con, period)
    blocks: list[Block] = []
    if by_bucket:
        blocks.append(
            Picture(lambda word: figures.revenue(word, period, by_bucket), legend=STATUS_LEGEND)
        )
    if by_bucket and len(accounts) > 1:
        first = by_bucket[0]["bucket_first"]
        by_account = [
            row
            for row in queries.revenue_by_bucket_and_account(con, period)
            if row["bucket_first"] >= first
        ]
        blocks.append(Pictures(said("revenue.by_account"), _by_account(period, by_account)))
        blocks.append(Words((said("revenue.own_scale"),)))
    if len(accounts) > 1:
        blocks.append(
            Table(
                (
                    text("account_name", "column.account"),
                    number("revenue_krw", "column.revenue", bar=True),
                    number("share", "column.share"),
                    number("expected_revenue_krw", "column.expected"),
                    number("cancelled_krw", "column.cancelled"),
                    number("cancel_rate", "column.cancel_rate"),
                    number("order_count", "column.orders"),
                    number("average_order_krw", "column.average"),
                    number("missing_days", "column.missing_days"),
                ),
                tuple(
                    {
                        **row,
                        "share": Percent(row["share"]),
                        "cancel_rate": Percent(row["cancel_rate"]),
                        "average_order_krw": _rounded(row["average_order_krw"]),
                    }
                    for row in accounts
                ),
                title=said("revenue.table"),
            )
        )
    return Section("revenue", said("revenue.title"), tuple(blocks))


def _by_account(period: Period, found: Sequence[Row]) -> tuple[Picture, ...]:
    """A picture per account, the one that sold most first; of one height, so of its own scale."""
    by_rank: dict[int | None, list[Row]] = {}
    for row in found:
        by_rank.setdefault(row["rank"], []).append(row)
    return tuple(
        Picture(
            functools.partial(figures.revenue_of_account, period=period, found=tuple(rows)),
            title=rows[0]["account_name"] or said("revenue.others", n=rows[0]["accounts"]),
        )
        for rows in by_rank.values()
    )


def _inside(found: list[Row]) -> list[Row]:
    """Without the empty stretch before any account began."""
    begin = next(
        (place for place, row in enumerate(found) if row["bucket_status"] != "outside"), len(found)
    )
    return found[begin:]


def _rounded(value: float | None) -> int | None:
    return None if value is None else round(value)


def waterfall(con: duckdb.DuckDBPyConnection, period: Period) -> Section:
    """From what was paid to revenue and expected revenue."""
    found = queries.totals(con, period)
    blocks: tuple[Block, ...] = ()
    if found["revenue_krw"] is not None:
        blocks = (Picture(lambda word: figures.waterfall(word, found)),)
    return Section("waterfall", said("waterfall.title"), blocks)


# --- how numbers move ----------------------------------------------------------------------------


def moves(con: duckdb.DuckDBPyConnection, today: date) -> Section:
    """How a day's revenue settles, and which days were restated in the two weeks to `today`."""
    fan = queries.settling_fan(con, today)
    blocks: list[Block] = []
    if len(fan) > 1 and min(age["days"] for age in fan) >= SETTLED_DAYS:
        days = queries.settling_days(con, today)
        last = fan[-1]
        blocks += [
            Words(
                (
                    said(
                        "moves.fan_words",
                        age=last["age_days"],
                        middle=Percent(last["middle"]),
                        low=Percent(last["low"]),
                        high=Percent(last["high"]),
                    ),
                )
            ),
            Picture(
                lambda word: figures.settling(word, days, fan),
                title=said("moves.fan"),
                legend=(("fan", said("moves.fan_legend")),),
            ),
        ]
    else:
        blocks.append(Words((said("moves.fan_none"),), "note"))
    return Section("moves", said("moves.title"), (*blocks, *_restated(con, today)))


def _restated(con: duckdb.DuckDBPyConnection, today: date) -> list[Block]:
    # Korean days: two weeks before the last midnight, as the UTC that restated_at is in
    since = datetime.combine(today, datetime.min.time()) - KST - timedelta(days=RESTATED_DAYS)
    in_all = queries.restatement_totals(con, since)
    if not in_all["account_days"]:
        return [Words((said("moves.none"),), "note")]
    found = queries.restatements(con, since)
    lines = [
        said(
            "moves.restated_sum",
            days=in_all["account_days"],
            change=Won(in_all["change_krw"], signed=True),
            parts=parts_of(in_all),
        )
    ]
    if in_all["account_days"] > len(found):
        lines.append(said("moves.biggest", n=len(found)))
    changes = tuple(restatement(row) for row in found)
    return [Changes(said("moves.restatements"), changes, tuple(lines))]


def restatement(row: Row) -> Change:
    """One restated day in words, "5 January: 13,000 -> 0 (cancellations -13,000)", with orders."""
    return Change(
        said(
            "moves.line",
            day=row["payment_date"],
            account=row["account_name"],
            before=Won(row["previous_revenue_krw"]),
            after=Won(row["revenue_krw"]),
            parts=parts_of(row),
        ),
        said("moves.orders", n=len(row["orders"])) if row["orders"] else None,
        tuple(
            said(
                "moves.order_line",
                order=order["order_id"],
                before=Won(order["previous_revenue_krw"]),
                after=Won(order["revenue_krw"]),
                parts=parts_of(order),
            )
            for order in row["orders"]
        ),
    )


def parts_of(row: Row) -> list[object]:
    """What made a change: payments, cancellations, coupons, those that are not 0."""
    parts: list[object] = [
        said(f"moves.part_{part}", amount=Won(row[f"change_from_{part}_krw"], signed=True))
        for part in ("payments", "cancellations", "coupons")
        if row[f"change_from_{part}_krw"]
    ]
    if row.get("is_definition_change"):
        parts.append(said("moves.definition"))
    return parts


# --- products ------------------------------------------------------------------------------------


def products(con: duckdb.DuckDBPyConnection, period: Period) -> Section:
    """Best sellers, and what comes back most, by amount and by rate."""
    most = 10
    found = [
        {
            **row,
            "product": row["product_name"] or row["vendor_item_id"],
            "cancel_rate": Percent(row["cancel_rate"]),
        }
        for row in queries.products(con, period, most)
    ]
    for row in found:
        if row["item_name"]:
            row["product"] = f"{row['product']} · {row['item_name']}"
    has_accounts = len({row["vendor_id"] for row in found}) > 1
    under = [text("seller_sku", "column.sku")]
    if has_accounts:
        under.append(text("account_name", "column.account"))
    product = Column("product", said("column.product"), is_long=True, under=tuple(under))

    def table(title: Said, place: str, columns: tuple[Column, ...]) -> Table:
        chosen = sorted(
            (row for row in found if row[place] is not None and row[place] <= most),
            key=lambda row: row[place],
        )
        return Table(
            (product, *columns), tuple(chosen), title=title, none=said("products.none"), shown=most
        )

    bought, back = (
        number("bought_quantity", "column.bought"),
        number("cancelled_quantity", "column.units_cancelled"),
    )
    rate = number("cancel_rate", "column.cancel_rate")
    return Section(
        "products",
        said("products.title"),
        (
            table(
                said("products.best"),
                "place_by_revenue",
                (number("revenue_krw", "column.revenue", bar=True), bought, rate),
            ),
            table(
                said("products.most_cancelled"),
                "place_by_cancelled_krw",
                (number("cancelled_krw", "column.cancelled", bar=True), back, bought, rate),
            ),
            table(
                said("products.highest_rate", n=queries.LEAST_UNITS_FOR_A_RATE),
                "place_by_cancel_rate",
                (rate, back, bought, number("cancelled_krw", "column.cancelled")),
            ),
            Words((said("products.hint"),)),
        ),
    )


# --- cancellations -------------------------------------------------------------------------------


def cancellations(con: duckdb.DuckDBPyConnection, period: Period) -> Section:
    """The same money on both axes, by reason and fault, and what stands beside."""
    by_bucket = queries.cancellations_by_bucket(con, period)
    beside = queries.cancellation_totals(con, period)
    reasons = queries.cancellations_by_reason(con, period)
    blocks: list[Block] = []
    if any(row["paid_axis_krw"] or row["cancel_axis_krw"] for row in by_bucket):
        blocks.append(
            Picture(
                lambda word: figures.cancellations(word, period, by_bucket),
                title=said("cancellations.axes"),
                legend=tuple(
                    (axis.replace("_", "-"), said(f"cancellations.{axis}"))
                    for axis in ("paid_axis", "cancel_axis")
                ),
            )
        )
    lines = []
    if beside["undated_krw"]:
        lines.append(said("cancellations.undated", amount=Won(beside["undated_krw"])))
    if beside["open_return_units"]:
        lines.append(said("cancellations.open", n=beside["open_return_units"]))
    if beside["unknown_receipts"]:
        lines.append(said("cancellations.unknown", n=beside["unknown_receipts"]))
    if lines:
        blocks.append(Words(tuple(lines), "note"))
    blocks.append(
        Table(
            (
                text("reason", "column.reason", is_long=True),
                text("fault", "column.fault"),
                number("cancelled_krw", "column.cancelled", bar=True),
                number("share", "column.share"),
                number("cancelled_quantity", "column.units"),
                number("receipts", "column.receipts"),
            ),
            tuple(
                {
                    **row,
                    "reason": row["reason"] or word_or("evidence", row["evidence"]),
                    "fault": word_or("fault", row["fault_by"]),
                    "share": Percent(row["share"]),
                }
                for row in reasons
            ),
            title=said("cancellations.reasons"),
            none=said("cancellations.none"),
            shown=12,
        )
    )
    return Section("cancellations", said("cancellations.title"), tuple(blocks))


# --- accounts ------------------------------------------------------------------------------------


def account_state(row: Row, now: datetime) -> Said:
    """How an account is, the worst first; `now` is an instant, ages are counted from it."""
    if not row["is_linked"]:
        return said("accounts.unlinked")
    left = row["key_days_left"]
    if left is not None and left < 0:
        return said("accounts.key_expired")
    if row["last_error"]:
        return said("accounts.failed")
    if row["last_collected_at"] is None:
        return said("accounts.never")
    if is_stale(row["last_collected_at"], now):
        return said("accounts.behind")
    if left is not None and left <= KEY_WARNING_DAYS:
        return said("accounts.key_expires", n=left)
    return said("accounts.good")


def is_stale(collected_at: datetime, now: datetime) -> bool:
    """Whether a reading (UTC, as the marts hold it) is older than a night's run explains."""
    return now - collected_at.replace(tzinfo=UTC) > STALE_AFTER


def accounts(con: duckdb.DuckDBPyConnection, now: datetime) -> Section:
    """Who is healthy, what to do about the others, and the calendar of what was read."""
    found = queries.accounts(con, korean_day(now))
    calendar = queries.coverage(con)
    rows = tuple(
        {
            **row,
            "state": account_state(row, now),
            "collected_at": Moment(row["last_collected_at"]),
            "collected_through": iso(row["collected_through"]),
            "key_left": None
            if row["key_days_left"] is None
            else said("accounts.key_days", n=row["key_days_left"]),
        }
        for row in found
    )
    has_groups = any(row["account_group"] for row in found)
    blocks: list[Block] = []
    failed = [
        said(
            "accounts.error_of",
            account=row["account_name"],
            error=error_in_words(row["last_error"]),
        )
        for row in found
        if row["is_linked"] and row["last_error"]
    ]
    if failed:
        blocks.append(Words(tuple(failed), "warning"))
    blocks.append(
        Table(
            (
                text("account_name", "column.account"),
                text("state", "column.state"),
                *((text("account_group", "column.group"),) if has_groups else ()),
                text("collected_at", "column.collected_at"),
                text("collected_through", "column.collected_through"),
                text("key_left", "column.key_left"),
                number("missing_days", "column.missing_days"),
                number("issues", "column.issues"),
            ),
            rows,
            shown=20,
            none=said("page.empty"),
        )
    )
    if calendar:
        shown = len({row["vendor_id"] for row in calendar})
        blocks.append(
            Picture(
                lambda word: figures.coverage(word, calendar),
                title=said("accounts.calendar"),
                legend=tuple(
                    (f"coverage-{state}", said(f"coverage.{state}"))
                    for state in ("whole", "part", "none")
                ),
            )
        )
        if shown < len(found):
            blocks.append(Words((said("accounts.calendar_most", n=shown),)))
    return Section("accounts", said("accounts.title"), tuple(blocks))


# --- settlement ----------------------------------------------------------------------------------


def settlement(con: duckdb.DuckDBPyConnection, today: date) -> Section:
    """Month by month against Coupang's settlements, and the payouts to come."""
    blocks: list[Block] = []
    if not queries.has(con, "fct_settlement_reconciliation"):
        blocks.append(Words((said("settlement.absent"),), "note"))
    else:
        blocks += [
            Words((said("settlement.hint"),)),
            Table(
                (
                    text("month", "column.month"),
                    text("account_name", "column.account"),
                    text("verdict", "column.verdict", is_long=True),
                    number("our_krw", "column.ours"),
                    number("coupang_krw", "column.coupangs"),
                    number("difference_krw", "column.difference"),
                ),
                tuple(
                    {
                        **row,
                        "month": f"{row['recognition_month']:%Y-%m}",
                        "verdict": said("settlement.never")
                        if row["is_never_told"]
                        else word_or("verdict", row["verdict"]),
                    }
                    for row in queries.reconciliation(con)
                ),
                none=said("settlement.none"),
                shown=12,
            ),
        ]
    if queries.has(con, "fct_expected_payouts"):
        payouts = queries.payouts(con, today)
        if payouts:
            blocks.append(
                Picture(
                    lambda word: figures.payouts(word, payouts), title=said("settlement.payouts")
                )
            )
        else:
            blocks.append(Words((said("settlement.payouts_none"),), "note"))
    return Section("settlement", said("settlement.title"), tuple(blocks))


# --- data issues ---------------------------------------------------------------------------------


def issues(con: duckdb.DuckDBPyConnection, issue_type: str | None = None) -> Section:
    """What a person should look at (of one type, where it is told), as a table one can filter."""
    in_all = sum(
        row["issues"]
        for row in queries.issue_counts(con)
        if issue_type in (None, row["issue_type"])
    )
    found = queries.issues(con, issue_type)
    if not found:
        return Section("issues", said("issues.title"), (Words((said("issues.none"),), "note"),))
    blocks: list[Block] = [Words((said("issues.hint"),))]
    if in_all > len(found):
        blocks.append(Words((said("issues.more", shown=len(found), all=in_all),), "note"))
    blocks.append(
        Table(
            (
                text("type", "column.issue_type"),
                text("account_name", "column.account"),
                text("order_id", "column.order"),
                number("amount_krw", "column.amount"),
                text("detail", "column.detail", is_long=True),
            ),
            tuple(
                {
                    **row,
                    "type": word_or("issue", row["issue_type"]),
                    "detail": issue_in_words(row["detail"]),
                }
                for row in found
            ),
            shown=20,
            filter_by="type",
            stacks=True,
        )
    )
    return Section("issues", said("issues.title"), tuple(blocks))


def korean_day(moment: datetime) -> date:
    """The Korean day of an instant."""
    return (moment.astimezone(UTC) + KST).date()


def iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
