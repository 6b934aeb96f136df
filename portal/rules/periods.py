"""A period of a club's sessions: which days its weekly times give, and who gets which of the week's places (R14)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time, timedelta

from portal.rules import N_, RuleBroken
from portal.rules.norms import Unit, period_of
from portal.rules.timetable import FARTHEST, check_day
from portal.rules.weekly_limit import WEEKLY_LIMIT, free_slot, next_free_week, week_of

DAY = timedelta(days=1)


def presets(today: date) -> dict[str, tuple[date, date]]:
    """Periods that are planned most: the rest of this quarter, the next one, the rest of the year."""
    quarter_end, year_end = period_of(Unit.QUARTER, today)[1], date(today.year, 12, 31)
    found = {
        "this_quarter": (today, quarter_end),
        "next_quarter": period_of(Unit.QUARTER, quarter_end + DAY),
    }
    return found | ({"year": (today, year_end)} if year_end != quarter_end else {})


def check_period(first: date, last: date, today: date) -> None:
    """From an earlier to a later day, which is today or later and a year ahead at most. Raises bad_period, past_day,
    far_day.
    """
    if first > last or last - first > FARTHEST:
        raise RuleBroken("bad_period", N_("The period goes from an earlier to a later day, a year at most."))
    check_day(last, today)


def occasions(
    times: Iterable[tuple[int, time, int]], first: date, last: date
) -> Iterator[tuple[date, time, int]]:
    """Each (day, start, minutes) that weekly times (weekday, start, minutes) give between two days, in their order."""
    weekly = sorted(times)
    for n in range((last - first).days + 1):
        day = first + timedelta(days=n)
        yield from ((day, start, minutes) for weekday, start, minutes in weekly if weekday == day.weekday())


@dataclass
class Share:
    """What one recipient gets of the sessions: the place of the week by the session's day, which days the rule refuses,
    and the Monday of the nearest week that would do instead.
    """

    given: list[tuple[int, int]] = field(default_factory=list)  # number of the session, place
    refused: list[date] = field(default_factory=list)
    next_week: date | None = None


def share_out(days: Sequence[date], held: Mapping[date, Iterable[int]]) -> Share:
    """CLUB 4: at most two services a calendar week. Sessions of the days get places in their order, as long as the week
    has one besides those `held` already, by its Monday.
    """
    taken, share = {week: set(slots) for week, slots in held.items()}, Share()
    for number, day in enumerate(days):
        slots = taken.setdefault(week_of(day), set())
        slot = free_slot(slots)
        if slot > WEEKLY_LIMIT:
            share.refused.append(day)
        else:
            slots.add(slot)
            share.given.append((number, slot))
    if share.refused:
        services = [week for week, slots in taken.items() for _slot in slots]
        share.next_week = next_free_week(share.refused[0], services)
    return share
