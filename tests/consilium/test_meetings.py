"""The roll, meetings and presence."""

import json
from datetime import date, time, timedelta

from flask import Flask
from sqlalchemy import func, select, update

from portal import clock
from portal.audit import AuditEntry
from portal.check import broken_rules
from portal.consilium import actions, decisions, queries, reading, recusals
from portal.consilium.models import Item, Meeting, MeetingSeat, RollSeat
from portal.db import db, technical
from portal.families.models import Consent
from portal.settings import actions as settings
from tests.client import Client
from tests.consilium.rows import make_meeting, make_people, make_submitted, make_vote, open_with, propose
from tests.factories import make_patronage, make_user
from tests.refusals import refuses


def seats(meeting_id: int) -> dict[int, MeetingSeat]:
    rows = db.session.scalars(select(MeetingSeat).where(MeetingSeat.meeting_id == meeting_id))
    return {row.user_id: row for row in rows}


def test_the_roll_has_one_chair(app: Flask) -> None:
    people = make_people()
    other = make_user("chair")
    with refuses("chair_taken"):
        actions.seat_member(other.id, "chair", True, people.head.id)
    actions.unseat(people.chair.id, people.head.id)
    actions.seat_member(other.id, "chair", False, people.head.id)
    chair = next(row for row in queries.roll() if row["seat"] == "chair")
    assert chair["user_id"] == other.id
    assert chair["votes"], "the chair always votes"


def test_a_member_who_changes_seats_keeps_the_history(app: Flask) -> None:
    people = make_people()
    actions.seat_member(people.secretary.id, "member", True, people.head.id)
    rows = list(db.session.scalars(select(RollSeat).where(RollSeat.user_id == people.secretary.id)))
    assert sorted((row.seat, row.until_on is None) for row in rows) == [
        ("member", True),
        ("secretary", False),
    ]


def test_a_seat_needs_its_role(app: Flask) -> None:
    people = make_people()
    with refuses("role_missing"):
        actions.seat_member(people.lead.id, "member", True, people.head.id)
    with refuses("role_missing"):
        actions.seat_member(people.members[0].id, "chair", True, people.head.id)
    with refuses("not_on_roll"):
        actions.unseat(people.lead.id, people.head.id)


def test_a_convened_meeting_follows_the_roll_and_an_open_one_keeps_it(app: Flask) -> None:
    """Whoever joins between the invitation and the meeting reads its items and may be recused; an old member not."""
    people = make_people()
    convened, opened = make_meeting(people, 3), make_meeting(people)
    item_id = propose(people, convened, make_submitted())
    propose(people, opened, make_submitted("Орлова"))
    actions.convene(convened, people.chair.id)
    open_with(people, opened, [])
    before = set(seats(opened))
    newcomer, leaving = make_user("member"), people.members[0]
    version = db.session.get_one(Meeting, convened).version
    db.session.rollback()
    actions.seat_member(newcomer.id, "member", True, people.head.id)
    actions.unseat(leaving.id, people.head.id)
    assert set(seats(opened)) == before
    assert set(seats(convened)) == before - {leaving.id} | {newcomer.id}
    assert db.session.get_one(Meeting, convened, populate_existing=True).version > version
    assert [one.item_id for one in reading.unread(newcomer.id)] == [item_id]
    recusals.recuse(item_id, newcomer.id, "работает с семьёй", newcomer.id)
    assert item_id not in [one.item_id for one in reading.unread(leaving.id)]


def test_meetings_are_numbered_in_their_year(app: Flask) -> None:
    people = make_people()
    first, second = make_meeting(people), make_meeting(people, 1)
    year = clock.today().year
    later = actions.create_meeting(date(year + 1, 2, 3), time(9), "зал", "", people.secretary.id)
    numbers = [db.session.get_one(Meeting, one) for one in (first, second, later)]
    in_year = clock.today() + timedelta(1)
    assert (numbers[0].year, numbers[0].number) == (year, 1)
    assert (numbers[1].year, numbers[1].number) == (in_year.year, 2 if in_year.year == year else 1)
    assert numbers[2].number == 1 if in_year.year == year else 2


def test_a_meeting_in_the_past_is_refused(app: Flask) -> None:
    people = make_people()
    with refuses("meeting_in_past"):
        make_meeting(people, -1)


def test_convening_needs_items_and_a_chair(app: Flask) -> None:
    people = make_people()
    meeting_id = make_meeting(people)
    with refuses("empty_agenda"):
        actions.convene(meeting_id, people.chair.id)
    propose(people, meeting_id, make_submitted())
    actions.unseat(people.chair.id, people.head.id)
    with refuses("no_chair"):
        actions.convene(meeting_id, people.chair.id)
    assert db.session.get_one(Meeting, meeting_id).status == "draft"
    assert not seats(meeting_id)


