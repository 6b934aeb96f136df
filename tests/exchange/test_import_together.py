"""Two people at one import at the same moment: what is written is whole, and written once."""

import datetime
import threading
import time
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from portal import clock
from portal.accounts.models import User
from portal.contacts.models import Contact
from portal.db import Base, db, technical
from portal.exchange import pending, running, undo
from portal.exchange.kinds import KINDS
from portal.exchange.models import Import, ImportRow
from portal.patronage.models import Patronage
from tests.exchange import test_import_contacts as contacts
from tests.exchange.imports import bring_register, looked, start
from tests.exchange.tables import Rows, make_xlsx
from tests.factories import make_family, make_patronage, make_user
from tests.together import at_once

SEVERAL = 300  # rows: more than are written in one transaction


def apart(user: User) -> User:
    """The user as every thread may use them."""
    row = db.session.get_one(User, user.id)
    _ = row.roles
    db.session.expunge(row)
    return row


def count(table: type[Base]) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def plan(patronage_id: int, user_id: int) -> None:
    """A visit of today."""
    with technical() as s:
        s.add(
            Contact(
                patronage_id=patronage_id, user_id=user_id, kind="visit", state="planned", day=clock.today(),
                starts_at=datetime.time(12), minutes=60, created_by_id=user_id, created_at=clock.now(),
            )
        )  # fmt: skip


def rows_of(several: int = SEVERAL) -> Rows:
    """Contacts of one family, each on a day of its own."""
    make_user("specialist", last_name="Туров", first_name="Филарет", middle_name="Юльевич")
    enrolled = clock.today() - timedelta(several + 30)
    make_patronage(make_family("Ивушкина"), opened_on=enrolled, enrolled_on=enrolled)
    return [contacts.HEAD, *(contacts.row(n) for n in range(1, several + 1))]


def test_one_upload_becomes_one_import(app: Flask) -> None:
    head = apart(make_user("head"))
    name = pending.keep(make_xlsx({"Лист1": rows_of(40)}), {})

    def bring() -> None:
        running.run(running.start(KINDS["contacts"], name, head), head)

    ends = at_once(app, *[bring] * 3)
    assert "done" in ends and set(ends) <= {"done", "brought"}
    assert (count(Import), count(Contact)) == (1, 40)


def test_what_is_undone_while_it_is_written_leaves_nothing(app: Flask) -> None:
    head = make_user("head")
    import_id = start("contacts", rows_of(), head)
    user = apart(head)
    ends = at_once(app, lambda: running.run(import_id, user), lambda: undo.undo(import_id, user.id))
    assert ends == ["done", "done"]
    assert looked(import_id).state == "undone"
    assert (count(Contact), count(ImportRow)) == (0, 0)


def test_nothing_is_built_on_what_is_being_undone(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """A visit is planned for a family of the register when nothing was found that keeps it from being taken back."""
    head = make_user("head")
    import_id = bring_register(head).id
    enrolled = select(Patronage.id).where(Patronage.status == "enrolled").order_by(Patronage.id)
    patronage_id, head_id = db.session.scalars(enrolled).first() or 0, head.id
    looked_for, found = undo.in_the_way, threading.Event()

    def look(import_id: int) -> list[undo.Obstacle]:
        obstacles = looked_for(import_id)
        found.set()
        time.sleep(0.5)
        return obstacles

    def build() -> None:
        found.wait(60)
        with pytest.raises(IntegrityError):
            plan(patronage_id, head_id)

    monkeypatch.setattr(undo, "in_the_way", look)
    assert at_once(app, build, lambda: undo.undo(import_id, head_id)) == ["done", "done"]
    assert (count(Patronage), count(Contact)) == (0, 0)
