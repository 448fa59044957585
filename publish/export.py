"""The marts as files for spreadsheets and other tools: xlsx, CSV and Parquet of chosen accounts.

For people (xlsx and CSV in Korean): Korean headers, codes in words, Korean time. For programs
(Parquet, and everything with `--lang en`): names, codes and UTC as the marts have them. CSV begins
with a byte-order mark, without which Excel in Korea shows broken Hangul.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from extract.sql import literal
from publish.errors import PublishError
from publish.in_words import SENTENCES
from publish.marts_in_korean import CODES, COLUMNS, MARTS
from publish.published import connect, marts_of, selection_name
from publish.selection import DAYS, Selection
from publish.texts import Language, Moment, said, write

FORMATS = ("xlsx", "csv", "parquet")
WORKBOOK = "coupang_revenue.xlsx"
LIST = "export.json"  # what an export consists of, so that the next one can take its place
SHEET_ROWS = 1_048_575  # Excel's limit, without the header
BYTE_ORDER_MARK = "\ufeff".encode()
# What a spreadsheet would take for a formula, were it in a text.
FORMULA = "^[=+\\-@\\t\\r]"


@dataclass(frozen=True)
class Column:
    """A column as it is written: its header, the SQL that makes it, and the type that comes out."""

    name: str
    header: str
    sql: str
    data_type: str


@dataclass(frozen=True)
class Sheet:
    """A mart of the selection. `rows` is how many there are."""

    mart: str
    title: str
    about: str
    columns: tuple[Column, ...]
    source: str
    order: str
    rows: int

    def query(self, *, safe_text: bool = False) -> str:
        """The SQL of its rows under their headers; with `safe_text` no text is a formula."""
        columns = ", ".join(
            f'{_safe(column) if safe_text else column.sql} as "{column.header}"'
            for column in self.columns
        )
        return f"select {columns} {self.source} {self.order}"


@dataclass(frozen=True)
class Exported:
    """What was written. left_out: marts with more rows than a sheet holds (not in the workbook)."""

    folder: Path
    files: tuple[Path, ...]
    rows: dict[str, int]
    left_out: tuple[str, ...]


def export(
    file: Path,
    out: Path,
    selection: Selection,
    *,
    tables: Sequence[str] = (),
    formats: Sequence[str] = FORMATS,
    language: Language = "ko",
) -> Exported:
    """Writes the selection's rows of the marts (or of `tables` only) into the folder `out`.

    An earlier export of the same selection in that folder is replaced. Raises PublishError where
    the folder holds something else (an export of other accounts must never lie beside this one),
    where a table is unknown or the selection names somebody unknown.
    """
    with connect(file, selection) as con:
        marts = marts_of(con)
        if unknown := [table for table in tables if table not in marts]:
            raise PublishError(
                f"No table is called {', '.join(unknown)}",
                remedy=f"Tables: {', '.join(sorted(marts))}.",
            )
        wanted = [mart for mart in (*MARTS, *sorted(marts)) if mart in (tables or marts)]
        sheets = [
            _sheet(con, mart, marts[mart], selection, language) for mart in dict.fromkeys(wanted)
        ]
        vendor_ids = selection.vendor_ids(con, "published.dim_accounts")
        scope = {
            "accounts": vendor_ids,
            "first": str(selection.first or ""),
            "last": str(selection.last or ""),
        }
        _make_room(out, scope)
        files: list[Path] = []
        left_out: list[str] = []
        # the list goes first: an export that stops half-way can be recognised and replaced
        planned = [
            *([WORKBOOK] if "xlsx" in formats else []),
            *(f"{sheet.mart}.{kind}" for kind in formats if kind != "xlsx" for sheet in sheets),
        ]
        (out / LIST).write_text(
            json.dumps({**scope, "files": planned}, ensure_ascii=False, indent=2), encoding="utf-8"
        )
        if "xlsx" in formats:
            left_out = [sheet.mart for sheet in sheets if sheet.rows > SHEET_ROWS]
            _write_workbook(con, out / WORKBOOK, sheets, selection, language)
            files.append(out / WORKBOOK)
        for sheet in sheets:
            if "csv" in formats:
                files.append(_write_csv(con, out / f"{sheet.mart}.csv", sheet))
            if "parquet" in formats:
                files.append(_write_parquet(con, out / f"{sheet.mart}.parquet", sheet))
    rows = {sheet.mart: sheet.rows for sheet in sheets}
    return Exported(out, tuple(files), rows, tuple(left_out))


def default_folder(data_dir: Path, selection: Selection) -> Path:
    """A folder for each selection, so that two clients' exports never mix."""
    return data_dir / "export" / selection_name(selection)


