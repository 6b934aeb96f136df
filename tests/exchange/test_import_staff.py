"""A list of colleagues becomes accounts; who may, and the one-time links."""

import io

import pytest
from flask import Flask
from sqlalchemy import select

from portal.accounts.actions import find_link
from portal.accounts.models import User
from portal.db import db
from tests.client import Client
from tests.exchange.imports import bring, codes, seen
from tests.exchange.tables import make_xlsx
from tests.factories import make_user
from tests.together import at_once

HEAD = ["Сотрудник", "Должность", "Отделение", "Роли", "Эл. почта", "Логин"]


@pytest.fixture
def admin(app: Flask) -> User:
    return make_user("admin")


def row(name: str, position: str = "", roles: str = "", email: str = "", username: str = "") -> list[object]:
    return [name, position, "отделение", roles, email, username]


def test_roles_are_those_named_or_those_of_the_position(admin: User) -> None:
    rows = [
        HEAD,
        row("ВОЛЬНОВА анна юрьевна", "социальный педагог"),
        row("Градов Пётр Ильич", "методист", "Заведующий отделением, член консилиума", "gradov@example.org"),
        row("Дубов Лев Ильич", "секретарь", "секретарь консилиума", username="dubov"),
    ]
    assert bring("staff", rows, admin).made == 3
    users = {user.last_name: user for user in db.session.scalars(select(User).where(User.id != admin.id))}
    roles = {name: {str(role) for role in user.roles} for name, user in users.items()}
    assert roles["Вольнова"] == {"specialist", "pedagogue"}
    assert roles["Градов"] == {"head", "member"} and roles["Дубов"] == {"secretary"}
    assert users["Градов"].email == "gradov@example.org" and users["Дубов"].username == "dubov"
    assert (
        users["Вольнова"].username == "volnova.ayu" and users["Вольнова"].full_name == "Вольнова Анна Юрьевна"
    )
    assert all(user.password_hash is None for user in users.values())


def test_what_cannot_be_is_refused(admin: User) -> None:
    rows = [
        HEAD,
        row("Вольнова"),
        row("Градов Пётр", roles="волшебник"),
        row("Дубов Лев", email="не почта"),
        row("Ершов Лев", username="два слова"),
        row("Жуков Лев", username=admin.username),
        row("Зубов Лев"),
        row("зубов лев"),
        row(admin.full_name),
    ]
    assert codes(seen("staff", rows, admin)) == [
        *("no_name", "unknown_role", "bad_email", "bad_username", "username_taken"),
        *("accepted", "double", "known"),
    ]


def test_two_at_once_make_each_account_once(app: Flask, admin: User) -> None:
    rows = [HEAD, *(row(f"Рядов{letter} Лев") for letter in "абвгд")]
    user = db.session.get_one(User, admin.id)
    _ = user.roles
    db.session.expunge(user)
    assert at_once(app, *[lambda: bring("staff", rows, user)] * 2) == ["done"] * 2
    names = [one.full_name for one in db.session.scalars(select(User).where(User.first_name == "Лев"))]
    assert sorted(names) == [f"Рядов{letter} Лев" for letter in "абвгд"]


def test_the_links_are_shown_once_and_open_the_account(app: Flask, admin: User) -> None:
    client = Client(app, admin)
    file = (io.BytesIO(make_xlsx({"А": [HEAD, row("Вольнова Анна Юрьевна")]})), "staff.xlsx")
    preview = client.post("/imports/new/staff", file=file).headers["Location"]
    client.get(preview)
    done = client.post(f"{preview}/apply").headers["Location"]
    client.get(done)
    client.post(f"{done}/links", 200)
    (link,) = client.page.xpath("//td/code/text()")
    found = find_link(link.rpartition("/")[2])
    assert found is not None and db.session.get_one(User, found.user_id).username == "volnova.ayu"
    assert link not in client.http.get(done).text


@pytest.mark.parametrize("role", ["head", "pedagogue"])
def test_nobody_else_brings_staff_in(app: Flask, role: str) -> None:
    client = Client(app, make_user(role))
    client.get("/imports/new/staff", 404)
    client.get("/imports/")
    assert not client.page.xpath("//a[@href='/imports/new/staff']")
