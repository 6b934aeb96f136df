"""The lists of the consilium as files."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.consilium import follow_up_labels
from portal.consilium.labels import ITEM, KINDS, MEETING, MEETING_KINDS, SEATS
from portal.consilium.wording import details
from portal.rules.names import FullName
from portal.sheets import Column, Kind


def _of(title: Any, name: str, kind: Kind = Kind.TEXT) -> Column:
    return Column(title, lambda row: row[name], kind)


MEETINGS = (
    Column(_l("Meeting"), lambda row: f"{row['number']}/{row['year']}"),
    Column(_l("Kind"), lambda row: MEETING_KINDS[row["kind"]]),
    _of(_l("Day"), "held_on", Kind.DATE),
    _of(_l("Time"), "starts_at", Kind.TIME),
    _of(_l("Place"), "place"),
    Column(_l("State"), lambda row: MEETING[row["status"]][1]),
    Column(_l("Items"), lambda row: row["on_agenda"] or 0, Kind.INTEGER),
    Column(_l("Decided"), lambda row: row["decided"] or 0, Kind.INTEGER),
)
ROLL = (
    Column(_l("Name"), lambda row: FullName(row["last_name"], row["first_name"], row["middle_name"]).full),
    _of(_l("Position"), "position"),
    Column(_l("Seat"), lambda row: SEATS[row["seat"]]),
    _of(_l("Voting right"), "votes", Kind.YES_NO),
    _of(_l("Since"), "from_on", Kind.DATE),
    _of(_l("Left on"), "dismissed_on", Kind.DATE),
)
ATTENDANCE = (
    Column(_l("Member"), "name"),
    Column(_l("Seat"), lambda one: SEATS[one.seat]),
    Column(_l("Meetings"), "meetings", Kind.INTEGER),
    Column(_l("Was present"), "present", Kind.INTEGER),
    Column(_l("By video"), "video", Kind.INTEGER),
    Column(_l("Was excused"), "excused", Kind.INTEGER),
    Column(_l("Was absent"), "absent", Kind.INTEGER),
    Column(_l("Share of meetings, per cent"), "share", Kind.INTEGER),
    Column(_l("Votes cast"), "cast", Kind.INTEGER),
    Column(_l("Votes possible"), "possible", Kind.INTEGER),
    Column(_l("Recusals"), "recused", Kind.INTEGER),
)


def _afterwards(row: Any) -> str:
    """What is owed to the family, for whoever reads the papers of the decision."""
    if not (row["whole"] and row["family_id"]):
        return ""
    states = follow_up_labels.states(row["decided_on"], _Seen(row), row["owed"], row["extract_days"])
    return "; ".join(text for _color, text in states)


class _Seen:
    """The days of a mapping as attributes."""

    def __init__(self, row: Mapping[str, Any]) -> None:
        self.told_on, self.extract_on = row["told_on"], row["extract_on"]


def _whole(row: Any, name: str) -> Any:
    return row[name] if row["whole"] else None


DECISIONS = (  # each row has the names of those proposed, by id, as `names`
    Column(_l("Decision"), lambda row: f"{row['number']}/{row['year']}"),
    _of(_l("Decided on"), "decided_on", Kind.DATE),
    _of(_l("Meeting No."), "meeting_number", Kind.INTEGER),
    _of(_l("Family No."), "family_number", Kind.INTEGER),
    _of(_l("Family"), "surname"),
    Column(_l("Kind"), lambda row: KINDS[row["kind"]]),
    Column(_l("Question"), lambda row: row["question"] or "; ".join(details(row, row["names"]))),
    Column(_l("Result"), lambda row: _("carried") if row["carried"] else _("rejected")),
    Column(_l("Family told on"), lambda row: _whole(row, "told_on"), Kind.DATE),
    Column(_l("Extract given on"), lambda row: _whole(row, "extract_on"), Kind.DATE),
    Column(_l("Afterwards"), _afterwards),
)


def of_agenda(speakers: Mapping[int, Any]) -> tuple[Column, ...]:
    """The items of a meeting in their order, with who speaks."""

    def speaker(pair: Any) -> str:
        found = speakers.get(pair[1]["id"])
        return ", ".join(part for part in (found.name, found.position) if part) if found else ""

    return (
        Column(_l("No."), lambda pair: pair[0], Kind.INTEGER),
        Column(_l("Kind"), lambda pair: KINDS[pair[1]["kind"]]),
        Column(_l("Family No."), lambda pair: pair[1]["family_number"], Kind.INTEGER),
        Column(_l("Family"), lambda pair: pair[1]["surname"]),
        Column(_l("Question"), lambda pair: pair[1]["question"]),
        Column(_l("Speaker"), speaker),
        Column(_l("State"), lambda pair: ITEM[pair[1]["status"]][1]),
    )
