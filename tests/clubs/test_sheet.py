"""From the announcement to the journal: what a session goes through, on a real database."""

from datetime import time, timedelta

import pytest
from sqlalchemy import select

from portal import check, clock
from portal.audit import AuditEntry
from portal.clubs import bookings, planning, sheet
from portal.clubs.models import Booking, ClubSession
from portal.db import db
from portal.journal import checking
from portal.journal.models import JournalEntry
from portal.journal.sessions import facts_of
from tests.factories import make_club, make_recipient, make_session, make_user
from tests.refusals import refuses


@pytest.fixture
def session(club):
    return make_session(club, clock.today())


@pytest.fixture
def three(club, session, leader):
    members = [make_recipient(club, surname=name) for name in ("Абаева", "Белова", "Веткина")]
    bookings.book(session.id, [one.id for one in members], leader.id)
    return members


def mark(session, leader, **marks):
    found = {int(name[1:]): value for name, value in marks.items()}
    assert not bookings.mark_attendance(session.id, found, leader.id).refused


@pytest.fixture
def held(session, three, leader):
    """Two came, one was excused; the attendance is closed."""
    first, second, third = (f"m{one.id}" for one in three)
    mark(session, leader, **{first: "came", second: "came", third: "excused"})
    bookings.close_attendance(session.id, leader.id)
    return session


def now(session):
    db.session.rollback()
    return db.session.get_one(ClubSession, session.id)


def entries(session):
    db.session.rollback()
    query = select(JournalEntry).where(JournalEntry.session_id == session.id).order_by(JournalEntry.id)
    return list(db.session.scalars(query))


def states(session):
    return [(one.member_id, one.state) for one in entries(session)]


def sum_up(session, leader, **fields):
    sheet.sum_up(session.id, leader.id, **({"analysis": "Все говорили.", "gone_through": True} | fields))


def faults():
    """What is broken of sessions, their steps and the journal; patronages of factories have no decision."""
    db.session.rollback()
    ours = ("R10", "R11", "R13", "R14", "R15", "R16", "audit")
    return [fault for fault in check.broken_rules() if fault["rule"] in ours]


def test_recipients_are_told_and_it_can_be_taken_back(session, three, leader):
    sheet.announce(session.id, leader.id)
    assert now(session).status == "announced" and now(session).announced_at
    with refuses("announced_already"):
        sheet.announce(session.id, leader.id)
    sheet.take_back(session.id, leader.id)
    assert (now(session).status, now(session).announced_at) == ("planned", None)
    with refuses("not_announced"):
        sheet.take_back(session.id, leader.id)


def test_closing_enters_who_came_in_the_journal_and_nobody_else(held, three):
    first, second, _third = three
    assert now(held).status == "held"
    assert states(held) == [(first.id, "draft"), (second.id, "draft")]
    assert entries(held)[0].summary.startswith("Дружба")
    assert faults() == []


def test_it_is_closed_once(held, leader):
    with refuses("already_held"):
        bookings.close_attendance(held.id, leader.id)
    assert len(entries(held)) == 2


def test_it_is_not_closed_before_it_began(club, leader):
    late = make_session(club, clock.today(), starts_at=time(23, 30), minutes=15)
    member = make_recipient(club)
    bookings.book_one(late.id, member.id, leader.id)
    with refuses("too_early"):
        bookings.mark_attendance(late.id, {member.id: "came"}, leader.id)
    mark(late, leader, **{f"m{member.id}": "excused"})
    with refuses("not_begun"):
        bookings.close_attendance(late.id, leader.id)


def test_without_a_topic_it_is_not_closed(club, leader):
    session, member = make_session(club, clock.today(), topic="", goal=""), make_recipient(club)
    mark(session, leader, **{f"m{member.id}": "came"})
    with refuses("no_topic"):
        bookings.close_attendance(session.id, leader.id)
    sheet.set_topic(session.id, "Доверие", "Слушать друг друга", leader.id)
    bookings.close_attendance(session.id, leader.id)
    assert entries(session)[0].summary == "Доверие\nСлушать друг друга"


def test_who_comes_unbooked_need_not_go_to_the_club(session, leader):
    guest = make_recipient(surname="Гостева")
    mark(session, leader, **{f"m{guest.id}": "came"})
    refused = bookings.mark_attendance(
        session.id, {make_recipient(status="removed").id: "came"}, leader.id
    ).refused
    assert [broken.code for broken in refused.values()] == ["recipient_not_enrolled"]
    bookings.close_attendance(session.id, leader.id)
    assert states(session) == [(guest.id, "draft")]


