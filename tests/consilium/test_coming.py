"""Items that come onto an agenda by themselves: once, with their history, and never beside another of the family."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from portal import clock
from portal.audit import AuditEntry
from portal.consilium import actions, agenda, coming, decisions, rounds
from portal.consilium.models import Item, Meeting
from portal.db import db, technical
from portal.families.models import Consent
from portal.patronage import regimes
from portal.patronage.models import Patronage
from portal.settings import actions as settings
from tests.client import Client
from tests.consilium.rows import (
    People,
    make_meeting,
    make_people,
    make_submitted,
    open_with,
    propose,
    vote_all,
)
from tests.consilium.test_kinds import on_patronage
from tests.counting import counted
from tests.factories import make_family
from tests.refusals import refuses


def on_agenda(meeting_id: int) -> list[tuple[str, int | None]]:
    """What waits on the agenda: kinds and patronages."""
    query = select(Item.kind, Item.patronage_id).where(
        Item.meeting_id == meeting_id, Item.status == "waiting"
    )
    return [(row.kind, row.patronage_id) for row in db.session.execute(query.order_by(Item.position))]


def _short(people: People, days: int, **fields: Any) -> Patronage:
    ends = clock.today() + timedelta(days)
    return on_patronage(people, family=make_family(), term="short", ends_on=ends, **fields)


def _emergency(people: People) -> Patronage:
    found = on_patronage(people, family=make_family())
    regimes.start_emergency(found.id, "побои", people.head.id)
    return found


def _suspended(people: People) -> Patronage:
    found = on_patronage(people, family=make_family(), status="suspended")
    withdraw(found)
    return found


def withdraw(patronage: Patronage) -> None:
    """The family takes its consent back."""
    with technical() as s:
        s.execute(
            update(Consent).where(Consent.family_id == patronage.family_id).values(withdrawn_on=clock.today())
        )
        s.execute(update(Patronage).where(Patronage.id == patronage.id).values(status="suspended"))


def put_off(people: People, item_id: int, **more: Any) -> None:
    """By the chair, in an open meeting."""
    decisions.defer_item(item_id, "нет справки", people.chair.id, **more)


def test_what_waits_comes_when_a_meeting_is_planned(app: Flask) -> None:
    people = make_people()
    removal, ratify, extend = _suspended(people), _emergency(people), _short(people, 30)
    _short(people, 31)
    _short(people, 10, status="removed", removed_on=clock.today())
    first = make_meeting(people)
    assert on_agenda(first) == [("remove", removal.id), ("ratify", ratify.id), ("extend", extend.id)]
    assert on_agenda(make_meeting(people)) == [], "each has its live item"
    told = db.session.scalars(select(AuditEntry.event).where(AuditEntry.kind == "items")).all()
    assert told == ["item.added"] * 3, "the history of each family says so"


def test_the_day_of_the_meeting_counts_for_a_term(app: Flask) -> None:
    """R5: reminded before the end, by the setting."""
    people = make_people()
    late, over = _short(people, 40), _short(people, -3)
    assert on_agenda(make_meeting(people, days=9)) == [("extend", over.id)]
    assert on_agenda(make_meeting(people, days=10)) == []
    for days, brought in ((29, []), (30, [("extend", late.id)])):
        with technical() as s:
            s.execute(update(Meeting).values(status="cancelled"))
        settings.change_settings(people.head.id, term_reminder=days)
        assert on_agenda(make_meeting(people, days=10)) == brought


def test_an_extension_waits_for_its_end(app: Flask) -> None:
    people = make_people()
    family = _short(people, 10)
    meeting_id = make_meeting(people)
    item_id = db.session.scalars(select(Item.id)).one()
    chair = Client(app, people.chair)
    chair.get(f"/consilium/meetings/{meeting_id}")
    assert "не указан конец срока" in chair.text
    open_with(people, meeting_id)
    with refuses("term_needs_end"):
        decisions.open_voting(item_id, people.chair.id)
    agenda.change_item(item_id, people.secretary.id, ends_on=clock.today() + timedelta(90), note="")
    decisions.open_voting(item_id, people.chair.id)
    vote_all(people, item_id, *["against"] * 4)
    decisions.close_item(item_id, people.chair.id)
    actions.close_meeting(meeting_id, people.chair.id)
    assert on_agenda(make_meeting(people)) == [], "rejected: it is not asked again, the removal is"
    assert db.session.get_one(Patronage, family.id).term == "short"


def test_an_extension_taken_off_does_not_come_back_onto_the_same_agenda(app: Flask) -> None:
    people = make_people()
    family, meeting_id = _short(people, 10), make_meeting(people)
    agenda.take_off(db.session.scalars(select(Item.id)).one(), people.secretary.id)
    agenda.add_item(meeting_id, "question", question="План", actor_id=people.secretary.id)
    open_with(people, meeting_id)
    assert on_agenda(meeting_id) == [("question", None)]
    actions.close_meeting(meeting_id, people.chair.id)
    assert ("extend", family.id) in on_agenda(make_meeting(people))


def test_items_come_onto_the_first_meeting_ahead(app: Flask) -> None:
    """A series planned at once: the earliest takes what waits."""
    people = make_people()
    earliest = make_meeting(people, days=5)
    ratify = _emergency(people)
    assert on_agenda(make_meeting(people, days=35)) == []
    assert on_agenda(make_meeting(people, days=2)) == [("ratify", ratify.id)]
    with technical() as s:
        s.execute(update(Item).values(status="withdrawn"))
    actions.convene(earliest, people.chair.id)
    assert on_agenda(earliest) == [("ratify", ratify.id)]


def test_what_was_put_off_comes_back_with_its_history(app: Flask) -> None:
    people = make_people()
    family, first = make_submitted(), make_meeting(people)
    item_id = propose(people, first, family)
    open_with(people, first)
    put_off(people, item_id, asked="справка о доходах")
    second = make_meeting(people, days=7)
    again = db.session.scalars(select(Item).where(Item.meeting_id == second)).one()
    assert (again.after_id, again.kind, again.regime, again.lead_id) == (
        item_id,
        "enroll",
        "planned",
        people.lead.id,
    )
    assert agenda.involved_in(db.session(), again.id) == {people.psychologist.id}
    actions.cancel_meeting(second, people.chair.id)
    third = make_meeting(people, days=8)
    last = db.session.scalars(select(Item).where(Item.meeting_id == third)).one()
    found = [(one["id"], one["asked"]) for one in rounds.earlier([last.id])[last.id]]
    assert found == [(again.id, ""), (item_id, "справка о доходах")]
    secretary = Client(app, people.secretary)
    for url in (f"/consilium/meetings/{third}", f"/consilium/items/{last.id}"):
        secretary.get(url)
        assert "нет справки" in secretary.text and "справка о доходах" in secretary.text


def test_what_is_put_off_until_a_day_comes_on_that_day(app: Flask) -> None:
    people = make_people()
    first, until = make_meeting(people), clock.today() + timedelta(14)
    item_id = propose(people, first, make_submitted())
    other = agenda.add_item(first, "question", question="План", actor_id=people.secretary.id)
    open_with(people, first)
    with refuses("until_in_past"):
        put_off(people, item_id, until_on=clock.today() - timedelta(1))
    put_off(people, item_id, until_on=until)
    put_off(people, other)
    early = make_meeting(people, days=13)
    assert on_agenda(early) == [("question", None)]
    actions.cancel_meeting(early, people.chair.id)
    assert [kind for kind, _id in on_agenda(make_meeting(people, days=14))] == ["enroll", "question"]


@pytest.mark.parametrize("kind", ["ratify", "extend", "remove"])
def test_what_would_come_by_itself_rests_too_when_it_was_put_off(app: Flask, kind: str) -> None:
    people = make_people()
    family = {"ratify": _emergency, "extend": lambda p: _short(p, 10), "remove": _suspended}[kind](people)
    first = make_meeting(people)
    (item_id,) = db.session.scalars(select(Item.id))
    open_with(people, first)
    put_off(people, item_id, until_on=clock.today() + timedelta(14))
    early = make_meeting(people, days=7)
    assert on_agenda(early) == []
    actions.cancel_meeting(early, people.chair.id)
    assert on_agenda(make_meeting(people, days=14)) == [(kind, family.id)]


def test_what_came_back_and_was_taken_off_is_over(app: Flask) -> None:
    people = make_people()
    first = make_meeting(people)
    item_id = propose(people, first, make_submitted())
    open_with(people, first)
    put_off(people, item_id)
    second = make_meeting(people)
    agenda.take_off(
        db.session.scalars(select(Item.id).where(Item.meeting_id == second)).one(), people.secretary.id
    )
    assert coming.due(db.session(), db.session.get_one(Meeting, second)) == []


def test_what_was_put_off_is_overtaken_by_another_item(app: Flask) -> None:
    people = make_people()
    family, first = on_patronage(people), make_meeting(people)
    values = {"regime": "control", "actor_id": people.secretary.id}
    item_id = agenda.add_item(first, "regime", family.id, **values)
    open_with(people, first)
    put_off(people, item_id, until_on=clock.today() + timedelta(30))
    second = make_meeting(people)
    by_hand = agenda.add_item(second, "regime", family.id, **values)
    assert db.session.get_one(Item, by_hand).after_id == item_id, "put on by hand, it goes on from there too"
    open_with(people, second)
    decisions.open_voting(by_hand, people.chair.id)
    vote_all(people, by_hand, *["against"] * 4)
    decisions.close_item(by_hand, people.chair.id)
    assert on_agenda(make_meeting(people, days=31)) == []


def test_a_family_that_declined_does_not_come_back(app: Flask) -> None:
    people = make_people()
    family, first = make_submitted(), make_meeting(people)
    item_id = propose(people, first, family)
    open_with(people, first)
    put_off(people, item_id)
    with technical() as s:
        s.execute(update(Patronage).values(status="declined"))
    assert on_agenda(make_meeting(people)) == []


def test_a_withdrawn_consent_and_an_emergency_make_others_wait(app: Flask) -> None:
    """R3: the removal comes instead of what can't be decided now, and that comes back when the family does."""
    people = make_people()
    gone, urgent = on_patronage(people, family=make_family()), on_patronage(people, family=make_family())
    meeting_id = make_meeting(people)
    for family in (gone, urgent):
        agenda.add_item(meeting_id, "regime", family.id, regime="control", actor_id=people.secretary.id)
    withdraw(gone)
    regimes.start_emergency(urgent.id, "побои", people.head.id)
    actions.convene(meeting_id, people.chair.id)
    assert on_agenda(meeting_id) == [("remove", gone.id), ("ratify", urgent.id)]
    actions.open_meeting(meeting_id, people.chair.id)
    for user in people.voters:
        actions.mark_presence(meeting_id, user.id, "present", people.secretary.id)
    ratify = db.session.scalars(select(Item.id).where(Item.kind == "ratify")).one()
    decisions.open_voting(ratify, people.chair.id)
    vote_all(people, ratify, *["against"] * 4)
    decisions.close_item(ratify, people.chair.id)
    actions.close_meeting(meeting_id, people.chair.id)
    assert on_agenda(make_meeting(people)) == [("regime", urgent.id), ("remove", gone.id)]


