"""Ten journals of attendance as pedagogues keep them in Excel: days across, children down; and what they say."""

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

import xlsxwriter

Book = Any
Mark = tuple[str, str, str, str]  # cell, day and time, child, mark as it stands


@dataclass(frozen=True)
class Wide:
    """A workbook, the answers that it needs, the marks in it, and the codes of what is said of it."""

    make: Callable[[Book], None]
    marks: list[Mark]
    notes: set[str] = field(default_factory=set)
    answers: dict[str, str] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)  # names of the questions that nothing in the sheet answers


def made(wide: Wide) -> bytes:
    """The workbook as a file."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "default_date_format": "dd.mm"}) as book:
        wide.make(book)
    return out.getvalue()


def put(sheet: Any, rows: list[list[Any]], top: int = 0) -> None:
    """The rows from a line on; texts as texts, days as days."""
    for line, row in enumerate(rows, top):
        for place, value in enumerate(row):
            if isinstance(value, str):
                sheet.write_string(line, place, value)
            elif value is not None:
                sheet.write(line, place, value)


def _plain(book: Book) -> None:
    """A month of one club: the year in the title, days as texts, sums right and below."""
    sheet = book.add_worksheet("Сентябрь")
    put(sheet, [["Журнал посещаемости клуба «Радуга», сентябрь 2026 г."], ["Педагог: Лугова А. И."], []])
    rows = [["№", "Ф.И.О. ребёнка", "03.09", "10.09", "17.09", "Итого"]]
    rows += [["1", "Клёнова Вера", "+", "+", "н", "2"], ["2", "Осинин Пётр", "б", "", "+", "1"]]
    put(sheet, [*rows, ["", "Всего", "1", "1", "1", "3"], ["", "Педагог ____________ Лугова"]], 3)


PLAIN = Wide(
    _plain,
    [
        ("C5", "2026-09-03", "Клёнова Вера", "+"),
        ("D5", "2026-09-10", "Клёнова Вера", "+"),
        ("E5", "2026-09-17", "Клёнова Вера", "н"),
        ("C6", "2026-09-03", "Осинин Пётр", "б"),
        ("E6", "2026-09-17", "Осинин Пётр", "+"),
    ],
    {"grid", "year", "sum_rows", "columns_left_out", "empty_cells"},
)


def _real_days(book: Book) -> None:
    """Days as Excel keeps them, weekdays below, ones and noughts as numbers; the list begins in column B."""
    sheet = book.add_worksheet("Лист1")
    put(sheet, [[None, "Мастерская"]])
    put(sheet, [[None, "Фамилия, имя", date(2026, 9, 7), date(2026, 9, 9), date(2026, 9, 14)]], 2)
    put(
        sheet,
        [[None, None, "пн", "ср", "пн"], [None, "Клёнова Вера", 1, 0, 1], [None, "Осинин Пётр", 0, 1, 1]],
        3,
    )


REAL_DAYS = Wide(
    _real_days,
    [
        ("C5", "2026-09-07", "Клёнова Вера", "1"),
        ("D5", "2026-09-09", "Клёнова Вера", "0"),
        ("E5", "2026-09-14", "Клёнова Вера", "1"),
        ("C6", "2026-09-07", "Осинин Пётр", "0"),
        ("D6", "2026-09-09", "Осинин Пётр", "1"),
        ("E6", "2026-09-14", "Осинин Пётр", "1"),
    ],
    {"grid"},
)


def _numbers(book: Book) -> None:
    """Only numbers of days under a month that is merged over them, two months side by side."""
    sheet = book.add_worksheet("Радуга")
    sheet.merge_range(0, 0, 0, 5, "Табель посещения, 2026/2027 учебный год")
    sheet.merge_range(1, 0, 2, 0, "Дети")
    sheet.merge_range(1, 1, 1, 2, "Декабрь")
    sheet.merge_range(1, 3, 1, 5, "Январь")
    put(sheet, [[None, 22, 29, 12, 19, 26], ["Клёнова Вера", "+", "+", "", "у", "+"]], 2)
    put(sheet, [["Осинин Пётр", "", "", "V", "V", ""]], 4)


NUMBERS = Wide(
    _numbers,
    [
        ("B4", "2026-12-22", "Клёнова Вера", "+"),
        ("C4", "2026-12-29", "Клёнова Вера", "+"),
        ("E4", "2027-01-19", "Клёнова Вера", "у"),
        ("F4", "2027-01-26", "Клёнова Вера", "+"),
        ("D5", "2027-01-12", "Осинин Пётр", "V"),
        ("E5", "2027-01-19", "Осинин Пётр", "V"),
    ],
    {"grid", "year", "empty_cells"},
)


def _no_year(book: Book) -> None:
    """No year anywhere, days in words, over the turn of the year; the club is nowhere named."""
    sheet = book.add_worksheet("Лист1")
    put(sheet, [["Участник", "24 дек.", "31 декабря", "14 янв"], ["Клёнова Вера", "п", "п", "б"]])


NO_YEAR = Wide(
    _no_year,
    [
        ("B2", "2025-12-24", "Клёнова Вера", "п"),
        ("C2", "2025-12-31", "Клёнова Вера", "п"),
        ("D2", "2026-01-14", "Клёнова Вера", "б"),
    ],
    {"grid", "year"},
    {"c0": "Радуга", "y0": "2025"},
    {"c0", "y0"},
)


def _twice_a_day(book: Book) -> None:
    """Two sessions a day: the day merged over two columns, the times below it."""
    sheet = book.add_worksheet("Радуга")
    put(sheet, [["ФИО"], [None, "10:00", "15.00-15.45", "10:00"], ["Клёнова Вера", "+", "н", "+"]])
    sheet.merge_range(0, 1, 0, 2, "03.09.2026")
    sheet.write_string(0, 3, "10.09.2026")


TWICE_A_DAY = Wide(
    _twice_a_day,
    [
        ("B3", "2026-09-03 10:00", "Клёнова Вера", "+"),
        ("C3", "2026-09-03 15:00", "Клёнова Вера", "н"),
        ("D3", "2026-09-10 10:00", "Клёнова Вера", "+"),
    ],
    {"grid"},
)


def _hidden(book: Book) -> None:
    """Old columns and a child who left are hidden, a second sheet too; a mark is merged over two days."""
    sheet = book.add_worksheet("Радуга")
    put(
        sheet,
        [
            ["ФИО", "03.09.26", "10.09.26", "17.09.26", "Примечание"],
            ["Клёнова Вера", "+", None, None, "мама"],
        ],
    )
    put(sheet, [["Осинин Пётр", "н", "н", "н"]], 2)
    sheet.merge_range(1, 2, 1, 3, "болела")
    sheet.set_column(1, 1, None, None, {"hidden": True})
    sheet.set_row(2, None, None, {"hidden": True})
    other = book.add_worksheet("Мастерская")
    put(other, [["ФИО", "04.09.2026", "11.09.2026"], ["Осинин Пётр", "+", ""]])
    other.hide()
    put(book.add_worksheet("Телефоны"), [["ФИО", "Телефон"], ["Клёнова", "8 900 000 00 00"]])


HIDDEN = Wide(
    _hidden,
    [
        ("B2", "2026-09-03", "Клёнова Вера", "+"),
        ("C2", "2026-09-10", "Клёнова Вера", "болела"),
        ("D2", "2026-09-17", "Клёнова Вера", "болела"),
        ("B3", "2026-09-03", "Осинин Пётр", "н"),
        ("C3", "2026-09-10", "Осинин Пётр", "н"),
        ("D3", "2026-09-17", "Осинин Пётр", "н"),
        ("B2", "2026-09-04", "Осинин Пётр", "+"),
    ],
    {"grid", "hidden_rows", "hidden_columns", "hidden_sheet", "columns_left_out", "empty_cells", "unread"},
)


def _odd_marks(book: Book) -> None:
    """Marks of one's own, a day that is none, a number where a day was meant, a mark of which the name is gone."""
    sheet = book.add_worksheet("Радуга 2026")
    put(sheet, [["Группа 1"], ["№", "Имя ребенка", 2.09, "03.09", "31.09", 10.09, "17.09 чт"]])
    put(sheet, [["1", "Клёнова Вера", "+", "х", "+", True, "отр."], ["2", "", "", "+", "", "", "+"]], 2)


