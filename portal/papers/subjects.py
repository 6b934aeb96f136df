"""Of what a paper is, in a few words for its page: whom it names, of which day or number; and the page of that."""

from collections.abc import Callable
from typing import Any, NamedTuple

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select

from portal.access import Permission, may
from portal.accounts.models import User
from portal.clubs.models import Club, ClubSession
from portal.clubs.program_models import ClubProgram
from portal.consilium.models import Decision, Meeting
from portal.contacts.labels import KINDS
from portal.contacts.models import Contact
from portal.db import db
from portal.diagnosis.models import Diagnosis
from portal.families.models import Consent, FamilyMember
from portal.papers import months_of, periods
from portal.papers.kind import Kind
from portal.plans.models import Plan
from portal.rules.names import FullName
from portal.web import show_date


class Subject(NamedTuple):
    """What a paper is of; `url` is its page, where it has one besides the family's."""

    about: str = ""
    url: str | None = None


def of(kind: Kind, object_id: int) -> Subject:
    """In one query; nothing for papers that are of the whole family."""
    found = _KNOWN.get(kind.of)
    return found(object_id) if found else Subject()


def entered_at(user: Any, kind: Kind, family: Any, subject: Subject) -> str | None:
    """The page where what the paper lacks is entered: its own, or one of its family; None where that is closed."""
    if subject.url is not None:
        return subject.url
    if family is None or not family.is_near or not may(user, Permission.FAMILY_VIEW):
        return None
    endpoint, permission = _ENTERED.get(kind.code, ("families.show", Permission.FAMILY_VIEW))
    return url_for(endpoint if may(user, permission) else "families.show", family_id=family.id)


def _row(object_id: int, model: Any, *columns: Any) -> Any:
    return db.session.execute(select(*columns).where(model.id == object_id)).one()


def _named(model: Any) -> Callable[[int], Subject]:
    def told(object_id: int) -> Subject:
        return Subject(_name(model, object_id))

    return told


def _name(model: Any, object_id: int) -> str:
    return FullName(*_row(object_id, model, model.last_name, model.first_name, model.middle_name)).full


def _consent(object_id: int) -> Subject:
    given = _row(object_id, Consent, Consent.given_on).given_on
    return Subject(str(_("consent of %(day)s", day=show_date(given))))


def _contact(object_id: int) -> Subject:
    row = _row(object_id, Contact, Contact.kind, Contact.day)
    return Subject(f"{KINDS[row.kind]}, {show_date(row.day)}", url_for("contacts.show", contact_id=object_id))


def _diagnosis(object_id: int) -> Subject:
    row = _row(object_id, Diagnosis, Diagnosis.number, Diagnosis.day)
    told = _("No. %(number)s of %(day)s", number=row.number, day=show_date(row.day))
    return Subject(str(told), url_for("diagnosis.show", diagnosis_id=object_id))


def _plan(object_id: int) -> Subject:
    told = _("Version %(number)s", number=_row(object_id, Plan, Plan.version).version)
    return Subject(str(told), url_for("plans.show", plan_id=object_id))


def _decision(object_id: int) -> Subject:
    row = _row(object_id, Decision, Decision.number, Decision.year, Decision.decided_on)
    number = f"{row.number}/{row.year}"
    told = _("Decision No. %(number)s of %(day)s", number=number, day=show_date(row.decided_on))
    return Subject(str(told), url_for("consilium.decision", decision_id=object_id))


def _meeting(object_id: int) -> Subject:
    row = _row(object_id, Meeting, Meeting.number, Meeting.held_on)
    told = _("No. %(number)s of %(day)s", number=row.number, day=show_date(row.held_on))
    return Subject(str(told), url_for("consilium.meeting", meeting_id=object_id))


def _club(object_id: int) -> Subject:
    return Subject(_row(object_id, Club, Club.name).name, url_for("clubs.show", club_id=object_id))


def _program(object_id: int) -> Subject:
    return _club(_row(object_id, ClubProgram, ClubProgram.club_id).club_id)


def _session(object_id: int) -> Subject:
    query = select(Club.name, ClubSession.day).join(Club, Club.id == ClubSession.club_id)
    row = db.session.execute(query.where(ClubSession.id == object_id)).one()
    url = url_for("clubs.sessions.show", session_id=object_id)
    return Subject(f"{row.name}, {show_date(row.day)}", url)


def _period(object_id: int) -> Subject:
    found = periods.period_of(object_id)
    return Subject(found.title if found else "")


def _own_period(object_id: int) -> Subject:
    found = periods.own_of(object_id)
    return Subject(f"{_name(User, found[0])}, {found[1].title}" if found else "")


def _month(object_id: int) -> Subject:
    found = months_of.month_of(object_id)
    return Subject(f"{_name(User, found[0])}, {periods.month(found[1]).title}" if found else "")


_ENTERED = {
    "survey-report": ("intake.show", Permission.FAMILY_VIEW),
    "service-agreement": ("intake.show", Permission.FAMILY_VIEW),
    "visit-schedule": ("contacts.of_family", Permission.CONTACT_VIEW),
    "closing-analysis": ("patronage.analysis", Permission.ANALYSIS_WRITE),
}  # of the family's other papers on its card
_KNOWN: dict[str, Callable[[int], Subject]] = {
    "representative": _named(FamilyMember),
    "member": _named(FamilyMember),
    "consent": _consent,
    "contact": _contact,
    "diagnosis": _diagnosis,
    "plan": _plan,
    "decision": _decision,
    "meeting": _meeting,
    "club": _club,
    "club_program": _program,
    "session": _session,
    "period": _period,
    "own_period": _own_period,
    "specialist-month": _month,
}
