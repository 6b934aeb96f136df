"""A large center, filled straight into the database."""

from datetime import timedelta
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from portal import clock
from portal.accounts.models import User
from portal.clubs.models import Booking
from portal.consilium.models import Item, Meeting, MeetingSeat
from portal.db import db, technical
from portal.families.models import Consent, Family, FamilyCategory, FamilyMember
from portal.patronage.models import Assignment, Patronage
from portal.rules.names import normalise
from tests import factories

LAST = (
    "Иванова",
    "Петрова",
    "Семёнова",
    "Кузнецова",
    "Орлова",
    "Белова",
    "Жукова",
    "Титова",
    "Зорина",
    "Рябова",
)
FIRST = ("Мария", "Анна", "Ольга", "Вера", "Елена", "Нина", "Ирина", "Юлия", "Дарья", "Алла", "Зоя")
MIDDLE = ("Ивановна", "Петровна", "Сергеевна", "Олеговна", "Юрьевна", "Львовна", "Ильинична")
CHUNK, SPECIALISTS, ITEMS, CLUBS, CHILDREN = 5000, 40, 10, 10, 12


def fill(families: int) -> dict[str, User]:
    """The families with two children each, a live meeting, ten clubs with their week; gives who looks at them."""
    specialists = [factories.make_user("specialist", username=f"s{n}") for n in range(SPECIALISTS)]
    for start in range(1, families + 1, CHUNK):
        with technical() as session:
            _families(
                session, range(start, min(start + CHUNK, families + 1)), [user.id for user in specialists]
            )
    people = {"head": factories.make_user("head"), "chair": factories.make_user("chair")}
    _meeting(people["chair"])
    _clubs(families)
    return people


def _families(s: Session, numbers: range, specialists: list[int]) -> None:
    day, moment, rows = clock.today(), clock.now(), list(map(_row, numbers))
    names = zip(numbers, rows, strict=True)
    s.execute(insert(Family), [{"id": n, "number": n, "created_at": moment, **row} for n, row in names])
    people: list[dict[str, Any]] = []
    for n in numbers:
        last, first, middle = _name(n)
        name = {"family_id": n, "last_name": last}
        mother = {
            "id": 3 * n,
            "kind": "representative",
            "first_name": first,
            "middle_name": middle,
            "birth_date": None,
        }
        people.append(name | mother)
        for k in (1, 2):
            born = day - timedelta(2500 + n % 2000 + k)
            child = {"id": 3 * n + k, "kind": "minor", "first_name": FIRST[(n + k) % 11], "middle_name": ""}
            people.append(name | child | {"birth_date": born})
    s.execute(insert(FamilyMember), people)
    codes = ("at_risk", "hardship", "large", "low_income")
    s.execute(insert(FamilyCategory), [{"family_id": n, "code": codes[n % 4]} for n in numbers])
    consent = {"given_on": day - timedelta(400), "recorded_at": moment}
    s.execute(insert(Consent), [{"family_id": n, "representative_id": 3 * n, **consent} for n in numbers])
    enrolled = {"status": "enrolled", "stage": "main", "term": "long", "opened_on": day - timedelta(400)}
    regimes = ("planned", "control", "emergency")
    patronages = [
        {
            "id": n,
            "family_id": n,
            "regime": regimes[n % 3],
            "enrolled_on": day - timedelta(n % 390),
            **enrolled,
        }
        for n in numbers
    ]
    s.execute(insert(Patronage), patronages)
    leads = [
        {"patronage_id": n, "user_id": specialists[n % SPECIALISTS], "kind": "lead", "starts_on": day}
        for n in numbers
    ]
    s.execute(insert(Assignment), leads)


def _name(number: int) -> tuple[str, str, str]:
    return LAST[number % 10], FIRST[number % 11], MIDDLE[number % 7]


def _row(number: int) -> dict[str, Any]:
    last, full, phone = LAST[number % 10], " ".join(_name(number)), f"+79{number:09d}"
    search = normalise(f"{full} {phone[1:]} {number}")
    return {
        "surname": last,
        "sort_name": normalise(full),
        "phone": phone,
        "search": search,
        "address": "ул. Мира, 1",
    }


def _meeting(chair: User) -> None:
    """An open meeting of ten items, one of them being voted on."""
    members = [factories.make_user("member") for _ in range(6)]
    factories.make_roll(chair, members)
    with technical() as s:
        meeting = Meeting(
            number=1, year=2026, held_on=clock.today(), starts_at=clock.now().time(), place="каб. 1",
            status="open", created_by_id=chair.id, opened_at=clock.now(),
        )  # fmt: skip
        s.add(meeting)
        s.flush()
        for user in [chair, *members]:
            seat = "chair" if user is chair else "member"
            s.add(
                MeetingSeat(meeting_id=meeting.id, user_id=user.id, seat=seat, votes=True, presence="present")
            )
        for n in range(1, ITEMS + 1):
            status = "voting" if n == 1 else "waiting"
            reason = {"kind": "remove", "reason": "aims_reached"}
            s.add(Item(meeting_id=meeting.id, position=n, patronage_id=n, status=status, **reason))


def _clubs(families: int) -> None:
    leader, day = factories.make_user("pedagogue"), clock.today()
    for n in range(CLUBS):
        club = factories.make_club(leader, f"Клуб {n}")
        for slot in (1, 2):
            session = factories.make_session(club, day, slot)
            members = [3 * (1 + (n * CHILDREN + k) % families) + 1 for k in range(CHILDREN)]
            with technical() as s:
                held = {"session_id": session.id, "week": session.week, "slot": slot}
                who = {"booked_by_id": leader.id, "booked_at": clock.now(), "status": "booked"}
                s.execute(insert(Booking), [{"member_id": m, **held, **who} for m in members])


def settle() -> None:
    """What a database learns by itself in a day of use."""
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")
