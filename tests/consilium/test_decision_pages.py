"""The list of decisions, the page of one and its papers: who reads what, filters, queries that do not grow."""

from flask import Flask
from sqlalchemy import select

from portal import clock
from portal.audit import FamilyLook
from portal.consilium import actions, decisions, dissents, follow_ups, recusals
from portal.consilium.models import Decision, Item, Meeting
from portal.db import db
from portal.patronage.models import Patronage
from portal.settings import actions as settings
from tests.client import Client
from tests.consilium.after import REJECTED, enroll, remove
from tests.consilium.rows import make_meeting, make_people, make_vote, propose_removal
from tests.counting import counted
from tests.factories import make_user

LIST = "/consilium/decisions"
SAID = "поставить семью на социальный патронаж"


def page_of(decision: Decision) -> str:
    return f"{LIST}/{decision.id}"


def listed(browser: Client, query: str = "") -> list[str]:
    """The numbers of the decisions in the list."""
    browser.get(f"{LIST}?{query}")
    return [one.text for one in browser.page.xpath("//tbody//th/a")]


def test_who_reads_what(app: Flask) -> None:
    """The consilium what was decided, as in the minutes; the papers whoever works with the family or issues them."""
    people = make_people()
    first, second = enroll(people, "Соколова", "Орлова")
    whole = (people.secretary, people.chair, people.head, people.lead, people.psychologist)
    for user in whole:
        browser = Client(app, user)
        browser.get(page_of(first))
        assert SAID in browser.text and "Ведущая А. П." in browser.text
        papers = set(browser.page.xpath("//main//a[starts-with(@href, '/papers/')]/@href"))
        assert papers == {f"/papers/extract/{first.id}", f"/papers/enrollment-order/{first.id}"}
        for paper in papers:
            browser.get(paper)
    member = Client(app, people.members[0])
    assert listed(member) == [f"№ 2/{second.year}", f"№ 1/{first.year}"]
    assert "закреплённый" in member.text and "Соколова, №" in member.text
    member.get(page_of(first))
    assert SAID in member.text and "Постановка на патронаж: Соколова" in member.text
    assert "Что было дальше" not in member.text and "После решения" not in member.text
    for paper in ("extract", "enrollment-order"):
        member.get(f"/papers/{paper}/{first.id}", 404)
    stranger = Client(app, make_user("specialist"))
    stranger.get(page_of(first), 404)
    assert listed(stranger) == []
    assert "по семьям, с которыми вы работаете" in stranger.text
    Client(app, make_user("staff")).get(LIST, 403)


def test_a_specialist_lists_the_decisions_on_families_worked_with(app: Flask) -> None:
    people, other = make_people(), make_user("specialist", position="социальный педагог")
    enroll(people, "Соколова")
    people.lead = other
    enroll(people, "Орлова")
    browser = Client(app, other)
    assert len(listed(browser)) == 1
    assert "Орлова" in browser.text and "Соколова" not in browser.text
    assert not browser.page.xpath("//a[contains(@href, '/consilium/meetings')]")


def test_filters_stand_in_the_address(app: Flask) -> None:
    people = make_people()
    first, second = enroll(people, "Соколова", "Орлова")
    (third,) = enroll(people, "Белова", choices=REJECTED)
    fourth = remove(people, db.session.get_one(Patronage, second.patronage_id))
    follow_ups.tell_family(first.id, clock.today(), None, people.secretary.id)
    follow_ups.give_extract(first.id, clock.today(), None, people.secretary.id)
    names = [f"№ {one.number}/{one.year}" for one in (first, second, third, fourth)]
    secretary = Client(app, people.secretary)
    for query, wanted in [
        ("", {0, 1, 2, 3}),
        (f"year={first.year}", {0, 1, 2, 3}),
        ("year=2019", set()),
        ("kind=remove", {3}),
        ("kind=enroll&result=carried", {0, 1}),
        ("result=rejected", {2}),
        ("todo=tell", {1, 2, 3}),
        ("todo=extract&kind=enroll", {1, 2}),
        ("q=орл", {1, 3}),
        (f"q=2/{first.year}", {1}),
        ("kind=nothing&result=x&todo=y&year=z&page=0", {0, 1, 2, 3}),
    ]:
        assert set(listed(secretary, query)) == {names[place] for place in wanted}, query
    assert listed(secretary, "q=нет+такой") == []
    assert "Ничего не найдено" in secretary.text
    assert set(listed(Client(app, people.lead), "mine=1")) == {names[place] for place in (0, 1, 3)}


