"""Rows for tests: plain functions that state only what matters. They write directly, past the actions."""

from datetime import date, timedelta
from itertools import count
from typing import Any

from argon2 import PasswordHasher
from sqlalchemy import select, text, update

from portal import clock
from portal.access import Role
from portal.accounts.actions import profession_of
from portal.accounts.models import RoleGrant, User
from portal.clubs.models import Booking, Club, ClubParticipant, ClubSession
from portal.consilium.models import RollSeat
from portal.db import is_sqlite, technical
from portal.diagnosis.models import Diagnosis, DiagnosisScore
from portal.families.models import Consent, Family, FamilyCategory, FamilyMember
from portal.patronage.models import Assignment, ClosingAnalysis, Patronage
from portal.plans.content import new_key
from portal.plans.models import Plan, PlanGoal, PlanMeasure
from portal.rules.names import normalise
from portal.rules.weekly_limit import week_of
from portal.settings.models import CalendarDay
from portal.settings.words import WORDS

_numbers = count(1)
PASSWORD = "demo-patronage"
_HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
SURNAMES = (  # of colleagues: such as no family of a test has
    *("Абашева", "Вяхирева", "Дзюбина", "Ельшина", "Жаркова", "Зыбина", "Истрина", "Юрасова"),
)


def _add(*rows: Any) -> Any:
    with technical() as session:
        session.add_all(rows)
    return rows[0]


def make_user(*roles: str, position: str = "специалист по социальной работе", **fields: Any) -> User:
    """An account with the roles; password `demo-patronage`."""
    number = next(_numbers)
    named = {"last_name": f"{SURNAMES[number % 8]}", "first_name": "Анна", "middle_name": "Петровна"} | fields
    user = User(
        username=named.pop("username", f"user{number}"),
        position=position,
        profession=profession_of(position),
        department=named.pop("department", "отделение"),
        password_hash=_HASH,
        language=named.pop("language", "ru"),
        theme="auto",
        created_at=clock.now(),
        search=normalise(f"{named['last_name']} {named['first_name']} {number}"),
        grants=[RoleGrant(role=Role(role)) for role in roles],
        **named,
    )
    return _add(user)


def make_family(
    surname: str = "Соколова", children: int = 1, phone: str = "+79991234567", **fields: Any
) -> Family:
    """A family with one representative and minors aged about ten, no patronage yet."""
    number = next(_numbers)
    family = Family(
        number=number,
        surname=surname,
        sort_name=normalise(f"{surname} мария ивановна"),
        phone=phone,
        address="ул. Мира, 1",
        search=normalise(
            f"{surname} мария ивановна {' '.join(f'вера{n}' for n in range(children))} {phone} {number}"
        ),
        created_at=clock.now(),
        **fields,
    )
    family.members = [
        FamilyMember(kind="representative", last_name=surname, first_name="Мария", middle_name="Ивановна"),
        *(
            FamilyMember(
                kind="minor",
                last_name=surname,
                first_name=f"Вера{n}",
                birth_date=clock.today() - timedelta(3650 + n),
            )
            for n in range(children)
        ),
    ]
    family.categories = [FamilyCategory(code="at_risk")]
    return _add(family)


def make_consent(family: Family, given_on: date | None = None, withdrawn_on: date | None = None) -> Consent:
    """A consent of the family's representative."""
    given = given_on or clock.today() - timedelta(30)
    consent = Consent(
        family_id=family.id,
        representative_id=family.members[0].id,
        given_on=given,
        withdrawn_on=withdrawn_on,
        recorded_at=clock.now(),
    )
    return _add(consent)


def make_patronage(
    family: Family | None = None, status: str = "enrolled", lead: User | None = None, **fields: Any
) -> Patronage:
    """The latest episode of a family (made when none is given); enrolled ones have a regime and a consent."""
    family = family or make_family()
    day = clock.today()
    values: dict[str, Any] = {"opened_on": day - timedelta(40)}
    if status in ("enrolled", "suspended", "removed"):
        values |= {"enrolled_on": day - timedelta(20), "regime": "planned", "term": "long", "stage": "main"}
        make_consent(family, day - timedelta(30))
    if status == "removed":
        values["removed_on"] = day
    patronage = _add(Patronage(family_id=family.id, status=status, **(values | fields)))
    if lead is not None:
        make_assignment(patronage, lead)
    return patronage


def make_assignment(patronage: Patronage, user: User, kind: str = "lead") -> Assignment:
    """The user works with the family of the patronage."""
    started = patronage.enrolled_on or patronage.opened_on
    return _add(Assignment(patronage_id=patronage.id, user_id=user.id, kind=kind, starts_on=started))


def make_analysis(
    patronage: Patronage, author: User, body: str = "Цели плана достигнуты."
) -> ClosingAnalysis:
    """A closing analysis."""
    return _add(
        ClosingAnalysis(patronage_id=patronage.id, body=body, author_id=author.id, written_at=clock.now())
    )


