"""Values of settings and word lists."""

import json
from typing import Any

from flask import g
from flask_babel import get_locale
from sqlalchemy import select

from portal import audit
from portal.accounts.models import User
from portal.db import db
from portal.families.models import Family
from portal.settings.models import Setting, Word

PAGE = 50
DEFAULTS: dict[str, Any] = {
    "centre_name": "Центр «Опора»",
    "quorum_share": "two_thirds",  # or half
    "signing_age": 14,  # a minor of this age signs the consent too; 0 switches that off (R1)
}


def parse(text: str) -> Any:
    """The stored value."""
    return json.loads(text)


def _all() -> dict[str, Any]:
    """The settings, read once a request."""
    if "settings" not in g:
        g.settings = {
            name: parse(value) for name, value in db.session.execute(select(Setting.name, Setting.value))
        }
    values: dict[str, Any] = g.settings
    return values


def value(name: str) -> Any:
    """The value set, or its default. Raises KeyError for a name nobody defined."""
    return _all().get(name, DEFAULTS[name])


def words(list_name: str, also: frozenset[str] = frozenset()) -> list[tuple[str, str]]:
    """(code, label in the reader's language) of a word list, in its order; switched-off ones only if in `also`."""
    label = Word.label_ru if str(get_locale()) == "ru" else Word.label_en
    query = select(Word.code, label, Word.active).where(Word.list == list_name).order_by(Word.position)
    return [(code, text) for code, text, active in db.session.execute(query) if active or code in also]


def word(list_name: str, code: str | None) -> str:
    """The label of one code; the code itself when the list does not know it, an em dash for none."""
    if code is None:
        return "—"
    cached: dict[str, dict[str, str]] = g.setdefault("words", {})
    if list_name not in cached:
        label = Word.label_ru if str(get_locale()) == "ru" else Word.label_en
        rows = db.session.execute(select(Word.code, label).where(Word.list == list_name))
        cached[list_name] = {row[0]: row[1] for row in rows}
    return cached[list_name].get(code, code)


def audit_page(kind: str, before: int) -> dict[str, Any]:
    """Fifty rows of the audit log (or of looks at families), the newest first, without their content."""
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
    rows = db.session.execute(query.order_by(source.id.desc()).limit(PAGE + 1)).all()
    return {"rows": rows[:PAGE], "next": rows[PAGE - 1].id if len(rows) > PAGE else None}
