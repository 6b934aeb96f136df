"""How papers write what is neither a name nor a day: lists, telephones, minutes. Finished text, never «None»."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from babel.dates import format_date

from portal.rules.phones import pretty_phone


def weekday(value: date) -> str:
    """«пн»."""
    return format_date(value, "ccc", locale="ru")


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
