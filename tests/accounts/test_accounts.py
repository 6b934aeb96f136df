"""Accounts: passwords, one-time links, roles, dismissal."""

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from portal import clock
from portal.access import Role
from portal.accounts import actions, queries
from portal.accounts.models import LoginSession, User
from portal.audit import AuditEntry
from portal.db import db
from portal.rules import RuleBroken
from tests.client import Client
from tests.factories import PASSWORD, make_user


def sign_in(app: Flask, username: str, password: str = PASSWORD, status: int = 303) -> Client:
    client = Client(app)
    client.get("/login")
    client.post("/login", status, username=username, password=password)
    return client


def test_login_leads_to_my_work_and_logout_ends_it(app: Flask) -> None:
    user = make_user("head")
    client = sign_in(app, user.username)
    client.get("/")
    client.post("/logout")
    assert client.http.get("/").headers["Location"].startswith("/login")
    assert db.session.scalar(select(LoginSession.id)) is None


def test_the_user_name_is_not_case_sensitive(app: Flask) -> None:
    user = make_user("head")
    sign_in(app, f"  {user.username.upper()} ").get("/")


def test_a_link_sets_the_password_once(app: Flask) -> None:
    admin, user = make_user("admin"), make_user("specialist")
    token = actions.make_password_link(user.id, admin.id)
    sign_in(app, user.username, status=422)  # the old password has ended
    client = Client(app)
    client.get(f"/welcome/{token}")
    client.post(f"/welcome/{token}", password="short", again="short", status=422)
    client.post(f"/welcome/{token}", password="длинный пароль", again="другой пароль!", status=422)
    client.post(f"/welcome/{token}", password="длинный пароль", again="длинный пароль")
    client.get(f"/welcome/{token}", status=404)
    sign_in(app, user.username, "длинный пароль").get("/")


def test_a_link_ends_after_three_days(app: Flask) -> None:
    admin, user = make_user("admin"), make_user("specialist")
    token = actions.make_password_link(user.id, admin.id)
    with time_machine.travel(clock.now().timestamp() + 3 * 86400 + 60):
        Client(app).get(f"/welcome/{token}", status=404)
        with pytest.raises(RuleBroken, match="link_used"):
            actions.use_link(token, "длинный пароль")


def test_the_first_administrator_comes_by_a_link(app: Flask) -> None:
    from portal.prepare import first_admin_notice, has_admin

    token = first_admin_notice().rpartition("/")[2].strip()
    assert not has_admin()
    client = Client(app)
    client.get(f"/welcome/{token}")
    person = {"last_name": "Орлов", "first_name": "Пётр", "middle_name": "", "username": "Orlov"}
    client.post(f"/welcome/{token}", password="длинный пароль", again="длинный пароль", **person)
    assert has_admin()
    user = queries.by_username("orlov")
    assert user and user.roles == {Role.ADMIN}


def test_changing_the_password_ends_other_logins(app: Flask) -> None:
    user = make_user("specialist")
    here, there = sign_in(app, user.username), sign_in(app, user.username)
    here.post("/profile/password", status=422, old="wrong", password="новый пароль 1", again="новый пароль 1")
    here.post("/profile/password", old=PASSWORD, password="новый пароль 1", again="новый пароль 1")
    here.get("/profile")
    assert there.http.get("/profile").status_code == 303


def test_sign_out_everywhere(app: Flask) -> None:
    user = make_user("specialist")
    one, other = sign_in(app, user.username), sign_in(app, user.username)
    one.post("/profile/sign-out-everywhere")
    assert [client.http.get("/").status_code for client in (one, other)] == [303, 303]


def test_an_administrator_makes_changes_and_closes_an_account(app: Flask) -> None:
    client = Client(app, make_user("admin"))
    client.get("/people/new")
    person = {
        "last_name": "Новикова",
        "first_name": "Ольга",
        "middle_name": "Юрьевна",
        "username": "novikova",
    }
    client.post("/people/new", 422, **(person | {"username": "has spaces"}), roles=["specialist"])
    assert client.page.xpath("//input[@name='last_name']/@value") == ["Новикова"]
    client.post(
        "/people/new", 200, **person, position="социальный педагог", roles=["specialist", "pedagogue"]
    )
    assert "/welcome/" in client.page.xpath("//input[@id='link']/@value")[0]
    client.post("/people/new", 422, **person, roles=["specialist"])
    assert "занято" in client.text
    user = queries.by_username("novikova")
    assert user and user.roles == {Role.SPECIALIST, Role.PEDAGOGUE} and user.profession == "social_pedagogue"
    client.get(f"/people/{user.id}")
    assert set(client.page.xpath("//input[@name='roles' and @checked]/@value")) == {"specialist", "pedagogue"}
    client.post(f"/people/{user.id}", **person, position="директор", department="", roles=["head"])
    client.post(f"/people/{user.id}/dismiss")
    client.get("/people/")
    assert "Новикова" not in client.text
    client.get("/people/?dismissed=1")
    assert "Новикова" in client.text
    client.post(f"/people/{user.id}/restore")
    client.get("/people/?q=нОвик")
    assert "Новикова" in client.text