def test_opening_freezes_roll_and_quorum(app: Flask) -> None:
    people = make_people()
    meeting_id = make_meeting(people)
    propose(people, meeting_id, make_submitted())
    actions.convene(meeting_id, people.chair.id)
    actions.mark_presence(meeting_id, people.members[0].id, "video", people.secretary.id)
    newcomer = make_user("member")
    actions.seat_member(newcomer.id, "member", True, people.head.id)
    actions.unseat(people.members[1].id, people.head.id)
    settings.change_settings(people.head.id, quorum_share="half")
    actions.open_meeting(meeting_id, people.chair.id)
    settings.change_settings(people.head.id, quorum_share="two_thirds")
    actions.unseat(people.members[2].id, people.head.id)
    taken = seats(meeting_id)
    assert set(taken) == {
        *(people.chair.id, people.secretary.id, people.members[0].id, people.members[2].id, newcomer.id)
    }
    assert taken[people.members[0].id].presence == "video", "marked before the opening"
    assert not taken[people.secretary.id].votes
    assert db.session.get_one(Meeting, meeting_id).quorum_share == "half"


def test_what_was_frozen_decides_whatever_is_set_afterwards(app: Flask) -> None:
    people = make_people()  # four vote: half is two, two thirds are three
    settings.change_settings(people.head.id, quorum_share="half")
    meeting_id = make_meeting(people)
    item_id = propose(people, meeting_id, make_submitted())
    open_with(people, meeting_id, [people.chair, people.members[0]])
    settings.change_settings(people.head.id, quorum_share="two_thirds")
    for _ in range(3):
        newcomer = make_user("member")
        actions.seat_member(newcomer.id, "member", True, people.head.id)
    with refuses("not_on_roll"):
        actions.mark_presence(meeting_id, newcomer.id, "present", people.secretary.id)
    decisions.open_voting(item_id, people.chair.id)
    with refuses("not_a_member"):
        decisions.cast_vote(item_id, newcomer.id, "for")
    decisions.cast_vote(item_id, people.chair.id, "for")
    assert decisions.close_item(item_id, people.chair.id).carried, "one of two present, by the chair"
    assert broken_rules() == []


def test_meetings_go_their_way_only(app: Flask) -> None:
    people = make_people()
    meeting_id = make_meeting(people)
    propose(people, meeting_id, make_submitted())
    with refuses("wrong_state"):
        actions.open_meeting(meeting_id, people.chair.id)
    actions.convene(meeting_id, people.chair.id)
    with refuses("wrong_state"):
        actions.convene(meeting_id, people.chair.id)
    actions.open_meeting(meeting_id, people.chair.id)
    with refuses("wrong_state"):
        actions.cancel_meeting(meeting_id, people.chair.id)
    with refuses("wrong_state"):
        actions.change_meeting(meeting_id, clock.today(), time(9), "зал", "", people.chair.id)
    actions.close_meeting(meeting_id, people.chair.id)
    with refuses("wrong_state"):
        actions.open_meeting(meeting_id, people.chair.id)


def test_closing_puts_waiting_items_off(app: Flask) -> None:
    people = make_people()
    patronage = make_submitted()
    meeting_id = make_meeting(people)
    item_id = propose(people, meeting_id, patronage)
    open_with(people, meeting_id)
    actions.close_meeting(meeting_id, people.chair.id)
    assert db.session.get_one(Item, item_id).status == "deferred"
    assert [row["id"] for row in queries.candidates("enroll")] == [patronage.id]
    following = make_meeting(people)
    again = db.session.scalars(select(Item).where(Item.meeting_id == following)).one()
    assert (again.kind, again.patronage_id, again.after_id) == ("enroll", patronage.id, item_id)


def test_closing_waits_for_the_vote(app: Flask) -> None:
    people = make_people()
    meeting_id, _item, _patronage = make_vote(people)
    with refuses("item_voting"):
        actions.close_meeting(meeting_id, people.chair.id)


def test_presence_is_marked_in_time_and_of_members(app: Flask) -> None:
    people = make_people()
    meeting_id = make_meeting(people)
    propose(people, meeting_id, make_submitted())
    with refuses("not_now"):
        actions.mark_presence(meeting_id, people.chair.id, "present", people.secretary.id)
    actions.convene(meeting_id, people.chair.id)
    with refuses("not_now"):
        actions.come_in(meeting_id, people.chair.id)
    with refuses("not_on_roll"):
        actions.mark_presence(meeting_id, people.lead.id, "present", people.secretary.id)
    with refuses("presence_unknown"):
        actions.mark_presence(meeting_id, people.chair.id, "asleep", people.secretary.id)
    actions.open_meeting(meeting_id, people.chair.id)
    actions.come_in(meeting_id, people.chair.id)
    assert seats(meeting_id)[people.chair.id].presence == "present"


