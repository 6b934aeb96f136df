"""Pages of a session on its way: what is next, the attendance, the summing up, its steps."""

from datetime import time, timedelta

import pytest
from sqlalchemy import select

from portal import clock
from portal.clubs import bookings, planning, sheet
from portal.clubs.models import Booking, ClubSession
from portal.db import db
from portal.journal import checking
from portal.journal.models import JournalEntry
from portal.procedures.models import Run, RunStep
from tests.client import Client
from tests.factories import make_recipient, make_session, make_user
from tests.papers.said import facts_of


@pytest.fixture
def session(club):
    return make_session(club, clock.today())


@pytest.fixture
def child(club, session, leader):
    member = make_recipient(club, surname="Лебедева")
    bookings.book_one(session.id, member.id, leader.id)
    return member


@pytest.fixture
def visitor(app, leader):
    return Client(app, leader)


def address(session, page=""):
    return f"/clubs/sessions/{session.id}{page}"


def held(session, leader, *members):
    bookings.mark_attendance(session.id, {one.id: "came" for one in members}, leader.id)
    bookings.close_attendance(session.id, leader.id)


def statuses():
    db.session.rollback()
    return list(db.session.scalars(select(Booking.status).order_by(Booking.id)))


def now(session):
    db.session.rollback()
    return db.session.get_one(ClubSession, session.id)


def next_card(client):
    return " ".join(client.page.xpath("//*[@id='next']")[0].text_content().split())


def main_buttons(client):
    return client.page.xpath("//*[@id='next']//*[contains(@class, 'btn p')]")


def test_the_page_says_where_the_session_is_and_the_one_next_thing(visitor, club, leader):
    session = make_session(club, clock.today() + timedelta(7))
    visitor.get(address(session))
    assert "Никто ещё не записан" in next_card(visitor)
    member = make_recipient(club)
    bookings.book_one(session.id, member.id, leader.id)
    visitor.get(address(session))
    assert "Получатели оповещены" in next_card(visitor) and len(main_buttons(visitor)) == 1
    visitor.post(address(session, "/announce"))
    assert now(session).status == "announced"
    visitor.get(address(session))
    assert "Всё готово" in next_card(visitor) and not main_buttons(visitor)
    visitor.post(address(session, "/announce"), back="1")
    assert now(session).status == "planned"


def test_each_state_has_its_next_thing(visitor, session, child, leader):
    visitor.get(address(session))
    assert main_buttons(visitor)[0].get("href") == address(session, "/attendance")
    held(session, leader, child)
    visitor.get(address(session))
    assert main_buttons(visitor)[0].get("href") == address(session, "/sum-up")
    sheet.sum_up(session.id, leader.id, analysis="Хорошо.", gone_through=True)
    visitor.get(address(session))
    assert "0 из 1" in next_card(visitor)
    sheet.give_to_journal(session.id, True, leader.id)
    visitor.get(address(session))
    assert "Проверяет заведующий" in next_card(visitor) and not main_buttons(visitor)
    head = Client(visitor.app, make_user("head"))
    head.get(address(session))
    assert [one.get("href") for one in main_buttons(head)] == ["/journal/queue"]


def test_the_club_page_says_how_far_the_journal_of_past_sessions_is(visitor, club, leader):
    child, head = make_recipient(club), make_user("head")
    past = make_session(club, clock.today() - timedelta(1))
    held(past, leader, child)

    def told():
        visitor.get(f"/clubs/{club.id}")
        return visitor.page.xpath(f"//li[.//a[@href='{address(past)}']]")[0].text_content()

    assert "проведено" in told()
    sheet.sum_up(past.id, leader.id, analysis="Хорошо.", gone_through=True)
    assert "итоги подведены" in told()
    sheet.give_to_journal(past.id, True, leader.id)
    assert "в журнале" in told()
    entry = db.session.scalars(select(JournalEntry)).one()
    checking.check_entry(entry.id, head.id, entry.revision)
    assert "проверено" in told()


def test_readers_see_the_state_and_no_button(app, session, child, leader):
    for role in ("specialist", "staff"):
        client = Client(app, make_user(role))
        client.get(address(session))
        assert "Посещаемость ещё не закрыта" in next_card(client) and not main_buttons(client)
        assert "Отметьте" not in next_card(client), "advice is for who can follow it"
        client.get(address(session, "/sum-up"), status=403)


def test_readers_are_told_how_it_stands_and_not_what_to_do(app, club, leader):
    session, reader = make_session(club, clock.today() + timedelta(7)), Client(app, make_user("staff"))
    reader.get(address(session))
    assert next_card(reader).endswith("Никто ещё не записан.")
    bookings.book_one(session.id, make_recipient(club).id, leader.id)
    reader.get(address(session))
    assert "ещё не оповещён" in next_card(reader) and "Сообщите" not in next_card(reader)


