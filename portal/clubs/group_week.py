"""What the weekly rule leaves to each of a club's group over the sessions of a period (R14)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import Session, aliased

from portal.clubs.group_models import InpatientStay
from portal.clubs.models import Booking, ClubParticipant
from portal.families.models import FamilyMember
from portal.patronage.models import Patronage
from portal.rules import RuleBroken
from portal.rules.names import FullName
from portal.rules.periods import Share, share_out
from portal.rules.recipients import check_served
from portal.rules.weekly_limit import week_of


@dataclass(frozen=True)
class Guest:
    """A participant: which sessions they may have by patronage or inpatient care, and what they get of them."""

    id: int
    name: FullName
    served: bool
    share: Share = field(default_factory=Share)


def guests(s: Session, club_id: int, days: Sequence[date]) -> list[Guest]:
    """Everybody of the group by name; `share.given` numbers the days. In three queries."""
    if not days:
        return []
    rows = list(s.execute(_group(club_id)))
    stays = _stays(s, {row.family_id for row in rows})
    held = _held(s, [row.id for row in rows], min(days))
    found = []
    for row in rows:
        may = [n for n, day in enumerate(days) if _is_served(row, day, stays.get(row.family_id, ()))]
        share = share_out([days[n] for n in may], held.get(row.id, {}))
        share.given = [(may[n], slot) for n, slot in share.given]
        found.append(
            Guest(row.id, FullName(row.last_name, row.first_name, row.middle_name), bool(may), share)
        )
    return sorted(found, key=lambda guest: guest.name.key)


def _group(club_id: int) -> Any:
    columns = (FamilyMember.id, FamilyMember.last_name, FamilyMember.first_name, FamilyMember.middle_name)
    latest = and_(Patronage.family_id == FamilyMember.family_id, Patronage.latest)
    return (
        select(*columns, FamilyMember.family_id, FamilyMember.left_on, Patronage.status)
        .join(ClubParticipant, ClubParticipant.member_id == FamilyMember.id)
        .outerjoin(Patronage, latest)
        .where(ClubParticipant.club_id == club_id, ClubParticipant.left_on.is_(None))
    )


def _stays(s: Session, family_ids: set[int]) -> dict[int, list[tuple[date, date | None]]]:
    """The days of inpatient care of a family's minors."""
    minor = aliased(FamilyMember)
    query = select(minor.family_id, InpatientStay.starts_on, InpatientStay.ends_on)
    query = query.join(minor, minor.id == InpatientStay.member_id).where(minor.family_id.in_(family_ids))
    found: dict[int, list[tuple[date, date | None]]] = {}
    for family_id, first, last in s.execute(query):
        found.setdefault(family_id, []).append((first, last))
    return found


def _is_served(row: Any, day: date, stays: Sequence[tuple[date, date | None]]) -> bool:
    """As `recipients.check_recipient` says of one: on patronage, or in inpatient care on the day."""
    if row.left_on is not None and row.left_on <= day:
        return False
    in_care = any(first <= day and (last is None or day <= last) for first, last in stays)
    try:
        check_served(row.status, in_care)
    except RuleBroken:
        return False
    return True


def _held(s: Session, member_ids: list[int], first: date) -> dict[int, dict[date, set[int]]]:
    """The places that each holds from the week of the day on, over all clubs, by week."""
    query = select(Booking.member_id, Booking.week, Booking.slot).where(
        Booking.member_id.in_(member_ids), Booking.week >= week_of(first), Booking.slot.is_not(None)
    )
    held: dict[int, dict[date, set[int]]] = {}
    for member_id, week, slot in s.execute(query):
        held.setdefault(member_id, {}).setdefault(week, set()).add(slot or 0)
    return held
