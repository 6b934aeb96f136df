"""What `flask check` asks of intake: R8 of surveys, R19 of agreements."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import func, or_, select

from portal import clock
from portal.db import db
from portal.families.models import FamilyMember
from portal.intake.models import Agreement, Intake, Survey
from portal.patronage.models import Patronage


def _rows(query: Any) -> Iterator[Any]:
    return iter(db.session.execute(query.execution_options(yield_per=2000)))


def surveys() -> Iterator[tuple[str, str]]:
    """R8: a survey follows its application; a late one has its reason."""
    query = select(Survey.id, Intake.id.label("intake")).outerjoin(
        Intake, Intake.patronage_id == Survey.patronage_id
    )
    early = or_(Intake.id.is_(None), Survey.done_on < Intake.received_on, Survey.done_on > clock.today())
    for row in _rows(query.where(early)):
        yield "R8", f"survey {row.id} does not follow an application"
    for row in _rows(select(Survey.id).where(Survey.done_on > Survey.due_on, Survey.late_reason == "")):
        yield "R8", f"survey {row.id} was late and does not say why"


def agreements() -> Iterator[tuple[str, str]]:
    """R19: one agreement in force, with a representative of the family."""
    in_force = select(Agreement.patronage_id).where(Agreement.ended_on.is_(None))
    for row in _rows(in_force.group_by(Agreement.patronage_id).having(func.count() > 1)):
        yield "R19", f"patronage {row.patronage_id} has two agreements in force"
    query = select(Agreement.id).join(Patronage, Patronage.id == Agreement.patronage_id)
    query = query.join(FamilyMember, FamilyMember.id == Agreement.representative_id)
    strange = or_(FamilyMember.family_id != Patronage.family_id, FamilyMember.kind != "representative")
    for row in _rows(query.where(strange)):
        yield "R19", f"agreement {row.id} was signed by nobody who represents the family"