ODD_MARKS = Wide(
    _odd_marks,
    [
        ("C3", "2.09", "Клёнова Вера", "+"),
        ("D3", "2026-09-03", "Клёнова Вера", "х"),
        ("E3", "31.09.2026", "Клёнова Вера", "+"),
        ("F3", "10.09", "Клёнова Вера", "True"),
        ("G3", "2026-09-17", "Клёнова Вера", "отр."),
        ("D4", "2026-09-03", "", "+"),
        ("G4", "2026-09-17", "", "+"),
    ],
    {"grid", "year"},
    asked={"m0", "m1", "m2"},
)


def _wrong_weekday(book: Book) -> None:
    """Last year's sheet, filled in anew: the weekdays are this year's, the title is not."""
    sheet = book.add_worksheet("Сентябрь")
    put(sheet, [["Клуб Радуга 2025 год"], ["", "вт", "пт"], ["Воспитанники", "01.09", "04.09"]])
    put(sheet, [["Клёнова Вера", "+", "+"], ["КЛЁНОВА ВЕРА", "", "+"]], 3)


WRONG_WEEKDAY = Wide(
    _wrong_weekday,
    [
        ("B4", "2025-09-01", "Клёнова Вера", "+"),
        ("C4", "2025-09-04", "Клёнова Вера", "+"),
        ("C5", "2025-09-04", "КЛЁНОВА ВЕРА", "+"),
    ],
    {"grid", "year", "weekday", "empty_cells"},
)


