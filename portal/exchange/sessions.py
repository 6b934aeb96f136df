"""Sessions of clubs: those that were held before the portal, and a plan of those to come."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import clock
from portal.clubs.models import Club, ClubSession, ClubTime
from portal.clubs.queries import owns
from portal.db import db
from portal.exchange.cells import day_of, minutes_of, text_of, time_of
from portal.exchange.rows import ACCEPTED, Field, Row, guarded
from portal.exchange.tracks import Made, add_all
from portal.journal.models import JournalPeriod
from portal.rules import N_, RuleBroken
from portal.rules import timetable as rules
from portal.rules.names import normalise
from portal.rules.sessions import Status
from portal.rules.weekly_limit import check_club_limit, free_slot, week_of
from portal.settings.calendar import calendar

FIELDS = (
    Field("time", N_("Time"), r"\bврем|\bчас|^начал|\btime"),
    Field("minutes", N_("How long, minutes"), r"длительн|продолж|минут|minutes"),
    Field("day", N_("Date"), r"^дат|день|число|\bdate", required=True),
    Field("topic", N_("Topic"), r"\bтем[аы]\b|название заняти|topic", required=True),
    Field("goal", N_("Goal"), r"\bцел[ьи]\b|задач|goal"),
    Field("room", N_("Room"), r"кабинет|помещен|мест[оа]|\bзал\b|room"),
    Field("club", N_("Club"), r"клуб|групп|кружок|club", required=True),
)
USUAL = 60  # minutes, where neither the row nor the club's weekly times say it
LONGEST_TOPIC, LONGEST_ROOM = 300, 80
_WORDS = re.compile(r"[^\w]+")


class Clubs:
    """The clubs whose leader the user is, stands in for, or heads; by name, with their weekly times."""

    def __init__(self, user: Any) -> None:
        self._found: dict[str, list[Club]] = defaultdict(list)
        self.all = {club.id: club for club in db.session.scalars(select(Club))}
        for club in self.all.values():
            if owns(user, club):
                self._found[_plain(club.name)].append(club)
        self.times: dict[int, list[ClubTime]] = defaultdict(list)
        for one in db.session.scalars(select(ClubTime).order_by(ClubTime.starts_at)):
            self.times[one.club_id].append(one)
        closed = select(JournalPeriod.year, JournalPeriod.month)
        self._closed = {(row.year, row.month) for row in db.session.execute(closed)}

    def named(self, text: str) -> Club:
        """The club. Raises no_club, unknown_club, several_clubs."""
        if not text:
            raise RuleBroken("no_club", N_("No club is named."))
        found = self._found.get(_plain(text), [])
        if not found:
            raise RuleBroken("unknown_club", N_("«%(name)s» is none of the clubs you lead."), name=text[:60])
        if len(found) > 1:
            raise RuleBroken("several_clubs", N_("Several clubs are called «%(name)s»."), name=text[:60])
        return found[0]

    def own(self) -> list[Club]:
        """The clubs that the user may bring something into, by name."""
        return sorted((one for found in self._found.values() for one in found), key=lambda one: one.name)

    def spoken_of(self, texts: Iterable[str]) -> Club | None:
        """The one club whose name stands in the texts, None for none or several."""
        plain = [f" {_WORDS.sub(' ', _plain(text))} " for text in texts]
        names = {name: f" {_WORDS.sub(' ', name).strip()} " for name in self._found}
        found = [
            name for name, words in names.items() if words.strip() and any(words in text for text in plain)
        ]
        longest = [
            one for one in found if not any(one != other and names[one] in names[other] for other in found)
        ]
        clubs = self._found[longest[0]] if len(longest) == 1 else []
        return clubs[0] if len(clubs) == 1 else None

    def check_open(self, day: date) -> None:
        """Nothing new stands in a month of the journal that is closed. Raises closed."""
        if (day.year, day.month) in self._closed:
            raise RuleBroken(
                "closed", N_("The journal of this month is closed: nothing more is entered in it.")
            )


def _plain(name: str) -> str:
    return normalise(name).replace("«", "").replace("»", "").replace('"', "").removeprefix("клуб ").strip()


class Judge:
    """Says which rows become sessions; what earlier rows take of a club's week is taken (R14)."""

    def __init__(self, user: Any) -> None:
        self._now, self._calendar, self._clubs = clock.wall(), calendar(), Clubs(user)
        self._rows: dict[str, int] = {}
        self._weeks: dict[date, list[Any]] = {}

    def judge(self, rows: Sequence[Row]) -> None:
        """Judge each row by itself, in their order; reads the weeks they lie in, once each."""
        for row in rows:
            guarded(row, self._parse)
        fresh = [row for row in rows if row.state == ACCEPTED]
        self._load({week_of(row.facts["day"]) for row in fresh})
        for row in fresh:
            guarded(row, self._check)

    def _parse(self, row: Row) -> None:
        texts = {field: text_of(row.values, field) for field in ("club", "topic", "goal", "room")}
        row.shown = ("—", texts["club"], "", texts["topic"])
        day = day_of(row.values, self._now.date())
        row.shown = (f"{day:%d.%m.%Y}", *row.shown[1:])
        club = self._clubs.named(texts["club"])
        usual = next((one for one in self._clubs.times[club.id] if one.weekday == day.weekday()), None)
        starts_at = time_of(row.values) or (usual.starts_at if usual else None)
        if starts_at is None:
            raise RuleBroken(
                "no_time", N_("There is no time, and the club has no weekly time on this weekday.")
            )
        minutes = minutes_of(row.values, usual.minutes if usual else USUAL)
        row.shown = (row.shown[0], club.name, f"{starts_at:%H:%M}", texts["topic"])
        if not texts["topic"]:
            raise RuleBroken("no_topic", N_("There is no topic."))
        for name, longest in (("topic", LONGEST_TOPIC), ("room", LONGEST_ROOM)):
            if len(texts[name]) > longest:
                message = N_("A text is too long: %(length)s characters, at most %(limit)s.")
                raise RuleBroken("text_too_long", message, length=len(texts[name]), limit=longest)
        rules.check_hours(starts_at, minutes)
        row.facts = {"club_id": club.id, "day": day, "week": week_of(day), "starts_at": starts_at}
        row.facts |= {"minutes": minutes, "topic": texts["topic"], "goal": texts["goal"]}
        row.facts["room"] = texts["room"] or club.room

    def _load(self, weeks: set[date]) -> None:
        fresh = weeks - self._weeks.keys()
        self._weeks |= {week: [] for week in fresh}
        columns = ("club_id", "day", "week", "slot", "starts_at", "minutes", "room", "status")
        query = select(*(getattr(ClubSession, name) for name in columns)).where(ClubSession.week.in_(fresh))
        for one in db.session.execute(query).mappings():
            self._weeks[one["week"]].append(dict(one))

    def _check(self, row: Row) -> None:
        facts = row.facts
        row.key = f"session:{facts['club_id']}:{facts['day']}:{facts['starts_at']}"
        if row.key in self._rows:
            return row.double(self._rows[row.key])
        week = self._weeks[facts["week"]]
        own = [one for one in week if one["club_id"] == facts["club_id"] and one["slot"] is not None]
        if any((one["day"], one["starts_at"]) == (facts["day"], facts["starts_at"]) for one in own):
            return row.known(N_("This session is here already."))
        self._clubs.check_open(facts["day"])
        check_club_limit(facts["day"], [one["day"] for one in own])
        over = rules.is_over(facts["day"], facts["starts_at"], facts["minutes"], self._now)
        if not over:
            self._check_ahead(facts, week)
        facts["slot"] = free_slot(one["slot"] for one in own)
        facts["status"] = str(Status.SUMMED_UP if over else Status.PLANNED)
        row.shown = (*row.shown, facts["status"])
        week.append(dict(facts))
        self._rows[row.key] = row.number

    def _check_ahead(self, facts: dict[str, Any], week: Sequence[Any]) -> None:
        """What is planned here goes by the rules of planning."""
        club = self._clubs.all[facts["club_id"]]
        if club.closed_on is not None:
            raise RuleBroken("club_closed", N_("This club is closed."))
        rules.check_day(facts["day"], self._now.date())
        rules.check_holiday(facts["day"], self._calendar)
        for other in (one for one in week if one["slot"] is not None and one["day"] == facts["day"]):
            if not rules.meet((facts["starts_at"], facts["minutes"]), (other["starts_at"], other["minutes"])):
                continue
            named = {"club": self._clubs.all[other["club_id"]].name, "start": f"{other['starts_at']:%H:%M}"}
            if self._clubs.all[other["club_id"]].leader_id == club.leader_id:
                message = N_("The leader is busy then: “%(club)s” begins at %(start)s.")
                raise RuleBroken("leader_busy", message, **named)
            if facts["room"] and normalise(facts["room"]) == normalise(other["room"]):
                message = N_("The room is taken then: “%(club)s” begins at %(start)s.")
                raise RuleBroken("room_taken", message, **named)


def write(s: Session, rows: Sequence[Row], _actor_id: int) -> list[Made]:
    """Inside a transaction: the sessions. One that is over was held, and summed up on paper."""
    taken = [row for row in rows if row.state == ACCEPTED]
    more = {"cancel_reason": "", "equipment": "", "consumables": "", "analysis": ""}
    ids = add_all(s, ClubSession, [row.facts | more for row in taken])
    return [Made("club_sessions", one, row.number, row.key) for one, row in zip(ids, taken, strict=True)]
