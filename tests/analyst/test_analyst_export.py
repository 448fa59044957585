"""What an analyst is handed as files: readable in a spreadsheet, whole, and of nobody else."""

from __future__ import annotations

import csv
import zipfile
from datetime import date, datetime
from pathlib import Path

import duckdb
import openpyxl
import pyarrow.parquet
import pytest
from analyst_file import ONE, TWO, account, day, publish

from extract.errors import KeyRefused
from publish import export as exporting
from publish.errors import PublishError
from publish.export import default_folder, export, in_words
from publish.selection import Selection

CANARIES = ("상점 001", "상점 003", "A00000001", "A00000003", "group-1")


@pytest.fixture(scope="session")
def everything(demo_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("export") / "all"
    export(demo_file, folder, Selection())
    return folder


def test_a_workbook_is_one_a_korean_seller_can_read(everything: Path) -> None:
    book = openpyxl.load_workbook(everything / "coupang_revenue.xlsx")
    page = book["일별 매출"]
    header = [cell.value for cell in page[1]]

    assert book.sheetnames[:4] == ["안내", "일별 매출", "주문", "주문 상품"]
    assert page.freeze_panes == "A2"
    assert page.auto_filter.ref is not None
    assert {"계정명", "결제일", "매출", "취소·환불금액", "자료 상태"} <= set(header)
    row = dict(zip(header, page[2], strict=True))
    assert isinstance(row["결제일"].value, datetime)
    assert row["결제일"].number_format == "yyyy-mm-dd"
    assert isinstance(row["매출"].value, int)
    assert row["매출"].number_format == "#,##0"
    assert row["자료 상태"].value in ("확정", "잠정")


def test_the_workbook_says_what_it_is(everything: Path) -> None:
    book = openpyxl.load_workbook(everything / "coupang_revenue.xlsx")
    cover = [cell for row in book["안내"].iter_rows(values_only=True) for cell in row]

    assert "일반마켓 기준, 로켓그로스 제외" in cover
    assert "계정: 상점 001, 상점 002, 상점 003" in cover
    assert "일별 매출" in cover


def test_ids_are_text_and_keep_every_digit(everything: Path) -> None:
    book = openpyxl.load_workbook(everything / "coupang_revenue.xlsx")
    page = book["주문"]
    place = [cell.value for cell in page[1]].index("주문번호")
    cell = page[2][place]

    assert isinstance(cell.value, str)
    assert len(cell.value) == 14


def test_csv_opens_right_in_excel_in_korea(everything: Path) -> None:
    raw = (everything / "fct_daily_revenue.csv").read_bytes()
    rows = list(csv.DictReader(raw.decode("utf-8-sig").splitlines()))

    assert raw.startswith(b"\xef\xbb\xbf")
    assert rows[0]["계정명"].startswith("상점")
    assert date.fromisoformat(rows[0]["결제일"])
    assert int(rows[0]["매출"]) > 0


def test_the_three_formats_and_the_file_hold_the_same(demo_file: Path, everything: Path) -> None:
    with duckdb.connect(str(demo_file), read_only=True) as con:
        expected = con.execute("select sum(revenue_krw), count(*) from fct_orders").fetchone()

    parquet = pyarrow.parquet.read_table(everything / "fct_orders.parquet")
    with (everything / "fct_orders.csv").open(encoding="utf-8-sig", newline="") as file:
        listed = [int(row["매출"]) for row in csv.DictReader(file)]
    page = openpyxl.load_workbook(everything / "coupang_revenue.xlsx")["주문"]
    place = [cell.value for cell in page[1]].index("매출")
    written = [row[place] for row in page.iter_rows(min_row=2, values_only=True)]

    assert (sum(parquet["revenue_krw"].to_pylist()), parquet.num_rows) == expected
    assert (sum(listed), len(listed)) == expected
    assert (sum(written), len(written)) == expected


def test_parquet_has_the_names_codes_and_utc_of_the_marts(everything: Path) -> None:
    table = pyarrow.parquet.read_table(everything / "fct_daily_revenue.parquet")

    assert "revenue_krw" in table.column_names
    assert set(table["data_status"].to_pylist()) <= {"final", "provisional", "missing"}


def test_moments_are_korean_for_people(everything: Path) -> None:
    with (everything / "dim_accounts.csv").open(encoding="utf-8-sig", newline="") as file:
        row = next(csv.DictReader(file))

    assert row["마지막 수집 (한국시간)"].startswith("2026-05-18 05:10")


def test_english_files_have_the_names_of_the_marts(demo_file: Path, tmp_path: Path) -> None:
    export(demo_file, tmp_path / "en", Selection(), formats=("xlsx", "csv"), language="en")

    book = openpyxl.load_workbook(tmp_path / "en" / "coupang_revenue.xlsx")
    assert book.sheetnames[:2] == ["About", "fct_daily_revenue"]
    header = (tmp_path / "en" / "fct_orders.csv").read_text(encoding="utf-8-sig").splitlines()[0]
    assert header.startswith("order_key,vendor_id")


@pytest.mark.parametrize(
    "selection", [Selection(accounts=("상점 002",)), Selection(groups=("group-0",))]
)
def test_a_client_is_handed_no_word_of_another(
    failed_file: Path, tmp_path: Path, selection: Selection
) -> None:
    exported = export(failed_file, tmp_path / "client", selection)

    for path in exported.files:
        for text in _texts(path):
            assert not [word for word in CANARIES if word in text], path.name
    assert any("상점 002" in text for text in _texts(tmp_path / "client" / "coupang_revenue.xlsx"))


def _texts(path: Path) -> list[str]:
    """All that can be read in a file, also what is compressed in it."""
    if path.suffix == ".xlsx":
        with zipfile.ZipFile(path) as parts:
            return [parts.read(name).decode("utf-8", "replace") for name in parts.namelist()]
    if path.suffix == ".parquet":
        table = pyarrow.parquet.read_table(path)
        return [
            str(table.to_pylist()),
            str(table.schema.metadata),
            path.read_bytes().decode("latin1"),
        ]
    return [path.read_text(encoding="utf-8-sig")]


def test_another_clients_export_never_lies_beside_this_one(demo_file: Path, tmp_path: Path) -> None:
    folder = tmp_path / "handed over"
    export(demo_file, folder, Selection(accounts=("상점 001",)), formats=("csv",))

    with pytest.raises(PublishError, match="other accounts or days"):
        export(demo_file, folder, Selection(accounts=("상점 002",)), formats=("csv",))


def test_a_second_export_of_the_same_replaces_the_first(demo_file: Path, tmp_path: Path) -> None:
    folder = tmp_path / "again"
    export(demo_file, folder, Selection(), formats=("csv",))
    export(demo_file, folder, Selection(), formats=("parquet",), tables=("fct_orders",))

    assert sorted(path.name for path in folder.iterdir()) == ["export.json", "fct_orders.parquet"]


def test_a_folder_with_other_things_is_left_alone(demo_file: Path, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")

    with pytest.raises(PublishError, match="holds other files"):
        export(demo_file, tmp_path, Selection())
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_only_the_days_that_were_asked_for(demo_file: Path, tmp_path: Path) -> None:
    first, last = date(2026, 4, 1), date(2026, 4, 30)
    exported = export(
        demo_file, tmp_path / "april", Selection(first=first, last=last), formats=("parquet",)
    )

    days = pyarrow.parquet.read_table(tmp_path / "april" / "fct_daily_revenue.parquet")
    assert set(days["payment_date"].to_pylist()) == {date(2026, 4, n) for n in range(1, 31)}
    assert exported.rows["fct_daily_revenue"] == 90


def test_an_unknown_table_is_told_with_the_known_ones(demo_file: Path, tmp_path: Path) -> None:
    with pytest.raises(PublishError, match=r"No table is called fct_order\. Tables: .*fct_orders"):
        export(demo_file, tmp_path / "out", Selection(), tables=("fct_order",))


def test_what_no_sheet_holds_is_left_out_loudly(
    demo_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "SHEET_ROWS", 500)

    exported = export(demo_file, tmp_path / "out", Selection(), formats=("xlsx", "csv"))

    book = openpyxl.load_workbook(tmp_path / "out" / "coupang_revenue.xlsx")
    assert "fct_orders" in exported.left_out
    assert "주문" not in book.sheetnames
    assert "계정" in book.sheetnames
    assert (tmp_path / "out" / "fct_orders.csv").exists()
    assert any("fct_orders" in line and "more than a sheet" in line for line in in_words(exported))
    cover = [cell for row in book["안내"].iter_rows(values_only=True) for cell in row]
    assert any("한 시트에 들어가지 않습니다" in str(cell) for cell in cover)


def test_a_name_is_never_a_formula(tmp_path: Path) -> None:
    evil = '=HYPERLINK("http://example.invalid","click")'
    file = publish(
        tmp_path / "coupang_revenue.duckdb",
        dim_accounts=[account(name=evil)],
        fct_daily_revenue=[day(date(2026, 1, 5), 1_000) | {"account_name": evil}],
    )

    export(file, tmp_path / "out", Selection(), formats=("xlsx", "csv"))

    book = openpyxl.load_workbook(tmp_path / "out" / "coupang_revenue.xlsx")
    names = [cell for cell in book["계정"][2] if cell.value and "HYPERLINK" in str(cell.value)]
    assert [cell.data_type for cell in names] == ["s"]
    with (tmp_path / "out" / "dim_accounts.csv").open(encoding="utf-8-sig", newline="") as opened:
        assert next(csv.DictReader(opened))["계정명"] == f"'{evil}"


def test_an_empty_file_makes_files_with_headers(empty_file: Path, tmp_path: Path) -> None:
    exported = export(empty_file, tmp_path / "out", Selection())

    assert set(exported.rows.values()) == {0}
    book = openpyxl.load_workbook(tmp_path / "out" / "coupang_revenue.xlsx")
    assert book["일별 매출"]["A1"].value == "키"


def test_selections_have_folders_of_their_own(tmp_path: Path) -> None:
    folders = {
        default_folder(tmp_path, selection)
        for selection in (
            Selection(),
            Selection(accounts=("a/b",)),
            Selection(accounts=("a b",)),
            Selection(groups=("a b",)),
            Selection(accounts=("a b",), first=date(2026, 1, 1)),
            Selection(accounts=("..",)),
            Selection(accounts=(ONE,)),
        )
    }

    assert len(folders) == 7
    assert {folder.parent for folder in folders} == {tmp_path / "export"}


def test_sentences_of_the_marts_are_korean_for_people(tmp_path: Path) -> None:
    detail = "box 9, item 7: the line is not in KRW and is left out"
    file = publish(
        tmp_path / "coupang_revenue.duckdb",
        dim_accounts=[account(last_error=f"refused. {KeyRefused.remedy}"), account(TWO, "둘")],
        fct_data_issues=[
            {
                "issue_key": "1",
                "vendor_id": ONE,
                "issue_type": "foreign_currency",
                "detail": detail,
            },
            {"issue_key": "2", "vendor_id": TWO, "issue_type": "new", "detail": "something new"},
        ],
    )
    for language, expected in (
        ("ko", ["묶음배송 9, 옵션 7: 금액이 원화가 아니어서 제외했습니다.", "something new"]),
        ("en", [detail, "something new"]),
    ):
        out = tmp_path / language
        export(file, out, Selection(), formats=("csv", "parquet"), language=language)
        with (out / "fct_data_issues.csv").open(encoding="utf-8-sig", newline="") as told:
            header, *rows = csv.reader(told)
        place = header.index("내용" if language == "ko" else "detail")
        assert sorted(row[place] for row in rows) == sorted(expected)
        parquet = pyarrow.parquet.read_table(out / "fct_data_issues.parquet")
        assert sorted(parquet["detail"].to_pylist()) == sorted([detail, "something new"])
    korean = (tmp_path / "ko" / "dim_accounts.csv").read_text(encoding="utf-8-sig")
    assert "새 키를 발급받아 재연동하세요. (refused." in korean
