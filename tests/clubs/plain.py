"""What clubs should do, told once more in plain sets and lists: it knows nothing of the portal but the law.

CLUB 4: two services a recipient and two sessions a club in a week. Places of a group, and the line before them.
"""

import copy
from dataclasses import dataclass, field
from datetime import date, time, timedelta

HOLDS = ("booked", "came")
MARKED = ("came", "excused", "absent")


class RefusalError(Exception):
    """The law says no."""


def need(condition: bool) -> None:
    """Raises RefusalError unless it is so."""
    if not condition:
        raise RefusalError


@dataclass
class Session:
    """A session of a club."""

    club: int
    day: date
    start: time
    cancelled: bool = False

    @property
    def week(self) -> tuple[int, int]:
        """Year and number of the week."""
        return self.day.isocalendar()[:2]


@dataclass
class Clubs:
    """The whole."""

    today: date
    capacity: dict[int, int]
    times: dict[int, list[tuple[int, time]]]
    served: dict[int, bool]
    going: dict[int, set[int]] = field(default_factory=dict)
    line: dict[int, list[int]] = field(default_factory=dict)
    sessions: dict[int, Session] = field(default_factory=dict)
    places: dict[tuple[int, int], str] = field(default_factory=dict)

    def copy(self) -> "Clubs":
        """As it is now."""
        return copy.deepcopy(self)

    def held(self, member: int, week: tuple[int, int]) -> int:
        """How many services the recipient has in the week."""
        mine = (at for (at, who), state in self.places.items() if who == member and state in HOLDS)
        return sum(self.sessions[at].week == week for at in mine)

    def of_week(self, club: int, week: tuple[int, int]) -> int:
        """How many sessions the club has in the week."""
        return sum(
            one.club == club and one.week == week and not one.cancelled for one in self.sessions.values()
        )

    def state(self, at: int, member: int) -> str:
        """What became of the recipient's place: "", or its state; a cancelled one is none."""
        found = self.places.get((at, member), "")
        return "" if found == "cancelled" else found

    def join(self, club: int, member: int) -> bool:
        """True for a place, False for the line."""
        need(self.served[member] and member not in self.going[club])
        self.fill(club)
        if member in self.going[club]:
            return True
        if len(self.going[club]) < self.capacity[club]:
            self.going[club].add(member)
            return True
        need(member not in self.line[club])
        self.line[club].append(member)
        return False

    def fill(self, club: int) -> None:
        """Those who wait get what is free, in their order."""
        for member in list(self.line[club]):
            if len(self.going[club]) >= self.capacity[club]:
                break
            if self.served[member]:
                self.line[club].remove(member)
                self.going[club].add(member)
                self._welcome(club, member)

    def _welcome(self, club: int, member: int) -> None:
        coming = [one for one in self.sessions.items() if one[1].club == club and one[1].day >= self.today]
        for at, one in sorted(coming, key=lambda pair: (pair[1].day, pair[1].start, pair[0])):
            if not one.cancelled and not self.state(at, member) and self.held(member, one.week) < 2:
                self.places[at, member] = "booked"

    def leave(self, club: int, member: int) -> None:
        """The recipient's coming places are free, and so is the one in the group."""
        need(member in self.going[club])
        self.going[club].remove(member)
        for (at, who), state in self.places.items():
            if who == member and state == "booked" and self.sessions[at].club == club:
                self.places[at, who] = "cancelled"
        self.fill(club)

    def give_up(self, club: int, member: int) -> None:
        """The recipient waits no more."""
        need(member in self.line[club])
        self.line[club].remove(member)

    def resize(self, club: int, places: int) -> None:
        """The group is larger or smaller."""
        self.capacity[club] = places
        self.fill(club)

    def check_plan(self, club: int, day: date) -> None:
        """Whether the club may hold one more session that day."""
        need(self.of_week(club, day.isocalendar()[:2]) < 2)

    def occasions(self, club: int, first: date, last: date) -> list[tuple[date, time]]:
        """The weekly times between the days that can be planned, in their order."""
        found: list[tuple[date, time]] = []
        there = {(one.day, one.start) for one in self.sessions.values() if one.club == club}
        days = [first + timedelta(n) for n in range((last - first).days + 1)]
        for day, start in [(day, at) for day in days for on, at in self.times[club] if day.weekday() == on]:
            week = day.isocalendar()[:2]
            new = sum(one.isocalendar()[:2] == week for one, _ in found)
            if (day, start) not in there and self.of_week(club, week) + new < 2:
                found.append((day, start))
        return found

    def settle(self, at: int) -> None:
        """A session planned with its period: everybody of the group who may gets a place."""
        one = self.sessions[at]
        for member in self.going[one.club]:
            if self.served[member] and self.held(member, one.week) < 2:
                self.places[at, member] = "booked"

    def book(self, at: int, member: int) -> None:
        """One place."""
        one = self.sessions[at]
        need(not one.cancelled and self.served[member] and member in self.going[one.club])
        need(not self.state(at, member) and self.held(member, one.week) < 2)
        self.places[at, member] = "booked"

    def cancel_place(self, at: int, member: int) -> None:
        """The place is given back."""
        need(bool(self.state(at, member)))
        self.places[at, member] = "cancelled"

    def mark(self, at: int, member: int, mark: str) -> None:
        """Who came, of those booked and others; on the day itself."""
        one, state = self.sessions[at], self.state(at, member)
        need(not one.cancelled and one.day == self.today)
        if state == mark:
            return
        need(bool(state) or (mark == "came" and self.served[member]))
        need(mark != "came" or state in HOLDS or self.held(member, one.week) < 2)
        self.places[at, member] = mark

    def move(self, at: int, day: date) -> None:
        """To another day with all its places."""
        one = self.sessions[at]
        need(not one.cancelled)
        states = {who: state for (other, who), state in self.places.items() if other == at}
        if day != one.day:
            need(not set(states.values()) & set(MARKED))
            need(all(self.served[who] for who, state in states.items() if state in HOLDS))
        week = day.isocalendar()[:2]
        if week != one.week:
            self.check_plan(one.club, day)
            need(all(self.held(who, week) < 2 for who, state in states.items() if state in HOLDS))
        one.day = day

    def cancel_session(self, at: int) -> None:
        """With all places that were held."""
        need(not self.sessions[at].cancelled)
        self.sessions[at].cancelled = True
        for key, state in self.places.items():
            if key[0] == at and state in HOLDS:
                self.places[key] = "cancelled"
