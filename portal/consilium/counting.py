"""What a decision is counted from: each member with a vote, whether present and recused, and the choice that counts.

The same count serves the vote, the closing and `flask check`.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.consilium.models import Item, ItemVoter, Meeting, MeetingSeat, Recusal, Vote
from portal.consilium.presence import HERE
from portal.rules import voting
from portal.settings import queries as settings


class Rules(NamedTuple):
    """By what a meeting votes: share of the quorum, majority of whom, whether a vote needs its reason."""

    share: str
    majority: str
    reasons: bool


def rules_of(meeting: Meeting) -> Rules:
    """The meeting's rules: frozen when it opened, till then the settings."""
    if meeting.opened_at:
        return Rules(meeting.quorum_share, meeting.majority, meeting.reasons)
    return Rules(*(settings.value(name) for name in ("quorum_share", "majority", "vote_reasons")))


def voters(s: Session, item: Item, meeting: Meeting) -> list[ItemVoter]:
    """The members with a vote as they stand to the item now; a vote counts while its member is here and not recused."""
    roll = select(MeetingSeat).where(MeetingSeat.meeting_id == meeting.id, MeetingSeat.votes)
    seats = s.scalars(roll.order_by(MeetingSeat.user_id).execution_options(populate_existing=True))
    recused = set(s.scalars(select(Recusal.user_id).where(Recusal.item_id == item.id)))
    query = select(Vote.user_id, Vote.choice).where(Vote.item_id == item.id)
    cast: Mapping[int, str] = {row.user_id: row.choice for row in s.execute(query)}
    found = []
    for seat in seats:
        here, out = seat.presence in HERE, seat.user_id in recused
        choice = cast.get(seat.user_id) if here and not out else None
        row = ItemVoter(item_id=item.id, user_id=seat.user_id, seat=seat.seat)
        row.present, row.recused, row.choice = here, out, choice
        found.append(row)
    return found


def present(rows: Sequence[ItemVoter]) -> set[int]:
    """Who is counted present: here and not recused."""
    return {row.user_id for row in rows if row.present and not row.recused}


def check_quorum(rows: Sequence[ItemVoter], share: str) -> None:
    """Whether the item has its quorum of the whole roll, without the recused. Raises no_quorum."""
    recused = sum(1 for row in rows if row.present and row.recused)
    voting.check_quorum(len(present(rows)), len(rows), share, recused)


def check_close(rows: Sequence[ItemVoter]) -> None:
    """Whether anything is there to count. Raises nobody_voted."""
    voting.check_close(sum(1 for row in rows if row.choice), len(present(rows)))


def tally(rows: Sequence[ItemVoter], majority: str) -> voting.Tally:
    """What the votes decide, by a majority of those present or of the roll."""
    chair = next((row.user_id for row in rows if row.seat == "chair"), None)
    votes = {row.user_id: voting.Choice(row.choice) for row in rows if row.choice}
    return voting.result(votes, present(rows), chair, roll=len(rows) if majority == "roll" else None)
