"""What the rows say against a contact; inside the transactions of contacts."""

from collections.abc import Iterable
from datetime import date, time

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from portal import clock
from portal.contacts.models import Contact, Suspension
from portal.deputies import queries as deputies
from portal.families.models import FamilyMember
from portal.patronage.models import Assignment, Patronage
from portal.rules import N_, RuleBroken
from portal.rules import contacts as rules
from portal.rules.contacts import AHEAD, State


def check_took_place(s: Session, patronage: Patronage, day: date) -> None:
    """The family was on patronage on the day, and not suspended. Raises what the rule does."""
    suspended = select(Suspension.id).where(
        Suspension.patronage_id == patronage.id,
        Suspension.starts_on <= day,
        Suspension.ends_on.is_(None) | (Suspension.ends_on >= day),
    )
    found = s.scalar(suspended.limit(1)) is not None
    rules.check_took_place(day, clock.today(), patronage.enrolled_on, patronage.removed_on, found)


def check_done(s: Session, patronage: Patronage, day: date, starts_at: time) -> None:
    """The same, and it has begun. Raises not_begun too."""
    check_took_place(s, patronage, day)
    rules.check_begun(day, starts_at, clock.local(clock.now()))


def check_people(s: Session, patronage: Patronage, members: Iterable[int]) -> None:
    """Only members of the family are ticked. Raises other_family."""
    ids = select(FamilyMember.id).where(FamilyMember.family_id == patronage.family_id)
    rules.check_people(set(members), set(s.scalars(ids)))


def check_assigned(s: Session, patronage_id: int, user_id: int, day: date) -> None:
    """Whoever goes to a family works with it, or has, or stands in on the day for somebody who does."""
    they = or_(Assignment.user_id == user_id, Assignment.user_id.in_(deputies.whom(user_id, day)))
    if s.scalar(select(Assignment.id).where(Assignment.patronage_id == patronage_id, they).limit(1)) is None:
        raise RuleBroken(
            "not_assigned",
            N_("This colleague is not assigned to the family. Choose its lead or an involved specialist."),
        )


def check_free(
    s: Session, user_id: int, day: date, starts_at: time, minutes: int, *but: ColumnElement[bool]
) -> None:
    """The specialist has nothing else at this time, `but` aside. Raises overlap."""
    taken = (*AHEAD, State.DONE)
    query = select(Contact.starts_at, Contact.minutes).where(
        Contact.user_id == user_id, Contact.day == day, Contact.state.in_(taken), *but
    )
    rules.check_free(starts_at, minutes, [(row[0], row[1]) for row in s.execute(query)])
