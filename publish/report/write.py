"""Puts the page together: ready-made views of the chosen accounts, every word in two languages."""

from __future__ import annotations

import functools
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import vl_convert
from markupsafe import Markup

from publish import queries, sections
from publish.choices import View, periods_of, scopes_of
from publish.published import EVERYTHING, connect, selection_name
from publish.queries import Row
from publish.report.blocks import HERE, say, sections_html, stylesheet, templates
from publish.sections import Picture, Section
from publish.selection import Selection
from publish.texts import LANGUAGES, TEXTS, Language, Moment, Said, said, write

# One page for mail: so many single accounts and groups get ready-made views of their own.
MOST_ACCOUNTS = 8
MOST_GROUPS = 8
# What the browser says by itself; the words of pictures are added as they are drawn.
SPOKEN_BY_THE_PAGE = {
    "page.title",
    "page.ago_minutes",
    "page.ago_hours",
    "page.ago_days",
    "issues.all_types",
    "table.filter",
    "table.filter_hint",
    "table.shown",
    "column.issue_type",
    *(key for key in TEXTS if key.startswith("issue.")),
}


@dataclass(frozen=True)
class Part:
    """Sections that are shown for one scope and period (None: for all of them)."""

    html: Markup
    scope: str | None = None
    period: str | None = None
    title: Said | None = None
    is_shown: bool = True


@dataclass
class Drawings:
    """The pictures of the page, and the words that the browser writes into them."""

    specifications: list[dict[str, object]] = field(default_factory=list)
    words: set[str] = field(default_factory=lambda: set(SPOKEN_BY_THE_PAGE))

    def word(self, key: str) -> str:
        """A placeholder: the page offers both languages."""
        self.words.add(key)
        return f"⟦{key}⟧"

    def add(self, picture: Picture) -> Markup:
        """Keeps a picture, and makes the place where the browser draws it."""
        self.specifications.append(picture.draw(self.word).specification())
        return Markup('<div class="chart" data-chart="{}"></div>').format(
            len(self.specifications) - 1
        )


def report_page(
    file: Path,
    now: datetime,
    *,
    selection: Selection = EVERYTHING,
    language: Language = "ko",
) -> str:
    """The whole page as HTML. `now` is an instant: ages and key days are counted from it.

    Raises PublishError where the file cannot be read or the selection names somebody unknown.
    """
    drawings = Drawings()
    with connect(file, selection) as con:
        extent = queries.extent(con)
        accounts = queries.accounts(con, sections.korean_day(now))
        today = extent["today"] or sections.korean_day(now)
        periods = periods_of(extent, selection.first, selection.last)
        scopes = scopes_of(accounts, MOST_GROUPS, MOST_ACCOUNTS)
        health = Part(
            sections_html([sections.accounts(con, now), sections.issues(con)], drawings.add)
        )
        parts: list[Part] = []
        for view in scopes:
            if view.accounts:
                with connect(file, Selection(accounts=view.accounts)) as own:
                    parts += _scope_parts(own, view, periods, today, drawings)
            else:
                parts += _scope_parts(con, view, periods, today, drawings)
    parts.append(health)
    if not periods:
        empty = Section(
            "headline", said("headline.title"), (sections.Words((said("page.empty"),)),)
        )
        parts.insert(0, Part(sections_html([empty], drawings.add)))
    return _page(parts, scopes, periods, extent, accounts, drawings, now, language)


def _scope_parts(
    con: duckdb.DuckDBPyConnection,
    scope: View,
    periods: Sequence[View],
    today: date,
    drawings: Drawings,
) -> list[Part]:
    parts = []
    for place, view in enumerate(periods):
        period = view.period
        parts.append(
            Part(
                sections_html(
                    [
                        make(con, period)
                        for make in (
                            sections.headline,
                            sections.revenue,
                            sections.waterfall,
                            sections.products,
                            sections.cancellations,
                        )
                    ],
                    drawings.add,
                ),
                scope=scope.name,
                period=view.name,
                title=said("period.from_to", first=f"{period.first}", last=f"{period.last}"),
                is_shown=scope.name == "all" and place == 0,
            )
        )
    parts.append(
        Part(
            sections_html(
                [sections.moves(con, today), sections.settlement(con, today)], drawings.add
            ),
            scope=scope.name,
            is_shown=scope.name == "all",
        )
    )
    return parts


