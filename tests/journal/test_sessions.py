"""Sessions in the journal: one session for one client is one service; signed on the sheet, submitted together, void."""

import hashlib
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from portal import audit, clock
from portal.audit import Event
from portal.check import broken_rules
from portal.clubs.models import ClubSession
from portal.db import atomic, db, technical
from portal.journal import actions, checking, queries, sessions, state_actions
from portal.journal.models import JournalEntry
from portal.rules.journal import State
from tests.factories import (
    make_booking,
    make_club,
    make_family,
    make_patronage,
    make_recipient,
    make_session,
    make_user,
)
from tests.journal.rows import entered_session, found, submitted, voided
from tests.refusals import refuses
from tests.test_check import write


@pytest.fixture
def leader(app):
    return make_user("pedagogue")


@pytest.fixture
def head(app):
    return make_user("head")


@pytest.fixture
def session(leader):
    return make_session(make_club(leader), clock.today())


def test_each_who_came_has_one_entry(session, leader):
    first, second = make_recipient(), make_recipient(surname="Титова")
    one, two = entered_session(session, first, second)
    entry = found(one)
    assert (entry.kind, entry.member_id, entry.family_id) == ("session", first.id, first.family_id)
    assert (entry.worker_id, entry.day, entry.minutes) == (leader.id, session.day, 60)
    assert (entry.summary, entry.recipient, entry.state) == ("Дружба\nЗнакомство", "", "draft")
    assert entry.patronage_id is not None and found(two).number == entry.number + 1
    with refuses("entered_already"):
        entered_session(session, first)


def test_who_is_in_inpatient_care_has_no_patronage(session):
    child = make_family("Стационарова").members[1]
    (entry_id,) = entered_session(session, child)
    entry = found(entry_id)
    assert (entry.patronage_id, entry.family_id) == (None, child.family_id)


def test_all_sign_on_the_sheet_and_are_submitted_together(session, leader, head):
    drawn, *others = (make_recipient() for _ in range(3))
    ids = entered_session(session, drawn, *others)
    with refuses("unsigned"):
        sessions.submit_session(session.id, leader.id)
    actions.sign_entry(ids[0], leader.id, 1, how="refused", refusal="убежал играть")
    assert sessions.sign_sheet(session.id, leader.id) == 2
    assert [(found(one).recipient, found(one).signer_id) for one in ids] == [
        ("refused", None),
        *(("paper", child.id) for child in others),
    ]
    with refuses("nothing_to_sign"):
        sessions.sign_sheet(session.id, leader.id)
    assert sessions.submit_session(session.id, leader.id) == 3
    with refuses("nothing_to_submit"):
        sessions.submit_session(session.id, leader.id)
    assert sessions.facts_of([session.id, 99]) == {session.id: (3, 3, 0), 99: (0, 0, 0)}
    checking.return_entry(ids[1], head.id, found(ids[1]).revision, "Что делали?")
    checking.check_entry(ids[2], head.id, found(ids[2]).revision)
    assert sessions.facts_of([session.id]) == {session.id: (3, 2, 1)}
    assert sessions.submit_session(session.id, leader.id) == 1


def test_one_who_did_not_come_after_all_is_void_and_may_come_again(session, leader, head):
    child = make_recipient()
    make_booking(session, child, status="came")
    (entry_id,) = entered_session(session, child)
    voided(session, child, "Ошибка в отметке")
    entry = found(entry_id)
    assert (entry.state, entry.voided, entry.number) == ("void", "Ошибка в отметке", 1)
    assert sessions.facts_of([session.id]) == {session.id: (0, 0, 0)}
    with refuses("wrong_state"):
        actions.sign_entry(entry_id, leader.id, 2, how="paper", signer_id=child.id)
    db.session.rollback()
    with pytest.raises(IntegrityError), technical() as s:
        s.execute(
            update(JournalEntry).where(JournalEntry.id == entry_id).values(state=State.DRAFT, voided="")
        )
    (again,) = entered_session(session, child)
    sessions.sign_sheet(session.id, leader.id)
    sessions.submit_session(session.id, leader.id)
    checking.check_entry(again, head.id, found(again).revision)
    with refuses("checked"):
        voided(session, child)
    voided(session, make_recipient())  # who has no entry has none to void


def test_what_was_told_later_reaches_the_drafts(session, leader):
    own, other = (make_recipient() for _ in range(2))
    first, second = entered_session(session, own, other)
    actions.change_entry(second, leader.id, 1, minutes=40, summary="Ушла раньше", recommendations="")
    with atomic() as s:
        row = s.get_one(ClubSession, session.id)
        told = sessions.summary_of(row)
        row.topic, row.goal = "Сказки", ""
        sessions.follow_session(s, row, told)
        audit.record(s, Event.SESSION_CHANGED, leader.id, row)
    assert [(found(one).summary, found(one).minutes) for one in (first, second)] == [
        ("Сказки", 60),
        ("Ушла раньше", 40),
    ]


