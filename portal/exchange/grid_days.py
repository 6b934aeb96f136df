"""Headings of a wide table read as days: «03.09», «5 сент.», «пн 07.09 15:00», «12» under «Сентябрь 2026»."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from portal.exchange.register_cells import DATE, cell_text
from portal.rules.names import normalise

MONTHS = (
    *(r"янв\w*", r"фев\w*", r"мар(?:т\w*)?", r"апр\w*", r"ма[йея]", r"июн\w*"),
    *(r"июл\w*", r"авг\w*", r"сен\w*", r"окт\w*", r"ноя\w*", r"дек\w*"),
)
WEEKDAYS = (
    *(r"пн|пон|понедельник", r"вт|втр|вторник", r"ср|среда", r"чт|чтв|четверг"),
    *(r"пт|птн|пятница", r"сб|суб|суббота", r"вс|вск|воскресенье"),
)
_YEARS = r"(?:[./\-] ?(?P<y>[0-9]{4}|[0-9]{2}))?"
_NUMERIC = re.compile(rf"(?<![0-9:])(?P<d>[0-9]{{1,2}}) ?[./,\-] ?(?P<m>0?[1-9]|1[0-2]) ?{_YEARS}(?![0-9:])")
_WORDY = re.compile(
    rf"(?<![0-9])(?P<d>[0-9]{{1,2}})[ \-]?(?P<w>{'|'.join(MONTHS)})\b\.?"
    r"(?: ?(?P<y>20[0-9]{2}|[0-9]{2})(?![0-9:.\-]))?"
)
_ISO = re.compile(r"(?<![0-9])(?P<y>20[0-9]{2})-(?P<m>[0-9]{2})-(?P<d>[0-9]{2})(?![0-9])")
# With a dot or a dash only what can be no day: «15.00», «15-30».
_TIME = re.compile(r"(?<![0-9])([01]?[0-9]|2[0-3])(?::|[.\-](?=00|1[3-9]|[2-5]))([0-5][0-9])(?![0-9])")
_SPAN = re.compile(rf"({_TIME.pattern}) ?[-–—] ?{_TIME.pattern}")
_WEEKDAY = [re.compile(rf"\b(?:{words})\b") for words in WEEKDAYS]
_MONTH = [re.compile(rf"\b(?:{words})\b") for words in MONTHS]
_FULL_MONTH = re.compile(
    r"\b(?:январ[ья]|феврал[ья]|марта?|апрел[ья]|ма[йя]|июн[ья]|июл[ья]|августа?|(?:сент|окт|но|дека)[а-я]*бр[ья])\b"
)
_SERIAL = range(30_000, 70_000)
LONGEST = 60
_SCHOOL_YEAR = re.compile(r"(?<![0-9])20([0-9]{2}) ?[/\-–—] ?(?:20)?([0-9]{2})(?![0-9./\-])")
_YEAR = re.compile(r"(?<![0-9])20[0-9]{2}(?![0-9])")


@dataclass(frozen=True)
class Part:
    """What headings say of a column's day; a number alone is a day of a month that is said elsewhere."""

    day: int | None = None
    month: int | None = None
    year: int | None = None
    weekday: int | None = None
    at: time | None = None

    def joined(self, other: "Part") -> "Part":
        """With what another heading of the column says, where this one is silent."""
        names = ("day", "month", "year", "weekday", "at")
        lacking = {name: getattr(other, name) for name in names if getattr(self, name) is None}
        return replace(self, **lacking)


@dataclass(frozen=True)
class Years:
    """The year that a title says, or its school year (September to December of it, the rest of the next)."""

    year: int
    school: bool = False

    def of(self, month: int) -> int:
        """The year in which the month lies."""
        return self.year + (self.school and month < 9)

    def __str__(self) -> str:
        return f"{self.year}/{self.year + 1}" if self.school else str(self.year)


def read(cell: object) -> Part | None:
    """What a heading says of a day, a weekday, a time, or a month; None where it says anything else."""
    if isinstance(cell, datetime):
        return Part(cell.day, cell.month, cell.year, at=cell.time() if cell.time() != time() else None)
    if isinstance(cell, date):
        return Part(cell.day, cell.month, cell.year)
    if isinstance(cell, time):
        return Part(at=cell)
    if isinstance(cell, bool) or cell in ("", None):
        return None
    if isinstance(cell, (int, float)):
        return _of_number(float(cell))
    text = normalise(cell_text(cell))
    return _of_text(text) if text and len(text) <= LONGEST else None


def _of_number(number: float) -> Part | None:
    if number in range(1, 32):
        return Part(int(number))
    if number in _SERIAL:
        found = date.fromordinal(date(1899, 12, 30).toordinal() + int(number))
        return Part(found.day, found.month, found.year)
    return None


def _of_text(text: str) -> Part | None:
    if re.fullmatch(r"0?[1-9]|[12][0-9]|3[01]", text):
        return Part(int(text))
    text = _SPAN.sub(r"\1", text)
    part, rest = Part(), text
    for pattern in (_ISO, _WORDY, _NUMERIC):
        if match := pattern.search(rest):
            part, rest = _dated(match), rest[: match.start()] + " " + rest[match.end() :]
            break
    if match := _TIME.search(rest):
        at = time(int(match[1]), int(match[2]))
        part, rest = replace(part, at=at), rest[: match.start()] + " " + rest[match.end() :]
    weekday = next((n for n, one in enumerate(_WEEKDAY) if one.search(rest)), None)
    part = replace(part, weekday=weekday)
    if part.month is None and _FULL_MONTH.search(rest):
        month, year = month_in(rest), _YEAR.search(rest)
        part, rest = replace(part, month=month, year=int(year[0]) if year else None), _YEAR.sub(" ", rest)
    return None if part == Part() or re.search(r"[0-9]", rest) else part


def _dated(match: re.Match[str]) -> Part:
    found = match.groupdict()
    month = month_in(found["w"]) if found.get("w") else int(found["m"])
    year = int(found["y"]) if found.get("y") else None
    return Part(int(found["d"]), month, year + 2000 if year is not None and year < 100 else year)


def month_in(text: str) -> int | None:
    """The one month that the text names, None for none or several."""
    found = {number for number, one in enumerate(_MONTH, 1) if one.search(text)}
    return found.pop() if len(found) == 1 else None


def months_of(texts: Iterable[str]) -> int | None:
    """The one month that titles name in full, None for none or several."""
    named = {match[0] for text in texts for match in _FULL_MONTH.finditer(normalise(text))}
    found = {month_in(name) for name in named}
    return found.pop() if len(found) == 1 else None


def years_of(texts: Sequence[str]) -> Years | None:
    """The one year or school year that titles name; whole dates in them («утв. 12.01.2024») say nothing of it."""
    plain = [DATE.sub(" ", normalise(text)) for text in texts]
    pairs = {(int(m[1]), int(m[2])) for text in plain for m in _SCHOOL_YEAR.finditer(text)}
    if len(pairs) == 1 and (pair := pairs.pop())[1] == pair[0] + 1:
        return Years(2000 + pair[0], True)
    found = {int(one) for text in plain for one in _YEAR.findall(text)}
    return Years(found.pop()) if len(found) == 1 else None


def day_in(part: Part, year: int | None, month: int | None) -> date | str:
    """The day, or as text what there is instead: an impossible one, or one that lacks its month or year."""
    of = (part.day, part.month or month, part.year or year)
    day, in_month, in_year = of
    if day is not None and in_month is not None and in_year is not None:
        try:
            return date(in_year, in_month, day)
        except ValueError:
            pass
    return ".".join(f"{one:02}" if one is not None else "?" for one in of)
