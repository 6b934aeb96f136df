"""Walks of the log for the page behind the QR: a long one aside, one at a time, remembered and dated."""

import threading
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select, update

from portal import audit, clock
from portal.audit import AuditEntry, Event
from portal.consilium import proof, walks
from portal.consilium.minutes_models import Minutes
from portal.consilium.walks import HOLDS, Walked
from portal.db import db
from portal.settings import actions as settings
from tests.client import Client
from tests.consilium.held import Held, hold
from tests.consilium.test_proof import disarm, intrude
from tests.consilium.test_verify_page import AGREE, DIFFER
from tests.factories import make_user

GOES_ON = "Идёт проверка"


@pytest.fixture
def held(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Held:
    """A log that counts as long; its first entry is about no meeting."""
    monkeypatch.setattr(walks, "SHORT", 0)
    settings.change_settings(make_user("admin").id, centre_name="Опора")
    made = hold()
    disarm()
    return made


def _open(app: Flask, held: Held) -> str:
    client = Client(app, held.people.members[0])
    code = db.session.get_one(Minutes, held.meeting_id).digest
    return client.get(f"/consilium/meetings/{held.meeting_id}/verify/{code}").text


def _walked(app: Flask) -> None:
    app.extensions["walks"].running.join()


def _spoil(number: int) -> None:
    intrude(update(AuditEntry).where(AuditEntry.id == number).values(object_id=99))


def test_a_long_log_is_walked_aside_and_the_page_asks_again(app: Flask, held: Held) -> None:
    page = _open(app, held)
    assert GOES_ON in page and AGREE not in page
    assert 'hx-trigger="every 2s"' in page
    _walked(app)
    page = _open(app, held)
    assert AGREE in page
    assert "hx-trigger" not in page.partition('id="verify"')[2]


def test_what_a_walk_found_holds_for_an_hour_and_is_dated(app: Flask, held: Held) -> None:
    """An entry about something else, changed meanwhile, is found by the next walk."""
    _open(app, held)
    _walked(app)
    _spoil(1)
    assert AGREE in _open(app, held)
    kept = app.extensions["walks"]
    kept.last = replace(kept.last, at=kept.last.at - HOLDS)
    assert GOES_ON in _open(app, held)
    _walked(app)
    assert DIFFER in _open(app, held)


def test_entries_made_while_the_meeting_was_held_are_checked_each_time(app: Flask, held: Held) -> None:
    _open(app, held)
    _walked(app)
    of_it = select(AuditEntry.id).where(AuditEntry.kind == "votes").order_by(AuditEntry.id)
    _spoil(db.session.scalars(of_it.limit(1)).one())
    assert DIFFER in _open(app, held)


def test_what_came_after_the_walk_is_walked_each_time(app: Flask, held: Held) -> None:
    link, _fault = audit.walk(until=1)
    app.extensions["walks"] = walks._Kept(Walked(clock.now(), proof.Walk(link, None, ())))
    assert AGREE in _open(app, held)
    written = select(AuditEntry.id).where(AuditEntry.event == Event.MINUTES_WRITTEN)
    _spoil(db.session.scalars(written).one())
    assert DIFFER in _open(app, held)


def test_one_walk_at_a_time_however_often_the_page_is_asked_for(
    app: Flask, held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on, begun = threading.Event(), []

    def slow(_seen: object) -> proof.Walk:
        begun.append(1)
        go_on.wait(120)
        return proof.Walk(audit.START, None, ())

    monkeypatch.setattr(proof, "walk", slow)
    assert [walks.latest() for _again in range(5)] == [None] * 5
    go_on.set()
    _walked(app)
    assert walks.latest() is not None
    assert len(begun) == 1


def test_others_write_while_the_log_is_walked(app: Flask) -> None:
    """What is compared is of one moment: nothing that comes meanwhile is taken for a fault."""
    held, admin = hold(), make_user("admin").id
    vote = held.people.members[3].id
    last = audit.count()

    def write(entry: object) -> None:
        if entry["id"] == 2:  # type: ignore[index]
            with app.app_context():
                from portal.consilium import decisions

                decisions.cast_vote(held.voting, vote, "for")
                settings.change_settings(admin, centre_name="Другая")

    found = proof.walk(write)
    assert (found.link.id, found.broken, found.faults) == (last, None, ())
    assert proof.verify() == (last + 2, [])
