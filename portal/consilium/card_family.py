"""The family on the card of an item, and what the specialists lay before the members. Plain values, all of them."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import aliased

from portal import clock
from portal.accounts.models import User
from portal.consilium.card_work import (
    ContactFacts,
    DiagnosisFacts,
    PlanFacts,
    contacts_of,
    diagnosis_of,
    plan_of,
)
from portal.consilium.models import Item
from portal.db import db
from portal.families.models import Consent, Family, FamilyCategory, FamilyMember
from portal.intake.models import Intake, Survey
from portal.patronage.models import Assignment, ClosingAnalysis, Emergency, Patronage
from portal.rules.items import REMOVING, Kind
from portal.rules.names import FullName

MOST = 5  # consents shown
BEFORE = (Kind.ENROLL, Kind.REFUSE)


@dataclass(frozen=True)
class Person:
    """Somebody of the family who belongs to it now."""

    name: str
    first_name: str
    relation: str
    birth_date: date | None
    birth_year: int | None


@dataclass(frozen=True)
class Said:
    """What the specialists lay before the members, as the kind of the item asks for it; None where it is not there."""

    analysis: Any = None  # body, written_at, approved_at, names of author and approver
    intake: Any = None
    survey: Any = None
    emergency: Any = None


@dataclass(frozen=True)
class FamilyFacts:
    """All that the card shows of a family to whom it is open."""

    id: int
    note: str
    course_ended_on: date | None
    patronage: Any
    representatives: list[Person]
    children: list[Person]
    categories: list[str]
    consents: list[Any]
    team: list[Any]
    said: Said | None  # None for kinds on which the item's own note says all
    diagnosis: DiagnosisFacts | None
    plan: PlanFacts | None
    contacts: ContactFacts | None

    @property
    def began(self) -> bool:
        """Whether the patronage has begun: before, there are no contacts and no plan to speak of."""
        return self.patronage.enrolled_on is not None

    @property
    def in_force(self) -> Any:
        """The latest consent in force, or None."""
        return next((one for one in self.consents if one.withdrawn_on is None), None)


def family_of(item: Item) -> FamilyFacts:
    """The family of an item as its kind asks for it, in a fixed number of queries."""
    patronage_id = item.patronage_id or 0
    row = _patronage(patronage_id)
    representatives, children = _people(row.family_id)
    categories = select(FamilyCategory.code).where(FamilyCategory.family_id == row.family_id)
    began = row.enrolled_on is not None
    return FamilyFacts(
        id=row.family_id,
        note=row.note,
        course_ended_on=row.course_ended_on,
        patronage=row,
        representatives=representatives,
        children=children,
        categories=sorted(db.session.scalars(categories)),
        consents=_consents(row.family_id),
        team=_team(patronage_id),
        said=_said(item, patronage_id),
        diagnosis=diagnosis_of(row.family_id),
        plan=plan_of(patronage_id) if began else None,
        contacts=contacts_of(row.family_id, patronage_id) if began else None,
    )


def _patronage(patronage_id: int) -> Any:
    columns: list[Any] = [Patronage.family_id, Patronage.status, Patronage.stage, Patronage.regime]
    columns += [Patronage.term, Patronage.enrolled_on, Patronage.ends_on, Patronage.removed_on]
    query = select(*columns, Family.note, Family.course_ended_on)
    query = query.join(Family, Family.id == Patronage.family_id).where(Patronage.id == patronage_id)
    found: Any = db.session.execute(query).one()
    return found


def _people(family_id: int) -> tuple[list[Person], list[Person]]:
    """The representatives; and the children, the eldest first."""
    columns: list[Any] = [*_name(FamilyMember), FamilyMember.kind, FamilyMember.relation]
    query = select(*columns, FamilyMember.birth_date, FamilyMember.birth_year).where(
        FamilyMember.family_id == family_id, FamilyMember.left_on.is_(None)
    )
    found: dict[str, list[Person]] = {"representative": [], "minor": []}
    for row in db.session.execute(query.order_by(FamilyMember.id)):
        name = FullName(*row[:3]).full
        found[row.kind].append(Person(name, row.first_name, row.relation, row.birth_date, row.birth_year))
    children = sorted(found["minor"], key=lambda one: (one.birth_year or 9999, one.birth_date or date.max))
    return found["representative"], children


def _consents(family_id: int) -> list[Row[Any]]:
    """The family's consents with the names of who gave them, the latest first."""
    query = select(Consent.given_on, Consent.withdrawn_on, *_name(FamilyMember))
    query = query.join(FamilyMember, FamilyMember.id == Consent.representative_id)
    query = query.where(Consent.family_id == family_id)
    return list(db.session.execute(query.order_by(Consent.given_on.desc(), Consent.id.desc()).limit(MOST)))


