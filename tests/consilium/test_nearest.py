"""What comes by itself comes onto the nearest of several agendas, and no term, emergency or removal is forgotten."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from portal import clock
from portal.consilium import actions, agenda, coming, decisions, proof
from portal.consilium.models import Item, Meeting
from portal.db import db, technical
from portal.families.models import Consent
from portal.patronage import regimes
from portal.patronage.models import Emergency, Patronage
from tests.client import Client
from tests.consilium.rows import People, make_meeting, make_people, open_with, vote_all
from tests.consilium.test_coming import _emergency, _short, _suspended, on_agenda, put_off, withdraw
from tests.consilium.test_kinds import on_patronage
from tests.factories import make_analysis, make_family
from tests.refusals import refuses


def item_of(kind: str, status: str = "waiting") -> Item:
    """The newest item of the kind."""
    query = select(Item).where(Item.kind == kind, Item.status == status).order_by(Item.id.desc()).limit(1)
    return db.session.scalars(query.execution_options(populate_existing=True)).one()


def reject(people: People, meeting_id: int, kind: str, **values: Any) -> None:
    """The meeting held, its only item of the kind rejected."""
    item_id = item_of(kind).id
    if values:
        agenda.change_item(item_id, people.secretary.id, note="", speaker_id=None, **values)
    open_with(people, meeting_id)
    decisions.open_voting(item_id, people.chair.id)
    vote_all(people, item_id, *["against"] * 4)
    decisions.close_item(item_id, people.chair.id)
    actions.close_meeting(meeting_id, people.chair.id)


def consent_again(patronage: Patronage) -> None:
    with technical() as s:
        here = Consent.family_id == patronage.family_id
        s.execute(update(Consent).where(here).values(withdrawn_on=None))
        s.execute(update(Patronage).where(Patronage.id == patronage.id).values(status="enrolled"))
    db.session.rollback()


@pytest.mark.parametrize("kind", ["ratify", "remove"])
def test_an_extraordinary_meeting_takes_what_cannot_wait(app: Flask, kind: str) -> None:
    """DOMAIN §3, R3: the next meeting ratifies, the next agenda carries the removal; a later one had them already."""
    people = make_people()
    family = {"ratify": _emergency, "remove": _suspended}[kind](people)
    later = make_meeting(people, days=20)
    item_id = item_of(kind).id
    assert on_agenda(later) == [(kind, family.id)]
    actions.convene(later, people.chair.id)
    version = db.session.get_one(Meeting, later).version
    sooner = make_meeting(people, days=2)
    assert (on_agenda(sooner), on_agenda(later)) == ([(kind, family.id)], [])
    assert item_of(kind).id == item_id, "the same item, with its papers and who has read it"
    db.session.expire_all()
    assert db.session.get_one(Meeting, later).version > version, "open pages see that it has gone"
    assert proof.verify()[1] == []
    actions.cancel_meeting(sooner, people.chair.id)
    actions.open_meeting(later, people.chair.id)
    assert on_agenda(later) == [(kind, family.id)], "and comes back when that one is called off"


def test_what_stands_on_a_later_agenda_makes_way(app: Flask) -> None:
    """A change of the regime put on by hand for next month must not keep an emergency start off this week's agenda."""
    people = make_people()
    urgent, gone = (on_patronage(people, family=make_family()) for _n in range(2))
    sooner, later = make_meeting(people, days=2), make_meeting(people, days=30)
    for family in (urgent, gone):
        agenda.add_item(later, "regime", family.id, regime="control", actor_id=people.secretary.id)
    regimes.start_emergency(urgent.id, "побои", people.head.id)
    withdraw(gone)
    chair = Client(app, people.chair)
    chair.get(f"/consilium/meetings/{later}")
    actions.cancel_meeting(sooner, people.chair.id)
    sooner = make_meeting(people, days=2)
    assert on_agenda(sooner) == [("remove", gone.id), ("ratify", urgent.id)]
    assert on_agenda(later) == []
    ratify = item_of("ratify").id
    open_with(people, sooner)
    decisions.open_voting(ratify, people.chair.id)
    vote_all(people, ratify, *["against"] * 4)
    decisions.close_item(ratify, people.chair.id)
    actions.close_meeting(sooner, people.chair.id)
    actions.convene(later, people.chair.id)
    assert on_agenda(later) == [("regime", urgent.id), ("remove", gone.id)], "what made way comes back"


def test_a_meeting_whose_day_has_passed_keeps_nothing(app: Flask) -> None:
    people = make_people()
    urgent, short = _emergency(people), _short(people, 10)
    forgotten = make_meeting(people)
    assert len(on_agenda(forgotten)) == 2
    with clock.pretend(clock.now() + timedelta(3)):
        meeting_id = make_meeting(people, days=1)
        assert on_agenda(meeting_id) == [("ratify", urgent.id), ("extend", short.id)]
        assert on_agenda(forgotten) == []


def test_an_extension_does_not_wait_until_after_the_end(app: Flask) -> None:
    people = make_people()
    soon, late = _short(people, 20), _short(people, 35)
    later = make_meeting(people, days=30)
    assert on_agenda(later) == [("extend", soon.id), ("extend", late.id)]
    assert on_agenda(make_meeting(people, days=6)) == [("extend", soon.id)]
    assert on_agenda(later) == [("extend", late.id)], "that one is asked in time"


