"""What of the holding an item's card shows: recusals, who should think of one, dissenting opinions."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from portal.access import Permission, may
from portal.accounts import queries as accounts
from portal.consilium import dissents, recusals
from portal.consilium.models import Item, Meeting, MeetingSeat
from portal.db import db
from portal.memory import unchanged
from portal.rules import RuleBroken
from portal.rules.meetings import DECIDED
from portal.rules.recusal import AHEAD, HELD


@dataclass(frozen=True)
class Held:
    """`whole`: reasons and opinions are shown, for they may tell of the family; else who gave them."""

    recused: list[recusals.Recused]
    asked: dict[int, str]  # who works with the family and is not recused: short names
    may_recuse: bool
    may_enter: bool
    waits: bool
    opinions: list[dissents.Stated]
    may_dissent: bool
    until: date | None
    whole: bool


def held(user: Any, item: Item, opens: bool) -> Held:
    """The same for one item; `opens`: whether its family is open to the user. A member of the meeting reads all."""
    meeting = db.session.get_one(Meeting, item.meeting_id)
    shared = unchanged(("held", item.id), lambda: _shared(item.id, meeting.id))
    live, decided = meeting.status in HELD and item.status in AHEAD, item.status in DECIDED
    return Held(
        **shared,
        may_recuse=live and may(user, Permission.VOTE_CAST) and _passes(recusals.check, item, user.id),
        may_enter=live and may(user, Permission.PRESENCE_MARK),
        waits=live and item.status == "waiting",
        may_dissent=decided
        and may(user, Permission.VOTE_CAST)
        and _passes(dissents.check, item, meeting, user.id),
        until=dissents.until(meeting),
        whole=opens or db.session.get(MeetingSeat, (meeting.id, user.id)) is not None,
    )


def _shared(item_id: int, meeting_id: int) -> dict[str, Any]:
    """What everybody sees alike, of plain values; read once after each change."""
    out = recusals.recused_on([item_id]).get(item_id, {})
    working = recusals.working_with(meeting_id).get(item_id, frozenset()) - out.keys()
    people = accounts.names(set(working))
    return {
        "recused": list(out.values()),
        "asked": {user_id: person.short_name for user_id, person in people.items()},
        "opinions": dissents.stated_on([item_id]).get(item_id, []),
    }


def _passes(check: Any, *facts: Any) -> bool:
    try:
        check(*facts)
    except RuleBroken:
        return False
    return True
