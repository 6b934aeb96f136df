"""The past of the demo center: what happens on each day of a year, done by the portal's own actions in its order."""

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from itertools import count
from random import Random

from portal import clock
from portal.rules.norms import DAY
from portal.settings.calendar import calendar

SEED = 442  # of the law on social service: the same demo every time
EVENING = time(17, 30)


@dataclass(frozen=True)
class Case:
    """A family on patronage, as the year needs it."""

    patronage_id: int
    family_id: int
    regime: str
    enrolled_on: date
    lead_id: int
    members: tuple[int, ...]  # the representative first

    @property
    def representative(self) -> int:
        """Who signs."""
        return self.members[0]


@dataclass
class Days:
    """What is to happen, by day; who is who; `random` decides the same every time."""

    first: date
    today: date
    people: dict[str, int]
    random: Random = field(default_factory=lambda: Random(SEED))  # noqa: S311 - no secret
    cases: list[Case] = field(default_factory=list)
    _waiting: list[tuple[date, int, Callable[[date], None]]] = field(default_factory=list)
    _order: "count[int]" = field(default_factory=count)

    @property
    def head(self) -> int:
        """The head of department."""
        return self.people["head"]

    def on(self, day: date, action: Callable[[date], None]) -> None:
        """Let it happen on the day; what lies in the future never does."""
        if self.first <= day <= self.today:
            heapq.heappush(self._waiting, (day, next(self._order), action))

    def run(self) -> None:
        """Let the year pass; today's events happen now."""
        while self._waiting:
            day, _order, action = heapq.heappop(self._waiting)
            if day == self.today:
                action(day)
                continue
            with clock.pretend(moment(day)):
                action(day)


def moment(day: date, at: time = EVENING) -> datetime:
    """The moment of the center's clock."""
    return datetime.combine(day, at, clock.zone())


def working(day: date) -> date:
    """The day, or the next one that is worked."""
    while not calendar().is_working(day):
        day += DAY
    return day


def worked_before(day: date) -> date:
    """The day, or the last one before it that is worked."""
    while not calendar().is_working(day):
        day -= DAY
    return day
