"""A centre with many families, written in bulk: every row that a page of the bench reads."""

from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import insert, select, text

from portal import clock
from portal.accounts.models import LoginSession, User
from portal.accounts.sessions import COOKIE_KEY, digest
from portal.clubs.models import Booking, Club, ClubParticipant, ClubSession
from portal.contacts.models import Contact
from portal.db import db, is_sqlite, technical
from portal.families.models import Consent, Family, FamilyCategory, FamilyMember
from portal.patronage.models import Assignment, Patronage
from portal.rules.names import normalise
from portal.rules.weekly_limit import week_of
from tests.bench.meeting import MEMBERS, Room, hold
from tests.client import FreshClient
from tests.factories import make_roll, make_user

SURNAMES = (
    "Иванова Петрова Сидорова Кузнецова Орлова Белова Жукова Титова Семёнова Соколова Лебедева Козлова Новикова"
    " Морозова Волкова Зайцева Павлова Голубева Виноградова Богданова"
).split()
NAMES = "Анна Мария Елена Ольга Татьяна Наталья Ирина Светлана Юлия Вера".split()
FATHERS = "Ивановна Петровна Сергеевна Алексеевна Андреевна".split()
CATEGORIES = ("at_risk", "hardship", "large", "single_parent", "low_income")
REGIMES = ("emergency", "planned", "control")
SPECIALISTS, CLUBS, GUESTS, BATCH = 40, 30, 12, 5_000  # 60 sessions a week, 720 bookings
MET = 300  # families with a contact each month of a year


@dataclass
class Centre:
    """Who asks, and for what."""

    cookies: dict[str, str]
    last_page: str
    room: Room
    screens: list[str]  # the cookies of those who vote
    family_id: int


