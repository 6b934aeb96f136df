"""Attendance of sessions: who came, was excused, was absent; by session, recipient and mark."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from portal import clock
from portal.clubs.group_models import InpatientStay
from portal.clubs.models import Booking, ClubParticipant, ClubSession
from portal.db import db
from portal.exchange import finding, sayings
from portal.exchange.cells import Words, day_of, text_of, time_of, word_of
from portal.exchange.models import ImportRow
from portal.exchange.register_cells import cell_text
from portal.exchange.rows import ACCEPTED, Field, Row, guarded
from portal.exchange.sessions import Clubs
from portal.exchange.tracks import Made, add_all
from portal.families import queries as families
from portal.families.models import Family, FamilyMember
from portal.rules import N_, RuleBroken, sessions
from portal.rules.names import normalise
from portal.rules.sessions import OVER
from portal.rules.weekly_limit import check_weekly_limit, free_slot

FIELDS = (
    Field("time", N_("Time"), r"\bврем|\bчас|^начал|\btime"),
    Field("day", N_("Date"), r"^дат|день|число|заняти|\bdate", required=True),
    Field("mark", N_("Mark"), r"отметк|посещ|присутств|явк|был|mark", required=True),
    Field("club", N_("Club"), r"клуб|групп|кружок|club", required=True),
    Field("family", N_("Number of the family"), r"семь|№ ?карт|номер карт|карт\w* ?№|family"),
    Field(
        "recipient",
        N_("Recipient"),
        r"ф\.? ?и\.? ?о\b|фамили|участник|получател|ребен|имя|recipient",
        required=True,
    ),
)
MARKS: Words = (
    ("excused", r"уваж|боле|больн|отпрос|^у$|^б$|^ув"),
    ("absent", r"^н/?(б|п|я)?$|\bне был|не приш|не яв|отсут|прогул(?!к)|^[-–—0]$|^нет$|absent"),
    ("came", r"^\++$|^1$|^v$|^да$|^п$|^я$|\bбыл|приш|присут|посет|явил|came|✓|✔|√|☑"),
)
NOTHING = "none"  # a mark that somebody has said to mean nothing
LABELS = {"came": N_("came"), "excused": N_("was excused"), "absent": N_("was absent")}


def key_of_mark(text: str) -> str:
    """A mark as its meaning is remembered."""
    return normalise(text)


def mark_of(text: str, said: Mapping[str, str]) -> str | None:
    """What a mark means: as somebody has said by hand, or by its words; None for an unknown one."""
    return said.get(key_of_mark(text)) or word_of(text, MARKS)


def says_something(row: Row, said: Mapping[str, str]) -> bool:
    """Whether the row's mark means anything: of some it was said that they mean nothing."""
    return said.get(key_of_mark(cell_text(row.values.get("mark", "")))) != NOTHING


