"""The pictures, from the rows of `publish.queries`: Altair charts that a shell shows as they are.

Days that are not final never look like final ones, and not by colour alone: provisional bars are
hatched, bars with holes in their data are hatched and carry a "!", days without data are an empty
grey band. The hatch is drawn as lines inside each bar, so it looks the same in a browser, in a
notebook and as PNG.

A figure asks `word` for each of its words, so the language is the caller's; a page that offers both
puts placeholders in and writes them in the browser. Charts are as wide as their place.

Altair takes its time to put a chart together, and a report shows the same chart of many accounts
and periods: what does not depend on the rows is made once (the cached functions below), and the
rows are put in at the end.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import altair as alt
from altair.utils import schemapi

from publish.queries import Grain, Period, Row

Word = Callable[[str], str]

FONT = "Pretendard, 'Apple SD Gothic Neo', 'Noto Sans KR', 'Malgun Gothic', NanumGothic, sans-serif"
BLUE, RED, INK, GREY, BAND = "#1d5fa8", "#b3471d", "#1f2933", "#7b8794", "#e4e7eb"
PALE = 0.28  # of what is not final
LABELS = 7  # dates that fit under a chart on a phone
HEIGHT, SMALL_HEIGHT = 260, 72
AMOUNT_ROOM = 48  # pixels, of the longest amount on an axis
LINE_EVERY = 9  # pixels between the lines of a hatch

# a bar takes this much of its day, week or month
_GAP = 0.12


Specification = dict[str, Any]


@dataclass(frozen=True)
class Figure:
    """A picture, as what does not depend on the rows, and its rows."""

    made: Specification
    rows: tuple[Row, ...]

    def specification(self) -> Specification:
        """Vega-Lite."""
        return {**self.made, "data": {"values": self.rows}}


def made_once(make: Callable[..., Specification]) -> Callable[..., Specification]:
    """Keeps what was made; made without Altair's checks of each part, which take most of the time
    (a wrong picture fails the tests that look at it in a browser)."""

    @functools.lru_cache(maxsize=200)
    @functools.wraps(make)
    def making(*arguments: object) -> Specification:
        with schemapi.debug_mode(False):
            return make(*arguments)

    return making


@dataclass(frozen=True)
class TimeAxis:
    """What a chart over days has to know of them. ticks: middles of the bars that get a date."""

    grain: Grain
    ticks: tuple[float, ...]
    bars: int


def _milliseconds(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() * 1000)


def _label(period: Period, first: date) -> str:
    return f"{first:%Y-%m}" if period.grain == "month" else f"{first:%Y-%m-%d}"


def _bars(period: Period, found: Sequence[Row]) -> list[Row]:
    """Rows with the edges of their bar (from, to), the middle (at) and a label, for a time axis."""
    made = []
    for row in found:
        begin = _milliseconds(row["bucket_first"])
        end = _milliseconds(row["bucket_last"] + timedelta(days=1))
        gap = (end - begin) * _GAP
        made.append(
            {
                "from": begin + gap,
                "to": end - gap,
                "begin": begin,
                "end": end,
                "at": (begin + end) / 2,
                "when": _label(period, row["bucket_first"]),
            }
        )
    return made


def _over(period: Period, bars: Sequence[Row]) -> TimeAxis:
    """Dates under some of the bars, the last one among them, as many as fit on a phone."""
    middles = sorted({bar["at"] for bar in bars})
    step = -(-len(middles) // LABELS) if middles else 1
    return TimeAxis(period.grain, tuple(middles[::-1][::step][::-1]), len(middles))


def _x(over: TimeAxis) -> dict[str, Any]:
    # a date stands under the middle of its bar, and is that of the bar's first day
    hours = {"day": 12, "week": 84, "month": 24 * 14}[over.grain]
    pattern = "%Y-%m" if over.grain == "month" else "%-m/%-d"
    axis = alt.Axis(
        values=list(over.ticks),
        labelExpr=f"utcFormat(datum.value - {hours * 3_600_000}, '{pattern}')",
        labelOverlap="greedy",
        ticks=False,
        grid=False,
        title=None,
    )
    return {"scale": alt.Scale(type="utc", nice=False), "axis": axis}


def _won_axis(word: Word, **more: Any) -> alt.Axis:  # noqa: ANN401 - what Altair takes
    options = {"tickCount": 4, "title": None, "domain": False, **more}
    return alt.Axis(labelExpr=word("axis.won"), **options)


def _hatch(x: dict[str, Any], bars: int, height: int) -> alt.Chart:
    """Slanted lines inside the bars that are not final, cut at the bars' edges.

    In each bar the lines are value = k * step + rise * share, with `share` running from 0 at the
    bar's left edge to 1 at its right. As many fit into the highest bar as there is room for, so
    that the pattern is of one density over all bars; how much they rise follows from how wide a bar
    is (`bars` beside each other) in a picture so high, of a common width.
    """
    common_width, lines = 560, height // LINE_EVERY
    slope = common_width * (1 - 2 * _GAP) / max(bars, 1) / height
    return (
        alt.Chart()
        .transform_joinaggregate(top="max(revenue)")
        .transform_filter("datum.is_moving && datum.revenue > 0")
        .transform_calculate(step=f"datum.top / {lines}", rise=f"datum.top * {slope:.4f}")
        .transform_calculate(
            line="sequence(-ceil(datum.rise / datum.step), ceil(datum.revenue / datum.step))"
        )
        .transform_flatten(["line"])
        .transform_calculate(low="datum.line * datum.step")
        .transform_calculate(
            share1="max(0, -datum.low / datum.rise)",
            share2="min(1, (datum.revenue - datum.low) / datum.rise)",
        )
        .transform_filter("datum.share2 > datum.share1")
        .transform_calculate(
            x1="datum.from + datum.share1 * (datum.to - datum.from)",
            x2="datum.from + datum.share2 * (datum.to - datum.from)",
            y1="max(0, datum.low + datum.share1 * datum.rise)",
            y2="datum.low + datum.share2 * datum.rise",
        )
        .mark_rule(color=BLUE, strokeWidth=1, aria=False)
        .encode(x=alt.X("x1:T", **x), x2=alt.X2("x2:T"), y=alt.Y("y1:Q"), y2=alt.Y2("y2:Q"))
    )


def _as_it_is(channel: type, field: str) -> Any:  # noqa: ANN401 - any channel of Altair's
    """A look that the rows hold themselves (a colour, an opacity), without scale and legend."""
    return channel(field, scale=None, legend=None)


def _status_layers(
    looks: frozenset[str],
    over: TimeAxis,
    y: dict[str, Any],
    height: int,
) -> list[alt.Chart]:
    """Bars whose look says how sure they are: rows with revenue, opacity, is_moving, is_hole,
    is_part. looks: which of is_moving and is_part there are."""
    x = _x(over)
    band = (
        alt.Chart()
        .transform_filter("datum.is_hole")
        .mark_rect(color=BAND, aria=False)
        .encode(x=alt.X("begin:T", **x), x2=alt.X2("end:T"))
    )
    bars = (
        alt.Chart()
        .transform_filter("datum.revenue != null")
        .mark_bar(stroke=BLUE, strokeWidth=0.8, color=BLUE, aria=False)
        .encode(
            x=alt.X("from:T", **x),
            x2=alt.X2("to:T"),
            y=alt.Y("revenue:Q", **y),
            y2=alt.Y2Datum(0),
            fillOpacity=_as_it_is(alt.FillOpacity, "opacity:Q"),
        )
    )
    layers = [band, bars]
    if "is_moving" in looks:
        layers.append(_hatch(x, over.bars, height))
    if "is_part" in looks:
        part = (
            alt.Chart()
            .transform_filter("datum.is_part")
            .mark_text(text="!", dy=-7, fontSize=14, fontWeight="bold", color=RED)
            .encode(x=alt.X("at:T", **x), y=alt.Y("revenue:Q", **y))
        )
        layers.append(part)
    return layers


def _revenue_rows(period: Period, word: Word, found: Sequence[Row]) -> list[Row]:
    made = []
    for row, bar in zip(found, _bars(period, found), strict=True):
        status = row["bucket_status"]
        made.append(
            {
                **bar,
                "revenue": row["revenue_krw"],
                "expected": row["expected_revenue_krw"],
                "paid": row["paid_krw"],
                "cancelled": row["cancelled_krw"],
                "orders": row["order_count"],
                "status": word(f"status.{status}"),
                "opacity": PALE if status in ("provisional", "incomplete") else 1,
                "is_moving": status in ("provisional", "incomplete"),
                "is_hole": row["missing_days"] > 0,
                "is_part": status == "incomplete",
            }
        )
    return made


def _looks(made: Sequence[Row]) -> frozenset[str]:
    return frozenset(look for look in ("is_moving", "is_part") if any(row[look] for row in made))


def revenue(word: Word, period: Period, found: Sequence[Row]) -> Figure:
    """Revenue of all chosen accounts by day, week or month (`queries.revenue_by_bucket`)."""
    made = _revenue_rows(period, word, found)
    return Figure(_revenue(word, _over(period, made), _looks(made)), tuple(made))


@made_once
def _revenue(word: Word, over: TimeAxis, looks: frozenset[str]) -> Specification:
    x, y = _x(over), {"axis": _won_axis(word), "title": None}
    expected = (
        alt.Chart()
        .transform_filter("datum.expected != null")
        .mark_rule(color=INK, strokeWidth=2, aria=False)
        .encode(x=alt.X("from:T", **x), x2=alt.X2("to:T"), y=alt.Y("expected:Q", **y))
    )
    pointer = _pointer(
        x,
        alt.Tooltip("when:N", title=word("column.date")),
        alt.Tooltip("status:N", title=word("column.status")),
        alt.Tooltip("revenue:Q", title=word("column.revenue"), format=",d"),
        alt.Tooltip("expected:Q", title=word("column.expected"), format=",d"),
        alt.Tooltip("cancelled:Q", title=word("column.cancelled"), format=",d"),
        alt.Tooltip("orders:Q", title=word("column.orders"), format=",d"),
    )
    layers = [*_status_layers(looks, over, y, HEIGHT), expected, pointer]
    return _finished(alt.layer(*layers), HEIGHT, word("revenue.title"))


def _pointer(x: dict[str, Any], *tooltip: alt.Tooltip) -> alt.Chart:
    """What is pointed at, and read aloud: the whole height of the day, also where no bar is."""
    return (
        alt.Chart()
        .mark_rect(opacity=0)
        .encode(x=alt.X("begin:T", **x), x2=alt.X2("end:T"), tooltip=list(tooltip))
    )


def revenue_of_account(word: Word, period: Period, found: Sequence[Row]) -> Figure:
    """A small picture of one account (its rows of `queries.revenue_by_bucket_and_account`)."""
    made = _revenue_rows(period, word, found)
    return Figure(_revenue_of_account(word, _over(period, made), _looks(made)), tuple(made))


@made_once
def _revenue_of_account(word: Word, over: TimeAxis, looks: frozenset[str]) -> Specification:
    # so much room for amounts that the days of all accounts stand under each other
    y = {"axis": _won_axis(word, tickCount=2, minExtent=AMOUNT_ROOM), "title": None}
    pointer = _pointer(
        _x(over),
        alt.Tooltip("when:N", title=word("column.date")),
        alt.Tooltip("status:N", title=word("column.status")),
        alt.Tooltip("revenue:Q", title=word("column.revenue"), format=",d"),
        alt.Tooltip("expected:Q", title=word("column.expected"), format=",d"),
    )
    layers = [*_status_layers(looks, over, y, SMALL_HEIGHT), pointer]
    return _finished(alt.layer(*layers), SMALL_HEIGHT, word("revenue.by_account"))


def waterfall(word: Word, totals: Row) -> Figure:
    """The way from paid to revenue to expected revenue (`queries.totals`)."""
    paid, cancelled = totals["paid_krw"] or 0, totals["cancelled_krw"] or 0
    coupons, now = totals["coupon_krw"] or 0, totals["revenue_krw"] or 0
    expected = totals["expected_revenue_krw"] or 0
    steps = [
        ("paid", 0, paid, paid),
        ("cancelled", paid - cancelled, paid, -cancelled),
        ("coupons", now, now + coupons, -coupons),
        ("revenue", 0, now, now),
        ("coupons_to_come", expected, now, expected - now),
        ("expected", 0, expected, expected),
    ]
    made = [
        {
            # the name and, under it, the amount: beside the bars there is no room on a phone
            "step": f"{word(f'waterfall.{step}')}|{amount:,}".replace("-", "−"),
            "from": low,
            "to": high,
            "amount": amount,
            "colour": RED if amount == low - high else BLUE,
            # what is only expected is pale and dashed
            "opacity": PALE if step in ("coupons_to_come", "expected") else 1,
            "dash": [4, 3] if step in ("coupons_to_come", "expected") else [],
        }
        for step, low, high, amount in steps
    ]
    return Figure(_waterfall(word), tuple(made))


@made_once
def _waterfall(word: Word) -> Specification:
    bars = (
        alt.Chart()
        .mark_bar(strokeWidth=1.2)
        .encode(
            y=alt.Y(
                "step:N",
                sort=None,
                title=None,
                axis=alt.Axis(
                    labelExpr="split(datum.label, '|')",
                    domain=False,
                    ticks=False,
                    labelFontSize=13,
                    labelLimit=170,
                    labelPadding=8,
                    labelBaseline="line-bottom",
                    labelOffset=-2,
                ),
                scale=alt.Scale(paddingInner=0.35),
            ),
            x=alt.X("from:Q", axis=None, scale=alt.Scale(nice=False)),
            x2=alt.X2("to:Q"),
            fill=_as_it_is(alt.Fill, "colour:N"),
            stroke=_as_it_is(alt.Stroke, "colour:N"),
            fillOpacity=_as_it_is(alt.FillOpacity, "opacity:Q"),
            strokeDash=_as_it_is(alt.StrokeDash, "dash:N"),
        )
    )
    return _finished(alt.layer(bars), 280, word("waterfall.title"))


def settling(word: Word, days: Sequence[Row], fan: Sequence[Row]) -> Figure:
    """How the revenue of the last days moved with their age (`settling_days`, `settling_fan`)."""
    made = [
        {"day": row["payment_date"].isoformat(), "age": row["age_days"], "ratio": row["ratio"]}
        for row in days
    ]
    made += [
        {
            "age": row["age_days"],
            "days": row["days"],
            "middle": row["middle"],
            "low": row["low"],
            "high": row["high"],
        }
        for row in fan
    ]
    ages = tuple(sorted(row["age_days"] for row in fan))
    return Figure(_settling(word, ages), tuple(made))


@made_once
def _settling(word: Word, ages: tuple[int, ...]) -> Specification:
    x = alt.X(
        "age:Q",
        scale=alt.Scale(domain=[ages[0], ages[-1]], nice=False),
        axis=alt.Axis(values=list(ages), grid=False, title=word("moves.age"), format="d"),
    )
    y = {
        "scale": alt.Scale(zero=False, nice=True),
        "axis": alt.Axis(format=".0%", tickCount=5, domain=False, title=None),
    }
    lines = (
        alt.Chart()
        .transform_filter("isValid(datum.ratio)")
        .mark_line(color=GREY, strokeWidth=0.7, opacity=0.45, aria=False)
        .encode(x=x, y=alt.Y("ratio:Q", **y), detail=alt.Detail("day:N"))
    )
    fan = alt.Chart().transform_filter("isValid(datum.middle)")
    band = fan.mark_area(color=BLUE, opacity=0.2, aria=False).encode(
        x=x, y=alt.Y("low:Q", **y), y2=alt.Y2("high:Q")
    )
    middle = fan.mark_line(
        color=BLUE, strokeWidth=3, point=alt.OverlayMarkDef(size=60, filled=True, color=BLUE)
    ).encode(
        x=x,
        y=alt.Y("middle:Q", **y),
        tooltip=[
            alt.Tooltip("age:Q", title=word("moves.age")),
            alt.Tooltip("middle:Q", title=word("moves.middle"), format=".1%"),
            alt.Tooltip("low:Q", title=word("moves.range"), format=".1%"),
            alt.Tooltip("high:Q", title="~", format=".1%"),
            alt.Tooltip("days:Q", title=word("moves.days")),
        ],
    )
    return _finished(alt.layer(band, lines, middle), 240, word("moves.fan"))


def cancellations(word: Word, period: Period, found: Sequence[Row]) -> Figure:
    """The same cancelled money by payment day (up) and by day of cancellation (down), on one scale
    (`queries.cancellations_by_bucket`)."""
    made = [
        {
            **bar,
            "paid_axis": row["paid_axis_krw"],
            "cancel_axis": row["cancel_axis_krw"],
            "below": -(row["cancel_axis_krw"] or 0),
        }
        for row, bar in zip(found, _bars(period, found), strict=True)
    ]
    return Figure(_cancellations(word, _over(period, made)), tuple(made))


@made_once
def _cancellations(word: Word, over: TimeAxis) -> Specification:
    x, y = _x(over), {"axis": _won_axis(word, tickCount=5), "title": None}
    base = alt.Chart()
    above = base.mark_bar(color=RED, aria=False).encode(
        x=alt.X("from:T", **x),
        x2=alt.X2("to:T"),
        y=alt.Y("paid_axis:Q", **y),
        y2=alt.Y2Datum(0),
    )
    below = base.mark_bar(
        color=RED, fillOpacity=PALE, stroke=RED, strokeWidth=1, aria=False
    ).encode(x=alt.X("from:T", **x), x2=alt.X2("to:T"), y=alt.Y("below:Q", **y), y2=alt.Y2Datum(0))
    zero = base.mark_rule(color=INK, strokeWidth=1, aria=False).encode(y=alt.YDatum(0))
    pointer = _pointer(
        x,
        alt.Tooltip("when:N", title=word("column.date")),
        alt.Tooltip("paid_axis:Q", title=word("cancellations.paid_axis"), format=",d"),
        alt.Tooltip("cancel_axis:Q", title=word("cancellations.cancel_axis"), format=",d"),
    )
    return _finished(alt.layer(above, below, zero, pointer), 240, word("cancellations.axes"))


def coverage(word: Word, found: Sequence[Row]) -> Figure:
    """The calendar of what was read (`queries.coverage`): a row per account, a cell per day; cells
    that were not wholly read carry a mark."""
    made = []
    for row in found:
        state = (
            "whole" if row["covered"] == row["listings"] else "part" if row["covered"] else "none"
        )
        begin = _milliseconds(row["covered_date"])
        made.append(
            {
                "begin": begin,
                "end": begin + 86_400_000,
                "at": begin + 43_200_000,
                "when": row["covered_date"].isoformat(),
                "account": row["account_name"],
                "state": word(f"coverage.{state}"),
                "mark": {"whole": "", "part": "/", "none": "✕"}[state],
                "fill": {"whole": BLUE, "part": "#c3d4e8", "none": "#ffffff"}[state],
                "stroke": "#ffffff" if state == "whole" else RED,
                "missing": ", ".join(word(f"listing.{name}") for name in row["not_covered"] or []),
            }
        )
    middles = sorted({row["at"] for row in made})
    step = -(-len(middles) // LABELS)
    over = TimeAxis("day", tuple(middles[::-1][::step][::-1]), len(middles))
    accounts = len({row["account"] for row in made})
    return Figure(_coverage(word, over, accounts), tuple(made))


@made_once
def _coverage(word: Word, over: TimeAxis, accounts: int) -> Specification:
    x = _x(over)
    y = alt.Y(
        "account:N",
        sort=None,
        title=None,
        axis=alt.Axis(domain=False, ticks=False, labelLimit=120),
        scale=alt.Scale(paddingInner=0.15),
    )
    cells = (
        alt.Chart()
        .mark_bar(strokeWidth=0.5, cornerRadius=1)
        .encode(
            x=alt.X("begin:T", **x),
            x2=alt.X2("end:T"),
            y=y,
            fill=_as_it_is(alt.Fill, "fill:N"),
            stroke=_as_it_is(alt.Stroke, "stroke:N"),
            tooltip=[
                alt.Tooltip("account:N", title=word("column.account")),
                alt.Tooltip("when:N", title=word("column.date")),
                alt.Tooltip("state:N", title=word("column.state")),
                alt.Tooltip("missing:N", title=word("coverage.missing_listings")),
            ],
        )
    )
    marks = (
        alt.Chart()
        .transform_filter("datum.mark != ''")
        .mark_text(color=RED, fontSize=9, fontWeight="bold", aria=False)
        .encode(x=alt.X("at:T", **x), y=y, text=alt.Text("mark:N"))
    )
    return _finished(alt.layer(cells, marks), 24 * accounts + 4, word("accounts.calendar"))


def payouts(word: Word, found: Sequence[Row]) -> Figure:
    """What is to be paid out, by day (`queries.payouts`)."""
    made = [
        {
            "when": row["payout_date"].isoformat(),
            "payout": row["payout_krw"],
            "orders": row["order_count"],
            "accounts": ", ".join(row["accounts"][:5]),
        }
        for row in found
    ]
    return Figure(_payouts(word), tuple(made))


@made_once
def _payouts(word: Word) -> Specification:
    bars = (
        alt.Chart()
        .mark_bar(color=BLUE)
        .encode(
            x=alt.X(
                "when:O",
                axis=alt.Axis(
                    labelExpr="slice(datum.value, 5, 7) + '/' + slice(datum.value, 8)",
                    labelAngle=0,
                    labelOverlap="greedy",
                    grid=False,
                    ticks=False,
                    title=None,
                ),
            ),
            y=alt.Y("payout:Q", axis=_won_axis(word), title=None),
            tooltip=[
                alt.Tooltip("when:N", title=word("column.payout_date")),
                alt.Tooltip("payout:Q", title=word("column.payout"), format=",d"),
                alt.Tooltip("orders:Q", title=word("column.orders"), format=",d"),
                alt.Tooltip("accounts:N", title=word("column.account")),
            ],
        )
    )
    return _finished(alt.layer(bars), 180, word("settlement.payouts"))


def _finished(chart: alt.LayerChart, height: int, description: str) -> Specification:
    """One look for all of them. The height is that of the bars, without the axis."""
    return (
        chart.properties(
            data=alt.NamedData("rows"), width="container", height=height, description=description
        )
        .configure(
            font=FONT,
            background="transparent",
            autosize=alt.AutoSizeParams(type="fit-x", contains="padding"),
            padding={"left": 2, "right": 8, "top": 6, "bottom": 4},
            view=alt.ViewConfig(stroke=None),
            axis=alt.AxisConfig(
                labelColor=INK,
                titleColor=INK,
                labelFontSize=12,
                titleFontSize=12,
                titleFontWeight="normal",
                gridColor=BAND,
                domainColor=GREY,
                tickColor=GREY,
            ),
        )
        .to_dict(validate=False)
    )
