"""Which families a user sees, and which they may change."""

from datetime import date, time, timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from portal import clock
from portal.consilium.models import Item, Meeting, RollSeat
from portal.db import db, technical
from portal.families.queries import families_for, get_family, get_worked_with
from portal.patronage.models import Assignment, Patronage
from tests.factories import make_assignment, make_family, make_patronage, make_user


def seen(user) -> set[int]:
    return set(db.session.scalars(families_for(user)))


def on_agenda(patronage: Patronage, meeting: str, item: str = "waiting", kind: str = "remove") -> None:
    author = make_user("secretary")
    with technical() as s:
        row = Meeting(
            number=author.id, year=2026, held_on=date(2026, 11, 20), starts_at=time(10), status=meeting,
            created_by_id=author.id,
        )  # fmt: skip
        s.add(row)
        s.flush()
        s.add(Item(meeting_id=row.id, position=1, kind=kind, patronage_id=patronage.id, status=item))


def seat(user) -> None:
    with technical() as s:
        s.add(RollSeat(user_id=user.id, seat="member", from_on=date(2026, 1, 1)))


def test_the_head_sees_all(app: Flask):
    families = {make_family().id, make_patronage().family_id, make_patronage(status="removed").family_id}
    assert seen(make_user("head")) == families


@pytest.mark.parametrize("role", ["admin", "staff", "auditor"])
def test_others_see_none(app: Flask, role):
    make_patronage(status="submitted")
    assert seen(make_user(role)) == set()


@pytest.mark.parametrize("role", ["specialist", "pedagogue"])
def test_a_specialist_sees_the_families_assigned_to_them(app: Flask, role):
    me, other = make_user(role), make_user("specialist")
    mine, involved = make_patronage(lead=me), make_patronage(lead=other)
    make_assignment(involved, me, kind="involved")
    make_patronage(lead=other)
    assert seen(me) == {mine.family_id, involved.family_id}


def test_an_ended_assignment_and_an_older_episode_show_nothing(app: Flask):
    me, day = make_user("specialist"), clock.today() - timedelta(3)
    ended, old = make_patronage(lead=me), make_patronage(lead=me)
    with technical() as s:
        s.execute(update(Assignment).where(Assignment.patronage_id == ended.id).values(ends_on=day))
        s.execute(
            update(Patronage)
            .where(Patronage.id == old.id)
            .values(latest=False, status="removed", removed_on=day)
        )
    make_patronage(db.session.merge(make_family()), status="identified")
    assert seen(me) == set()


@pytest.mark.parametrize(
    ("status", "sees"),
    [("identified", True), ("consented", True), ("submitted", True), ("declined", True), ("enrolled", False)],
)
def test_who_took_a_family_in_sees_it_until_it_is_enrolled(app: Flask, status, sees):
    me = make_user("specialist")
    make_patronage(make_family(created_by_id=me.id), status=status)
    assert bool(seen(me)) is sees


@pytest.mark.parametrize("role", ["chair", "secretary"])
def test_chair_and_secretary_see_what_waits_for_the_consilium(app: Flask, role):
    waiting, planned, past = make_patronage(status="submitted"), make_patronage(), make_patronage()
    make_patronage(status="consented")
    on_agenda(planned, "draft")
    on_agenda(past, "closed", "carried")
    assert seen(make_user(role)) == {waiting.family_id, planned.family_id}


def test_a_member_sees_the_agenda_of_a_convened_meeting(app: Flask):
    member, stranger = make_user("member"), make_user("member")
    seat(member)
    make_patronage(status="submitted")
    rows = {status: make_patronage() for status in ("draft", "convened", "open", "closed", "cancelled")}
    for status, patronage in rows.items():
        on_agenda(patronage, status)
    taken_off = make_patronage()
    on_agenda(taken_off, "open", "withdrawn")
    assert seen(member) == {rows["convened"].family_id, rows["open"].family_id}
    assert seen(stranger) == set()


def test_roles_add_up_but_the_agenda_only_lets_read(app: Flask):
    both = make_user("specialist", "member")
    seat(both)
    mine, agenda = make_patronage(lead=both), make_patronage()
    on_agenda(agenda, "open")
    assert seen(both) == {mine.family_id, agenda.family_id}
    assert get_family(both, agenda.family_id) is not None
    assert get_worked_with(both, agenda.family_id) is None
    assert get_worked_with(both, mine.family_id) is not None


def test_beyond_reach_there_is_none(app: Flask):
    assert get_family(make_user("specialist"), make_patronage().family_id) is None
    assert get_family(make_user("head"), 999_999) is None
