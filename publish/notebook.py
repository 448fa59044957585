"""Sections as a marimo notebook shows them: the blocks of the report; a table that is too long for
one look is marimo's own, which one can page, sort and search."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import altair as alt
import marimo as mo
from markupsafe import Markup

from publish.figures import Specification
from publish.report.blocks import block_html, legend_html, say, stylesheet
from publish.sections import Block, Column, Picture, Pictures, Section, Table
from publish.texts import LANGUAGES, Language, Moment, Percent, said, write

# The menu of a picture: to keep it. Vega's editor is a web page: whoever opens it sends the numbers
# there.
MENU = {
    language: {
        "actions": {"export": True, "source": False, "compiled": False, "editor": False},
        "i18n": {
            f"{kind}_ACTION": write(said(f"notebook.save_{kind.lower()}"), language)
            for kind in ("PNG", "SVG")
        },
    }
    for language in LANGUAGES
}
# one function a language, by which `publish.figures` knows what it made already
WORDS = {
    language: functools.partial(lambda key, language: write(said(key), language), language=language)
    for language in LANGUAGES
}
MIME_TYPE = f"application/vnd.vegalite.{alt.SCHEMA_VERSION.partition('.')[0]}+json"
HEADINGS = (Markup("<h2>{}</h2>"), Markup("<h3>{}</h3>"), Markup("<h4>{}</h4>"))
HEADER = Markup("""<h1>{}</h1>
<p class="market">{}</p>
<p class="collected">{}</p>""")


@dataclass(frozen=True)
class Drawn:
    """A picture that marimo draws from its specification."""

    specification: Specification

    def _repr_mimebundle_(self, **_: object) -> dict[str, object]:
        return {MIME_TYPE: self.specification}


def show(section: Section, language: Language, *choices: mo.Html) -> mo.Html:
    """A section under its heading, and under that what one may choose in it."""
    blocks = [shown for block in section.blocks for shown in _block(block, language)]
    return mo.vstack([_heading(HEADINGS[0], section.title, language), *choices, *blocks])


def header(collected_at: datetime | None, language: Language) -> mo.Html:
    """The title, what it is of, and how old it is."""
    collected = (
        said("page.collected", at=Moment(collected_at))
        if collected_at
        else said("page.never_collected")
    )
    return _html(
        HEADER.format(
            *(
                say(line, (language,))
                for line in (said("page.title"), said("page.market"), collected)
            )
        )
    )


def styles() -> mo.Html:
    """The look of the blocks; once in a notebook."""
    return mo.Html(f"<style>{stylesheet()}</style>")


def _html(markup: Markup) -> mo.Html:
    return mo.Html(Markup('<div class="blocks">{}</div>').format(markup))


def _block(block: Block, language: Language) -> Iterator[object]:
    if isinstance(block, Picture):
        yield from _picture(block, HEADINGS[1], language)
    elif isinstance(block, Pictures):
        yield _heading(HEADINGS[1], block.title, language)
        for picture in block.pictures:
            yield from _picture(picture, HEADINGS[2], language)
    elif isinstance(block, Table) and len(block.rows) > block.shown:
        if block.title is not None:
            yield _heading(HEADINGS[1], block.title, language)
        yield _table(block, language)
    else:
        yield _html(block_html(block, (language,)))


def _heading(heading: Markup, title: object, language: Language) -> mo.Html:
    return _html(heading.format(say(title, (language,))))


def _picture(picture: Picture, heading: Markup, language: Language) -> Iterator[object]:
    if picture.title is not None:
        yield _heading(heading, picture.title, language)
    if picture.legend:
        yield _html(legend_html(picture, (language,)))
    specification = picture.draw(WORDS[language]).specification()
    yield Drawn(specification | {"usermeta": {"embedOptions": MENU[language]}})


def _table(table: Table, language: Language) -> mo.ui.table:
    columns = [each for column in table.columns for each in (column, *column.under)]
    titles = {column.key: write(column.title, language) for column in columns}
    numbers = [titles[column.key] for column in columns if column.is_number]
    return mo.ui.table(
        [
            {titles[column.key]: _cell(column, row[column.key], language) for column in columns}
            for row in table.rows
        ],
        selection=None,
        page_size=table.shown,
        format_mapping=dict.fromkeys(numbers, _as_written),
        text_justify_columns=dict.fromkeys(numbers, "right"),
        wrapped_columns=[titles[column.key] for column in columns if column.is_long],
        show_column_summaries=False,
        show_data_types=False,
    )


def _cell(column: Column, value: object, language: Language) -> object:
    """Numbers stay numbers, so that a column of them can be sorted."""
    if isinstance(value, Percent):
        return value.fraction
    if column.is_number:
        return value
    return write(value, language)


def _as_written(value: object) -> str:
    return write(Percent(value), "ko") if isinstance(value, float) else write(value, "ko")