def test_a_third_service_is_refused_to_who_came_unbooked_with_the_nearest_week(session, leader):
    member = make_recipient()
    for n in range(2):
        other = make_session(make_club(leader, name=f"Клуб {n}"), clock.today())
        mark(other, leader, **{f"m{member.id}": "came"})
    broken = bookings.mark_attendance(session.id, {member.id: "came"}, leader.id).refused[member.id]
    assert broken.code == "weekly_limit"
    assert broken.params["next_week"] == session.week + timedelta(7)


def test_marks_mended_after_closing_move_the_journal(held, three, leader):
    first, second, third = three
    mark(held, leader, **{f"m{third.id}": "came"})
    assert states(held)[-1] == (third.id, "draft")
    refused = bookings.mark_attendance(held.id, {first.id: "absent"}, leader.id).refused
    assert refused[first.id].code == "no_reason"
    done = bookings.mark_attendance(held.id, {first.id: "absent"}, leader.id, "Отметили по ошибке")
    assert not done.refused
    assert states(held) == [(first.id, "void"), (second.id, "draft"), (third.id, "draft")]
    assert entries(held)[0].voided == "Отметили по ошибке"
    mark(held, leader, **{f"m{first.id}": "came"})  # came after all: an entry of its own
    assert states(held)[-1] == (first.id, "draft")
    assert faults() == []


def test_after_the_head_has_checked_no_mark_changes(held, three, leader):
    first = three[0]
    sum_up(held, leader)
    assert sheet.give_to_journal(held.id, True, leader.id) == 2
    head = make_user("head")
    entry = entries(held)[0]
    checking.check_entry(entry.id, head.id, entry.revision)
    refused = bookings.mark_attendance(held.id, {first.id: "absent"}, leader.id, "ошибка").refused
    assert refused[first.id].code == "checked"
    booking = db.session.scalars(select(Booking).where(Booking.member_id == first.id)).one()
    assert booking.status == "came"
    with refuses("session_over"):
        bookings.cancel_booking(booking.id, leader.id)


def test_what_was_held_is_summed_up_and_its_texts_are_mended(held, leader):
    sum_up(held, leader, equipment="Мяч", consumables="Бумага")
    found = now(held)
    assert (found.status, found.equipment, found.consumables) == ("summed_up", "Мяч", "Бумага")
    sum_up(held, leader, analysis="Все говорили, Аня молчала.")
    assert now(held).analysis == "Все говорили, Аня молчала."


def test_only_what_was_held_is_summed_up(session, three, leader):
    with refuses("not_held"):
        sum_up(session, leader)


def test_steps_left_open_are_gone_through_or_explained(held, leader):
    with refuses("steps_open"):
        sum_up(held, leader, gone_through=False)
    assert now(held).status == "held"
    sum_up(held, leader, gone_through=False, why="Гости задержались")
    assert now(held).status == "summed_up"
    assert faults() == []


def test_the_topic_is_mended_until_the_journal_is_submitted(held, leader):
    sheet.set_topic(held.id, "Доверие", "Слушать", leader.id)
    assert {one.summary for one in entries(held)} == {"Доверие\nСлушать"}
    sum_up(held, leader)
    sheet.give_to_journal(held.id, True, leader.id)
    assert facts_of([held.id])[held.id] == (2, 2, 0)
    with refuses("topic_submitted"):
        sheet.set_topic(held.id, "Иное", "Иное", leader.id)
    sheet.set_topic(held.id, "Доверие", "Слушать", leader.id)  # nothing new


def test_nothing_goes_to_the_head_unsigned(held, leader):
    sum_up(held, leader)
    with refuses("unsigned"):
        sheet.give_to_journal(held.id, False, leader.id)
    assert {state for _, state in states(held)} == {"draft"}


def test_the_log_keeps_no_text_of_a_session(held, leader):
    sum_up(held, leader, analysis="Тайное слово")
    data = db.session.scalars(select(AuditEntry.data).where(AuditEntry.event == "session.summed_up")).one()
    assert "Тайное" not in data and '"analysis": 12' in data


def test_what_was_used_is_offered_the_next_time(held, club, leader):
    sum_up(held, leader, equipment="Мяч", consumables="Бумага")
    later = make_session(club, clock.today() + timedelta(7))
    assert sheet.used_before(later) == {"equipment": "Мяч", "consumables": "Бумага"}
    assert sheet.used_before(now(held)) == {}


def test_who_was_told_of_another_time_is_to_be_told_anew(club, leader):
    session = make_session(club, clock.today() + timedelta(7))
    sheet.announce(session.id, leader.id)
    day = {"day": session.day, "minutes": 60}
    planning.change_session(session.id, leader.id, **day, starts_at=session.starts_at, room="зал")
    assert now(session).status == "announced"
    planning.change_session(session.id, leader.id, **day, starts_at=time(17))
    assert (now(session).status, now(session).announced_at) == ("planned", None)
