"""What changes the regime of a patronage: decisions of the consilium, and a head who starts the emergency at once."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import audit, clock
from portal.audit import Event
from portal.contacts import standing
from portal.db import atomic, refused_by
from portal.patronage.models import Emergency, Patronage, RegimeChange
from portal.rules import N_, RuleBroken, items, lifecycle

EMERGENCY = "emergency"


def change_regime(
    s: Session,
    patronage: Patronage,
    day: date,
    regime: str,
    *,
    decision_id: int | None = None,
    emergency_id: int | None = None,
) -> None:
    """Inside a transaction: another regime from the day on; the next contact is due by it (R9)."""
    former = patronage.regime or ""
    s.add(
        RegimeChange(
            patronage_id=patronage.id,
            from_on=day,
            former=former,
            regime=regime,
            decision_id=decision_id,
            emergency_id=emergency_id,
        )
    )
    patronage.regime = regime
    standing.refresh(s, patronage)


def start_emergency(patronage_id: int, why: str, actor_id: int) -> int:
    """A head starts the emergency regime from today on; the next meeting ratifies or ends it (DOMAIN §3).

    Gives the id. Raises wrong_state unless the family is on patronage, already_emergency, why_missing.
    """
    day = clock.today()
    with atomic() as s:
        patronage = s.get_one(Patronage, patronage_id, with_for_update=True, populate_existing=True)
        lifecycle.check_enrolled(patronage.status)
        items.check_emergency(patronage.regime, why)
        former = patronage.regime or ""
        row = Emergency(patronage_id=patronage_id, former=former, why=why.strip(), started_on=day)
        row.started_by_id, row.started_at = actor_id, clock.now()
        twice = RuleBroken(
            "already_emergency",
            N_("The family is under the emergency regime already. Look at its card again."),
        )
        with refused_by("uq_emergencies_open", twice):
            s.add(row)
        change_regime(s, patronage, day, EMERGENCY, emergency_id=row.id)
        new = {"regime": EMERGENCY, "from": day, "why": row.why, "emergency_id": row.id}
        audit.record(s, Event.EMERGENCY_STARTED, actor_id, patronage, old={"regime": former}, new=new)
        return row.id


def open_emergency(s: Session, patronage_id: int) -> Emergency | None:
    """The emergency start that waits for the consilium, or None."""
    query = select(Emergency).where(Emergency.patronage_id == patronage_id, Emergency.outcome.is_(None))
    return s.scalar(query)


def close_emergency(s: Session, patronage: Patronage, day: date, outcome: str) -> str | None:
    """Inside a transaction: what waited is ratified, ended, or over with the removal. Gives the outcome, if any."""
    row = open_emergency(s, patronage.id)
    if row is None:
        return None
    row.outcome, row.closed_on = outcome, day
    return outcome
