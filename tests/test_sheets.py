"""A list as a file: types are kept, nothing is a formula, nothing hostile gets through."""

import csv
import io
import time
import zipfile
from datetime import UTC, date, datetime
from datetime import time as clock_time
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from portal import sheets
from portal.rules import RuleBroken
from portal.sheets import Column, Kind, Sheet

HOSTILE = (
    '=HYPERLINK("http://evil.example","press")',
    "+SUM(1;2)",
    "-cmd|' /C calc'!A0",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "two\nlines",
    "semicolon; and «quotes» \" '",
    "👨‍👩‍👧 семья",
    "http://example.org",
    "{=1}",
)


def sheet(rows: list[Any], *columns: Column, name: str = "Список") -> Sheet:
    return Sheet(name, columns or (Column("Текст", "text"),), rows, ("да", "нет"))


def cells(data: bytes) -> list[list[Any]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()


def lines(data: bytes) -> list[list[str]]:
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=";"))


ALL = (
    Column("Текст", "text"),
    Column("Дата", "day", Kind.DATE),
    Column("Время", "at", Kind.TIME),
    Column("Момент", "moment", Kind.DATETIME),
    Column("Число", "number", Kind.INTEGER),
    Column("Доля", "share", Kind.DECIMAL),
    Column("Да или нет", lambda row: row.number > 0, Kind.YES_NO),
)
ROW = SimpleNamespace(
    text="Иванова",
    day=date(2026, 11, 2),
    at=clock_time(9, 5),
    moment=datetime(2026, 11, 2, 14, 30, tzinfo=UTC),
    number=7,
    share=Decimal("0.25"),
)


def test_a_workbook_keeps_the_types() -> None:
    head, row = cells(sheets.workbook(sheet([ROW], *ALL)))
    assert head == [column.title for column in ALL]
    assert row == [
        *("Иванова", date(2026, 11, 2), clock_time(9, 5), datetime(2026, 11, 2, 14, 30)),
        *(7.0, 0.25, "да"),
    ]


def test_csv_says_dates_and_decimals_as_russian_excel_reads_them() -> None:
    _head, row = lines(sheets.as_csv(sheet([ROW], *ALL)))
    assert row == ["Иванова", "02.11.2026", "09:05", "02.11.2026 14:30", "7", "0,25", "да"]


def test_nothing_stays_empty_and_no_is_no_emptiness() -> None:
    row = SimpleNamespace(text=None, day=None, at=None, moment=None, number=0, share=None)
    assert cells(sheets.workbook(sheet([row], *ALL)))[1] == ["", "", "", "", 0.0, "", "нет"]
    assert lines(sheets.as_csv(sheet([row], *ALL)))[1] == ["", "", "", "", "0", "", "нет"]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_text_in_a_workbook(text: str) -> None:
    data = sheets.workbook(sheet([SimpleNamespace(text=text)]))
    inside = zipfile.ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in inside and "hyperlink" not in inside
    assert cells(data)[1][0].replace("\r\n", "\n") == text.replace("_x000D_", "\r")


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_harmless_in_csv(text: str) -> None:
    found = lines(sheets.as_csv(sheet([SimpleNamespace(text=text)])))[1][0]
    assert found in (text, f"'{text}")
    assert not found.startswith(sheets.FORMULA)


@pytest.mark.parametrize("phone", ["+7 900 123-45-67", "+375291234567", "-5", "+7 (900) 123-45-67"])
def test_phones_and_numbers_stay_readable(phone: str) -> None:
    assert lines(sheets.as_csv(sheet([SimpleNamespace(text=phone)])))[1] == [phone]


@pytest.mark.parametrize("text", ["+7 900 A1", "-1+cmd", "+7*(2)", "+1=1", "+SUM", "-A1", "+"])
def test_what_only_looks_like_a_number_gets_its_apostrophe(text: str) -> None:
    assert lines(sheets.as_csv(sheet([SimpleNamespace(text=text)])))[1] == [f"'{text}"]


def test_what_xml_cannot_hold_is_dropped() -> None:
    row = SimpleNamespace(text="а\x00б\x0bв\ud800г\uffffд\x1f")
    assert cells(sheets.workbook(sheet([row])))[1] == ["абвгд"]
    assert lines(sheets.as_csv(sheet([row])))[1] == ["абвгд"]


@pytest.mark.parametrize(("sign", "kept"), [("я", 32_763), ("👪", 16_381)])
def test_a_cell_longer_than_excel_takes_is_cut_with_a_mark(sign: str, kept: int) -> None:
    found = cells(sheets.workbook(sheet([SimpleNamespace(text=sign * 40_000)])))[1][0]
    assert found == sign * kept + sheets.CUT
    assert len(found.encode("utf-16-le")) // 2 <= sheets.LONGEST_CELL
    whole = "я" * sheets.LONGEST_CELL
    assert cells(sheets.workbook(sheet([SimpleNamespace(text=whole)])))[1][0] == whole


def test_too_many_rows_are_refused_with_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MOST_ROWS", 3)
    rows = [SimpleNamespace(text="а")] * 3
    assert len(cells(sheets.workbook(sheet(rows)))) == len(lines(sheets.as_csv(sheet(rows)))) == 4
    for write in (sheets.workbook, sheets.as_csv):
        with pytest.raises(RuleBroken) as refused:
            write(sheet([*rows, rows[0]]))
        assert (refused.value.code, refused.value.params) == ("too_many_rows", {"most": 3})


def test_an_empty_list_is_its_head() -> None:
    assert cells(sheets.workbook(sheet([]))) == [["Текст"]]
    assert lines(sheets.as_csv(sheet([]))) == [["Текст"]]


def test_the_sheet_has_a_russian_name_a_frozen_bold_head_and_a_filter() -> None:
    data = sheets.workbook(sheet([ROW], *ALL, name="Семьи: на патронаже [2026]/" + "я" * 40))
    book = zipfile.ZipFile(io.BytesIO(data))
    names = CalamineWorkbook.from_filelike(io.BytesIO(data)).sheet_names
    assert names == ["Семьи на патронаже 2026"]
    assert sheets.sheet_name("я" * 40) == "я" * 31
    assert sheets.sheet_name("Обследования условий жизнедеятельности") == "Обследования условий"
    page = book.read("xl/worksheets/sheet1.xml").decode()
    assert 'state="frozen"' in page and '<autoFilter ref="A1:G2"/>' in page
    assert "<b/>" in book.read("xl/styles.xml").decode()
    assert sheets.sheet_name("''") == "1"


def test_rows_are_gone_through_once_and_counted() -> None:
    written = sheet([])
    written.rows = (SimpleNamespace(text=str(number)) for number in range(1_200))
    assert len(cells(sheets.workbook(written))) == 1_201
    assert written.written == 1_200


def test_five_thousand_rows_take_less_than_a_second() -> None:
    began = time.process_time()
    sheets.workbook(sheet([ROW] * 5_000, *ALL))
    assert time.process_time() - began < 1
