"""Facts that every paper has, and how facts are written: dates, times, yes and no."""

from datetime import date, datetime, time
from typing import Any

from babel.dates import format_date

from portal import clock
from portal.papers.kind import Facts
from portal.papers.law import LAW, WORDS


def day(value: date | datetime | None) -> str:
    """«22.11.2026»; nothing for nothing. Of a moment the day at the center."""
    return f"{_day(value):%d.%m.%Y}" if value else ""


def day_words(value: date | datetime | None) -> str:
    """«22 ноября 2026 г.»; nothing for nothing."""
    return format_date(_day(value), "d MMMM y 'г'.", locale="ru") if value else ""


def month_words(value: date | None) -> str:
    """«ноябрь 2026 г.»; nothing for nothing."""
    return format_date(value, "LLLL y 'г'.", locale="ru") if value else ""


def clock_time(value: datetime | time | None) -> str:
    """«14:05»; of a moment by the center's clock."""
    if isinstance(value, datetime):
        value = clock.local(value).time()
    return value.isoformat("minutes") if value is not None else ""


def yes_no(value: bool | None) -> str:
    """«да», «нет»; nothing when it is not known."""
    return "" if value is None else ("да" if value else "нет")


def lines(text: str | None) -> list[Facts]:
    """The lines of a text as rows {"no": "1", "text": "…"}, empty ones left out."""
    found = [line.strip() for line in (text or "").splitlines() if line.strip()]
    return [{"no": str(n), "text": line} for n, line in enumerate(found, 1)]


_DATIVES = {
    "директор": "директору", "руководитель": "руководителю", "начальник": "начальнику",
    "заведующий": "заведующему", "заведующая": "заведующей", "исполняющий": "исполняющему",
    "исполняющая": "исполняющей",
}  # fmt: skip


def position_dative(position: str) -> str:
    """«Директору»: to whom an application is written; a position nobody foresaw stays as it is."""
    first, space, rest = position.partition(" ")
    found = _DATIVES.get(first.casefold(), first)
    if first.casefold() == "временно":
        rest = position_dative(rest)
    return f"{found.capitalize() if first.istitle() else found}{space}{rest}"


_GENITIVES = {
    "директор": "директора", "руководитель": "руководителя", "начальник": "начальника",
    "заведующий": "заведующего", "заведующая": "заведующей", "исполняющий": "исполняющего",
    "исполняющая": "исполняющей",
}  # fmt: skip


def position_genitive(position: str) -> str:
    """«директора»: in whose person an agreement is made; a position nobody foresaw stays as it is."""
    first, space, rest = position.partition(" ")
    if first.casefold() == "временно":
        return f"{first.lower()}{space}{position_genitive(rest)}"
    return f"{_GENITIVES.get(first.casefold(), first)}{space}{rest}"


def _day(value: date | datetime) -> date:
    return clock.local(value).date() if isinstance(value, datetime) else value


def legal(country: str) -> dict[str, Any]:
    """`law` and `words` of a country's profile."""
    return {"law": LAW[country], "words": WORDS[country]}


def sample_common(country: str = "ru") -> Facts:
    """What the maker adds to each paper, of an invented center: layouts and templates are tried with it."""
    return {
        "center": {
            "name": "Социально-реабилитационный центр «Опора»",
            "details": "214000, г. Смоленск, ул. Садовая, д. 5\nтел. +7 4812 00-00-00",
            "director": "Соколова Н. В.",
            "director_full": "Соколова Наталья Викторовна",
            "director_dative": "Соколовой Н. В.",
            "director_genitive": "Соколовой Н. В.",
            "director_position": "Директор",
            "director_position_dative": "Директору",
            "director_full_genitive": "Соколовой Натальи Викторовны",
            "director_position_genitive": "директора",
        },
        "paper": {"number": "17", "day": "22.11.2026", "day_words": "22 ноября 2026 г."},
        "today": {"day": "22.11.2026", "words": "22 ноября 2026 г."},
        **legal(country),
    }
