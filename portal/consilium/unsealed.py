"""What the audit entries made before rows were sealed say of the rows of meetings: less, and that much is held to."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from portal.events import Event

Fact = tuple[str, str, dict[str, Any]]
COUNTED = {"for": "votes_for", "against": "votes_against", "abstain": "abstained"}
OF_MEETING = {
    Event.MEETING_CREATED: "draft",
    Event.MEETING_CHANGED: None,
    Event.MEETING_CONVENED: "convened",
    Event.MEETING_OPENED: "open",
    Event.MEETING_CLOSED: "closed",
    Event.MEETING_CANCELLED: "cancelled",
}
PLANNED = ("held_on", "starts_at", "place", "quorum_share")
PROPOSED = (
    *("meeting_id", "kind", "patronage_id", "regime", "term", "ends_on", "lead_id", "course_reason"),
    *("note", "reason"),
)


def _meeting(entry: Mapping[str, Any], new: dict[str, Any]) -> Iterator[Fact]:
    facts = {name: new[name] for name in PLANNED if name in new}
    status = OF_MEETING[Event(entry["event"])]
    yield "meetings", str(entry["object_id"]), facts | ({"status": status} if status else {})
    for user_id in new.get("roll", ()):
        seat = {"meeting_id": entry["object_id"], "user_id": user_id}
        yield "meeting_seats", f"{entry['object_id']}.{user_id}", seat
    for item_id in new.get("deferred", ()):
        yield "items", str(item_id), {"status": "deferred"}


def _presence(entry: Mapping[str, Any], new: dict[str, Any]) -> Iterator[Fact]:
    yield "meeting_seats", f"{entry['object_id']}.{new['user_id']}", {"presence": new["presence"]}


def _proposal(entry: Mapping[str, Any], new: dict[str, Any]) -> Iterator[Fact]:
    yield "items", str(entry["object_id"]), {name: new[name] for name in PROPOSED if name in new}


def _vote(entry: Mapping[str, Any], new: dict[str, Any]) -> Iterator[Fact]:
    facts = {name: new[name] for name in ("item_id", "user_id", "choice")}
    yield "votes", str(entry["object_id"]), facts


def _closed(entry: Mapping[str, Any], new: dict[str, Any]) -> Iterator[Fact]:
    counted = {column: new[name] for name, column in COUNTED.items()}
    result = {"status": new["status"], "present": new["present"], "by_chair": int(new["by_chair"])}
    yield "items", str(entry["object_id"]), counted | result
    number, year = map(int, new["decision"].split("/"))
    decision = {"number": number, "year": year, "kind": new["kind"], "patronage_id": new["patronage_id"]}
    decision |= {"carried": int(new["status"] == "carried")}
    yield "decisions", str(entry["object_id"]), decision


def _deferred(entry: Mapping[str, Any], new: dict[str, Any]) -> Iterator[Fact]:
    yield "items", str(entry["object_id"]), {"status": "deferred", "deferral": new["why"]}


def _status(status: str) -> Callable[[Mapping[str, Any], dict[str, Any]], Iterator[Fact]]:
    def told_of(entry: Mapping[str, Any], _new: dict[str, Any]) -> Iterator[Fact]:
        yield "items", str(entry["object_id"]), {"status": status}

    return told_of


EVENTS: Mapping[str, Callable[[Mapping[str, Any], dict[str, Any]], Iterator[Fact]]] = {
    **dict.fromkeys(OF_MEETING, _meeting),
    Event.PRESENCE_MARKED: _presence,
    Event.ITEM_ADDED: _proposal,
    Event.ITEM_CHANGED: _proposal,
    Event.ITEM_TAKEN_OFF: _status("withdrawn"),
    Event.VOTING_OPENED: _status("voting"),
    Event.VOTE_CAST: _vote,
    Event.ITEM_CLOSED: _closed,
    Event.ITEM_DEFERRED: _deferred,
}


def told(entry: Mapping[str, Any]) -> Iterator[Fact]:
    """(table, key, values) of the rows that the entry tells of."""
    return EVENTS[entry["event"]](entry, json.loads(entry["data"])["new"])
