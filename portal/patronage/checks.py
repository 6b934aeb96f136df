"""What `flask check` asks of patronages: decisions carried out, the regime and its changes, emergency starts."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from sqlalchemy import and_, exists, func, or_, select

from portal.consilium.models import Decision, Item
from portal.db import db
from portal.patronage.models import Emergency, Patronage, RegimeChange

Fault = tuple[str, str]


def _rows(query: Any) -> Iterator[Any]:
    return iter(db.session.execute(query.execution_options(yield_per=2000)))


def _undone() -> dict[str, Any]:
    """By what was decided: that it is not to be seen of the patronage."""
    changed = exists().where(RegimeChange.decision_id == Decision.id, RegimeChange.regime == Item.regime)
    ended = exists().where(
        Emergency.patronage_id == Decision.patronage_id, Emergency.closed_on == Decision.decided_on
    )
    return {
        "refuse": Patronage.status != "refused",
        "remove": Patronage.status != "removed",
        "transfer": or_(Patronage.status != "removed", Patronage.removal_reason != Item.reason),
        "regime": ~changed,
        "ratify": ~ended.where(Emergency.outcome == "ratified"),
        "not ratify": ~ended.where(Emergency.outcome == "ended"),
    }


def decisions_done() -> Iterator[Fault]:
    """R2, R5: what the consilium has decided was carried out with the decision."""
    query = select(Decision.id).join(Item, Item.id == Decision.item_id)
    query = query.join(Patronage, Patronage.id == Decision.patronage_id)
    for code, undone in _undone().items():
        kind = code.removeprefix("not ")
        for row in _rows(query.where(Decision.kind == kind, Decision.carried.is_(kind == code), undone)):
            yield "R2", f"decision {row.id} ({code}) was not carried out"
    setting = and_(Decision.kind.in_(("enroll", "term", "extend")), Decision.carried)
    latest = select(func.max(Decision.id)).where(setting).group_by(Decision.patronage_id)
    other = or_(
        Patronage.ends_on.is_distinct_from(Item.ends_on),
        and_(Decision.kind != "extend", Patronage.term != Item.term),
    )
    for row in _rows(query.where(Decision.id.in_(latest), other)):
        yield "R5", f"decision {row.id} on the term was not carried out"


def regimes() -> Iterator[Fault]:
    """R9: each change of the regime goes on from the one before, and the last one holds."""
    changes: dict[int, list[Any]] = {}
    query = select(RegimeChange.patronage_id, RegimeChange.former, RegimeChange.regime)
    for row in _rows(query.order_by(RegimeChange.patronage_id, RegimeChange.from_on, RegimeChange.id)):
        changes.setdefault(row.patronage_id, []).append(row)
    now = dict(db.session.execute(select(Patronage.id, Patronage.regime)).all()) if changes else {}
    for patronage_id, found in changes.items():
        if any(one.regime != following.former for one, following in pairwise(found)):
            yield "R9", f"the changes of the regime of patronage {patronage_id} do not follow each other"
        if found[-1].regime != now[patronage_id]:
            yield "R9", f"patronage {patronage_id} has another regime than its last change says"


def emergencies() -> Iterator[Fault]:
    """DOMAIN §3: an emergency start waits only while the family is on patronage under that regime."""
    waits = select(Emergency.id).join(Patronage, Patronage.id == Emergency.patronage_id)
    waits = waits.where(Emergency.outcome.is_(None))
    over = or_(Patronage.status.not_in(("enrolled", "suspended")), Patronage.regime != "emergency")
    for row in _rows(waits.where(over)):
        yield "R2", f"emergency start {row.id} waits although its patronage has no such regime"


WALKS = (decisions_done, regimes, emergencies)