class Judge:
    """Says which rows become marks; what earlier rows take of a recipient's week is taken (R14)."""

    def __init__(self, user: Any) -> None:
        self._user, self._now, self._clubs = user, clock.wall(), Clubs(user)
        self._said = sayings.said(sayings.MARKS)
        self._rows: dict[tuple[int, int], tuple[str, str]] = {}
        self._held: dict[tuple[int, date], dict[int, int]] = {}

    def judge(self, rows: Sequence[Row]) -> None:
        """Judge each row by itself, in their order; reads what it needs in a few queries."""
        for row in rows:
            guarded(row, self._parse)
        self._load_sessions(_fresh(rows))
        for row in _fresh(rows):
            guarded(row, self._find_session)
        self._load_people(_fresh(rows))
        for row in _fresh(rows):
            guarded(row, self._find_person)
        self._load_places(_fresh(rows))
        for row in _fresh(rows):
            guarded(row, self._check)

    def _parse(self, row: Row) -> None:
        texts = {field: text_of(row.values, field) for field in ("club", "recipient", "family")}
        mark_text = cell_text(row.values.get("mark", ""))
        row.shown = ("—", texts["club"], texts["recipient"], mark_text)
        day = day_of(row.values, self._now.date())
        row.shown = (f"{day:%d.%m.%Y}", *row.shown[1:])
        club, mark = self._clubs.named(texts["club"]), mark_of(mark_text, self._said)
        if mark is None:
            message = N_("«%(value)s» is no mark: came, was excused, was absent.")
            raise RuleBroken("unknown_mark", message, value=mark_text[:60])
        row.facts = {"club_id": club.id, "day": day, "starts_at": time_of(row.values), "mark": mark}
        row.facts |= {
            "recipient": texts["recipient"],
            "family": texts["family"],
            "turn": row.values.get("turn"),
        }

    def _load_sessions(self, rows: Sequence[Row]) -> None:
        self._sessions: dict[tuple[int, date], list[ClubSession]] = defaultdict(list)
        days, clubs = {row.facts["day"] for row in rows}, {row.facts["club_id"] for row in rows}
        query = select(ClubSession).where(ClubSession.day.in_(days), ClubSession.club_id.in_(clubs))
        for one in db.session.scalars(query.where(ClubSession.slot.is_not(None))):
            self._sessions[one.club_id, one.day].append(one)
        ids = {one.id for found in self._sessions.values() for one in found}
        brought = select(ImportRow.row_id).where(ImportRow.table_name == "club_sessions")
        self._brought = set(db.session.scalars(brought.where(ImportRow.row_id.in_(ids))))

    def _find_session(self, row: Row) -> None:
        facts = row.facts
        found = self._sessions[facts["club_id"], facts["day"]]
        if facts["starts_at"] is not None:
            found = [one for one in found if one.starts_at == facts["starts_at"]]
        if facts["turn"] is not None:
            found = _by_turn(row, found)
        if not found:
            raise RuleBroken(
                "unknown_session", N_("The club has no such session: bring in the sessions first.")
            )
        if len(found) > 1:
            raise RuleBroken("several_sessions", N_("The club has two sessions on this day: write the time."))
        session = facts["session"] = found[0]
        if session.status in OVER and session.id not in self._brought:
            message = N_("Attendance of this session is closed: a mark is mended on its page.")
            raise RuleBroken("already_held", message)
        sessions.check_mark(facts["mark"], session.day, session.starts_at, self._now)
        self._clubs.check_open(session.day)

    def _load_people(self, rows: Sequence[Row]) -> None:
        texts = {row.facts[name] for row in rows for name in ("recipient", "family")} - {""}
        clubs = {row.facts["club_id"] for row in rows}
        goes = select(FamilyMember.family_id).join(
            ClubParticipant, ClubParticipant.member_id == FamilyMember.id
        )
        goes = goes.where(ClubParticipant.club_id.in_(clubs))
        self._people = finding.people(texts, or_(families.reach(self._user), Family.id.in_(goes)))
        family_ids = {one.family_id for one in self._people}
        self._episodes = finding.episodes(family_ids)
        members = select(FamilyMember.id, FamilyMember.family_id).where(
            FamilyMember.family_id.in_(family_ids)
        )
        of = {row.id: row.family_id for row in db.session.execute(members)}
        self._care: dict[int, list[Any]] = defaultdict(list)
        for member_id, periods in finding.spans(InpatientStay, InpatientStay.member_id, of).items():
            self._care[of[member_id]] += periods

    def _find_person(self, row: Row) -> None:
        facts = row.facts
        person = facts["person"] = finding.member_in(facts["recipient"], facts["family"], self._people)
        day = facts["session"].day
        if person.left_on is not None and person.left_on <= day:
            raise RuleBroken("left_family", N_("This person had left the family by then."))
        served = finding.on_patronage(day, self._episodes[person.family_id])
        if served is None and not finding.within(day, self._care[person.family_id]):
            raise RuleBroken("not_served", N_("On this day the family of this recipient got no services."))

    def _load_places(self, rows: Sequence[Row]) -> None:
        pairs = {(row.facts["person"].id, row.facts["session"].week) for row in rows}
        members, weeks = {one for one, _ in pairs}, {week for _, week in pairs}
        query = select(Booking).where(Booking.member_id.in_(members), Booking.week.in_(weeks))
        self._bookings: dict[tuple[int, int], Booking] = {}
        fresh = pairs - self._held.keys()
        self._held |= {pair: {} for pair in fresh}
        for one in db.session.scalars(query):
            self._bookings[one.session_id, one.member_id] = one
            if one.slot is not None and (one.member_id, one.week) in fresh:
                self._held[one.member_id, one.week][one.session_id] = one.slot

    def _check(self, row: Row) -> None:
        facts, mark = row.facts, row.facts["mark"]
        session, member_id = facts["session"], facts["person"].id
        row.shown = (row.shown[0], self._clubs.all[session.club_id].name, facts["person"].name.full, mark)
        earlier = self._rows.get((session.id, member_id))
        if earlier:
            if earlier[1] != mark:
                message = N_("%(row)s says otherwise of the same recipient.")
                raise RuleBroken("contradiction", message, row=earlier[0])
            return row.double(earlier[0])
        booking = self._bookings.get((session.id, member_id))
        if booking and booking.status == mark:
            return row.known(N_("This mark is here already."))
        if booking and booking.status not in ("booked", "cancelled"):
            raise RuleBroken(
                "other_mark", N_("Another mark stands here already: mend it on the session's page.")
            )
        facts["slot"] = self._slot(member_id, session, mark)
        facts["booking"] = booking
        row.key = f"mark:{session.id}:{member_id}"
        self._rows[session.id, member_id] = (row.place, mark)

    def _slot(self, member_id: int, session: ClubSession, mark: str) -> int | None:
        held = self._held[member_id, session.week]
        if mark != "came":
            held.pop(session.id, None)
            return None
        if session.id not in held:
            check_weekly_limit(session.day, [session.week for _ in held])
            held[session.id] = free_slot(held.values())
        return held[session.id]


