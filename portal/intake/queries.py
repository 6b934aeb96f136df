"""What is read of intake: a family's papers, which surveys wait, what the consilium still lacks."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, func, select

from portal import clock
from portal.accounts.models import User
from portal.db import db
from portal.families import queries as families
from portal.families.card import Card
from portal.families.models import Family, FamilyMember
from portal.intake.models import Agreement, Intake, Survey
from portal.patronage.models import Patronage
from portal.rules import RuleBroken
from portal.rules import intake as rules
from portal.rules.consent import check_consent
from portal.rules.enrollment import check_course
from portal.rules.intake import BEFORE, Standing
from portal.settings import queries as settings
from portal.settings.calendar import calendar

PAGE = 25


@dataclass(frozen=True)
class Papers:
    """What there is of a family's latest patronage; `standing` while its survey is awaited."""

    patronage: Patronage | None = None
    intake: Intake | None = None
    survey: Survey | None = None
    agreement: Agreement | None = None  # the one in force
    standing: Standing | None = None


@dataclass(frozen=True)
class CardLine:
    """What the family's card says of these papers, in plain values; `missing` are the codes of rules.intake."""

    came_on: date | None
    body: str  # who gave the signal; empty for an application of one's own
    surveyed_on: date | None
    surveyed_late: bool
    agreement: str  # the number of the one in force
    agreed_on: date | None
    standing: Standing | None
    missing: tuple[str, ...]


def card_line(card: Card) -> CardLine:
    """How the family came, its survey, its agreement, and what is missing."""
    found = papers(card.family.id)
    intake, survey, agreement = found.intake, found.survey, found.agreement
    return CardLine(
        came_on=intake.received_on if intake else None,
        body=intake.body if intake else "",
        surveyed_on=survey.done_on if survey else None,
        surveyed_late=survey is not None and survey.done_on > survey.due_on,
        agreement=agreement.number if agreement else "",
        agreed_on=agreement.signed_on if agreement else None,
        standing=found.standing,
        missing=missing(card, found),
    )


def papers(family_id: int) -> Papers:
    """The papers of the family's latest patronage, in one query."""
    query = select(Patronage, Intake, Survey, Agreement)
    query = query.outerjoin(Intake, Intake.patronage_id == Patronage.id)
    query = query.outerjoin(Survey, Survey.patronage_id == Patronage.id)
    in_force = (Agreement.patronage_id == Patronage.id) & Agreement.ended_on.is_(None)
    query = query.outerjoin(Agreement, in_force).where(Patronage.family_id == family_id, Patronage.latest)
    row = db.session.execute(query).first()
    if row is None:
        return Papers()
    patronage, intake, survey, agreement = row
    waits = survey is None and patronage.status in BEFORE and (intake is not None or not patronage.imported)
    since = intake.received_on if intake else patronage.opened_on
    return Papers(patronage, intake, survey, agreement, standing_of(since) if waits else None)


def survey_days() -> int:
    """How many working days there are for a survey."""
    return int(settings.value("survey_days"))


def standing_of(received_on: date) -> Standing:
    """How the survey upon an application of that day stands today, by the calendar and the setting of now."""
    table = calendar()
    return rules.standing(rules.due_on(received_on, survey_days(), table), clock.today(), table)


def get_agreement(user: Any, family_id: int, agreement_id: int) -> Agreement | None:
    """An agreement of a family within the user's reach, else None."""
    query = _agreement(family_id, agreement_id).where(families.reach(user))
    found: Agreement | None = db.session.scalar(query)
    return found


def get_worked_agreement(user: Any, family_id: int, agreement_id: int) -> Agreement | None:
    """An agreement of a family the user works with, else None."""
    query = _agreement(family_id, agreement_id).where(families.work(user))
    found: Agreement | None = db.session.scalar(query)
    return found


def _agreement(family_id: int, agreement_id: int) -> Select[Any]:
    query = select(Agreement).join(Patronage, Patronage.id == Agreement.patronage_id)
    query = query.join(Family, Family.id == Patronage.family_id)
    return query.where(Agreement.id == agreement_id, Family.id == family_id)


