"""Families that come to the demo center these days, the next meeting, and a colleague on leave."""

from datetime import date, time, timedelta
from functools import partial

from sqlalchemy import select

from portal.consilium import actions as consilium
from portal.consilium import agenda
from portal.db import db
from portal.demo import texts
from portal.demo.days import Days, worked_before, working
from portal.deputies import actions as deputies
from portal.families import actions as families
from portal.families import consents
from portal.families.models import FamilyMember
from portal.families.values import FamilyValues, MemberValues
from portal.intake import actions as intake
from portal.patronage import actions as patronage
from portal.patronage.models import Assignment, Patronage
from portal.rules import RuleBroken
from portal.rules.names import parse_full_name
from portal.rules.norms import DAY
from portal.settings.calendar import calendar

NEW = (  # days ago, representative, child, phone; how far they are
    (45, "Заяц Алла Евгеньевна", "Заяц Егор Денисович", "+79125550100", "submitted"),
    (24, "Ефимова Дарья Олеговна", "Ефимов Лев Ильич", "+79125550101", "submitted"),
    (9, "Рябова Ольга Николаевна", "Рябова Ника Павловна", "+79125550102", "late"),
    (1, "Шилова Инна Андреевна", "Шилов Марк Денисович", "+79125550103", "new"),
)


def plan(days: Days) -> None:
    """Who comes when."""
    for ago, mother, child, phone, how in NEW:
        days.on(worked_before(days.today - ago * DAY), partial(_comes, days, mother, child, phone, how))
    days.on(days.today - DAY, partial(_meeting, days))
    days.on(days.today - 2 * DAY, partial(_leave, days))


def _comes(days: Days, mother: str, child: str, phone: str, how: str, day: date) -> None:
    worker = days.people["pedagogue"]
    members = (
        MemberValues("representative", parse_full_name(mother), "мать", phone=phone),
        MemberValues("minor", parse_full_name(child), birth_date=date(day.year - 8, 5, 14)),
    )
    values = FamilyValues(
        members, "ул. Садовая, 12", phone, course_ended_on=day - 7 * DAY, categories=("hardship",)
    )
    family_id = families.create_family(values, worker)
    intake.save_intake(
        family_id, worker, 0, kind="application", body="", received_on=day, about=texts.ASKS,
        course_ended_on=day - 7 * DAY, course_reason="",
    )  # fmt: skip
    if how != "submitted":
        return
    done = calendar().add_working_days(day, 2)
    days.on(done, partial(_survey, family_id, worker))
    days.on(done + DAY, partial(_consents, family_id, worker))


def _survey(family_id: int, worker: int, day: date) -> None:
    intake.save_survey(
        family_id, worker, 0, is_head=False, done_on=day, conducted_by_id=worker, late_reason="",
        present="мать, бабушка", **texts.SURVEY,
    )  # fmt: skip


def _consents(family_id: int, worker: int, day: date) -> None:
    query = select(FamilyMember.id).where(FamilyMember.family_id == family_id)
    mother = db.session.scalars(query.where(FamilyMember.kind == "representative")).one()
    consents.record_consent(family_id, worker, mother, day)
    families.submit_family(family_id, worker)


def _meeting(days: Days, _day: date) -> None:
    """The next meeting is convened: one family to enroll, one to remove."""
    secretary, chair = days.people["secretary"], days.people["chair"]
    held_on = working(days.today + 2 * DAY)
    meeting_id = consilium.create_meeting(held_on, time(14), "каб. 12", "", secretary)
    waiting = select(Patronage.id).where(Patronage.status == "submitted", Patronage.latest)
    patronage_id = db.session.scalar(waiting.order_by(Patronage.id).limit(1))
    if patronage_id is not None:
        agenda.add_enroll_item(
            meeting_id, patronage_id, regime="planned", term="long", ends_on=None,
            lead_id=days.people["pedagogue"], involved=[days.people["psychologist"]], actor_id=secretary,
        )  # fmt: skip
    case = next(one for one in days.cases if one.regime == "control")
    patronage.write_analysis(case.patronage_id, texts.ANALYSIS, case.lead_id)
    agenda.add_remove_item(meeting_id, case.patronage_id, reason="aims_reached", actor_id=secretary)
    consilium.convene(meeting_id, chair)


def _leave(days: Days, _day: date) -> None:
    """A lead is on leave; the pedagogue stands in."""
    deputy = days.people["pedagogue"]
    leads = select(Assignment.user_id).where(Assignment.kind == "lead", Assignment.ends_on.is_(None))
    away = db.session.scalars(leads.where(Assignment.user_id != deputy).order_by(Assignment.user_id)).first()
    if away is None:
        return
    try:
        deputies.name_deputy(
            away, deputy, days.head, starts_on=days.today, ends_on=days.today + timedelta(11), reason="leave"
        )
    except RuleBroken:  # she cannot stand in for this colleague
        return
