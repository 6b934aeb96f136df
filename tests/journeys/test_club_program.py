"""A pedagogue writes the program, asks the group, assesses it, and reads what the club has reached."""

from datetime import timedelta

from playwright.sync_api import expect

from portal import clock
from portal.clubs import queries, results
from portal.clubs import survey_queries as surveys
from portal.db import db
from portal.rules.weekly_limit import week_of
from tests.factories import make_club, make_recipient, make_session, make_user
from tests.journeys.conftest import Center, look
from tests.journeys.test_consilium_pages import look_at


def make_group() -> tuple[int, list[int]]:
    """A club with two participants and two sessions to come; gives their ids."""
    club = make_club(make_user("pedagogue", username="leader"))
    members = [make_recipient(club, surname=name).id for name in ("Лебедева", "Орлова")]
    monday = week_of(clock.today()) + timedelta(7)
    for slot in (1, 2):
        make_session(club, monday + timedelta(2 * slot), slot, topic="")
    return club.id, members


def test_a_program_from_a_template_is_laid_out_over_the_sessions(center: Center) -> None:
    club_id, _members = make_group()
    page = center.open("leader")
    page.goto(f"/clubs/{club_id}/program")
    look(page, "Программа клуба")
    page.get_by_role("link", name="Составить программу").first.click()
    look(page, "Новая версия программы")
    page.get_by_label("Готовая программа: Учимся дружить").check()
    page.get_by_role("button", name="Начать").click()
    look(page, "Программа, версия 1")
    first = page.locator("input[name='topics-0-title']").input_value()
    page.get_by_role("button", name="Переместить тему 1 ниже").click()
    expect(page.locator("input[name='topics-1-title']")).to_have_value(first)
    expect(page.locator("input[name='topics-1-title']")).to_be_focused()
    page.get_by_role("button", name="Убрать").nth(9).click()
    expect(page.locator("input[name$='-title']")).to_have_count(9)
    page.get_by_role("button", name="Сохранить").last.click()
    page.get_by_role("button", name="Ввести в действие").click()
    look(page, "Разложить темы по занятиям")
    page.get_by_role("button", name="Назначить эти темы").click()
    page.wait_for_url(f"**/clubs/{club_id}")
    assert first in [row.topic for row in queries.upcoming(club_id)]
    look_at(page, f"/clubs/{club_id}/program", "/clubs/programs/1", "/papers/club-program/1")


def test_without_scripts_topics_are_moved_as_well(center: Center) -> None:
    club_id, _members = make_group()
    page = center.open("leader", scripts=False)
    page.goto(f"/clubs/{club_id}/program/new")
    page.get_by_role("button", name="Начать").click()
    first = page.locator("input[name='topics-0-title']").input_value()
    page.get_by_role("button", name="Переместить тему 1 ниже").click()
    expect(page.locator("input[name='topics-1-title']")).to_have_value(first)
    page.get_by_role("button", name="Сохранить").last.click()
    expect(page.locator("h1")).to_contain_text("Программа, версия 1")


def test_a_group_is_asked_and_assessed_on_a_phone(center: Center) -> None:
    club_id, members = make_group()
    page = center.open("leader", size="phone")
    page.goto(f"/clubs/{club_id}/survey")
    look(page, "Опрос об интересах")
    page.get_by_label("рисование").first.check()
    page.get_by_role("button", name="Сохранить").last.click()
    page.wait_for_url(f"**/clubs/{club_id}")
    assert surveys.latest()[members[0]].codes == {"drawing"}
    for point, score in (("before", "1"), ("after", "3")):
        page.goto(f"/clubs/{club_id}/skills?point={point}")
        look(page, "Навыки общения")
        for field in page.locator("select[name^='rows-0-']").all():
            field.select_option(score)
        page.get_by_role("button", name="Сохранить").last.click()
        look(page, "Результаты клуба")
    db.session.rollback()
    assert results.skills(club_id).compared == 1
    page.emulate_media(color_scheme="dark")
    look_at(page, f"/clubs/{club_id}/results", f"/clubs/{club_id}/suggestions", "/clubs/results")
    look_at(page, "/clubs/interests", "/clubs/interests?q=Орлова", f"/clubs/{club_id}/program")
