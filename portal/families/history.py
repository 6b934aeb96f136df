"""What happened to a family: its entries of the audit log, by one mapping of tables, for the card and the timeline."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, bindparam, or_, select, union_all

from portal import clock
from portal.access import Permission
from portal.accounts.models import User
from portal.alerts.models import Alert
from portal.audit import AuditEntry, Event
from portal.clubs.group_models import InpatientStay, PhotoConsent
from portal.clubs.models import Booking, ClubParticipant
from portal.clubs.program_models import InterestSurvey, SkillAssessment
from portal.clubs.session_models import PhotoPerson
from portal.consilium.models import Decision, Item
from portal.contacts.models import Contact
from portal.db import db
from portal.diagnosis.models import Diagnosis
from portal.families.models import Consent, Family, FamilyMember
from portal.intake.models import Agreement, Intake, Survey
from portal.journal.models import JournalEntry
from portal.memory import unchanged
from portal.norms.models import Exemption
from portal.papers.models import Paper
from portal.patronage.models import Assignment, Patronage
from portal.plans.models import Plan
from portal.procedures.models import Run
from portal.programs.models import HomeTask, Program
from portal.referrals.models import Referral, SupportLink
from portal.rules.names import FullName

HISTORY = 30  # lines of the card
PAGE = 50  # lines of the timeline
PAPER = 1000  # lines of the printed one
SECRET = (  # who voted how is the meeting's to show; thirty steps a contact would leave no room for the rest
    Event.VOTE_CAST,
    Event.STEP_MARKED,
)

Ids = Select[int]


def episodes(family_id: int) -> Ids:
    """The ids of the family's patronages."""
    return select(Patronage.id).where(Patronage.family_id == family_id)


def _members(family_id: int) -> Ids:
    return select(FamilyMember.id).where(FamilyMember.family_id == family_id)


def _of(model: Any) -> Callable[[int], Ids]:
    """The rows of a table that belong to one of the family's patronages."""
    return lambda one: select(model.id).where(model.patronage_id.in_(episodes(one)))


def _by_member(model: Any) -> Callable[[int], Ids]:
    """The rows of a table that are of a member of the family."""
    return lambda one: select(model.id).where(model.member_id.in_(_members(one)))


def _contacts(family_id: int) -> Ids:
    return _of(Contact)(family_id)


def _entered(family_id: int) -> Ids:
    return select(JournalEntry.id).where(JournalEntry.family_id == family_id)


def _programs(family_id: int) -> Ids:
    return select(Program.id).where(Program.member_id.in_(_members(family_id)))


@dataclass(frozen=True)
class Source:
    """Rows of one table that audit.record() is given: the ids of a family's, and who may read what they say.

    `page` is the endpoint that shows one, with the name of the id in its address.
    """

    ids: Callable[[int], Ids]
    details: Permission = Permission.FAMILY_VIEW
    page: tuple[str, str] | None = None


# every table whose entries tell of one family, by the name that audit.record() keeps
SOURCES: dict[str, Source] = {
    "families": Source(lambda one: select(Family.id).where(Family.id == one)),
    "patronages": Source(episodes),
    "consents": Source(lambda one: select(Consent.id).where(Consent.family_id == one)),
    "intakes": Source(_of(Intake)),
    "surveys": Source(_of(Survey)),
    "agreements": Source(_of(Agreement)),
    "assignments": Source(_of(Assignment)),
    "items": Source(_of(Item), page=("consilium.item", "item_id")),
    "decisions": Source(_of(Decision), page=("consilium.decision", "decision_id")),
    "diagnoses": Source(_of(Diagnosis), page=("diagnosis.show", "diagnosis_id")),
    "plans": Source(_of(Plan), page=("plans.show", "plan_id")),
    "programs": Source(_programs),
    "home_tasks": Source(lambda one: select(HomeTask.id).where(HomeTask.program_id.in_(_programs(one)))),
    "referrals": Source(_of(Referral), page=("referrals.show", "referral_id")),
    "support_links": Source(lambda one: select(SupportLink.id).where(SupportLink.family_id == one)),
    "contacts": Source(_contacts, Permission.CONTACT_VIEW, ("contacts.show", "contact_id")),
    "runs": Source(
        lambda one: select(Run.id).where(Run.contact_id.in_(_contacts(one))), Permission.CONTACT_VIEW
    ),
    "exemptions": Source(_of(Exemption), Permission.CONTACT_VIEW),
    "journal_entries": Source(_entered, Permission.JOURNAL_WRITE, ("journal.show", "entry_id")),
    "alerts": Source(_of(Alert), Permission.ALERT_RAISE, ("alerts.show", "alert_id")),
    "club_participants": Source(_by_member(ClubParticipant)),
    "interest_surveys": Source(_by_member(InterestSurvey)),
    "skill_assessments": Source(_by_member(SkillAssessment)),
    "inpatient_stays": Source(_by_member(InpatientStay)),
    "photo_consents": Source(_by_member(PhotoConsent)),
    "session_photos": Source(
        lambda one: select(PhotoPerson.photo_id).where(PhotoPerson.member_id.in_(_members(one)))
    ),
    "bookings": Source(_by_member(Booking)),
    "papers": Source(
        lambda one: select(Paper.id).where(Paper.family_id == one),
        Permission.PAPER_PRINT,
        ("papers.registered", "registered_id"),
    ),
}


