"""Programs, schedules and sheets of clubs."""

from datetime import timedelta

import pytest

from portal import clock
from portal.clubs import programs
from portal.db import db
from portal.papers.catalog import KINDS
from portal.rules.club_programs import Content, Topic
from tests.factories import make_booking, make_club, make_recipient, make_session, make_user, work_on
from tests.papers.said import facts_of, holds, text_of

TOPICS = tuple(Topic(title, f"цель: {title}", "игра", "мяч") for title in ("Знакомство", "Ссоры"))
CONTENT = Content("Учимся дружить", "Общение", "Дети 7–10 лет", TOPICS)


@pytest.fixture
def leader(app):
    return make_user("pedagogue", last_name="Клубная")


@pytest.fixture
def club(leader):
    return make_club(leader, "Мастерская «Глина»")


def test_a_program_has_its_topics(club, leader):
    program_id = programs.start_program(club.id, leader.id)
    programs.save_program(program_id, leader.id, 1, CONTENT)
    draft = text_of("club-program", program_id)
    holds(draft, "«Мастерская „Глина“»", "«Учимся дружить»", "черновик", "Общение", "Дети 7–10 лет")
    holds(draft, "Знакомство", "цель: Ссоры", "мяч", "Клубная А. П.")
    programs.put_in_force(program_id, leader.id, 2)
    in_force = text_of("club-program", program_id)
    assert "черновик" not in in_force
    staff = make_user("staff")
    assert KINDS["club-program"].get(staff, program_id).id == program_id
    assert KINDS["club-program"].get(staff, program_id + 1) is None


def test_a_schedule_has_all_sessions_of_the_month_and_later(club, leader):
    first = clock.today().replace(day=1)
    make_session(club, first - timedelta(7), topic="Прошлая")
    make_session(club, first, topic="Первая")
    later = make_session(
        club, first + timedelta(300), topic="Поздняя", status="cancelled", slot=None, cancel_reason="Отпуск"
    )
    text = text_of("club-schedule", club.id)
    holds(
        text,
        "График работы клуба",
        "Первая",
        "Поздняя",
        "отменено: Отпуск",
        f"{later.day:%d.%m.%Y}",
        "каб. 4",
    )
    assert "Прошлая" not in text
    assert len(facts_of("club-schedule", club.id)["sessions"]) == 2
    holds(text_of("club-schedule", make_club(leader, "Пустой").id), "Занятий не запланировано")


def test_a_sheet_before_and_after_the_session(club, leader):
    work_on(clock.today())
    session = make_session(club, clock.today())
    children = [make_recipient(club, surname=one) for one in ("Котова", "Львова")]
    for child in children:
        make_booking(session, child)
    before = facts_of("attendance-sheet", session.id)
    assert [row["name"] != "" for row in before["rows"]] == [True, True, False, False, False]
    holds(text_of("attendance-sheet", session.id), "Котова", "Львова", "Дружба", "Знакомство")
    held = make_session(club, clock.today() - timedelta(7), status="held")
    make_booking(held, children[0], status="came")
    make_booking(held, children[1], status="excused", slot=None)
    text = text_of("attendance-sheet", held.id)
    holds(text, "Присутствовали: 1 из 2", "уважительная причина")
    get = KINDS["attendance-sheet"].get
    assert get(leader, held.id).id == held.id
    assert get(make_user("pedagogue"), held.id) is None
    assert get(make_user("staff"), held.id) is None


def test_a_sheet_of_a_cancelled_session_says_so(club):
    session = make_session(club, clock.today(), status="cancelled", slot=None, cancel_reason="Болезнь")
    db.session.rollback()
    holds(text_of("attendance-sheet", session.id), "Занятие отменено: Болезнь")
