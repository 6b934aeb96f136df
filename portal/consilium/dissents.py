"""Dissenting opinions: stated once by a member who took part, shown with the decision."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import exists, select

from portal import audit, clock
from portal.accounts.models import User
from portal.audit import Event
from portal.consilium.locking import hold_item
from portal.consilium.minutes_models import Minutes, MinutesSignature
from portal.consilium.models import Decision, Dissent, Item, ItemVoter, Meeting
from portal.db import atomic, db, refused_by
from portal.families.models import Family
from portal.patronage.models import Patronage
from portal.rules import N_, RuleBroken, dissent
from portal.rules.names import FullName
from portal.settings.calendar import calendar

MOST = 20


@dataclass(frozen=True)
class Stated:
    """A dissenting opinion as it is shown."""

    user_id: int
    name: str
    body: str
    stated_at: datetime


def state_dissent(item_id: int, user_id: int, body: str) -> None:
    """Attach the member's opinion to the decision; it is never changed.

    Raises not_decided, took_no_part, already_stated, too_late, text_missing.
    """
    twice = RuleBroken(
        "already_stated", N_("Your dissenting opinion is attached already. It can't be changed.")
    )
    with atomic() as s:
        item, meeting = hold_item(s, item_id)
        check(item, meeting, user_id)
        if not body.strip():
            raise RuleBroken("text_missing", N_("Write your opinion first."))
        row = Dissent(item_id=item_id, user_id=user_id, body=body.strip(), stated_at=clock.now())
        with refused_by("uq_dissents_item_id_user_id", twice):
            s.add(row)
        new = {"user_id": user_id, "dissent_id": row.id, "body": row.body}
        audit.record(s, Event.DISSENTED, user_id, item, new=new)


def check(item: Item, meeting: Meeting, user_id: int) -> None:
    """Whether the user may dissent from the decision now. Raises as the rule does."""
    voter = db.session.get(ItemVoter, (item.id, user_id))
    stated = select(Dissent.id).where(Dissent.item_id == item.id, Dissent.user_id == user_id)
    dissent.check_dissent(
        item.status,
        took_part=voter is not None and voter.present and not voter.recused,
        already=db.session.scalar(stated) is not None,
        today=clock.today(),
        until=until(meeting),
    )


def until(meeting: Meeting) -> date | None:
    """The last day for opinions; None while the meeting goes on."""
    if meeting.closed_at is None:
        return None
    return dissent.last_day(clock.local(meeting.closed_at).date(), calendar())


def stated_on(item_ids: Sequence[int]) -> dict[int, list[Stated]]:
    """The opinions on each item, in the order they were stated."""
    found: dict[int, list[Stated]] = {}
    if not item_ids:
        return found
    columns: Any = (Dissent.item_id, Dissent.user_id, Dissent.body, Dissent.stated_at)
    query = select(*columns, User.last_name, User.first_name, User.middle_name)
    query = query.join(User, User.id == Dissent.user_id).where(Dissent.item_id.in_(item_ids))
    for item_id, user_id, body, at, *name in db.session.execute(query.order_by(Dissent.id)):
        found.setdefault(item_id, []).append(Stated(user_id, FullName(*name).short, body, at))
    return found


def late(user_id: int, since: datetime) -> list[Any]:
    """What others have stated since then after the end of the meeting, when chair and secretary no longer sit there.

    With its decision and family, whether the minutes are offered, and whether they bear a signature; the latest first.
    """
    signed = exists().where(MinutesSignature.meeting_id == Meeting.id)
    decision = (Decision.id, Decision.number, Decision.year, Decision.kind)
    query = select(*decision, Family.number.label("family_number"), Family.surname, Dissent.stated_at)
    query = query.add_columns(User.last_name, User.first_name, User.middle_name)
    query = query.add_columns(
        (Minutes.offered_at < Dissent.stated_at).label("after_offer"), signed.label("signed")
    )
    query = query.select_from(Dissent).join(User, User.id == Dissent.user_id)
    query = query.join(Decision, Decision.item_id == Dissent.item_id).join(Item, Item.id == Dissent.item_id)
    query = query.join(Meeting, Meeting.id == Item.meeting_id)
    query = query.outerjoin(Minutes, Minutes.meeting_id == Meeting.id)
    query = query.outerjoin(Patronage, Patronage.id == Decision.patronage_id)
    query = query.outerjoin(Family, Family.id == Patronage.family_id)
    news = (Dissent.stated_at > Meeting.closed_at, Dissent.stated_at >= since, Dissent.user_id != user_id)
    return list(db.session.execute(query.where(*news).order_by(Dissent.id.desc()).limit(MOST)))
