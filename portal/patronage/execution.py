"""What a decision of the consilium does to a patronage, inside the transaction that decides."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import update
from sqlalchemy.orm import Session

from portal.clubs import departures
from portal.contacts import standing, stops
from portal.patronage import regimes
from portal.patronage.models import Assignment, Patronage
from portal.rules import lifecycle


def enroll_family(
    s: Session,
    patronage: Patronage,
    day: date,
    *,
    regime: str,
    term: str,
    ends_on: date | None,
    lead_id: int,
    involved: Iterable[int],
    actor_id: int,
) -> None:
    """Put the family on patronage from `day` on and open its assignments (R2, R6). Raises wrong_state."""
    patronage.status = lifecycle.after(patronage.status, lifecycle.Event.ENROLLED)
    patronage.stage = lifecycle.Stage.PREPARATORY
    patronage.enrolled_on, patronage.regime, patronage.term, patronage.ends_on = day, regime, term, ends_on
    _close_assignments(s, patronage, day, actor_id)
    people = [(lead_id, "lead"), *((user_id, "involved") for user_id in sorted(set(involved) - {lead_id}))]
    s.add_all(
        Assignment(
            patronage_id=patronage.id, user_id=user_id, kind=kind, starts_on=day, decided_by_id=actor_id
        )
        for user_id, kind in people
    )
    standing.refresh(s, patronage)
    departures.come_back(
        s, patronage.family_id, actor_id, book=False
    )  # a decision never fails because of a club


def remove_family(s: Session, patronage: Patronage, day: date, *, reason: str, actor_id: int) -> None:
    """Take the family off patronage on `day`; its assignments end, planned contacts are called off (R2).

    An emergency start that waited is over with it; so are its places in clubs. Raises wrong_state.
    """
    patronage.status = lifecycle.after(patronage.status, lifecycle.Event.REMOVED)
    patronage.removed_on, patronage.removal_reason = day, reason
    regimes.close_emergency(s, patronage, day, "removed")
    _close_assignments(s, patronage, day, actor_id)
    stops.end(s, patronage, day)
    departures.leave(s, patronage.family_id, day, actor_id)


def change_term(patronage: Patronage, term: str, ends_on: date | None) -> None:
    """Another term, or another end of it (R5)."""
    patronage.term, patronage.ends_on = term, ends_on


def ratify_emergency(s: Session, patronage: Patronage, day: date, carried: bool, decision_id: int) -> None:
    """The emergency start is ratified; or ended, and the regime before it is back from the day on (DOMAIN §3)."""
    row = regimes.open_emergency(s, patronage.id)
    if row is None:
        return
    regimes.close_emergency(s, patronage, day, "ratified" if carried else "ended")
    if not carried:
        regimes.change_regime(s, patronage, day, row.former, decision_id=decision_id, emergency_id=row.id)


def refuse_family(s: Session, patronage: Patronage) -> None:
    """The consilium has voted against; an episode that has left its hands meanwhile stays as it is."""
    if patronage.status == lifecycle.Status.SUBMITTED:
        patronage.status = lifecycle.after(patronage.status, lifecycle.Event.REJECTED)
        s.flush()


def _close_assignments(s: Session, patronage: Patronage, day: date, actor_id: int) -> None:
    query = update(Assignment).where(Assignment.patronage_id == patronage.id, Assignment.ends_on.is_(None))
    s.execute(query.values(ends_on=day, decided_by_id=actor_id))
