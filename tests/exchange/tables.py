"""Workbooks made for tests: the same rows as xlsx, ods or csv."""

import csv
import io
from datetime import date, datetime

import xlsxwriter
from hypothesis import strategies as st
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P

Rows = list[list[object]]
CELL = st.none() | st.booleans() | st.floats() | st.dates() | st.datetimes() | st.text(max_size=80)
CELL |= st.text(st.sampled_from("АИванова вич0123.,;-/ г.р\n()№"), max_size=60)


def make_xlsx(sheets: dict[str, Rows], first_row: int = 0, first_column: int = 0) -> bytes:
    """An Excel workbook; rows may begin lower and further right."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True, "default_date_format": "dd.mm.yyyy"}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows, first_row):
                for place, value in enumerate(row, first_column):
                    if isinstance(value, str):
                        sheet.write_string(number, place, value)
                    elif value is not None:
                        sheet.write(number, place, value)
    return target.getvalue()


def make_ods(sheets: dict[str, Rows]) -> bytes:
    """An OpenDocument spreadsheet; each line of a text is a paragraph."""
    book = OpenDocumentSpreadsheet()
    for name, rows in sheets.items():
        table = Table(name=name)
        for row in rows:
            line = TableRow()
            for value in row:
                line.addElement(_ods_cell(value))
            table.addElement(line)
        book.spreadsheet.addElement(table)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _ods_cell(value: object) -> TableCell:
    if isinstance(value, date):
        return TableCell(valuetype="date", datevalue=value.isoformat()[:10])
    if isinstance(value, int | float):
        return TableCell(valuetype="float", value=str(value))
    if not value:
        return TableCell()
    cell = TableCell(valuetype="string")
    for line in str(value).split("\n"):
        cell.addElement(P(text=line))
    return cell


def make_csv(rows: Rows, delimiter: str = ";", encoding: str = "utf-8-sig") -> bytes:
    """A csv as Excel writes it."""
    target = io.StringIO(newline="")
    writer = csv.writer(target, delimiter=delimiter)
    for row in rows:
        writer.writerow([_csv_text(value) for value in row])
    return target.getvalue().encode(encoding)


def _csv_text(value: object) -> str:
    if isinstance(value, datetime | date):
        return f"{value:%d.%m.%Y}"
    return str(int(value)) if isinstance(value, float) else str(value if value is not None else "")
