"""My work before a meeting: who is told where they are to speak, and which of their families stand on an agenda."""

from datetime import timedelta

from flask import Flask

from portal import clock
from portal.consilium import actions, agenda
from tests.client import Client
from tests.consilium.rows import make_meeting, make_people, make_submitted, propose
from tests.counting import counted
from tests.factories import make_assignment, make_patronage, make_user


def told(browser: Client) -> list[str]:
    """The lines of the section, single-spaced."""
    browser.get("/")
    lines = browser.page.xpath("//*[@id='agenda']//li")
    return [" ".join(line.text_content().split()) for line in lines]


def test_whoever_is_to_speak_is_told_and_whoever_works_with_the_family(app: Flask) -> None:
    people, staff = make_people(), make_user("staff")
    running = make_patronage(lead=people.lead)
    make_assignment(running, people.psychologist, "involved")
    meeting_id = make_meeting(people, 3)
    agenda.add_item(
        meeting_id, "regime", running.id, regime="control", actor_id=people.secretary.id, speaker_id=staff.id
    )
    propose(people, meeting_id, make_submitted("Орлова"))
    lead, psychologist, doorman = (Client(app, user) for user in (people.lead, people.psychologist, staff))
    for browser in (lead, psychologist, doorman):
        assert told(browser) == [], "only prepared yet"
    actions.convene(meeting_id, people.chair.id)
    day = f"{clock.today() + timedelta(3):%d.%m.%Y}"
    first, second = told(lead)
    assert "Изменение режима" in first and day in first and "докладываете" not in first
    assert "Орлова" in second and "Постановка на патронаж" in second and "вы докладываете" in second
    assert lead.page.xpath(f"//*[@id='agenda']//a[@href='/families/{running.family_id}']")
    (only,) = told(psychologist)
    assert "Изменение режима" in only and "докладываете" not in only
    (only,) = told(doorman)
    assert "вы докладываете" in only and not doorman.page.xpath("//*[@id='agenda']//a")
    assert told(Client(app, people.members[0])) == [] == told(Client(app, make_user("specialist")))
    actions.cancel_meeting(meeting_id, people.chair.id)
    assert told(lead) == []


def test_a_member_who_speaks_goes_to_the_card_of_the_item(app: Flask) -> None:
    people = make_people()
    meeting_id = make_meeting(people, 3)
    item_id = agenda.add_item(
        meeting_id,
        "question",
        question="Отчёт за квартал",
        actor_id=people.secretary.id,
        speaker_id=people.members[0].id,
    )
    actions.convene(meeting_id, people.chair.id)
    member = Client(app, people.members[0])
    (line,) = told(member)
    assert line.startswith("Отчёт за квартал")
    assert member.page.xpath(f"//*[@id='agenda']//a[@href='/consilium/items/{item_id}']")


def test_queries_do_not_grow_with_the_items(app: Flask) -> None:
    people = make_people()
    meeting_id = make_meeting(people, 3)
    sent = []
    for more in (1, 3):
        for _ in range(more):
            propose(people, meeting_id, make_submitted())
        if not sent:
            actions.convene(meeting_id, people.chair.id)
        with counted() as seen:
            assert len(told(Client(app, people.lead))) == (1 if not sent else 4)
        sent.append(len(seen))
    assert sent[0] == sent[1]


def test_whoever_works_with_families_finds_the_decisions_in_the_menu(app: Flask) -> None:
    """The consilium and the head find them beside the meetings."""
    people = make_people()
    for user, offered in ((people.lead, True), (people.head, False), (people.chair, False)):
        browser = Client(app, user)
        browser.get("/menu")
        links = browser.page.xpath("//main//nav//a[@href='/consilium/decisions']")
        assert bool(links) == offered, user.roles
