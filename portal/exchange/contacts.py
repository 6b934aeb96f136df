"""Contacts: visits and calls of the past, as an earlier journal has kept them."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import clock
from portal.contacts import standing
from portal.contacts.models import Contact, Suspension
from portal.db import db
from portal.exchange import finding
from portal.exchange.cells import Words, day_of, minutes_of, text_of, time_of, word_of
from portal.exchange.rows import ACCEPTED, Field, Row, guarded
from portal.exchange.tracks import Made, add_all
from portal.families import queries as families
from portal.journal.models import JournalPeriod
from portal.patronage.models import Assignment
from portal.rules import N_, RuleBroken
from portal.rules import contacts as rules
from portal.rules.contacts import BY_TELEPHONE, Kind, State
from portal.rules.names import normalise, parse_full_name, tidy_name
from portal.rules.timetable import meet

FIELDS = (
    Field("time", N_("Time"), r"\bврем|\bчас|\btime"),
    Field("minutes", N_("How long, minutes"), r"длительн|продолж|минут|minutes"),
    Field("day", N_("Date"), r"^дат|день|число|\bdate", required=True),
    Field("kind", N_("Visit or call"), r"^вид|форма|тип|способ|^визит или|visit or call", required=True),
    Field("result", N_("Result"), r"результат|итог|состоял|отметк|result"),
    Field("reason", N_("Why a call and not a visit"), r"причин|почему|why"),
    Field(
        "worker",
        N_("Specialist"),
        r"специалист|куратор|сотрудник|педагог|кто (пров|посе|выез)",
        required=True,
    ),
    Field("notes", N_("What was done"), r"содерж|описан|примеч|коммент|цель|тема|what was"),
    Field(
        "family",
        N_("Family"),
        r"семь|№ ?карт|номер карт|родител|представител|ф\.? ?и\.? ?о\b|family",
        required=True,
    ),
)
KINDS: Words = (
    (Kind.VIDEO, r"видео"),
    (Kind.CALL, r"звон|телефон|по тел|call"),
    (Kind.CENTER, r"центр|учрежден|прием|консультац|center"),
    (Kind.VISIT, r"визит|посещ|выход|выезд|патронаж|дом|visit"),
)
RESULTS: Words = (
    (State.CANCELLED, r"отмен|не состоял|не провед|перенес"),
    (State.NOT_ADMITTED, r"не (в|до|от)?(пуст|крыл|пущ)"),
    (State.NOT_AT_HOME, r"не было|нет дома|не заста|отсутств|никого|не ответ|недозвон|не дозвон"),
    (State.REFUSED, r"отказ"),
    (State.DONE, r"состоял|провед|выполн|оказан|^да$|^\+$|успешн|беседа|done"),
)
USUAL = {Kind.VISIT: 60, Kind.CALL: 30, Kind.VIDEO: 30, Kind.CENTER: 60}  # minutes, where none are written
FIRST = time(9)  # where no time is written, the first free one from then on
Month = tuple[int, int]


class Judge:
    """Says which rows become contacts; what earlier rows take of a specialist's day is taken."""

    def __init__(self, user: Any) -> None:
        self._user, self._now = user, clock.wall()
        self._workers = finding.colleagues()
        self._closed: set[Month] = {(row.year, row.month) for row in db.session.execute(_CLOSED)}
        self._rows: dict[str, int] = {}
        self._taken: dict[tuple[int, date], list[tuple[time, int]]] = {}
        self._there: dict[int, list[Any]] = {}
        self._read: set[int] = set()

    def judge(self, rows: Sequence[Row]) -> None:
        """Judge each row by itself, in their order; reads what it needs in a few queries."""
        for row in rows:
            guarded(row, self._parse)
        fresh = [row for row in rows if row.state == ACCEPTED]
        known = finding.people({row.facts["family"] for row in fresh}, families.reach(self._user))
        by_number, by_name = _indexed(known)
        for row in fresh:
            guarded(row, lambda row: self._find(row, by_number, by_name))
        self._load([row for row in fresh if row.state == ACCEPTED])
        for row in fresh:
            if row.state == ACCEPTED:
                guarded(row, self._check)

    def _parse(self, row: Row) -> None:
        texts = {field: text_of(row.values, field) for field in ("family", "worker", "kind", "result")}
        row.shown = ("—", texts["family"], texts["worker"], texts["kind"], texts["result"])
        day = day_of(row.values, self._now.date())
        row.shown = (f"{day:%d.%m.%Y}", *row.shown[1:])
        kind = word_of(texts["kind"], KINDS)
        if kind is None:
            raise RuleBroken(
                "unknown_kind",
                N_("«%(value)s» is no kind of contact: visit, call, video call, at the center."),
                value=texts["kind"][:60],
            )
        state = word_of(texts["result"], RESULTS) if texts["result"] else State.DONE
        if state is None:
            message = N_(
                "«%(value)s» is no result: took place, not at home, not admitted, refused, cancelled."
            )
            raise RuleBroken("unknown_result", message, value=texts["result"][:60])
        if state == State.NOT_ADMITTED and kind != Kind.VISIT:
            raise RuleBroken("unknown_result", N_("Only at a door is one not admitted: this was no visit."))
        worker = finding.colleague_in(texts["worker"], self._workers)
        starts_at, minutes = time_of(row.values), minutes_of(row.values, USUAL[Kind(kind)])
        rules.check_time(starts_at or FIRST, minutes)
        row.facts = {"family": texts["family"], "day": day, "starts_at": starts_at, "minutes": minutes}
        row.facts |= {"kind": str(kind), "state": str(state), "user_id": worker}
        row.facts |= {"reason": text_of(row.values, "reason")[:500], "notes": text_of(row.values, "notes")}
        row.facts["why"] = texts["result"][:500] if state != State.DONE else ""

    def _find(self, row: Row, by_number: Any, by_name: Any) -> None:
        text = row.facts["family"]
        number = finding.number_in(text)
        known = by_number[number] if number is not None else by_name[_surname(text)]
        row.facts["family_id"] = finding.family_in(text, known)

    def _load(self, rows: Sequence[Row]) -> None:
        self._families = finding.episodes({row.facts["family_id"] for row in rows})
        ids = {one.id for found in self._families.values() for one in found}
        self._suspended = finding.spans(Suspension, Suspension.patronage_id, ids)
        query = select(Assignment.patronage_id, Assignment.user_id).where(Assignment.patronage_id.in_(ids))
        self._assigned = {(row[0], row[1]) for row in db.session.execute(query)}
        for patronage_id in ids - self._read:
            self._there[patronage_id] = []
        columns = (Contact.patronage_id, Contact.day, Contact.kind, Contact.starts_at, Contact.user_id)
        query_there = select(*columns).where(Contact.patronage_id.in_(ids - self._read))
        for one in db.session.execute(query_there.where(Contact.state != State.MOVED)):
            self._there[one.patronage_id].append(one)
        self._read |= ids
        self._load_days(rows)

    def _load_days(self, rows: Sequence[Row]) -> None:
        days = {(row.facts["user_id"], row.facts["day"]) for row in rows} - self._taken.keys()
        for pair in days:
            self._taken[pair] = []
        query = select(Contact.user_id, Contact.day, Contact.starts_at, Contact.minutes).where(
            Contact.user_id.in_({user for user, _ in days}),
            Contact.day.in_({day for _, day in days}),
            Contact.state.in_((*rules.AHEAD, State.DONE)),
        )
        for one in db.session.execute(query):
            if (one.user_id, one.day) in days:
                self._taken[one.user_id, one.day].append((one.starts_at, one.minutes))

    def _check(self, row: Row) -> None:
        facts = row.facts
        patronage = self._episode(facts)
        if (facts["day"].year, facts["day"].month) in self._closed:
            message = N_("The journal of this month is closed: nothing more is entered in it.")
            raise RuleBroken("closed", message)
        facts["patronage_id"] = patronage.id
        row.key = ":".join(
            str(facts[name])
            for name in ("patronage_id", "day", "kind", "starts_at")
            if facts[name] is not None
        )
        row.key = f"contact:{row.key}:{'' if facts['starts_at'] else facts['user_id']}"
        if row.key in self._rows:
            return row.double(self._rows[row.key])
        if any(_same(one, facts) for one in self._there[patronage.id]):
            return row.known(N_("This contact is here already."))
        self._place(row)
        self._rows[row.key] = row.number
        self._warn(row)

    def _episode(self, facts: dict[str, Any]) -> Any:
        found = self._families.get(facts["family_id"], [])
        day, today = facts["day"], self._now.date()
        here = finding.on_patronage(day, found)
        last = here or (found[-1] if found else None)
        suspended = finding.within(day, self._suspended.get(here.id, ())) if here else False
        enrolled_on, removed_on = (last.enrolled_on, last.removed_on) if last else (None, None)
        rules.check_took_place(day, today, enrolled_on, removed_on, suspended)
        assert here is not None  # noqa: S101 - the rule has refused every other day
        return here

    def _place(self, row: Row) -> None:
        """The contact gets its time: as written, or the first free one; who met nobody takes none."""
        facts = row.facts
        taken = self._taken[facts["user_id"], facts["day"]]
        wanted = facts["starts_at"] or _free(taken, facts["minutes"])
        rules.check_begun(facts["day"], wanted, self._now)
        if facts["state"] == State.DONE:
            rules.check_free(wanted, facts["minutes"], taken)
            taken.append((wanted, facts["minutes"]))
        if facts["starts_at"] is None:
            row.warn("no_time", N_("No time is written: %(time)s is put."), time=f"{wanted:%H:%M}")
        facts["starts_at"] = wanted

    def _warn(self, row: Row) -> None:
        facts = row.facts
        if (facts["patronage_id"], facts["user_id"]) not in self._assigned:
            row.warn("not_assigned", N_("In the portal this colleague was never assigned to the family."))
        if facts["kind"] in BY_TELEPHONE and not facts["reason"]:
            row.warn("no_reason", N_("It is not written why it was a call and not a visit."))


