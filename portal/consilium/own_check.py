"""A member's own votes of a meeting, each held against the receipt, the audit log and the decision."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, select

from portal import audit
from portal.access import LARGEST_ID
from portal.audit import AuditEntry, Event
from portal.consilium import receipts
from portal.consilium.models import Decision, Item, ItemVoter, Meeting, Vote
from portal.db import db
from portal.families.models import Family
from portal.patronage.models import Patronage
from portal.rules.meetings import DECIDED
from portal.seals import reading, seal_of, table_of

COUNTS = ("for", "against", "abstain")


@dataclass(frozen=True)
class Finding:
    """One thing that was compared. `agrees`: yes, no, or None where there is nothing to compare yet; `code`: which."""

    code: str
    agrees: bool | None
    entry: int | None = None  # of the audit log
    at: datetime | None = None


@dataclass(frozen=True)
class Checked:
    """A vote of one's own; None when the log holds one that is gone."""

    item: Item
    surname: str  # of the family, and its number; nothing else of it is said here
    number: int | None
    vote: Vote | None
    voter: ItemVoter | None
    decision: Decision | None
    findings: list[Finding]

    @property
    def agrees(self) -> bool:
        """Whether nothing speaks against it."""
        return all(one.agrees is not False for one in self.findings)

    @property
    def state(self) -> str:
        """In one word: wrong, open, decides nothing (put off), counted, not counted."""
        if not self.agrees:
            return "wrong"
        if self.item.status not in DECIDED:
            return "open" if self.item.status == "voting" else "nothing"
        return "counted" if self.voter is None or self.voter.choice else "fell"


def checked(user_id: int, meeting: Meeting) -> list[Checked]:
    """The user's votes of the meeting; nothing is read of anybody else's."""
    rows = _items(meeting.id)
    items = {row.Item.id: row.Item for row in rows}
    family = {row.Item.id: (row.surname or "", row.number) for row in rows}
    query = select(Vote, ItemVoter, Decision).outerjoin(Decision, Decision.item_id == Vote.item_id)
    mine = and_(ItemVoter.item_id == Vote.item_id, ItemVoter.user_id == Vote.user_id)
    query = query.outerjoin(ItemVoter, mine).where(Vote.user_id == user_id, Vote.item_id.in_(items))
    entries, seals = _entries(user_id, meeting, items), _seals(user_id, items)
    sums = _sums([item_id for item_id, item in items.items() if item.status in DECIDED])
    found = {}
    for vote, voter, decision in db.session.execute(query):
        item = items[vote.item_id]
        findings = [_receipt(vote), _entry(vote, seals.get(vote.id, ""), entries.pop(vote.item_id, None))]
        if item.status in DECIDED:
            findings += [_counted(vote, voter), _decided(item, decision, sums.get(item.id))]
        found[item.id] = Checked(item, *family[item.id], vote, voter, decision, findings)
    for item_id, entry in entries.items():
        gone = Finding("gone", False, entry["id"], audit.moment_of(entry))
        found[item_id] = Checked(items[item_id], *family[item_id], None, None, None, [gone])
    return [found[item_id] for item_id in sorted(found, key=lambda one: (items[one].position, one))]


def _items(meeting_id: int) -> list[Any]:
    """The items of the meeting with surname and number of their families."""
    query = select(Item, Family.surname, Family.number).where(Item.meeting_id == meeting_id)
    query = query.outerjoin(Patronage, Patronage.id == Item.patronage_id)
    return list(db.session.execute(query.outerjoin(Family, Family.id == Patronage.family_id)))


def with_receipt(user_id: int, typed: str) -> tuple[str, Vote | None]:
    """The receipt as it is spelled, and the user's own vote that has it; a vote of another is never found."""
    receipt = receipts.spelled(typed)
    query = select(Vote).where(Vote.user_id == user_id, Vote.receipt == receipt, Vote.receipt != "")
    return receipt, db.session.scalar(query)


def _receipt(vote: Vote) -> Finding:
    if not vote.receipt:
        return Finding("no_receipt", None)
    return Finding("receipt", receipts.receipt_of(vote) == vote.receipt)


def _entries(user_id: int, meeting: Meeting, items: Mapping[int, Item]) -> dict[int, Mapping[str, Any]]:
    """The entries of the log on the user's votes, by item; votes are cast while the meeting is open."""
    first, last = (
        select(func.max(AuditEntry.id)).where(
            AuditEntry.kind == "meetings", AuditEntry.object_id == meeting.id, AuditEntry.event == event
        )
        for event in (Event.MEETING_OPENED, Event.MEETING_CLOSED)
    )
    query = audit.reading().where(
        AuditEntry.event == Event.VOTE_CAST, AuditEntry.id > first.scalar_subquery()
    )
    query = query.where(AuditEntry.id < func.coalesce(last.scalar_subquery(), LARGEST_ID))
    found: dict[int, Mapping[str, Any]] = {}
    for entry in db.session.execute(query).mappings():
        new = json.loads(entry["data"])["new"]
        if new.get("user_id") == user_id and new.get("item_id") in items:
            found[new["item_id"]] = dict(entry)
    return found


def _seals(user_id: int, items: Mapping[int, Item]) -> dict[int, str]:
    votes = table_of("votes")
    query = reading(votes).where(votes.c.user_id == user_id, votes.c.item_id.in_(items))
    return {row["id"]: seal_of("votes", dict(row)) for row in db.session.execute(query).mappings()}


def _entry(vote: Vote, seal: str, entry: Mapping[str, Any] | None) -> Finding:
    """Whether the log says the same of the vote, in an entry that only the portal can have made."""
    if entry is None:
        return Finding("unknown", False)
    said = json.loads(entry["data"])
    sealed = said.get("rows", {}).get("votes", {}).get(str(vote.id), [seal])[0] == seal
    same = entry["object_id"] == vote.id and said["new"]["choice"] == vote.choice and sealed
    return Finding("entry", audit.genuine(entry) and same, entry["id"], audit.moment_of(entry))


def _counted(vote: Vote, voter: ItemVoter | None) -> Finding:
    if voter is None:
        return Finding("no_list", None)
    if voter.choice is None:
        return Finding("recused" if voter.recused else "away", None)
    return Finding("counted", voter.choice == vote.choice)


def _sums(item_ids: list[int]) -> dict[int, tuple[int, ...]]:
    """How many of the counted votes of closed items are for, against, abstaining, and how many were present."""
    kinds = [func.count().filter(ItemVoter.choice == choice) for choice in COUNTS]
    here = func.count().filter(ItemVoter.present, ~ItemVoter.recused)
    query = select(ItemVoter.item_id, *kinds, here).where(ItemVoter.item_id.in_(item_ids))
    return {row[0]: tuple(row[1:]) for row in db.session.execute(query.group_by(ItemVoter.item_id))}


def _decided(item: Item, decision: Decision | None, sums: tuple[int, ...] | None) -> Finding:
    said = (item.votes_for, item.votes_against, item.abstained, item.present)
    carried = decision is not None and decision.carried == (item.status == "carried")
    return Finding("decision", carried and (sums is None or sums == said))
