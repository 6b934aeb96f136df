"""What must be so of the consilium whatever is pressed: counted here anew, from marks, recusals and votes alone."""

import json
from collections import Counter
from typing import Any

from sqlalchemy import func, select

from portal.audit import AuditEntry
from portal.consilium.minutes_models import Minutes, MinutesSignature
from portal.consilium.models import (
    Decision,
    Dissent,
    Item,
    ItemPaper,
    ItemSpecialist,
    ItemVoter,
    Meeting,
    MeetingSeat,
    PresenceMark,
    Recusal,
    Vote,
)
from portal.db import db
from portal.events import Event
from tests.stateful.kept import Rows, take

FROZEN = ("quorum_share", "majority", "reasons", "held_on", "number", "year", "opened_at")
HERE = ("present", "video")


def settled() -> Rows:
    """Every row of the consilium that nobody may change any more."""
    found: Rows = {}
    for model in (Vote, ItemVoter, Decision, Dissent, PresenceMark, MinutesSignature):
        take(found, model)
    begun = select(Item.id).where(Item.status != "waiting").scalar_subquery()
    for model in (Recusal, ItemPaper, ItemSpecialist):
        take(found, model, model.item_id.in_(begun), name=f"{model.__tablename__} of what is voted on")
    take(found, Item, Item.status.not_in(("waiting", "voting")), {"discussion"})
    signed = select(MinutesSignature.meeting_id).scalar_subquery()
    take(found, Minutes, Minutes.meeting_id.in_(signed))
    take(found, Item, Item.meeting_id.in_(signed), name="item of signed minutes")
    for row in db.session.scalars(select(Meeting).where(Meeting.opened_at.is_not(None))):
        found["rules of meeting", row.id] = tuple(getattr(row, name) for name in FROZEN)
        found["roll of meeting", row.id] = tuple(sorted(_roll(row.id)))
    return found


def _roll(meeting_id: int) -> list[tuple[int, str, bool]]:
    return [(row.user_id, row.seat, row.votes) for row in _all(MeetingSeat, meeting_id=meeting_id)]


def _all(model: Any, **here: int) -> list[Any]:
    return list(db.session.scalars(select(model).filter_by(**here).order_by(*model.__table__.primary_key)))


def check() -> None:
    """Numbers without gaps in the order of decisions; each decision is what its votes make of it, in table and log."""
    numbers: dict[int, list[int]] = {}
    for row in _all(Decision):
        numbers.setdefault(row.year, []).append(row.number)
    assert all(found == list(range(1, len(found) + 1)) for found in numbers.values()), numbers
    votes = Counter((row.item_id, row.user_id) for row in _all(Vote))
    assert not votes or max(votes.values()) == 1, f"several votes of one member: {votes}"
    logged = _logged(Event.VOTE_CAST)
    said = sorted((one["item_id"], one["user_id"], one["choice"]) for one in logged)
    assert said == sorted((row.item_id, row.user_id, row.choice) for row in _all(Vote)), "votes ≠ log"
    logged = _logged(Event.ITEM_CLOSED)
    decided, counted = ({row.item_id for row in _all(model)} for model in (Decision, ItemVoter))
    closings = {one["of"]: one for one in logged}
    assert len(closings) == len(logged), "an item was closed twice"
    for item in _all(Item):
        closed = item.status in ("carried", "rejected")
        assert all(closed == (item.id in there) for there in (closings, decided, counted)), item.id
        if closed:
            _recount(item, closings[item.id])


def _logged(event: Event) -> list[dict[str, Any]]:
    rows = db.session.execute(select(AuditEntry.object_id, AuditEntry.data).filter_by(event=event.value))
    return [json.loads(row.data)["new"] | {"of": row.object_id} for row in rows]


def _recount(item: Item, logged: dict[str, Any]) -> None:
    """As a clerk would count it by hand: who was here, who was out, who said what."""
    meeting = db.session.get_one(Meeting, item.meeting_id)
    roll = {row.user_id: row.seat for row in _all(MeetingSeat, meeting_id=meeting.id) if row.votes}
    out = {row.user_id for row in _all(Recusal, item_id=item.id)}
    here = {user_id for user_id in roll if _presence(meeting.id, user_id, item.closed_at) in HERE} - out
    votes = {row.user_id: row.choice for row in _all(Vote, item_id=item.id) if row.user_id in here}
    count = Counter(votes.values())
    told = (item.present, item.votes_for, item.votes_against, item.abstained)
    assert told == (len(here), count["for"], count["against"], count["abstain"]), f"item {item.id}: {told}"
    assert told == tuple(logged[name] for name in ("present", "for", "against", "abstain")), item.id
    assert {int(one): choice for one, choice in logged["votes"].items()} == votes, item.id
    part = {"two_thirds": (2, 3), "half": (1, 2)}[meeting.quorum_share]
    assert len(here) * part[1] >= len(roll) * part[0], f"item {item.id}: no quorum"
    whole = len(here) if meeting.majority == "present" else len(roll)
    tie = 2 * count["for"] == whole and any(votes.get(one) == "for" for one in roll if roll[one] == "chair")
    carried = 2 * count["for"] > whole or tie
    assert (item.status == "carried", item.by_chair) == (carried, tie), f"item {item.id} is {item.status}"
    assert {row.user_id for row in _all(Dissent, item_id=item.id)} <= here, f"item {item.id}: dissents"


def _presence(meeting_id: int, user_id: int, at: Any) -> str | None:
    marks = select(PresenceMark.presence).filter_by(meeting_id=meeting_id, user_id=user_id)
    return db.session.scalar(marks.where(PresenceMark.marked_at <= at).order_by(PresenceMark.id.desc()))


def happened(since: Any) -> Counter[str]:
    """How often each event stands in the log since then."""
    query = select(AuditEntry.event, func.count()).where(AuditEntry.at >= since).group_by(AuditEntry.event)
    return Counter({f"event {row[0]}": row[1] for row in db.session.execute(query)})