_CLOSED = select(JournalPeriod.year, JournalPeriod.month)


def _surname(text: str) -> str:
    return normalise(parse_full_name(tidy_name(text)).last)


def _indexed(known: Sequence[finding.Person]) -> tuple[Any, Any]:
    by_number: dict[int, list[finding.Person]] = defaultdict(list)
    by_name: dict[str, list[finding.Person]] = defaultdict(list)
    for one in known:
        by_number[one.number].append(one)
        by_name[_surname(one.name.last)].append(one)
    return by_number, by_name


def _same(one: Any, facts: dict[str, Any]) -> bool:
    """Whether the contact is there: same day and kind, and the same time where one is written."""
    if (one.day, one.kind) != (facts["day"], facts["kind"]):
        return False
    if facts["starts_at"] is None:
        return bool(one.user_id == facts["user_id"])
    return bool(one.starts_at == facts["starts_at"])


def _free(taken: Sequence[tuple[time, int]], minutes: int) -> time:
    """The first free time of the day from 09:00 on, by five minutes. Raises full_day."""
    at = datetime.combine(date(2000, 1, 1), FIRST)
    while at.time() < rules.CLOSES and at.day == 1:
        if not any(meet((at.time(), minutes), other) for other in taken):
            return at.time()
        at += timedelta(minutes=5)
    raise RuleBroken("full_day", N_("The specialist has no free time left on this day: write the time."))


def write(s: Session, rows: Sequence[Row], actor_id: int) -> list[Made]:
    """Inside a transaction: the contacts, closed as they ended. Their entries stand in the earlier journal."""
    taken, now = [row for row in rows if row.state == ACCEPTED], clock.now()
    names = ("patronage_id", "user_id", "kind", "state", "day", "starts_at", "minutes", "notes", "why")
    values = [
        {name: row.facts[name] for name in names}
        | {"reason": _reason(row.facts), "channel": "", "recommendations": ""}
        | {"created_by_id": actor_id, "created_at": now, "closed_at": now}
        for row in taken
    ]
    ids = add_all(s, Contact, values)
    standing.refresh_several(s, {row.facts["patronage_id"] for row in taken})
    return [Made("contacts", one, row.number, row.key) for one, row in zip(ids, taken, strict=True)]


def _reason(facts: dict[str, Any]) -> str:
    if facts["kind"] not in BY_TELEPHONE:
        return ""
    return str(facts["reason"] or _("The earlier journal does not say why."))
