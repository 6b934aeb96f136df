"""What the family card and the closing analysis say."""

from typing import Any

from sqlalchemy import func, select

from portal.accounts import queries as accounts
from portal.consilium.labels import KINDS as DECIDED
from portal.contacts.models import Contact
from portal.db import db
from portal.diagnosis import labels as diagnosis_labels
from portal.diagnosis import queries as diagnoses
from portal.diagnosis.models import Diagnosis
from portal.families.card import Card, card_of
from portal.families.labels import STATUSES, TERMS
from portal.families.models import Family
from portal.papers.agenda_words import of_country
from portal.papers.facts import day, day_words
from portal.papers.kind import Facts
from portal.papers.people import colleague, eldest_first, family_facts, head_short, household, member_rows
from portal.papers.russian import joined, phones, sentence
from portal.patronage import queries as patronages
from portal.patronage.labels import KINDS as ASSIGNED
from portal.patronage.labels import REGIMES, STAGES
from portal.patronage.models import ClosingAnalysis, Patronage
from portal.plans.labels import OUTCOMES
from portal.plans.models import Plan, PlanMeasure
from portal.referrals import queries as referrals
from portal.referrals.labels import LINKS
from portal.rules.contacts import BY_TELEPHONE, State
from portal.rules.names import FullName
from portal.settings import queries as settings


def family_card(family_id: int) -> Facts:
    """The family card: who belongs to it, its episodes, consents, decisions, specialists and supporting links."""
    card = card_of(db.session.get_one(Family, family_id))
    latest = card.latest
    return {
        "family": family_facts(card.family)
        | {
            "course_ended": day(card.family.course_ended_on),
            "note": card.family.note.strip(),
            "status": of_country(str(STATUSES[latest.status][0])) if latest else "",
            "opened": day(card.family.created_at),
        },
        "members": member_rows(card.representatives + eldest_first(card.minors)),
        "gone": [{"name": one.full_name, "left": day(one.left_on)} for one in card.gone],
        "episodes": [_episode(one) for one in card.episodes],
        "consents": _consents(card),
        "specialists": _specialists(card),
        "decisions": _decisions(card),
        "links": _links(family_id),
        "specialist": {"short": next(iter(_leads(card)), "")},
    }


def _episode(one: Patronage) -> Facts:
    return {
        "opened": day(one.opened_on),
        "enrolled": day(one.enrolled_on),
        "ground": joined((_word("grounds", one.ground), one.basis)),
        "regime": joined((REGIMES.get(one.regime or ""), TERMS.get(one.term or ""))),
        "until": day(one.ends_on),
        "status": of_country(str(STATUSES[one.status][0])),
        "removed": joined((day(one.removed_on), _word("removal_reasons", one.removal_reason))),
    }


def _word(list_name: str, code: str | None) -> str:
    return settings.word(list_name, code) if code else ""


def _consents(card: Card) -> list[Facts]:
    return [
        {
            "given": day(one.given_on),
            "who": one.representative,
            "signed": joined(one.signed),
            "withdrawn": joined((day(one.withdrawn_on), one.withdrawal_reason)),
        }
        for one in card.consents
    ]


def _specialists(card: Card) -> list[Facts]:
    return [
        {
            "name": FullName(row.last_name, row.first_name, row.middle_name).full,
            "position": row.position,
            "kind": str(ASSIGNED[row.kind]),
            "since": day(row.starts_on),
        }
        for row in card.assignments
    ]


def _leads(card: Card) -> list[str]:
    rows = [row for row in card.assignments if row.kind == "lead"]
    return [FullName(row.last_name, row.first_name, row.middle_name).short for row in rows]


def _decisions(card: Card) -> list[Facts]:
    return [
        {
            "number": f"{row.number}/{row.year}",
            "day": day(row.decided_on),
            "kind": of_country(str(DECIDED[row.kind])),
            "outcome": "принято" if row.carried else "не принято",
        }
        for row in card.decisions
    ]


