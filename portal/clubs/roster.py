"""Who is or could be at a session, what each has left of the week, and the search of recipients."""

from dataclasses import dataclass, field
from datetime import date, time
from typing import Any

from sqlalchemy import and_, or_, select

from portal import clock
from portal.clubs.group_models import ClubWaiting
from portal.clubs.models import Booking, Club, ClubParticipant, ClubSession
from portal.clubs.recipients import in_care
from portal.db import db
from portal.families.models import Family, FamilyMember
from portal.families.search import matching
from portal.patronage.models import Patronage
from portal.rules.consent import age_on
from portal.rules.names import FullName, normalise
from portal.rules.weekly_limit import WEEKLY_LIMIT

FOUND, LOOKED_AT = 20, 400
_PERSON = (
    *(FamilyMember.id, FamilyMember.last_name, FamilyMember.first_name, FamilyMember.middle_name),
    *(FamilyMember.kind, FamilyMember.birth_date, FamilyMember.birth_year, Family.number),
)


@dataclass(frozen=True)
class Place:
    """A place that a recipient holds in the week, at any club."""

    session_id: int
    club: str
    day: date
    starts_at: time


@dataclass
class Guest:
    """A recipient on the roster of a session. `left` of the week's services: 0, 1, 2, over all clubs."""

    id: int
    name: FullName
    kind: str
    age: int | None
    number: int
    patronage: str | None
    participant: bool
    booking_id: int | None
    status: str | None
    in_care: bool = False
    places: list[Place] = field(default_factory=list)

    @property
    def left(self) -> int:
        """How many services of the week are left."""
        return max(0, WEEKLY_LIMIT - len(self.places))

    @property
    def listed(self) -> bool:
        """Booked, or marked already."""
        return self.status is not None and self.status != "cancelled"

    @property
    def served(self) -> bool:
        """Whether the family gets services on the day of the session."""
        return self.patronage == "enrolled" or self.in_care

    @property
    def bookable(self) -> bool:
        """Whether a booking would be accepted now."""
        return not self.listed and self.participant and self.served and self.left > 0


def roster(session: ClubSession) -> list[Guest]:
    """Participants of the club and everybody ever booked for the session, by name, with their week."""
    going = and_(
        ClubParticipant.member_id == FamilyMember.id,
        ClubParticipant.club_id == session.club_id,
        ClubParticipant.left_on.is_(None),
    )
    booked = and_(Booking.member_id == FamilyMember.id, Booking.session_id == session.id)
    query = (
        select(
            *_PERSON,
            Patronage.status.label("patronage"),
            in_care(Family.id, session.day).label("in_care"),
            ClubParticipant.id.label("participant"),
            Booking.id.label("booking_id"),
            Booking.status.label("status"),
        )
        .join(Family, Family.id == FamilyMember.family_id)
        .outerjoin(ClubParticipant, going)
        .outerjoin(Booking, booked)
        .outerjoin(Patronage, and_(Patronage.family_id == Family.id, Patronage.latest))
        .where(FamilyMember.id.in_(_going_or_booked(session)))
    )
    guests = [_guest(row, session.day) for row in db.session.execute(query)]
    places = places_of({guest.id for guest in guests}, session.week)
    for guest in guests:
        guest.places = places.get(guest.id, [])
    return sorted(guests, key=lambda guest: guest.name.key)


def _going_or_booked(session: ClubSession) -> Any:
    going = select(ClubParticipant.member_id).where(
        ClubParticipant.club_id == session.club_id, ClubParticipant.left_on.is_(None)
    )
    return going.union(select(Booking.member_id).where(Booking.session_id == session.id))


def _guest(row: Any, day: date) -> Guest:
    return Guest(
        id=row.id,
        name=FullName(row.last_name, row.first_name, row.middle_name),
        kind=row.kind,
        age=age_of(row, day),
        number=row.number,
        patronage=row.patronage,
        in_care=row.in_care,
        participant=row.participant is not None,
        booking_id=row.booking_id,
        status=row.status,
    )


def age_of(row: Any, day: date) -> int | None:
    """Full years on the day, as far as the birth is known."""
    if row.birth_date is not None:
        return age_on(row.birth_date, day)
    return day.year - row.birth_year if row.birth_year is not None else None


def places_of(member_ids: set[int], week: date) -> dict[int, list[Place]]:
    """The places that the recipients hold in the week, over all clubs."""
    query = (
        select(Booking.member_id, ClubSession.id, Club.name, ClubSession.day, ClubSession.starts_at)
        .join(ClubSession, ClubSession.id == Booking.session_id)
        .join(Club, Club.id == ClubSession.club_id)
        .where(Booking.week == week, Booking.slot.is_not(None), Booking.member_id.in_(member_ids))
        .order_by(ClubSession.day, ClubSession.starts_at)
    )
    places: dict[int, list[Place]] = {}
    for member_id, session_id, club, day, starts_at in db.session.execute(query):
        places.setdefault(member_id, []).append(Place(session_id, club, day, starts_at))
    return places


def candidates(club_id: int, wanted: str) -> list[Any]:
    """Members of families on patronage or in inpatient care whose own name or family number fits, twenty at most.

    Of a family beyond one's reach nothing more is told than who the recipient is: name, age, number.
    """
    condition = matching(wanted)
    if condition is None:
        return []
    today = clock.today()
    going = select(ClubParticipant.id).where(
        ClubParticipant.member_id == FamilyMember.id,
        ClubParticipant.club_id == club_id,
        ClubParticipant.left_on.is_(None),
    )
    waits = select(ClubWaiting.id).where(
        ClubWaiting.member_id == FamilyMember.id, ClubWaiting.club_id == club_id
    )
    query = (
        select(*_PERSON, going.exists().label("participant"), waits.exists().label("waits"))
        .join(Family, Family.id == FamilyMember.family_id)
        .outerjoin(Patronage, and_(Patronage.family_id == Family.id, Patronage.latest))
        .where(
            condition,
            or_(Patronage.status == "enrolled", in_care(Family.id, today)),
            or_(FamilyMember.left_on.is_(None), FamilyMember.left_on > today),
        )
        .order_by(Family.sort_name, Family.id, FamilyMember.kind, FamilyMember.id)
    )
    words = normalise(wanted).split()
    rows = db.session.execute(query.limit(LOOKED_AT)).all()
    return [row for row in rows if _fits(row, words)][:FOUND]


def _fits(row: Any, words: list[str]) -> bool:
    """Every word in the person's own name, or the family's number; what else the search finds is not told."""
    name = FullName(row.last_name, row.first_name, row.middle_name).key
    return words == [str(row.number)] or all(word in name for word in words)
