"""Before a meeting: kinds, oddities, what is not ready, the order, the agenda on paper."""

from datetime import time, timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from portal import clock
from portal.accounts import actions as accounts
from portal.consilium import actions, agenda, decisions, preparing, queries
from portal.consilium.models import Item, Meeting
from portal.db import db
from portal.families import consents
from portal.families.models import Consent
from portal.patronage import regimes
from portal.settings import actions as settings
from portal.settings.calendar import calendar
from tests.client import Client
from tests.consilium.rows import (
    People,
    make_meeting,
    make_people,
    make_submitted,
    open_with,
    propose,
    propose_removal,
)
from tests.counting import counted
from tests.factories import make_patronage
from tests.refusals import refuses

FIXED = "Повестка этого заседания уже не меняется"


def with_items(people: People, count: int, days: int = 3) -> tuple[int, list[int]]:
    meeting_id = make_meeting(people, days)
    return meeting_id, [propose(people, meeting_id, make_submitted(f"Семьянова{n}")) for n in range(count)]


def order_of(meeting_id: int) -> list[int]:
    db.session.rollback()
    return preparing.waiting_of(db.session(), meeting_id)


def test_an_extraordinary_meeting_is_called_so_everywhere(app: Flask) -> None:
    people = make_people()
    client = Client(app, people.secretary)
    day = clock.today() + timedelta(3)
    fields = {"held_on": day.isoformat(), "starts_at": "10:00", "place": "зал", "note": ""}
    client.post("/consilium/meetings/new", **fields, kind="regular")
    client.post("/consilium/meetings/new", **fields, kind="extraordinary")
    client.post("/consilium/meetings/new", 422, **fields, kind="secret")
    regular, extraordinary = db.session.scalars(select(Meeting).order_by(Meeting.number))
    assert (regular.kind, extraordinary.kind) == ("regular", "extraordinary")
    url = f"/consilium/meetings/{extraordinary.id}"
    item_id = propose(people, extraordinary.id, make_submitted())
    for page in (url, f"{url}/edit", f"{url}/agenda", "/consilium/", "/"):
        client.get(page)
        assert "неочередно" in client.text, page
    client.get(url)
    assert "В этот день есть ещё заседание" not in client.text, "it may be on the same day"
    client.get(f"/consilium/meetings/{regular.id}")
    assert "В этот день есть ещё заседание: № 2" in client.text
    actions.convene(extraordinary.id, people.chair.id)
    actions.open_meeting(extraordinary.id, people.chair.id)
    chair = Client(app, people.chair)
    db.session.refresh(extraordinary)  # opened in the year before, it takes its number there
    for page in ("defer", "recuse"):
        chair.get(f"/consilium/items/{item_id}/{page}")
        assert f"Внеочередное заседание № {extraordinary.number}" in chair.text, page


def test_the_kind_can_be_changed_before_the_meeting(app: Flask) -> None:
    people = make_people()
    meeting_id = make_meeting(people, 3)
    client = Client(app, people.secretary)
    fields = {"starts_at": "10:00", "place": "зал", "note": "", "kind": "extraordinary"}
    client.post(f"/consilium/meetings/{meeting_id}/edit", **fields, held_on=clock.today().isoformat())
    db.session.expire_all()
    assert db.session.get_one(Meeting, meeting_id).kind == "extraordinary"


def test_odd_days_and_hours_are_told_and_not_refused(app: Flask) -> None:
    people = make_people()
    meeting_id, day = make_meeting(people, 3), clock.today() + timedelta(3)
    client = Client(app, people.secretary)
    by = people.secretary.id
    actions.change_meeting(meeting_id, day, time(3), "зал", "", by)
    client.get(f"/consilium/meetings/{meeting_id}")
    assert "03:00 — необычное время" in client.text
    actions.change_meeting(meeting_id, clock.today(), time(8), "зал", "", by)
    client.get(f"/consilium/meetings/{meeting_id}")
    assert "Время этого заседания прошло" in client.text
    working = next(one for n in range(30) if calendar().is_working(one := day + timedelta(n)))
    settings.set_day(working, "off", "", people.head.id)
    actions.change_meeting(meeting_id, working, time(10), "зал", "", by)
    client.get(f"/consilium/meetings/{meeting_id}")
    assert "этот день — выходной" in client.text
    with refuses("meeting_in_past"):
        actions.change_meeting(meeting_id, clock.today() - timedelta(1), time(10), "зал", "", by)


