"""Counting a decision once more from what it was counted from: the members with a vote as they stood when it closed."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from sqlalchemy import select

from portal.consilium import counting
from portal.consilium.models import Item, ItemVoter, Meeting, MeetingSeat, Recusal, Vote
from portal.db import db
from portal.rules.meetings import DECIDED
from portal.rules.voting import quorum

Fault = tuple[str, str]


def recounts() -> Iterator[Fault]:
    """Consilium: each decision is what the rules make of its item_voters, and these fit roll, recusals and votes."""
    rows: dict[int, list[ItemVoter]] = defaultdict(list)
    for row in db.session.scalars(select(ItemVoter).order_by(ItemVoter.item_id, ItemVoter.user_id)):
        rows[row.item_id].append(row)
    rolls: dict[int, set[tuple[int, str]]] = defaultdict(set)
    for seat in db.session.scalars(select(MeetingSeat).where(MeetingSeat.votes)):
        rolls[seat.meeting_id].add((seat.user_id, seat.seat))
    cast, recused = _cast(), _recused()
    meetings = {meeting.id: meeting for meeting in db.session.scalars(select(Meeting))}
    for item in db.session.scalars(select(Item).where(Item.status.in_(DECIDED)).order_by(Item.id)):
        found = rows.pop(item.id, [])
        if not found:
            continue  # decided before the record was kept: checks.votes judges it as far as it can
        yield from _recount(item, found, meetings[item.meeting_id])
        if {(row.user_id, row.seat) for row in found} != rolls[item.meeting_id]:
            yield "consilium", f"item {item.id} was counted from others than the roll of its meeting"
        if {row.user_id for row in found if row.recused} != recused[item.id] & {r.user_id for r in found}:
            yield "consilium", f"item {item.id} was counted with other recusals than were declared"
        if {row.user_id: row.choice for row in found if row.choice} != _counting(found, cast[item.id]):
            yield "consilium", f"item {item.id} was counted from other votes than were cast"
    for item_id in rows:
        yield "consilium", f"item {item_id} is not decided but has a record of its vote"


def _cast() -> dict[int, dict[int, str]]:
    found: dict[int, dict[int, str]] = defaultdict(dict)
    for item_id, user_id, choice in db.session.execute(select(Vote.item_id, Vote.user_id, Vote.choice)):
        found[item_id][user_id] = choice
    return found


def _recused() -> dict[int, set[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    for item_id, user_id in db.session.execute(select(Recusal.item_id, Recusal.user_id)):
        found[item_id].add(user_id)
    return found


def _counting(rows: Sequence[ItemVoter], cast: dict[int, str]) -> dict[int, str]:
    """Of the votes cast those whose members were there and not recused."""
    return {user_id: cast[user_id] for user_id in counting.present(rows) if user_id in cast}


def _recount(item: Item, rows: Sequence[ItemVoter], meeting: Meeting) -> Iterator[Fault]:
    tally = counting.tally(rows, meeting.majority)
    said = (item.votes_for, item.votes_against, item.abstained, item.present, item.by_chair)
    if said != (tally.for_, tally.against, tally.abstain, tally.present, tally.by_chair):
        yield "consilium", f"item {item.id} does not say what its votes count to"
    if tally.carried != (item.status == "carried"):
        yield "consilium", f"item {item.id} was decided against its votes"
    if tally.present < quorum(len(rows), meeting.quorum_share):
        yield "consilium", f"item {item.id} was decided without a quorum"