def test_queries_do_not_grow_with_the_decisions(app: Flask) -> None:
    people = make_people()
    enroll(people, "Соколова")
    for user in (people.secretary, people.members[0], people.lead):
        sent = []
        for more in ((), ("Орлова", "Белова", "Жукова")):
            if more:
                enroll(people, *more)
            browser = Client(app, user)
            browser.get(LIST)
            with counted() as seen:
                browser.get(LIST)
            sent.append(len(seen))
        assert sent[0] == sent[1], user.roles


def test_the_page_says_what_happened_with_it(app: Flask) -> None:
    people = make_people()
    (enrolled,) = enroll(people, "Соколова")
    patronage = db.session.get_one(Patronage, enrolled.patronage_id)
    secretary = Client(app, people.secretary)
    secretary.get(page_of(enrolled))
    assert "На патронаже" in secretary.text and "Ведущая А. П., с " in secretary.text
    assert not secretary.page.xpath("//a[contains(@href, 'items/new')]")  # no meeting is planned to put it on
    meeting_id = make_meeting(people, 3)
    secretary.get(page_of(enrolled))
    links = secretary.page.xpath("//a[contains(@href, '/items/new')]/@href")
    assert f"/consilium/meetings/{meeting_id}/items/new?kind=regime&patronage={patronage.id}" in links
    Client(app, people.lead).get(page_of(enrolled))
    removed = remove(people, patronage)
    secretary.get(page_of(enrolled))
    assert secretary.page.xpath(f"//a[@href='{page_of(removed)}']")
    assert "цели достигнуты" in secretary.text
    secretary.get(page_of(removed))
    assert "Этот патронаж завершён" in secretary.text


def test_votes_are_those_that_were_counted(app: Flask) -> None:
    """Who did not vote and who was recused is said too; names and dissent only to the consilium."""
    people = make_people(5)
    meeting_id, item_id, _patronage = make_vote(people)
    recusals.recuse(item_id, people.members[0].id, "работает с семьёй", people.members[0].id)
    for user in (people.chair, *people.members[2:]):
        decisions.cast_vote(item_id, user.id, "for")
    decisions.close_item(item_id, people.chair.id)
    dissents.state_dissent(item_id, people.members[2].id, "Рано ставить на патронаж")
    actions.close_meeting(meeting_id, people.chair.id)
    decision = db.session.scalars(select(Decision)).one()
    secretary, lead = Client(app, people.secretary), Client(app, people.lead)
    secretary.get(page_of(decision))
    assert "Не голосовали: 1Членова1 А. П." in secretary.text
    assert "Членова0 А. П." in secretary.text
    assert "Рано ставить на патронаж" in secretary.text
    lead.get(page_of(decision))
    assert "Рано ставить" not in lead.text and "Членова" not in lead.text and "За — 4" in lead.text


def test_what_was_said_is_read_by_who_heard_it(app: Flask) -> None:
    """Reasons and dissents, as in the minutes: who was there; of the other members whoever works with the family."""
    people = make_people()
    meeting_id, item_id, _patronage = make_vote(people)
    away = people.members[2]
    actions.mark_presence(meeting_id, away.id, "absent", people.secretary.id)
    decisions.cast_vote(item_id, people.members[0].id, "for", "Мать согласна")
    decisions.cast_vote(item_id, people.chair.id, "for")
    decisions.cast_vote(item_id, people.members[1].id, "for")
    decisions.close_item(item_id, people.chair.id)
    dissents.state_dissent(item_id, people.members[1].id, "Рано ставить на патронаж")
    actions.close_meeting(meeting_id, people.chair.id)
    decision = db.session.scalars(select(Decision)).one()
    family = db.session.get_one(Patronage, decision.patronage_id).family_id
    for user, hears in ((people.members[0], True), (away, False), (people.secretary, True)):
        browser = Client(app, user)
        for url in (page_of(decision), f"/consilium/meetings/{meeting_id}/minutes"):
            browser.get(url)
            assert SAID in browser.text, url
            assert ("Мать согласна" in browser.text) is hears, url
            assert ("Рано ставить" in browser.text) is hears, url
        looks = select(FamilyLook.id).where(FamilyLook.user_id == user.id, FamilyLook.family_id == family)
        assert (db.session.scalar(looks.limit(1)) is not None) is hears, "a look is recorded where it is one"


