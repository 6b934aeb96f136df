"""All papers that can be printed: of one family, and of the center; each with what it is made of."""

from datetime import timedelta
from typing import Any, NamedTuple

from sqlalchemy import select

from portal import clock
from portal.access import may
from portal.db import db
from portal.families.models import Consent, FamilyMember
from portal.papers import catalog, periods
from portal.papers.register_facts import REGISTER
from portal.papers.standing import Line
from portal.patronage.models import Patronage
from portal.rules.names import FullName

GROUPS = ("family", "work")


class Offer(NamedTuple):
    """A paper to be printed; `about` tells several of one kind apart: a name, or a day."""

    code: str
    object_id: int
    about: Any = ""


def of_family(user: Any, family_id: int, lines: list[Line]) -> list[Offer]:
    """The papers of the family that the user may print, in the order of the catalog.

    `lines` are those that it should have: what they are made of is not asked for once more.
    """
    made_of = _objects(family_id)
    found = {line.code: line.object_id for line in lines if line.object_id}
    offers: list[Offer] = []
    for code, kind in catalog.KINDS.items():
        if kind.group not in GROUPS or not may(user, kind.permission):
            continue
        if kind.of in made_of:
            offers += [
                Offer(code, *one) for one in made_of[kind.of] if code != "closing-analysis" or code in found
            ]
        elif code in found:
            offers.append(Offer(code, found[code]))
    return offers


def _objects(family_id: int) -> dict[str, list[tuple[int, Any]]]:
    """Ids by what kinds of papers are made of; a withdrawal is of a consent that was withdrawn, or can be."""
    members = _members(family_id)
    episode = select(Patronage.id).where(Patronage.family_id == family_id, Patronage.latest)
    columns = (Consent.id, Consent.given_on)
    consents = select(*columns).where(Consent.family_id == family_id).order_by(Consent.given_on.desc())
    return {
        "family": [(family_id, "")],
        "patronage": [(one, "") for one in db.session.scalars(episode)],
        "representative": [(row.id, _name(row)) for row in members if row.kind == "representative"],
        "member": [(row.id, _name(row)) for row in members],
        "consent": [(row.id, row.given_on) for row in db.session.execute(consents)],
    }


def _members(family_id: int) -> list[Any]:
    columns = (FamilyMember.id, FamilyMember.kind, FamilyMember.last_name, FamilyMember.first_name)
    query = select(*columns, FamilyMember.middle_name)
    query = query.where(FamilyMember.family_id == family_id, FamilyMember.left_on.is_(None))
    return list(db.session.execute(query.order_by(FamilyMember.id)))


def _name(row: Any) -> str:
    return FullName(row.last_name, row.first_name, row.middle_name).short


def of_center(user: Any) -> list[Offer]:
    """Journals and reports that the user may print: of this month, the one before, and this quarter."""
    today = clock.today()
    last = periods.month(today.replace(day=1) - timedelta(1))
    recent = (periods.month(today), last, periods.quarter(today))
    made_of: dict[str, list[tuple[int, Any]]] = {
        "period": [(one.id, one.title) for one in recent],
        "own_period": [(periods.own_id(user.id, one), one.title) for one in recent],
        "register": [(REGISTER, "")],
    }
    kinds = [kind for kind in catalog.KINDS.values() if kind.of in made_of and may(user, kind.permission)]
    offers = [Offer(kind.code, *one) for kind in kinds for one in made_of[kind.of]]
    return [one for one in offers if catalog.KINDS[one.code].get(user, one.object_id) is not None]
