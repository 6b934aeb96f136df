"""R14 and R15 asked of the data of clubs: groups, places, photos, inpatient stays (`flask check`)."""

from collections.abc import Iterator

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import aliased

from portal.clubs.group_models import ClubWaiting, InpatientStay, PhotoConsent
from portal.clubs.models import Booking, Club, ClubParticipant, ClubSession
from portal.clubs.session_models import PhotoPerson, SessionPhoto
from portal.db import db
from portal.families.models import FamilyMember

Fault = tuple[str, str]


def groups() -> Iterator[Fault]:
    """Who waits does not go; closed clubs have neither group nor line."""
    here = and_(
        ClubParticipant.club_id == ClubWaiting.club_id,
        ClubParticipant.member_id == ClubWaiting.member_id,
        ClubParticipant.left_on.is_(None),
    )
    for row in db.session.execute(
        select(ClubWaiting.club_id, ClubWaiting.member_id).join(ClubParticipant, here)
    ):
        yield "R14", f"recipient {row.member_id} goes to club {row.club_id} and waits for it"
    line = select(ClubWaiting.club_id).join(Club, Club.id == ClubWaiting.club_id)
    for club_id in db.session.scalars(line.where(Club.closed_on.is_not(None)).distinct()):
        yield "R14", f"somebody waits for club {club_id}, which is closed"
    group = select(ClubParticipant.club_id).join(Club, Club.id == ClubParticipant.club_id)
    group = group.where(Club.closed_on.is_not(None), ClubParticipant.left_on.is_(None))
    for club_id in db.session.scalars(group.distinct()):
        yield "R14", f"somebody goes to club {club_id}, which is closed"


def places() -> Iterator[Fault]:
    """A place is held in the week of its session, and at none that is cancelled."""
    query = select(Booking.id).join(ClubSession, ClubSession.id == Booking.session_id)
    held = Booking.slot.is_not(None)
    for booking_id in db.session.scalars(query.where(held, ClubSession.status == "cancelled")):
        yield "R14", f"booking {booking_id} holds a place at a session that is cancelled"
    for booking_id in db.session.scalars(query.where(held, Booking.week != ClubSession.week)):
        yield "R14", f"booking {booking_id} is counted in another week than its session"


def photos() -> Iterator[Fault]:
    """R15: on pictures are those who had consented by the day; for a child a representative of the family signs."""
    agreed = select(PhotoConsent.id).where(
        PhotoConsent.member_id == PhotoPerson.member_id,
        PhotoConsent.given_on <= ClubSession.day,
    )
    query = (
        select(PhotoPerson.photo_id, PhotoPerson.member_id)
        .join(SessionPhoto, SessionPhoto.id == PhotoPerson.photo_id)
        .join(ClubSession, ClubSession.id == SessionPhoto.session_id)
    )
    for row in db.session.execute(query.where(~agreed.exists())):
        yield "R15", f"recipient {row.member_id} is on photo {row.photo_id} without a consent"
    signer = aliased(FamilyMember)
    signed = (
        select(PhotoConsent.id)
        .join(FamilyMember, FamilyMember.id == PhotoConsent.member_id)
        .join(signer, signer.id == PhotoConsent.given_by_id)
    )
    for consent_id in db.session.scalars(signed.where(signer.family_id != FamilyMember.family_id)):
        yield "R15", f"photo consent {consent_id} was signed by somebody of another family"


def stays() -> Iterator[Fault]:
    """Inpatient care is of minors, and no two stays of one meet."""
    query = select(InpatientStay.id).join(FamilyMember, FamilyMember.id == InpatientStay.member_id)
    for stay_id in db.session.scalars(query.where(FamilyMember.kind != "minor")):
        yield "CLUB", f"stay {stay_id} is of somebody who is no minor"
    other = aliased(InpatientStay)
    meets = and_(
        other.member_id == InpatientStay.member_id,
        other.id > InpatientStay.id,
        or_(InpatientStay.ends_on.is_(None), other.starts_on <= InpatientStay.ends_on),
        or_(other.ends_on.is_(None), InpatientStay.starts_on <= other.ends_on),
    )
    for row in db.session.execute(select(InpatientStay.id, other.id.label("other")).join(other, meets)):
        yield "CLUB", f"stays {row.id} and {row.other} of one child meet"


WALKS = (groups, places, photos, stays)