def _make_room(out: Path, scope: dict[str, object]) -> None:
    """The folder, without what an earlier export of the same selection left in it."""
    out.mkdir(parents=True, exist_ok=True)
    if not any(out.iterdir()):
        return
    try:
        earlier = json.loads((out / LIST).read_text(encoding="utf-8"))
        files = [str(name) for name in earlier.pop("files")]
    except (OSError, ValueError, KeyError, AttributeError):
        raise PublishError(
            f"{out} holds other files", remedy="Give an empty or a new folder with --out."
        ) from None
    if earlier != scope:
        raise PublishError(
            f"{out} holds an export of other accounts or days",
            remedy="Give each client a folder of his own with --out.",
        )
    for name in files:
        (out / Path(name).name).unlink(missing_ok=True)


def _sheet(
    con: duckdb.DuckDBPyConnection,
    mart: str,
    columns: dict[str, str],
    selection: Selection,
    language: Language,
) -> Sheet:
    names = list(columns)
    title, about = MARTS.get(mart, (mart, "")) if language == "ko" else (mart, _comment(con, mart))
    source = f'from "{mart}" where {selection.condition(names)}'
    order = [day for day in DAYS if day in columns][:1]
    order += [name for name in ("account_name", names[0]) if name in columns]
    (rows,) = con.execute(f"select count(*) {source}").fetchone()
    return Sheet(
        mart,
        title[:31],
        about,
        tuple(_columns(con, mart, columns, language)),
        source,
        f"order by {', '.join(order)}",
        rows,
    )


def _columns(
    con: duckdb.DuckDBPyConnection, mart: str, columns: dict[str, str], language: Language
) -> Iterator[Column]:
    taken: set[str] = set()
    for name, data_type in columns.items():
        sql, header = f'"{name}"', name
        if language == "ko":
            header = COLUMNS.get(name, name)
            if data_type == "TIMESTAMP" and not name.endswith("_kst"):
                sql, header = f'"{name}" + interval 9 hour', f"{header} (한국시간)"
            if name in CODES:
                sql = _decoded(name)
            if name in SENTENCES:
                sql = _said_anew(con, mart, name, language)
        if data_type.startswith("DECIMAL"):
            sql, data_type = f"{sql}::double", "DOUBLE"
        if header in taken:
            header = f"{header} ({name})"
        taken.add(header)
        yield Column(name, header, sql, data_type)


def _decoded(column: str) -> str:
    cases = " ".join(
        f"when {literal(code)} then {literal(meaning)}" for code, meaning in CODES[column].items()
    )
    return f'case "{column}" {cases} else "{column}" end'


def _said_anew(con: duckdb.DuckDBPyConnection, mart: str, column: str, language: Language) -> str:
    """SQL that says the sentences of a column in the language: they are looked up in a table of the
    session, which holds each of them once."""
    told = [
        text
        for (text,) in con.execute(
            f'select distinct "{column}" from "{mart}" where "{column}" is not null'  # noqa: S608
        ).fetchall()
    ]
    con.execute(
        f"create or replace temp table said_{column} as"
        " select unnest($told::varchar[]) as told, unnest($anew::varchar[]) as anew",
        {"told": told, "anew": [write(SENTENCES[column](text), language) for text in told]},
    )
    return f'(select anew from said_{column} where told = "{column}")'  # noqa: S608


def _safe(column: Column) -> str:
    if column.data_type != "VARCHAR":
        return column.sql
    return f"if(regexp_matches({column.sql}, '{FORMULA}'), '''' || {column.sql}, {column.sql})"


def _comment(con: duckdb.DuckDBPyConnection, mart: str) -> str:
    found = con.execute(
        "select comment from duckdb_tables()"
        " where database_name = 'published' and table_name = $mart",
        {"mart": mart},
    ).fetchone()
    return (found and found[0]) or ""


# --- the three formats ---------------------------------------------------------------------------


def _write_csv(con: duckdb.DuckDBPyConnection, path: Path, sheet: Sheet) -> Path:
    half = path.with_name(f".{path.name}.half")
    con.execute(f"copy ({sheet.query(safe_text=True)}) to {literal(half)} (format csv, header)")
    with path.open("wb") as target, half.open("rb") as source:
        target.write(BYTE_ORDER_MARK)
        shutil.copyfileobj(source, target)
    half.unlink()
    return path


def _write_parquet(con: duckdb.DuckDBPyConnection, path: Path, sheet: Sheet) -> Path:
    con.execute(
        f"copy (select * {sheet.source} {sheet.order}) to {literal(path)}"
        " (format parquet, compression zstd)"
    )
    return path


