"""After a decision: the family told, the extract given; who notes it, by when, what is owed and what is not."""

from datetime import timedelta
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import delete, select

from portal import clock
from portal.audit import AuditEntry, Event
from portal.consilium import decision_list, follow_ups
from portal.consilium.minutes_models import FollowUp
from portal.consilium.models import Decision
from portal.db import db, technical
from portal.families.history import history
from portal.patronage.models import Patronage
from portal.rules.follow_ups import extract_by
from portal.settings.calendar import calendar
from tests.client import Client
from tests.consilium.after import REJECTED, enroll, remove
from tests.consilium.rows import make_people
from tests.consilium.test_races import at_once
from tests.factories import make_user
from tests.refusals import refuses


def noted(decision: Decision) -> tuple[object, object]:
    row = db.session.get_one(FollowUp, decision.id, populate_existing=True)
    return row.told_on, row.extract_on


def of_long_ago(decision: Decision) -> None:
    """As if it was taken before the portal kept what is done afterwards."""
    decision_id = decision.id
    db.session.rollback()
    with technical() as s:
        s.execute(delete(FollowUp).where(FollowUp.decision_id == decision_id))


def test_a_decision_owes_both(app: Flask) -> None:
    people = make_people()
    (decision,) = enroll(people, "Соколова")
    assert noted(decision) == (None, None)


def test_the_day_is_noted_and_corrected_with_the_old_one_kept(app: Flask) -> None:
    people, today = make_people(), clock.today()
    (decision,) = enroll(people, "Соколова")
    follow_ups.tell_family(decision.id, today, None, people.secretary.id)
    follow_ups.give_extract(decision.id, today, None, people.lead.id)
    assert noted(decision) == (today, today)
    family_id = db.session.get_one(Patronage, decision.patronage_id).family_id
    told, given = history(family_id)[1], history(family_id)[0]
    assert (told.event, told.kind, told.object_id) == (Event.FAMILY_TOLD, "decisions", decision.id)
    assert (told.old, told.new) == ({"told_on": None}, {"told_on": today.isoformat()})
    assert given.event == Event.EXTRACT_GIVEN
    with refuses("same_date"):
        follow_ups.tell_family(decision.id, today, today, people.secretary.id)


def test_dates_keep_their_order(app: Flask) -> None:
    people, today = make_people(), clock.today()
    (decision,) = enroll(people, "Соколова")
    who = people.secretary.id
    with refuses("not_told"):
        follow_ups.give_extract(decision.id, today, None, who)
    for day in (today - timedelta(1), today + timedelta(1)):
        with refuses("told_date"):
            follow_ups.tell_family(decision.id, day, None, who)
    follow_ups.tell_family(decision.id, today, None, who)
    for day in (today - timedelta(1), today + timedelta(1)):
        with refuses("extract_date"):
            follow_ups.give_extract(decision.id, day, None, who)
    assert noted(decision) == (today, None)


def test_no_extract_while_the_meeting_goes_on(app: Flask) -> None:
    people, today = make_people(), clock.today()
    (decision,) = enroll(people, "Соколова", over=False)
    follow_ups.tell_family(decision.id, today, None, people.secretary.id)
    with refuses("meeting_goes_on"):
        follow_ups.give_extract(decision.id, today, None, people.secretary.id)
    secretary = Client(app, people.secretary)
    secretary.get(f"/papers/extract/{decision.id}", 404)
    secretary.get(f"/consilium/decisions/{decision.id}")
    assert "Выписку можно напечатать, когда заседание закрыто" in secretary.text


def test_of_two_at_once_the_second_is_told(app: Flask) -> None:
    people, today = make_people(), clock.today()
    (decision,) = enroll(people, "Соколова")
    which, who = decision.id, (people.secretary.id, people.head.id)
    ends = at_once(
        app,
        *(partial(follow_ups.tell_family, which, today, None, one) for one in who),
    )
    assert sorted(ends) == ["done", "entered_meanwhile"]
    query = select(AuditEntry.id).where(AuditEntry.event == Event.FAMILY_TOLD)
    assert len(db.session.scalars(query).all()) == 1