def make_diagnosis(patronage: Patronage, author: User, *, score: int = 2, **fields: Any) -> Diagnosis:
    """A social diagnosis with the same score for every sphere; an approved one by a head of its own."""
    state, number = fields.pop("state", "draft"), fields.pop("number", 1)
    day = fields.pop("day", clock.today())
    values: dict[str, Any] = {"crisis_depth": 2, "conclusion": "Семье нужна помощь.", "remark": ""}
    if state == "approved":
        values |= {"approved_by_id": make_user("head").id, "approved_at": clock.now()}
    if state == "returned":
        values["remark"] = "Дополните причины."
    row: Diagnosis = _add(
        Diagnosis(
            patronage_id=patronage.id,
            author_id=author.id,
            number=number,
            day=day,
            state="draft",
            saved_at=clock.now(),
            submitted_at=None if state == "draft" else clock.now(),
        )
    )
    with technical() as session:
        rows = [DiagnosisScore(diagnosis_id=row.id, sphere=one[0], score=score) for one in WORDS["spheres"]]
        session.add_all(rows)
        session.flush()
        session.execute(
            update(Diagnosis).where(Diagnosis.id == row.id).values(state=state, **(values | fields))
        )
    return row


def make_plan(
    patronage: Patronage, author: User, state: str = "draft", *, due: tuple[int, ...] = (7,), **fields: Any
) -> Plan:
    """A version of a plan with one goal, and for it a measure for each of the days from today; the author does all.

    Approved ones were approved by a head made for that.
    """
    now, today = clock.now(), clock.today()
    written: dict[str, Any] = {
        "version": 1,
        "aim": "Дети дома и в школе",
        "created_at": now,
        "edited_at": now,
    }
    values: dict[str, Any] = {}
    if state not in ("draft", "discarded"):
        values |= {"agreed_on": today, "agreed_with_id": _representative_of(patronage)}
    if state in ("in_force", "superseded", "completed"):
        values |= {"approved_by_id": make_user("head").id, "approved_at": now}
    people = {"author_id": author.id, "edited_by_id": author.id}
    plan = _add(Plan(patronage_id=patronage.id, state="discarded", **(written | people | fields)))
    goal = _add(
        PlanGoal(plan_id=plan.id, key=new_key(), position=1, sphere="income", text="Доход семьи вырос")
    )
    for position, days in enumerate(due, 1):
        measure = PlanMeasure(plan_id=plan.id, goal_id=goal.id, key=new_key(), position=position)
        measure.text, measure.due_on = f"Мероприятие {position}", today + timedelta(days)
        measure.user_id = author.id
        _add(measure)
    values |= fields | {"state": state}
    with technical() as session:  # an approved plan stays, so its goals come first
        session.execute(update(Plan).where(Plan.id == plan.id).values(**values))
    for name, value in values.items():
        setattr(plan, name, value)
    return plan


def unguard_plans() -> None:
    """Take away the triggers that keep approved plans, to try what is done past every guard."""
    kept = text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'plan%_stay_%'")
    with technical() as session:
        if not is_sqlite():
            for table in ("plans", "plan_goals", "plan_measures"):
                session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
            return
        for name in session.scalars(kept).all():
            session.execute(text(f"DROP TRIGGER {name}"))


def _representative_of(patronage: Patronage) -> int:
    with technical() as session:
        query = select(FamilyMember.id).where(FamilyMember.family_id == patronage.family_id)
        return session.scalars(query.where(FamilyMember.kind == "representative")).first() or 0


def make_roll(chair: User, members: list[User], secretary: User | None = None) -> None:
    """The consilium's roll; the secretary has no vote."""
    day = clock.today() - timedelta(365)
    seats = [RollSeat(user_id=chair.id, seat="chair", from_on=day)]
    seats += [RollSeat(user_id=user.id, seat="member", from_on=day) for user in members]
    if secretary:
        seats.append(RollSeat(user_id=secretary.id, seat="secretary", votes=False, from_on=day))
    _add(*seats)


def make_club(leader: User, name: str = "Мастерская") -> Club:
    """A club."""
    return _add(Club(name=name, leader_id=leader.id, room="каб. 4"))


def work_on(day: date) -> None:
    """The center works that day, whatever the country's calendar says: sessions of tests are planned for it."""
    _add(CalendarDay(day=day, kind="worked", note=""))


def make_session(club: Club, day: date, slot: int = 1, **fields: Any) -> ClubSession:
    """A planned session of the club."""
    values: dict[str, Any] = {
        "starts_at": clock.now().time().replace(hour=12, minute=0, second=0, microsecond=0)
    }
    values |= {"minutes": 60, "topic": "Дружба", "goal": "Знакомство", "room": club.room}
    return _add(ClubSession(club_id=club.id, day=day, week=week_of(day), slot=slot, **(values | fields)))


def make_recipient(*clubs: Club, surname: str = "Соколова", status: str = "enrolled") -> FamilyMember:
    """A minor of a family with that patronage who goes to the clubs."""
    family = make_family(surname)
    make_patronage(family, status=status)
    member = family.members[1]
    day = clock.today()
    rows = [ClubParticipant(club_id=club.id, member_id=member.id, joined_on=day) for club in clubs]
    if rows:
        _add(*rows)
    return member


def make_booking(session: ClubSession, member: FamilyMember, slot: int = 1, **fields: Any) -> Booking:
    """A place that the member holds at the session, booked by nobody who matters."""
    values = {"week": session.week, "slot": slot, "booked_by_id": 1, "booked_at": clock.now()} | fields
    return _add(Booking(session_id=session.id, member_id=member.id, **values))