def test_a_cancelled_session_offers_nothing_more(visitor, club, leader):
    session = make_session(club, clock.today() + timedelta(7))
    bookings.book_one(session.id, make_recipient(club).id, leader.id)
    planning.cancel_session(session.id, "Карантин", leader.id)
    visitor.get(address(session))
    assert "Карантин" in visitor.text
    for part in ("booked", "others", "round", "next"):
        assert not visitor.page.xpath(f"//*[@id='{part}']"), part


def test_one_touch_marks_all_others(visitor, session, child, club, leader):
    second = make_recipient(club, surname="Абаева")
    bookings.book_one(session.id, second.id, leader.id)
    bookings.mark_attendance(session.id, {second.id: "absent"}, leader.id)
    visitor.post(address(session, "/attendance"), action="all")
    assert statuses() == ["came", "absent"]


def test_before_the_participants_gather_only_an_excuse_is_offered(visitor, club, leader):
    session, member = make_session(club, clock.today(), starts_at=time(20)), make_recipient(club)
    bookings.book_one(session.id, member.id, leader.id)
    visitor.get(address(session, "/attendance"))
    assert visitor.page.xpath("//input[@type='radio']/@value") == ["excused"]
    assert not visitor.page.xpath("//button[@name='action']")
    visitor.post(address(session, "/attendance"), **{f"mark__{member.id}": "came"})
    assert statuses() == ["booked"]


def test_somebody_from_elsewhere_is_found_and_marked(visitor, session, child):
    guest = make_recipient(surname="Гостева")
    visitor.get(address(session, "/attendance?q=гостева"))
    assert visitor.page.xpath(f"//*[@id='unbooked']//button[@name='mark-{guest.id}']")
    assert not visitor.page.xpath(f"//*[@id='unbooked']//button[@name='mark-{child.id}']")
    visitor.get(address(session, "/attendance?q=гостева"), htmx=True)
    assert visitor.page.get("id") == "unbooked"
    visitor.post(address(session, "/attendance"), **{f"mark__{guest.id}": "came"})
    assert statuses() == ["booked", "came"]


def test_somebody_from_elsewhere_who_may_not_be_served_is_told_so(visitor, session, child):
    gone = make_recipient(status="removed")
    visitor.post(address(session, "/attendance"), status=422, **{f"mark__{gone.id}": "came"})
    assert statuses() == ["booked"]


def test_closing_keeps_what_was_typed_of_the_topic(visitor, session, child):
    marks = {f"mark__{child.id}": "came"}
    visitor.post(address(session, "/attendance"), status=422, action="close", topic="Мост", goal="", **marks)
    assert visitor.page.xpath("//input[@name='topic']/@value") == ["Мост"]
    assert now(session).status == "planned" and statuses() == ["came"]
    visitor.post(address(session, "/attendance"), action="close", topic="Мост", goal="Строить", **marks)
    assert (now(session).status, now(session).topic) == ("held", "Мост")


def test_nobody_came_is_told_beside_the_form(visitor, session, child):
    marks = {f"mark__{child.id}": "absent"}
    fields = {"topic": "Дружба", "goal": "Знакомство"}
    visitor.post(address(session, "/attendance"), status=422, action="close", **fields, **marks)
    assert "Ни один участник не отмечен" in visitor.text


def test_a_mark_mended_after_closing_asks_why_in_its_row(visitor, session, child, leader):
    held(session, leader, child)
    visitor.get(address(session, "/attendance"))
    assert visitor.page.xpath("//input[@name='why']")
    fields = {"only": str(child.id), f"mark__{child.id}": "absent"}
    visitor.post(address(session, "/attendance"), status=422, htmx=True, **fields)
    alert = visitor.page.xpath("//*[@role='alert']")[0]
    assert alert.xpath(".//a/@href") == ["#why"] and "на этой неделе" not in alert.text_content()
    assert statuses() == ["came"]
    visitor.post(address(session, "/attendance"), status=200, htmx=True, why="ошибка", **fields)
    assert statuses() == ["absent"]
    assert db.session.scalars(select(JournalEntry.state)).all() == ["void"]


def sum_up(visitor, session, status=303, **fields):
    values = {"topic": "Дружба", "goal": "Знакомство", "analysis": "Хорошо."} | fields
    visitor.post(address(session, "/sum-up"), status=status, **values)


def test_summed_up_signed_and_submitted_in_one_form(visitor, session, child, leader):
    held(session, leader, child)
    visitor.get(address(session, "/sum-up"))
    sum_up(visitor, session, do="submit", gone_through="1", signed="1", equipment="Мяч")
    assert (now(session).status, now(session).equipment) == ("summed_up", "Мяч")
    assert db.session.scalars(select(JournalEntry.state)).all() == ["submitted"]
    assert db.session.scalars(select(Run.session_id)).all() == [session.id]


