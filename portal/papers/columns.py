"""The register of papers, and what families lack, as files."""

from collections.abc import Callable
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_login import current_user

from portal.access import Permission, may
from portal.lists import FAMILY
from portal.papers import catalog, labels
from portal.rules.papers import State
from portal.sheets import Column, Kind


def _surname(row: Any) -> str:
    """As the page does: only for who may see families."""
    return (row.surname or "") if may(current_user, Permission.FAMILY_VIEW) else ""


def _named(unsigned: bool) -> Callable[[Any], str]:
    """The papers of a family that lack a signature, or else those that are not there or expired."""

    def read(row: Any) -> str:
        lines = [one for one in row.lines if (one.state == State.UNSIGNED) is unsigned]
        return "; ".join(labels.title(one.code) for one in lines)

    return read


REGISTER = (
    Column(_l("Paper"), labels.named),
    Column(_l("Number"), "number", Kind.INTEGER),
    Column(_l("Date"), "day", Kind.DATE),
    Column(_l("Family No."), "family_number", Kind.INTEGER),
    Column(_l("Family"), _surname),
    Column(_l("State"), lambda row: labels.standing(row, catalog.KINDS.get(row.kind))[1]),
)
LACKING = (
    *FAMILY,
    Column(_l("Missing or expired"), _named(False)),
    Column(_l("Not signed"), _named(True)),
)
