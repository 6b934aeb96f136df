"""My work, the menu and the search, role by role."""

from datetime import time, timedelta
from itertools import count

import pytest

from portal import clock
from portal.accounts.models import User
from portal.consilium.models import Item, Meeting, MeetingSeat
from portal.db import db, technical
from portal.deputies import actions as deputies
from portal.home import queries
from portal.rules.weekly_limit import week_of
from tests.client import Client
from tests.counting import counted
from tests.factories import (
    make_assignment,
    make_club,
    make_family,
    make_patronage,
    make_roll,
    make_session,
    make_user,
)

ALL_ROLES = ("admin", "head", "chair", "secretary", "member", "pedagogue", "specialist", "staff", "auditor")


def figures(user):
    """Label (in Russian) → value, as it is now."""
    db.session.rollback()
    return {str(figure.label): figure.value for figure in queries.my_work(user).figures}


def sections(user):
    """Id → titles of the rows, as it is now."""
    db.session.rollback()
    return {
        section.id: [str(row.title) for row in section.rows] for section in queries.my_work(user).sections
    }


@pytest.fixture
def request_of(app):
    """A request, so that addresses and words can be made."""
    with app.test_request_context("/"):
        yield


def make_meeting(status="convened", days=3, **fields):
    secretary, day = make_user("secretary"), clock.today() + timedelta(days)
    with technical() as session:
        values = {"number": 4, "year": day.year, "held_on": day, "starts_at": time(14), "place": "каб. 7"}
        meeting = Meeting(status=status, created_by_id=secretary.id, **(values | fields))
        session.add(meeting)
    return meeting


def make_item(meeting, patronage, status="waiting", position=1):
    with technical() as session:
        item = Item(
            meeting_id=meeting.id,
            position=position,
            kind="enroll",
            patronage_id=patronage.id,
            status=status,
            regime="planned",
            term="long",
            lead_id=meeting.created_by_id,
        )
        session.add(item)
    return item


@pytest.fixture
def centre(app):
    """Families in every state, and a colleague who has left."""
    lead, left = (
        make_user("specialist", last_name="Жаворонкова"),
        make_user("specialist", dismissed_on=clock.today()),
    )
    today = clock.today()
    make_patronage(make_family("Щербинина"), lead=lead, regime="emergency")
    make_patronage(make_family("Щукина"), lead=lead, term="short", ends_on=today + timedelta(10))
    make_patronage(make_family("Щеглова"), "suspended", lead=lead)
    make_patronage(make_family("Щедрина"))
    make_patronage(make_family("Щепкина"), lead=left)
    make_patronage(make_family("Щавелева"), "submitted")
    make_patronage(make_family("Щипачёва"), "removed")
    make_patronage(make_family("Щекочихина"), "identified")
    return lead


@pytest.mark.parametrize("role", ALL_ROLES)
def test_every_role_opens_its_pages(app, centre, role):
    client = Client(app, make_user(role))
    client.get("/menu")
    client.get("/")
    assert client.page.xpath("//main//section | //main//*[contains(@class, 'kpi')]")
    if role in ("admin", "auditor", "staff", "specialist", "pedagogue", "member"):
        assert "Щ" not in client.last.text
    client.get("/search", 403 if role in ("admin", "auditor") else 200)


@pytest.mark.parametrize("role", ALL_ROLES)
def test_every_link_of_my_work_leads_somewhere(app, centre, role):
    user = make_user(role)
    make_club(user)
    make_item(make_meeting("open", 0), make_patronage(make_family(), "submitted"), "voting")
    client = Client(app, user)
    client.get("/")
    links = set(client.page.xpath("//main//a/@href"))
    ids = {f"#{one}" for one in client.page.xpath("//@id")}
    for link in links:
        if link.startswith("#"):
            assert link in ids
        else:
            assert client.http.get(link).status_code == 200, link


def test_the_head_sees_the_department(request_of, centre):
    head = make_user("head")
    assert figures(head) == {
        "На патронаже": 4,
        "Ждут консилиума": 1,
        "Приоста\u00adновлены": 1,
        "Без согласия": 1,
        "Без куратора": 2,
        "Просрочены контакты": 0,
        "Контакт до конца недели": 0,
        "Ждут обследования": 2,
    }
    found = sections(head)
    assert [name.split(" ")[0] for name in found["unled"]] == ["Щедрина", "Щепкина"]
    assert [name.split(" ")[0] for name in found["awaited"]] == ["Щукина"]
    assert found["busiest"][0].startswith("Жаворонкова")


def test_a_specialist_sees_only_their_own(request_of, centre):
    taken_in = make_patronage(make_family("Своя", created_by_id=centre.id), "identified")
    assert figures(centre)["Мои семьи"] == 3
    assert figures(centre)["Без согласия"] == 1
    assert len(sections(centre)["mine"]) == 3
    stranger = make_user("specialist")
    assert set(figures(stranger).values()) == {0}
    assert sections(stranger)["mine"] == [] and taken_in


def test_the_secretary_sees_who_waits_for_an_agenda(request_of, centre):
    secretary = make_user("secretary")
    assert figures(secretary)["Поданы, но не в повестке"] == 1
    waiting = make_patronage(make_family("Ждущая"), "submitted")
    item = make_item(make_meeting("draft"), waiting)
    assert figures(secretary)["Поданы, но не в повестке"] == 1
    assert len(sections(secretary)["meetings"]) == 1
    with technical() as session:
        session.merge(Item(id=item.id, status="withdrawn"))
    assert figures(secretary)["Поданы, но не в повестке"] == 2