def test_the_last_administrator_stays(app: Flask) -> None:
    admin = make_user("admin")
    with pytest.raises(RuleBroken, match="last_admin"):
        actions.dismiss(admin.id, admin.id)
    with pytest.raises(RuleBroken, match="last_admin"):
        actions.set_roles(admin.id, [Role.HEAD], admin.id)
    make_user("admin")
    actions.dismiss(admin.id, admin.id)
    assert not db.session.get_one(User, admin.id).is_active


def test_every_change_is_audited_without_the_password(app: Flask) -> None:
    admin = make_user("admin")
    user_id = actions.create_user(
        admin.id,
        [Role.STAFF],
        username="a",
        last_name="Б",
        first_name="В",
        middle_name="",
        position="",
        department="",
    )
    token = actions.make_password_link(user_id, admin.id)
    actions.use_link(token, "секретный пароль")
    rows = db.session.execute(select(AuditEntry.event, AuditEntry.actor_id, AuditEntry.data)).all()
    assert [(row.event, row.actor_id) for row in rows[-3:]] == [
        ("account.created", admin.id),
        ("account.password_link_made", admin.id),
        ("account.password_changed", user_id),
    ]
    assert not any("секретный" in row.data or token in row.data for row in rows)


@pytest.mark.parametrize("password", ["короткий", "1234567890", "qwertyuiop", "longusername"])
def test_weak_passwords_are_refused(password: str) -> None:
    with pytest.raises(RuleBroken):
        actions.hash_password(password, "LongUserName")


def test_user_names_are_latin_and_free() -> None:
    assert actions.username_for("Туров", "Филарет", "Юльевич", set()) == "turov.fyu"
    assert actions.username_for("Щукина", "Яна", "", {"schukina.ya"}) == "schukina.ya2"
    assert actions.username_for("李", "", "", set()) == "user"


@pytest.mark.parametrize(
    ("position", "code"),
    [
        ("социальный педагог", "social_pedagogue"),
        ("Специалист по социальной работе", "social_work_specialist"),
        ("педагог-психолог", "psychologist"),
        ("врач-педиатр", "paediatrician"),
        ("учитель-логопед", "speech_therapist"),
        ("водитель", "other"),
    ],
)
def test_professions_are_read_from_positions(position: str, code: str) -> None:
    assert actions.profession_of(position) == code


def test_theme_and_language_follow_the_account(app: Flask) -> None:
    user = make_user("head")
    client = Client(app, user)
    client.post("/appearance", theme="contrast", language="en", next="/profile")
    client.get("/profile")
    assert client.page.get("data-theme") == "contrast" and client.page.get("lang") == "en"
    assert "My account" in client.text


def test_one_button_of_the_menu_leaves_the_other_choice(app: Flask) -> None:
    client = Client(app, make_user("head"))
    client.post("/appearance", language="en")
    client.post("/appearance", theme="dark")
    client.get("/profile")
    assert (client.page.get("data-theme"), client.page.get("lang")) == ("dark", "en")
    stranger = Client(app)
    stranger.post("/appearance", theme="contrast")
    stranger.post("/appearance", language="en")
    stranger.get("/login")
    assert (stranger.page.get("data-theme"), stranger.page.get("lang")) == ("contrast", "en")


def test_settings_are_changed_and_checked(app: Flask) -> None:
    client = Client(app, make_user("admin"))
    client.get("/settings/")
    client.post("/settings/", 422, centre_name="", quorum_share="half", signing_age="99")
    client.post("/settings/", centre_name="Центр «Родник»", quorum_share="half", signing_age="0")
    client.get("/settings/")
    assert "Родник" in client.text


def test_the_auditor_reads_who_did_what_without_content(app: Flask) -> None:
    admin = make_user("admin")
    actions.create_user(
        admin.id,
        [Role.STAFF],
        username="a",
        last_name="Секретова",
        first_name="В",
        middle_name="",
        position="",
    )
    client = Client(app, make_user("auditor"))
    client.get("/settings/audit")
    assert "учётная запись создана" in client.text and "Секретова" not in client.text
    client.get("/settings/audit?show=looks")