def test_what_lacks_comes_back_with_all_that_was_typed(visitor, session, child, leader):
    held(session, leader, child)
    sum_up(visitor, session, 422, do="submit", analysis="Все говорили.")
    assert "Все говорили." in visitor.text and now(session).status == "held"
    assert len(visitor.page.xpath("//*[contains(@class, 'wrong')]")) == 2  # the steps, the signatures
    sum_up(visitor, session, do="keep", gone_through="1")
    assert db.session.scalars(select(JournalEntry.state)).all() == ["draft"]
    visitor.get(address(session, "/sum-up"))
    assert not visitor.page.xpath("//*[@name='gone_through']")  # the steps are finished
    sum_up(visitor, session, do="submit", signed="1")
    assert db.session.scalars(select(JournalEntry.state)).all() == ["submitted"]


def test_what_is_not_held_is_not_summed_up(visitor, session, child):
    visitor.get(address(session, "/sum-up"), status=303)
    sum_up(visitor, session, 422, gone_through="1")
    assert now(session).status == "planned"


def test_a_held_session_is_neither_edited_nor_cancelled(visitor, session, child, leader):
    held(session, leader, child)
    for page in ("/edit", "/cancel"):
        visitor.get(address(session, page), status=303)
    visitor.get(address(session))
    assert not visitor.page.xpath(f"//a[@href='{address(session, '/edit')}']")


def test_steps_are_marked_and_those_the_portal_sees_stand_as_done(visitor, session, child, leader):
    url = address(session, "/run")
    visitor.get(url)
    assert db.session.scalars(select(Run.id)).all() == []
    assert not visitor.page.xpath("//*[@id='step-prep_plan']//button")  # planned it is
    assert visitor.page.xpath("//*[@id='step-prep_props']//button[@value='done']")
    visitor.post(f"{url}/steps/prep_props", mark="done", note="Мяч", changes="0")
    query = select(RunStep.state, RunStep.note).where(RunStep.code == "prep_props")
    assert db.session.execute(query).one() == ("done", "Мяч")
    visitor.post(f"{url}/steps/prep_place", status=200, htmx=True, mark="done", note="", changes="0")
    assert visitor.page.xpath("//li[@id='step-prep_place'][contains(@class, 'done')]")
    visitor.post(f"{url}/steps/main_photo", status=422, mark="open", note="я" * 3000, changes="0")
    visitor.post(f"{url}/steps/nothing", status=422, mark="done", note="", changes="0")


def test_the_steps_are_read_by_specialists_and_marked_by_who_leads(app, session, child):
    url = address(session, "/run")
    reader, other = Client(app, make_user("specialist")), Client(app, make_user("pedagogue"))
    for client in (reader, other):
        client.get(url)
        assert not client.page.xpath("//button[contains(@class, 'tick')]")
    reader.post(f"{url}/steps/prep_props", status=403, mark="done", note="", changes="0")
    other.post(f"{url}/steps/prep_props", status=404, mark="done", note="", changes="0")


def test_after_the_summing_up_the_late_steps_are_ticked_alone(visitor, session, child, leader):
    held(session, leader, child)
    sheet.sum_up(session.id, leader.id, analysis="Хорошо.", gone_through=True)
    url = address(session, "/run")
    visitor.get(url)
    buttons = visitor.page.xpath("//li[.//button[contains(@class, 'tick')]]/@id")
    assert buttons == ["step-final_feedback", "step-final_journal", "step-final_system"]
    visitor.post(f"{url}/steps/prep_props", status=422, mark="open", note="", changes="0")
    visitor.post(f"{url}/steps/final_feedback", mark="done", note="", changes="0")


def test_the_sheet_of_attendance_has_a_line_for_each_who_may_sign(visitor, session, child, club, leader):
    away = make_recipient(club, surname="Белова")
    bookings.book_one(session.id, away.id, leader.id)
    bookings.mark_attendance(session.id, {away.id: "excused"}, leader.id)
    visitor.get(address(session, "/attendance"))
    assert visitor.page.xpath(f"//a[@href='/papers/attendance-sheet/{session.id}']")
    names = [row["name"] for row in facts_of("attendance-sheet", session.id)["rows"]]
    assert names[0].startswith("Лебедева") and names[1:] == [
        "",
        "",
        "",
    ]  # Белова is away; three lines are free


def test_my_work_keeps_a_held_session_until_it_is_summed_up(visitor, session, child, leader):
    held(session, leader, child)
    visitor.get("/")
    clubs = visitor.page.xpath("//*[@id='clubs']")[0].text_content()
    assert "Мастерская" in clubs and "подвести итоги" in clubs
    sheet.sum_up(session.id, leader.id, analysis="Хорошо.", gone_through=True)
    visitor.get("/")
    assert "Мастерская" not in visitor.page.xpath("//*[@id='clubs']")[0].text_content()


def test_what_was_never_announced_is_not_said_to_be(visitor, session, child, leader):
    done = "//*[@id='next']//li[@class='done']"
    held(session, leader, child)
    visitor.get(address(session))
    assert [one.text_content() for one in visitor.page.xpath(done)] == ["Запланировано"]
