"""Photos of a session (R15): only of those with a consent, sealed, hidden when a consent is withdrawn."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, func, select
from sqlalchemy.orm import Session

from portal import audit, clock, files
from portal.access import LARGEST_ID
from portal.audit import Event
from portal.clubs import photo_consents
from portal.clubs.group_models import PhotoConsent
from portal.clubs.models import Booking, ClubSession
from portal.clubs.planning import locked
from portal.clubs.queries import own_session
from portal.clubs.session_models import PhotoPerson, SessionPhoto
from portal.db import atomic, db, refused_by
from portal.families.models import FamilyMember, StoredFile
from portal.journal.drawings import Picture, kept
from portal.rules import N_, RuleBroken
from portal.rules import photos as rules
from portal.rules.names import FullName

THERE = ("booked", "came")
MOST = 100  # photos of one session


def add_photo(session_id: int, people: Iterable[int], caption: str, picture: Picture, actor_id: int) -> int:
    """Keep a picture with those whom the uploader has marked on it; gives its id.

    Raises photo_refused naming who has no consent, photo_early, photo_stranger, photo_many, session_cancelled.
    """
    chosen = sorted(set(people))
    with kept(picture) as store, atomic() as s:
        session = locked(s, session_id)
        if session.day > clock.today():
            raise RuleBroken("photo_early", N_("Photos are added from the day of the session on."))
        _check_people(s, session, chosen)
        row = SessionPhoto(session_id=session_id, caption=caption, file_id=store(s, actor_id))
        row.added_by_id, row.added_at = actor_id, clock.now()
        s.add(row)
        s.flush()
        with refused_by("tr_photo_people_consent", _refused()):  # withdrawn since we looked
            s.add_all(PhotoPerson(photo_id=row.id, member_id=one) for one in chosen)
        audit.record(s, Event.PHOTO_ADDED, actor_id, row, new={"session_id": session_id, "people": chosen})
        return row.id


def _refused() -> RuleBroken:
    return RuleBroken("photo_refused", N_("Somebody on the picture has no photo consent any more."))


def _check_people(s: Session, session: ClubSession, chosen: list[int]) -> None:
    number = select(func.count()).where(SessionPhoto.session_id == session.id)
    if (s.scalar(number) or 0) >= MOST:
        raise RuleBroken("photo_many", N_("This session has %(most)s photos already."), most=MOST)
    there = select(Booking.member_id).where(Booking.session_id == session.id, Booking.status.in_(THERE))
    if not set(chosen) <= set(s.scalars(there)):
        raise RuleBroken("photo_stranger", N_("Mark only those who are at the session. Reload the page."))
    without = set(chosen) - photo_consents.given_by(chosen, session.day)
    rules.check_people(_short_names(without))


def _short_names(member_ids: set[int]) -> list[str]:
    columns = (FamilyMember.last_name, FamilyMember.first_name, FamilyMember.middle_name)
    rows = db.session.execute(select(*columns).where(FamilyMember.id.in_(member_ids)))
    return sorted(FullName(*row).short for row in rows)


def delete_photo(photo_id: int, actor_id: int) -> None:
    """Take the picture away for good, its file too."""
    with atomic() as s:
        row = s.get_one(SessionPhoto, photo_id, with_for_update=True)
        stored = s.get_one(StoredFile, row.file_id)
        name, old = stored.name, {"session_id": row.session_id, "people": _people_on(s, photo_id)}
        s.execute(delete(PhotoPerson).where(PhotoPerson.photo_id == photo_id))
        s.delete(row)
        s.flush()
        s.delete(stored)
        audit.record(s, Event.PHOTO_DELETED, actor_id, row, old=old)
    files.drop(name)


def _people_on(s: Session, photo_id: int) -> list[int]:
    return sorted(s.scalars(select(PhotoPerson.member_id).where(PhotoPerson.photo_id == photo_id)))


def _hidden() -> ColumnElement[bool]:
    """SQL: somebody on the picture has no consent in force any more."""
    lasting = and_(PhotoConsent.member_id == PhotoPerson.member_id, PhotoConsent.withdrawn_on.is_(None))
    missing = select(PhotoPerson.member_id).outerjoin(PhotoConsent, lasting)
    return missing.where(PhotoPerson.photo_id == SessionPhoto.id, PhotoConsent.id.is_(None)).exists()


def of_session(session_id: int) -> tuple[list[Any], int]:
    """The pictures that may be shown, the newest first, each with who is on it; and how many are hidden."""
    query = select(SessionPhoto.id, SessionPhoto.caption, SessionPhoto.added_at, _hidden().label("hidden"))
    rows = db.session.execute(
        query.where(SessionPhoto.session_id == session_id).order_by(SessionPhoto.id.desc())
    ).all()
    shown = [row for row in rows if not row.hidden]
    return shown, len(rows) - len(shown)


def people_on(photo_ids: Iterable[int]) -> dict[int, list[str]]:
    """Who is on each of the pictures: short names."""
    query = (
        select(PhotoPerson.photo_id, FamilyMember.last_name, FamilyMember.first_name)
        .add_columns(FamilyMember.middle_name)
        .join(FamilyMember, FamilyMember.id == PhotoPerson.member_id)
        .where(PhotoPerson.photo_id.in_(list(photo_ids)))
        .order_by(FamilyMember.last_name, FamilyMember.first_name)
    )
    names: dict[int, list[str]] = defaultdict(list)
    for row in db.session.execute(query):
        names[row.photo_id].append(FullName(*row[1:]).short)
    return names


def families_on(photo_ids: Iterable[int]) -> set[int]:
    """Whose children are on the pictures."""
    query = select(FamilyMember.family_id).join(PhotoPerson, PhotoPerson.member_id == FamilyMember.id)
    return set(db.session.scalars(query.where(PhotoPerson.photo_id.in_(list(photo_ids)))))


def to_choose(session: ClubSession) -> list[tuple[int, FullName, bool]]:
    """Who may be on a picture: (id, name, with a consent), by name."""
    query = (
        select(FamilyMember.id, FamilyMember.last_name, FamilyMember.first_name, FamilyMember.middle_name)
        .join(Booking, Booking.member_id == FamilyMember.id)
        .where(Booking.session_id == session.id, Booking.status.in_(THERE))
    )
    rows = db.session.execute(query).all()
    allowed = photo_consents.given_by([row.id for row in rows], session.day)
    found = [(row.id, FullName(*row[1:]), row.id in allowed) for row in rows]
    return sorted(found, key=lambda one: one[1].key)


def get_photo(user: Any, session_id: int, photo_id: int) -> SessionPhoto | None:
    """A picture of a session that the user may change, hidden ones too: they can be deleted."""
    if photo_id > LARGEST_ID or own_session(user, session_id) is None:
        return None
    query = select(SessionPhoto).where(SessionPhoto.id == photo_id, SessionPhoto.session_id == session_id)
    return db.session.scalar(query)


def get_shown(user: Any, session_id: int, photo_id: int) -> SessionPhoto | None:
    """A picture that may be shown to the user."""
    photo = get_photo(user, session_id, photo_id)
    shown = select(SessionPhoto.id).where(SessionPhoto.id == photo_id, ~_hidden())
    return photo if photo is not None and db.session.scalar(shown) is not None else None