def _three_columns_of_a_name(book: Book) -> None:
    """Surname, name and patronymic apart, the number of the card, the mother; groups as rows between."""
    sheet = book.add_worksheet("окт. 2026")
    put(sheet, [["Театральный клуб «Мастерская»"], [], []])
    head = [
        "Карта №",
        "Фамилия",
        "Имя",
        "Отчество",
        "ФИО родителя",
        datetime(2026, 10, 5, 16, 30),
        "12.10 16:30",
    ]
    put(
        sheet,
        [head, ["Младшая группа"], [7, "Клёнова", "Вера", "Ильинична", "Клёнова А. П.", "был", "не был"]],
        3,
    )
    put(sheet, [["Старшая группа"], [12, "Осинин", "Пётр", "Ильич", "Осинина О. О.", "да", "-"]], 6)
    put(
        sheet,
        [["Присутствовало", None, None, None, None, 2, 0], ["Тема", None, None, None, None, "Лес", "Река"]],
        8,
    )


THREE_COLUMNS = Wide(
    _three_columns_of_a_name,
    [
        ("F6", "2026-10-05 16:30", "Клёнова Вера Ильинична", "был"),
        ("G6", "2026-10-12 16:30", "Клёнова Вера Ильинична", "не был"),
        ("F8", "2026-10-05 16:30", "Осинин Пётр Ильич", "да"),
        ("G8", "2026-10-12 16:30", "Осинин Пётр Ильич", "-"),
    ],
    {"grid", "year", "sum_rows"},
)


def _by_number(book: Book) -> None:
    """Day numbers with neither month nor year, the same day twice without a time, numbers of columns below."""
    sheet = book.add_worksheet("Радуга")
    put(sheet, [["№", "Список детей", "3", "3", "10", "17"], ["1", "2", "3", "4", "5", "6"]])
    put(sheet, [["1", "Клёнова Вера", "+", "+", "+", ""], ["2", "Осинин Пётр", "н", "", "+", ""]], 2)


BY_NUMBER = Wide(
    _by_number,
    [
        ("C3", "2026-09-03", "Клёнова Вера", "+"),
        ("D3", "2026-09-03", "Клёнова Вера", "+"),
        ("E3", "2026-09-10", "Клёнова Вера", "+"),
        ("C4", "2026-09-03", "Осинин Пётр", "н"),
        ("E4", "2026-09-10", "Осинин Пётр", "+"),
    ],
    {"grid", "year", "empty_cells"},
    {"y0": "2026", "o0": "9"},
    {"y0", "o0"},
)

ALL = {
    "plain": PLAIN,
    "real_days": REAL_DAYS,
    "numbers": NUMBERS,
    "no_year": NO_YEAR,
    "twice_a_day": TWICE_A_DAY,
    "hidden": HIDDEN,
    "odd_marks": ODD_MARKS,
    "wrong_weekday": WRONG_WEEKDAY,
    "three_columns": THREE_COLUMNS,
    "by_number": BY_NUMBER,
}


def said_of(row: Any) -> Mark:
    """The row of a wide table as the truth writes it."""
    day, at = row.values["day"], row.values["time"]
    when = f"{day}" + (f" {at:%H:%M}" if isinstance(at, time) else "")
    return row.place, when, row.values["recipient"], _text(row.values["mark"])


def _text(mark: object) -> str:
    return str(int(mark)) if isinstance(mark, float) else str(mark)
