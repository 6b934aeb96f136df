"""`flask check`: the rules of DOMAIN §2, asked of the data itself, whatever wrote it."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from sqlalchemy import and_, exists, func, or_, select

from portal import clock
from portal.accounts.models import User
from portal.alerts.checks import alerts
from portal.clubs import checks as club_checks
from portal.clubs.models import Booking, ClubSession
from portal.consilium import checks as consilium
from portal.consilium import minutes_checks, proof
from portal.contacts.models import Contact, ContactMember, Suspension
from portal.db import db
from portal.deputies.checks import deputies
from portal.diagnosis.checks import diagnoses
from portal.families.models import Consent, FamilyMember
from portal.intake import checks as intake
from portal.jobs import queries as jobs
from portal.journal import checks as journal
from portal.patronage import checks as patronage
from portal.patronage.models import Assignment, Patronage
from portal.plans.checks import plans
from portal.procedures import checks as procedures
from portal.referrals.checks import referral_grounds
from portal.rules.contacts import AHEAD, State
from portal.rules.enrollment import LEAD_PROFESSIONS
from portal.rules.lifecycle import OPEN
from portal.rules.timetable import meet
from portal.rules.weekly_limit import WEEKLY_LIMIT, week_of

Fault = tuple[str, str]


def broken_rules() -> list[dict[str, str]]:
    """What the data breaks: [{"rule": "R1", "what": "…"}], empty when all is well. Rows are named by their numbers."""
    return [{"rule": rule, "what": what} for walk in WALKS for rule, what in walk()]


def _rows(query: Any) -> Iterator[Any]:
    return iter(db.session.execute(query.execution_options(yield_per=2000)))


def _consent_on(day: Any) -> Any:
    """A consent of a representative of the same family, in force on the day."""
    return exists().where(
        Consent.family_id == Patronage.family_id,
        FamilyMember.id == Consent.representative_id,
        FamilyMember.family_id == Patronage.family_id,
        FamilyMember.kind == "representative",
        Consent.given_on <= day,
        or_(Consent.withdrawn_on.is_(None), Consent.withdrawn_on >= day),
    )


def consents() -> Iterator[Fault]:
    """R1: a consent in force on the day of enrollment."""
    query = select(Patronage.id).where(
        Patronage.enrolled_on.is_not(None), ~_consent_on(Patronage.enrolled_on)
    )
    for row in _rows(query):
        yield "R1", f"patronage {row.id} was enrolled without a consent in force on that day"


def withdrawals() -> Iterator[Fault]:
    """R3: whose consents are all withdrawn is not enrolled any more."""
    withdrawn = exists().where(Consent.family_id == Patronage.family_id, Consent.withdrawn_on.is_not(None))
    lasting = exists().where(Consent.family_id == Patronage.family_id, Consent.withdrawn_on.is_(None))
    for row in _rows(select(Patronage.id).where(Patronage.status == "enrolled", withdrawn, ~lasting)):
        yield "R3", f"patronage {row.id} goes on although the consent is withdrawn"


def terms() -> Iterator[Fault]:
    """R4, R5 and the order of dates."""
    short = and_(Patronage.term == "short", Patronage.ends_on.is_(None), Patronage.enrolled_on.is_not(None))
    for row in _rows(select(Patronage.id).where(short)):
        yield "R5", f"patronage {row.id} has a short term without an end date"
    for row in _rows(select(Patronage.id).where(Patronage.removed_on < Patronage.enrolled_on)):
        yield "R5", f"patronage {row.id} was removed before it was enrolled"


def episodes() -> Iterator[Fault]:
    """One open patronage a family (DOMAIN §3)."""
    query = select(Patronage.family_id).where(Patronage.status.in_([str(status) for status in OPEN]))
    for row in _rows(query.group_by(Patronage.family_id).having(func.count() > 1)):
        yield "R2", f"family {row.family_id} has more than one open patronage"


def leads() -> Iterator[Fault]:
    """R6: one lead of a lead profession; nobody works on after the end."""
    lead_now = and_(
        Assignment.patronage_id == Patronage.id, Assignment.kind == "lead", Assignment.ends_on.is_(None)
    )
    enrolled = and_(Patronage.status == "enrolled", Patronage.imported.is_(False))
    for row in _rows(select(Patronage.id).where(enrolled, ~exists().where(lead_now))):
        yield "R6", f"patronage {row.id} is enrolled without a lead specialist"
    query = select(Patronage.id).join(Assignment, lead_now).join(User, User.id == Assignment.user_id)
    for row in _rows(query.where(Patronage.imported.is_(False), User.profession.not_in(LEAD_PROFESSIONS))):
        yield "R6", f"patronage {row.id} is led by somebody of another profession"
    double = select(Assignment.patronage_id).where(Assignment.kind == "lead", Assignment.ends_on.is_(None))
    for row in _rows(double.group_by(Assignment.patronage_id).having(func.count() > 1)):
        yield "R6", f"patronage {row.patronage_id} has two lead specialists at once"
    over = (
        select(Assignment.id)
        .join(Patronage)
        .where(Patronage.status == "removed", Assignment.ends_on.is_(None))
    )
    for row in _rows(over):
        yield "R6", f"assignment {row.id} is open although the family was removed"


def clubs() -> Iterator[Fault]:
    """R14: two sessions a week a club, two services a week a recipient."""
    query = select(ClubSession.club_id, ClubSession.day, ClubSession.week, ClubSession.id)
    sessions: Counter[tuple[int, date]] = Counter()
    for row in _rows(query.where(ClubSession.status != "cancelled")):
        sessions[row.club_id, week_of(row.day)] += 1
        if row.week != week_of(row.day):
            yield "R14", f"session {row.id} is counted in another week than its day's"
    for (club, week), number in sessions.items():
        if number > WEEKLY_LIMIT:
            yield "R14", f"club {club} has {number} sessions in the week of {week}"
    held = select(Booking.member_id, ClubSession.day).join(ClubSession, ClubSession.id == Booking.session_id)
    services: Counter[tuple[int, date]] = Counter()
    for row in _rows(held.where(Booking.status.in_(("booked", "came")), ClubSession.status != "cancelled")):
        services[row.member_id, week_of(row.day)] += 1
    for (member, week), number in services.items():
        if number > WEEKLY_LIMIT:
            yield "R14", f"recipient {member} has {number} services in the week of {week}"


def contacts() -> Iterator[Fault]:
    """R3, R9: contacts took place while the family was on patronage; of nobody else's family; none is left over."""
    query = select(Contact.id, Contact.state, Contact.day, Patronage.status, Patronage.enrolled_on)
    query = query.add_columns(Patronage.removed_on).join(Patronage, Patronage.id == Contact.patronage_id)
    for row in _rows(query.where(Contact.state.in_(("planned", "confirmed", "done")))):
        if row.state != "done" and row.status != "enrolled":
            yield "R3", f"contact {row.id} is still planned although the patronage has stopped"
        over = row.removed_on is not None and row.day > row.removed_on
        if row.state == "done" and (row.day > clock.today() or row.day < row.enrolled_on or over):
            yield "R9", f"contact {row.id} took place on a day off patronage"
    strange = select(ContactMember.contact_id).join(FamilyMember, FamilyMember.id == ContactMember.member_id)
    strange = strange.join(Contact, Contact.id == ContactMember.contact_id)
    strange = strange.join(Patronage, Patronage.id == Contact.patronage_id)
    for row in _rows(strange.where(FamilyMember.family_id != Patronage.family_id).distinct()):
        yield "R9", f"contact {row.contact_id} is with somebody of another family"


