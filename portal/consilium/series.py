"""A series of meetings: looked at before it is made, and made at once or not at all."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import clock
from portal.consilium.actions import plan_meeting
from portal.consilium.models import Meeting
from portal.db import atomic, db
from portal.rules import N_, RuleBroken, series
from portal.rules.series import Planned
from portal.settings.calendar import calendar

AHEAD = ("draft", "convened", "open")


@dataclass(frozen=True)
class Preview:
    """The days of a series, and the meetings there are on them already."""

    days: list[Planned]
    there: Mapping[date, Sequence[Any]]

    @property
    def seen(self) -> str:
        """The ids of those meetings: whoever makes the series has seen them."""
        return ",".join(str(row.id) for rows in self.there.values() for row in rows)


def preview(month: date, months: int, weekday: int, which: int) -> Preview:
    """What such a series would be. Raises series_length, far_year."""
    days = series.plan(month, months, weekday, which, calendar(), clock.today())
    return Preview(days, meetings_on(db.session(), {one.day for one in days if one.day}))


def meetings_on(s: Session, days: Collection[date], but: int = 0) -> dict[date, list[Any]]:
    """The meetings to be held on these days, besides one of them."""
    query = select(Meeting.id, Meeting.number, Meeting.kind, Meeting.held_on, Meeting.starts_at)
    query = query.where(Meeting.held_on.in_(days), Meeting.status.in_(AHEAD), Meeting.id != but)
    found: dict[date, list[Any]] = {}
    for row in s.execute(query.order_by(Meeting.held_on, Meeting.starts_at, Meeting.id)):
        found.setdefault(row.held_on, []).append(row)
    return found


def plan_series(
    days: Collection[date], seen: Collection[int], starts_at: time, place: str, note: str, actor_id: int
) -> int:
    """Plan a meeting on each of the days; gives how many. All are numbered in the order of their days.

    `seen` are the ids of meetings that whoever plans knows of: another one on these days, made meanwhile or by the
    same form sent twice, refuses the whole. Raises no_days, meeting_in_past, series_meanwhile.
    """
    if not days:
        raise RuleBroken("no_days", N_("Tick at least one day."))
    if min(days) < clock.today():
        raise RuleBroken("meeting_in_past", N_("One of these days has passed. Look at the days once more."))
    with atomic() as s:
        if any(row.id not in seen for rows in meetings_on(s, days).values() for row in rows):
            raise RuleBroken(
                "series_meanwhile",
                N_("Meetings on some of these days have just been planned. Look at the days once more."),
            )
        for day in sorted(days):
            plan_meeting(s, Meeting(held_on=day, starts_at=starts_at, place=place, note=note), actor_id)
    return len(days)
