"""A meeting as it is now, in a fixed number of queries; and the card of one item."""

import zlib
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from portal import clock
from portal.accounts import queries as accounts
from portal.accounts.models import User
from portal.consilium import grounds, holding, queries, record
from portal.consilium.holding import Holding
from portal.consilium.models import Decision, Item, ItemSpecialist, Meeting, Vote
from portal.db import db
from portal.families import queries as families
from portal.families.models import Consent, Family, FamilyMember
from portal.memory import unchanged
from portal.patronage.models import Assignment, ClosingAnalysis, Patronage
from portal.rules import RuleBroken
from portal.rules.consent import age_on
from portal.settings import queries as settings


@dataclass(frozen=True, kw_only=True)
class Live(Holding):
    """All that the page of a meeting shows. Votes of others are in it for closed items only."""

    votes: dict[int, tuple[record.Voter, ...]]  # of closed items, by name
    own_choice: str | None
    leads: dict[int, str]  # short names of those proposed
    involved: dict[int, list[str]]
    lacks: dict[int, list[str]]  # what an item cannot be decided on without, as codes of rules
    me: Any  # the user's seat, or None

    @property
    def state(self) -> str:
        """What a page that has seen it shows to ask for news only."""
        return state_of(self.meeting)

    @property
    def waiting(self) -> int:
        """How many items are still to be considered."""
        return sum(1 for item in self.items if item["status"] == "waiting")


def live(user: Any, meeting: Meeting) -> Live:
    """The meeting with members, agenda, and what of the votes may be seen.

    What all members see alike is read once after each change, however many screens follow it.
    """
    shared = unchanged(("meeting", meeting.id, meeting.version), lambda: _shared(meeting.id))
    own = next((item["id"] for item in shared["items"] if item["status"] == "voting"), 0)
    return Live(
        meeting=meeting,
        lacks=lacking(meeting),
        own_choice=_own_choice(own, user.id) if user.id in shared["voted"] else None,
        me=next((seat for seat in shared["seats"] if seat["user_id"] == user.id), None),
        **shared,
    )


def lacking(meeting: Meeting) -> dict[int, list[str]]:
    """The codes of the rules that each live item would break on the day of the meeting, by its id."""
    return unchanged(("lacks", meeting.id, meeting.version, clock.today()), lambda: _lacking(meeting))


def _lacking(meeting: Meeting) -> dict[int, list[str]]:
    query = select(Item).where(Item.meeting_id == meeting.id, Item.status.in_(queries.LIVE))
    broken = _broken(meeting, list(db.session.scalars(query)))
    return {item_id: [one.code for one in found] for item_id, found in broken.items()}


def _broken(meeting: Meeting, items: list[Item]) -> dict[int, list[RuleBroken]]:
    """What the items lack to be decided on that day; an open meeting decides today, whenever it was to be."""
    today = clock.today()
    day = today if meeting.status == "open" else max(meeting.held_on, today)
    return grounds.lacking(db.session(), items, day) if items else {}


def state_of(meeting: Meeting) -> str:
    """A word that is another one after each change of the meeting, and of what its items lack."""
    lacks = sorted((item_id, *codes) for item_id, codes in lacking(meeting).items())
    return f"{meeting.version}-{zlib.crc32(repr(lacks).encode()):x}"


def _shared(meeting_id: int) -> dict[str, Any]:
    """What is in Live for everybody; of votes that are still hidden only whose they are."""
    items = _items(meeting_id)
    involved = _involved([item["id"] for item in items])
    people = accounts.names(
        {item["lead_id"] for item in items if item["lead_id"]}
        | {one for many in involved.values() for one in many}
    )
    names = {user_id: user.short_name for user_id, user in people.items()}
    return {
        "seats": queries.seats_of(meeting_id),
        "items": items,
        "votes": record.voters([item["id"] for item in items if item["status"] in record.CLOSED]),
        "voted": _who_voted([item["id"] for item in items if item["status"] == "voting"]),
        "leads": names,
        **holding.shared(meeting_id, items),
        "involved": {item_id: [names[one] for one in many] for item_id, many in involved.items()},
    }


