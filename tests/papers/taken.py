"""Papers of the demo center: of each kind those that say the most and the least, as both files."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from sqlalchemy import select

from portal import clock
from portal.accounts.models import User
from portal.clubs.models import Club, ClubSession
from portal.clubs.program_models import ClubProgram
from portal.consilium.models import Decision, Meeting
from portal.contacts.models import Contact
from portal.db import db
from portal.diagnosis.models import Diagnosis
from portal.families.models import Consent, Family, FamilyMember
from portal.i18n import speaking
from portal.papers import making, months_of, periods
from portal.papers.catalog import KINDS
from portal.papers.kind import Facts, Kind
from portal.papers.register_facts import REGISTER
from portal.patronage.models import Patronage
from portal.plans.models import Plan
from portal.rules.norms import DAY

MODELS: dict[str, Any] = {
    "family": Family, "representative": FamilyMember, "member": FamilyMember, "consent": Consent,
    "patronage": Patronage, "diagnosis": Diagnosis, "plan": Plan, "contact": Contact, "meeting": Meeting,
    "decision": Decision, "club_program": ClubProgram, "club": Club, "session": ClubSession,
}  # fmt: skip
TRIED = 25  # objects of a kind, evenly over all of them
PRINTERS = ("head", "secretary", "pedagogue")


class Taken(NamedTuple):
    """A paper that was made, and what it was made of."""

    code: str
    object_id: int
    facts: Facts
    pdf: bytes
    docx: bytes


def take(codes: Iterable[str] = KINDS, formats: Iterable[making.Format] = ("pdf", "docx")) -> list[Taken]:
    """The longest and the shortest paper of each kind, as these files. Raises AssertionError for a kind without any."""
    users = {row.username: row for row in db.session.scalars(select(User))}
    printers = [users[name] for name in PRINTERS]
    return [
        _made(KINDS[code], object_id, formats)
        for code in codes
        for object_id in _chosen(KINDS[code], printers)
    ]


def _chosen(kind: Kind, printers: list[User]) -> list[int]:
    ids = list(_objects(kind.of, printers))
    printed = [one for one in ids if any(kind.get(user, one) is not None for user in printers)]
    assert printed, f"the demo center has no {kind.code}"
    step = max(1, len(printed) // TRIED)
    with speaking("ru"):
        lengths = {one: len(str(kind.facts(one))) for one in printed[::step]}
    most, least = max(lengths, key=lengths.__getitem__), min(lengths, key=lengths.__getitem__)
    return [most, least] if most != least else [most]


def _objects(of: str, printers: list[User]) -> Iterable[int]:
    today = clock.today()
    last = periods.month(today.replace(day=1) - DAY)
    if of == "register":
        return [REGISTER]
    if of == "period":
        return [last.id, periods.quarter(last.first).id]
    if of == "own_period":
        return [
            periods.own_id(user.id, one) for user in printers for one in (last, periods.quarter(last.first))
        ]
    if of == "specialist-month":
        return [months_of.month_id(user.id, last.first) for user in printers]
    return db.session.scalars(select(MODELS[of].id).order_by(MODELS[of].id)).all()


def _made(kind: Kind, object_id: int, formats: Iterable[making.Format]) -> Taken:
    with speaking("ru"):
        facts = kind.facts(object_id)
    number, day = ("17", clock.today()) if kind.is_registered else ("", None)
    files = {one: making.make(kind, object_id, one, number=number, day=day) for one in formats}
    common = making.common(number, day)
    return Taken(kind.code, object_id, facts | common, files.get("pdf", b""), files.get("docx", b""))
