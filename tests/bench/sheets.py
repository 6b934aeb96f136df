"""How much CPU a list of 5,000 rows takes as a workbook and as CSV."""

import time
from datetime import date, datetime
from types import SimpleNamespace

from portal import sheets
from portal.sheets import Column, Kind, Sheet

ROWS = 5_000
LONGEST = 1.0  # seconds of CPU of a workbook
COLUMNS = (
    Column("№", "number", Kind.INTEGER),
    Column("Представитель", "name"),
    Column("Детей", "children", Kind.INTEGER),
    Column("Состояние", "status"),
    Column("Режим", "regime"),
    Column("Категории", "categories"),
    Column("Закреплённый специалист", "lead"),
    Column("Поставлена", "day", Kind.DATE),
    Column("Последний контакт", "at", Kind.DATETIME),
    Column("Приостановлена", "off", Kind.YES_NO),
)


def follow() -> None:
    """Print a line for each format."""
    for name, write in (("XLSX", sheets.workbook), ("CSV", sheets.as_csv)):
        began = time.process_time()
        data = write(Sheet("Семьи", COLUMNS, map(_row, range(ROWS)), ("да", "нет")))
        spent = time.process_time() - began
        told = "" if spent < LONGEST else f"  TOO LONG: at most {LONGEST:.1f} s"
        print(f"list of {ROWS} rows, {name}: CPU {spent:.2f} s, {len(data) / 1024:.0f} KB{told}")


def _row(number: int) -> SimpleNamespace:
    return SimpleNamespace(
        number=number,
        name=f"Соколова Мария Петровна {number}",
        children=number % 5,
        status="На патронаже",
        regime="плановый",
        categories="многодетная, малообеспеченная",
        lead="Громова А. В.",
        day=date(2026, 1 + number % 12, 1 + number % 28),
        at=datetime(2026, 1 + number % 12, 1 + number % 28, number % 24, number % 60),
        off=number % 9 == 0,
    )
