"""Files of every kind, good and bad, as tables."""

import io
import zipfile
import zlib
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.exchange.workbook import MAX_BYTES, read_workbook
from portal.rules import RuleBroken
from tests.exchange.tables import make_csv, make_ods, make_xlsx

ROWS = [["Имя", "Дата", "Число"], ["Фёкла; «Ия»\nвторая строка", date(2026, 11, 22), 5]]


def refused(source: bytes | Path, name: str = "реестр.xlsx") -> str:
    with pytest.raises(RuleBroken) as broken:
        read_workbook(source, name)
    assert broken.value.message % broken.value.params
    return broken.value.code


def zipped(**files: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return target.getvalue()


def replaced(workbook: bytes, path: str, content: bytes) -> bytes:
    source, target = zipfile.ZipFile(io.BytesIO(workbook)), io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in source.namelist():
            archive.writestr(name, content if name == path else source.read(name))
    return target.getvalue()


@pytest.mark.parametrize("make", [make_xlsx, make_ods])
def test_sheets_keep_names_lines_dates_and_numbers(make):
    sheets = read_workbook(make({"Список": ROWS, "Люди": [["А"]], "Пусто": []}), "что угодно.txt")
    assert [sheet.name for sheet in sheets] == ["Список", "Люди"]
    assert sheets[0].rows == [(1, ("Имя", "Дата", "Число")), (2, (*ROWS[1][:2], 5.0))]


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "utf-16"])
def test_csv_in_every_spelling(delimiter, encoding):
    (sheet,) = read_workbook(make_csv(ROWS, delimiter, encoding), "реестр.csv")
    assert sheet.rows == [
        (1, ("Имя", "Дата", "Число")),
        (2, ("Фёкла; «Ия»\nвторая строка", "22.11.2026", "5")),
    ]


def test_the_line_that_names_the_separator_is_no_row():
    (sheet,) = read_workbook(b"sep=;\r\na;b\r\n\r\n1;2\r\n")
    assert sheet.rows == [(1, ("a", "b")), (3, ("1", "2"))]


def test_rows_are_numbered_as_excel_shows_them():
    (sheet,) = read_workbook(make_xlsx({"A": [["x", "y"], [], ["z"]]}, first_row=6, first_column=2))
    assert sheet.rows == [(7, ("", "", "x", "y")), (9, ("", "", "z", ""))]


def test_a_path_is_read_as_well(tmp_path):
    path = tmp_path / "book.xlsx"
    path.write_bytes(make_xlsx({"A": [["x"]]}))
    assert read_workbook(path)[0].rows == [(1, ("x",))]
    assert refused(tmp_path / "none.xlsx") == "file_missing"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "workbook_empty"),
        (b"  \r\n ", "workbook_empty"),
        (make_xlsx({"A": []}), "workbook_empty"),
        (make_ods({"A": [["", ""]]}), "workbook_empty"),
        (b";;;\n;;;\n", "workbook_empty"),
        ("просто письмо без таблицы".encode(), "not_a_workbook"),
        (b"%PDF-1.7 ;;;;", "not_a_workbook"),
        (b"<html><table>;;</table></html>", "not_a_workbook"),
        (b"\x89PNG\r\n\x1a\n\x00\x00;;", "not_a_workbook"),
        (b"PK\x03\x04 broken", "not_a_workbook"),
        (make_xlsx({"A": [["x"]]})[:-300], "not_a_workbook"),
        (zipped(readme_dot_txt=b"hello"), "not_a_workbook"),
        (
            zipped(mimetype=b"application/vnd.oasis.opendocument.text", content_dot_xml=b"<x/>"),
            "not_a_workbook",
        ),
        (zipped(xl__workbook_dot_xml=b"<x/>"), "not_a_workbook"),
        (replaced(make_ods({"A": [["x"]]}), "content.xml", b"<a><b>"), "not_a_workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old_workbook"),
        (b"a;b\n" * 50_001, "too_many_rows"),
        (b'a;"' + b"x" * 200_000 + b'"\n', "not_a_workbook"),
        (b"x" * (MAX_BYTES + 1), "file_too_big"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_bad_file_is_refused_in_words(content, code):
    assert refused(content) == code


def test_a_huge_file_on_disk_is_not_read(tmp_path):
    path = tmp_path / "huge.xlsx"
    with path.open("wb") as stream:
        stream.truncate(50 * 1024 * 1024)
    assert refused(path) == "file_too_big"


def test_zip_bombs_are_not_opened():
    assert (
        refused(replaced(make_xlsx({"A": [["x"]]}), "xl/worksheets/sheet1.xml", b" " * 30_000_000))
        == "zip_bomb"
    )
    assert refused(zipped(**{f"file{number}": b"" for number in range(10_001)})) == "zip_bomb"


def test_a_bomb_that_lies_about_its_size_is_counted():
    bomb = replaced(make_xlsx({"A": [["x"]]}), "xl/worksheets/sheet1.xml", b" " * 30_000_000)
    for real, told in ((30_000_000, 100), (zlib.crc32(b" " * 30_000_000), zlib.crc32(b" " * 100))):
        bomb = bomb.replace(real.to_bytes(4, "little"), told.to_bytes(4, "little"))
    assert zipfile.ZipFile(io.BytesIO(bomb)).read("xl/worksheets/sheet1.xml") == b" " * 100
    assert refused(bomb) == "zip_bomb"


def test_two_cells_far_apart_take_no_memory():
    rows = [["x"]]
    assert (
        refused(make_xlsx({"A": rows, "B": [["far", *[None] * 16_000, "away"]]}, first_row=40_000))
        == "too_many_cells"
    )
    assert refused(make_xlsx({"A": rows}, first_row=1_048_000, first_column=16_000)) == "too_many_rows"


@pytest.mark.parametrize(
    ("attribute", "code"),
    [
        ('table:number-rows-repeated="1000000"><table:table-cell', "too_many_rows"),
        ('><table:table-cell table:number-columns-repeated="16000000"', "too_many_cells"),
    ],
)
def test_a_repeated_ods_cell_is_measured(attribute, code):
    book = make_ods({"A": [["x"]]})
    content = zipfile.ZipFile(io.BytesIO(book)).read("content.xml").decode()
    content = content.replace("<table:table-row><table:table-cell", f"<table:table-row {attribute}")
    assert refused(replaced(book, "content.xml", content.encode())) == code


def test_empty_repeated_ods_rows_are_no_reason_to_refuse():
    book = make_ods({"A": [["x"], [""]]})
    content = zipfile.ZipFile(io.BytesIO(book)).read("content.xml").decode()
    at = content.rindex("<table:table-row>")
    content = content[:at] + '<table:table-row table:number-rows-repeated="1048575">' + content[at + 17 :]
    assert read_workbook(replaced(book, "content.xml", content.encode()))[0].rows == [(1, ("x",))]


def test_a_repeated_space_is_measured():
    book = make_ods({"A": [["x"]]})
    content = zipfile.ZipFile(io.BytesIO(book)).read("content.xml").decode()
    content = content.replace(">x<", '><text:s text:c="2000000000"/><')
    assert refused(replaced(book, "content.xml", content.encode())) == "zip_bomb"


@settings(max_examples=60)
@given(st.binary(max_size=300) | st.binary(max_size=300).map(lambda tail: b"PK\x03\x04" + tail))
def test_any_bytes_are_read_or_refused(content):
    try:
        assert read_workbook(content)
    except RuleBroken as broken:
        assert broken.message % broken.params
