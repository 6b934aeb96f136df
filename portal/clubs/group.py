"""The group of a club as its page shows it: who goes, who waits, who was told, who may be photographed."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, select

from portal import audit, clock
from portal.audit import Event
from portal.clubs import ahead, photo_consents, queries, roster
from portal.clubs.group_models import ClubWaiting
from portal.clubs.models import Club, ClubParticipant
from portal.clubs.recipients import in_care
from portal.db import atomic, db
from portal.families.models import Family, FamilyMember
from portal.patronage.models import Patronage
from portal.rules import N_, RuleBroken
from portal.rules.weekly_limit import WEEKLY_LIMIT, week_of


@dataclass(frozen=True)
class Group:
    """What the page of participants shows beside their names."""

    participants: list[Any]
    line: list[Any]
    may_be_photographed: set[int]
    left: dict[int, int]  # services of this week, by recipient
    unbooked: dict[int, int]  # coming sessions that a participant could have a place at
    former: list[Any]  # who has left, with a photo consent in force


def of_club(club: Club, found: list[Any]) -> Group:
    """The group, with what each, also of those found by the search, has left of this week."""
    participants, line = queries.participants(club.id), waiting_line(club.id)
    ids = {row.id for row in (*participants, *line, *found)}
    today = clock.today()
    held = roster.places_of(ids, week_of(today))
    left = {one: max(0, WEEKLY_LIMIT - len(held.get(one, ()))) for one in ids}
    unbooked = {} if club.closed_on else ahead.missing(club.id, [row.id for row in participants])
    former = photo_consents.of_former(club.id)
    return Group(participants, line, photo_consents.given_by(ids, today), left, unbooked, former)


def waiting_line(club_id: int) -> list[Any]:
    """Who waits for a place, the first first."""
    query = (
        select(
            *(FamilyMember.id, FamilyMember.last_name, FamilyMember.first_name, FamilyMember.middle_name),
            *(FamilyMember.kind, FamilyMember.birth_date, FamilyMember.birth_year),
            *(Family.number, Patronage.status.label("patronage"), ClubWaiting.since),
            in_care(Family.id, clock.today()).label("in_care"),
        )
        .join(ClubWaiting, ClubWaiting.member_id == FamilyMember.id)
        .join(Family, Family.id == FamilyMember.family_id)
        .outerjoin(Patronage, and_(Patronage.family_id == Family.id, Patronage.latest))
        .where(ClubWaiting.club_id == club_id)
    )
    return list(db.session.execute(query.order_by(ClubWaiting.id)).all())


def tell(club_id: int, member_id: int | None, actor_id: int) -> int:
    """A participant, or all who were not yet, was told of schedule and topics (CLUB 5, stage 2); gives how many.

    Raises nobody_to_tell.
    """
    with atomic() as s:
        club = s.get_one(Club, club_id, with_for_update={"key_share": True})
        query = select(ClubParticipant).where(
            ClubParticipant.club_id == club_id, ClubParticipant.left_on.is_(None)
        )
        if member_id is not None:
            query = query.where(ClubParticipant.member_id == member_id)
        untold = [
            row for row in s.scalars(query.order_by(ClubParticipant.id)) if not knows(club, row.told_at)
        ]
        if not untold:
            raise RuleBroken("nobody_to_tell", N_("All of them were told already."))
        for row in untold:
            old, row.told_at, row.told_by_id = {"told_at": row.told_at}, clock.now(), actor_id
            new = {"club_id": club_id, "member_id": row.member_id, "told_at": row.told_at}
            audit.record(s, Event.PARTICIPANT_TOLD, actor_id, row, old=old, new=new)
        return len(untold)


def knows(club: Club, told_at: Any) -> bool:
    """Whether who was told then knows the schedule and topics of now."""
    return told_at is not None and (club.changed_at is None or told_at >= club.changed_at)