def fill(app: Flask, families: int) -> Centre:
    """Write the rows; an application context must be open."""
    head, chair = make_user("head", username="head"), make_user("chair", username="chair")
    members = [make_user("member") for _ in range(MEMBERS - 1)]
    make_roll(chair, members)
    specialists = [make_user("specialist").id for _ in range(SPECIALISTS)]
    _families(families, specialists)
    _contacts(min(families, MET), specialists)
    _clubs([make_user("pedagogue").id for _ in range(CLUBS)], head.id)
    room = hold([chair, *members], families)
    _let_the_database_look()
    cookies = {user.username: _cookie(app, user) for user in (head, chair, *members)}
    screens = [cookies[user.username] for user in (chair, *members)]
    return Centre(cookies, _last_page(families), room, screens, families // 2)


def _families(families: int, specialists: list[int]) -> None:
    for start in range(1, families + 1, BATCH):
        numbers = range(start, min(start + BATCH, families + 1))
        with technical() as s:
            for model, rows in _batch(numbers, specialists).items():
                s.execute(insert(model), rows)


def _batch(numbers: range, specialists: list[int]) -> dict[Any, list[dict[str, Any]]]:
    day, moment = clock.today(), clock.now()
    rows: dict[Any, list[dict[str, Any]]] = {
        model: [] for model in (Family, FamilyMember, FamilyCategory, Patronage, Assignment, Consent)
    }
    for n in numbers:
        last, first, middle = SURNAMES[n % 20], NAMES[n // 20 % 10], FATHERS[n // 200 % 5]
        whole, phone = normalise(f"{last} {first} {middle}"), f"+7912{n:07}"
        rows[Family].append(
            {"id": n, "number": n, "surname": last, "sort_name": whole, "phone": phone, "address": f"ул. Мира, {n}",
             "search": f"{whole} {phone} {n}", "created_at": moment}
        )  # fmt: skip
        rows[FamilyMember].append(
            {"id": 2 * n, "family_id": n, "kind": "representative", "last_name": last, "first_name": first,
             "middle_name": middle, "birth_date": None}
        )  # fmt: skip
        rows[FamilyMember].append(
            {"id": 2 * n + 1, "family_id": n, "kind": "minor", "last_name": last, "first_name": "Вера",
             "middle_name": "", "birth_date": date(2010 + n % 12, 1 + n % 12, 1 + n % 28)}
        )  # fmt: skip
        rows[FamilyCategory].append({"family_id": n, "code": CATEGORIES[n % 5]})
        rows[Patronage].append(
            {"id": n, "family_id": n, "status": "enrolled", "stage": "main", "regime": REGIMES[n % 3], "term": "long",
             "opened_on": day - timedelta(430), "enrolled_on": day - timedelta(400),
             "next_contact_on": day - timedelta(3) if n <= MET else day + timedelta(20)}
        )  # fmt: skip
        rows[Assignment].append(
            {"patronage_id": n, "user_id": specialists[n % len(specialists)], "kind": "lead",
             "starts_on": day - timedelta(60)}
        )  # fmt: skip
        rows[Consent].append(
            {
                "family_id": n,
                "representative_id": 2 * n,
                "given_on": day - timedelta(80),
                "recorded_at": moment,
            }
        )
    return rows


def _contacts(families: int, specialists: list[int]) -> None:
    """A visit each month of the last year."""
    day, moment = clock.today(), clock.now()
    with technical() as s:
        for n in range(1, families + 1):
            s.execute(
                insert(Contact),
                [
                    {"patronage_id": n, "user_id": specialists[n % len(specialists)], "kind": "visit", "state": "done",
                     "day": day - timedelta(30 * month + n % 25), "starts_at": time(10), "minutes": 60, "reason": "",
                     "why": "", "notes": "", "recommendations": "", "created_by_id": specialists[0],
                     "created_at": moment, "closed_at": moment}
                    for month in range(13)
                ],
            )  # fmt: skip


def _clubs(leaders: list[int], booked_by: int) -> None:
    """Each club has two sessions this week; each recipient goes to one club."""
    day, moment = clock.today(), clock.now()
    monday = week_of(day)
    with technical() as s:
        for number, leader in enumerate(leaders):
            club = Club(name=f"Клуб {number + 1}", leader_id=leader, room=f"каб. {number + 1}")
            s.add(club)
            s.flush()
            sessions = [
                ClubSession(
                    club_id=club.id, day=monday + timedelta(number % 3 + 2 * slot), week=monday, slot=slot + 1,
                    starts_at=time(10 + number % 8), minutes=60, topic="Дружба", goal="Знакомство", room=club.room,
                )
                for slot in range(2)
            ]  # fmt: skip
            s.add_all(sessions)
            s.flush()
            for guest in range(GUESTS):
                member = 2 * (number * GUESTS + guest + 1) + 1
                s.add(ClubParticipant(club_id=club.id, member_id=member, joined_on=day))
                for slot, session in enumerate(sessions, 1):
                    s.add(
                        Booking(
                            session_id=session.id, member_id=member, week=monday, slot=slot, booked_by_id=booked_by,
                            booked_at=moment,
                        )
                    )  # fmt: skip


def _let_the_database_look() -> None:
    """PostgreSQL does this by itself after a while."""
    if not is_sqlite():
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("ANALYZE"))


def _last_page(families: int) -> str:
    """The address of the last page of the list, as the pager writes it."""
    order = select(Family.id).order_by(Family.sort_name.desc(), Family.id.desc())
    before_it = db.session.scalar(order.offset((families - 1) % 25 + 1).limit(1))
    return f"/families/?at={families - (families - 1) % 25}&after={before_it}"


def _cookie(app: Flask, user: User) -> str:
    """The cookie of a browser that has signed in and opened a page."""
    token, moment = f"bench-{user.username}", clock.now()
    with technical() as s:
        s.add(LoginSession(user_id=user.id, token_hash=digest(token), created_at=moment, seen_at=moment))
    serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    name = app.config["SESSION_COOKIE_NAME"]
    browser = FreshClient(app, app.response_class)
    browser.set_cookie(name, serializer.dumps({COOKIE_KEY: token}))
    browser.get("/profile")
    found = browser.get_cookie(name)
    assert found is not None
    return f"{name}={found.value}"
