"""Inpatient care of minors in the center: what is recorded and read (CLUB 4)."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from portal import audit, clock
from portal.audit import Event
from portal.clubs import departures
from portal.clubs.group_models import InpatientStay
from portal.clubs.recipients import in_care
from portal.db import atomic, db, refused_by
from portal.families import queries as families
from portal.families.models import FamilyMember
from portal.rules import N_, RuleBroken
from portal.rules.names import FullName
from portal.rules.recipients import check_stay


def record_stay(family_id: int, member_id: int, starts_on: date, ends_on: date | None, actor_id: int) -> int:
    """A minor of the family is in inpatient care from that day on; gives the id.

    Raises not_a_minor, and what check_stay does.
    """
    with atomic() as s:
        member = s.get(FamilyMember, member_id, with_for_update={"key_share": True})
        if member is None or member.family_id != family_id or member.kind != "minor" or member.left_on:
            raise RuleBroken("not_a_minor", N_("Inpatient care is recorded for a child of this family."))
        query = select(InpatientStay.starts_on, InpatientStay.ends_on)
        others = s.execute(query.where(InpatientStay.member_id == member_id)).all()
        check_stay(starts_on, ends_on, [(row.starts_on, row.ends_on) for row in others])
        row = InpatientStay(member_id=member_id, starts_on=starts_on, ends_on=ends_on)
        row.recorded_by_id, row.recorded_at = actor_id, clock.now()
        meets = RuleBroken("stay_meets", N_("The child is in inpatient care already: end that stay first."))
        with refused_by("uq_inpatient_stays_now", meets):
            s.add(row)
        new = {"member_id": member_id, "starts_on": starts_on, "ends_on": ends_on}
        audit.record(s, Event.STAY_RECORDED, actor_id, row, new=new)
        departures.come_back(s, family_id, actor_id)
        return row.id


def end_stay(stay_id: int, ends_on: date, actor_id: int) -> None:
    """The last day of the stay, also when another one was recorded; places booked for later are given back.

    Raises stay_order, stay_meets.
    """
    with atomic() as s:
        row = s.get_one(InpatientStay, stay_id, with_for_update=True)
        query = select(InpatientStay.starts_on, InpatientStay.ends_on)
        others = query.where(InpatientStay.member_id == row.member_id, InpatientStay.id != stay_id)
        check_stay(row.starts_on, ends_on, [(one.starts_on, one.ends_on) for one in s.execute(others)])
        old, row.ends_on = {"ends_on": row.ends_on}, ends_on
        family_id = s.get_one(FamilyMember, row.member_id).family_id
        departures.after_stay(s, family_id, ends_on + timedelta(days=1), actor_id)
        audit.record(s, Event.STAY_ENDED, actor_id, row, old=old, new={"ends_on": ends_on})
        departures.come_back(s, family_id, actor_id)


def of_family(family_id: int) -> list[Any]:
    """The family's stays with the child's name, the newest first."""
    query = (
        select(InpatientStay.id, InpatientStay.starts_on, InpatientStay.ends_on)
        .add_columns(FamilyMember.last_name, FamilyMember.first_name, FamilyMember.middle_name)
        .join(FamilyMember, FamilyMember.id == InpatientStay.member_id)
        .where(FamilyMember.family_id == family_id)
    )
    return list(db.session.execute(query.order_by(InpatientStay.starts_on.desc(), InpatientStay.id.desc())))


def now_in_care(family_id: int) -> bool:
    """Whether a child of the family is in inpatient care today."""
    return bool(db.session.scalar(select(in_care(family_id, clock.today()))))


def minors(family_id: int) -> list[tuple[int, str]]:
    """(id, name) of the children who belong to the family now."""
    columns = (FamilyMember.last_name, FamilyMember.first_name, FamilyMember.middle_name)
    query = select(FamilyMember.id, *columns).where(
        FamilyMember.family_id == family_id, FamilyMember.kind == "minor", FamilyMember.left_on.is_(None)
    )
    rows = db.session.execute(query.order_by(FamilyMember.id))
    return [(row.id, FullName(*row[1:]).full) for row in rows]


def get_worked_stay(user: Any, family_id: int, stay_id: int) -> InpatientStay | None:
    """A stay of a family that the user works with."""
    stay = db.session.get(InpatientStay, stay_id)
    if stay is None or families.get_worked_with(user, family_id) is None:
        return None
    member = db.session.get_one(FamilyMember, stay.member_id)
    return stay if member.family_id == family_id else None
