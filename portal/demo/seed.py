"""The demo centre: the register of portal/demo imported, accounts with a known password, a roll, two clubs."""

from datetime import time, timedelta
from pathlib import Path

from flask import current_app
from sqlalchemy import select

from portal import audit, clock
from portal.access import Role
from portal.accounts.actions import add_user, hash_password
from portal.accounts.models import User
from portal.audit import Event
from portal.clubs import actions as clubs
from portal.clubs import planning
from portal.consilium import actions as consilium
from portal.db import atomic, db
from portal.exchange import apply as applying
from portal.exchange.register import read_register
from portal.exchange.workbook import read_workbook
from portal.families.models import FamilyMember
from portal.patronage import actions as assignments
from portal.patronage.models import Patronage

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
CLUBS = (
    ("Мастерская «Глина»", "каб. 4", "Лепка и разговор за общим столом", ((0, time(15)), (3, time(15)))),
    ("Шахматы", "каб. 1", "Игра, турниры, умение проигрывать", ((1, time(16)), (4, time(16)))),
)
RECIPIENTS = 12
INVOLVED = 6


def seed() -> str:
    """Fill a new demo instance; says what was done. Raises SystemExit on an instance that is no demo."""
    if not current_app.config["DEMO"]:
        raise SystemExit("portal: this instance is no demo centre: set DEMO=1 with a new INSTANCE.")
    if db.session.scalar(select(User.id).where(User.username == "admin")) is not None:
        return "The demo centre is ready."
    ids = _accounts()
    register = read_register(read_workbook(REGISTER), clock.today(), applying.staff_names())
    done = applying.apply(register, ids["head"])
    for username, seat in (("chair", "chair"), ("secretary", "secretary")):
        consilium.seat_member(ids[username], seat, seat != "secretary", ids["head"])
    for number in (1, 2, 3):
        consilium.seat_member(ids[f"member{number}"], "member", True, ids["head"])
    _clubs(ids["pedagogue"])
    _involve(ids["psychologist"], ids["head"])
    return f"The demo centre is ready: {len(done.made)} families, {len(ids)} accounts, password {PASSWORD}."


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


def _clubs(leader_id: int) -> None:
    """Two clubs with sessions for a month and children of the families on patronage."""
    query = select(FamilyMember.id).join(Patronage, Patronage.family_id == FamilyMember.family_id)
    children = query.where(Patronage.status == "enrolled", FamilyMember.kind == "minor").order_by(
        FamilyMember.id
    )
    recipients = list(db.session.scalars(children.limit(2 * RECIPIENTS)))
    today = clock.today()
    for number, (name, room, about, times) in enumerate(CLUBS):
        weekly = [(weekday, start, 60) for weekday, start in times]
        club_id = clubs.create_club(
            leader_id, name=name, leader_id=leader_id, room=room, about=about, times=weekly
        )
        planning.plan_from_times(club_id, leader_id, first_day=today, last_day=today + timedelta(28))
        for member_id in recipients[number * RECIPIENTS : (number + 1) * RECIPIENTS]:
            clubs.join_club(club_id, member_id, leader_id)


def _involve(user_id: int, head_id: int) -> None:
    """The psychologist works with a few families, so that a specialist's first page has something to show."""
    enrolled = select(Patronage.id).where(Patronage.status == "enrolled").order_by(Patronage.id)
    for patronage_id in list(db.session.scalars(enrolled.limit(INVOLVED))):
        assignments.involve(patronage_id, user_id, head_id)
