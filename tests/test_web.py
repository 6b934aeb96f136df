"""What every answer has: headers, pages of errors for people, no trace and no names in the logs."""

import json
import logging
import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from flask import Flask, url_for
from sqlalchemy.exc import OperationalError

from portal import clock
from portal.accounts import actions as accounts
from portal.accounts.models import LoginSession, User
from portal.db import db, technical
from portal.logs import _format
from portal.rules import RuleBroken
from portal.web import address
from tests.client import Client
from tests.factories import PASSWORD, make_assignment, make_family, make_patronage, make_user

WANTED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
NUMBER = re.compile(r'<b class="num">([0-9a-f]{8})</b>')


@pytest.fixture
def failing(app: Flask) -> Flask:
    """The portal with a view that fails in the way the address says."""
    errors = {
        "bug": ValueError("Соколова Мария, +79991234567"),
        "database": OperationalError("SELECT secret", {}, Exception("disk")),
        "rule": RuleBroken("no", "This cannot be done"),
    }

    def fail(kind: str) -> str:
        raise errors[kind]

    fail.declared_access = "public"  # type: ignore[attr-defined]
    app.add_url_rule("/failing/<kind>", "failing", fail)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return app


@pytest.fixture
def logged(app: Flask) -> Iterator[list[str]]:
    """Every line that the log gets, as it is written."""
    lines: list[str] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(self.format(record))

    handler = Keep()
    handler.setFormatter(_format())
    app.logger.addHandler(handler)
    app.logger.setLevel("DEBUG")
    yield lines
    app.logger.removeHandler(handler)


@pytest.mark.parametrize(
    ("method", "url", "status"),
    [
        ("GET", "/login", 200), ("GET", "/healthz", 200), ("GET", "/", 303), ("GET", "/nothing", 404),
        ("DELETE", "/login", 405), ("POST", "/login", 400), ("GET", "/failing/bug", 500),
        ("GET", "/failing/database", 503), ("GET", "/failing/rule", 409), ("GET", "/static/css/base.css", 200),
        ("GET", "/static/nothing.css", 404), ("GET", "/static/../wsgi.py", 404),
    ],
)  # fmt: skip
def test_security_headers_are_on_every_answer(failing: Flask, method: str, url: str, status: int) -> None:
    answer = failing.test_client().open(url, method=method)
    assert answer.status_code == status
    for name, value in WANTED.items():
        assert answer.headers[name] == value, name
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    if not url.startswith("/static/css"):
        assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("language", "words"), [("ru", "Такой страницы нет"), ("en", "There is no such page")]
)
def test_error_pages_speak_the_readers_language(client: Client, language: str, words: str) -> None:
    client.http.set_cookie("language", language)
    client.get("/nothing", 404)
    assert words in client.text
    assert client.page.get("lang") == language


def test_an_error_shows_a_number_and_no_trace(failing: Flask, logged: list[str]) -> None:
    answer = failing.test_client().get("/failing/bug")
    assert answer.status_code == 500
    for secret in ("ValueError", "Traceback", "Соколова", "line ", ".py"):
        assert secret not in answer.text
    number = NUMBER.search(answer.text)
    assert number
    failed = [json.loads(line) for line in logged if "ValueError" in line]
    assert [line["number"] for line in failed] == [number[1]]
    assert "test_web.py" in failed[0]["at"]


