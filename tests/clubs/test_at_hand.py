"""What a pedagogue needs first stands first: clubs on the phone's bar, today's session, short pages of a group."""

from datetime import timedelta

import pytest

from portal import clock
from portal.clubs import surveys
from portal.clubs.surveys import Wishes
from portal.rules.skills import SKILLS
from portal.rules.weekly_limit import week_of
from tests.client import Client
from tests.factories import make_booking, make_club, make_recipient, make_session, make_user


@pytest.fixture
def visitor(app, leader):
    return Client(app, leader)


@pytest.mark.parametrize(("role", "fourth"), [("pedagogue", "/clubs/"), ("specialist", "/journal/")])
def test_the_bar_of_a_phone_leads_who_leads_clubs_to_them(app, role, fourth):
    visitor = Client(app, make_user(role))
    visitor.get("/")
    bar = visitor.page.xpath("//nav[@class='tabbar']//a/@href")
    assert bar[3:] == [fourth, "/menu"] and len(bar) == 5


def test_sessions_stand_before_the_families_on_my_work(visitor, club):
    make_session(club, clock.today())
    visitor.get("/")
    cards = visitor.page.xpath("//main//section/@id")
    assert cards.index("clubs") < cards.index("mine")


def test_a_long_past_is_folded(visitor, club):
    monday = week_of(clock.today())
    for n in range(1, 5):
        for slot in (1, 2):
            make_session(club, monday - timedelta(7 * n - slot), slot, status="summed_up")
            make_session(club, monday + timedelta(7 * n + slot), slot)
    visitor.get(f"/clubs/{club.id}")
    assert "Позже: 3" in visitor.text and "Ранее: 3" in visitor.text
    assert len(visitor.page.xpath("//main//details//a[contains(@href, '/clubs/sessions/')]")) == 6


def test_who_was_asked_is_folded_and_who_was_not_is_open(visitor, club, leader):
    asked, new = make_recipient(club, surname="Абаева"), make_recipient(club, surname="Белова")
    surveys.record_interests({asked.id: Wishes(frozenset({"music"}), "")}, clock.today(), leader.id, club.id)
    surveys.assess(club.id, "before", {asked.id: dict.fromkeys(SKILLS, 3)}, clock.today(), leader.id)
    for page, told in (("survey", "музыка и пение"), ("skills", "18 из 24")):
        visitor.get(f"/clubs/{club.id}/{page}")
        folded, opened = visitor.page.xpath("//main//details")
        assert "open" not in folded.attrib and told in folded.xpath("./summary")[0].text_content()
        assert "open" in opened.attrib and new.last_name in opened.text_content()
    visitor.get(f"/clubs/{club.id}/skills?point=after")
    assert len(visitor.page.xpath("//main//details[@open]")) == 2


def test_a_row_with_a_mistake_is_open(visitor, club, leader):
    child = make_recipient(club)
    surveys.assess(club.id, "before", {child.id: dict.fromkeys(SKILLS, 3)}, clock.today(), leader.id)
    fields = {"rows-0-member_id": str(child.id), "rows-0-contact": "x"}
    url, day = f"/clubs/{club.id}/skills", clock.today().isoformat()
    visitor.post(url, 422, day=day, **{name.replace("-", "__"): value for name, value in fields.items()})
    assert visitor.page.xpath("//main//details[@open]//*[@class='err']")


def test_who_came_and_has_no_place_is_named(visitor, club, leader):
    day = clock.today()
    child, other = make_recipient(surname="Гостева"), make_club(leader, "Шахматы")
    for slot in (1, 2):
        make_booking(make_session(other, week_of(day) + timedelta(slot), slot), child, slot)
    session = make_session(club, day)
    visitor.post(f"/clubs/sessions/{session.id}/attendance", 422, **{f"mark__{child.id}": "came"})
    notes = [note.text_content() for note in visitor.page.xpath("//main//*[contains(@class, 'c-bad')]")]
    assert len(notes) == 1 and notes[0].startswith("Гостева")
    stopped = make_recipient(surname="Скрытнова", status="removed")
    visitor.post(f"/clubs/sessions/{session.id}/attendance", 422, **{f"mark__{stopped.id}": "came"})
    assert "Скрытнова" not in visitor.text


def test_the_sheet_of_attendance_is_printed_from_the_session(app, club, leader):
    session = make_session(club, clock.today())
    sheet = f"/papers/attendance-sheet/{session.id}"
    for user, links in ((leader, 1), (make_user("staff"), 0)):
        page = Client(app, user)
        page.get(f"/clubs/sessions/{session.id}")
        assert len(page.page.xpath(f"//*[@id='round']//a[@href='{sheet}']")) == links
        page.get(sheet, 200 if links else 403)
