"""Two at once: numbers stay apart, and one open episode is all there is; the index is what holds it."""

import threading

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from portal import audit
from portal.db import db, technical
from portal.families import actions, queries
from portal.families.models import Family
from portal.patronage.models import Patronage
from portal.rules.lifecycle import OPEN
from tests.factories import make_patronage, make_user
from tests.families.people import family_values
from tests.together import at_once

MANY = 8


def test_families_taken_in_at_once_get_numbers_of_their_own(app: Flask):
    me = make_user("specialist").id
    assert at_once(app, *[lambda: actions.create_family(family_values(), me)] * MANY) == ["done"] * MANY
    assert sorted(db.session.scalars(select(Family.number))) == list(range(1, MANY + 1))
    assert audit.verify()[1] is None


@pytest.fixture
def opening(app: Flask, monkeypatch):
    """Open a new episode in many threads that have all seen that the last one is over."""
    me, family_id = make_user("head").id, make_patronage(status="removed").family_id
    real, barrier = queries.latest_patronage, threading.Barrier(MANY)

    def looked(wanted: int):
        found = real(wanted)
        db.session.rollback()
        barrier.wait(60)
        return found

    def run() -> tuple[list[str], int]:
        monkeypatch.setattr(queries, "latest_patronage", looked)
        answers = sorted(at_once(app, *[lambda: actions.open_episode(family_id, me)] * MANY))
        query = select(func.count()).where(Patronage.family_id == family_id, Patronage.status.in_(OPEN))
        return answers, db.session.scalar(query) or 0

    return run


def test_two_episodes_opened_at_once_leave_one(opening):
    assert opening() == (["done"] + ["open_patronage"] * (MANY - 1), 1)


def test_without_the_index_there_would_be_many(opening):
    with technical() as s:
        s.execute(text("DROP INDEX uq_patronages_open"))
    assert opening() == (["done"] * MANY, MANY)
