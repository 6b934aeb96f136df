"""Reading before the meeting: what lies before the members, who has read it, what a member has still to read.

A reading is kept with a word for what was read, so that a proposal changed afterwards is read anew. It is a trace
like a look at a family: nothing is decided by it, so no audit event tells of it.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any, NamedTuple

from sqlalchemy import literal_column, select, union_all
from sqlalchemy.dialects import postgresql, sqlite

from portal import clock
from portal.accounts.models import User
from portal.consilium.models import Item, ItemPaper, ItemRead, ItemSpecialist, Meeting, MeetingSeat, Recusal
from portal.db import db, is_sqlite, look_again, technical
from portal.families.models import Family
from portal.memory import unchanged
from portal.patronage.models import ClosingAnalysis, Patronage
from portal.rules import N_, RuleBroken
from portal.rules.meetings import LIVE
from portal.rules.names import FullName

AHEAD = ("convened", "open")  # meetings that are read for
PROPOSED = (
    *(Item.kind, Item.patronage_id, Item.question, Item.place, Item.regime, Item.term, Item.ends_on),
    *(Item.lead_id, Item.course_reason, Item.reason, Item.note),
)


class ToRead(NamedTuple):
    """An item that lies before the members of a meeting to come; `proposal` is another word after each change."""

    item_id: int
    meeting_id: int
    held_on: date
    starts_at: time
    kind: str
    question: str
    number: int | None
    surname: str | None
    proposal: str


@dataclass(frozen=True)
class Reading:
    """Who has read an item as it stands now; `mine` is None where it is not for the user to read."""

    proposal: str
    mine: bool | None
    have: tuple[str, ...]
    have_not: tuple[str, ...]

    @property
    def all(self) -> int:
        """How many are to read it."""
        return len(self.have) + len(self.have_not)


@dataclass(frozen=True)
class Table:
    """What lies on the table: items in the order of their meetings and agendas, and who is to read each."""

    items: dict[int, ToRead]
    readers: dict[int, dict[int, str]]  # short names by user, by item

    def of(self, meeting_id: int) -> list[ToRead]:
        """The items of one meeting, in the order of the agenda."""
        return [one for one in self.items.values() if one.meeting_id == meeting_id]


def table() -> Table:
    """All that is to be read now; read once after each change."""
    return unchanged(("to read",), _table)


def _table() -> Table:
    columns = (Item.id, Item.meeting_id, Meeting.held_on, Meeting.starts_at, Family.number, Family.surname)
    query = select(*columns, ClosingAnalysis.written_at, *PROPOSED).join(
        Meeting, Meeting.id == Item.meeting_id
    )
    query = query.outerjoin(Patronage, Patronage.id == Item.patronage_id)
    query = query.outerjoin(Family, Family.id == Patronage.family_id)
    query = query.outerjoin(ClosingAnalysis, ClosingAnalysis.patronage_id == Item.patronage_id)
    query = query.where(Meeting.status.in_(AHEAD), Item.status.in_(LIVE))
    order = (Meeting.held_on, Meeting.starts_at, Meeting.id, Item.position, Item.id)
    rows = db.session.execute(query.order_by(*order)).all()
    ids = [row.id for row in rows]
    chosen, papers, recused = _lists(ids, ItemSpecialist.user_id, ItemPaper.id, Recusal.user_id)
    found = {}
    for row in rows:
        word = proposal_of(row[6:], chosen.get(row.id, ()), papers.get(row.id, ()))
        place = (row.id, row.meeting_id, row.held_on, row.starts_at)
        found[row.id] = ToRead(*place, row.kind, row.question, row.number, row.surname, word)
    return Table(found, _readers(found.values(), recused))


def _lists(item_ids: list[int], *columns: Any) -> list[dict[int, list[int]]]:
    """Of each column its values by the item of their rows; all in one query."""
    found: list[dict[int, list[int]]] = [{} for _column in columns]
    parts = (
        select(literal_column(str(n)), column.class_.item_id, column).where(
            column.class_.item_id.in_(item_ids)
        )
        for n, column in enumerate(columns)
    )
    for n, item_id, value in db.session.execute(union_all(*parts)):
        found[n].setdefault(item_id, []).append(value)
    return found


def proposal_of(values: Iterable[Any], involved: Iterable[int], papers: Iterable[int]) -> str:
    """A word that is another one when the proposal, its specialists, its papers or the closing analysis are."""
    said = [str(one) for one in (*values, sorted(involved), sorted(papers))]
    return hashlib.sha256("\0".join(said).encode()).hexdigest()[:16]


def _readers(items: Iterable[ToRead], recused: Mapping[int, Sequence[int]]) -> dict[int, dict[int, str]]:
    """Those who vote on each item and are not recused, by name."""
    items = list(items)
    columns = (MeetingSeat.meeting_id, User.id, User.last_name, User.first_name, User.middle_name)
    query = select(*columns).join(User, User.id == MeetingSeat.user_id).where(MeetingSeat.votes)
    query = query.where(MeetingSeat.meeting_id.in_({one.meeting_id for one in items}))
    seated: dict[int, dict[int, str]] = {}
    for meeting_id, user_id, *name in db.session.execute(query.order_by(User.search, User.id)):
        seated.setdefault(meeting_id, {})[user_id] = FullName(*name).short
    return {
        one.item_id: {
            user_id: name
            for user_id, name in seated.get(one.meeting_id, {}).items()
            if user_id not in recused.get(one.item_id, ())
        }
        for one in items
    }


def of_meeting(user_id: int, meeting_id: int) -> dict[int, Reading]:
    """Who has read what of a meeting to come, by item: one query besides what is remembered."""
    kept = table()
    return _readings(user_id, kept, kept.of(meeting_id))


def of_item(user_id: int, item_id: int) -> Reading | None:
    """Who has read one item; None where it lies before nobody any more, or not yet."""
    kept = table()
    wanted = [kept.items[item_id]] if item_id in kept.items else []
    return _readings(user_id, kept, wanted).get(item_id)


def unread(user_id: int) -> list[ToRead]:
    """What the user has still to read, of all meetings to come, in the order of the agendas."""
    kept = table()
    wanted = [one for one in kept.items.values() if user_id in kept.readers[one.item_id]]
    found = _readings(user_id, kept, wanted)
    return [one for one in wanted if not found[one.item_id].mine]


def next_unread(user_id: int, item_id: int) -> int | None:
    """The item of the same meeting that the user reads next: the first unread one behind it, else before it."""
    order = list(table().items)
    meeting_id = table().items[item_id].meeting_id if item_id in order else None
    left = [one.item_id for one in unread(user_id) if one.meeting_id == meeting_id]
    behind = [one for one in left if order.index(one) > order.index(item_id)]
    return next(iter(behind or left), None)


def _readings(user_id: int, kept: Table, wanted: list[ToRead]) -> dict[int, Reading]:
    if not wanted:
        return {}
    query = select(ItemRead.item_id, ItemRead.user_id, ItemRead.proposal)
    rows = db.session.execute(query.where(ItemRead.item_id.in_([one.item_id for one in wanted])))
    read = {(item_id, reader): proposal for item_id, reader, proposal in rows}
    return {one.item_id: _reading(user_id, one, kept.readers[one.item_id], read) for one in wanted}


def _reading(
    user_id: int, one: ToRead, readers: Mapping[int, str], read: Mapping[tuple[int, int], str]
) -> Reading:
    have = {reader for reader in readers if read.get((one.item_id, reader)) == one.proposal}
    return Reading(
        one.proposal,
        user_id in have if user_id in readers else None,
        tuple(name for reader, name in readers.items() if reader in have),
        tuple(name for reader, name in readers.items() if reader not in have),
    )


def mark_read(item_id: int, user_id: int, seen: str) -> None:
    """Keep that the user has read the item as `seen` says it stood there; pressed again it changes nothing.

    Raises nothing_to_read, not_a_reader, changed_since.
    """
    look_again()
    kept = table()
    one = kept.items.get(item_id)
    if one is None:
        raise RuleBroken(
            "nothing_to_read",
            N_("This item no longer waits for the meeting: there is nothing to read before it."),
        )
    if user_id not in kept.readers[item_id]:
        raise RuleBroken("not_a_reader", N_("Only those who vote on the item mark it as read."))
    if seen != one.proposal:
        raise RuleBroken(
            "changed_since", N_("The item was changed since you opened it. Look at it again, then mark it.")
        )
    insert = sqlite.insert if is_sqlite() else postgresql.insert
    new = {"read_at": clock.now(), "proposal": one.proposal}
    query = insert(ItemRead).values(item_id=item_id, user_id=user_id, **new)
    anew = ItemRead.proposal != one.proposal
    with technical() as s:
        s.execute(query.on_conflict_do_update(index_elements=["item_id", "user_id"], set_=new, where=anew))
    look_again()  # whoever asks what is left to read sees this
