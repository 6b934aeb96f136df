"""All that the page of one decision and its papers tell; a fixed number of queries."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from portal import clock
from portal.accounts import queries as accounts
from portal.accounts.models import User
from portal.consilium import decision_list, minutes_queries, queries, record
from portal.consilium.dissents import Stated, stated_on
from portal.consilium.follow_ups import CLOSED
from portal.consilium.minutes_models import FollowUp
from portal.consilium.models import Decision, Item, ItemSpecialist, Meeting
from portal.db import db
from portal.families.models import Family
from portal.patronage.models import Assignment, ClosingAnalysis, Patronage
from portal.rules.enrollment import Term
from portal.rules.follow_ups import EXTRACT_DAYS
from portal.rules.items import KINDS, REMOVING, Kind
from portal.rules.lifecycle import Status
from portal.rules.meetings import LIVE
from portal.rules.names import FullName

ORDERED = frozenset({Kind.ENROLL, *REMOVING})  # what the center's head orders after it was decided


@dataclass(frozen=True)
class Facts:
    """A decision. `whole` is whether the reader may know its papers and what became of the family; `heard`, whether
    also what was said at the meeting: reasons of votes, dissents. What was decided all readers know, as in the minutes.
    """

    decision: Decision
    item: Item
    meeting: Meeting
    patronage: Patronage | None
    family_id: int | None
    family_number: int | None
    surname: str | None
    follow: FollowUp | None
    whole: bool
    heard: bool
    votes: tuple[record.Voter, ...]
    dissents: list[Stated]
    people: dict[int, User]
    involved: list[int]  # of those whom an enrollment proposed

    @property
    def names(self) -> dict[int, str]:
        """Short names by the id of a user."""
        return {user_id: user.short_name for user_id, user in self.people.items()}

    @property
    def involved_names(self) -> list[str]:
        """The short names of the involved specialists."""
        return [self.people[one].short_name for one in self.involved]

    @property
    def has_order(self) -> bool:
        """Whether an order follows from it."""
        return self.decision.carried and self.decision.kind in ORDERED

    @property
    def extract_days(self) -> int:
        """Within how many working days the extract is given."""
        return self.meeting.extract_days or EXTRACT_DAYS

    @property
    def is_over(self) -> bool:
        """Whether the meeting is over, so that extracts of its minutes can be given."""
        return self.meeting.status in CLOSED


def facts_of(user: Any, decision: Decision) -> Facts:
    """The decision as the user may read it."""
    whole = decision_list.is_whole(user, decision)
    return known(decision, whole, whole or minutes_queries.took_part(user.id, _meeting_id(decision)))


def _meeting_id(decision: Decision) -> int:
    return db.session.scalars(select(Item.meeting_id).where(Item.id == decision.item_id)).one()


def known(decision: Decision, whole: bool, heard: bool) -> Facts:
    """The decision for a reader of whom that is known; a paper is of what `get_whole` has let through."""
    query = select(Item, Meeting, Patronage, Family.id, Family.number, Family.surname, FollowUp)
    query = query.join(Meeting, Meeting.id == Item.meeting_id)
    query = query.outerjoin(Patronage, Patronage.id == Item.patronage_id)
    query = query.outerjoin(Family, Family.id == Patronage.family_id)
    query = query.outerjoin(FollowUp, FollowUp.decision_id == decision.id)
    found = db.session.execute(query.where(Item.id == decision.item_id)).one()
    item, follow = found.Item, found.FollowUp
    involved = list(db.session.scalars(_involved(item.id)))
    wanted = {item.lead_id, *involved}
    wanted |= {follow.told_by_id, follow.extract_by_id} if follow else set()
    return Facts(
        decision,
        item,
        found.Meeting,
        found.Patronage,
        *(found.id, found.number, found.surname),
        follow,
        whole=whole,
        heard=heard,
        votes=record.voters([item.id]).get(item.id, ()),
        dissents=stated_on([item.id]).get(item.id, []),
        people=accounts.names({one for one in wanted if one is not None}),
        involved=involved,
    )


def _involved(item_id: int) -> Any:
    query = select(ItemSpecialist.user_id).where(ItemSpecialist.item_id == item_id)
    return query.order_by(ItemSpecialist.user_id)


_NAME = (User.last_name, User.first_name, User.middle_name)


@dataclass(frozen=True)
class Since:
    """What has become of the family since: who leads it now, what else was decided, what comes next."""

    lead: Any  # name and since when, or None
    others: list[Any]  # the other decisions on the family, the latest first
    agenda: Any  # the meeting that will speak of it, or None
    next_meeting: Any  # the meeting whose agenda can still be changed, or None
    kinds: list[str]  # what can be put on an agenda for this family now


def since(facts: Facts, prepares: bool) -> Since:
    """The same for the family of the decision; what comes next for those who prepare agendas."""
    if facts.patronage is None:
        return Since(None, [], None, None, [])
    agenda = _agenda(facts.family_id) if prepares else None
    coming = _next_meeting() if prepares and agenda is None else None
    return Since(
        _lead(facts.patronage.id),
        _others(facts.decision.id, facts.family_id),
        agenda,
        coming,
        _kinds(facts.patronage) if prepares else [],
    )


def _kinds(patronage: Patronage) -> list[str]:
    """What an item could ask for this family now; an emergency start comes onto an agenda by itself."""
    query = select(ClosingAnalysis.patronage_id).where(ClosingAnalysis.patronage_id == patronage.id)
    analyzed = patronage.status == Status.SUSPENDED or db.session.scalar(query) is not None
    found = [
        kind
        for kind, asked in KINDS.items()
        if patronage.status in asked.statuses and (analyzed or not asked.analysis)
    ]
    unfit = {Kind.RATIFY} | (set() if patronage.term == Term.SHORT else {Kind.EXTEND})
    return [str(kind) for kind in found if kind not in unfit]


def _lead(patronage_id: int) -> Any:
    query = select(Assignment.starts_on, *_NAME).join(User, User.id == Assignment.user_id)
    here = (Assignment.patronage_id == patronage_id, Assignment.kind == "lead", Assignment.ends_on.is_(None))
    row = db.session.execute(query.where(*here)).first()
    return {"name": FullName(*row[1:]).short, "since": row.starts_on} if row else None


def _others(decision_id: int, family_id: int | None) -> list[Any]:
    columns = (Decision.id, Decision.number, Decision.year, Decision.kind, Decision.carried)
    query = select(*columns, Decision.decided_on).join(Patronage, Patronage.id == Decision.patronage_id)
    query = query.where(Patronage.family_id == family_id, Decision.id != decision_id)
    return list(db.session.execute(query.order_by(Decision.year.desc(), Decision.number.desc())))


def _agenda(family_id: int | None) -> Any:
    query = select(Meeting.id, Meeting.number, Meeting.held_on).join(Item, Item.meeting_id == Meeting.id)
    query = query.join(Patronage, Patronage.id == Item.patronage_id)
    query = query.where(Patronage.family_id == family_id, Item.status.in_(LIVE))
    return db.session.execute(query.limit(1)).first()


def _next_meeting() -> Any:
    query = select(Meeting.id, Meeting.number, Meeting.held_on)
    query = query.where(Meeting.status.in_(("draft", "convened")), Meeting.held_on >= clock.today())
    return db.session.execute(query.order_by(Meeting.held_on, Meeting.starts_at, Meeting.id).limit(1)).first()


def signers(meeting_id: int) -> dict[str, Any]:
    """Who signs an extract, by seat (chair, secretary), and how many members with a vote the meeting had."""
    seats = queries.seats_of(meeting_id)
    named = {
        seat["seat"]: FullName(seat["last_name"], seat["first_name"], seat["middle_name"]).short
        for seat in reversed(seats)
        if seat["seat"] != "member"
    }
    return {"names": named, "voters": sum(1 for seat in seats if seat["votes"])}
