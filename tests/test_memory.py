"""What is kept of earlier reads and drawings: only for as long as it is true."""

from flask import Flask, g
from markupsafe import Markup
from sqlalchemy import update

from portal import create_app, memory
from portal.config import Config
from portal.db import atomic, db
from portal.settings import actions, queries
from portal.settings.models import Setting
from tests.client import Client
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
    g.version = 1
    assert queries.value("centre_name") == queries.DEFAULTS["centre_name"]
    _rename(admin.id, "Центр «Берег»")
    g.version = 1
    with atomic() as session:
        assert queries.value("centre_name") == "Центр «Берег»"
        session.execute(update(Setting).where(Setting.name == "centre_name").values(value='"Центр «Исток»"'))
        assert queries.value("centre_name") == "Центр «Исток»"
        session.info["recorded"] = 1
    assert queries.value("centre_name") == "Центр «Исток»"


def test_what_was_kept_is_forgotten_when_there_is_too_much(app: Flask, monkeypatch) -> None:
    monkeypatch.setattr(memory, "MOST_KEPT", 3)
    g.version = 7
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
