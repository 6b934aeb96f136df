"""What changes an application and a survey.

While a survey is awaited its deadline is counted whenever it is read; the day it was due by is then kept with it.
"""

from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import audit, clock
from portal.alerts.actions import raise_alert
from portal.audit import Event
from portal.db import atomic, refused_by
from portal.families.actions import locked_patronage
from portal.families.models import Family
from portal.intake.models import Intake, Survey
from portal.intake.queries import survey_days
from portal.patronage.loads import candidates
from portal.patronage.models import Patronage
from portal.rules import N_, RuleBroken
from portal.rules import intake as rules
from portal.rules.alerts import Kind
from portal.settings.calendar import calendar

TEXTS = ("housing", "income", "health", "upbringing", "relations", "needs", "conclusion")


def changed_meanwhile() -> RuleBroken:
    """Somebody else has saved since the form was opened."""
    return RuleBroken(
        "changed_meanwhile",
        N_("Somebody has changed this meanwhile. See below what stands there now; what you typed is kept."),
    )


def save_intake(
    family_id: int,
    actor_id: int,
    seen: int,
    *,
    kind: str,
    body: str,
    received_on: date,
    about: str,
    course_ended_on: date | None,
    course_reason: str,
) -> None:
    """Enter how the family came, or correct it. `seen` is the version the form was filled from, 0 for none.

    Raises received_date, no_body, wrong_state, decided, changed_meanwhile, and when a survey is there what
    check_survey raises.
    """
    rules.check_received(received_on, clock.today())
    rules.check_source(kind, body)
    with atomic() as s:
        patronage = locked_patronage(s, family_id)
        row = s.scalar(select(Intake).where(Intake.patronage_id == patronage.id))
        rules.check_enter(patronage.status, row is not None)
        if (row.version if row else 0) != seen:
            raise changed_meanwhile()
        family = s.get_one(Family, family_id)
        old = _facts(row, family) if row else {"course_ended_on": family.course_ended_on}
        family.course_ended_on = course_ended_on
        event = Event.INTAKE_CHANGED if row else Event.INTAKE_ENTERED
        row = row or Intake(
            patronage_id=patronage.id, version=0, entered_by_id=actor_id, entered_at=clock.now()
        )
        moved, row.received_on = row.received_on != received_on, received_on
        row.kind, row.body, row.about = kind, body if kind == rules.Source.SIGNAL else "", about
        row.course_reason, row.version = course_reason, row.version + 1
        with refused_by("uq_intakes_patronage_id", changed_meanwhile()):
            s.add(row)
        if moved:
            _judge_survey(s, patronage, received_on)
        audit.record(s, event, actor_id, row, old=old, new=_facts(row, family))


def _facts(row: Intake, family: Family) -> dict[str, Any]:
    return {
        "kind": row.kind,
        "body": row.body,
        "received_on": row.received_on,
        "about": f"{len(row.about)} characters",
        "course_ended_on": family.course_ended_on,
        "course_reason": bool(row.course_reason),
    }


def _judge_survey(s: Session, patronage: Patronage, received_on: date) -> None:
    """A survey that is there is judged by the corrected day."""
    survey = s.scalar(select(Survey).where(Survey.patronage_id == patronage.id))
    if survey is not None:
        due = rules.due_on(received_on, survey_days(), calendar())
        rules.check_survey(survey.done_on, received_on, due, survey.late_reason, clock.today())
        survey.due_on = due
        s.flush()


def save_survey(
    family_id: int,
    actor_id: int,
    seen: int,
    *,
    is_head: bool,
    done_on: date,
    conducted_by_id: int,
    late_reason: str,
    present: str,
    **texts: str,
) -> None:
    """Write up the survey of living conditions, or correct it; `texts` are those of TEXTS.

    Raises no_intake, survey_date, survey_late, not_author, no_colleague, wrong_state, decided, changed_meanwhile.
    """
    with atomic() as s:
        patronage = locked_patronage(s, family_id)
        row = s.scalar(select(Survey).where(Survey.patronage_id == patronage.id))
        rules.check_enter(patronage.status, row is not None)
        if row is not None:
            rules.check_corrector(row.author_id, actor_id, is_head)
        if (row.version if row else 0) != seen:
            raise changed_meanwhile()
        received_on = _received(s, patronage)
        due = row.due_on if row else rules.due_on(received_on, survey_days(), calendar())
        rules.check_survey(done_on, received_on, due, late_reason, clock.today())
        if row is None or row.conducted_by_id != conducted_by_id:
            _check_colleague(conducted_by_id)
        old = _survey_facts(row) if row else {}
        before = {name: getattr(row, name) for name in TEXTS} if row else {}
        event = Event.SURVEY_CORRECTED if row else Event.SURVEY_WRITTEN
        row = row or Survey(
            patronage_id=patronage.id, version=0, due_on=due, author_id=actor_id, written_at=clock.now()
        )
        row.done_on, row.conducted_by_id, row.present = done_on, conducted_by_id, present
        row.late_reason, row.version = late_reason, row.version + 1
        for name in TEXTS:
            setattr(row, name, texts.get(name, ""))
        with refused_by("uq_surveys_patronage_id", changed_meanwhile()):
            s.add(row)
        if event == Event.SURVEY_WRITTEN and done_on > due:
            raise_alert(s, patronage.id, Kind.LATE_SURVEY, actor_id, text=late_reason)
        changed = [name for name in TEXTS if before.get(name, "") != getattr(row, name)]
        audit.record(s, event, actor_id, row, old=old, new=_survey_facts(row) | {"texts": changed})


def _received(s: Session, patronage: Patronage) -> date:
    found = s.scalar(select(Intake.received_on).where(Intake.patronage_id == patronage.id))
    if found is None:
        raise RuleBroken(
            "no_intake",
            N_("Enter the application or signal first: the time for the survey runs from its day."),
        )
    return found


def _check_colleague(user_id: int) -> None:
    if user_id not in {one.id for one in candidates()}:
        raise RuleBroken("no_colleague", N_("Choose a colleague."))


def _survey_facts(row: Survey) -> dict[str, Any]:
    return {
        "done_on": row.done_on,
        "due_on": row.due_on,
        "conducted_by": row.conducted_by_id,
        "late_reason": bool(row.late_reason),
    }
