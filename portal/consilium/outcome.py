"""What a decision does, in the transaction that decides: each kind of item carried, and each rejected."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from portal.consilium import agenda
from portal.consilium.models import Decision, Item
from portal.patronage import execution, regimes
from portal.patronage.models import Patronage
from portal.rules.enrollment import Term
from portal.rules.items import Kind


@dataclass(frozen=True)
class Deed:
    """What is decided on, and by whom it is carried out."""

    s: Session
    item: Item
    patronage: Patronage
    decision: Decision
    actor_id: int


def carry_out(s: Session, item: Item, decision: Decision, actor_id: int) -> dict[str, object]:
    """Do what was decided; gives what is another now of the patronage, for the log. A free question changes nothing.

    Raises what the execution raises: then nothing is decided.
    """
    if item.patronage_id is None:
        return {}
    patronage = s.get_one(Patronage, item.patronage_id, with_for_update=True, populate_existing=True)
    before = _told(patronage)
    deed = (CARRIED if decision.carried else REJECTED).get(Kind(item.kind))
    done = (deed(Deed(s, item, patronage, decision, actor_id)) if deed else None) or {}
    return done | {name: value for name, value in _told(patronage).items() if value != before[name]}


def _told(patronage: Patronage) -> dict[str, object]:
    return {
        "patronage": str(patronage.status),
        "regime": patronage.regime,
        "term": patronage.term,
        "ends_on": patronage.ends_on,
        "removal_reason": patronage.removal_reason,
    }


def _enroll(deed: Deed) -> None:
    item = deed.item
    execution.enroll_family(
        deed.s,
        deed.patronage,
        deed.decision.decided_on,
        regime=item.regime or "",
        term=item.term or "",
        ends_on=item.ends_on,
        lead_id=item.lead_id or 0,
        involved=agenda.involved_in(deed.s, item.id),
        actor_id=deed.actor_id,
    )


def _refuse(deed: Deed) -> None:
    execution.refuse_family(deed.s, deed.patronage)


def _remove(deed: Deed) -> dict[str, object]:
    day, reason = deed.decision.decided_on, deed.item.reason or ""
    execution.remove_family(deed.s, deed.patronage, day, reason=reason, actor_id=deed.actor_id)
    return {"place": deed.item.place} if deed.item.kind == Kind.TRANSFER else {}


def _regime(deed: Deed) -> None:
    day, regime = deed.decision.decided_on, deed.item.regime or ""
    regimes.change_regime(deed.s, deed.patronage, day, regime, decision_id=deed.decision.id)


def _term(deed: Deed) -> None:
    execution.change_term(deed.patronage, deed.item.term or "", deed.item.ends_on)


def _extend(deed: Deed) -> None:
    execution.change_term(deed.patronage, Term.SHORT, deed.item.ends_on)


def _ratify(deed: Deed) -> dict[str, object]:
    decision = deed.decision
    execution.ratify_emergency(deed.s, deed.patronage, decision.decided_on, decision.carried, decision.id)
    return {"emergency": "ratified" if decision.carried else "ended"}


CARRIED: Mapping[Kind, Callable[[Deed], dict[str, object] | None]] = {
    Kind.ENROLL: _enroll,
    Kind.REFUSE: _refuse,
    Kind.REMOVE: _remove,
    Kind.REGIME: _regime,
    Kind.TERM: _term,
    Kind.EXTEND: _extend,
    Kind.RATIFY: _ratify,
    Kind.TRANSFER: _remove,
}
REJECTED: Mapping[Kind, Callable[[Deed], dict[str, object] | None]] = {
    Kind.ENROLL: _refuse,
    Kind.RATIFY: _ratify,
}
