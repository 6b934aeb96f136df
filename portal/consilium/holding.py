"""How a meeting stands while it is held: who is here, who is recused, whether there is a quorum, now and on an item."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time
from functools import cached_property
from typing import Any

from sqlalchemy import func, select

from portal import clock
from portal.consilium import counting, dissents, recusals
from portal.consilium.models import Meeting, PresenceMark
from portal.consilium.presence import HERE
from portal.db import db
from portal.rules import voting
from portal.rules.meetings import DECIDED


@dataclass(frozen=True, kw_only=True)
class Holding:
    """What the live page knows of presence and votes; of votes that are still hidden only whose they are."""

    meeting: Meeting
    seats: list[Any]
    items: list[Any]
    voted: frozenset[int]  # who has voted on the current item
    marked: dict[int, time]  # when the presence of each was last marked
    recused: dict[int, dict[int, recusals.Recused]]  # of each item, by user
    working: dict[int, frozenset[int]]  # voting members who work with the family of a live item
    dissents: dict[int, list[dissents.Stated]]  # of closed items

    @cached_property
    def current(self) -> Any:
        """The item being voted on, or None."""
        return next((item for item in self.items if item["status"] == "voting"), None)

    @cached_property
    def here(self) -> set[int]:
        """Who may vote and is present."""
        return {seat["user_id"] for seat in self.seats if seat["votes"] and seat["presence"] in HERE}

    @property
    def present(self) -> int:
        """How many who may vote are present."""
        return len(self.here)

    @cached_property
    def voters(self) -> int:
        """How many may vote."""
        return sum(1 for seat in self.seats if seat["votes"])

    @cached_property
    def rules(self) -> counting.Rules:
        """By what the meeting votes."""
        return counting.rules_of(self.meeting)

    @cached_property
    def quorum(self) -> int:
        """How many of them must be present."""
        return voting.quorum(self.voters, self.rules.share)

    @property
    def quorate(self) -> bool:
        """Whether they are."""
        return self.present >= self.quorum

    def out_of(self, item_id: int) -> dict[int, recusals.Recused]:
        """Who is recused on an item."""
        return self.recused.get(item_id, {})

    def present_on(self, item_id: int) -> int:
        """How many are counted present on an item: without the recused."""
        return len(self.here - self.out_of(item_id).keys())

    def quorate_on(self, item_id: int) -> bool:
        """Whether that is a quorum."""
        return self.present_on(item_id) >= self.quorum

    @cached_property
    def counted(self) -> set[int]:
        """Whose votes on the current item count as things stand."""
        return (
            set(self.voted) & (self.here - self.out_of(self.current["id"]).keys()) if self.current else set()
        )

    @cached_property
    def fallen(self) -> set[int]:
        """Whose votes do not, for they have left or are recused."""
        return set(self.voted) - self.counted

    @cached_property
    def silent(self) -> set[int]:
        """Who is present, not recused, and has not voted on the current item."""
        return self.here - self.out_of(self.current["id"]).keys() - self.voted if self.current else set()

    @property
    def enterable(self) -> set[int]:
        """Whose vote the secretary may enter: of those silent, who still works here."""
        gone = {seat["user_id"] for seat in self.seats if seat["dismissed_on"] is not None}
        return self.silent - gone

    def asked(self, item_id: int) -> set[int]:
        """Who works with the family of an item and is not recused on it."""
        return set(self.working.get(item_id, frozenset())) - self.out_of(item_id).keys()

    @property
    def may_end_without_quorum(self) -> bool:
        """Whether the meeting can be ended for want of a quorum."""
        undecided = not any(item["status"] in (*DECIDED, "voting") for item in self.items)
        running = self.meeting.status in ("convened", "open")
        return running and undecided and not self.quorate and clock.today() >= self.meeting.held_on


def shared(meeting_id: int, items: Sequence[Any]) -> dict[str, Any]:
    """What of this is read once for everybody."""
    ids = [item["id"] for item in items]
    return {
        "marked": _marked(meeting_id),
        "recused": recusals.recused_on(ids),
        "working": recusals.working_with(meeting_id),
        "dissents": dissents.stated_on([item["id"] for item in items if item["status"] in DECIDED]),
    }


def _marked(meeting_id: int) -> dict[int, time]:
    query = select(PresenceMark.user_id, func.max(PresenceMark.marked_at))
    query = query.where(PresenceMark.meeting_id == meeting_id).group_by(PresenceMark.user_id)
    return {user_id: clock.local(at).time() for user_id, at in db.session.execute(query)}
