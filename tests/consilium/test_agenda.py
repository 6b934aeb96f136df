"""Items of the agenda and the rules asked of them."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from portal import clock
from portal.accounts import actions as accounts
from portal.consilium import actions, agenda, queries
from portal.consilium.models import Item, ItemSpecialist
from portal.db import db
from portal.settings import actions as settings
from tests.consilium.rows import (
    make_meeting,
    make_people,
    make_submitted,
    make_vote,
    open_with,
    propose,
    propose_removal,
)
from tests.factories import make_consent, make_family, make_patronage, make_user
from tests.refusals import refuses


def test_an_item_keeps_what_was_proposed(app: Flask) -> None:
    people = make_people()
    meeting_id, patronage = make_meeting(people), make_submitted()
    ends = clock.today() + timedelta(90)
    involved = [people.psychologist.id, people.lead.id]
    item_id = propose(people, meeting_id, patronage, term="short", ends_on=ends, involved=involved)
    item = db.session.get_one(Item, item_id)
    assert (item.kind, item.regime, item.term, item.ends_on) == ("enroll", "planned", "short", ends)
    chosen = list(db.session.scalars(select(ItemSpecialist.user_id)))
    assert chosen == [people.psychologist.id], "the lead is not involved besides"


def test_consent_is_asked_for(app: Flask) -> None:
    """R1."""
    people = make_people()
    meeting_id = make_meeting(people)
    with refuses("no_consent"):
        propose(people, meeting_id, make_submitted("Белова", consent=False))
    withdrawn = make_submitted("Титова", consent=False)
    family = make_family("Титова")
    patronage = make_patronage(family, status="submitted")
    make_consent(family, withdrawn_on=clock.today())
    with refuses("consent_withdrawn"):
        propose(people, meeting_id, patronage)
    assert not db.session.scalars(select(Item)).all()
    assert withdrawn.status == "submitted"


def test_a_minor_of_fourteen_signs_too(app: Flask) -> None:
    """R1: judged on the day of the meeting."""
    people = make_people()
    patronage = make_submitted()
    from portal.db import technical
    from portal.families.models import FamilyMember

    day = clock.today() + timedelta(10)
    with technical() as session:
        child = session.scalars(
            select(FamilyMember).where(
                FamilyMember.family_id == patronage.family_id, FamilyMember.kind == "minor"
            )
        ).one()
        child.birth_date = day.replace(year=day.year - 14, day=min(day.day, 28))
    assert propose(people, make_meeting(people, 0), make_submitted("Другая"))
    with refuses("minor_must_sign"):
        propose(people, make_meeting(people, 12), patronage)
    settings.change_settings(people.head.id, signing_age=0)
    assert propose(people, make_meeting(people, 12), patronage), "the center has switched it off"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"term": "short"}, "term_needs_end"),
        ({"term": "short", "ends_on": -1}, "term_end_before_start"),
        ({"term": "long", "ends_on": 30}, "long_term_has_end"),
    ],
)
def test_the_term_is_checked(app: Flask, changed: dict, code: str) -> None:
    """R5."""
    people = make_people()
    if changed.get("ends_on"):
        changed = changed | {"ends_on": clock.today() + timedelta(changed["ends_on"])}
    with refuses(code):
        propose(people, make_meeting(people), make_submitted(), **changed)


def test_no_course_asks_for_a_reason(app: Flask) -> None:
    """R4."""
    people = make_people()
    meeting_id, patronage = make_meeting(people), make_submitted(course_ended_on=None)
    with refuses("course_reason"):
        propose(people, meeting_id, patronage)
    assert propose(people, meeting_id, patronage, course_reason="Курс прерван болезнью ребёнка.")


def test_who_may_lead(app: Flask) -> None:
    """R6."""
    people = make_people()
    meeting_id, patronage = make_meeting(people), make_submitted()
    with refuses("lead_profession"):
        propose(people, meeting_id, patronage, lead_id=people.psychologist.id)
    with refuses("not_a_specialist"):
        propose(people, meeting_id, patronage, involved=[people.members[0].id])
    gone = make_user("specialist")
    accounts.dismiss(gone.id, people.head.id)
    with refuses("colleague_dismissed"):
        propose(people, meeting_id, patronage, lead_id=gone.id)


def test_only_submitted_families_are_enrolled(app: Flask) -> None:
    people = make_people()
    meeting_id = make_meeting(people)
    enrolled = make_patronage(make_family("Белова", course_ended_on=clock.today()), status="enrolled")
    with refuses("wrong_state"):
        propose(people, meeting_id, enrolled)


def test_a_removal_needs_an_analysis_and_a_reason(app: Flask) -> None:
    """R2."""
    people = make_people()
    meeting_id, patronage = make_meeting(people), make_patronage()
    with refuses("no_analysis"):
        agenda.add_remove_item(meeting_id, patronage.id, reason="moved", actor_id=people.chair.id)
    with refuses("no_reason"):
        propose_removal(people, meeting_id, patronage, reason="")
    with refuses("wrong_state"):
        propose_removal(people, meeting_id, make_submitted())


def test_one_live_agenda_a_family(app: Flask) -> None:
    people = make_people()
    patronage = make_submitted()
    first = propose(people, make_meeting(people), patronage)
    other = make_meeting(people)
    with refuses("already_on_agenda"):
        propose(people, other, patronage)
    assert queries.candidates("enroll") == []
    agenda.take_off(first, people.chair.id)
    assert propose(people, other, patronage)


def test_candidates_for_removal_say_who_is_ready(app: Flask) -> None:
    people = make_people()
    ready = make_patronage(make_family("Абрамова"))
    make_patronage(make_family("Белова"))
    suspended = make_patronage(make_family("Жукова"), status="suspended")
    propose_removal(people, make_meeting(people), ready)
    agenda.take_off(db.session.scalars(select(Item.id)).one(), people.chair.id)
    found = [(row["id"], bool(row["ready"])) for row in queries.candidates("remove")]
    assert found == [(ready.id, True), (suspended.id, False)]


def test_items_change_move_and_leave_while_they_wait(app: Flask) -> None:
    people = make_people()
    meeting_id = make_meeting(people)
    items = [propose(people, meeting_id, make_submitted(f"Семья{n}")) for n in range(3)]
    agenda.move_item(items[2], True, people.secretary.id)
    agenda.move_item(items[0], True, people.secretary.id)
    in_order = select(Item.id).where(Item.meeting_id == meeting_id).order_by(Item.position)
    assert list(db.session.scalars(in_order)) == [items[0], items[2], items[1]]
    values = {"term": "long", "ends_on": None, "lead_id": people.lead.id, "course_reason": "", "note": ""}
    agenda.change_item(items[0], people.secretary.id, regime="emergency", **values)
    assert db.session.get_one(Item, items[0]).regime == "emergency"
    assert not agenda.involved_in(db.session(), items[0])
    with refuses("lead_profession"):
        changed = values | {"lead_id": people.psychologist.id}
        agenda.change_item(items[0], people.secretary.id, regime="control", **changed)
    assert db.session.get_one(Item, items[0]).regime == "emergency"


def test_an_item_voted_on_stays(app: Flask) -> None:
    people = make_people()
    meeting_id, item_id, _patronage = make_vote(people)
    with refuses("item_fixed"):
        agenda.take_off(item_id, people.secretary.id)
    with refuses("agenda_fixed"):
        propose(people, meeting_id, make_submitted("Белова"))


def test_a_closed_agenda_stays(app: Flask) -> None:
    people = make_people()
    meeting_id = make_meeting(people)
    item_id = propose(people, meeting_id, make_submitted())
    open_with(people, meeting_id)
    actions.close_meeting(meeting_id, people.chair.id)
    with refuses("agenda_fixed"):
        agenda.take_off(item_id, people.secretary.id)
