"""Every endpoint × method × role × own or another's object, against the matrix written by hand."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from portal.db import Base, db
from tests.access.matrix import LETTERS, Line, lines
from tests.access.world import World
from tests.client import Client

LETS_NOBODY_IN = {400, 401, 403, 404, 405, 500, 503}
TRACES = {"login_sessions", "login_attempts", "family_looks", "drafts"}
ENDS_THE_LOGIN = {"accounts.logout", "accounts.sign_out_everywhere", "accounts.password"}


@pytest.fixture(scope="session")
def browsers(world: World) -> dict[str, FlaskClient]:
    """A browser of each role."""
    return {role: _browser(world, role) for role in LETTERS.values()}


def _browser(world: World, role: str) -> FlaskClient:
    with world.app.app_context():
        http = Client(world.app, world.people[role]).http
    return http


def _address(world: World, endpoint: str, ids: dict[str, object]) -> str:
    rule = next(rule for rule in world.app.url_map.iter_rules() if rule.endpoint == endpoint)
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(ids[found[1]]), rule.rule)


def _ask(world: World, http: FlaskClient, method: str, url: str, htmx: bool = False) -> TestResponse:
    with world.app.app_context():
        answer = http.open(url, method=method, headers={"HX-Request": "true"} if htmx else {})
        db.session.remove()
    return answer


def test_the_matrix_knows_every_endpoint_and_method(app: Flask) -> None:
    real = {
        (rule.endpoint, method)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert {(line.endpoint, method) for line in lines() for method in line.methods} == real


@pytest.mark.parametrize("line", lines(), ids=lambda line: line.endpoint)
@pytest.mark.usefixtures("nothing_is_kept")
def test_who_may(world: World, browsers: dict[str, FlaskClient], line: Line) -> None:
    for role in LETTERS.values():
        for own in (True, False) if line.other is not None else (True,):
            url = _address(world, line.endpoint, world.own[role] if own else world.other | {})
            for method in line.methods:
                ends = line.endpoint in ENDS_THE_LOGIN
                http = _browser(world, role) if ends else browsers[role]
                _check(_ask(world, http, method, url), line, role, own, method)


def _check(answer: TestResponse, line: Line, role: str, own: bool, method: str) -> None:
    who = f"{role}, {'own' if own else 'other'}: {method} {line.endpoint} → {answer.status_code}"
    expected = None if line.public else line.expected(role, own)
    if line.endpoint in ("accounts.welcome", "guests.opinion"):
        assert answer.status_code == 404, who  # a token that nobody made
    elif expected is not None:
        assert answer.status_code == expected, who
    else:
        assert answer.status_code not in LETS_NOBODY_IN, who
        ends = line.endpoint in ENDS_THE_LOGIN
        assert ends or not str(answer.location or "").startswith("/login"), f"{who} to the login"


@pytest.mark.parametrize(
    "line", [line for line in lines() if not line.public], ids=lambda line: line.endpoint
)
def test_without_a_login(world: World, line: Line) -> None:
    url = _address(world, line.endpoint, world.own["head"])
    for method in line.methods:
        answer = _ask(world, world.app.test_client(), method, url)
        assert answer.status_code == 303
        assert str(answer.location).startswith("/login")
        fragment = _ask(world, world.app.test_client(), method, url, htmx=True)
        assert (fragment.status_code, fragment.text) == (401, "")
        assert fragment.headers["HX-Redirect"].startswith("/login")


@pytest.mark.parametrize("line", lines(), ids=lambda line: line.endpoint)
def test_other_methods_are_refused(world: World, browsers: dict[str, FlaskClient], line: Line) -> None:
    url = _address(world, line.endpoint, world.own["head"])
    with world.app.app_context():
        adapter = world.app.url_map.bind("localhost")
        allowed = set(adapter.allowed_methods(url))
    for method in {"POST", "PUT", "PATCH", "DELETE"} - allowed:
        assert _ask(world, browsers["head"], method, url).status_code == 405, method
    if "GET" not in allowed:  # of a form whose page stands above it: that can be reloaded when it is refused
        answer = _ask(world, browsers["head"], "GET", url)
        above = str(answer.location)
        assert answer.status_code == 303 and url.startswith(above.rstrip("/") + "/"), f"{url} → {above}"
        assert adapter.match(above, method="GET")


@pytest.mark.parametrize("line", [one for one in lines() if not one.public], ids=lambda line: line.endpoint)
@pytest.mark.parametrize("number", [0, 999_999, 2**31, 2**63, 10**30])
@pytest.mark.usefixtures("nothing_is_kept")
def test_what_does_not_exist_is_not_found(
    world: World, browsers: dict[str, FlaskClient], line: Line, number: int
) -> None:
    url = _address(world, line.endpoint, dict.fromkeys(world.own["head"], number))
    if str(number) in url and line.endpoint != "consilium.unseat":
        role = sorted(line.own)[0]
        for method in line.methods:
            assert _ask(world, browsers[role], method, url).status_code == 404, f"{method} {url}"


def _rows(world: World) -> dict[str, list[tuple[object, ...]]]:
    """All business rows."""
    with world.app.app_context(), db.engine.connect() as connection:
        tables = [table for table in Base.metadata.sorted_tables if table.name not in TRACES]
        return {
            table.name: sorted(map(tuple, connection.execute(select(table))), key=repr) for table in tables
        }


def test_get_changes_no_business_row(world: World, browsers: dict[str, FlaskClient]) -> None:
    before = _rows(world)
    opened = 0
    for line in lines():
        if "GET" in line.methods:
            for role in LETTERS.values():
                for url in {_address(world, line.endpoint, ids) for ids in (world.own[role], world.other)}:
                    opened += _ask(world, browsers[role], "GET", url).status_code == 200
    assert opened > 150
    assert _rows(world) == before


def test_what_several_roles_may_adds_up(world: World) -> None:
    from tests.factories import make_user

    with world.app.app_context():
        both = make_user("staff", "auditor", "specialist")
        http = Client(world.app, both).http
        nobody = Client(world.app, make_user()).http
    for url, status in (
        ("/settings/audit", 200),
        ("/families/new", 200),
        ("/people/", 403),
        ("/clubs/new", 403),
    ):
        assert _ask(world, http, "GET", url).status_code == status
    for url, status in (
        ("/", 200),
        ("/profile", 200),
        ("/families/", 403),
        ("/search", 403),
        ("/clubs/", 403),
    ):
        assert _ask(world, nobody, "GET", url).status_code == status
