"""An import is taken back, whole, while nothing was built on it."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal import audit, clock
from portal.accounts.actions import add_password_link
from portal.accounts.models import PasswordLink, User
from portal.audit import AuditEntry, FamilyLook
from portal.check import broken_rules
from portal.clubs.models import Booking, ClubSession
from portal.clubs.planning import cancel_session
from portal.contacts.models import Contact
from portal.db import Base, db, technical
from portal.events import Event
from portal.exchange import queries, running, undo
from portal.exchange.models import ImportRow
from portal.families.models import Family, FamilyMember
from portal.papers.catalog import KINDS as PAPERS
from portal.papers.models import Paper
from portal.patronage.models import Patronage
from portal.rules import RuleBroken
from tests.exchange import test_import_clubs as clubs
from tests.exchange import test_import_contacts as contacts
from tests.exchange.imports import bring, bring_register, close_month, looked, start
from tests.factories import (
    make_booking,
    make_club,
    make_family,
    make_patronage,
    make_recipient,
    make_session,
    make_user,
)
from tests.together import at_once

TRACES = {"audit_entries", "audit_head", "imports", "import_rows", "used_ids", "family_looks", "families_fts"}


def everything() -> dict[str, Counter[Any]]:
    db.session.rollback()
    tables = [table for table in Base.metadata.sorted_tables if table.name not in TRACES]
    return {table.name: Counter(map(repr, db.session.execute(select(table)))) for table in tables}


def way(import_id: int) -> list[undo.Obstacle]:
    db.session.rollback()
    return undo.in_the_way(import_id)


def count(model: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_a_whole_register_is_taken_back(app: Flask) -> None:
    head = make_user("head")
    before = everything()
    done = bring_register(head)
    assert (done.made, done.accounts, done.refused, done.doubles) == (80, 8, 16, 12)
    family_id = db.session.scalars(select(Family.id).limit(1)).one()
    audit.look(head.id, family_id, "families.show")
    assert way(done.id) == []
    undo.undo(done.id, head.id)
    assert everything() == before
    assert looked(done.id).state == "undone" and count(ImportRow) == 0
    assert count(FamilyLook) == 1  # R20: who looked stays in the log
    assert audit.verify()[1] is None and broken_rules() == []
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.event == Event.IMPORT_UNDONE)).one()
    assert '"families"' in entry.data


def test_the_file_can_be_brought_in_again_and_no_id_is_given_twice(app: Flask) -> None:
    head = make_user("head")
    first = bring_register(head)
    gone = set(db.session.scalars(select(Family.id))) | set()
    people = set(db.session.scalars(select(FamilyMember.id)))
    undo.undo(first.id, head.id)
    again = bring_register(head)
    assert again.made == 80
    assert not gone & set(db.session.scalars(select(Family.id)))
    assert not people & set(db.session.scalars(select(FamilyMember.id)))


def test_after_an_undo_new_rows_of_a_form_get_fresh_ids(app: Flask) -> None:
    head = make_user("head")
    first = bring_register(head)
    gone = max(db.session.scalars(select(Family.id)))
    undo.undo(first.id, head.id)
    assert make_family("Новая").id > gone


def test_what_was_changed_keeps_the_whole_import(app: Flask) -> None:
    head = make_user("head")
    done = bring_register(head)
    family = db.session.scalars(select(Family).order_by(Family.number).limit(1)).one()
    family_id, number, surname = family.id, family.number, family.surname
    with technical() as s:
        s.get_one(Family, family_id).address = "ул. Новая, 5"
    obstacles = way(done.id)
    assert [(one.table, one.row_id, one.why) for one in obstacles] == [("families", family_id, "changed")]
    (line,) = queries.in_words(head, obstacles)
    assert str(number) in line and surname in line
    before = everything()
    with pytest.raises(RuleBroken) as broken:
        undo.undo(done.id, head.id)
    assert broken.value.code == "import_built_on"
    assert everything() == before and looked(done.id).state == "done"


def test_what_was_built_on_a_row_keeps_it(app: Flask) -> None:
    head, worker = make_user("head"), make_user("specialist")
    done = bring_register(head)
    patronage_id = db.session.scalars(
        select(Patronage.id).where(Patronage.status == "enrolled").limit(1)
    ).one()
    day, now = clock.today(), clock.now()
    with technical() as s:
        s.add(
            Contact(
                patronage_id=patronage_id, user_id=worker.id, kind="visit", state="planned", day=day,
                starts_at=now.time(), minutes=60, created_by_id=worker.id, created_at=now,
            )
        )  # fmt: skip
    obstacles = way(done.id)
    assert [(one.table, one.row_id, one.by) for one in obstacles] == [
        ("patronages", patronage_id, "contacts")
    ]


def test_contacts_are_taken_back_and_the_norm_with_them(app: Flask) -> None:
    head = make_user("head")
    make_user("specialist", last_name="Туров", first_name="Филарет", middle_name="Юльевич")
    family = make_family("Ивушкина")
    enrolled = clock.today() - timedelta(90)
    patronage = make_patronage(family, opened_on=enrolled, enrolled_on=enrolled)
    before = bring("contacts", [contacts.HEAD, contacts.row(40)], head)
    due = db.session.get_one(Patronage, patronage.id, populate_existing=True).next_contact_on
    done = bring("contacts", [contacts.HEAD, contacts.row(0), contacts.row(2)], head)
    assert db.session.get_one(Patronage, patronage.id, populate_existing=True).next_contact_on != due
    assert undo.undo(done.id, head.id) == 2
    assert count(Contact) == 1 == before.made
    assert db.session.get_one(Patronage, patronage.id, populate_existing=True).next_contact_on == due


def test_a_month_that_was_closed_since_keeps_what_was_done_in_it(app: Flask) -> None:
    head = make_user("head")
    make_user("specialist", last_name="Туров", first_name="Филарет", middle_name="Юльевич")
    enrolled = clock.today() - timedelta(90)
    make_patronage(make_family("Ивушкина"), opened_on=enrolled, enrolled_on=enrolled)
    done = bring("contacts", [contacts.HEAD, contacts.row(40)], head)
    day = clock.today() - timedelta(40)
    close_month(day, head)
    assert [(one.table, one.why) for one in way(done.id)] == [("contacts", "month")]


def test_a_registered_paper_keeps_what_it_was_made_of(app: Flask) -> None:
    head = make_user("head")
    make_user("specialist", last_name="Туров", first_name="Филарет", middle_name="Юльевич")
    enrolled = clock.today() - timedelta(90)
    make_patronage(make_family("Ивушкина"), opened_on=enrolled, enrolled_on=enrolled)
    done = bring("contacts", [contacts.HEAD, contacts.row(1)], head)
    contact_id = db.session.scalars(select(Contact.id)).one()
    kind = next(code for code, one in PAPERS.items() if one.of == "contact")
    day = clock.today()
    with technical() as s:
        s.add(
            Paper(
                kind=kind, year=day.year, number=1, day=day, object_id=contact_id, facts="-", file="-",
                sha256="-", made_by_id=head.id, made_at=clock.now(),
            )
        )  # fmt: skip
    assert [(one.table, one.row_id, one.by) for one in way(done.id)] == [("contacts", contact_id, "papers")]


def test_accounts_are_taken_back_until_somebody_signs_in(app: Flask) -> None:
    admin = make_user("admin")
    rows = [
        ["ФИО", "Должность", "Роли"],
        ["Вольнова Анна Юрьевна", "психолог", "специалист; член консилиума"],
    ]
    done = bring("staff", rows, admin)
    user = db.session.scalars(select(User).where(User.last_name == "Вольнова")).one()
    assert {str(role) for role in user.roles} == {"specialist", "member"} and user.password_hash is None
    user_id = user.id
    db.session.rollback()
    with technical() as s:
        add_password_link(s, user_id)
    assert way(done.id) == []
    with technical() as s:
        s.get_one(User, user_id).password_hash = "set"
    assert [one.why for one in way(done.id)] == ["changed"]
    with technical() as s:
        s.get_one(User, user_id).password_hash = None
    undo.undo(done.id, admin.id)
    assert db.session.get(User, user_id) is None
    assert db.session.scalars(select(PasswordLink.user_id)).all() == [None]  # that of the first administrator


def test_sessions_and_their_marks_are_taken_back_in_their_order(app: Flask) -> None:
    leader = make_user("pedagogue")
    club = make_club(leader)
    make_recipient(club, surname="Клёнова")
    day = clubs.day_within()
    sessions = bring("sessions", [clubs.HEAD, ["Мастерская", day, "15:00", "Дружба", ""]], leader)
    marks = bring("attendance", [clubs.MARKS, ["Мастерская", day, "Клёнова Вера0", "+"]], leader)
    assert [(one.table, one.by) for one in way(sessions.id)] == [("club_sessions", "bookings")]
    undo.undo(marks.id, leader.id)
    undo.undo(sessions.id, leader.id)
    assert count(Booking) == count(ClubSession) == 0


def test_a_place_that_was_booked_before_is_booked_again(app: Flask) -> None:
    leader = make_user("pedagogue")
    club = make_club(leader)
    member = make_recipient(club, surname="Клёнова")
    session = make_session(club, clubs.day_within())
    booking = make_booking(session, member)
    done = bring("attendance", [clubs.MARKS, ["Мастерская", session.day, "Клёнова Вера0", "болел"]], leader)
    undo.undo(done.id, leader.id)
    row = db.session.get_one(Booking, booking.id, populate_existing=True)
    assert (row.status, row.slot, row.marked_by_id) == ("booked", 1, None)


def test_a_session_that_was_cancelled_since_stays(app: Flask) -> None:
    leader = make_user("pedagogue")
    make_club(leader)
    day = clubs.monday(2)
    clubs.work_on(day)
    done = bring("sessions", [clubs.HEAD, ["Мастерская", day, "15:00", "Дружба", ""]], leader)
    session_id = db.session.scalars(select(ClubSession.id)).one()
    cancel_session(session_id, "ремонт", leader.id)
    assert [one.why for one in way(done.id)] == ["changed"]


def test_an_import_is_undone_once(app: Flask) -> None:
    head = make_user("head")
    done = bring_register(head)
    user_id = head.id
    ends = at_once(app, *[lambda: undo.undo(done.id, user_id)] * 3)
    assert sorted(ends) == ["done", "undone_already", "undone_already"]
    assert count(Family) == 0


def test_half_an_import_is_taken_back_and_does_not_go_on(app: Flask) -> None:
    head = make_user("head")
    make_user("specialist", last_name="Туров", first_name="Филарет", middle_name="Юльевич")
    enrolled = clock.today() - timedelta(400)
    make_patronage(make_family("Ивушкина"), opened_on=enrolled, enrolled_on=enrolled)
    import_id = start("contacts", [contacts.HEAD, *(contacts.row(n) for n in range(1, 301))], head)

    def stop(done: int, _total: int) -> None:
        raise RuntimeError(f"the power went at {done}")

    with pytest.raises(RuntimeError):
        running.run(import_id, head, stop)
    undo.undo(import_id, head.id)
    running.run(import_id, head)
    assert count(Contact) == 0 and looked(import_id).state == "undone"