def _links(family_id: int) -> list[Facts]:
    """Who can support the family now."""
    return [
        {
            "who": joined((row.who, row.name)),
            "kind": str(LINKS[row.kind]),
            "phone": phones(row.phone),
            "helps": row.helps_with.strip(),
        }
        for row in referrals.links_of(family_id)
        if row.ended_on is None
    ]


def closing_analysis(patronage_id: int) -> Facts:
    """The analysis of the work with the family (R2, REG 3), with the figures of the episode."""
    patronage = db.session.get_one(Patronage, patronage_id)
    house = household(patronage.family_id)
    row = db.session.get_one(ClosingAnalysis, patronage_id)
    people = accounts.names({row.author_id, row.approved_by_id or 0})
    approver = people.get(row.approved_by_id or 0)
    return {
        "family": family_facts(house.family),
        "members": member_rows(house.representatives + house.minors),
        "patronage": _patronage(patronage),
        "specialists": _team(patronage_id),
        "contacts": _contacts(patronage_id),
        "measures": _measures(patronage_id),
        "spheres": _spheres(patronage_id),
        "analysis": {
            "body": row.body.strip(),
            "day": day(row.written_at),
            "words": day_words(row.written_at),
        },
        "author": colleague(people.get(row.author_id)),
        "approved": {
            "by": approver.short_name if approver else head_short(),
            "day": day(row.approved_at),
        },
    }


def _patronage(one: Patronage) -> Facts:
    return {
        "enrolled": day(one.enrolled_on),
        "removed": day(one.removed_on),
        "regime": str(REGIMES.get(one.regime or "", "")),
        "term": str(TERMS.get(one.term or "", "")),
        "stage": str(STAGES.get(one.stage or "", "")),
        "ground": _word("grounds", one.ground),
    }


def _team(patronage_id: int) -> list[Facts]:
    return [
        {
            "name": user.full_name,
            "position": user.position,
            "kind": str(ASSIGNED[one.kind]),
            "since": day(one.starts_on),
            "until": day(one.ends_on),
        }
        for one, user in patronages.team(patronage_id)
    ]


def _contacts(patronage_id: int) -> Facts:
    query = select(Contact.kind, Contact.state, func.count()).where(Contact.patronage_id == patronage_id)
    done = {"visits": 0, "calls": 0, "meetings": 0, "failed": 0}
    for kind, state, count in db.session.execute(query.group_by(Contact.kind, Contact.state)):
        if state in (State.NOT_AT_HOME, State.NOT_ADMITTED, State.REFUSED):
            done["failed"] += count
        elif state == State.DONE:
            done[_of_kind(kind)] += count
    return {name: str(count) for name, count in done.items()}


def _of_kind(kind: str) -> str:
    if kind in BY_TELEPHONE:
        return "calls"
    return "visits" if kind == "visit" else "meetings"


def _measures(patronage_id: int) -> list[Facts]:
    """How many measures of the last approved plan came to what."""
    latest = select(func.max(Plan.id)).where(Plan.patronage_id == patronage_id, Plan.approved_at.is_not(None))
    query = select(PlanMeasure.state, func.count()).where(PlanMeasure.plan_id == latest.scalar_subquery())
    counted: dict[str, int] = {
        row[0]: row[1] for row in db.session.execute(query.group_by(PlanMeasure.state))
    }
    return [
        {"outcome": str(label), "count": str(counted[code])}
        for code, (_color, label) in OUTCOMES.items()
        if code in counted
    ]


def _spheres(patronage_id: int) -> list[Facts]:
    """Each sphere of life in the first approved diagnosis of the episode and in the last (R18)."""
    here = (Diagnosis.patronage_id == patronage_id, Diagnosis.state == "approved")
    ids = list(db.session.scalars(select(Diagnosis.id).where(*here).order_by(Diagnosis.number)))
    if not ids:
        return []
    changes: list[Any] = diagnoses.changes(ids[0] if len(ids) > 1 else None, ids[-1])
    return [
        {
            "sphere": sentence(one.label),
            "then": diagnosis_labels.score(one.then) if len(ids) > 1 else "",
            "now": diagnosis_labels.score(one.now),
            "change": diagnosis_labels.change(one.better)[1] if len(ids) > 1 else "",
        }
        for one in changes
    ]
