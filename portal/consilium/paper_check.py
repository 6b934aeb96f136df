"""Whether the paper of the minutes and the database say the same, and what was changed where they do not."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from portal import audit
from portal.consilium import proof
from portal.consilium.digest import digest
from portal.consilium.ledger import ledger
from portal.consilium.minutes_models import Minutes
from portal.consilium.models import Item, Meeting
from portal.db import db

SHORTEST = 16  # of the code typed by hand: 64 bits


@dataclass(frozen=True)
class Compared:
    """`paper`: the code is of these minutes; `record`: the rows give the same digest as when they were offered;
    `chain`: the audit log up to then is whole and ends as the paper says. `faults`: rows by table and what was done.
    """

    minutes: Minutes
    paper: bool
    record: bool
    chain: bool
    faults: Mapping[tuple[str, str], int] = field(default_factory=dict)

    @property
    def agrees(self) -> bool:
        """Whether all of it agrees."""
        return self.paper and self.record and self.chain


def compare(meeting: Meeting, code: str) -> Compared | None:
    """The paper with this code against the database; None while no minutes are offered.

    Nothing is compared before that: whoever tries codes must not learn from it how hidden votes stand.
    """
    row = db.session.get(Minutes, meeting.id)
    if row is None or row.offered_at is None:
        return None
    typed = code.strip().lower()
    paper = len(typed) >= SHORTEST and row.digest.startswith(typed)
    record = digest(meeting.id) == row.digest
    ends: list[str] = []
    with ledger() as book:

        def seen(entry: Mapping[str, Any]) -> None:
            if entry["id"] == row.chain_id:
                ends.append(entry["hash"])
            if not record:
                book.read(entry)

        _whole, broken = audit.verify(seen)
        faults = [] if record or broken else list(proof.compare(book))
    return Compared(row, paper, record, ends == [row.chain], _of(meeting.id, faults))


def _of(meeting_id: int, faults: Iterable[proof.Fault]) -> dict[tuple[str, str], int]:
    """How many rows of the meeting, by table and what was done to them."""
    items = set(db.session.scalars(select(Item.id).where(Item.meeting_id == meeting_id)))
    found = list(faults)
    items |= {one.ids["id"] for one in found if one.table == "items" and one.ids["meeting_id"] == meeting_id}

    def here(one: proof.Fault) -> bool:
        of = one.ids["id"] if one.table == "meetings" else one.ids.get("meeting_id")
        return of == meeting_id or one.ids.get("item_id") in items

    return dict(Counter((one.table, one.how) for one in found if here(one)))