def test_what_is_not_ready_is_said_before_the_meeting(app: Flask) -> None:
    people = make_people()
    meeting_id, items = with_items(people, 2)
    actions.convene(meeting_id, people.chair.id)
    client = Client(app, people.secretary)
    client.get(f"/consilium/meetings/{meeting_id}")
    assert "не готов" not in client.text.lower()
    consent = db.session.scalars(select(Consent).order_by(Consent.id)).first()
    assert consent is not None
    consents.withdraw_consent(consent.id, clock.today(), "", people.head.id)
    client.get(f"/consilium/meetings/{meeting_id}")
    assert "не готов 1 вопрос" in client.text.lower()
    assert client.page.xpath(f"//section[@id='unready']//a[contains(@href, '/items/{items[0]}')]")
    client.get("/")
    assert "не готов 1 вопрос" in client.text.lower()
    member = Client(app, people.members[0])
    member.get("/")
    assert "не готов" not in member.text.lower()
    far = clock.today() + timedelta(9)
    actions.change_meeting(meeting_id, far, time(10), "зал", "", people.secretary.id)
    client.get("/")
    assert "не готов" not in client.text.lower(), "there is time still"


def test_each_meeting_is_judged_by_its_own_day(app: Flask) -> None:
    """A term that ends between two meetings is in order for the first of them, and has passed by the second."""
    people = make_people()
    ends_on = clock.today() + timedelta(2)
    first, second = make_meeting(people, 1), make_meeting(people, 1)
    for meeting_id in (first, second):
        propose(people, meeting_id, make_submitted(f"Семьянова{meeting_id}"), term="short", ends_on=ends_on)
        actions.convene(meeting_id, people.chair.id)
    assert preparing.unready(clock.today()) == []
    actions.change_meeting(second, clock.today() + timedelta(4), time(10), "зал", "", people.secretary.id)
    unready = preparing.unready(clock.today())
    assert [(meeting.id, count) for meeting, count in unready] == [(second, 1)]


def test_a_meeting_soon_that_is_not_convened_is_told(app: Flask) -> None:
    people = make_people()
    chair = Client(app, people.chair)
    for days, told in ((9, False), (4, True)):
        meeting_id = make_meeting(people, days)
        chair.get("/")
        assert ("ещё не созвано" in chair.text) is told
    actions.convene(with_items(people, 1)[0], people.chair.id)
    agenda.add_item(meeting_id, "question", question="О графике", actor_id=people.secretary.id)
    actions.convene(meeting_id, people.chair.id)
    chair.get("/")
    assert "ещё не созвано" not in chair.text


def test_a_draft_tells_what_will_come_by_itself(app: Flask) -> None:
    people = make_people()
    family = make_patronage(lead=people.lead).id
    regimes.start_emergency(family, "Мать в больнице.", people.head.id)
    first, later = make_meeting(people, 3), make_meeting(people, 9)
    agenda.take_off(db.session.scalars(select(Item.id)).one(), people.secretary.id)
    secretary = Client(app, people.secretary)
    secretary.get(f"/consilium/meetings/{first}")
    assert "войдут сами: экстренный патронаж" in secretary.text
    secretary.get(f"/consilium/meetings/{later}")
    assert "войдут сами" not in secretary.text


def test_meetings_ahead_come_first_the_nearest_on_top(app: Flask) -> None:
    people = make_people()
    held = make_meeting(people)
    actions.cancel_meeting(held, people.chair.id)
    ahead = [make_meeting(people, days) for days in (30, 3, 9)]
    rows = queries.meeting_page(people.secretary, queries.Wanted(), 1)["rows"]
    assert [row["id"] for row in rows] == [ahead[1], ahead[2], ahead[0], held]


