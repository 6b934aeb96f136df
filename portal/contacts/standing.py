"""R9 on rows: what a patronage is judged by, and until when its next contact must take place."""

from collections.abc import Iterable
from datetime import date, timedelta

from sqlalchemy import bindparam, select, union_all, update
from sqlalchemy.orm import Session

from portal import clock
from portal.contacts.models import Contact, Suspension
from portal.families.models import Family
from portal.norms.models import Exemption
from portal.norms.queries import versions
from portal.patronage.models import Patronage, RegimeChange
from portal.rules.contacts import State
from portal.rules.norms import History, Span, next_due, regime_spans

JUDGED_AHEAD = timedelta(days=200)  # two quarters: the first whole one lies within
BATCH = 500


def histories(s: Session, patronage_ids: Iterable[int]) -> dict[int, History]:
    """What each patronage is judged by, in a fixed number of queries.

    Of a family that came with a register the portal knows no earlier contacts: it is judged from that day on.
    """
    ids = list(patronage_ids)
    law = versions(s)
    lifted: dict[int, list[Span]] = {}
    spans_of = [
        select(table.patronage_id, table.starts_on, table.ends_on).where(table.patronage_id.in_(ids))
        for table in (Suspension, Exemption)
    ]
    for patronage_id, starts_on, ends_on in s.execute(union_all(*spans_of)):
        lifted.setdefault(patronage_id, []).append(Span(starts_on, ends_on))
    changes = _changes(s, ids)
    columns = (
        Patronage.id,
        Patronage.regime,
        Patronage.enrolled_on,
        Patronage.removed_on,
        Patronage.imported,
    )
    rows = s.execute(
        select(*columns, Family.created_at)
        .join(Family, Family.id == Patronage.family_id)
        .where(Patronage.id.in_(ids))
    )
    found = {}
    for row in rows:
        known = clock.local(row.created_at).date() if row.imported else date.min
        spans = []
        if row.enrolled_on and row.regime:
            first = max(row.enrolled_on, known)
            spans = regime_spans(first, row.removed_on, row.regime, changes.get(row.id, []))
        found[row.id] = History(spans, lifted.get(row.id, []), law)
    return found


def _changes(s: Session, ids: list[int]) -> dict[int, list[tuple[date, str, str]]]:
    """The changes of the regimes in their order: from which day, former, new."""
    found: dict[int, list[tuple[date, str, str]]] = {}
    columns = (RegimeChange.patronage_id, RegimeChange.from_on, RegimeChange.former, RegimeChange.regime)
    query = select(*columns).where(RegimeChange.patronage_id.in_(ids))
    for patronage_id, from_on, former, regime in s.execute(
        query.order_by(RegimeChange.from_on, RegimeChange.id)
    ):
        found.setdefault(patronage_id, []).append((from_on, former, regime))
    return found


def days_of_contacts(s: Session, patronage_ids: Iterable[int], since: date) -> dict[int, list[date]]:
    """The days of the contacts that took place since, by patronage."""
    found: dict[int, list[date]] = {}
    query = select(Contact.patronage_id, Contact.day).where(
        Contact.patronage_id.in_(list(patronage_ids)), Contact.state == State.DONE, Contact.day >= since
    )
    for patronage_id, day in s.execute(query.order_by(Contact.day)):
        found.setdefault(patronage_id, []).append(day)
    return found


def refresh(s: Session, patronage: Patronage) -> None:
    """Inside a transaction: work out anew by when the next contact must take place.

    The day stays when it goes by, and so says that the family is late; the next contact moves it on.
    """
    s.flush()
    today = clock.today()
    if patronage.status != "enrolled":
        patronage.next_contact_on = None
        return
    history = histories(s, [patronage.id])[patronage.id]
    days = days_of_contacts(s, [patronage.id], today - JUDGED_AHEAD).get(patronage.id, [])
    patronage.next_contact_on = next_due(history, days, today, today + JUDGED_AHEAD)


def refresh_all(s: Session) -> None:
    """Inside a transaction: the same for every family on patronage, after the norms have changed."""
    refresh_several(s, list(s.scalars(select(Patronage.id).where(Patronage.status == "enrolled"))))


def refresh_several(s: Session, patronage_ids: Iterable[int]) -> None:
    """Inside a transaction: the same for several, in a number of statements that grows with their batches alone."""
    s.flush()
    today, table, ids = clock.today(), Patronage.__table__, sorted(patronage_ids)
    new = update(table).where(table.c.id == bindparam("row")).values(next_contact_on=bindparam("due"))  # type: ignore[arg-type]
    for start in range(0, len(ids), BATCH):
        here = Patronage.id.in_(ids[start : start + BATCH])
        batch = list(s.scalars(select(Patronage.id).where(here, Patronage.status == "enrolled")))
        found, days = histories(s, batch), days_of_contacts(s, batch, today - JUDGED_AHEAD)
        rows = [
            {"row": one, "due": next_due(found[one], days.get(one, []), today, today + JUDGED_AHEAD)}
            for one in batch
        ]
        if rows:
            s.connection().execute(new, rows)
    s.expire_all()
