"""What is kept of earlier reads and drawings: only for as long as it is true."""

import re
import threading
from functools import partial
from types import SimpleNamespace

import pytest
from flask import Flask, g
from markupsafe import Markup, escape
from sqlalchemy import update

from portal import create_app, memory
from portal.config import Config
from portal.consilium import decisions, meeting_views
from portal.db import atomic, db
from portal.settings import actions, queries
from portal.settings.models import Setting
from tests.client import Client
from tests.consilium.rows import make_people, make_vote
from tests.counting import counted
from tests.factories import make_user


def _rename(admin_id: int, name: str) -> None:
    actions.change_settings(admin_id, centre_name=name)


def test_what_another_process_changed_is_seen_on_the_next_page(app: Flask, config: Config) -> None:
    admin = make_user("admin")
    client = Client(app, admin)
    other = create_app(config)
    for name in ("Центр «Берег»", "Центр «Исток»"):
        client.get("/")
        with other.app_context():
            _rename(admin.id, name)
            db.session.remove()
        client.get("/")
        assert client.page.xpath("//a[@class='brand']/span/text()") == [name]
    with other.app_context():
        db.engine.dispose()


def test_a_second_page_does_not_read_again_what_nobody_changed(app: Flask) -> None:
    client = Client(app, make_user("head"))
    client.get("/families/")
    with counted() as seen:
        client.get("/families/")
    assert not [one for one in seen if "FROM settings" in one or "FROM words" in one]


def test_an_action_reads_anew_and_so_does_the_rest_of_its_request(app: Flask) -> None:
    admin = make_user("admin")
    g.version = "one"
    assert queries.value("centre_name") == queries.DEFAULTS["centre_name"]
    _rename(admin.id, "Центр «Берег»")
    g.version = "one"
    with atomic() as session:
        assert queries.value("centre_name") == "Центр «Берег»"
        session.execute(update(Setting).where(Setting.name == "centre_name").values(value='"Центр «Исток»"'))
        assert queries.value("centre_name") == "Центр «Исток»"
        session.info["recorded"] = 1
    assert queries.value("centre_name") == "Центр «Исток»"


def test_what_was_kept_is_forgotten_when_there_is_too_much(app: Flask, monkeypatch) -> None:
    monkeypatch.setattr(memory, "MOST_KEPT", 3)
    g.version = "seven"
    for n in range(10):
        assert memory.unchanged(("n", n), lambda n=n: n) == n
        assert len(app.extensions["memory"]) <= 3


def test_a_row_is_drawn_once_and_anew_when_it_differs(app: Flask) -> None:
    drawn = []

    def draw(row: tuple[int, str]) -> Markup:
        drawn.append(row)
        return Markup("<i>{}</i>").format(row[1])

    rows = [(1, "а"), (2, "<б>")]
    assert memory.each(draw, rows, "test") == "<i>а</i><i>&lt;б&gt;</i>"
    assert memory.each(draw, rows, "test") == "<i>а</i><i>&lt;б&gt;</i>"
    assert drawn == rows
    assert memory.each(draw, [(1, "в")], "test") == "<i>в</i>"
    assert memory.each(draw, rows[:1], "another key") == "<i>а</i>"
    assert drawn == [*rows, (1, "в"), (1, "а")]


def test_what_is_drawn_is_bounded_by_its_size(app: Flask, monkeypatch) -> None:
    monkeypatch.setattr(memory, "MOST_DRAWN", 1000)
    memory.forget(app)
    for number in range(50):
        memory.remembered("key" * 10, number, caller=lambda: escape("x" * 100))
        assert sum(len(text) for text in memory._drawn.values()) <= 1000
    assert len(memory.remembered("key", caller=lambda: escape("x" * 5000))) == 5000
    assert max(len(text) for text in memory._drawn.values()) == 100


def _elsewhere(app: Flask, action, *args) -> None:
    """What another process does in between: its own thread, its own connection."""
    failed: list[BaseException] = []

    def run() -> None:
        with app.app_context():
            try:
                action(*args)
            except BaseException as error:
                failed.append(error)
            finally:
                db.session.remove()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(120)
    assert not failed and not thread.is_alive()


def _polls(client: Client, answer) -> list[int]:
    url = re.search(r'hx-get="([^"]*seen=[^"]+)"', answer.text)
    assert url is not None
    address = url[1].replace("&amp;", "&")
    return [client.http.get(address, headers={"HX-Request": "true"}).status_code for _ in range(2)]


@pytest.fixture
def vote(app: Flask, monkeypatch):
    """A vote on which all but one have voted; what the tests write does not forget what a page has read."""
    people = make_people()
    meeting_id, item_id, _patronage = make_vote(people)
    for user in people.voters[:3]:
        decisions.cast_vote(item_id, user.id, "for")
    late = Client(app, people.members[2])
    token = late.token()
    monkeypatch.setattr(memory, "forget", lambda _app: None)
    late.get(f"/consilium/meetings/{meeting_id}")
    close = partial(_elsewhere, app, decisions.close_item, item_id, people.chair.id)
    return SimpleNamespace(meeting_id=meeting_id, item_id=item_id, late=late, token=token, close=close)


def test_a_vote_that_comes_too_late_sees_the_meeting_as_it_is(vote, monkeypatch) -> None:
    real = decisions.check_ballot

    def ballot(item_id: int, user_id: int) -> None:
        monkeypatch.setattr(decisions, "check_ballot", real)
        vote.close()
        real(item_id, user_id)

    monkeypatch.setattr(decisions, "check_ballot", ballot)
    data = {"csrf_token": vote.token, "choice": "for"}
    answer = vote.late.http.post(f"/consilium/items/{vote.item_id}/vote", data=data)
    assert answer.status_code == 409
    assert f'id="vote-{vote.item_id}"' not in answer.text


def test_a_change_between_two_reads_is_not_taken_for_seen(vote, monkeypatch) -> None:
    real = meeting_views.unchanged

    def between(meeting) -> bool:
        monkeypatch.setattr(meeting_views, "unchanged", real)
        vote.close()
        return real(meeting)

    monkeypatch.setattr(meeting_views, "unchanged", between)
    url = vote.late.page.xpath("//*[@id='meeting']/@hx-get")[0]
    answer = vote.late.http.get(url, headers={"HX-Request": "true"})
    assert f'id="vote-{vote.item_id}"' not in answer.text or 200 in _polls(vote.late, answer)