def _team(patronage_id: int) -> list[Row[Any]]:
    """Those who work with the family now, the lead first."""
    columns: list[Any] = [*_name(User), User.position, Assignment.kind, Assignment.starts_on]
    query = select(*columns).join(User, User.id == Assignment.user_id)
    query = query.where(Assignment.patronage_id == patronage_id, Assignment.ends_on.is_(None))
    return list(db.session.execute(query.order_by(Assignment.kind.desc(), User.search, User.id)))


def _said(item: Item, patronage_id: int) -> Said | None:
    if item.kind in REMOVING:
        return Said(analysis=_analysis(patronage_id))
    if item.kind == Kind.RATIFY:
        return Said(emergency=_emergency(item))
    if item.kind not in BEFORE:
        return None
    intake = select(Intake.kind, Intake.body, Intake.received_on, Intake.about)
    columns: list[Any] = [Survey.done_on, Survey.due_on, Survey.conclusion, Survey.late_reason, *_name(User)]
    columns += [Survey.housing, Survey.income, Survey.health, Survey.upbringing, Survey.relations]
    survey = select(*columns, Survey.needs).join(User, User.id == Survey.conducted_by_id)
    return Said(
        intake=db.session.execute(intake.where(Intake.patronage_id == patronage_id)).first(),
        survey=db.session.execute(survey.where(Survey.patronage_id == patronage_id)).first(),
    )


def _name(user: Any) -> tuple[Any, Any, Any]:
    return user.last_name, user.first_name, user.middle_name


def _analysis(patronage_id: int) -> Any:
    """(body, written_at, approved_at, author, approver) of the closing analysis, or None."""
    approver = aliased(User)
    columns: list[Any] = [ClosingAnalysis.body, ClosingAnalysis.written_at, ClosingAnalysis.approved_at]
    query = select(*columns, *_name(User), *_name(approver))
    query = query.join(User, User.id == ClosingAnalysis.author_id)
    query = query.outerjoin(approver, approver.id == ClosingAnalysis.approved_by_id)
    row = db.session.execute(query.where(ClosingAnalysis.patronage_id == patronage_id)).first()
    if row is None:
        return None
    named = {"author": FullName(*row[3:6]).short, "approver": FullName(*row[6:9]).short if row[6] else ""}
    return {"body": row.body, "written_at": row.written_at, "approved_at": row.approved_at, **named}


def _emergency(item: Item) -> Any:
    """The emergency start that the item is about: the one open now, or the one that it has decided."""
    columns = (Emergency.former, Emergency.why, Emergency.started_on, Emergency.outcome)
    query = select(*columns, *_name(User)).join(User, User.id == Emergency.started_by_id)
    closed = item.closed_at and clock.local(item.closed_at).date()
    query = query.where(Emergency.closed_on == closed if closed else Emergency.outcome.is_(None))
    here = Emergency.patronage_id == item.patronage_id
    return db.session.execute(query.where(here).order_by(Emergency.id.desc()).limit(1)).first()