def family_of(patronage_id: int) -> int:
    """The family of a patronage."""
    return db.session.get_one(Patronage, patronage_id).family_id


def agreements(family_id: int) -> list[tuple[Agreement, FamilyMember]]:
    """All agreements of a family with those who signed them, the latest first."""
    query = select(Agreement, FamilyMember).join(FamilyMember, FamilyMember.id == Agreement.representative_id)
    query = query.join(Patronage, Patronage.id == Agreement.patronage_id).where(
        Patronage.family_id == family_id
    )
    rows = db.session.execute(query.order_by(Agreement.signed_on.desc(), Agreement.id.desc()))
    return [(row[0], row[1]) for row in rows]


def people(ids: set[int]) -> dict[int, str]:
    """Short names of colleagues."""
    rows = db.session.scalars(select(User).where(User.id.in_(ids))).unique()
    return {user.id: user.short_name for user in rows}


# surveys that wait


def _since() -> Any:
    """The day from which the time for a survey runs: until the application is entered, that of the card."""
    return func.coalesce(Intake.received_on, Patronage.opened_on)


def _waiting(user: Any, *columns: Any) -> Select[Any]:
    query = select(*columns).select_from(Patronage).join(Family, Family.id == Patronage.family_id)
    query = query.outerjoin(Intake, Intake.patronage_id == Patronage.id)
    query = query.outerjoin(Survey, Survey.patronage_id == Patronage.id)
    before = Patronage.latest & Patronage.status.in_([str(one) for one in BEFORE])
    came = Intake.id.is_not(None) | Patronage.imported.is_(False)
    return query.where(before, came, Survey.id.is_(None), families.work(user))


def counts(user: Any) -> tuple[int, int]:
    """How many families that the user works with wait for their survey, and how many of them too long."""
    late_by = rules.last_late(survey_days(), clock.today(), calendar())
    late = func.count().filter(_since() <= late_by)
    row = db.session.execute(_waiting(user, func.count(), late)).one()
    return row[0], row[1]


def waiting(user: Any, page: int = 1, size: int = PAGE) -> tuple[list[tuple[Any, Standing]], bool]:
    """A page of the families that wait for their survey, the longest first, and whether there are more."""
    columns = (Family.id, Family.number, Family.surname, Intake.kind, _since().label("since"))
    taken_in = (User.last_name, User.first_name, User.middle_name)
    query = _waiting(user, *columns, *taken_in).outerjoin(User, User.id == Family.created_by_id)
    query = query.order_by(_since(), Family.id).offset((page - 1) * size).limit(size + 1)
    rows = list(db.session.execute(query))
    return [(row, standing_of(row.since)) for row in rows[:size]], len(rows) > size


# what is missing


def missing(card: Card, found: Papers) -> tuple[str, ...]:
    """What the card and the consilium still lack: the codes of rules.intake."""
    status = found.patronage.status if found.patronage else ""
    here = _on_card(card)
    if status in BEFORE:
        here |= _papers(found) | _consent(card.family.id)
        reason = found.intake.course_reason if found.intake else ""
        try:
            check_course(card.family.course_ended_on, reason, clock.today())
            here.add("course")
        except RuleBroken:
            pass
    return rules.missing(frozenset(here), status)


def _on_card(card: Card) -> set[str]:
    family = card.family
    there = {
        "phone": family.phone or any(one.phone for one in card.representatives),
        "address": family.address,
        "children": card.minors,
        "birth_dates": not card.minors or all(one.birth_date for one in card.minors),
        "consent_scan": all(one.has_scan for one in card.consents if not one.withdrawn_on),
    }
    return {code for code, is_there in there.items() if is_there}


def _papers(found: Papers) -> set[str]:
    there = {"intake": found.intake, "survey": found.survey, "agreement": found.agreement}
    return {code for code, paper in there.items() if paper is not None}


def _consent(family_id: int) -> set[str]:
    """R1, as the consilium will ask it."""
    try:
        check_consent(*families.consent_facts(db.session(), family_id), clock.today(), families.signing_age())
    except RuleBroken as broken:
        return {"consent"} if broken.code == "minor_must_sign" else {"minors"}
    return {"consent", "minors"}
