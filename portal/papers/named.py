"""How papers write somebody's name: what is proposed, what somebody corrected, and correcting it."""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import audit
from portal.accounts.models import User
from portal.audit import Event
from portal.db import atomic, db
from portal.families.models import Family, FamilyMember
from portal.families.queries import get_worked_with
from portal.papers.name_cases import MODELS, OWNERS, decline
from portal.papers.name_models import CASES, NameCase
from portal.rules import N_, check_seen
from portal.rules.names import clean

Person = FamilyMember | User


def proposed(person: Person) -> dict[str, str]:
    """What the rules of grammar give for the person, by case."""
    found = decline(person.last_name, person.first_name, person.middle_name)
    return {case: getattr(found, case) for case in CASES}


def _rows(s: Session, person: Person) -> list[NameCase]:
    owner = OWNERS[person.__tablename__]
    return list(s.scalars(select(NameCase).where(owner == person.id).order_by(NameCase.id)))


def corrections(person: Person) -> dict[str, str]:
    """What somebody corrected, by case, and still holds."""
    return _holding(_rows(db.session(), person), person)


def outdated(person: Person) -> list[str]:
    """What was corrected for a name that the person had before; it is written no longer."""
    return [row.text for row in _rows(db.session(), person) if row.of_name != person.full_name]


def _holding(rows: Iterable[NameCase], person: Person) -> dict[str, str]:
    return {row.case_name: row.text for row in rows if row.of_name == person.full_name}


def version(person: Person) -> str:
    """A fingerprint of the name and of what is corrected of it."""
    rows = sorted((row.case_name, row.text, row.of_name) for row in _rows(db.session(), person))
    return hashlib.sha256(repr((person.full_name, rows)).encode()).hexdigest()[:16]


def correct(table: str, person_id: int, texts: Mapping[str, str], actor_id: int, seen: str) -> None:
    """Say how papers write the name; a case left as it is proposed is said no more. Raises changed_meanwhile.

    `seen` is the version() that the form was filled from.
    """
    with atomic() as s:
        person: Person = s.get_one(MODELS[table], person_id, with_for_update=True)
        message = N_("Somebody has changed this name meanwhile. Open the page anew and compare.")
        check_seen(version(person), seen, message)
        rows = _rows(s, person)
        old = _holding(rows, person)
        for row in rows:
            s.delete(row)
        s.flush()
        new = _different(person, texts)
        s.add_all(_row(person, case, text) for case, text in new.items())
        _record(s, person, actor_id, old, new)


def _record(s: Session, person: Person, actor_id: int, old: dict[str, str], new: dict[str, str]) -> None:
    if isinstance(person, FamilyMember):
        family = s.get_one(Family, person.family_id)
        told: dict[str, Any] = {"member_id": person.id}
        audit.record(s, Event.NAME_CASES_SET, actor_id, family, old=told | old, new=told | new)
    else:
        changed = {"old": {"name_cases": old}, "new": {"name_cases": new}}
        audit.record(s, Event.ACCOUNT_CHANGED, actor_id, person, **changed)


def _different(person: Person, texts: Mapping[str, str]) -> dict[str, str]:
    given, cleaned = proposed(person), {case: clean(texts.get(case, "")) for case in CASES}
    return {case: text for case, text in cleaned.items() if text and text != given[case]}


def _row(person: Person, case: str, text: str) -> NameCase:
    row = NameCase(case_name=case, text=text, of_name=person.full_name)
    if isinstance(person, FamilyMember):
        row.member_id = person.id
    else:
        row.user_id = person.id
    return row


def get_member(user: Any, family_id: int, person_id: int) -> FamilyMember | None:
    """A member of a family that the user works with, else None."""
    if get_worked_with(user, family_id) is None:
        return None
    query = select(FamilyMember).where(FamilyMember.id == person_id, FamilyMember.family_id == family_id)
    return db.session.scalar(query)