def appointments() -> Iterator[Fault]:
    """R10: a specialist is with one family at a time."""
    columns = (Contact.id, Contact.user_id, Contact.day, Contact.starts_at, Contact.minutes)
    query = select(*columns).where(Contact.state.in_((*AHEAD, State.DONE)))
    longest = None  # of the contacts so far, the one of this person and day that ends last
    for row in _rows(query.order_by(Contact.user_id, Contact.day, Contact.starts_at, Contact.id)):
        if longest and (longest.user_id, longest.day) == (row.user_id, row.day):
            if meet((longest.starts_at, longest.minutes), (row.starts_at, row.minutes)):
                yield "R10", f"contacts {longest.id} and {row.id} of one specialist run at the same time"
            if _end(longest) > _end(row):
                continue
        longest = row


def _end(row: Any) -> int:
    return int(row.starts_at.hour * 60 + row.starts_at.minute + row.minutes)


def suspensions() -> Iterator[Fault]:
    """R3: a suspension is open while the patronage is suspended, and no longer."""
    query = select(Suspension.patronage_id).join(Patronage, Patronage.id == Suspension.patronage_id)
    for row in _rows(query.where(Suspension.ends_on.is_(None), Patronage.status != "suspended")):
        yield "R3", f"patronage {row.patronage_id} goes on although a suspension is open"


def waiting_jobs() -> Iterator[Fault]:
    """What was asked for is done: somebody works on the queue."""
    since = jobs.stuck_since()
    if since is not None:
        yield "jobs", f"tasks wait since {since:%Y-%m-%d %H:%M} UTC, and no process does them"


def chain() -> Iterator[Fault]:
    """The audit log is whole, and the rows of meetings are what it says."""
    for fault in proof.verify()[1]:
        yield "audit", fault


WALKS: tuple[Callable[[], Iterator[Fault]], ...] = (
    *(consents, withdrawals, terms, episodes, leads),
    *(
        contacts,
        appointments,
        suspensions,
        *journal.WALKS,
        diagnoses,
        plans,
        referral_grounds,
        clubs,
        *club_checks.WALKS,
        *consilium.WALKS,
        *patronage.WALKS,
        *minutes_checks.WALKS,
        chain,
    ),
    *(intake.surveys, intake.agreements),
    *(alerts, deputies, procedures.runs, waiting_jobs),
)