def test_an_agenda_that_only_waits_for_what_comes_can_be_convened(app: Flask) -> None:
    people = make_people()
    meeting_id = make_meeting(people)
    chair, here = Client(app, people.chair), f"/consilium/meetings/{meeting_id}"
    button = f"//form[@action='{here}/convene']"
    chair.get(here)
    assert not chair.page.xpath(button)
    _emergency(people)
    chair.get(here)
    assert chair.page.xpath(button)
    actions.convene(meeting_id, people.chair.id)
    assert len(on_agenda(meeting_id)) == 1


def test_the_number_of_queries_does_not_grow_with_what_was_put_off(app: Flask) -> None:
    people = make_people()
    chair, asked = Client(app, people.chair), []
    for families in (2, 6):
        first = make_meeting(people)
        for n in range(families):
            propose(people, first, make_submitted(f"Семья{families}{n}"))
        actions.cancel_meeting(first, people.chair.id)
        second = make_meeting(people)
        with counted() as statements:
            chair.get(f"/consilium/meetings/{second}")
        asked.append(len(statements))
        actions.cancel_meeting(second, people.chair.id)
    assert asked[0] == asked[1], asked
    assert db.session.scalar(select(func.count()).select_from(Item)) == 2 + 2 + (2 + 6) + (2 + 6)