def _items(meeting_id: int) -> list[Any]:
    """The agenda in its order, without what was taken off."""
    columns = [
        *(Item.id, Item.kind, Item.status, Item.regime, Item.term, Item.ends_on, Item.lead_id, Item.reason),
        *(Item.present, Item.by_chair, Item.deferral, Item.patronage_id),
        *(Patronage.family_id,),
        *(Family.number.label("family_number"), Family.surname),
        *(Decision.number.label("decision"), Decision.year, Decision.decided_on),
        ClosingAnalysis.patronage_id.label("analysis"),
        ClosingAnalysis.approved_at.label("analysis_approved"),
    ]
    query = select(*columns).join(Patronage, Patronage.id == Item.patronage_id)
    query = query.join(Family, Family.id == Patronage.family_id)
    query = query.outerjoin(Decision, Decision.item_id == Item.id)
    query = query.outerjoin(ClosingAnalysis, ClosingAnalysis.patronage_id == Patronage.id)
    query = query.where(Item.meeting_id == meeting_id, Item.status != "withdrawn")
    return list(db.session.execute(query.order_by(Item.position, Item.id)).mappings())


def _involved(item_ids: list[int]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    query = select(ItemSpecialist.item_id, ItemSpecialist.user_id).where(ItemSpecialist.item_id.in_(item_ids))
    for item_id, user_id in db.session.execute(query.order_by(ItemSpecialist.user_id)):
        found.setdefault(item_id, []).append(user_id)
    return found


def _who_voted(item_ids: list[int]) -> frozenset[int]:
    """Who has voted on the items being voted on; how is not read."""
    if not item_ids:
        return frozenset()
    return frozenset(db.session.scalars(select(Vote.user_id).where(Vote.item_id.in_(item_ids))))


def _own_choice(item_id: int, user_id: int) -> str | None:
    """The user's own choice; no other choice is read."""
    return db.session.scalar(select(Vote.choice).where(Vote.item_id == item_id, Vote.user_id == user_id))


@dataclass(frozen=True)
class Card:
    """What a member needs in a minute. `family` is None when its content is beyond the user's reach."""

    item: Item
    meeting: Meeting
    patronage: Patronage
    number: int
    surname: str
    family: Family | None
    representatives: list[FamilyMember]
    children: list[tuple[FamilyMember, int | None]]
    categories: list[str]
    consents: list[Consent]
    analysis: ClosingAnalysis | None
    assigned: list[User]
    people: dict[int, User]
    involved: list[User]
    decision: Decision | None
    votes: tuple[record.Voter, ...]
    lacks: list[RuleBroken]  # what it can't be decided on without


def item_card(user: Any, item: Item) -> Card:
    """The card of an item. The family is shown to whom `families.reach` opens it."""
    row = db.session.get_one(Patronage, item.patronage_id)
    number, surname = db.session.execute(
        select(Family.number, Family.surname).where(Family.id == row.family_id)
    ).one()
    family = families.get_family(user, row.family_id)
    members = [member for member in family.members if member.left_on is None] if family else []
    involved = _involved([item.id]).get(item.id, [])
    analysis = db.session.get(ClosingAnalysis, row.id) if family and item.kind == "remove" else None
    wanted = {*involved, item.lead_id}
    wanted |= {analysis.author_id, analysis.approved_by_id} if analysis else set()
    people = accounts.names({one for one in wanted if one is not None})
    today = clock.today()
    meeting = db.session.get_one(Meeting, item.meeting_id)
    return Card(
        item=item,
        meeting=meeting,
        lacks=_broken(meeting, [item] if item.status in queries.LIVE else []).get(item.id, []),
        patronage=row,
        number=number,
        surname=surname,
        family=family,
        representatives=[member for member in members if member.kind == "representative"],
        children=[(m, _age(m, today)) for m in members if m.kind == "minor"],
        categories=[settings.word("categories", c.code) for c in family.categories] if family else [],
        consents=_consents(row.family_id) if family else [],
        analysis=analysis,
        assigned=_assigned(row.id) if family else [],
        people=people,
        involved=[people[one] for one in involved],
        decision=db.session.scalar(select(Decision).where(Decision.item_id == item.id)),
        votes=record.voters([item.id]).get(item.id, ()),
    )


def _age(member: FamilyMember, day: date) -> int | None:
    if member.birth_date:
        return age_on(member.birth_date, day)
    return day.year - member.birth_year if member.birth_year else None


def _consents(family_id: int) -> list[Consent]:
    """The family's consents, the latest first."""
    query = (
        select(Consent).where(Consent.family_id == family_id).order_by(Consent.given_on.desc(), Consent.id)
    )
    return list(db.session.scalars(query.limit(3)))


def _assigned(patronage_id: int) -> list[User]:
    """Those who work with the family now, the lead first."""
    query = select(User).join(Assignment, Assignment.user_id == User.id)
    query = query.where(Assignment.patronage_id == patronage_id, Assignment.ends_on.is_(None))
    return list(db.session.scalars(query.order_by(Assignment.kind.desc(), User.search)))