def _by_turn(row: Row, found: Sequence[ClubSession]) -> list[ClubSession]:
    """Of the sessions of a day the one that the column means: they stand in their order, without a time."""
    in_order = sorted(found, key=lambda one: one.starts_at)
    meant = in_order[row.facts["turn"] :][:1]
    if meant and len(found) > 1:
        message = N_("The day stands twice, without a time: the session at %(time)s is meant by the order.")
        row.warn("by_order", message, time=f"{meant[0].starts_at:%H:%M}")
    return meant


def _fresh(rows: Sequence[Row]) -> list[Row]:
    return [row for row in rows if row.state == ACCEPTED]


def write(s: Session, rows: Sequence[Row], actor_id: int) -> list[Made]:
    """Inside a transaction: the marks; who had a place keeps the row of it, who had none gets one."""
    made, new = [], []
    for row in _fresh(rows):
        booking = row.facts["booking"]
        if booking is None:
            new.append(row)
            continue
        booking = s.merge(booking)
        former = booking.status
        booking.status, booking.slot, booking.marked_by_id = row.facts["mark"], row.facts["slot"], actor_id
        s.flush()
        made.append(Made("bookings", booking.id, row.number, row.key, former))
    ids = add_all(s, Booking, [_values(row.facts, actor_id) for row in new])
    return made + [Made("bookings", one, row.number, row.key) for one, row in zip(ids, new, strict=True)]


def _values(facts: dict[str, Any], actor_id: int) -> dict[str, Any]:
    session = facts["session"]
    return {
        "session_id": session.id,
        "member_id": facts["person"].id,
        "week": session.week,
        "slot": facts["slot"],
        "status": facts["mark"],
        "booked_by_id": actor_id,
        "booked_at": clock.now(),
        "marked_by_id": actor_id,
    }
