"""R9 on rows: what a patronage is judged by, and until when its next contact must take place."""

from collections.abc import Iterable
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import clock
from portal.contacts.models import Contact, Suspension
from portal.families.models import Family
from portal.patronage.models import Patronage
from portal.rules.contacts import State
from portal.rules.norms import History, RegimeSpan, Span, next_due

JUDGED_AHEAD = timedelta(days=200)  # two quarters: the first whole one lies within


def histories(s: Session, patronage_ids: Iterable[int]) -> dict[int, History]:
    """What each patronage is judged by, in two queries.

    Of a family that came with a register the portal knows no earlier contacts: it is judged from that day on.
    """
    ids = list(patronage_ids)
    lifted: dict[int, list[Span]] = {}
    query = select(Suspension.patronage_id, Suspension.starts_on, Suspension.ends_on)
    for patronage_id, starts_on, ends_on in s.execute(query.where(Suspension.patronage_id.in_(ids))):
        lifted.setdefault(patronage_id, []).append(Span(starts_on, ends_on))
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
            spans = [RegimeSpan(max(row.enrolled_on, known), row.removed_on, row.regime)]
        found[row.id] = History(spans, lifted.get(row.id, []))
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
