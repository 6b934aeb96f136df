"""The demo centre: the register of portal/demo imported, accounts with a known password, a roll, two clubs."""

from datetime import date, time, timedelta
from pathlib import Path

from flask import current_app
from sqlalchemy import select

from portal import audit, clock
from portal.access import Role
from portal.accounts.actions import add_user, hash_password
from portal.accounts.models import User
from portal.audit import Event
from portal.consilium import actions as consilium
from portal.db import atomic, db
from portal.demo import clubs, contacts, council, newcomers, paperwork, support
from portal.demo.days import Case, Days, moment
from portal.exchange import apply as applying
from portal.exchange.families import Judge, rows_of, write
from portal.exchange.register import read_register
from portal.exchange.register_types import Register
from portal.exchange.rows import ACCEPTED
from portal.exchange.workbook import read_workbook
from portal.families.models import FamilyMember
from portal.patronage import actions as assignments
from portal.patronage.models import Assignment, Patronage
from portal.settings import actions as settings

PASSWORD = "demo-patronage"  # noqa: S105 - known to everybody: the data are invented
REGISTER = Path(__file__).parent / "register.xlsx"
SOCIAL_LEGAL, DIAGNOSTICS = (
    "отделение социально-правовой помощи",
    "отделение диагностики и социальной реабилитации",
)
ACCOUNTS = (
    ("admin", ["admin"], "Орлов Павел Андреевич", "администратор портала", ""),
    ("head", ["head"], "Лебедева Ирина Сергеевна", "заведующий отделением", SOCIAL_LEGAL),
    ("chair", ["chair"], "Белов Сергей Петрович", "заместитель директора", ""),
    ("secretary", ["secretary"], "Зимина Елена Олеговна", "делопроизводитель", ""),
    ("member1", ["member"], "Гусева Марина Игоревна", "педагог-психолог", DIAGNOSTICS),
    ("member2", ["member"], "Панов Виктор Ильич", "врач-педиатр", DIAGNOSTICS),
    ("member3", ["member"], "Чернова Алла Юрьевна", "социальный педагог", SOCIAL_LEGAL),
    ("pedagogue", ["pedagogue"], "Громова Анна Викторовна", "социальный педагог", SOCIAL_LEGAL),
    ("psychologist", ["specialist"], "Ларина Вера Дмитриевна", "педагог-психолог", DIAGNOSTICS),
    ("staff", ["staff"], "Котов Илья Романович", "вахтёр", ""),
    ("auditor", ["auditor"], "Фомина Нина Львовна", "ответственный за персональные данные", ""),
)
HEADING = {
    "centre_details": "000000, г. Примерный, ул. Садовая, д. 5\nтел. +7 (000) 000-00-00",
    "director": "Соколова Наталья Викторовна",
    "director_position": "Директор",
}
LED = 7
YEAR, STEP = timedelta(365), timedelta(28)
MORNING = time(8)
INVOLVED = 6


def seed() -> str:
    """Fill a new demo instance; says what was done. Raises SystemExit on an instance that is no demo."""
    if not current_app.config["DEMO"]:
        raise SystemExit("portal: this instance is no demo centre: set DEMO=1 with a new INSTANCE.")
    if db.session.scalar(select(User.id).where(User.username == "admin")) is not None:
        return "The demo centre is ready."
    today = clock.today()
    with clock.pretend(moment(today - YEAR, MORNING)):
        ids = _accounts()
        _roll(ids)
        settings.change_settings(ids["admin"], **HEADING)
    days = Days(today - YEAR, today, ids)
    families = _register(days)
    contacts.plan_year(days)
    support.plan_alerts(days)
    council.plan(days)
    newcomers.plan(days)
    clubs.plan(days)
    paperwork.plan(days)
    days.run()
    return f"The demo centre is ready: {len(families)} families, {len(ids)} accounts, password {PASSWORD}."


def _register(days: Days) -> list[int]:
    """The register comes in as its families did: those of before the year at its beginning, then month by month.

    Gives the families made so far, as a list that grows.
    """
    register = read_register(read_workbook(REGISTER), clock.today(), applying.staff_names())
    made: list[int] = []
    accepted = register.accepted

    def come_in(day: date) -> None:
        register.accepted = [one for one in accepted if max(one.enrolled, one.removed or one.enrolled) <= day]
        made.extend(_bring(register, days.head))
        _hand_over(days, day)
        known = {case.patronage_id for case in days.cases}
        for case in _cases():
            if case.patronage_id not in known:
                days.cases.append(case)
                contacts.follow(days, case, day)
                support.follow(days, case, day, len(days.cases) - 1)

    day = days.first
    while day < days.today - STEP:
        days.on(day, come_in)
        day += STEP
    days.on(days.today - timedelta(20), come_in)
    return made


def _bring(register: Register, actor_id: int) -> list[int]:
    """Put into the portal what of the register is not there yet; gives the new families."""
    rows, workers = rows_of(register)
    Judge(None).judge([*workers, *rows])
    fresh = [row for row in (*workers, *rows) if row.state == ACCEPTED]
    if not fresh:
        return []
    with atomic() as s:
        return [one.row_id for one in write(s, fresh, actor_id) if one.table == "families"]


def _hand_over(days: Days, day: date) -> None:
    """The pedagogue and the psychologist get families, so that their first pages have something to show."""
    if days.cases:
        return
    rows = select(Assignment.id, Assignment.patronage_id).order_by(Assignment.id)
    rows = rows.where(Assignment.kind == "lead", Assignment.ends_on.is_(None))
    leads = db.session.execute(rows.limit(LED)).all()
    assignments.hand_over(
        [row.id for row in leads], days.people["pedagogue"], day, "распределение", days.head
    )
    for row in leads[:INVOLVED]:
        assignments.involve(row.patronage_id, days.people["psychologist"], days.head)


def _cases() -> list[Case]:
    """The families on patronage that somebody leads."""
    query = (
        select(Patronage, Assignment.user_id)
        .join(Assignment, Assignment.patronage_id == Patronage.id)
        .where(Patronage.status == "enrolled", Assignment.kind == "lead", Assignment.ends_on.is_(None))
    )
    people: dict[int, list[int]] = {}
    for one in db.session.scalars(select(FamilyMember).order_by(FamilyMember.kind.desc(), FamilyMember.id)):
        people.setdefault(one.family_id, []).append(one.id)
    return [
        Case(
            row.id,
            row.family_id,
            str(row.regime),
            row.enrolled_on or date.min,
            lead_id,
            tuple(people[row.family_id]),
        )
        for row, lead_id in db.session.execute(query.order_by(Patronage.id))
    ]


def _roll(ids: dict[str, int]) -> None:
    """The consilium."""
    for username, seat in (("chair", "chair"), ("secretary", "secretary")):
        consilium.seat_member(ids[username], seat, seat != "secretary", ids["head"])
    for number in (1, 2, 3):
        consilium.seat_member(ids[f"member{number}"], "member", True, ids["head"])


def _accounts() -> dict[str, int]:
    ids = {}
    for username, roles, name, position, department in ACCOUNTS:
        last, first, middle = name.split()
        with atomic() as s:
            user = add_user(
                s,
                None,
                [Role(role) for role in roles],
                username=username,
                last_name=last,
                first_name=first,
                middle_name=middle,
                position=position,
                department=department,
            )
            user.password_hash = hash_password(PASSWORD)
            audit.record(s, Event.PASSWORD_CHANGED, None, user)
            ids[username] = user.id
    return ids
