"""What changes procedures: a new version."""

from datetime import date

from portal import audit, clock
from portal.audit import Event
from portal.db import atomic, refused_by
from portal.procedures.models import Procedure, ProcedureStep
from portal.procedures.queries import TEXTS, last_version, template
from portal.rules import N_, RuleBroken, procedures
from portal.rules.procedures import Template


def publish(new: Template, starts_on: date, note: str, based_on: int, actor_id: int) -> int:
    """Put an edited template in force from the day on, as the version after `based_on`. Gives its id.

    Contacts begun before keep their copy. Raises what check_template and check_start do, and newer_version.
    """
    with atomic() as s:
        last = last_version(s, new.code)
        if last.version != based_on:
            raise _newer(last.version)
        procedures.check_template(new, template(s, last))
        procedures.check_start(starts_on, clock.today(), last.starts_on)
        row = Procedure(
            code=new.code,
            version=last.version + 1,
            starts_on=starts_on,
            size=len(new.steps),
            minutes_before=new.minutes["preparation"],
            minutes_contact=new.minutes["contact"],
            minutes_after=new.minutes["recording"],
            note=note,
            made_by_id=actor_id,
            made_at=clock.now(),
        )
        with refused_by("uq_procedures_code_version", _newer(last.version + 1)):
            s.add(row)
        for position, step in enumerate(new.steps, 1):
            texts = {name: getattr(step, name) for name in TEXTS}
            s.add(ProcedureStep(procedure_id=row.id, position=position, **texts))
        facts = {"code": new.code, "version": row.version, "starts_on": starts_on, "steps": row.size}
        audit.record(s, Event.PROCEDURE_PUBLISHED, actor_id, row, new=facts)
        return row.id


def _newer(version: int) -> RuleBroken:
    return RuleBroken(
        "newer_version",
        N_(
            "Version %(version)s was published meanwhile. See below what it changed, then publish yours after it."
        ),
        version=version,
    )
