"""What `flask check` asks of minutes: signed as they were offered, by those who have to, and the meeting with them."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import and_, select

from portal.consilium.digest import digest
from portal.consilium.minutes_models import Minutes, MinutesSignature
from portal.consilium.minutes_queries import signature, signing
from portal.consilium.models import Meeting, MeetingSeat
from portal.db import db
from portal.rules.minutes import ALWAYS_SIGN

Fault = tuple[str, str]


def minutes() -> Iterator[Fault]:
    """Every signature is under what was offered and stands so still; a signed meeting lacks none, a closed one does."""
    query = select(
        Minutes.meeting_id, Minutes.digest, MinutesSignature.user_id, MinutesSignature.digest.label("own")
    )
    query = query.join(MinutesSignature, MinutesSignature.meeting_id == Minutes.meeting_id)
    signed = list(db.session.execute(query.order_by(MinutesSignature.id)))
    for row in signed:
        if row.own != row.digest:
            yield (
                "minutes",
                f"member {row.user_id} signed other minutes of meeting {row.meeting_id} than were offered",
            )
    for meeting_id, offered in sorted({(row.meeting_id, row.digest) for row in signed}):
        if digest(meeting_id) != offered:
            yield "minutes", f"meeting {meeting_id} is not as its signed minutes say"
    lacking = select(MeetingSeat.user_id).where(MeetingSeat.meeting_id == Meeting.id, signing(), ~signature())
    for meeting_id in db.session.scalars(
        select(Meeting.id).where(Meeting.status == "signed", lacking.exists())
    ):
        yield "minutes", f"meeting {meeting_id} is signed although a signature is missing"
    for row in db.session.execute(_must_sign_and_do_not()):
        yield "minutes", f"meeting {row.meeting_id} goes without the signature of its {row.seat}"
    begun = select(MinutesSignature.id).where(MinutesSignature.meeting_id == Meeting.id).exists()
    whole = select(Meeting.id).where(Meeting.status == "closed", begun, ~lacking.exists())
    for meeting_id in db.session.scalars(whole):
        yield "minutes", f"meeting {meeting_id} has all its signatures and is not signed"


def _must_sign_and_do_not() -> Any:
    here = (
        MeetingSeat.meeting_id == MinutesSignature.meeting_id,
        MeetingSeat.user_id == MinutesSignature.user_id,
    )
    query = select(MeetingSeat.meeting_id, MeetingSeat.seat).join(MinutesSignature, and_(*here))
    query = query.where(MeetingSeat.seat.in_(ALWAYS_SIGN), MinutesSignature.reason.is_not(None))
    return query.order_by(MinutesSignature.id)


WALKS = (minutes,)
