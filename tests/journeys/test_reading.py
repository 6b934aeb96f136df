"""A member reads the agenda through on a phone before the meeting; the secretary sees that they have."""

import re

from playwright.sync_api import expect

from portal.consilium import actions
from tests.consilium.cards import make_item, make_worked
from tests.consilium.rows import make_meeting, make_people, make_submitted, propose, propose_removal
from tests.journeys.conftest import Center, look


def test_the_agenda_is_read_before_the_meeting(center: Center) -> None:
    people = make_people()
    meeting_id = make_meeting(people)
    propose(people, meeting_id, make_submitted("Ясная"))
    propose_removal(people, meeting_id, make_worked(people.lead, "Лесникова"))
    make_item(meeting_id, "question", question="О графике заседаний", position=9)
    actions.convene(meeting_id, people.chair.id)
    page = center.open(people.members[0].username, size="phone")
    page.locator("#to_read").get_by_role("link", name="Ясная").click()
    look(page, "Постановка на патронаж: Ясная")
    page.get_by_role("link", name="Следующий вопрос").click()
    expect(page.locator("h1")).to_contain_text("Лесникова")
    for summary in page.locator("main details > summary").all():
        summary.click()
    look(page, "Снятие с патронажа: Лесникова")
    page.get_by_role("link", name="Предыдущий вопрос").click()
    for name in ("Ясная", "Лесникова", "Вопрос"):
        page.get_by_role("heading", level=1, name=re.compile(name)).wait_for()
        page.get_by_role("button", name="Ознакомлен(а)").click()
    page.wait_for_url(re.compile(rf"/consilium/meetings/{meeting_id}$"))
    page.get_by_text("Вы ознакомились со всеми вопросами").wait_for()
    desk = center.open(people.secretary.username)
    desk.goto(f"/consilium/meetings/{meeting_id}")
    desk.get_by_text("ознакомлены 1 из 4").first.click()
    look(desk, "Заседание")
    desk.get_by_role("link", name=re.compile("Лесникова")).first.click()
    look(desk, "Снятие с патронажа: Лесникова")
    expect(desk.locator("#readers")).to_contain_text(people.members[0].short_name)
