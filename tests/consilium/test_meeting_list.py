"""The list of meetings: narrowed by filters of the address, so that a meeting of any year is found."""

from datetime import timedelta

from flask import Flask
from sqlalchemy import select, update

from portal import clock
from portal.consilium import actions
from portal.consilium.models import Meeting
from portal.db import db, technical
from tests.client import Client
from tests.consilium.after import enroll
from tests.consilium.rows import make_meeting, make_people, make_submitted, propose
from tests.counting import counted

LIST = "/consilium/"
HUGE = 10**30


def listed(browser: Client, query: str = "") -> list[str]:
    """The ids of the meetings in the list, in its order."""
    browser.get(f"{LIST}?{query}")
    return [one.rpartition("/")[2] for one in browser.page.xpath("//tbody//th/a/@href")]


def _set(meeting_id: int, **values: object) -> None:
    with technical() as s:
        s.execute(update(Meeting).where(Meeting.id == meeting_id).values(**values))


def test_filters_stand_in_the_address(app: Flask) -> None:
    people = make_people()
    enroll(people, "Соколова")
    held = str(db.session.scalars(select(Meeting.id)).one())
    near, far, draft = make_meeting(people, 5), make_meeting(people, 40), make_meeting(people, 20)
    for meeting_id in (near, far):
        propose(people, meeting_id, make_submitted("Орлова"))
        actions.convene(meeting_id, people.chair.id)
    _set(far, kind="extraordinary", year=2031, number=1)
    secretary, member = Client(app, people.secretary), Client(app, people.members[0])
    nearest, first, hidden = str(near), str(far), str(draft)
    for query, wanted in [
        ("", [nearest, hidden, first, held]),
        ("when=ahead", [nearest, hidden, first]),
        ("when=past", [held]),
        ("kind=extraordinary", [first]),
        ("kind=regular&when=ahead", [nearest, hidden]),
        ("year=2031", [first]),
        ("when=now&kind=x&year=y&page=0", [nearest, hidden, first, held]),
        (f"year=-{HUGE}", [nearest, hidden, first, held]),
        (f"year={HUGE}", []),
    ]:
        assert listed(secretary, query) == wanted, query
        assert listed(member, query) == [one for one in wanted if one != hidden], query
    assert "Ничего не найдено" in member.text


def test_the_next_meeting_stands_above_the_whole_list_alone(app: Flask) -> None:
    people = make_people()
    make_meeting(people, 3)
    secretary = Client(app, people.secretary)
    for query, above in (("", 1), ("?when=past", 0), ("?page=2", 0)):
        secretary.get(LIST + query)
        assert len(secretary.page.xpath("//*[contains(@class, 'next-meeting')]")) == above, query


def test_the_years_are_offered_once_there_are_two(app: Flask) -> None:
    people = make_people()
    browser = Client(app, people.secretary)
    browser.get(LIST)
    assert not browser.page.xpath("//a[@class='chip']"), "nothing to narrow yet"
    one = make_meeting(people)
    browser.get(LIST)
    assert not browser.page.xpath("//a[contains(@href, 'year=')]")
    _set(make_meeting(people, 3), year=clock.today().year - 2, held_on=clock.today() - timedelta(800))
    browser.get(LIST)
    assert len(browser.page.xpath("//a[contains(@href, 'year=')]")) == 3
    actions.cancel_meeting(one, people.chair.id)
    assert listed(browser, "when=past") == [str(one)]


def test_queries_do_not_grow_with_the_meetings(app: Flask) -> None:
    people = make_people()
    browser = Client(app, people.chair)
    sent = []
    for more in (1, 4):
        for _ in range(more):
            make_meeting(people, 3)
        browser.get(LIST)
        with counted() as seen:
            browser.get(f"{LIST}?when=ahead")
        sent.append(len(seen))
    assert sent[0] == sent[1]


def test_addresses_of_decisions_with_odd_years(app: Flask) -> None:
    people = make_people()
    enroll(people, "Соколова")
    head = Client(app, people.head)
    for url in ("/consilium/decisions", "/consilium/attendance"):
        for year in (-1, -HUGE, HUGE):
            head.get(f"{url}?year={year}")


def test_the_card_of_a_family_leads_to_its_meeting_whoever_may_open_it(app: Flask) -> None:
    """The head is told of a meeting that is only being prepared, without a link that would be refused."""
    people = make_people()
    patronage, meeting_id = make_submitted(), make_meeting(people, 3)
    propose(people, meeting_id, patronage)
    day = f"{clock.today() + timedelta(3):%d.%m.%Y}"
    for status, readers in (("draft", {"secretary"}), ("convened", {"secretary", "head"})):
        for name, user in (("secretary", people.secretary), ("head", people.head)):
            browser = Client(app, user)
            browser.get(f"/families/{patronage.family_id}")
            assert f"В повестке заседания {day}: постановка" in browser.text, (status, name)
            links = browser.page.xpath(f"//*[@id='next']//a[@href='/consilium/meetings/{meeting_id}']")
            assert bool(links) == (name in readers), (status, name)
        if status == "draft":
            actions.convene(meeting_id, people.chair.id)
