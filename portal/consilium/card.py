"""The card of an item: all that a member needs to vote, on one page, in a number of queries that never grows."""

from dataclasses import dataclass
from typing import Any

from flask_babel import get_locale
from sqlalchemy import select

from portal import clock
from portal.accounts.models import User
from portal.consilium import earlier, grounds, reading, record, rounds
from portal.consilium.card_family import FamilyFacts, family_of
from portal.consilium.models import Decision, Item, ItemSpecialist, Meeting
from portal.db import db
from portal.families import queries as families
from portal.families.models import Family
from portal.memory import unchanged
from portal.patronage.models import Patronage
from portal.rules import RuleBroken
from portal.rules.meetings import DECIDED, LIVE, deciding_day
from portal.rules.names import FullName


@dataclass(frozen=True)
class Colleague:
    """Somebody named by the proposal."""

    short_name: str
    position: str


@dataclass(frozen=True)
class Shown:
    """What of an item everybody sees who sees its meeting: the number, the surname and the proposal."""

    family_id: int | None
    number: int | None
    surname: str
    regime: str | None  # of the patronage now
    term: str | None
    ends_on: Any
    place: earlier.Place | None
    people: dict[int, Colleague]
    involved: list[Colleague]
    decision: Any
    votes: tuple[record.Voter, ...]  # of closed items only
    rounds: list[Any]  # when it was put off before
    later: list[Any]  # where it goes on


@dataclass(frozen=True)
class Card:
    """What a member needs in a minute. `family` is None when its content is beyond the user's reach."""

    item: Item
    meeting: Meeting
    shown: Shown
    lacks: list[RuleBroken]  # what it can't be decided on without
    family: FamilyFacts | None
    decisions: list[Any]  # earlier ones on the family
    reading: reading.Reading | None

    @property
    def is_open(self) -> bool:
        """Whether the user may read what lies with the item: its family is within their reach, or it has none."""
        return self.family is not None or self.shown.family_id is None

    @property
    def number(self) -> int | None:
        """The family's number; a free question has none."""
        return self.shown.number

    @property
    def surname(self) -> str:
        """The family's surname."""
        return self.shown.surname


def item_card(user: Any, item: Item) -> Card:
    """The card of an item. The family is shown to whom `families.reach` opens it.

    What all see alike is read once after each change: fifteen members read the same card before a meeting.
    """
    meeting = db.session.get_one(Meeting, item.meeting_id)
    key, today = (item.id, str(get_locale())), clock.today()
    shown = unchanged(("item", *key), lambda: _shown(item))
    family: FamilyFacts | None = None
    decisions: list[Any] = []
    if shown.family_id is not None and _within_reach(user, shown.family_id):
        family, decisions = unchanged(("item family", *key, today), lambda: _family(item, shown.family_id))
    return Card(
        item=item,
        meeting=meeting,
        shown=shown,
        lacks=unchanged(("item lacks", *key, today, meeting.status), lambda: _lacks(meeting, item)),
        family=family,
        decisions=decisions,
        reading=reading.of_item(user.id, item.id),
    )


def _within_reach(user: Any, family_id: int) -> bool:
    query = select(Family.id).where(Family.id == family_id, families.reach(user))
    return db.session.scalar(query) is not None


def _family(item: Item, family_id: Any) -> tuple[FamilyFacts, list[Any]]:
    return family_of(item), earlier.decisions_of(family_id, item.id)


def _lacks(meeting: Meeting, item: Item) -> list[RuleBroken]:
    """What the item lacks to be decided on that day; an open meeting decides today, whenever it was to be."""
    if item.status not in LIVE:
        return []
    day = deciding_day(meeting.status, meeting.held_on, clock.today())
    return grounds.lacking(db.session(), {item: day}).get(item.id, [])


def _shown(item: Item) -> Shown:
    columns: list[Any] = [Family.id, Family.number, Family.surname, Patronage.regime, Patronage.term]
    query = select(*columns, Patronage.ends_on).join(Patronage, Patronage.family_id == Family.id)
    row = db.session.execute(query.where(Patronage.id == item.patronage_id)).first()
    chosen = select(ItemSpecialist.user_id).where(ItemSpecialist.item_id == item.id)
    involved = list(db.session.scalars(chosen))
    people = _people({one for one in (*involved, item.lead_id, item.speaker_id) if one})
    numbered = select(Decision.id, Decision.number, Decision.year, Decision.decided_on)
    numbered = numbered.where(Decision.item_id == item.id)
    return Shown(
        family_id=row.id if row else None,
        number=row.number if row else None,
        surname=row.surname if row else "",
        regime=row.regime if row else None,
        term=row.term if row else None,
        ends_on=row.ends_on if row else None,
        place=earlier.place_of(item.id, item.meeting_id),
        people=people,
        involved=sorted((people[one] for one in involved), key=lambda one: one.short_name),
        decision=db.session.execute(numbered).first(),
        votes=record.voters([item.id]).get(item.id, ()) if item.status in DECIDED else (),
        rounds=rounds.earlier([item.id]).get(item.id, []) if item.after_id else [],
        later=rounds.later(item.id) if item.status == "deferred" else [],
    )


def _people(ids: set[int]) -> dict[int, Colleague]:
    if not ids:
        return {}
    columns = (User.id, User.position, User.last_name, User.first_name, User.middle_name)
    rows = db.session.execute(select(*columns).where(User.id.in_(ids)))
    return {row.id: Colleague(FullName(*row[2:]).short, row.position) for row in rows}
