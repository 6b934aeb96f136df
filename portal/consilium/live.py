"""A meeting as it is now, in a fixed number of queries; and the card of one item."""

import zlib
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from portal import clock
from portal.accounts import queries as accounts
from portal.accounts.models import User
from portal.consilium import grounds, queries, rounds
from portal.consilium.actions import HERE
from portal.consilium.models import Decision, Item, ItemSpecialist, Meeting, Vote
from portal.db import db
from portal.families import queries as families
from portal.families.models import Consent, Family, FamilyMember
from portal.memory import unchanged
from portal.patronage.models import Assignment, ClosingAnalysis, Emergency, Patronage
from portal.rules import RuleBroken, voting
from portal.rules.consent import age_on
from portal.rules.items import REMOVING, Kind
from portal.rules.names import FullName
from portal.settings import queries as settings

CLOSED = ("carried", "rejected")


@dataclass(frozen=True)
class Live:
    """All that the page of a meeting shows. Votes of others are in it for closed items only."""

    meeting: Meeting
    seats: list[Any]
    items: list[Any]
    votes: dict[int, list[tuple[str, str]]]  # of closed items: (choice, short name)
    voted: frozenset[int]  # who has voted on the current item
    own_choice: str | None
    leads: dict[int, str]  # short names of those proposed
    involved: dict[int, list[str]]
    rounds: dict[int, list[Any]]  # when an item was put off before
    lacks: dict[int, list[str]]  # what an item cannot be decided on without, as codes of rules
    me: Any  # the user's seat, or None

    @property
    def current(self) -> Any:
        """The item being voted on, or None."""
        return next((item for item in self.items if item["status"] == "voting"), None)

    @property
    def present(self) -> int:
        """How many who may vote are present."""
        return sum(1 for seat in self.seats if seat["votes"] and seat["presence"] in HERE)

    @property
    def voters(self) -> int:
        """How many may vote."""
        return sum(1 for seat in self.seats if seat["votes"])

    @property
    def quorum(self) -> int:
        """How many of them must be present."""
        return voting.quorum(self.voters, self.meeting.quorum_share)

    @property
    def quorate(self) -> bool:
        """Whether they are."""
        return self.present >= self.quorum

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
        "votes": _closed_votes([item["id"] for item in items if item["status"] in CLOSED]),
        "voted": _who_voted([item["id"] for item in items if item["status"] == "voting"]),
        "leads": names,
        "involved": {item_id: [names[one] for one in many] for item_id, many in involved.items()},
        "rounds": rounds.earlier([item["id"] for item in items]),
    }


def _items(meeting_id: int) -> list[Any]:
    """The agenda in its order, without what was taken off."""
    columns = [
        *(Item.id, Item.kind, Item.status, Item.regime, Item.term, Item.ends_on, Item.lead_id, Item.reason),
        *(Item.present, Item.by_chair, Item.deferral, Item.patronage_id),
        *(Item.question, Item.place, Item.after_id, Item.asked, Item.until_on),
        *(Patronage.family_id, Patronage.regime.label("regime_now"), Patronage.ends_on.label("ends_now")),
        *(Patronage.term.label("term_now"), Emergency.started_on, Emergency.former),
        *(Family.number.label("family_number"), Family.surname),
        *(Decision.number.label("decision"), Decision.year, Decision.decided_on),
        ClosingAnalysis.patronage_id.label("analysis"),
        ClosingAnalysis.approved_at.label("analysis_approved"),
    ]
    waits = (Emergency.patronage_id == Patronage.id) & Emergency.outcome.is_(None)
    query = select(*columns).outerjoin(Patronage, Patronage.id == Item.patronage_id)
    query = query.outerjoin(Family, Family.id == Patronage.family_id).outerjoin(Emergency, waits)
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


def _closed_votes(item_ids: list[int]) -> dict[int, list[tuple[str, str]]]:
    """The votes of closed items by name; never asked of others (DOMAIN §2: hidden until the item closes)."""
    columns = (Vote.item_id, Vote.choice, User.last_name, User.first_name, User.middle_name)
    query = select(*columns).join(User, User.id == Vote.user_id).join(Item, Item.id == Vote.item_id)
    query = query.where(Item.id.in_(item_ids), Item.status.in_(CLOSED))
    found: dict[int, list[tuple[str, str]]] = {}
    for item_id, choice, *name in db.session.execute(query.order_by(User.search, User.id)):
        found.setdefault(item_id, []).append((choice, FullName(*name).short))
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
    patronage: Patronage | None  # of a free question none
    number: int | None
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
    votes: list[tuple[str, str]]
    lacks: list[RuleBroken]  # what it can't be decided on without
    rounds: list[Any]  # when it was put off before
    emergency: Emergency | None  # of an emergency start: what the consilium is asked to ratify


def item_card(user: Any, item: Item) -> Card:
    """The card of an item. The family is shown to whom `families.reach` opens it."""
    row = db.session.get(Patronage, item.patronage_id) if item.patronage_id else None
    named = db.session.get_one(Family, row.family_id) if row else None
    family = families.get_family(user, row.family_id) if row else None
    members = [member for member in family.members if member.left_on is None] if family else []
    involved = _involved([item.id]).get(item.id, [])
    analysis = (
        db.session.get(ClosingAnalysis, item.patronage_id) if family and item.kind in REMOVING else None
    )
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
        number=named.number if named else None,
        surname=named.surname if named else "",
        family=family,
        representatives=[member for member in members if member.kind == "representative"],
        children=[(m, _age(m, today)) for m in members if m.kind == "minor"],
        categories=[settings.word("categories", c.code) for c in family.categories] if family else [],
        consents=_consents(family.id) if family else [],
        analysis=analysis,
        assigned=_assigned(row.id) if row and family else [],
        people=people,
        involved=[people[one] for one in involved],
        decision=db.session.scalar(select(Decision).where(Decision.item_id == item.id)),
        votes=_closed_votes([item.id]).get(item.id, []) if item.status in CLOSED else [],
        rounds=rounds.earlier([item.id]).get(item.id, []),
        emergency=_emergency(item) if family and item.kind == Kind.RATIFY else None,
    )


def _emergency(item: Item) -> Emergency | None:
    """The emergency start that the item is about: the one open now, or the one that it has decided."""
    query = select(Emergency).where(Emergency.patronage_id == item.patronage_id)
    closed = item.closed_at and clock.local(item.closed_at).date()
    found = query.where(Emergency.closed_on == closed if closed else Emergency.outcome.is_(None))
    return db.session.scalar(found.order_by(Emergency.id.desc()).limit(1))


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