def test_a_member_sees_convened_meetings_and_the_vote_that_waits(request_of, centre):
    chair, member, guest = make_user("chair"), make_user("member"), make_user("member")
    make_roll(chair, [member, guest])
    make_meeting("draft", number=9)
    assert sections(member)["meetings"] == []
    meeting = make_meeting("open", 0)
    make_item(meeting, make_patronage(make_family("Решаемая"), "submitted"), "voting", 2)
    with technical() as session:
        for user, presence in ((member, "present"), (guest, "absent")):
            session.add(
                MeetingSeat(
                    meeting_id=meeting.id, user_id=user.id, seat="member", votes=True, presence=presence
                )
            )
    db.session.rollback()
    kind, words, url = queries.my_work(member).notices[0]
    assert kind == "warn" and "вопрос 2" in words and url.endswith(f"/{meeting.id}")
    assert queries.my_work(guest).notices[0][0] == "info"
    assert len(sections(member)["meetings"]) == 1


def test_a_leader_sees_sessions_and_attendance_left_open(request_of):
    leader, today = make_user("pedagogue", position="социальный педагог"), clock.today()
    club, other = make_club(leader), make_club(make_user("pedagogue"), "Чужой")
    make_session(club, today)
    make_session(club, today - timedelta(7))
    make_session(club, today - timedelta(14), status="summed_up")
    make_session(club, week_of(today) + timedelta(8))
    make_session(other, today)
    assert len(sections(leader)["clubs"]) == 2
    assert figures(leader)["Посещаемость не отмечена"] == 1
    assert len(sections(make_user("staff"))["today"]) == 2


def test_admin_and_auditor_see_figures_without_families(request_of, centre):
    admin, auditor = make_user("admin"), make_user("auditor")
    before = figures(admin)
    new = make_user("staff", last_name="Безпарольная")
    with technical() as session:
        session.get(User, new.id).password_hash = None
    db.session.expire_all()
    assert figures(admin)["Без пароля"] == before["Без пароля"] + 1
    assert sections(admin)["silent"] == [new.full_name]
    assert figures(auditor)["Изменения за сегодня"] >= 1


def test_my_work_asks_a_constant_number_of_questions(app, centre):
    users, numbers = [make_user(role) for role in ALL_ROLES], count(20)

    def more():
        patronage = make_patronage(make_family(), lead=users[6], term="short", ends_on=clock.today())
        make_assignment(patronage, users[5], "involved")
        make_patronage(make_family(), "submitted")
        make_session(make_club(users[5]), clock.today())
        make_meeting(number=next(numbers))

    def sizes():
        more()
        found = []
        for user in users:
            client = Client(app, user)
            with counted() as sent:
                client.get("/")
            found.append(len(sent))
        return found

    before = sizes()
    for _time in range(3):
        more()
    assert sizes() == before


def test_search_finds_families_within_reach_with_a_link(app, centre):
    client = Client(app, centre)
    client.get("/search?q=щербинина")
    assert client.page.xpath("//section[@id='families']//a")
    client.get("/search?q=щедрин")
    assert "Щедрина" in client.text and not client.page.xpath("//section[@id='families']")
    assert not client.page.xpath("//section[@id='names']//a[starts-with(@href, '/families/')]")


def test_search_of_staff_gives_names_and_numbers_only(app, centre):
    client = Client(app, make_user("staff"))
    client.get("/search?q=Щербинина")
    assert "Щербинина" in client.text and not client.page.xpath("//main//a[starts-with(@href, '/families/')]")
    client.get("/search?q=79991234567")
    assert "Щ" not in client.text
    client.get("/search?q=жаворонк")
    assert client.page.xpath(f"//section[@id='people']//a[@href='/assignments/{centre.id}']")


@pytest.mark.parametrize("text", ["", "   ", "нетникого", "%", "_", "'\"", "🙂", "я" * 5000, "%00", "\u202e"])
def test_search_answers_anything(app, centre, text):
    client = Client(app, make_user("head"))
    client.get("/search?q=" + text)
    assert client.page.xpath("//main//*[contains(@class, 'empty')]")
    assert client.page.xpath("//input[@id='wanted']")


def test_a_deputy_sees_the_families_they_stand_in_for(app, centre):
    """Without families of their own they read no «0 families»: those of the colleague are theirs to answer for."""
    deputy, head = make_user("pedagogue"), make_user("head")
    client = Client(app, deputy)
    client.get("/")
    assert client.page.xpath("//*[@id='mine']") and not client.page.xpath("//*[@id='instead']")
    day = clock.today()
    deputies.name_deputy(centre.id, deputy.id, head.id, starts_on=day, ends_on=day, reason="leave")
    client.get("/")
    titles = client.page.xpath("//*[@id='instead']//li//a/bdi/text()")
    assert sorted(one.split(" ")[0] for one in titles) == ["Щеглова", "Щербинина", "Щукина"]
    told = {" ".join(one.text_content().split()) for one in client.page.xpath("//*[contains(@class, 'kpi')]")}
    assert any("Семьи по замещению" in one and "3" in one for one in told)
    assert not any("Мои семьи" in one for one in told) and not client.page.xpath("//*[@id='mine']")
    client.get(f"/assignments/{centre.id}")


def test_the_hot_key_stands_beside_the_search_and_not_in_it(app):
    client = Client(app, make_user("head"))
    client.get("/")
    (box,) = client.page.xpath("//input[@id='search']")
    assert "Ctrl" not in box.get("placeholder") and box.getnext().text == "Ctrl+K"