def test_the_second_sees_what_stands_there(app: Flask) -> None:
    """By the pages: a form opened before somebody else has noted it comes back with the words, and the day of now."""
    people, today = make_people(), clock.today()
    (decision,) = enroll(people, "Соколова")
    here, late = f"/consilium/decisions/{decision.id}", Client(app, people.head)
    Client(app, people.secretary).post(f"{here}/told", told_on=today.isoformat(), seen_day="")
    late.post(f"{here}/told", 422, told_on=today.isoformat(), seen_day="")
    assert "Это уже отметили, пока вы заполняли" in late.text
    late.post(f"{here}/extract-given", 422, extract_on="31.02.2026", seen_day="")
    late.post(f"{here}/extract-given", extract_on=today.isoformat(), seen_day="")
    assert noted(decision) == (today, today)


def counts(user: object) -> tuple[int, ...]:
    db.session.rollback()
    return tuple(decision_list.counts(user))


def test_what_is_owed_is_counted_for_those_who_note_it(app: Flask) -> None:
    people = make_people()
    first, second = enroll(people, "Соколова", "Орлова")
    (_refused,) = enroll(people, "Белова", choices=REJECTED)
    of_long_ago(second)
    assert counts(people.secretary) == counts(people.head) == (2, 0, 2, 0, 0)
    assert counts(people.lead) == (1, 0, 1, 0, 0)
    assert counts(people.psychologist) == (0, 0, 0, 0, 0)
    follow_ups.tell_family(first.id, clock.today(), None, people.lead.id)
    assert counts(people.lead) == (0, 0, 1, 0, 0)


@pytest.mark.parametrize("days", [0, 1])
def test_it_is_due_and_then_late(app: Flask, days: int) -> None:
    people = make_people()
    (decision,) = enroll(people, "Соколова")
    due = extract_by(decision.decided_on, calendar())
    with clock.pretend(clock.now() + (due - clock.today()) + timedelta(days)):
        assert counts(people.secretary) == (1, 1, 1, 1 - days, days)


def test_a_lead_who_has_lost_the_family_by_the_removal_tells_it(app: Flask) -> None:
    people = make_people()
    (enrolled,) = enroll(people, "Соколова")
    patronage = db.session.get_one(Patronage, enrolled.patronage_id)
    removed = remove(people, patronage)
    lead = Client(app, people.lead)
    lead.get("/")
    assert "Сообщить семьям о решении" in lead.text
    lead.get(f"/consilium/decisions/{removed.id}")
    lead.post(f"/consilium/decisions/{removed.id}/told", told_on=clock.today().isoformat(), seen_day="")
    assert noted(removed)[0] == clock.today()
    stranger = Client(app, make_user("specialist"))
    stranger.get(f"/consilium/decisions/{removed.id}", 404)
    stranger.post(f"/consilium/decisions/{removed.id}/told", 404, told_on=clock.today().isoformat())


def test_my_work_leads_to_the_list(app: Flask) -> None:
    people = make_people()
    (decision,) = enroll(people, "Соколова")
    for user in (people.secretary, people.head, people.lead):
        browser = Client(app, user)
        browser.get("/")
        (link,) = browser.page.xpath("//a[contains(@class, 'kpi') and contains(@href, 'todo=tell')]/@href")
        browser.get(link)
        assert browser.page.xpath(f"//a[@href='/consilium/decisions/{decision.id}']")
    member = Client(app, people.members[0])
    member.get("/")
    assert "Сообщить семьям" not in member.text


def test_it_is_noted_from_the_list(app: Flask) -> None:
    """Without opening the decision; back to the list as it was filtered."""
    people, today = make_people(), clock.today()
    (decision,) = enroll(people, "Соколова")
    secretary = Client(app, people.secretary)
    secretary.get("/consilium/decisions?todo=tell")
    (form,) = secretary.page.xpath("//form[contains(@action, '/told')]")
    fields = {one.get("name"): one.get("value") for one in form.xpath(".//input[@name!='csrf_token']")}
    answer = secretary.post(form.get("action"), **fields)
    assert answer.location == "/consilium/decisions?todo=tell"
    assert noted(decision) == (today, None)