def _write_workbook(
    con: duckdb.DuckDBPyConnection,
    path: Path,
    sheets: Sequence[Sheet],
    selection: Selection,
    language: Language,
) -> None:
    book = xlsxwriter.Workbook(
        str(path),
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    font = {"font_name": "맑은 고딕" if language == "ko" else "Calibri", "font_size": 10}
    head = book.add_format(
        {**font, "bold": True, "bg_color": "#1D5FA8", "font_color": "#FFFFFF", "text_wrap": True}
    )
    looks = {
        "BIGINT": book.add_format({**font, "num_format": "#,##0"}),
        "DOUBLE": book.add_format({**font, "num_format": "0.0%"}),
        "DATE": book.add_format({**font, "num_format": "yyyy-mm-dd"}),
        "TIMESTAMP": book.add_format({**font, "num_format": "yyyy-mm-dd hh:mm"}),
        "": book.add_format(font),
    }
    _write_cover(con, book, sheets, selection, language, looks[""], head)
    for sheet in sheets:
        if sheet.rows > SHEET_ROWS:
            continue
        page = book.add_worksheet(sheet.title)
        page.freeze_panes(1, 0)
        for place, column in enumerate(sheet.columns):
            page.set_column(place, place, _width(column), looks.get(column.data_type, looks[""]))
        page.set_row(0, 30)
        page.write_row(0, 0, [column.header for column in sheet.columns], head)
        con.execute(sheet.query())
        _write_rows(page, iter(lambda: con.fetchmany(5_000), []))
        page.autofilter(0, 0, sheet.rows, len(sheet.columns) - 1)
    book.close()


def _write_rows(page: Worksheet, batches: Iterable[list[tuple[object, ...]]]) -> None:
    number = 0
    for batch in batches:
        for row in batch:
            number += 1
            for place, value in enumerate(row):
                # by type, not by guess: an id is text, whatever it looks like
                match value:
                    case None:
                        pass
                    case str():
                        page.write_string(number, place, value)
                    case bool():
                        page.write_boolean(number, place, value)
                    case int() | float():
                        page.write_number(number, place, value)
                    case _:
                        page.write_datetime(number, place, value)


def _write_cover(
    con: duckdb.DuckDBPyConnection,
    book: xlsxwriter.Workbook,
    sheets: Sequence[Sheet],
    selection: Selection,
    language: Language,
    plain: xlsxwriter.format.Format,
    head: xlsxwriter.format.Format,
) -> None:
    """The first sheet: what this is, of whom and when, and what the other sheets hold."""
    names, collected_at = con.execute(
        "select list(account_name order by account_name), max(last_collected_at) from dim_accounts"
    ).fetchone()
    page = book.add_worksheet(write(said("export.cover"), language))
    page.set_column(0, 0, 28, plain)
    page.set_column(1, 1, 70, plain)
    page.set_column(2, 2, 12, plain)
    lines = [
        said("page.title"),
        said("page.market"),
        said("page.footer"),
        said("page.collected", at=Moment(collected_at)),
        said("export.accounts", names=names or []),
        said("export.period", first=f"{selection.first or ''}", last=f"{selection.last or ''}")
        if selection.first or selection.last
        else said("export.all_days"),
    ]
    for number, line in enumerate(lines):
        page.write_string(number, 0, write(line, language))
    begin = len(lines) + 1
    page.write_row(
        begin,
        0,
        [write(said(f"export.{name}"), language) for name in ("sheet", "row", "rows")],
        head,
    )
    for number, sheet in enumerate(sheets, start=begin + 1):
        about = sheet.about
        if sheet.rows > SHEET_ROWS:
            about = write(said("export.too_long", rows=sheet.rows), language)
        page.write_string(number, 0, sheet.title)
        page.write_string(number, 1, about)
        page.write_number(number, 2, sheet.rows)


def _width(column: Column) -> int:
    # Hangul is twice as wide as a digit
    header = sum(2 if ord(letter) > 0x2E7F else 1 for letter in column.header)
    least = {"VARCHAR": 16, "TIMESTAMP": 16, "DATE": 11, "BOOLEAN": 9}.get(column.data_type, 12)
    if column.name in ("detail", "product_name", "last_error", "reason"):
        least = 40
    return min(max(least, header + 3), 60)


def in_words(exported: Exported) -> list[str]:
    """What to tell whoever asked for the export."""
    total = sum(exported.rows.values())
    lines = [f"Exported {total:,} rows of {len(exported.rows)} tables to {exported.folder}"]
    lines += [
        f"warning: {mart} has {exported.rows[mart]:,} rows, more than a sheet holds; it is not in"
        f" {WORKBOOK}. Narrow it with --from and --to, or take CSV or Parquet."
        for mart in exported.left_out
    ]
    return lines
