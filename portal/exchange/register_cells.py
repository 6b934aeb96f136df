"""One cell of a register read as what it means: text, a date, a regime, categories, a reason of removal."""

import re
from datetime import date, datetime, timedelta

from portal.rules import N_, RuleBroken
from portal.rules.names import clean, normalise

_MONTHS = ("янв", "фев", "мар", "апр", "ма", "июн", "июл", "авг", "сен", "окт", "ноя", "дек")
_DAY_MONTH_YEAR = (
    r"(?<![0-9])(?P<d>[0-9]{1,2}) ?[./\-] ?(?P<m>[0-9]{1,2}) ?[./\-] ?(?P<y>[0-9]{4}|[0-9]{2})(?![0-9])"
)
_YEAR_MONTH_DAY = r"(?<![0-9])(?P<y2>[0-9]{4})[./\-](?P<m2>[0-9]{1,2})[./\-](?P<d2>[0-9]{1,2})(?![0-9])"
_IN_WORDS = (
    r"(?<![0-9])(?P<d3>[0-9]{1,2}) ?(?P<m3>янв|фев|мар|апр|ма[йя]|июн|июл|авг|сен|окт|ноя|дек)[а-я]*\.? "
    r"?(?P<y3>[0-9]{4}|[0-9]{2})(?![0-9])"
)
DATE = re.compile(f"{_YEAR_MONTH_DAY}|{_DAY_MONTH_YEAR}|{_IN_WORDS}", re.IGNORECASE)
_SERIAL = re.compile(r"[2-7][0-9]{4}(\.[0-9]+)?")
_NOTHING = frozenset(
    {"", "-", "--", "—", "–", "нет", "н/д", "не снят", "не снята", "не сняты", "х", "x", "0", "n/a"}
)

# DOMAIN §5, in the order in which they are tried.
CATEGORIES: tuple[tuple[str, str], ...] = (
    ("at_risk", r"\bсоп\b|социально[ -]опасн"),
    ("hardship", r"\bтжс\b|трудн\w* жизненн"),
    ("minor_parents", r"несовершеннолетн\w* (родит|мат|мам)|юн\w* (мат|мам|родит)"),
    ("large", r"многодет"),
    ("guardianship", r"опек|попечит|замещающ|приемн|патронатн|усынов"),
    ("disabled_parents", r"родител\w*.*инвалид|инвалид\w*.*родител|(мать|отец)[ -]*инвалид"),
    ("disabled_child", r"инвалид|\bовз\b"),
    ("single_parent", r"неполн|одинок|одиноч"),
    ("low_income", r"малоимущ|малообесп|низк\w* доход"),
    ("migrants", r"мигрант|беженц|переселен"),
    ("servicemen", r"военнослуж|мобилизован|\bсво\b|боевых действ"),
)
_LABELS = {"at_risk": "СОП", "hardship": "ТЖС"}
_REGIMES = (
    ("emergency", r"^(экстр|э\b|эп\b|срочн)"),
    ("planned", r"^(план|п\b|пп\b)"),
    ("control", r"^(контр|к\b|кп\b)"),
)
_REASONS: tuple[tuple[str, str], ...] = (
    ("consent_withdrawn", r"отказ|отзыв|отозва"),
    ("rights_deprived", r"лишен|ограничен\w* .*прав"),
    ("death", r"смерт|умер|гибел"),
    ("of_age", r"совершеннолет|18 лет|18-лет"),
    ("institution", r"помещ|учрежден|интернат|детск\w* дом"),
    ("handed_over", r"передан|передач|перевод|переведен"),
    ("moved", r"переезд|перееха|смен\w* места|выеха|выезд|убы"),
    ("aims_reached", r"цел|динамик|улучшен|нормализ|преодол|стабилиз|выполнен"),
    ("term_ended", r"оконч|истеч|истек|срок|завершен"),
)


def cell_text(cell: object) -> str:
    """A cell as text, lines kept: whole numbers without «.0», dates as 22.11.2026."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, date):
        return f"{cell:%d.%m.%Y}"
    lines = str(cell).replace("\r", "\n").split("\n") if cell is not None else []
    return "\n".join(line for line in map(clean, lines) if line)


def is_nothing(text: str) -> bool:
    """Whether a cell says that there is nothing: empty, a dash, «нет»."""
    return len(text) < 20 and normalise(text).rstrip(".") in _NOTHING


def read_date(cell: object, latest: date) -> date | None:
    """The date in a cell, None where it says there is none. A two-digit year is never far after `latest`.

    Raises RuleBroken impossible_date (31.02.2025) or unreadable_date («весной»), with params `value`.
    """
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    text = cell_text(cell)
    if is_nothing(text):
        return None
    if _SERIAL.fullmatch(text):
        return date(1899, 12, 30) + timedelta(days=int(float(text)))
    match = DATE.search(re.sub('[«»"“”„]', "", normalise(text)))
    if not match:
        raise RuleBroken("unreadable_date", N_("«%(value)s» is not a date."), value=text[:60])
    return match_date(match, latest)


def match_date(match: re.Match[str], latest: date) -> date:
    """The date of a DATE match; raises RuleBroken impossible_date."""
    found = match.groupdict()
    words = found["m3"]
    month = _month(words) if words else int(found["m2"] or found["m"])
    year = found["y2"] or found["y"] or found["y3"]
    number = int(year)
    if len(year) == 2:
        number += 2000 if 2000 + number <= latest.year + 5 else 1900
    try:
        return date(number, month, int(found["d2"] or found["d"] or found["d3"]))
    except ValueError as error:
        raise RuleBroken(
            "impossible_date", N_("There is no such date: %(value)s."), value=match[0]
        ) from error


def _month(word: str) -> int:
    return next(number for number, stem in enumerate(_MONTHS, 1) if word.lower().startswith(stem))


def read_regime(text: str) -> str | None:
    """The regime's code, None for an unknown one."""
    return _first(_REGIMES, normalise(text))


def read_reason(text: str) -> str:
    """The code of DOMAIN §5 for a reason of removal; "other" where none fits."""
    return _first(_REASONS, normalise(text)) or "other"


def read_categories(text: str, section: str) -> tuple[tuple[str, ...], tuple[str, ...], list[str]]:
    """Codes, labels, and labels without a code; `section` serves where the cell names neither СОП nor ТЖС."""
    labels = [] if is_nothing(text) else [clean(part) for part in re.split(r"[\n;,/]+", text)]
    pairs = [
        (_first(CATEGORIES, normalise(label)), label.lower()) for label in labels if not is_nothing(label)
    ]
    default = _first(CATEGORIES[:2], normalise(section))
    if default and not any(code in _LABELS for code, _ in pairs):
        pairs.insert(0, (default, _LABELS[default]))
    codes = tuple(dict.fromkeys(code for code, _ in pairs if code))
    named = tuple(dict.fromkeys(_LABELS.get(code or "", label) for code, label in pairs))
    return codes, named, [label for code, label in pairs if not code]


def _first(table: tuple[tuple[str, str], ...], text: str) -> str | None:
    return next((code for code, pattern in table if re.search(pattern, text)), None)