def test_the_log_never_tells_whose_data(failing: Flask, logged: list[str]) -> None:
    user = make_user("specialist", last_name="Подколзина", username="podkolzina")
    family = make_family("Соколовская", phone="+79997654321")
    make_assignment(make_patronage(family), user)
    client = Client(failing, user)
    for url in (
        f"/families/{family.id}",
        "/families/?q=соколовская",
        f"/families/{family.id + 1}",
        "/search?q=соко",
    ):
        client.http.get(url)
    client.http.get("/failing/bug?name=Соколовская")
    client.http.post("/login", data={"username": "podkolzina", "password": "secret-word"})
    assert len(logged) >= 6
    everything = "\n".join(logged).casefold()
    for word in (
        "соколовск",
        "подколзин",
        "podkolzina",
        "7654321",
        "secret-word",
        "мария",
        "/families",
        "q=",
    ):
        assert word not in everything, word
    for line in logged:
        assert set(json.loads(line)) <= {
            "event", "level", "timestamp", "number", "method", "endpoint", "status", "ms", "kind", "at",
        }  # fmt: skip


def test_a_fragment_gets_its_error_as_a_fragment(failing: Flask) -> None:
    for url, status in (("/nothing", 404), ("/failing/bug", 500), ("/failing/rule", 409)):
        answer = failing.test_client().get(url, headers={"HX-Request": "true"})
        assert answer.status_code == status
        assert answer.text.lstrip().startswith("<section")
        assert "HX-Request" in answer.headers["Vary"]


def test_a_post_without_a_token_changes_nothing(app: Flask) -> None:
    admin, user = make_user("admin"), make_user("staff")
    client = Client(app, admin)
    answer = client.http.post(f"/people/{user.id}/dismiss")
    assert answer.status_code == 400
    assert "<h1>" in answer.text
    assert db.session.get_one(User, user.id, populate_existing=True).is_active


def test_a_token_of_another_browser_is_refused(app: Flask) -> None:
    admin, user = make_user("admin"), make_user("staff")
    theirs = Client(app, user).token()
    answer = Client(app, admin).http.post(f"/people/{user.id}/dismiss", data={"csrf_token": theirs})
    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("target", "goes_to"),
    [
        ("/profile", "/profile"), ("/families/?q=1", "/families/?q=1"), ("", "/"), ("profile", "/"),
        ("//evil.example", "/"), ("/\\evil.example", "/"), ("\\\\evil.example", "/"), ("/\t/evil.example", "/"),
        ("https://evil.example", "/"), ("javascript:alert(1)", "/"), ("///evil.example", "/"),
        ("/\n/evil.example", "/"), ("http:///evil.example", "/"), (" //evil.example", "/"), ("//[", "/"),
    ],
)  # fmt: skip
def test_login_goes_on_to_this_site_only(client: Client, target: str, goes_to: str) -> None:
    make_user("head", username="head")
    answer = client.post("/login", username="head", password=PASSWORD, next=target)
    assert answer.location == goes_to


def test_an_anonymous_visitor_comes_back_to_the_page(client: Client) -> None:
    answer = client.get("/profile", 303)
    assert answer.location == "/login?next=/profile"


def test_a_fragment_of_an_anonymous_visitor_sends_the_whole_page_to_the_login(client: Client) -> None:
    answer = client.get("/profile", 401, htmx=True)
    assert answer.headers["HX-Redirect"].startswith("/login")
    assert answer.text == ""


def test_one_answer_for_a_wrong_name_and_a_wrong_password(client: Client) -> None:
    make_user("head", username="head")
    gone = make_user("staff", username="gone")
    with technical() as s:
        s.get_one(User, gone.id).dismissed_on = clock.today()
    answers = []
    for name, password in (("head", "wrong-password"), ("nobody", "wrong-password"), ("gone", PASSWORD)):
        answer = client.post("/login", 422, username=name, password=password)
        answers.append(re.sub(r'value="[^"]*"|content="[^"]*"|X-CSRFToken": "[^"]*"', "", answer.text))
    assert answers[0] == answers[1] == answers[2]