def test_the_recipient_signs_first_of_the_family(session, leader):
    child = make_recipient()
    (entry_id,) = entered_session(session, child)
    people, likely = queries.signers(found(entry_id))
    assert likely == child.id and len(people) == 2
    with refuses("other_family"):
        stranger = make_family("Чужая").members[0].id
        actions.sign_entry(entry_id, leader.id, 1, how="paper", signer_id=stranger)


def test_a_checked_service_is_corrected_like_any_other(session, leader, head):
    child = make_recipient()
    (entry_id,) = entered_session(session, child)
    sessions.sign_sheet(session.id, leader.id)
    sessions.submit_session(session.id, leader.id)
    checking.check_entry(entry_id, head.id, found(entry_id).revision)
    new = actions.correct_entry(
        entry_id, leader.id, why="Длительность", minutes=30, summary="Дружба", recommendations=""
    )
    entry = found(new)
    assert (entry.session_id, entry.member_id, entry.minutes) == (session.id, child.id, 30)
    assert sessions.facts_of([session.id]) == {session.id: (1, 1, 1)}


def test_a_late_session_of_a_closed_month_stands_in_the_present_one(leader, head):
    before = clock.today().replace(day=1) - timedelta(1)
    session, child = make_session(make_club(leader), before), make_recipient()
    other = make_session(make_club(leader, "Шахматы"), before)
    (gone,) = entered_session(other, child)
    (entry_id,) = entered_session(session, child)
    voided(other, child)
    sessions.sign_sheet(session.id, leader.id)
    sessions.submit_session(session.id, leader.id)
    checking.check_entry(entry_id, head.id, found(entry_id).revision)
    assert checking.close_period(before.year, before.month, head.id) == 2  # the void one keeps its number
    assert found(gone).state == "void"
    (late,) = entered_session(session, make_recipient())
    assert (found(late).year, found(late).month) == (clock.today().year, clock.today().month)


def test_the_digest_of_a_month_without_sessions_is_the_one_of_before(app, leader, head):
    before = clock.today().replace(day=1) - timedelta(1)
    patronage = make_patronage(lead=leader, enrolled_on=before - timedelta(60), imported=True)
    checking.check_entry(submitted(patronage, leader, before), head.id, 3)
    rows = db.session.execute(select(*checking.FROZEN).order_by(JournalEntry.number))
    old = hashlib.sha256("".join(repr(tuple(row)) for row in rows).encode()).hexdigest()
    assert checking.digest(db.session(), before.year, before.month) == old
    child = make_recipient()
    session = make_session(make_club(leader), before)
    entered_session(session, child)
    new = checking.digest(db.session(), before.year, before.month)
    assert new != old
    write("UPDATE journal_entries SET member_id = :id WHERE session_id IS NOT NULL", id=make_recipient().id)
    db.session.rollback()
    assert checking.digest(db.session(), before.year, before.month) not in (old, new)


def test_check_finds_a_mark_on_what_was_not_given(session, leader):
    child = make_recipient()
    make_booking(session, child, status="came")
    (entry_id,) = entered_session(session, child)
    sessions.sign_sheet(session.id, leader.id)
    sessions.submit_session(session.id, leader.id)
    state_actions.mark([entry_id], clock.today(), leader.id)

    def faults():
        db.session.rollback()
        return [fault["what"] for fault in broken_rules() if fault["rule"] == "R16"]

    assert faults() == []
    write("UPDATE journal_entries SET state = 'void', voided = 'x'")
    assert faults() == [
        f"journal entry {entry_id} is marked for the state system, and is no service that was given"
    ]


def test_check_finds_who_is_not_in_the_journal_and_who_should_not_be(app, session):
    child, other = make_recipient(), make_recipient()
    make_booking(session, child, status="came")

    def faults():
        db.session.rollback()
        return [fault["what"] for fault in broken_rules() if fault["rule"] == "R13"]

    assert faults() == []  # it goes on
    write("UPDATE club_sessions SET status = 'held'")
    assert any("is not in the journal" in what for what in faults())
    entered_session(session, child)
    assert faults() == []
    (strange,) = entered_session(session, other)
    assert [what for what in faults() if "was not" in what]
    voided(session, other)
    assert faults() == []
    write("UPDATE journal_entries SET family_id = :id WHERE id <> :one", id=other.family_id, one=strange)
    assert any("another family" in what for what in faults())
