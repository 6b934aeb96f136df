"""Applications, surveys and agreements for tests, entered through the actions."""

from datetime import date
from typing import Any

from sqlalchemy import select

from portal import clock
from portal.db import db
from portal.families.models import FamilyMember
from portal.intake import actions, agreements
from portal.intake.models import Intake, Survey


def enter(family_id: int, user_id: int, seen: int = 0, **fields: Any) -> Intake:
    """The family's own application of today."""
    values: dict[str, Any] = {"kind": "application", "body": "", "received_on": clock.today(), "about": ""}
    values |= {"course_ended_on": None, "course_reason": ""}
    actions.save_intake(family_id, user_id, seen, **(values | fields))
    return db.session.scalars(select(Intake).order_by(Intake.id.desc())).first()


def survey(family_id: int, user_id: int, seen: int = 0, **fields: Any) -> Survey:
    """A survey of today."""
    values: dict[str, Any] = {"is_head": False, "done_on": clock.today(), "conducted_by_id": user_id}
    values |= {"late_reason": "", "present": "мать", "housing": "Две комнаты", "conclusion": "Нужна помощь"}
    actions.save_survey(family_id, user_id, seen, **(values | fields))
    return db.session.scalars(select(Survey).order_by(Survey.id.desc())).first()


def sign(family_id: int, user_id: int, **fields: Any) -> int:
    """An agreement of today with the first representative."""
    values: dict[str, Any] = {"number": "12/п", "signed_on": clock.today()}
    values |= {"representative_id": representative_of(family_id)}
    return agreements.sign_agreement(family_id, user_id, **(values | fields))


def representative_of(family_id: int) -> int:
    """The first representative of the family."""
    query = select(FamilyMember.id).where(
        FamilyMember.family_id == family_id, FamilyMember.kind == "representative"
    )
    return db.session.scalars(query.order_by(FamilyMember.id)).first()


def days_ago(number: int) -> date:
    """A day in the past."""
    return date.fromordinal(clock.today().toordinal() - number)
