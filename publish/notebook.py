"""Sections as a marimo notebook shows them: the blocks of the report, tables one can sort."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from datetime import datetime

import marimo as mo
from markupsafe import Markup

from publish.report.blocks import block_html, legend_html, say, stylesheet
from publish.sections import Block, Column, Picture, Section, Table
from publish.texts import Language, Moment, Percent, said, write

HEADER = Markup("""<h1>{}</h1>
<p class="market">{}</p>
<p class="collected">{}</p>""")


def show(section: Section, language: Language) -> mo.Html:
    """A section under its heading."""
    heading = Markup("<h2>{}</h2>").format(say(section.title, (language,)))
    blocks = [shown for block in section.blocks for shown in _block(block, language)]
    return mo.vstack([_html(heading), *blocks])


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
    if not isinstance(block, Picture | Table):
        yield _html(block_html(block, (language,)))
        return
    if block.title is not None:
        yield _html(Markup("<h3>{}</h3>").format(say(block.title, (language,))))
    if isinstance(block, Picture):
        if block.legend:
            yield _html(legend_html(block, (language,)))
        yield block.draw(functools.partial(_word, language=language)).chart()
    elif block.rows:
        yield _table(block, language)
    elif block.none is not None:
        yield _html(say(block.none, (language,)))


def _word(key: str, language: Language) -> str:
    return write(said(key), language)


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
