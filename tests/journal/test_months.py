"""Closing a month: what it locks, what comes after it, and who comes at the same time."""

from datetime import date, time, timedelta
from functools import partial

import pytest
from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from portal import clock
from portal.check import broken_rules
from portal.contacts import actions as contacts
from portal.db import db, technical
from portal.journal import actions, checking, months
from portal.journal.models import JournalEntry, JournalPeriod
from tests.consilium.test_races import at_once
from tests.factories import make_family, make_patronage, make_user
from tests.journal.rows import entered, found, signer_of, submitted
from tests.refusals import refuses
from tests.test_check import write

NOON = time(12)


@pytest.fixture
def lead(app):
    return make_user("specialist")


@pytest.fixture
def head(app):
    return make_user("head")


@pytest.fixture
def before(app) -> date:
    """A day of the month before this one."""
    return clock.today().replace(day=1) - timedelta(1)


@pytest.fixture
def patronage(lead, before):
    return make_patronage(lead=lead, enrolled_on=before - timedelta(60), imported=True)


def checked(patronage, lead, head, day):
    entry_id = submitted(patronage, lead, day)
    checking.check_entry(entry_id, head.id, found(entry_id).revision)
    return entry_id


def test_a_month_is_closed_when_all_is_checked(patronage, lead, head, before):
    today = clock.today()
    with refuses("not_over"):
        checking.close_period(today.year, today.month, head.id)
    entry_id = submitted(patronage, lead, before)
    with refuses("unchecked"):
        checking.close_period(before.year, before.month, head.id)
    assert [row.id for row in months.unchecked((before.year, before.month))] == [entry_id]
    checking.check_entry(entry_id, head.id, 3)
    assert checking.close_period(before.year, before.month, head.id) == 1
    with refuses("closed_already"):
        checking.close_period(before.year, before.month, head.id)
    line = months.months()[0]
    assert (line.year, line.month, line.entries, line.unchecked) == (before.year, before.month, 1, 0)
    assert line.closed_by == head.short_name


def test_what_comes_late_is_entered_in_the_present_month(patronage, lead, head, before):
    first = checked(patronage, lead, head, before)
    checking.close_period(before.year, before.month, head.id)
    late, today = found(entered(patronage, lead, before - timedelta(1))), clock.today()
    assert (late.year, late.month) == (today.year, today.month)
    assert found(first).number == 1


def test_a_locked_entry_is_corrected_in_the_present_month_and_stays(patronage, lead, head, before):
    entry_id = checked(patronage, lead, head, before)
    checking.close_period(before.year, before.month, head.id)
    new = actions.correct_entry(
        entry_id, lead.id, why="Длительность", minutes=30, summary="Как надо", recommendations=""
    )
    old, entry, today = found(entry_id), found(new), clock.today()
    assert (old.minutes, old.month) == (60, before.month)
    assert (entry.year, entry.month, entry.day) == (today.year, today.month, before)
    rows = {row.id: row for row in months.table((today.year, today.month), None, "")[0]}
    assert rows[new].corrects == old.number
    rows = {row.id: row for row in months.table((before.year, before.month), lead.id, "отделение")[0]}
    assert rows[entry_id].corrected == entry.number
    assert [fault for fault in broken_rules() if fault["rule"] == "R13"] == []


def test_the_database_locks_a_closed_month(patronage, lead, head, before):
    entry_id = checked(patronage, lead, head, before)
    moved = entered(patronage, lead, clock.today())
    checking.close_period(before.year, before.month, head.id)
    row = dict(
        db.session.execute(select(JournalEntry.__table__).where(JournalEntry.id == entry_id)).mappings().one()
    )
    own = update(JournalEntry).where(JournalEntry.id == entry_id)
    into = update(JournalEntry).where(JournalEntry.id == moved)
    for statement in (
        own.values(minutes=5),
        own.values(summary="другое"),
        into.values(year=before.year, month=before.month),
        insert(JournalEntry).values(row | {"id": 99, "number": 99, "contact_id": None}),
        delete(JournalPeriod),
        update(JournalPeriod).values(month=1),
        insert(JournalPeriod).values(
            year=clock.today().year, month=clock.today().month, entries=0, digest="", closed_by_id=head.id,
            closed_at=clock.now(),
        ),
    ):  # fmt: skip
        db.session.rollback()
        with pytest.raises(IntegrityError), technical() as s:
            s.execute(statement)