def test_orders_are_offered_of_what_was_carried(app: Flask) -> None:
    """Of enrollment and of removal; none of what was rejected."""
    people = make_people()
    (enrolled,) = enroll(people, "Соколова")
    (rejected,) = enroll(people, "Белова", choices=REJECTED)
    removed = remove(people, db.session.get_one(Patronage, enrolled.patronage_id))
    head = Client(app, people.head)
    for decision, order in ((enrolled, "enrollment-order"), (removed, "removal-order"), (rejected, "")):
        head.get(page_of(decision))
        links = head.page.xpath("//main//a[starts-with(@href, '/papers/')]/@href")
        wanted = [f"/papers/{code}/{decision.id}" for code in ("extract", order) if code]
        assert links == wanted


def test_what_is_read_and_printed_here_has_its_heading_number_date_and_lines_to_sign(app: Flask) -> None:
    """The agenda, which has no other print, and the minutes, which are read and signed here."""
    people = make_people()
    settings.change_settings(people.head.id, centre_name="Центр «Родник»")
    (enrolled,) = enroll(people, "Соколова")
    meeting = db.session.get_one(Meeting, db.session.get_one(Item, enrolled.item_id).meeting_id)
    here, day = f"/consilium/meetings/{meeting.id}", f"{clock.today():%d.%m.%Y}"
    chair, secretary = people.chair.short_name, people.secretary.short_name
    head = Client(app, people.head)
    for url, dated, lines in [
        (f"{here}/minutes", day, (chair, secretary, people.members[0].short_name)),
        (f"{here}/agenda", f"{clock.today().year}", (chair, secretary)),
    ]:
        head.get(url)
        (sheet,) = head.page.xpath("//div[@class='sheet']")
        said = " ".join(sheet.text_content().split())
        assert sheet.xpath("./p[@class='org']")[0].text == "Центр «Родник»", url
        assert f"№ {meeting.number}" in said and dated in said, (url, said)
        signing = " ".join(one.text_content() for one in sheet.xpath(".//dl[@class='sign']"))
        assert all(one in signing for one in lines), (url, signing)


def test_the_card_and_the_timeline_lead_to_the_decision(app: Flask) -> None:
    people = make_people()
    (decision,) = enroll(people, "Соколова")
    family_id = db.session.get_one(Patronage, decision.patronage_id).family_id
    lead = Client(app, people.lead)
    lead.get(f"/families/{family_id}")
    assert lead.page.xpath(f"//a[@href='{page_of(decision)}']")
    assert "сообщить семье: срок сегодня" in lead.text
    follow_ups.tell_family(decision.id, clock.today(), None, people.secretary.id)
    lead.get(f"/families/{family_id}")
    assert f"семье сообщено {clock.today():%d.%m.%Y}" in lead.text
    lead.get(f"/families/{family_id}/timeline?group=consilium")
    assert lead.page.xpath(f"//a[@href='{page_of(decision)}']")


def test_the_meeting_its_item_and_the_next_item_lead_to_the_decision(app: Flask) -> None:
    people = make_people()
    (decision,) = enroll(people, "Соколова")
    meeting_id = make_meeting(people, 3)
    item_id = propose_removal(people, meeting_id, db.session.get_one(Patronage, decision.patronage_id))
    actions.convene(meeting_id, people.chair.id)
    member = Client(app, people.members[0])
    held_in = db.session.scalars(select(Item.meeting_id).where(Item.id == decision.item_id)).one()
    for url in (
        f"/consilium/meetings/{held_in}",
        f"/consilium/items/{decision.item_id}",
        f"/consilium/items/{item_id}",
        f"/consilium/meetings/{held_in}/my-votes",
    ):
        member.get(url)
        assert member.page.xpath(f"//a[@href='{page_of(decision)}']"), url
    member.get(page_of(decision))
    assert member.page.xpath(f"//a[@href='/consilium/items/{decision.item_id}']")


def test_an_empty_center(app: Flask) -> None:
    people = make_people()
    assert listed(Client(app, people.chair)) == []
    head = Client(app, people.head)
    for year in ("", "?year=2019", "?year=x"):
        head.get(f"/consilium/attendance{year}")
        assert f"В {clock.today().year} году заседаний не было" in head.text