def test_an_item_goes_to_a_place(app: Flask) -> None:
    people = make_people()
    meeting_id, (a, b, c, d) = with_items(people, 4)
    client = Client(app, people.secretary)
    url = f"/consilium/meetings/{meeting_id}/order"
    client.get(url)
    client.post(
        url, **{f"place__{one}": str(n) for n, one in enumerate((a, b, c), 1)}, **{f"place__{d}": "1"}
    )
    assert order_of(meeting_id) == [d, a, b, c]
    client.post(url, 422, **{f"place__{a}": "1"})
    assert "тем временем изменилась" in client.text
    client.post(url, 422, **{f"place__{one}": "x" for one in (a, b, c)})
    assert order_of(meeting_id) == [d, a, b, c]


def test_the_order_during_a_vote_moves_what_waits_only(app: Flask) -> None:
    people = make_people()
    meeting_id, (a, b, c) = with_items(people, 3)
    open_with(people, meeting_id)
    places = {a: 1, b: 3, c: 2}
    decisions.open_voting(b, people.chair.id)
    with refuses("agenda_changed"):
        preparing.set_order(meeting_id, places, people.secretary.id)
    preparing.set_order(meeting_id, {a: 2, c: 1}, people.secretary.id)
    query = select(Item.id).where(Item.meeting_id == meeting_id).order_by(Item.position)
    assert list(db.session.scalars(query)) == [c, b, a], "what is voted on stays in its place"
    decisions.defer_item(b, "нет справки", people.chair.id)
    actions.close_meeting(meeting_id, people.chair.id)
    with refuses("agenda_fixed"):
        preparing.set_order(meeting_id, {}, people.secretary.id)


def test_a_form_that_can_be_sent_no_more_leads_back_in_words(app: Flask) -> None:
    people = make_people()
    meeting_id, (voted, waits) = with_items(people, 2, days=0)
    meeting, client = f"/consilium/meetings/{meeting_id}", Client(app, people.secretary)

    def leads_back(url: str, said: str) -> None:
        assert client.get(url, 303).headers["Location"] == meeting
        client.get(meeting)
        assert said in client.text

    open_with(people, meeting_id)
    decisions.open_voting(voted, people.chair.id)
    leads_back(f"{meeting}/items/new", FIXED)
    leads_back(f"{meeting}/items/new?kind=regime", FIXED)
    leads_back(f"{meeting}/edit", "Заседание идёт")
    leads_back(f"/consilium/items/{voted}/edit", "По этому вопросу идёт голосование")
    client.get(f"/consilium/items/{waits}/edit")
    decisions.defer_item(voted, "нет справки", people.chair.id)
    actions.close_meeting(meeting_id, people.chair.id)
    leads_back(f"{meeting}/order", "Повестка этого заседания закрыта")
    leads_back(f"/consilium/items/{waits}/edit", FIXED)


@given(st.permutations(range(1, 8)), st.lists(st.integers(0, 12), min_size=7, max_size=7), st.integers(1, 7))
def test_every_order_keeps_every_item(order: list[int], typed: list[int], place: int) -> None:
    assert sorted(preparing.reordered(order, dict(zip(order, typed, strict=True)))) == sorted(order)
    as_it_is = {one: n for n, one in enumerate(order, 1)}
    assert preparing.reordered(order, as_it_is) == order
    moved = order[typed[0] % 7]
    alone = preparing.reordered(order, as_it_is | {moved: place})
    assert alone[place - 1] == moved, "the one that is moved gets its place"
    assert [one for one in alone if one != moved] == [one for one in order if one != moved]


def test_the_agenda_on_paper_names_speakers(app: Flask) -> None:
    people = make_people()
    meeting_id, (first, second) = with_items(people, 2)
    agenda.take_off(second, people.secretary.id)
    agenda.add_item(meeting_id, "question", question="О графике", actor_id=people.secretary.id)
    client = Client(app, people.members[0])
    client.get(f"/consilium/meetings/{meeting_id}/agenda", 404)
    actions.convene(meeting_id, people.chair.id)
    client.get(f"/consilium/meetings/{meeting_id}/agenda")
    assert "Семьянова0" in client.text and "Семьянова1" not in client.text
    assert "О графике" in client.text and "None" not in client.text
    assert people.lead.short_name in client.text, "the proposed lead speaks, unless another one is named"
    assert first