def test_guessing_is_slowed_down(client: Client) -> None:
    make_user("head", username="head")
    with time_machine.travel(clock.now(), tick=False) as traveller:
        for _ in range(5):
            client.post("/login", 422, username="head", password="wrong-password")
        client.post("/login", 429, username="head", password=PASSWORD)
        client.post("/login", 429, username=" HEAD ", password=PASSWORD)
        traveller.shift(timedelta(seconds=31))
        client.post("/login", 422, username="head", password="wrong-password")
        traveller.shift(timedelta(seconds=31))
        client.post("/login", 429, username="head", password=PASSWORD)
        traveller.shift(timedelta(seconds=31))
        client.post("/login", 303, username="head", password=PASSWORD)


def test_a_login_sleeps_after_an_hour_without_a_request(app: Flask) -> None:
    user = make_user("head")
    with time_machine.travel(clock.now(), tick=False) as traveller:
        client = Client(app, user)
        for _ in range(3):
            traveller.shift(timedelta(minutes=59))
            client.get("/profile")
        traveller.shift(timedelta(minutes=61))
        client.get("/profile", 303)


def test_a_login_ends_after_twelve_hours_in_any_case(app: Flask) -> None:
    user = make_user("head")
    with time_machine.travel(clock.now(), tick=False) as traveller:
        client = Client(app, user)
        for _ in range(14):
            traveller.shift(timedelta(minutes=50))
            client.get("/profile")
        traveller.shift(timedelta(minutes=30))
        client.get("/profile", 303)


def test_dismissal_works_on_the_very_next_request(app: Flask) -> None:
    admin, user = make_user("admin"), make_user("head")
    client = Client(app, user)
    client.get("/profile")
    accounts.dismiss(user.id, admin.id)
    client.get("/profile", 303)
    accounts.restore(user.id, admin.id)
    client.get("/profile", 303)


def test_a_role_taken_away_works_on_the_very_next_request(app: Flask) -> None:
    first, second = make_user("admin"), make_user("admin")
    client = Client(app, second)
    client.get("/people/")
    accounts.set_roles(second.id, [], first.id)
    client.get("/people/", 403)
    client.get("/profile")


def test_signing_out_everywhere_ends_every_browser(app: Flask) -> None:
    user = make_user("head")
    desk, phone = Client(app, user), Client(app, user)
    phone.post("/profile/sign-out-everywhere")
    desk.get("/profile", 303)
    assert db.session.query(LoginSession).filter_by(user_id=user.id).count() == 0


def test_a_stolen_cookie_is_dead_after_the_logout(app: Flask) -> None:
    user = make_user("head")
    client = Client(app, user)
    cookie = client.http.get_cookie("portal")
    assert cookie is not None
    assert cookie.http_only
    client.post("/logout")
    thief = app.test_client()
    thief.set_cookie("portal", cookie.value)
    assert thief.get("/profile").status_code == 303


def test_the_token_changes_at_login(client: Client) -> None:
    make_user("head", username="head")
    tokens = []
    for _ in range(2):
        client.post("/login", username="head", password=PASSWORD)
        with client.http.session_transaction() as cookie:
            tokens.append(cookie["login"])
        client.post("/logout")
    assert len(set(tokens)) == 2


def test_demo_passwords_are_shown_in_a_demo_only(app: Flask, client: Client) -> None:
    client.get("/login")
    assert PASSWORD not in client.text
    app.config["DEMO"] = True
    client.get("/login")
    assert PASSWORD in client.text


@pytest.mark.parametrize(
    ("endpoint", "values"),
    [
        ("families.show", {"family_id": 7}),
        ("families.show", {"family_id": 12}),
        ("families.index", {"page": 3}),
        ("families.index", {"q": "7"}),
        ("families.index", {"q": None}),
        ("families.scan", {"family_id": 1, "consent_id": 2}),
        (".show", {"family_id": 7}),
        (".index", {}),
    ],
)
def test_an_address_worked_out_once_is_the_one_of_flask(
    app: Flask, endpoint: str, values: dict[str, object]
) -> None:
    with app.test_request_context("/families/"):
        assert address(endpoint, **values) == address(endpoint, **values) == url_for(endpoint, **values)
