"""Values of settings and word lists."""

import json
from typing import Any

from flask import current_app
from flask_babel import get_locale
from sqlalchemy import select

from portal import audit
from portal.accounts.models import User
from portal.db import db
from portal.families.models import Family
from portal.memory import unchanged
from portal.rules.contacts import CHANNELS
from portal.settings.models import Setting, Word

PAGE = 50
_setting, _word = Setting.__table__.c, Word.__table__.c
DEFAULTS: dict[str, Any] = {
    "centre_name": "Центр «Опора»",
    "centre_details": "",  # address and telephone, several lines: in the heading of papers
    "director": "",  # last, first and middle name
    "director_position": "Директор",
    "quorum_share": "two_thirds",  # or half
    "majority": "present",  # of those present, or of the whole roll
    "vote_reasons": False,  # whether a vote needs its reason
    "minutes_days": 5,  # working days from the end of a meeting to its minutes signed
    "extract_days": 3,  # working days from a decision to its extract with the family
    "term_reminder": 30,  # days before the end of a short term that it comes onto an agenda (R5)
    "signing_age": 14,  # a minor of this age signs the consent too; 0 switches that off (R1)
    "gap_emergency": 5,  # days without a contact that warn, besides the norm (R9)
    "gap_planned": 45,
    "gap_control": 100,
    "visits_a_day": 4,  # of one specialist, where the portal proposes a month
    "call_channels": None,  # how families are called (R11); None: all that the country allows
    "survey_days": 3,  # working days from the application to the survey of living conditions (R8)
}


def parse(text: str) -> Any:
    """The stored value."""
    return json.loads(text)


def _all() -> dict[str, Any]:
    """The settings."""
    rows = db.session.execute(select(_setting.name, _setting.value))
    return {name: parse(value) for name, value in rows}


def value(name: str) -> Any:
    """The value set, or its default. Raises KeyError for a name nobody defined."""
    return unchanged(("settings",), _all).get(name, DEFAULTS[name])


def call_channels() -> tuple[str, ...]:
    """The channels through which families are called, of those that the country allows (R11)."""
    allowed, chosen = CHANNELS[current_app.config["COUNTRY"]], value("call_channels")
    return tuple(one for one in allowed if chosen is None or one in chosen)


def _words(list_name: str, label: str) -> tuple[tuple[str, str, bool], ...]:
    query = select(_word.code, _word[label], _word.active).where(_word.list == list_name)
    return tuple((row[0], row[1], row[2]) for row in db.session.execute(query.order_by(_word.position)))


def word_list(list_name: str) -> tuple[tuple[str, str, bool], ...]:
    """(code, label in the reader's language, whether it is in use) of a word list, in its order."""
    label = "label_ru" if str(get_locale()) == "ru" else "label_en"
    return unchanged(("words", list_name, label), lambda: _words(list_name, label))


def words(list_name: str, also: frozenset[str] = frozenset()) -> tuple[tuple[str, str], ...]:
    """(code, label in the reader's language) of a word list, in its order; switched-off ones only if in `also`."""
    return tuple((code, text) for code, text, active in word_list(list_name) if active or code in also)


def word(list_name: str, code: str | None) -> str:
    """The label of one code; the code itself when the list does not know it, an em dash for none."""
    if code is None:
        return "—"
    return {known: text for known, text, _active in word_list(list_name)}.get(code, code)


def audit_page(kind: str, before: int, size: int = PAGE) -> dict[str, Any]:
    """So many rows of the audit log (or of looks at families), the newest first, without their content."""
    source = audit.FamilyLook if kind == "looks" else audit.AuditEntry
    columns = [source.id, source.at, User.last_name, User.first_name, User.middle_name]
    if kind == "looks":
        query = select(*columns, audit.FamilyLook.page, Family.number)
        query = query.join(Family, Family.id == audit.FamilyLook.family_id)
        query = query.outerjoin(User, User.id == audit.FamilyLook.user_id)
    else:
        query = select(*columns, audit.AuditEntry.event, audit.AuditEntry.kind, audit.AuditEntry.object_id)
        query = query.outerjoin(User, User.id == audit.AuditEntry.actor_id)
    query = query.where(source.id < before)
    rows = db.session.execute(query.order_by(source.id.desc()).limit(size + 1)).all()
    return {"rows": rows[:size], "next": rows[size - 1].id if len(rows) > size else None}
