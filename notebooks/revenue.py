"""What each account earned, over the published file: `make notebook`, or `make dashboard` to serve.

A thin shell: every number is made in publish/queries.py, every picture in publish/figures.py, and
what stands in which section in publish/sections.py. Nothing here can write or stop a run.
"""

import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="쿠팡 매출")

with app.setup:
    import sys
    from pathlib import Path

    import marimo as mo

    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

    from extract.clock import as_of_now
    from extract.warehouse import data_dir
    from publish import notebook, queries, sections
    from publish.choices import account_titles, default_period, scopes_of
    from publish.errors import PublishError
    from publish.file import FILE
    from publish.published import choose, connect, file_version
    from publish.queries import GRAINS, Period
    from publish.selection import Selection
    from publish.texts import said, write

    file = data_dir() / FILE


@app.cell
def _():
    language_choice = mo.ui.radio({"한국어": "ko", "English": "en"}, value="한국어", inline=True)
    # at the left: at the right of a phone, marimo's own menu would lie over it
    language_choice
    return (language_choice,)


@app.cell
def _(language_choice):
    language = language_choice.value

    def word(key, **values):
        return write(said(key, **values), language)

    notebook.styles()
    return language, word


@app.cell
def _():
    # The file as it was when it was opened: it may be replaced meanwhile, and this page goes on.
    loaded, load = mo.state(None)
    return load, loaded


@app.cell
def _(loaded):
    loaded()
    try:
        version, con = file_version(file), connect(file)
    except PublishError as error:
        version, con = None, None
        mo.output.replace(mo.callout(str(error), kind="danger"))
    return con, version


@app.cell
def _():
    watched = mo.watch.file(file)
    return (watched,)


@app.cell
def _(load, word):
    take_new = mo.ui.button(
        label=word("notebook.load"), on_change=lambda _: load(file_version(file))
    )
    return (take_new,)


@app.cell
def _(take_new, version, watched, word):
    # runs again when the file changes; what is shown changes only when somebody wants it to
    watched()
    _now = file_version(file)
    if _now is None and version is not None:
        _told = mo.callout(word("notebook.gone"), kind="warn")
    elif _now != version:
        _told = mo.callout(mo.hstack([word("notebook.new_data"), take_new]), kind="success")
    else:
        _told = None
    _told
    return


@app.cell
def _(con, language, word):
    mo.stop(con is None)
    choose(con, Selection())
    extent = queries.extent(con)
    everyone = queries.accounts(con, sections.korean_day(as_of_now()))
    _at = extent["collected_at"]
    _shown = [notebook.header(_at, language)]
    if _at and sections.is_stale(_at, as_of_now()):
        _shown.append(mo.callout(word("page.stale"), kind="warn"))
    mo.vstack(_shown)
    return everyone, extent


@app.cell
def _(con, everyone, extent, language, word):
    mo.stop(con is None)
    _period = default_period(extent)
    if _period is None:
        mo.stop(True, mo.callout(word("page.empty"), kind="info"))
    SEVERAL = object()
    _scopes = {write(scope.title, language): scope.accounts for scope in scopes_of(everyone)}
    if len(everyone) > 2:
        _scopes[word("notebook.several")] = SEVERAL
    scope_choice = mo.ui.dropdown(
        _scopes,
        value=next(iter(_scopes)),
        allow_select_none=False,
        searchable=len(_scopes) > 10,
        label=word("page.scope"),
    )
    period_choice = mo.ui.date_range(
        start=extent["first_day"],
        stop=extent["today"],
        value=(_period.first, _period.last),
        label=word("page.period"),
    )
    grain_choice = mo.ui.radio(
        {word(f"grain.{grain}"): grain for grain in GRAINS},
        value=word("grain.day"),
        inline=True,
        label=word("notebook.grain"),
    )
    mo.hstack([scope_choice, period_choice, grain_choice], wrap=True, justify="start", gap=1.5)
    return SEVERAL, grain_choice, period_choice, scope_choice


@app.cell
def _(SEVERAL, everyone, scope_choice, word):
    accounts_choice = mo.ui.multiselect(
        account_titles(everyone), label=word("notebook.accounts"), full_width=True
    )
    accounts_choice if scope_choice.value is SEVERAL else None
    return (accounts_choice,)


@app.cell
def _(SEVERAL, accounts_choice, con, grain_choice, period_choice, scope_choice):
    period = Period(*period_choice.value, grain_choice.value)
    _accounts = accounts_choice.value if scope_choice.value is SEVERAL else scope_choice.value
    # cells that show something take `chosen`, so that they run again when it changes
    chosen = Selection(tuple(_accounts))
    choose(con, chosen)
    return chosen, period


@app.cell
def _(chosen, con, language, period):
    chosen
    notebook.show(sections.headline(con, period), language)
    return


@app.cell
def _(chosen, con, language, period):
    chosen
    notebook.show(sections.revenue(con, period), language)
    return


@app.cell
def _(chosen, con, language, period):
    chosen
    notebook.show(sections.waterfall(con, period), language)
    return


@app.cell
def _(chosen, con, language, period):
    chosen
    notebook.show(sections.products(con, period), language)
    return


@app.cell
def _(chosen, con, language, period):
    chosen
    notebook.show(sections.cancellations(con, period), language)
    return


@app.cell
def _(chosen, con, extent, language):
    chosen
    notebook.show(sections.moves(con, extent["today"]), language)
    return


@app.cell
def _(chosen, con, extent, language):
    chosen
    notebook.show(sections.settlement(con, extent["today"]), language)
    return


@app.cell
def _(chosen, con, language):
    chosen
    notebook.show(sections.accounts(con, as_of_now()), language)
    return


@app.cell
def _(chosen, con, language, word):
    chosen
    _kinds = {word("issues.all_types"): None}
    for _row in queries.issue_counts(con):
        _kind = write(sections.word_or("issue", _row["issue_type"]), language)
        _kinds[f"{_kind} ({_row['issues']:,})"] = _row["issue_type"]
    issue_choice = mo.ui.dropdown(
        _kinds,
        value=word("issues.all_types"),
        allow_select_none=False,
        label=word("column.issue_type"),
    )
    return (issue_choice,)


@app.cell
def _(chosen, con, issue_choice, language):
    chosen
    # where there is one kind at most, there is nothing to choose
    _choices = [issue_choice] if len(issue_choice.options) > 2 else []
    notebook.show(sections.issues(con, issue_choice.value), language, *_choices)
    return


if __name__ == "__main__":
    app.run()
