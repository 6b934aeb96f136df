"""A meeting as it is now, in a fixed number of queries."""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import select

from portal import clock
from portal.accounts import queries as accounts
from portal.consilium import grounds, holding, papers, queries, reading, record, rounds, speakers
from portal.consilium.holding import Holding
from portal.consilium.models import Decision, Item, ItemSpecialist, Meeting, Vote
from portal.db import db
from portal.families.models import Family
from portal.memory import unchanged
from portal.patronage.models import Emergency, Patronage
from portal.rules.meetings import DECIDED, LIVE, deciding_day


@dataclass(frozen=True, kw_only=True)
class Live(Holding):
    """All that the page of a meeting shows. Votes of others are in it for closed items only."""

    votes: dict[int, tuple[record.Voter, ...]]  # of closed items, by name
    own_choice: str | None
    leads: dict[int, str]  # short names of those proposed
    involved: dict[int, list[str]]
    speakers: dict[int, speakers.Speaker]
    papers: dict[int, int]  # how many lie with an item
    rounds: dict[int, list[Any]]  # when an item was put off before
    lacks: Mapping[int, list[str]]  # what an item cannot be decided on without, as codes of rules
    unapproved: frozenset[int]  # removals whose closing analysis is not approved yet
    me: Any  # the user's seat, or None
    reads: dict[int, reading.Reading]  # of the items that are to be read before the meeting

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
        lacks=standing(meeting).lacks,
        unapproved=standing(meeting).unapproved,
        own_choice=_own_choice(own, user.id) if user.id in shared["voted"] else None,
        me=next((seat for seat in shared["seats"] if seat["user_id"] == user.id), None),
        reads=reading.of_meeting(user.id, meeting.id),
        **shared,
    )


class Standing(NamedTuple):
    """How the live items stand on the day of the meeting: codes of the rules each would break, by its id; and more."""

    lacks: Mapping[int, list[str]]
    unapproved: frozenset[int]


def standing(meeting: Meeting) -> Standing:
    """How its items stand; an open meeting decides today, whenever it was to be."""
    return unchanged(("lacks", meeting.id, meeting.version, clock.today()), lambda: _standing(meeting))


def _standing(meeting: Meeting) -> Standing:
    query = select(Item).where(Item.meeting_id == meeting.id, Item.status.in_(LIVE))
    day = deciding_day(meeting.status, meeting.held_on, clock.today())
    days = dict.fromkeys(db.session.scalars(query), day)
    found = grounds.standing(db.session(), days, involved_in(meeting.id)) if days else {}
    lacks = {item_id: [rule.code for rule in one.broken] for item_id, one in found.items() if one.broken}
    return Standing(lacks, frozenset(item_id for item_id, one in found.items() if one.unapproved))


def state_of(meeting: Meeting) -> str:
    """A word that is another one after each change of the meeting, and of what its items lack."""
    found = standing(meeting)
    seen = sorted((item_id, *codes) for item_id, codes in found.lacks.items()), sorted(found.unapproved)
    return f"{meeting.version}-{zlib.crc32(repr(seen).encode()):x}"


def _shared(meeting_id: int) -> dict[str, Any]:
    """What is in Live for everybody; of votes that are still hidden only whose they are."""
    items = _items(meeting_id)
    involved, chosen = involved_in(meeting_id), speakers.chosen(items)
    people = accounts.names(
        {item["lead_id"] for item in items if item["lead_id"]}.union(chosen.values(), *involved.values())
    )
    names = {user_id: user.short_name for user_id, user in people.items()}
    return {
        "seats": queries.seats_of(meeting_id),
        "items": items,
        "votes": record.voters([item["id"] for item in items if item["status"] in DECIDED]),
        "voted": _who_voted([item["id"] for item in items if item["status"] == "voting"]),
        "leads": names,
        **holding.shared(meeting_id, items),
        "speakers": speakers.named(chosen, people),
        "papers": papers.counts([item["id"] for item in items]),
        "involved": {item_id: [names[one] for one in many] for item_id, many in involved.items()},
        "rounds": rounds.earlier([item["id"] for item in items]),
    }


def _items(meeting_id: int) -> list[Any]:
    """The agenda in its order, without what was taken off."""
    columns = [
        *(Item.id, Item.kind, Item.status, Item.regime, Item.term, Item.ends_on, Item.lead_id, Item.reason),
        *(Item.present, Item.by_chair, Item.deferral, Item.patronage_id, Item.speaker_id),
        *(Item.question, Item.place, Item.after_id, Item.asked, Item.until_on),
        *(Patronage.family_id, Patronage.regime.label("regime_now"), Patronage.ends_on.label("ends_now")),
        *(Patronage.term.label("term_now"), Emergency.started_on, Emergency.former),
        *(Family.number.label("family_number"), Family.surname),
        *(Decision.id.label("decision_id"), Decision.number.label("decision"), Decision.year),
        Decision.decided_on,
    ]
    waits = (Emergency.patronage_id == Patronage.id) & Emergency.outcome.is_(None)
    query = select(*columns).outerjoin(Patronage, Patronage.id == Item.patronage_id)
    query = query.outerjoin(Family, Family.id == Patronage.family_id).outerjoin(Emergency, waits)
    query = query.outerjoin(Decision, Decision.item_id == Item.id)
    query = query.where(Item.meeting_id == meeting_id, Item.status != "withdrawn")
    return list(db.session.execute(query.order_by(Item.position, Item.id)).mappings())


def involved_in(meeting_id: int) -> dict[int, list[int]]:
    """The ids of the specialists that each item of the meeting proposes; read once after each change."""
    return unchanged(("involved", meeting_id), lambda: _involved(meeting_id))


def _involved(meeting_id: int) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    query = select(ItemSpecialist.item_id, ItemSpecialist.user_id)
    query = query.join(Item, Item.id == ItemSpecialist.item_id).where(Item.meeting_id == meeting_id)
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
