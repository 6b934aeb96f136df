"""The demo's clubs: two months of sessions with their services in the journal, and what is planned ahead."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import partial

from sqlalchemy import select

from portal.clubs import (
    actions,
    bookings,
    feedback,
    group,
    periods,
    program_queries,
    programs,
    sheet,
    surveys,
)
from portal.clubs.models import Booking
from portal.clubs.roster import age_of
from portal.db import db
from portal.demo.days import Days, worked_before
from portal.families.models import FamilyMember
from portal.patronage.models import Patronage
from portal.rules.interests import INTERESTS
from portal.rules.norms import DAY
from portal.rules.skills import SKILLS

SINCE, AHEAD = timedelta(56), timedelta(28)
RECIPIENTS = 12
CLOSED_BY = 3  # up to this day of a month the one before is open
CAME, EXCUSED = 0.8, 0.12  # of those booked
SAID = (
    (5, "Очень понравилось лепить вместе."),
    (5, ""),
    (4, "Хочу, чтобы занятие было длиннее."),
    (5, "Было весело, придём ещё."),
    (4, ""),
    (3, "В кабинете было тесно."),
)
ANALYSIS = (
    "Группа работала дружно, правила соблюдали. Двое стеснялись — на следующем занятии дать им роль ведущих.",
    "Цель достигнута. Дети охотно говорили о своих чувствах, спор в игре разобрали вместе.",
    "Начало затянулось: собирались дольше обычного. Основная часть прошла спокойно, все закончили работу.",
)
USED = ("Проектор, колонка", "Глина 2 кг, бумага А3, краски")


@dataclass(frozen=True)
class Demo:
    """One of the clubs as it begins."""

    name: str
    room: str
    about: str
    template: str
    ages: tuple[int, int]
    interests: tuple[str, ...]
    times: tuple[tuple[int, time], ...]


CLUBS = (
    Demo(
        "Мастерская «Глина»", "каб. 4", "Лепка и разговор за общим столом", "friends", (6, 14),
        ("crafts", "drawing", "friends"), ((0, time(15)), (3, time(15))),
    ),
    Demo(
        "Шахматы", "каб. 1", "Игра, турниры, умение проигрывать", "teens", (7, 17),
        ("games", "friends"), ((1, time(16)), (4, time(16))),
    ),
)  # fmt: skip


def plan(days: Days) -> None:
    """The clubs open two months ago; the rest follows from their schedule."""
    days.on(worked_before(days.today - SINCE), partial(_open, days))


def _open(days: Days, day: date) -> None:
    leader = days.people["pedagogue"]
    children = _children(day)
    _ask(days, [one for one, _age in children], day)
    taken: set[int] = set()
    for demo in CLUBS:
        weekly = [(weekday, start, 60) for weekday, start in demo.times]
        club_id = actions.create_club(
            leader, name=demo.name, leader_id=leader, room=demo.room, about=demo.about, times=weekly,
            capacity=RECIPIENTS,
        )  # fmt: skip
        surveys.aim(club_id, leader, demo.interests, "minors", demo.ages)
        program_id = programs.start_program(club_id, leader, template=demo.template)
        programs.put_in_force(program_id, leader, 1)
        first, last = demo.ages
        fit = [one for one, age in children if one not in taken and first <= age <= last]
        going = fit[:RECIPIENTS]
        taken |= set(going)
        for member_id in going:
            actions.join_club(club_id, member_id, leader)
        _plan_ahead(days, club_id, program_id, day)
        group.tell(club_id, None, leader)
        surveys.assess(club_id, "before", _scores(days, going, 0, 2), day, leader)
        days.on(
            days.today - DAY,
            partial(_after, days, club_id, going[: RECIPIENTS // 2]),
        )


def _children(day: date) -> list[tuple[int, int]]:
    """Children on patronage with their age, as far as it is known."""
    columns = (FamilyMember.id, FamilyMember.birth_date, FamilyMember.birth_year)
    query = select(*columns).join(Patronage, Patronage.family_id == FamilyMember.family_id)
    query = query.where(Patronage.status == "enrolled", FamilyMember.kind == "minor")
    rows = [(row.id, age_of(row, day)) for row in db.session.execute(query.order_by(FamilyMember.id))]
    return [(member_id, age) for member_id, age in rows if age is not None]


def _ask(days: Days, children: Sequence[int], day: date) -> None:
    """What the children would like."""
    answers = {one: surveys.Wishes(frozenset(days.random.sample(INTERESTS, 3))) for one in children}
    surveys.record_interests(answers, day, days.people["pedagogue"])


def _plan_ahead(days: Days, club_id: int, program_id: int, day: date) -> None:
    leader = days.people["pedagogue"]
    periods.plan_period(club_id, leader, first_day=day + DAY, last_day=days.today + AHEAD)
    session = db.session()
    topics = [row.id for row in program_queries.topics_of(session, program_id)]
    coming = [(row.id, row.day) for row in program_queries.coming_sessions(session, club_id)]
    chosen = [(session_id, topics[n % len(topics)]) for n, (session_id, _day) in enumerate(coming)]
    programs.lay_out(club_id, leader, chosen)
    past = [(session_id, on) for session_id, on in coming if on < days.today]
    for session_id, on in past:
        last = (session_id, on) == past[-1] and (on.month == days.today.month or days.today.day <= CLOSED_BY)
        days.on(on, partial(_hold, days, session_id, last))


def _hold(days: Days, session_id: int, last: bool, _day: date) -> None:
    """Who came, what it was like, and into the journal; the last session waits for its analysis."""
    leader = days.people["pedagogue"]
    booked = select(Booking.member_id).where(Booking.session_id == session_id, Booking.status == "booked")
    members = list(db.session.scalars(booked.order_by(Booking.member_id)))
    if not members:
        return
    bookings.mark_attendance(session_id, {one: _mark(days) for one in members[1:]}, leader)
    bookings.mark_attendance(session_id, {members[0]: "came"}, leader)
    bookings.close_attendance(session_id, leader)
    for number in range(days.random.randint(1, 4)):
        liked, text = days.random.choice(SAID)
        source = "guest" if number == 3 else "recipient"
        ticket = feedback.browser_ticket(session_id, str(number))
        feedback.give(session_id, ticket, source=source, liked=liked, text=text)
    if last:
        return
    sheet.sum_up(
        session_id, leader, analysis=days.random.choice(ANALYSIS), equipment=USED[0], consumables=USED[1],
        gone_through=True,
    )  # fmt: skip
    sheet.give_to_journal(session_id, True, leader)


def _mark(days: Days) -> str:
    drawn = days.random.random()
    return "came" if drawn < CAME else "excused" if drawn < CAME + EXCUSED else "absent"


def _after(days: Days, club_id: int, members: Sequence[int], day: date) -> None:
    """Half of the group is looked at again."""
    surveys.assess(club_id, "after", _scores(days, members, 2, 4), day, days.people["pedagogue"])


def _scores(days: Days, members: Sequence[int], low: int, high: int) -> dict[int, dict[str, int]]:
    return {one: {code: days.random.randint(low, high) for code in SKILLS} for one in members}
