"""Written consents to photo and video (R15): given, withdrawn at any time, and who has one."""

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, aliased

from portal import audit, clock
from portal.audit import Event
from portal.clubs.group_models import PhotoConsent
from portal.clubs.models import Club, ClubParticipant
from portal.clubs.queries import own_club
from portal.db import atomic, db, refused_by
from portal.families.models import FamilyMember, StoredFile
from portal.journal.drawings import Picture, kept
from portal.rules import N_, RuleBroken
from portal.rules import photos as rules
from portal.rules.consent import OF_AGE, Minor, certain_age
from portal.rules.names import FullName


def is_grown_up(member: FamilyMember) -> bool:
    """A representative, or a child who has surely come of age."""
    born = Minor(member.id, member.birth_date, member.birth_year)
    return member.kind == "representative" or (certain_age(born, clock.today()) or 0) >= OF_AGE


def signers(member: FamilyMember) -> list[FamilyMember]:
    """Who may sign for the member: themselves, or the representatives of a child."""
    if is_grown_up(member):
        return [member]
    query = select(FamilyMember).where(
        FamilyMember.family_id == member.family_id,
        FamilyMember.kind == "representative",
        FamilyMember.left_on.is_(None),
    )
    return list(db.session.scalars(query.order_by(FamilyMember.id)))


def give_consent(member_id: int, signer_id: int, given_on: date, scan: Picture | None, actor_id: int) -> int:
    """Record a written consent; gives its id. Raises photo_signer, photo_consent_date, photo_consent_there."""
    rules.check_given(given_on, clock.today())
    there = RuleBroken("photo_consent_there", N_("A photo consent of this recipient is in force already."))
    with kept(scan) as store, atomic() as s:
        _check_signer(s, member_id, signer_id)
        row = PhotoConsent(member_id=member_id, given_by_id=signer_id, given_on=given_on)
        row.recorded_by_id, row.recorded_at, row.scan_id = actor_id, clock.now(), store(s, actor_id)
        with refused_by("uq_photo_consents_now", there):
            s.add(row)
        new = {"member_id": member_id, "given_by": signer_id, "given_on": given_on, "scan": bool(scan)}
        audit.record(s, Event.PHOTO_CONSENT_GIVEN, actor_id, row, new=new)
        return row.id


def _check_signer(s: Session, member_id: int, signer_id: int) -> None:
    member, signer = s.get_one(FamilyMember, member_id), s.get(FamilyMember, signer_id)
    same = signer is not None and signer.family_id == member.family_id
    represents = same and signer is not None and signer.kind == "representative" and signer.left_on is None
    rules.check_signer(is_grown_up(member), signer_id == member_id, represents)


def withdraw_consent(member_id: int, on: date, actor_id: int) -> None:
    """The consent is withdrawn: pictures with the recipient are shown no more. Raises no_photo_consent, …date."""
    with atomic() as s:
        row = s.scalar(_now(member_id).with_for_update())
        if row is None:
            raise RuleBroken("no_photo_consent", N_("There is no photo consent in force."))
        rules.check_withdrawal(row.given_on, on, clock.today())
        row.withdrawn_on = on
        audit.record(s, Event.PHOTO_CONSENT_WITHDRAWN, actor_id, row, new={"withdrawn_on": on})


def _now(member_id: int) -> Any:
    return select(PhotoConsent).where(
        PhotoConsent.member_id == member_id, PhotoConsent.withdrawn_on.is_(None)
    )


def current(member_id: int) -> PhotoConsent | None:
    """The consent of the recipient that is in force."""
    found: PhotoConsent | None = db.session.scalar(_now(member_id))
    return found


def given_by(member_ids: Collection[int], day: date) -> set[int]:
    """Those of them who may be photographed on the day."""
    query = select(PhotoConsent.member_id).where(
        PhotoConsent.member_id.in_(member_ids),
        PhotoConsent.withdrawn_on.is_(None),
        PhotoConsent.given_on <= day,
    )
    return set(db.session.scalars(query))


def _lasting() -> ColumnElement[bool]:
    """SQL: the consent of the participant is in force."""
    query = select(PhotoConsent.id).where(PhotoConsent.member_id == ClubParticipant.member_id)
    return query.where(PhotoConsent.withdrawn_on.is_(None)).exists()


def of_former(club_id: int) -> list[tuple[int, FullName]]:
    """Who went to the club once and may still be photographed: (id, name) by name; such a consent can be withdrawn."""
    columns = (FamilyMember.id, FamilyMember.last_name, FamilyMember.first_name, FamilyMember.middle_name)
    went, goes = aliased(ClubParticipant), aliased(ClubParticipant)
    here = select(went.member_id).where(went.club_id == club_id)
    now = select(goes.member_id).where(goes.club_id == club_id, goes.left_on.is_(None))
    query = select(*columns).join(PhotoConsent, PhotoConsent.member_id == FamilyMember.id)
    query = query.where(PhotoConsent.withdrawn_on.is_(None), FamilyMember.id.in_(here))
    rows = db.session.execute(query.where(FamilyMember.id.not_in(now)))
    return sorted(((row.id, FullName(*row[1:])) for row in rows), key=lambda one: one[1].key)


def get_participant(user: Any, club_id: int, member_id: int) -> tuple[Club, FamilyMember] | None:
    """A participant of a club that the user may change, with the club; or who was one, while their consent lasts."""
    club = own_club(user, club_id)
    here = (ClubParticipant.club_id == club_id, ClubParticipant.member_id == member_id)
    query = select(ClubParticipant.id).where(*here, ClubParticipant.left_on.is_(None) | _lasting())
    if club is None or db.session.scalar(query.limit(1)) is None:
        return None
    return club, db.session.get_one(FamilyMember, member_id)


def get_scan(user: Any, club_id: int, member_id: int) -> tuple[StoredFile, int] | None:
    """The scan of the consent that is in force, with the family it is of."""
    found, consent = get_participant(user, club_id, member_id), current(member_id)
    if found is None or consent is None or consent.scan_id is None:
        return None
    return db.session.get_one(StoredFile, consent.scan_id), found[1].family_id
