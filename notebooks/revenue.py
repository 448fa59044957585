"""What each account earned, over the published file: `make notebook`, or `make dashboard` to serve.

A thin shell: every number is made in publish/queries.py, every picture in publish/figures.py, and
what stands in which section in publish/sections.py. Nothing here can write or stop a run.
"""

import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="쿠팡 매출")

with app.setup:
    import sys
    from datetime import timedelta
    from pathlib import Path

    import marimo as mo

    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

    from extract.clock import as_of_now
    from extract.warehouse import data_dir
    from publish import notebook, queries, sections
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
    language_choice.right()
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
def _(con, everyone, extent, word):
    mo.stop(con is None)
    if extent["last_whole_day"] is None:
        mo.stop(True, mo.callout(word("page.empty"), kind="info"))
    _last = extent["last_whole_day"]
    groups_choice = mo.ui.multiselect(
        sorted({row["account_group"] for row in everyone if row["account_group"]}),
        label=word("notebook.groups"),
    )
    accounts_choice = mo.ui.multiselect(
        {f"{row['account_name']} ({row['vendor_id']})": row["vendor_id"] for row in everyone},
        label=word("notebook.accounts"),
    )
    period_choice = mo.ui.date_range(
        start=extent["first_day"],
        stop=extent["today"],
        value=(max(extent["first_day"], _last - timedelta(days=29)), _last),
        label=word("notebook.period"),
    )
    grain_choice = mo.ui.radio(
        {word(f"grain.{grain}"): grain for grain in GRAINS},
        value=word("grain.day"),
        inline=True,
        label=word("notebook.grain"),
    )
    mo.hstack(
        [accounts_choice, groups_choice, period_choice, grain_choice],
        wrap=True,
        justify="start",
        gap=1.5,
    )
    return accounts_choice, grain_choice, groups_choice, period_choice


@app.cell
def _(accounts_choice, con, grain_choice, groups_choice, period_choice):
    period = Period(*period_choice.value, grain_choice.value)
    # cells that show something take `chosen`, so that they run again when it changes
    chosen = Selection(tuple(accounts_choice.value), tuple(groups_choice.value))
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
def _(chosen, con, language):
    chosen
    notebook.show(sections.issues(con), language)
    return


if __name__ == "__main__":
    app.run()
