"""A difference between two versions in words, line by line."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from portal.plans import labels
from portal.plans.queries import names_of
from portal.rules.plan_content import Change, Content, Goal, Measure, Responsible, difference
from portal.settings import queries as settings
from portal.web import show_date

_BY_THE_OTHER = {"added": "removed", "removed": "added", "changed": "changed"}


@dataclass(frozen=True)
class Line:
    """What differs: `title` names it, `details` are (field, before, after)."""

    of: str
    how: str
    title: str
    details: tuple[tuple[Any, str, str], ...] = ()


def lines(old: Content, new: Content) -> list[Line]:
    """What the new version adds, takes out and changes."""
    return _told(difference(old, new), old, new)


def meeting(stored: Content, typed: Content, known: set[str]) -> list[Line]:
    """What two people wrote differently: `stored` is saved, `typed` is in the form that was filled from `known`.

    Rows that only this form adds, or takes out, are no news to whoever typed it; the others the colleague
    has added, or taken out.
    """
    changes = []
    for change in difference(stored, typed):
        row = change.new if change.how == "added" else change.old
        key = row.key if isinstance(row, (Goal, Measure)) else ""
        if change.how == "changed" or (change.how == "added") == (key in known):
            changes.append(change._replace(how=_BY_THE_OTHER[change.how]))
    return _told(changes, stored, typed)


def _told(changes: Iterable[Change], old: Content, new: Content) -> list[Line]:
    everybody = [*old.measures.values(), *new.measures.values()]
    names = names_of(one.responsible for one in everybody)
    found = []
    for change in changes:
        row = change.new or change.old
        title = row.text if isinstance(row, (Goal, Measure)) else ""
        names_of_fields: dict[str, Any] = labels.TEXTS if change.of == "text" else labels.FIELDS
        details = tuple(
            (names_of_fields[name], _value(change.old, name, names), _value(change.new, name, names))
            for name in change.fields
        )
        found.append(Line(change.of, change.how, title, details))
    return found


def _value(row: Any, name: str, names: dict[Responsible, str]) -> str:
    value = getattr(row, name)
    if name == "responsible":
        return names[value]
    if name == "sphere":
        return settings.word("spheres", value)
    if name == "kind":
        return str(labels.KINDS[value])
    if name == "due_on":
        return show_date(value)
    return str(value) or str(_("left empty"))
