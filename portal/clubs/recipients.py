"""Who may be served: by the family's patronage, or by a child's inpatient care (REG 1.3, CLUB 4)."""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session, aliased

from portal.clubs.group_models import InpatientStay
from portal.families.models import FamilyMember
from portal.patronage.models import Patronage
from portal.rules import N_, RuleBroken
from portal.rules import recipients as rules


def in_care(family_id: Any, day: Any) -> ColumnElement[bool]:
    """SQL: a minor of the family of that column (or number) is in inpatient care on the day."""
    child = aliased(FamilyMember)
    query = select(InpatientStay.id).join(child, child.id == InpatientStay.member_id)
    return query.where(
        child.family_id == family_id,
        InpatientStay.starts_on <= day,
        or_(InpatientStay.ends_on.is_(None), InpatientStay.ends_on >= day),
    ).exists()


def not_served(day: date) -> Select[int]:
    """SQL: the members of families that get no services on the day, as check_recipient says of one."""
    latest = and_(Patronage.family_id == FamilyMember.family_id, Patronage.latest)
    query = select(FamilyMember.id).outerjoin(Patronage, latest)
    gone = and_(FamilyMember.left_on.is_not(None), FamilyMember.left_on <= day)
    off = or_(Patronage.status.is_(None), Patronage.status != "enrolled")
    return query.where(or_(gone, and_(off, ~in_care(FamilyMember.family_id, day))))


def check_recipient(s: Session, member_id: int, day: date) -> FamilyMember:
    """Inside a transaction: a member of a family that gets services on the day.

    Raises no_recipient, left_family, recipient_suspended, recipient_not_enrolled.
    """
    member = s.get(FamilyMember, member_id) if 0 < member_id < 2**31 else None
    if member is None:
        raise RuleBroken("no_recipient", N_("There is no such recipient."))
    if member.left_on is not None and member.left_on <= day:
        raise RuleBroken("left_family", N_("This person has left the family and is no recipient any more."))
    latest = select(Patronage.status).where(Patronage.family_id == member.family_id, Patronage.latest)
    care = select(in_care(member.family_id, day))
    rules.check_served(s.scalar(latest), bool(s.scalar(care)))
    return member