def test_an_extension_taken_off_the_nearest_agenda_is_not_taken_back_from_a_later_one(app: Flask) -> None:
    people = make_people()
    family, sooner = _short(people, 20), make_meeting(people, days=6)
    agenda.take_off(item_of("extend").id, people.secretary.id)
    later = make_meeting(people, days=30)
    actions.convene(later, people.chair.id)
    assert on_agenda(later) == [("extend", family.id)]
    agenda.add_item(sooner, "question", question="План", actor_id=people.secretary.id)
    actions.convene(sooner, people.chair.id)
    assert (on_agenda(sooner), on_agenda(later)) == ([("question", None)], [("extend", family.id)])


def test_a_draft_that_only_takes_over_can_be_convened(app: Flask) -> None:
    people = make_people()
    sooner, later = make_meeting(people, days=2), make_meeting(people, days=30)
    family = _emergency(people)
    actions.convene(later, people.chair.id)
    assert on_agenda(later) == [("ratify", family.id)]
    chair, here = Client(app, people.chair), f"/consilium/meetings/{sooner}"
    chair.get(here)
    assert chair.page.xpath(f"//form[@action='{here}/convene']")
    actions.convene(sooner, people.chair.id)
    assert on_agenda(sooner) == [("ratify", family.id)]


def test_a_rejected_extension_brings_the_removal_when_the_term_is_over(app: Flask) -> None:
    """R2, R5: the term does not run out unseen; a removal rejected then asks for the extension once more."""
    people = make_people()
    family = _short(people, 10)
    meeting_id = make_meeting(people)
    reject(people, meeting_id, "extend", ends_on=clock.today() + timedelta(90))
    assert on_agenda(make_meeting(people, days=9)) == []
    assert on_agenda(make_meeting(people, days=10)) == []  # the other is nearer
    with technical() as s:
        s.execute(update(Meeting).where(Meeting.status == "draft").values(status="cancelled"))
    with clock.pretend(clock.now() + timedelta(10)):
        meeting_id = make_meeting(people)
        assert on_agenda(meeting_id) == [("remove", family.id)]
        assert item_of("remove").reason == "term_ended"
        make_analysis(family, people.lead)
        reject(people, meeting_id, "remove", reason="term_ended")
        assert on_agenda(make_meeting(people)) == [("extend", family.id)]


def test_a_removal_for_the_term_taken_off_does_not_come_back_onto_the_same_agenda(app: Flask) -> None:
    people = make_people()
    family, meeting_id = _short(people, 10), make_meeting(people)
    reject(people, meeting_id, "extend", ends_on=clock.today() + timedelta(90))
    with clock.pretend(clock.now() + timedelta(11)):
        meeting_id = make_meeting(people)
        agenda.take_off(item_of("remove").id, people.secretary.id)
        assert coming.due(db.session(), db.session.get_one(Meeting, meeting_id)) == []
        actions.cancel_meeting(meeting_id, people.chair.id)
        assert on_agenda(make_meeting(people)) == [("remove", family.id)]


def test_an_extension_comes_before_a_regime_that_was_put_off(app: Flask) -> None:
    """Both come, one after the other: the term first, and the regime is not lost by it."""
    people = make_people()
    family, first = _short(people, 40), make_meeting(people)
    agenda.add_item(first, "regime", family.id, regime="control", actor_id=people.secretary.id)
    open_with(people, first)
    put_off(people, item_of("regime").id)
    actions.close_meeting(first, people.chair.id)
    second = make_meeting(people, days=15)
    assert on_agenda(second) == [("extend", family.id)]
    reject(people, second, "extend", ends_on=clock.today() + timedelta(90))
    assert on_agenda(make_meeting(people, days=16)) == [("regime", family.id)]


def test_a_new_consent_ends_the_removal_for_its_withdrawal(app: Flask) -> None:
    people = make_people()
    family = _suspended(people)
    make_analysis(family, people.lead)
    first = make_meeting(people)
    item_id = item_of("remove").id
    open_with(people, first)
    consent_again(family)
    with refuses("consent_in_force"):
        decisions.open_voting(item_id, people.chair.id)
    put_off(people, item_id)
    actions.close_meeting(first, people.chair.id)
    assert on_agenda(make_meeting(people)) == [], "put off, it does not come back"


def test_an_emergency_of_a_suspended_family_waits_for_it(app: Flask) -> None:
    """It ends with the removal, or is ratified when there is a new consent; it is never left open."""
    people = make_people()
    family = _emergency(people)
    withdraw(family)
    meeting_id = make_meeting(people)
    assert on_agenda(meeting_id) == [("remove", family.id)]
    actions.cancel_meeting(meeting_id, people.chair.id)
    consent_again(family)
    second = make_meeting(people)
    assert on_agenda(second) == [("ratify", family.id)]
    actions.cancel_meeting(second, people.chair.id)
    withdraw(family)
    make_analysis(family, people.lead)
    meeting_id = make_meeting(people)
    item_id = item_of("remove").id
    open_with(people, meeting_id)
    decisions.open_voting(item_id, people.chair.id)
    vote_all(people, item_id, *["for"] * 4)
    decisions.close_item(item_id, people.chair.id)
    assert db.session.scalars(select(Emergency.outcome)).one() == "removed"
