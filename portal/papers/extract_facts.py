"""Extracts of minutes and orders: what was decided on one family, by the record of its item."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select

from portal.accounts.models import User
from portal.consilium import decision_list
from portal.consilium.decision_facts import Facts as Known
from portal.consilium.decision_facts import known, signers
from portal.consilium.follow_ups import CLOSED
from portal.consilium.labels import TERMS
from portal.consilium.legal import law
from portal.consilium.models import Decision, Item, Meeting
from portal.consilium.wording import decided
from portal.db import db
from portal.families.models import Family, FamilyMember
from portal.papers import agenda_words as words
from portal.papers.facts import day, day_words
from portal.papers.kind import Facts
from portal.papers.name_cases import Cases, decline, of_people
from portal.patronage.labels import REGIMES
from portal.patronage.models import Patronage
from portal.rules.items import REMOVING, Kind
from portal.settings import queries as settings


def get_extract(user: Any, decision_id: int) -> Decision | None:
    """A decision of a meeting that is over, on a family whose content the user reads, else None."""
    decision = decision_list.get_whole(user, decision_id)
    if decision is None:
        return None
    query = select(Meeting.status).join(Item, Item.meeting_id == Meeting.id)
    return decision if db.session.scalar(query.where(Item.id == decision.item_id)) in CLOSED else None


def get_enrollment(user: Any, decision_id: int) -> Decision | None:
    """A decision to enroll that was carried, else None."""
    return _carried(user, decision_id, frozenset({Kind.ENROLL}))


def get_removal(user: Any, decision_id: int) -> Decision | None:
    """A decision to remove or to hand over that was carried, else None."""
    return _carried(user, decision_id, REMOVING)


def _carried(user: Any, decision_id: int, kinds: Iterable[str]) -> Decision | None:
    decision = decision_list.get_whole(user, decision_id)
    return decision if decision and decision.carried and decision.kind in set(kinds) else None


def family_of(decision_id: int) -> int | None:
    """The family that was decided on."""
    query = select(Patronage.family_id).join(Decision, Decision.patronage_id == Patronage.id)
    return db.session.scalar(query.where(Decision.id == decision_id))


def _known(decision_id: int) -> Known:
    return known(db.session.get_one(Decision, decision_id), whole=True, heard=True)


def extract(decision_id: int) -> Facts:
    """The extract for the family: its item, and nothing of another; how many voted how, without names."""
    facts = _known(decision_id)
    seats, item = signers(facts.meeting.id), facts.item
    family = _family(facts.family_id)
    sentence = decided(item, facts.decision.carried, facts.names, facts.involved_names)
    return _common(facts) | {
        "family": family,
        "considered": words.about(item.kind, item.question, _named(family)),
        "present": str(item.present or 0),
        "voters": str(seats["voters"]),
        "votes": {
            "for": str(item.votes_for or 0),
            "against": str(item.votes_against or 0),
            "abstained": str(item.abstained or 0),
            "by_chair": "да" if item.by_chair else "",
        },
        "decided": words.of_country(sentence),
        "chair": seats["names"].get("chair", ""),
        "secretary": seats["names"].get("secretary", ""),
    }


def enrollment(decision_id: int) -> Facts:
    """The order to enroll: since when, the regime, the term, and who works with the family."""
    facts = _known(decision_id)
    item = facts.item
    cases = of_people(User.__tablename__, [one for one in (item.lead_id, *facts.involved) if one])
    return _common(facts) | {
        "family": _family(facts.family_id),
        "law_genitive": law(),
        "regime": str(REGIMES.get(item.regime or "", "")),
        "term": str(TERMS.get(item.term or "", "")),
        "ends_on": day(item.ends_on),
        "lead": _colleague(facts, cases, item.lead_id),
        "involved": "; ".join(_named_for_it(facts, cases, one) for one in facts.involved),
        "readers": [
            {"who": who, "name": cases[one].short}
            for who, one in [
                ("Закреплённый специалист", item.lead_id),
                *(("Привлечённый специалист", one) for one in facts.involved),
            ]
            if one
        ],
    }


def removal(decision_id: int) -> Facts:
    """The order to remove, or to hand over: since when and why."""
    facts = _known(decision_id)
    item = facts.item
    return _common(facts) | {
        "family": _family(facts.family_id),
        "law_genitive": law(),
        "reason": settings.word("removal_reasons", item.reason) if item.reason else "",
        "place": item.place,
    }


def _common(facts: Known) -> Facts:
    decision, meeting = facts.decision, facts.meeting
    return {
        "decision": {
            "number": f"{decision.number}/{decision.year}",
            "day": day(decision.decided_on),
            "day_words": day_words(decision.decided_on),
        },
        "meeting": {
            "number": str(meeting.number),
            "day": day(meeting.held_on),
            "day_words": day_words(meeting.held_on),
            "place": meeting.place,
        },
    }


def _family(family_id: int | None) -> Facts:
    """The family by its first representative, as a paper for it names it; by the surname where there is none."""
    family = db.session.get_one(Family, family_id)
    query = select(FamilyMember.id).where(FamilyMember.family_id == family.id)
    query = query.where(FamilyMember.kind == "representative", FamilyMember.left_on.is_(None))
    first = db.session.scalar(query.order_by(FamilyMember.id).limit(1))
    cases = of_people(FamilyMember.__tablename__, [first])[first] if first else None
    return {
        "number": str(family.number),
        "genitive": cases.genitive if cases else decline(family.surname).genitive,
        "accusative": cases.accusative if cases else family.surname,
        "dative": cases.dative if cases else family.surname,
        "short": cases.short if cases else "",
    }


def _named(family: Facts) -> str:
    return f"семьи {family['genitive']} (карта № {family['number']})"


def _colleague(facts: Known, cases: dict[int, Cases], user_id: int | None) -> Facts:
    user = facts.people.get(user_id or 0)
    if user is None:
        return dict.fromkeys(("name", "short", "accusative", "position"), "")
    said = cases[user.id]
    return {
        "name": said.nominative,
        "short": said.short,
        "accusative": said.accusative,
        "position": user.position,
    }


def _named_for_it(facts: Known, cases: dict[int, Cases], user_id: int) -> str:
    one = _colleague(facts, cases, user_id)
    return f"{one['accusative']} ({one['position']})" if one["position"] else str(one["accusative"])
