"""What `flask check` asks of the consilium: who voted and how it was counted, numbers, decisions carried out."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from sqlalchemy import exists, func, select

from portal import clock
from portal.consilium.minutes_models import FollowUp
from portal.consilium.models import Decision, Item, ItemVoter, Meeting, MeetingSeat, Vote
from portal.consilium.recount import recounts
from portal.db import db
from portal.patronage.models import ClosingAnalysis, Patronage
from portal.rules.items import REMOVING
from portal.rules.meetings import DECIDED
from portal.rules.voting import quorum, result

Fault = tuple[str, str]


def _rows(query: Any) -> Iterator[Any]:
    return iter(db.session.execute(query.execution_options(yield_per=2000)))


def decisions_behind() -> Iterator[Fault]:
    """R2: only the consilium enrolls and removes; a removal has its closing analysis."""

    def decided(*kinds: str) -> Any:
        here = (Decision.patronage_id == Patronage.id, Decision.kind.in_(kinds), Decision.carried)
        return exists().where(*here)

    own = Patronage.imported.is_(False)
    for row in _rows(select(Patronage.id).where(own, Patronage.enrolled_on.is_not(None), ~decided("enroll"))):
        yield "R2", f"patronage {row.id} was enrolled without a decision of the consilium"
    for row in _rows(select(Patronage.id).where(own, Patronage.status == "removed", ~decided(*REMOVING))):
        yield "R2", f"patronage {row.id} was removed without a decision of the consilium"
    analysis = exists().where(ClosingAnalysis.patronage_id == Patronage.id)
    for row in _rows(select(Patronage.id).where(decided(*REMOVING), ~analysis)):
        yield "R2", f"patronage {row.id} was removed without a closing analysis"


def votes() -> Iterator[Fault]:
    """Consilium: who voted had a seat and one vote, in time; the result is the rules'; numbers have no gaps."""
    seats = {(row.meeting_id, row.user_id): row for row in db.session.scalars(select(MeetingSeat))}
    cast: dict[int, dict[int, str]] = defaultdict(dict)
    query = select(
        Vote.id, Vote.item_id, Vote.user_id, Vote.choice, Vote.cast_at, Item.meeting_id, Item.closed_at
    )
    for row in _rows(query.join(Item, Item.id == Vote.item_id)):
        seat = seats.get((row.meeting_id, row.user_id))
        if seat is None or not seat.votes:
            yield "consilium", f"vote {row.id} is of somebody who has no vote"
        if row.user_id in cast[row.item_id]:
            yield "consilium", f"member {row.user_id} voted twice on item {row.item_id}"
        if row.closed_at and row.cast_at > row.closed_at:
            yield "consilium", f"vote {row.id} was cast after item {row.item_id} closed"
        cast[row.item_id][row.user_id] = row.choice
    shares = {
        row.id: row.quorum_share for row in db.session.execute(select(Meeting.id, Meeting.quorum_share))
    }
    recorded = select(ItemVoter.item_id)  # recount.py judges these exactly
    closed = Item.status.in_(DECIDED)
    for item in db.session.scalars(select(Item).where(closed, Item.id.not_in(recorded))):
        yield from _tally(
            item,
            cast[item.id],
            [seat for (meeting, _user), seat in seats.items() if meeting == item.meeting_id],
            shares[item.meeting_id],
        )
    undone = select(Decision.id).join(Patronage, Patronage.id == Decision.patronage_id)
    undone = undone.where(Decision.carried, Decision.kind == "enroll", Patronage.enrolled_on.is_(None))
    for row in _rows(undone):
        yield "R2", f"decision {row.id} to enroll was carried and not done"


def _tally(item: Item, cast: dict[int, str], seats: list[MeetingSeat], share: str) -> Iterator[Fault]:
    voters = {seat.user_id for seat in seats if seat.votes}
    chair = next((seat.user_id for seat in seats if seat.seat == "chair" and seat.votes), None)
    counted = Counter(cast.values())
    said = (item.votes_for or 0, item.votes_against or 0, item.abstained or 0)
    if any(said[n] > counted[choice] for n, choice in enumerate(("for", "against", "abstain"))):
        yield "consilium", f"item {item.id} counts votes that were not cast"
    full = result(cast, voters, chair)  # type: ignore[arg-type]
    everybody = item.present == len(voters) and said == (full.for_, full.against, full.abstain)
    if everybody and full.carried != (item.status == "carried"):
        yield "consilium", f"item {item.id} was decided against its votes"
    if item.status == "carried" and 2 * said[0] < (item.present or 0):
        yield "consilium", f"item {item.id} was carried without a majority"
    if (item.present or 0) < quorum(len(voters), share):
        yield "consilium", f"item {item.id} was decided without a quorum"


def numbers() -> Iterator[Fault]:
    """Decisions: numbered in their year without gaps, one for each closed item."""
    for year, last, count in db.session.execute(
        select(Decision.year, func.max(Decision.number), func.count()).group_by(Decision.year)
    ):
        if last != count:
            yield "consilium", f"decisions of {year} are not numbered without gaps"
    decided = exists().where(Decision.item_id == Item.id)
    for row in _rows(select(Item.id).where(Item.status.in_(DECIDED), ~decided)):
        yield "consilium", f"item {row.id} is closed without a decision"
    open_items = (
        select(Item.id)
        .join(Meeting)
        .where(Meeting.status == "closed", Item.status.in_(("voting", "waiting")))
    )
    for row in _rows(open_items):
        yield "consilium", f"item {row.id} is open although its meeting is closed"


def follow_ups() -> Iterator[Fault]:
    """After each decision on a family it is noted once that the family was told, then that it has its extract."""
    recorded = exists().where(ItemVoter.item_id == Decision.item_id)  # those before owe nothing
    noted = exists().where(FollowUp.decision_id == Decision.id)
    lacking = select(Decision.id).where(Decision.patronage_id.is_not(None), recorded, ~noted)
    for row in _rows(lacking.order_by(Decision.id)):
        yield "consilium", f"decision {row.id} goes without a note of what is done after it"
    of_none = select(Decision.id).where(Decision.patronage_id.is_(None), noted)
    for row in _rows(of_none.order_by(Decision.id)):
        yield "consilium", f"decision {row.id} is on no family, but one is noted as told"
    columns = (Decision.id, Decision.decided_on, FollowUp.told_on, FollowUp.extract_on, Meeting.closed_at)
    query = select(*columns).join(FollowUp, FollowUp.decision_id == Decision.id)
    query = query.join(Item, Item.id == Decision.item_id).join(Meeting, Meeting.id == Item.meeting_id)
    for row in _rows(query.where(FollowUp.told_on.is_not(None) | FollowUp.extract_on.is_not(None))):
        if row.told_on and row.told_on < row.decided_on:
            yield "consilium", f"the family was told of decision {row.id} before it was taken"
        if row.extract_on and (row.told_on is None or row.extract_on < row.told_on):
            yield "consilium", f"the extract of decision {row.id} was given before the family was told"
        if row.extract_on and (row.closed_at is None or row.extract_on < clock.local(row.closed_at).date()):
            yield "consilium", f"the extract of decision {row.id} was given before its meeting was over"


WALKS = (decisions_behind, votes, recounts, numbers, follow_ups)
