"""The run of a club's session: what the portal sees by itself, frozen copies, the end of a run."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal import check, clock
from portal.clubs import bookings, sheet
from portal.clubs.models import Club, ClubParticipant, ClubSession
from portal.clubs.program_models import ClubProgram, InterestSurvey
from portal.clubs.session_models import SessionFeedback, SessionPhoto
from portal.db import db, technical
from portal.families.models import StoredFile
from portal.journal.models import JournalEntry, StateSystemMark
from portal.procedures import session_runs
from portal.procedures.marking import Asked
from portal.procedures.models import Run, RunStep
from tests.factories import make_booking, make_club, make_recipient, make_session, make_user
from tests.procedures.rows import publish
from tests.refusals import refuses


@pytest.fixture
def leader(app):
    return make_user("pedagogue")


@pytest.fixture
def club(leader):
    return make_club(leader)


@pytest.fixture
def session(club):
    return make_session(club, clock.today())


@pytest.fixture
def child(club):
    return make_recipient(club)


def add(*rows):
    with technical() as s:
        s.add_all(rows)


def seen(session):
    """The codes that stand as done without anybody's mark."""
    db.session.rollback()
    found = session_runs.sheet(db.session.get_one(ClubSession, session.id))
    return {line.code for line in found.lines if line.known}


def step(session, code):
    query = select(RunStep.state).join(Run, Run.id == RunStep.run_id)
    db.session.rollback()
    return db.session.scalar(query.where(Run.session_id == session.id, RunStep.code == code))


def hold(session, leader, child):
    bookings.mark_attendance(session.id, {child.id: "came"}, leader.id)
    bookings.close_attendance(session.id, leader.id)


def test_a_new_session_is_planned_and_nothing_more(session, child):
    assert seen(session) == {"prep_plan"}
    assert db.session.scalars(select(Run.id)).all() == []


def survey(session, leader, child):
    day, now = clock.today(), clock.now()
    return [InterestSurvey(member_id=child.id, on_day=day, recorded_by_id=leader.id, recorded_at=now)]


def program(session, leader, child):
    fields = {"made_by_id": leader.id, "made_at": clock.now(), "in_force_on": clock.today()}
    return [ClubProgram(club_id=session.club_id, version=1, status="in_force", title="Мост", **fields)]


def photo(session, leader, child):
    add(StoredFile(name="a", media_type="image/jpeg", size=1, sha256="0" * 64, uploaded_at=clock.now()))
    db.session.rollback()
    file_id = db.session.scalars(select(StoredFile.id)).one()
    return [SessionPhoto(session_id=session.id, file_id=file_id, added_by_id=leader.id, added_at=clock.now())]


def feedback(session, leader, child):
    return [SessionFeedback(session_id=session.id, source="guest", liked=5, ticket="0" * 64, at=clock.now())]


def state_system(session, leader, child):
    hold(session, leader, child)
    entry = db.session.scalars(select(JournalEntry.id)).one()
    fields = {"marked_by_id": leader.id, "marked_at": clock.now()}
    return [StateSystemMark(entry_id=entry, entered_on=clock.today(), **fields)]


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (survey, "prep_survey"),
        (program, "prep_program"),
        (photo, "main_photo"),
        (feedback, "final_feedback"),
        (state_system, "final_system"),
    ],
)
def test_each_step_is_seen_by_what_stands_in_the_tables(session, leader, child, make, code):
    assert code not in seen(session)
    add(*make(session, leader, child))
    assert code in seen(session)


def test_the_way_of_a_session_ticks_its_steps(session, leader, child):
    bookings.book_one(session.id, child.id, leader.id)
    assert "org_group" in seen(session)
    sheet.announce(session.id, leader.id)
    assert "org_inform" in seen(session)
    hold(session, leader, child)
    assert {"main_gather", "main_topic", "main_session"} <= seen(session)
    sheet.sum_up(session.id, leader.id, analysis="Хорошо.", gone_through=True)
    assert step(session, "final_analysis") == "done"
    assert "final_journal" not in seen(session)
    sheet.give_to_journal(session.id, True, leader.id)
    assert "final_journal" in seen(session)


def test_who_was_told_before_a_change_was_told_of_the_old(session, leader, child):
    make_booking(session, child)
    assert "org_schedule" not in seen(session)
    told = select(ClubParticipant).where(ClubParticipant.member_id == child.id)
    with technical() as s:
        s.scalars(told).one().told_at = clock.now()
    assert "org_schedule" in seen(session)
    with technical() as s:
        s.get_one(Club, session.club_id).changed_at = clock.now() + timedelta(minutes=1)
    assert "org_schedule" not in seen(session)


def test_the_first_mark_begins_a_run_that_later_versions_leave_alone(session, leader, child):
    session_runs.mark_step(session.id, leader.id, Asked("prep_props", "done", ""))
    session_runs.mark_step(session.id, leader.id, Asked("prep_props", "done", ""))  # nothing new
    publish(make_user("admin"), "club")
    found = session_runs.sheet(db.session.get_one(ClubSession, session.id))
    assert found.procedure.version == 1 and step(session, "prep_props") == "done"
    later = make_session(db.session.get_one(Club, session.club_id), clock.today() + timedelta(7))
    assert session_runs.sheet(later).procedure.version == 2


def test_what_nobody_marked_is_gone_through_or_explained(session, leader, child):
    hold(session, leader, child)
    with refuses("steps_open"):
        sheet.sum_up(session.id, leader.id, analysis="Хорошо.")
    assert db.session.scalars(select(Run.id)).all() == []
    sheet.sum_up(session.id, leader.id, analysis="Хорошо.", gone_through=True)
    for code in ("prep_colleagues", "org_acquaint", "main_gather"):
        assert step(session, code) == "done"
    assert step(session, "final_feedback") == "open"


def test_a_finished_run_takes_late_steps_alone(session, leader, child):
    hold(session, leader, child)
    sheet.sum_up(session.id, leader.id, analysis="Хорошо.", why="Гости задержались")
    for code, mark in (("prep_props", "done"), ("final_feedback", "skipped")):
        with refuses("frozen" if mark == "done" else "no_reason"):
            session_runs.mark_step(session.id, leader.id, Asked(code, mark, ""))
    session_runs.mark_step(session.id, leader.id, Asked("final_feedback", "done", ""))
    with refuses("frozen"):
        session_runs.mark_step(session.id, leader.id, Asked("final_feedback", "open", ""))
    db.session.rollback()
    assert [fault for fault in check.broken_rules() if fault["rule"] in ("R10", "R11", "audit")] == []


def test_a_cancelled_session_is_marked_no_more(session, leader):
    with technical() as s:
        row = s.get_one(ClubSession, session.id)
        row.status, row.slot = "cancelled", None
    with refuses("frozen"):
        session_runs.mark_step(session.id, leader.id, Asked("prep_props", "done", ""))