def _page(
    parts: Sequence[Part],
    scopes: Sequence[View],
    periods: Sequence[View],
    extent: Row,
    accounts: Sequence[Row],
    drawings: Drawings,
    now: datetime,
    language: Language,
) -> str:
    collected_at = extent["collected_at"]
    stale = collected_at is not None and sections.is_stale(collected_at, now)
    behind = [
        account["account_name"]
        for account in accounts
        if account["is_linked"]
        and (
            account["last_collected_at"] is None
            or sections.is_stale(account["last_collected_at"], now)
        )
    ]
    contents = [
        (name, said(f"{name}.title"))
        for name in (
            *(("headline",) if not periods else ()),
            *(("headline", "revenue", "waterfall", "products", "cancellations") if periods else ()),
            "moves",
            "settlement",
            "accounts",
            "issues",
        )
    ]
    words = {
        each: {key: TEXTS[key][LANGUAGES.index(each)] for key in sorted(drawings.words)}
        for each in LANGUAGES
    }
    return (
        templates()
        .get_template("page.html.j2")
        .render(
            language=language,
            title=write(said("page.title"), language),
            say=say,
            write=write,
            page_title=said("page.title"),
            other_language=said("page.other_language"),
            market=said("page.market"),
            collected_at=collected_at,
            collected=said("page.collected", at=Moment(collected_at)),
            never=said("page.never_collected"),
            stale=said("page.stale"),
            is_stale=stale,
            behind=said("page.account_behind", accounts=sections.account_names(behind))
            if behind and not stale
            else None,
            no_script=said("page.no_script"),
            scope_label=said("page.scope"),
            period_label=said("page.period"),
            scopes=scopes,
            periods=periods,
            contents=contents,
            parts=parts,
            footer=said("page.footer"),
            written=said("page.written", at=Moment(now.astimezone(UTC).replace(tzinfo=None))),
            words=_json(words),
            charts=_json(drawings.specifications),
            facts=_json(
                {
                    "collected_at": None
                    if collected_at is None
                    else int(collected_at.replace(tzinfo=UTC).timestamp() * 1000),
                    "stale_after_hours": sections.STALE_AFTER.total_seconds() / 3600,
                }
            ),
            # our own files and a library: nothing of the data in them
            css=Markup(stylesheet() + stylesheet("page.css")),  # noqa: S704
            script=Markup((HERE / "page.js").read_text(encoding="utf-8")),  # noqa: S704
            library=Markup(_library()),  # noqa: S704
        )
    )


def _json(value: object) -> Markup:
    """JSON that cannot end the script element it stands in."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return Markup(text.replace("<", "\\u003c"))  # noqa: S704


@functools.cache
def _library() -> str:
    """Vega, Vega-Lite and vega-embed, from the package that is installed."""
    bundle = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;")
    return bundle.replace("</script", "<\\/script")


def default_page(data_dir: Path, selection: Selection) -> Path:
    """A page for each selection: one client's never takes another's place."""
    return data_dir / "report" / f"{selection_name(selection)}.html"


def write_report(
    file: Path,
    out: Path,
    now: datetime,
    *,
    selection: Selection = EVERYTHING,
    language: Language = "ko",
) -> Path:
    """Writes the page to `out`, replaced as a whole; the folder is made."""
    page = report_page(file, now, selection=selection, language=language)
    out.parent.mkdir(parents=True, exist_ok=True)
    half = out.with_name(f".{out.name}.half")
    half.write_text(page, encoding="utf-8")
    half.replace(out)
    return out
