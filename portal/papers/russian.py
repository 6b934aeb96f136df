"""How papers write days, hours and lists: finished Russian text, and never «None»."""

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any

from babel.dates import format_date

from portal import clock
from portal.rules.phones import pretty_phone


def local_day(value: date | datetime) -> date:
    """The day at the center."""
    return clock.local(value).date() if isinstance(value, datetime) else value


def day(value: date | datetime | None) -> str:
    """«22.11.2026»; nothing for no day."""
    return f"{local_day(value):%d.%m.%Y}" if value else ""


def day_words(value: date | datetime | None) -> str:
    """«22 ноября 2026 г.»; nothing for no day."""
    return format_date(local_day(value), "d MMMM y 'г.'", locale="ru") if value else ""


def month_words(value: date) -> str:
    """«ноябрь 2026 г.»."""
    return format_date(value, "LLLL y 'г.'", locale="ru")


def weekday(value: date) -> str:
    """«пн»."""
    return format_date(value, "ccc", locale="ru")


def hour(value: time | None) -> str:
    """«14:05»."""
    return value.isoformat("minutes") if value else ""


def minutes(value: int | None) -> str:
    """«60 мин»."""
    return f"{value} мин" if value else ""


def phones(*numbers: str) -> str:
    """Numbers as people read them; one string may hold several, by comma."""
    single = [one.strip() for text in numbers for one in text.split(",")]
    return joined(dict.fromkeys(pretty_phone(one) for one in single if one))


def joined(parts: Iterable[Any], by: str = ", ") -> str:
    """Those of the parts that say something."""
    return by.join(text for part in parts if (text := str(part or "").strip()))


def sentence(text: Any) -> str:
    """The text with a capital letter in front."""
    said = str(text or "").strip()
    return said[:1].upper() + said[1:]