@dataclass(frozen=True)
class Line:
    """An entry: who did what and when, on which row, and what the entry keeps of the change."""

    id: int
    at: datetime
    event: str
    actor: str | None
    kind: str
    object_id: int | None
    old: Mapping[str, Any]
    new: Mapping[str, Any]

    @property
    def changed(self) -> list[str]:
        """What a change of the card touched."""
        return sorted(self.new) if self.event == Event.FAMILY_CHANGED else []


@dataclass(frozen=True)
class Wanted:
    """Which entries are asked for: events that begin so, by whom, on which days (both included)."""

    prefixes: tuple[str, ...] = field(default=())
    actor_id: int = 0
    from_on: date | None = None
    until_on: date | None = None


@cache
def _entries() -> ColumnElement[bool]:
    """A family's entries: the tables are asked one by one, so that each uses the index of kind and object.

    The condition is long, and put together once: the family is its parameter `family_id`.
    """
    family_id: Any = bindparam("family_id", type_=Integer)
    found = (
        select(AuditEntry.id).where(AuditEntry.kind == kind, AuditEntry.object_id.in_(source.ids(family_id)))
        for kind, source in SOURCES.items()
    )
    return AuditEntry.id.in_(union_all(*found)) & AuditEntry.event.not_in(SECRET)


@cache
def _lines() -> Any:
    columns = (AuditEntry.id, AuditEntry.at, AuditEntry.event, AuditEntry.kind, AuditEntry.object_id)
    query = select(*columns, AuditEntry.data, User.last_name, User.first_name, User.middle_name)
    return query.outerjoin(User, User.id == AuditEntry.actor_id).where(_entries())


def _asked(wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.prefixes:
        conditions.append(or_(*(AuditEntry.event.startswith(one) for one in wanted.prefixes)))
    if wanted.actor_id:
        conditions.append(AuditEntry.actor_id == wanted.actor_id)
    if wanted.from_on:
        conditions.append(AuditEntry.at >= _midnight(wanted.from_on))
    if wanted.until_on:
        conditions.append(AuditEntry.at < _midnight(wanted.until_on + timedelta(1)))
    return conditions


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, clock.zone())


def history(
    family_id: int, before: int | None = None, size: int = HISTORY, wanted: Wanted | None = None
) -> list[Line]:
    """Who did what, the newest first: up to size + 1 lines, older than the entry `before`."""
    wanted = wanted or Wanted()
    key = ("history", family_id, before, size, wanted)
    return unchanged(key, lambda: _history(family_id, before, size, wanted))


def _history(family_id: int, before: int | None, size: int, wanted: Wanted) -> list[Line]:
    query = _lines().where(*_asked(wanted))
    if before:
        query = query.where(AuditEntry.id < before)
    query = query.order_by(AuditEntry.id.desc()).limit(size + 1)
    rows = db.session.execute(query, {"family_id": family_id})
    return [_line(row) for row in rows]


def _line(row: Any) -> Line:
    actor = FullName(row.last_name, row.first_name, row.middle_name).short if row.last_name else None
    kept = json.loads(row.data)
    return Line(row.id, row.at, row.event, actor, row.kind, row.object_id, kept["old"], kept["new"])


def actors(family_id: int) -> list[tuple[int, str]]:
    """(id, short name) of whoever did something, by name."""
    ids = select(AuditEntry.actor_id).where(_entries())
    return _named(User.id.in_(ids), family_id=family_id)


def people(ids: set[int]) -> dict[int, str]:
    """Short names by id."""
    return dict(_named(User.id.in_(ids))) if ids else {}


def _named(condition: ColumnElement[bool], **values: int) -> list[tuple[int, str]]:
    query = select(User.id, User.last_name, User.first_name, User.middle_name).where(condition)
    rows = db.session.execute(query.order_by(User.search, User.id), values)
    return [(row.id, FullName(*row[1:]).short) for row in rows]