def test_the_agenda_on_paper_names_a_free_question_and_who_signs(app: Flask) -> None:
    people = make_people()
    meeting_id, _items = with_items(people, 1)
    agenda.add_item(meeting_id, "question", question="План на год", actor_id=people.secretary.id)
    actions.convene(meeting_id, people.chair.id)
    client = Client(app, people.secretary)
    client.get(f"/consilium/meetings/{meeting_id}/agenda")
    said = [" ".join(one.text_content().split()) for one in client.page.xpath("//tbody/tr/td[1]")]
    assert said[0].startswith("Постановка на патронаж: Семьянова0, № ") and said[1:] == ["План на год"]
    signing = [
        " ".join(" ".join(one.itertext()).split()) for one in client.page.xpath("//dl[@class='sign']/div")
    ]
    assert signing == [f"Председатель {people.chair.short_name}", f"Секретарь {people.secretary.short_name}"]


def test_another_speaker_may_be_named(app: Flask) -> None:
    people = make_people()
    meeting_id = make_meeting(people, 3)
    item_id = propose(people, meeting_id, make_submitted())
    client = Client(app, people.secretary)
    client.get(f"/consilium/items/{item_id}/edit")
    fields = {
        "regime": "planned", "term": "long", "lead_id": str(people.lead.id), "note": "",
        "speaker_id": str(people.psychologist.id),
    }  # fmt: skip
    client.post(f"/consilium/items/{item_id}/edit", **fields)
    client.get(f"/consilium/meetings/{meeting_id}")
    assert f"Докладчик: {people.psychologist.short_name}" in client.text
    client.get(f"/consilium/items/{item_id}")
    assert client.page.xpath("//dt[text()='Докладчик']/../dd")[0].text_content().count("Психологова") == 1
    client.post(f"/consilium/items/{item_id}/edit", 422, **(fields | {"speaker_id": "999"}))


def test_a_speaker_who_has_left_is_pointed_out(app: Flask) -> None:
    people = make_people()
    meeting_id = make_meeting(people, 3)
    chosen = people.psychologist.id
    item_id = propose(people, meeting_id, make_submitted(), speaker_id=chosen, involved=[])
    accounts.dismiss(chosen, people.head.id)
    client = Client(app, people.secretary)
    client.get(f"/consilium/meetings/{meeting_id}")
    assert "больше не работает" in client.text
    client.get(f"/consilium/items/{item_id}/edit")
    values = {"regime": "planned", "term": "long", "ends_on": None, "lead_id": people.lead.id, "note": ""}
    values |= {"course_reason": "", "speaker_id": chosen}
    agenda.change_item(item_id, people.secretary.id, **values)
    agenda.change_item(item_id, people.secretary.id, **(values | {"speaker_id": None}))
    with refuses("speaker_left"):
        agenda.change_item(item_id, people.secretary.id, **values)
    with refuses("speaker_left"):
        propose(people, meeting_id, make_submitted("Другая"), speaker_id=chosen, involved=[])


def test_the_present_lead_speaks_on_a_removal(app: Flask) -> None:
    people = make_people()
    meeting_id = make_meeting(people, 3)
    propose_removal(people, meeting_id, make_patronage(status="enrolled", lead=people.lead))
    client = Client(app, people.secretary)
    client.get(f"/consilium/meetings/{meeting_id}")
    assert f"Докладчик: {people.lead.short_name}" in client.text


@pytest.mark.parametrize("page", ["", "/agenda", "/order"])
def test_pages_ask_no_more_for_more_items(app: Flask, page: str) -> None:
    people = make_people()
    short, _items = with_items(people, 2)
    long, _items = with_items(people, 7, days=4)
    client, asked = Client(app, people.secretary), []
    for meeting_id in (short, short, long):
        db.session.rollback()
        with counted() as seen:
            client.get(f"/consilium/meetings/{meeting_id}{page}")
        asked.append(len(seen))
    assert asked[2] <= asked[0], asked
