"""What the minutes of a meeting say, as one canonical text, and its digest: paper and database are compared by it."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, select

from portal.consilium.minutes_models import Minutes
from portal.consilium.models import Item
from portal.db import db
from portal.rules.meetings import DECIDED
from portal.seals import plain, reading, table_of

VERSION = 1
COLUMNS: Mapping[str, tuple[str, ...]] = {  # of version 1; another set of columns is another version
    "meetings": (
        *("id", "number", "year", "kind", "held_on", "starts_at", "place"),
        *("quorum_share", "majority", "reasons", "opened_at", "closed_at"),
    ),
    "minutes": ("heard",),
    "meeting_seats": ("user_id", "seat", "votes", "presence"),
    "presence_marks": ("id", "user_id", "presence", "marked_at", "marked_by_id"),
    "items": (
        *("id", "position", "kind", "patronage_id", "question", "place", "speaker_id", "after_id", "status"),
        *("regime", "term", "ends_on", "lead_id", "course_reason", "reason", "opened_at", "closed_at"),
        *("votes_for", "votes_against", "abstained", "present", "by_chair"),
        *("deferral", "asked", "until_on", "discussion"),
    ),
    "item_specialists": ("item_id", "user_id"),
    "recusals": ("item_id", "user_id", "reason", "declared_by_id", "declared_at"),
    "votes": ("id", "item_id", "user_id", "choice", "cast_at", "reason", "entered_by_id"),
    "item_voters": ("item_id", "user_id", "seat", "present", "recused", "choice"),
    "decisions": ("year", "number", "item_id", "patronage_id", "kind", "carried", "decided_on"),
    "dissents": ("item_id", "user_id", "body", "stated_at"),
}


def text_of(meeting_id: int) -> str:
    """The record of the meeting: a line of JSON for each row, in an order that does not depend on the database.

    A dissent stated after the minutes were offered stands beside them, not in them.
    """
    lines = [_line("record", {"version": VERSION, "meeting": meeting_id})]
    for name, columns in COLUMNS.items():
        table = table_of(name)
        rows = db.session.execute(reading(table, columns).where(_of(name, meeting_id))).mappings()
        lines += sorted(_line(name, plain(table, dict(row))) for row in rows)
    return "\n".join(lines) + "\n"


def digest(meeting_id: int) -> str:
    """SHA-256 of `text_of` the meeting, 64 hexadecimal digits."""
    return hashlib.sha256(text_of(meeting_id).encode()).hexdigest()


def _line(name: str, row: Mapping[str, Any]) -> str:
    return json.dumps([name, row], ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _of(name: str, meeting_id: int) -> ColumnElement[bool]:
    """Which rows of the table are of the meeting; what was taken off the agenda is not in the minutes, and votes on
    what was put off stay hidden for good."""
    columns = table_of(name).columns
    if name == "items":
        return (columns["meeting_id"] == meeting_id) & (columns["status"] != "withdrawn")
    if name == "meetings":
        return columns["id"] == meeting_id
    if "meeting_id" in columns:
        return columns["meeting_id"] == meeting_id
    shown = Item.status.in_(DECIDED) if name == "votes" else Item.status != "withdrawn"
    of_items = columns["item_id"].in_(select(Item.id).where(Item.meeting_id == meeting_id, shown))
    offered = select(Minutes.offered_at).where(Minutes.meeting_id == meeting_id).scalar_subquery()
    return of_items if name != "dissents" else of_items & (columns["stated_at"] <= offered).is_not(False)
