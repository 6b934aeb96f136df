"""The demo's papers: agreements and consents, what stands in the register, the signed scans, one declared void."""

import io
from datetime import date
from functools import partial
from typing import Any

from sqlalchemy import select

from portal import scans
from portal.clubs import photo_consents
from portal.clubs.models import ClubParticipant
from portal.consilium.models import Decision
from portal.contacts.models import Contact
from portal.db import db
from portal.demo import texts
from portal.demo.days import Case, Days, worked_before, working
from portal.families import consents
from portal.families.models import Consent, FamilyMember
from portal.intake import agreements
from portal.journal.models import JournalEntry
from portal.papers import actions as papers
from portal.papers import catalog, named, periods
from portal.papers.models import Paper
from portal.patronage.models import Patronage
from portal.plans.models import Plan
from portal.rules.norms import DAY

PHOTOGRAPHED, SHEETS, PLANS = 8, 4, 3


def plan(days: Days) -> None:
    """When they are made."""
    days.on(days.today - 50 * DAY, partial(_photographed, days))
    days.on(working(days.today - 8 * DAY), partial(_enrolled, days))
    days.on(worked_before(days.today - 6 * DAY), partial(_withdrawn, days))
    days.on(worked_before(days.today - 5 * DAY), partial(_of_the_work, days))
    days.on(worked_before(days.today - 4 * DAY), partial(_of_the_center, days))


def _photographed(days: Days, day: date) -> None:
    """Some of those who go to the clubs may be photographed."""
    query = select(FamilyMember).join(ClubParticipant, ClubParticipant.member_id == FamilyMember.id)
    query = query.where(FamilyMember.left_on.is_(None)).order_by(FamilyMember.id)
    for member in list(db.session.scalars(query.distinct()))[:PHOTOGRAPHED]:
        for signer in photo_consents.signers(member)[:1]:
            photo_consents.give_consent(member.id, signer.id, day, None, days.people["pedagogue"])


def _enrolled(days: Days, day: date) -> None:
    """All that is signed with a family that the consilium has just enrolled, and the orders of the meeting."""
    worker = days.people["pedagogue"]
    decisions = {row.kind: row for row in db.session.scalars(select(Decision).where(Decision.carried))}
    patronage = db.session.get_one(Patronage, decisions["enroll"].patronage_id)
    family_id, patronage_id = patronage.family_id, patronage.id
    mother, child = _person(family_id, "representative"), _person(family_id, "minor")
    agreements.sign_agreement(family_id, worker, number="7", signed_on=day, representative_id=mother.id)
    seen = named.version(child)
    named.correct(FamilyMember.__tablename__, child.id, named.proposed(child) | texts.OF_NAME, worker, seen)
    for code, of in (
        ("application", patronage_id),
        ("consent", mother.id),
        ("personal-data-consent", mother.id),
        ("survey-report", patronage_id),
        ("service-agreement", patronage_id),
    ):
        _registered(code, of, day, worker, code != "survey-report")
    for kind in ("enroll", "remove"):
        code = {"enroll": "enrollment-order", "remove": "removal-order"}[kind]
        _registered(code, decisions[kind].id, day, days.people["secretary"], True)
    _registered(
        "closing-analysis",
        db.session.get_one(Patronage, decisions["remove"].patronage_id).id,
        day,
        days.head,
        True,
    )


def _person(family_id: int, kind: str) -> FamilyMember:
    query = select(FamilyMember).where(FamilyMember.family_id == family_id, FamilyMember.kind == kind)
    return db.session.scalars(query.order_by(FamilyMember.id).limit(1)).one()


def _withdrawn(days: Days, day: date) -> None:
    """A family moves and takes its consent back: the work with it stops."""
    case, consent = next(found for one in reversed(days.cases) if (found := _consented(one)))
    consents.withdraw_consent(consent.id, day, texts.WITHDRAWN, case.lead_id)
    days.cases.remove(case)


def _consented(case: Case) -> tuple[Case, Consent] | None:
    query = select(Consent).where(Consent.family_id == case.family_id, Consent.withdrawn_on.is_(None))
    found = db.session.scalars(query.order_by(Consent.id).limit(1)).first()
    return (case, found) if case.regime == "planned" and found else None


def _of_the_work(days: Days, day: date) -> None:
    """Plans and sheets of visits; one plan was printed with a mistake, and is void."""
    worker = days.people["pedagogue"]
    for number, plan_id in enumerate(_ids(select(Plan.id).where(Plan.state == "in_force"), Plan.id, PLANS)):
        paper_id = _registered("support-plan", plan_id, day, worker, number == 1)
        if number == 0:
            papers.void(paper_id, texts.VOID, worker)
            _registered("support-plan", plan_id, day, worker, True)
    visits = select(Contact.id).join(JournalEntry, JournalEntry.contact_id == Contact.id)
    visits = visits.where(JournalEntry.state == "checked", Contact.kind == "visit")
    for number, contact_id in enumerate(_ids(visits, Contact.id.desc(), SHEETS)):
        _registered("visit-sheet", contact_id, day, worker, number < SHEETS - 1)


def _ids(query: Any, order: Any, most: int) -> list[int]:
    return list(db.session.scalars(query.order_by(order).limit(most)))


def _of_the_center(days: Days, day: date) -> None:
    """The journal and the report of the last month."""
    month = periods.month(day.replace(day=1) - DAY)
    for code in ("service-journal", "period-report"):
        _registered(code, month.id, day, days.head, code == "service-journal")


def _registered(code: str, object_id: int, day: date, actor_id: int, is_signed: bool) -> int:
    """Give the paper its number; its scan is the sheet itself, as it would come back from the table."""
    paper_id = papers.register(catalog.KINDS[code], object_id, day, actor_id).id
    if is_signed:
        paper = db.session.get_one(Paper, paper_id, populate_existing=True)
        scan = scans.clean(io.BytesIO(papers.pdf_of(paper)))
        papers.attach_scan(paper_id, scan, day, actor_id)
    return paper_id
