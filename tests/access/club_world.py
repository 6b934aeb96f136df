"""The clubs of the world in which the access matrix is tried."""

import base64
from typing import Any

from portal import clock, files
from portal.accounts.models import User
from portal.clubs.group_models import PhotoConsent
from portal.clubs.models import Club
from portal.clubs.program_models import ClubProgram
from portal.clubs.session_models import SessionPhoto
from portal.db import technical
from portal.families.models import FamilyMember, StoredFile
from portal.journal.models import JournalEntry
from tests.factories import make_booking, make_club, make_recipient, make_session

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def club_of(leader: User) -> dict[str, object]:
    """A club with a program, a session today, a participant with a photo consent, their service, a photo."""
    club: Club = make_club(leader)
    session = make_session(club, clock.today())
    member = make_recipient(club)
    booking = make_booking(session, member, booked_by_id=leader.id)
    with technical() as s:
        program = ClubProgram(
            club_id=club.id, version=1, title="-", made_by_id=leader.id, made_at=clock.now()
        )
        service = JournalEntry(
            year=session.day.year, month=session.day.month, number=1 + s.query(JournalEntry).count(),
            session_id=session.id, member_id=member.id, family_id=member.family_id, worker_id=leader.id,
            kind="session", day=session.day, minutes=60, created_at=clock.now(),
        )  # fmt: skip
        s.add_all([program, service])
        s.flush()
        made: dict[str, object] = {"club_program_id": program.id, "service_id": service.id}
    made |= {"club_id": club.id, "session_id": session.id, "booking_id": booking.id}
    return made | {"member_id": _photographed(member, leader), "photo_id": photo_of(session.id, leader)}


def _stored() -> StoredFile:
    name, digest = files.keep(PIXEL)
    return StoredFile(name=name, media_type="image/jpeg", size=1, sha256=digest, uploaded_at=clock.now())


def _photographed(member: FamilyMember, by: User) -> int:
    """The recipient has a photo consent with a scan."""
    scan = _stored()
    with technical() as s:
        s.add(scan)
        s.flush()
        s.add(PhotoConsent(member_id=member.id, given_by_id=member.id, given_on=clock.today(), scan_id=scan.id,
                           recorded_by_id=by.id, recorded_at=clock.now()))  # fmt: skip
    return member.id


def photo_of(session_id: Any, by: User) -> int:
    """A photo of the session with nobody on it."""
    file = _stored()
    with technical() as s:
        s.add(file)
        s.flush()
        row = SessionPhoto(session_id=session_id, file_id=file.id, added_by_id=by.id, added_at=clock.now())
        s.add(row)
        s.flush()
        return row.id