def test_a_withdrawn_consent_comes_onto_the_next_agenda_once(app: Flask) -> None:
    """R3."""
    people = make_people()
    patronage = make_patronage(status="suspended")
    away = make_patronage(status="suspended")
    with technical() as session:
        session.execute(
            update(Consent).where(Consent.family_id == patronage.family_id).values(withdrawn_on=clock.today())
        )
    assert away.id != patronage.id
    first = make_meeting(people)
    item = db.session.scalars(select(Item).where(Item.meeting_id == first)).one()
    assert (item.kind, item.patronage_id, item.reason) == ("remove", patronage.id, "consent_withdrawn")
    second = make_meeting(people)
    assert db.session.scalar(select(func.count()).where(Item.meeting_id == second)) == 0
    actions.cancel_meeting(first, people.chair.id)
    actions.convene(second, people.chair.id)
    assert db.session.scalars(select(Item.patronage_id).where(Item.meeting_id == second)).all() == [
        patronage.id
    ]


def test_every_change_is_recorded_and_grows_the_version(app: Flask) -> None:
    people = make_people()
    meeting_id = make_meeting(people)
    seen = [0]
    propose(people, meeting_id, make_submitted())
    for action in (actions.convene, actions.open_meeting, actions.close_meeting):
        action(meeting_id, people.chair.id)
        version = db.session.get_one(Meeting, meeting_id).version
        assert version > seen[-1]
        seen.append(version)
    events = list(db.session.scalars(select(AuditEntry.event).order_by(AuditEntry.id)))
    assert events[-5:] == [
        *("meeting.created", "item.added", "meeting.convened", "meeting.opened", "meeting.closed")
    ]


def test_opening_on_another_day_is_asked_about_first(app: Flask) -> None:
    people = make_people()
    meeting_id = make_meeting(people, 2)
    propose(people, meeting_id, make_submitted())
    actions.convene(meeting_id, people.chair.id)
    chair, asked = Client(app, people.chair), "//form[contains(@hx-confirm, 'Открыть его сегодня?')]"
    chair.get(f"/consilium/meetings/{meeting_id}")
    assert chair.page.xpath(asked)
    actions.change_meeting(meeting_id, clock.today(), time(10), "зал", "", people.secretary.id)
    chair.get(f"/consilium/meetings/{meeting_id}")
    assert "Открыть заседание" in chair.text and not chair.page.xpath(asked)


def test_the_day_of_a_meeting_is_the_day_it_was_opened(app: Flask) -> None:
    """Whenever it was to be: its papers name that day, and in another year it has a number of that year."""
    people, today = make_people(), clock.today()
    plans = [make_meeting(people, 2), make_meeting(people, 400)]
    for meeting_id, surname in zip(plans, ("Соколова", "Орлова"), strict=True):
        propose(people, meeting_id, make_submitted(surname))
        open_with(people, meeting_id)
        actions.close_meeting(meeting_id, people.chair.id)
    numbers = [db.session.get_one(Meeting, one, populate_existing=True) for one in plans]
    assert [(one.held_on, one.year) for one in numbers] == [(today, today.year)] * 2
    assert sorted(one.number for one in numbers) == [1, 2]
    opened = select(AuditEntry.data).where(AuditEntry.event == "meeting.opened").order_by(AuditEntry.id)
    data = json.loads(db.session.scalars(opened).first())
    assert data["old"]["held_on"] == (today + timedelta(2)).isoformat()
    assert data["new"]["held_on"] == today.isoformat()
    secretary = Client(app, people.secretary)
    secretary.get(f"/consilium/meetings/{plans[1]}/minutes")
    assert f"{today:%d.%m.%Y}" in secretary.text
    assert f"{today + timedelta(400):%d.%m.%Y}" not in secretary.text


def test_the_open_meeting_shows_the_chair_one_next_step(app: Flask) -> None:
    """Without a quorum what to do; with it the first item's button stands out, the others do not."""
    people = make_people()
    meeting_id = make_meeting(people)
    for surname in ("Соколова", "Орлова"):
        propose(people, meeting_id, make_submitted(surname))
    open_with(people, meeting_id, present=[])
    chair, buttons = Client(app, people.chair), "//form[contains(@action, '/open-voting')]/button"
    chair.get(f"/consilium/meetings/{meeting_id}")
    assert "Пока нет кворума" in chair.text and not chair.page.xpath(buttons)
    for user in people.voters:
        actions.mark_presence(meeting_id, user.id, "present", people.secretary.id)
    chair.get(f"/consilium/meetings/{meeting_id}")
    assert [" p" in button.get("class") for button in chair.page.xpath(buttons)] == [True, False]
