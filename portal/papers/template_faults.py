"""What is wrong with a template, and where: values, and the words users read for them."""

from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

LARGEST = 5 * 1024 * 1024  # of an uploaded template
PARTS: dict[str, Any] = {"header": _l("header of the page"), "footer": _l("footer of the page")}


@dataclass(frozen=True)
class Place:
    """Where in the document: a part, a paragraph of it (from 1), or a row of a table; nothing for the whole."""

    part: str  # body | header | footer
    paragraph: int = 0
    table: int = 0
    row: int = 0


@dataclass(frozen=True)
class Fault:
    """What is wrong, as a message id with what stands there, and where."""

    message: str
    place: Place
    what: str = ""


@dataclass
class Found:
    """What a look at a template gave."""

    faults: list[Fault] = field(default_factory=list)
    missing: list[str] = field(
        default_factory=list
    )  # names that our layout prints, and this template does not


def place_words(place: Place) -> str:
    """«table 2, row 1», «header of the page, paragraph 1»; nothing for the document as a whole."""
    said = [str(PARTS[place.part])] if place.part in PARTS else []
    if place.table:
        said.append(str(_("table %(number)s, row %(row)s", number=place.table, row=place.row)))
    elif place.paragraph:
        said.append(str(_("paragraph %(number)s", number=place.paragraph)))
    return ", ".join(said)


def sentence(fault: Fault) -> str:
    """A fault in the reader's words: «paragraph 3: the name “family.nam” is unknown.»"""
    where = place_words(fault.place)
    said = str(_(fault.message, what=fault.what))
    return f"{where}: {said}." if where else f"{said}."
