"""One cell of a table read as what it means: a day, a time, minutes, one of several words."""

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from portal.exchange.register_cells import cell_text, is_nothing, read_date
from portal.rules import N_, RuleBroken
from portal.rules.names import clean, normalise

MAX_TEXT = 4000
MOST_MINUTES = 10_000  # that a cell may speak of; how long things last is a rule of theirs
_TIME = re.compile(r"(?<![0-9])([01]?[0-9]|2[0-3])[:.ч\-]\s?([0-5][0-9])(?![0-9])")
_NUMBER = re.compile(r"[0-9]+(?:[.,][0-9]+)?")
Words = tuple[tuple[str, str], ...]  # code and pattern, in the order in which they are tried


def text_of(values: Mapping[str, object], field: str) -> str:
    """The text of a field on one line, "" for none. Raises text_too_long."""
    text = cell_text(values.get(field, ""))
    if len(text) > MAX_TEXT:
        message = N_("A text is too long: %(length)s characters, at most %(limit)s.")
        raise RuleBroken("text_too_long", message, length=len(text), limit=MAX_TEXT)
    return "" if is_nothing(text) else text


def day_of(values: Mapping[str, object], today: date) -> date:
    """The day in the field «day». Raises no_date, impossible_date, unreadable_date."""
    found = read_date(values.get("day", ""), today)
    if found is None:
        raise RuleBroken("no_date", N_("There is no date."))
    return found


def time_of(values: Mapping[str, object]) -> time | None:
    """The time in the field «time», or beside the day; None where none is written. Raises unreadable_time."""
    cell = values.get("time", "")
    if cell in ("", None):
        day = values.get("day")
        return day.time() if isinstance(day, datetime) and day.time() != time() else None
    if isinstance(cell, datetime):
        return cell.time()
    if isinstance(cell, time):
        return cell
    if isinstance(cell, timedelta) or (isinstance(cell, float) and 0 <= cell < 1):
        share = cell if isinstance(cell, float) else cell / timedelta(days=1)
        minute = round(share * 24 * 60) % (24 * 60)
        return time(minute // 60, minute % 60)
    text = cell_text(cell)
    if is_nothing(text):
        return None
    match = _TIME.search(text)
    if match is None:
        raise RuleBroken("unreadable_time", N_("«%(value)s» is not a time."), value=text[:60])
    return time(int(match[1]), int(match[2]))


def minutes_of(values: Mapping[str, object], usual: int) -> int:
    """How long it took: «40», «40 мин», «1,5 часа», «1 ч 20 мин», «1:20». Raises unreadable_minutes."""
    cell = values.get("minutes", "")
    if isinstance(cell, (time, timedelta)):
        return _of_clock(cell)
    text = normalise(cell_text(cell))
    if is_nothing(text):
        return usual
    if match := re.fullmatch(r"([0-9]{1,2}):([0-5][0-9])(:00)?", text):
        return int(match[1]) * 60 + int(match[2])
    numbers = [float(one.replace(",", ".")) for one in _NUMBER.findall(text)]
    if not numbers or len(numbers) > 2 or max(numbers) > MOST_MINUTES:
        raise RuleBroken("unreadable_minutes", N_("«%(value)s» is no length in minutes."), value=text[:60])
    if re.search(r"\bч(ас\w*)?\b", text):
        return round(numbers[0] * 60 + (numbers[1] if len(numbers) > 1 else 0))
    return round(numbers[0])


def _of_clock(cell: time | timedelta) -> int:
    if isinstance(cell, time):
        return cell.hour * 60 + cell.minute
    return round(cell / timedelta(minutes=1))


def word_of(text: str, words: Words) -> str | None:
    """The code of the first word that the text holds, None for none of them."""
    plain = normalise(clean(text))
    return next((code for code, pattern in words if re.search(pattern, plain)), None)
