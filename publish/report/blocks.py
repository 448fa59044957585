"""Blocks of `publish.sections` as HTML, in one language or in several side by side."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from publish.sections import Block, Cards, Changes, Column, Picture, Pictures, Section, Table, Words
from publish.texts import LANGUAGES, Language, Percent, Said, said, write

HERE = Path(__file__).parent
BLOCKS = {
    Cards: "cards",
    Words: "words",
    Changes: "changes",
    Picture: "picture",
    Pictures: "pictures",
    Table: "table",
}


def say(thing: object, languages: Sequence[Language] = LANGUAGES) -> Markup:
    """A text in each language, of which the page shows one; once where they are the same."""
    written = {language: write(thing, language) for language in languages}
    if len(set(written.values())) == 1:
        return escape(written[languages[0]])
    return Markup("").join(
        Markup('<span lang="{}">{}</span>').format(language, text)
        for language, text in written.items()
    )


def size(table: Table, column: Column, row: dict[str, object]) -> int | None:
    """How long the bar of a cell is, in percent of the longest of its column."""
    value = row.get(column.key)
    if not column.bar or not isinstance(value, int):
        return None
    longest = max((abs(other.get(column.key) or 0) for other in table.rows), default=0)
    return round(100 * abs(value) / longest) if longest else 0


def arrow(change: float) -> str:
    """A change as a direction and a size, so that neither colour nor sign alone tells it."""
    mark = "▲" if change >= 0.0005 else "▼" if change <= -0.0005 else "="
    return f"{mark} {write(Percent(abs(change)), 'en')}"


@functools.cache
def templates() -> Environment:
    """The page's templates; every value that is put in is escaped."""
    environment = Environment(
        loader=FileSystemLoader(HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        size=size,
        arrow=arrow,
        choice=lambda value: value.key if isinstance(value, Said) else value,
        more=lambda rows: said("table.more", n=rows),
        kind=lambda block: BLOCKS[type(block)],
    )
    return environment


def sections_html(
    sections: Sequence[Section],
    picture: Callable[[Picture], Markup],
    languages: Sequence[Language] = LANGUAGES,
) -> Markup:
    """Sections as HTML; `picture` makes the place a figure stands in."""
    template = templates().get_template("sections.html.j2")
    return Markup(  # noqa: S704 - the template escapes all it is given
        template.render(
            sections=sections,
            picture_html=picture,
            say=functools.partial(say, languages=languages),
        )
    )


def legend_html(picture: Picture, languages: Sequence[Language]) -> Markup:
    """What the looks of a picture mean, as HTML (for a notebook)."""
    shown = (
        templates()
        .get_template("blocks.html.j2")
        .module.legend(picture.legend, functools.partial(say, languages=languages))
    )
    return Markup(shown)  # noqa: S704 - the template escapes all it is given


def block_html(block: Block, languages: Sequence[Language]) -> Markup:
    """A single block that is no picture, as HTML (for a notebook)."""
    template = templates().get_template("blocks.html.j2")
    macro = getattr(template.module, BLOCKS[type(block)])
    shown = macro(block, functools.partial(say, languages=languages))
    return Markup(shown)  # noqa: S704 - the template escapes all it is given


def stylesheet(name: str = "blocks.css") -> str:
    """The CSS of the blocks, which stand in an element of class `blocks`; or of the page."""
    return (HERE / name).read_text(encoding="utf-8")
