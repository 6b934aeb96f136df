"""Whatever is done to several clubs in whatever order: the portal does what the plain model does, and no more."""

from collections import Counter
from datetime import datetime, time, timedelta

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from portal import clock
from portal.check import clubs as weekly_rule
from portal.clubs import actions, bookings, periods, planning, waiting
from portal.clubs.checks import WALKS
from portal.clubs.group_models import ClubWaiting
from portal.clubs.models import Booking, Club, ClubParticipant, ClubSession, ClubTime
from portal.db import db, technical
from portal.patronage.models import Patronage
from portal.rules import RuleBroken
from tests.clubs.plain import Clubs, RefusalError, Session
from tests.factories import make_club, make_recipient, make_user
from tests.stateful.world import bounded

CLUBS, MEMBERS = 3, 5
CLUB, MEMBER = st.integers(0, CLUBS - 1), st.integers(0, MEMBERS - 1)
ANY = st.integers(0, 99)  # which of several
AHEAD = st.integers(0, 9)  # this week and the next
WEEKLY = time(11)


class AnyOrder(RuleBasedStateMachine):
    """One run: what is pressed is done to the model first, then to the portal."""

    told: Counter[str] = Counter()  # noqa: RUF012

    def __init__(self) -> None:
        super().__init__()
        self.now = datetime(2026, 9, 9, 6, tzinfo=clock.zone())  # before the day's sessions
        self.evening = self.now.replace(hour=21)  # when it is marked who came
        with clock.pretend(self.now):
            self._people()
        for club in range(CLUBS):  # a start with groups, lines and sessions of today
            for who in (0, 1, 2, 3):
                self.join(club, who)
            self.plan(club, 0)
            self.plan(club, 7)

    def _people(self) -> None:
        clubs = [make_club(make_user("pedagogue"), name=f"Клуб {n}") for n in range(CLUBS)]
        self.clubs = [club.id for club in clubs]
        self.members = [make_recipient() for _ in range(MEMBERS)]
        self.ids = [one.id for one in self.members]
        self.actor = make_user("head").id
        times = {club: [(n, WEEKLY), (n + 3, WEEKLY)] for n, club in enumerate(self.clubs)}
        with technical() as s:
            for club, weekly in times.items():
                row = s.get_one(Club, club)
                row.capacity, row.room = 3, ""
                for slot, (day, start) in enumerate(weekly, 1):
                    s.add(ClubTime(club_id=club, slot=slot, weekday=day, starts_at=start, minutes=60))
        self.model = Clubs(
            self.now.date(), dict.fromkeys(self.clubs, 3), times, dict.fromkeys(self.ids, True),
            {one: set() for one in self.clubs}, {one: [] for one in self.clubs},
        )  # fmt: skip

    def both(self, name, model, portal, at=None):
        """Do it to both: they agree whether it may be done. Gives what each says; None when it is refused."""
        before, wanted, refused = self.model.copy(), None, False
        try:
            wanted = model()
        except RefusalError:
            self.model, refused = before, True
        with clock.pretend(at or self.now):
            try:
                found = portal()
            except RuleBroken as broken:
                assert refused, f"{name} should be done, is refused: {broken.code}"
                self.told[f"{name}: {broken.code}"] += 1
                return None
        assert not refused, f"{name} should be refused, is done"
        self.told[name] += 1
        return wanted, found

    def one_of(self, members, which):
        """One of these, or of all when there are none."""
        return sorted(members or self.ids)[which % len(members or self.ids)]

    def at(self, which):
        """One of the sessions."""
        known = sorted(self.model.sessions)
        return known[which % len(known)] if known else None

    def live(self, which):
        """One that is not cancelled, while there is one."""
        known = [at for at, one in sorted(self.model.sessions.items()) if not one.cancelled]
        return known[which % len(known)] if known else self.at(which)

    def hour(self, club, day):
        """The first hour at which the club has nothing yet."""
        busy = {one.start for one in self.model.sessions.values() if (one.club, one.day) == (club, day)}
        return next(time(hour) for hour in range(7, 21) if time(hour) not in busy | {WEEKLY})

    @rule(club=CLUB, who=MEMBER)
    def join(self, club, who):
        c, m = self.clubs[club], self.ids[who]
        ends = self.both("join", lambda: self.model.join(c, m), lambda: actions.join_club(c, m, self.actor))
        assert ends is None or ends[0] == ends[1]

    @rule(club=CLUB, who=MEMBER)
    def leave(self, club, who):
        c = self.clubs[club]
        m = self.one_of(self.model.going[c], who)
        self.both("leave", lambda: self.model.leave(c, m), lambda: actions.leave_club(c, m, self.actor))

    @rule(club=CLUB, who=MEMBER)
    def give_up(self, club, who):
        c = self.clubs[club]
        m = self.one_of(self.model.line[c], who)
        self.both("give_up", lambda: self.model.give_up(c, m), lambda: waiting.give_up(c, m, self.actor))

    @rule(club=CLUB, places=st.integers(1, 5))
    def resize(self, club, places):
        c = self.clubs[club]
        times = [(day, start, 60) for day, start in self.model.times[c]]

        def change():
            actions.change_club(c, self.actor, times=times, capacity=places)

        self.both("resize", lambda: self.model.resize(c, places), change)

    @rule(who=MEMBER)
    def patronage(self, who):
        """It is suspended, or goes on."""
        member, served = self.members[who], not self.model.served[self.ids[who]]
        self.model.served[member.id] = served
        with technical() as s:
            row = s.query(Patronage).filter_by(family_id=member.family_id).one()
            row.status = "enrolled" if served else "suspended"

    @rule(club=CLUB, ahead=AHEAD)
    def plan(self, club, ahead):
        c, day = self.clubs[club], self.model.today + timedelta(ahead)
        start = self.hour(c, day)

        def plan():
            return planning.plan_session(c, self.actor, day=day, starts_at=start, minutes=60)

        if ends := self.both("plan", lambda: self.model.check_plan(c, day), plan):
            self.model.sessions[ends[1]] = Session(c, day, start)

    @rule(club=CLUB, first=st.integers(1, 4), long=st.integers(0, 6))
    def series(self, club, first, long):
        """A period by the weekly times, with places for the whole group."""
        c, since = self.clubs[club], self.model.today + timedelta(first)
        until = since + timedelta(long)
        wanted = self.model.occasions(c, since, until)

        def may():
            if not wanted:
                raise RefusalError

        def plan():
            return periods.plan_period(c, self.actor, first_day=since, last_day=until)

        if self.both("series", may, plan):
            db.session.rollback()
            query = select(ClubSession.id, ClubSession.day, ClubSession.starts_at).where(
                ClubSession.club_id == c
            )
            new = [row for row in db.session.execute(query) if row.id not in self.model.sessions]
            assert sorted((row.day, row.starts_at) for row in new) == wanted
            for row in sorted(new, key=lambda row: row.day):
                self.model.sessions[row.id] = Session(c, row.day, row.starts_at)
                self.model.settle(row.id)

    @rule(which=ANY, who=MEMBER)
    def book(self, which, who):
        if at := self.live(which):
            self._book(at, who)

    @rule(which=ANY)
    def book_all(self, which):
        """The whole group, one after another."""
        if at := self.live(which):
            for who in range(len(self.model.going[self.model.sessions[at].club])):
                self._book(at, who)

    def _book(self, at, who):
        m = self.one_of(self.model.going[self.model.sessions[at].club], who)
        self.both("book", lambda: self.model.book(at, m), lambda: bookings.book_one(at, m, self.actor))

    @rule(which=ANY)
    def cancel_place(self, which):
        known = sorted(self.model.places)
        if known:
            at, m = known[which % len(known)]
            query = select(Booking.id).where(Booking.session_id == at, Booking.member_id == m)
            booking = db.session.scalars(query).one()
            self.both(
                "cancel_place",
                lambda: self.model.cancel_place(at, m),
                lambda: bookings.cancel_booking(booking, self.actor),
            )

    @rule(which=ANY, who=MEMBER, mark=st.sampled_from(["came", "came", "excused", "absent"]))
    def mark(self, which, who, mark):
        m, today = self.ids[who], self.model.today
        near = [one for one in sorted(self.model.sessions) if self.model.sessions[one].day == today]
        if not near:
            return
        at = near[which % len(near)]

        def mark_it():
            for broken in bookings.mark_attendance(at, {m: mark}, self.actor).refused.values():
                raise broken

        unbooked = " unbooked" if not self.model.state(at, m) else ""
        self.both(f"{mark}{unbooked}", lambda: self.model.mark(at, m, mark), mark_it, self.evening)

    @rule(which=ANY, ahead=AHEAD)
    def move(self, which, ahead):
        if not (at := self.live(which)):
            return
        day = self.model.today + timedelta(ahead)
        session = self.model.sessions[at]
        start, week = self.hour(session.club, day), session.week

        def move():
            planning.change_session(at, self.actor, day=day, starts_at=start, minutes=60)

        if self.both("move", lambda: self.model.move(at, day), move):
            self.model.sessions[at].start = start
            self.told["moved to another week"] += week != self.model.sessions[at].week

    @rule(which=ANY)
    def cancel_session(self, which):
        if at := self.at(which):
            self.both(
                "cancel_session",
                lambda: self.model.cancel_session(at),
                lambda: planning.cancel_session(at, "карантин", self.actor),
            )

    @invariant()
    def the_portal_is_what_the_model_is(self):
        db.session.rollback()
        going = select(ClubParticipant.club_id, ClubParticipant.member_id)
        going = going.where(ClubParticipant.left_on.is_(None), ClubParticipant.club_id.in_(self.clubs))
        found: dict[int, set[int]] = {one: set() for one in self.clubs}
        for club, member in db.session.execute(going):
            found[club].add(member)
        assert found == self.model.going
        line: dict[int, list[int]] = {one: [] for one in self.clubs}
        query = select(ClubWaiting.club_id, ClubWaiting.member_id).where(ClubWaiting.club_id.in_(self.clubs))
        for club, member in db.session.execute(query.order_by(ClubWaiting.id)):
            line[club].append(member)
        assert line == self.model.line
        self._sessions_and_places()

    def _sessions_and_places(self):
        columns = (ClubSession.id, ClubSession.day, ClubSession.status)
        query = select(*columns).where(ClubSession.club_id.in_(self.clubs))
        rows = {row.id: (row.day, row.status == "cancelled") for row in db.session.execute(query)}
        assert rows == {at: (one.day, one.cancelled) for at, one in self.model.sessions.items()}
        places = select(Booking.session_id, Booking.member_id, Booking.status)
        rows = db.session.execute(places.where(Booking.member_id.in_(self.ids)))
        assert {(at, who): state for at, who, state in rows} == self.model.places

    def teardown(self):
        """No walk of `flask check` finds a fault of clubs."""
        with clock.pretend(self.now):
            assert [fault for walk in (weekly_rule, *WALKS) for fault in walk()] == []


def test_no_order_of_actions_does_what_the_model_does_not(app):
    class Here(AnyOrder):
        told: Counter[str] = Counter()  # noqa: RUF012

    run_state_machine_as_test(Here, settings=bounded(examples=15, steps=60))
    done = {name for name, count in Here.told.items() if count}
    wanted = {"join", "leave", "resize", "plan", "series", "book", "cancel_place", "came", "came unbooked"}
    wanted |= {
        "move",
        "moved to another week",
        "cancel_session",
        "book: weekly_limit",
        "join: already_waiting",
    }
    assert wanted <= done, f"{sorted(wanted - done)} of {Here.told}"