def test_check_finds_what_was_done_past_every_guard(patronage, lead, head, before):
    entry_id = checked(patronage, lead, head, before)
    checking.close_period(before.year, before.month, head.id)

    def faults():
        db.session.rollback()
        return [fault["what"] for fault in broken_rules() if fault["rule"] == "R13"]

    assert faults() == []
    for name in ("journal_entries_update_unlocked", "journal_entries_stay_checked"):
        _drop_trigger(name)
    write("UPDATE journal_entries SET minutes = 5 WHERE id = :id", id=entry_id)
    assert any("changed after it was closed" in what for what in faults())
    write("UPDATE journal_entries SET number = 7 WHERE id = :id", id=entry_id)
    assert any("without gaps" in what for what in faults())
    stranger = make_family("Чужая")
    write("UPDATE journal_entries SET signer_id = :id", id=stranger.members[0].id)
    assert any("another family" in what for what in faults())
    write("UPDATE journal_entries SET contact_id = NULL")
    assert any("is not in the journal" in what for what in faults())


def _drop_trigger(name: str) -> None:
    if db.engine.dialect.name == "sqlite":
        write(f"DROP TRIGGER {name}")
    else:
        write("DROP TRIGGER IF EXISTS journal_entries_stay ON journal_entries")


def test_two_heads_check_one_entry_at_once(app, patronage, lead, head):
    entry_id, second = submitted(patronage, lead), make_user("head")
    ends = at_once(
        app,
        lambda: checking.check_entry(entry_id, head.id, 3),
        lambda: checking.check_entry(entry_id, second.id, 3),
    )
    assert sorted(ends) == ["done", "wrong_state"]


def test_one_head_checks_and_another_returns_at_once(app, patronage, lead, head):
    entry_id, second = submitted(patronage, lead), make_user("head")
    ends = at_once(
        app,
        lambda: checking.check_entry(entry_id, head.id, 3),
        lambda: checking.return_entry(entry_id, second.id, 3, "замечание"),
    )
    assert sorted(ends) == ["done", "wrong_state"]


def test_submitting_while_the_month_is_closed(app, patronage, lead, head, before):
    entry_id = entered(patronage, lead, before)
    actions.sign_entry(entry_id, lead.id, 1, how="paper", signer_id=signer_of(patronage))
    ends = at_once(
        app,
        lambda: actions.submit_entry(entry_id, lead.id),
        lambda: checking.close_period(before.year, before.month, head.id),
    )
    assert ends == ["done", "unchecked"]


def test_entering_while_the_month_is_closed(app, patronage, lead, head, before):
    checked(patronage, lead, head, before)
    ends = at_once(
        app,
        partial(record_at, patronage.id, lead.id, before, time(15)),
        lambda: checking.close_period(before.year, before.month, head.id),
    )
    db.session.rollback()
    closed = db.session.scalar(select(JournalPeriod.id)) is not None
    late = db.session.scalars(select(JournalEntry).order_by(JournalEntry.id.desc())).first()
    assert ends[0] == "done"
    assert (late.month != before.month) == closed == (ends[1] == "done")


def test_numbers_have_no_gaps_with_many_at_once(app):
    pairs = []
    for _ in range(4):
        lead = make_user("specialist")
        pairs.append((make_patronage(make_family(), lead=lead).id, lead.id))
    calls = [partial(record_at, *pair, clock.today(), NOON) for pair in pairs]
    assert at_once(app, *calls) == ["done"] * 4
    numbers = db.session.scalars(select(JournalEntry.number).order_by(JournalEntry.number)).all()
    assert numbers == [1, 2, 3, 4]


def record_at(patronage_id, user_id, day, starts_at):
    contacts.record_contact(
        patronage_id, user_id, user_id, kind="visit", day=day, starts_at=starts_at, minutes=60
    )
