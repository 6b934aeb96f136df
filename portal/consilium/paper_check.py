"""Whether the paper of the minutes and the database say the same, and what was changed where they do not."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import func, select

from portal import audit
from portal.audit import AuditEntry, Event
from portal.consilium import proof, walks
from portal.consilium.digest import digest
from portal.consilium.minutes_models import Minutes
from portal.consilium.models import Item, Meeting
from portal.consilium.walks import Walked
from portal.db import db

SHORTEST = 16  # of the code typed by hand: 64 bits
OPENED, ENDED = (Event.MEETING_OPENED,), (Event.MEETING_CLOSED, Event.MEETING_WITHOUT_QUORUM)


@dataclass(frozen=True)
class Compared:
    """`paper`: the code is of these minutes; `record`: the rows give the same digest as when they were offered;
    `chain`: the audit log up to then is whole and ends as the paper says, None while it is being walked. `faults`:
    rows by table and what was done. `held`: how many entries of the meeting itself were walked now; `walked`: the walk.
    """

    minutes: Minutes
    paper: bool
    record: bool
    chain: bool | None
    held: int
    walked: Walked | None
    faults: Mapping[tuple[str, str], int] = field(default_factory=dict)

    @property
    def agrees(self) -> bool | None:
        """Whether all of it agrees; None while it is not known yet."""
        return self.chain if self.paper and self.record else False


def compare(meeting: Meeting, code: str) -> Compared | None:
    """The paper with this code against the database; None while no minutes are offered.

    Nothing is compared before that: whoever tries codes must not learn from it how hidden votes stand.
    """
    row = db.session.get(Minutes, meeting.id)
    if row is None or row.offered_at is None or row.chain_id is None:
        return None
    typed = code.strip().lower()
    paper = len(typed) >= SHORTEST and row.digest.startswith(typed)
    record = digest(meeting.id) == row.digest
    held, whole = _held(meeting, row.chain_id)
    walked = walks.latest(doubted=not record)
    chain = _chain(row.chain_id, walked) if whole and _ends_so(row.chain_id, row.chain) else False
    faults = {} if record or walked is None else _of(meeting.id, walked.found.faults)
    return Compared(row, paper, record, chain, held, walked, faults)


def _held(meeting: Meeting, until: int) -> tuple[int, bool]:
    """How many entries were made while the meeting was held, and whether they are whole at this moment."""
    if meeting.opened_at is None:
        return 0, True
    here = (AuditEntry.kind == "meetings", AuditEntry.object_id == meeting.id)
    first, last = (
        db.session.scalar(select(which).where(*here, AuditEntry.event.in_(events)))
        for which, events in ((func.min(AuditEntry.id), OPENED), (func.max(AuditEntry.id), ENDED))
    )
    if first is None:
        return 0, False
    last = min(last or until, until)
    before = db.session.scalar(select(AuditEntry.hash).where(AuditEntry.id == first - 1))
    link, fault = audit.walk(audit.Link(first - 1, before or audit.FIRST), last)
    return last - first + 1, fault is None and link.id == last


def _ends_so(number: int, chain: str) -> bool:
    """Whether the entry is the one that the paper names."""
    entry = db.session.execute(audit.reading().where(AuditEntry.id == number)).mappings().first()
    return entry is not None and entry["hash"] == chain and audit.genuine(dict(entry))


def _chain(until: int, walked: Walked | None) -> bool | None:
    """Whether the log is whole up to this entry: as it was walked, and what has come since as it is now."""
    if walked is None:
        return None
    link = walked.found.link
    if link.id < until and not walked.found.broken:
        link, _fault = audit.walk(link, until)
    return link.id >= until


def _of(meeting_id: int, faults: Iterable[proof.Fault]) -> dict[tuple[str, str], int]:
    """How many rows of the meeting, by table and what was done to them."""
    items = set(db.session.scalars(select(Item.id).where(Item.meeting_id == meeting_id)))
    found = list(faults)
    items |= {one.ids["id"] for one in found if one.table == "items" and one.ids["meeting_id"] == meeting_id}

    def here(one: proof.Fault) -> bool:
        of = one.ids["id"] if one.table == "meetings" else one.ids.get("meeting_id")
        return of == meeting_id or one.ids.get("item_id") in items

    return dict(Counter((one.table, one.how) for one in found if here(one)))
