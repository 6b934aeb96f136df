"""Deputies on a real database: reach before, during and after; contacts that change hands; what is refused."""

from datetime import time, timedelta
from itertools import count

import pytest
import time_machine
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from portal import check, clock
from portal.access import Role
from portal.accounts.models import Visitor
from portal.alerts import actions as alerts
from portal.alerts.queries import tasks
from portal.contacts import actions as contacts
from portal.contacts import grid
from portal.contacts.models import Contact
from portal.contacts.queries import week, workers
from portal.db import db, technical
from portal.deputies import actions, queries
from portal.deputies.models import Deputy
from portal.families.queries import families_for, get_worked_with
from portal.journal import actions as journal
from portal.journal import checking
from portal.rules.weekly_limit import week_of
from tests.factories import make_assignment, make_family, make_patronage, make_user
from tests.journal.rows import entry_of, found
from tests.refusals import refuses

_hours = count(8)


@pytest.fixture
def head(app):
    return make_user("head")


@pytest.fixture
def away(app):
    return make_user("specialist", last_name="Сидорова")


@pytest.fixture
def deputy(app):
    return make_user("pedagogue", last_name="Громова", position="социальный педагог")


@pytest.fixture
def patronage(away):
    return make_patronage(make_family("Лесникова"), lead=away)


def day(offset=0):
    return clock.today() + timedelta(offset)


def name(away, deputy, maker, first=0, last=5, **fields):
    values = {"starts_on": day(first), "ends_on": day(last), "reason": "leave"} | fields
    return actions.name_deputy(away.id, deputy.id, maker.id, **values)


def row_id() -> int:
    return db.session.scalars(select(Deputy.id).order_by(Deputy.id.desc())).first()


def visitor(user) -> Visitor:
    """The user as a request would find them today; tests of pages ask the request itself."""
    ids = frozenset(queries.stands_in_for(user.id, clock.today()))
    names = ("id", "username", "last_name", "first_name", "middle_name", "position", "department")
    parts = [getattr(user, one) for one in names]
    return Visitor(*parts, "ru", "auto", frozenset(user.roles), ids)


def seen(user) -> set[int]:
    db.session.rollback()
    return set(db.session.scalars(families_for(visitor(user))))


def plan(patronage, user, offset, hour=None) -> int:
    return contacts.plan_contact(
        patronage.id, user.id, user.id, kind="visit", day=day(offset),
        starts_at=time(hour or next(_hours) % 12 + 8), minutes=30,
    )  # fmt: skip


def test_families_go_to_the_deputy_and_come_back_by_themselves(away, deputy, head, patronage):
    taken_in = make_patronage(make_family(created_by_id=away.id), "consented")
    stranger = make_patronage(lead=make_user("specialist"))
    name(away, deputy, head, first=1, last=3)
    start = clock.now().timestamp()
    for offset, families in ((0, set()), (1, "all"), (3, "all"), (4, set())):
        with time_machine.travel(start + offset * 86400):
            expected = {patronage.family_id, taken_in.family_id} if families else set()
            assert seen(deputy) == expected, offset
            assert bool(get_worked_with(visitor(deputy), patronage.family_id)) is bool(expected)
            assert patronage.family_id in seen(away)
            assert stranger.family_id not in seen(deputy)


def test_who_stands_in_for_whom_on_a_day(away, deputy, head, patronage):
    name(away, deputy, head, first=0, last=2)
    assert queries.stands_in_for(deputy.id, day(0)) == {away.id} == queries.stands_in_for(deputy.id, day(2))
    assert queries.stands_in_for(deputy.id, day(3)) == set() == queries.stands_in_for(away.id, day(0))
    with time_machine.travel(clock.now().timestamp() + 86400):
        actions.end_deputy(row_id(), head.id)
        assert queries.stands_in_for(deputy.id, day(0)) == set()
        assert queries.stands_in_for(deputy.id, day(-1)) == {away.id}  # on that day they did
    assert not {"deputies", "R12"} & {fault["rule"] for fault in check.broken_rules()}


def test_whoever_was_given_two_sees_both(away, deputy, head, patronage):
    second = make_user("specialist")
    other = make_patronage(lead=second)
    name(away, deputy, head)
    name(second, deputy, head)
    assert seen(deputy) == {patronage.family_id, other.family_id}
    assert queries.stands_in_for(deputy.id, day()) == {away.id, second.id}


def test_planned_contacts_change_hands_but_those_that_clash(away, deputy, head, patronage):
    own = make_patronage(lead=deputy)
    clash, free = plan(patronage, away, 1, 10), plan(patronage, away, 2, 10)
    left, later = plan(patronage, away, 2, 14), plan(patronage, away, 9, 10)
    plan(own, deputy, 1, 10)
    done = name(away, deputy, head, contacts=[clash, free, later, 999])
    assert done == (1, 1)
    db.session.rollback()
    users = {one.id: one.user_id for one in db.session.scalars(select(Contact))}
    assert users[free] == deputy.id
    assert {users[one] for one in (clash, left, later)} == {away.id}
    assert "deputies" not in {fault["rule"] for fault in check.broken_rules()}


def test_ended_early_all_goes_back(away, deputy, head, patronage):
    own, shared = make_patronage(lead=deputy), make_patronage(lead=away)
    make_assignment(shared, deputy, "involved")
    handed = plan(patronage, away, 2, 10)
    name(away, deputy, head, contacts=[handed])
    planned = plan(patronage, deputy, 3, 9)
    mine, both = plan(own, deputy, 3, 12), plan(shared, deputy, 3, 14)
    assert actions.end_deputy(row_id(), head.id) == (2, 0)
    db.session.rollback()
    users = {one.id: one.user_id for one in db.session.scalars(select(Contact))}
    assert {users[handed], users[planned]} == {away.id}
    assert {users[mine], users[both]} == {deputy.id}
    assert seen(deputy) == {own.family_id, shared.family_id}
    with refuses("is_over"):
        actions.end_deputy(row_id(), head.id)
    name(away, deputy, head)  # again, for the rest of the days


def test_the_deputy_goes_to_the_family_on_these_days_only(away, deputy, head, patronage):
    name(away, deputy, head, first=0, last=3)
    plan(patronage, deputy, 3)
    with refuses("not_assigned"):
        plan(patronage, deputy, 4)
    with refuses("not_assigned"):
        plan(patronage, make_user("specialist"), 0)
    found = {one.id: one.instead_of for one in workers(patronage.id)}
    assert found == {away.id: "", deputy.id: away.short_name}


def test_whoever_went_instead_signs_it_and_does_not_check_it(away, head, patronage):
    """R13: what a head did for who is away is their own entry; of a day before the leave it is not."""
    deputy = make_user("head", "specialist", position="социальный педагог")
    today, tomorrow = plan(patronage, away, 0, 9), plan(patronage, away, 1, 9)
    name(away, deputy, head, first=1)
    finish(today, deputy, 0)
    assert db.session.get_one(Contact, today).user_id == away.id
    with time_machine.travel(clock.now().timestamp() + 86400):
        finish(tomorrow, deputy, 0)
        assert db.session.get_one(Contact, tomorrow).user_id == deputy.id
        failed = plan(patronage, away, 0, 15)
        contacts.fail_contact(failed, deputy.id, "not_at_home", "")
        assert db.session.get_one(Contact, failed).user_id == deputy.id
        entry_id = submitted_of(tomorrow, deputy)
        revision = found(entry_id).revision
        with refuses("own_entry"):
            checking.check_entry(entry_id, deputy.id, revision)
        checking.check_entry(entry_id, head.id, revision)


def finish(contact_id, user, offset):
    contacts.finish_contact(contact_id, user.id, day=day(offset), starts_at=time(9), minutes=30)


def submitted_of(contact_id, worker) -> int:
    entry = entry_of(contact_id)
    assert entry.worker_id == worker.id
    journal.sign_entry(entry.id, worker.id, 1, how="refused", refusal="не захотели")
    journal.submit_entry(entry.id, worker.id)
    return entry.id


def test_the_week_shows_what_the_colleague_has_planned(away, deputy, head, patronage):
    name(away, deputy, head, first=0, last=0)
    today, tomorrow = plan(patronage, away, 0, 22), plan(patronage, away, 1)
    shown = {
        row.id
        for offset in (0, 7)
        for _day, rows in week(visitor(deputy), week_of(day(offset)), deputy.id)["days"]
        for row in rows
    }
    assert shown == {today} and tomorrow


def test_the_norms_of_a_specialist_are_those_of_whom_they_stand_in_for(away, deputy, head, patronage):
    wanted = grid.Wanted(specialist=deputy.id)
    assert grid.grid_page(head, wanted).lines == ()
    name(away, deputy, head)
    assert [line.family_id for line in grid.grid_page(head, wanted).lines] == [patronage.family_id]
    assert grid.counts(visitor(deputy)).all == 1


def test_tasks_go_to_the_deputy_and_come_back(away, deputy, head, patronage):
    alert_id = alerts.tell_head(patronage.id, away.id, kind="refusal", text="Не открыли")
    name(away, deputy, head, first=0, last=1)
    alerts.decide(alert_id, head.id, decision="visit", answer="Сходите", assignee_id=away.id, due_on=day(1))
    assert (
        [row.id for row in tasks(visitor(deputy), 9)]
        == [alert_id]
        == [row.id for row in tasks(visitor(away), 9)]
    )
    other = alerts.tell_head(patronage.id, away.id, kind="refusal", text="Опять")
    alerts.decide(
        other, head.id, decision="visit", answer="Сходите", assignee_id=deputy.id, due_on=day(1)
    )  # who stands in may be sent themselves
    with time_machine.travel(clock.now().timestamp() + 2 * 86400):
        assert [row.id for row in tasks(visitor(deputy), 9)] == [other]


def test_what_is_refused(away, deputy, head, patronage):
    psychologist = make_user("specialist", position="педагог-психолог")
    clerk, gone = make_user("staff"), make_user("specialist", dismissed_on=day())
    for colleague, code in (
        (away, "themselves"), (psychologist, "lead_profession"), (clerk, "not_a_specialist"),
        (gone, "colleague_dismissed"),
    ):  # fmt: skip
        with refuses(code):
            name(away, colleague, head)
    for first, last, code in ((-1, 2, "past_start"), (3, 2, "wrong_order"), (0, 400, "too_long")):
        with refuses(code):
            name(away, deputy, head, first, last)
    with refuses("nothing_to_take_over"):
        name(clerk, deputy, head)
    with refuses("no_colleague"):
        actions.name_deputy(999_999, deputy.id, head.id, starts_on=day(), ends_on=day(), reason="leave")
    name(away, deputy, head, 2, 6)
    with refuses("overlap"):
        name(away, make_user("specialist"), head, 6, 9)
    third = make_user("specialist")
    with refuses("deputy_away"):
        name(third, away, head, 0, 2)
    with refuses("stands_in"):
        name(deputy, third, head, 5, 9)
    name(deputy, third, head, 7, 9)


def test_a_heads_deputy_is_named_by_that_head_or_the_admin(away, deputy, head):
    admin, second = make_user("admin"), make_user("head")
    for maker, person, code in (
        (second, head, "admin_names"), (admin, away, "head_names"), (deputy, away, "head_names"),
    ):  # fmt: skip
        with refuses(code):
            name(person, deputy, maker)
    name(head, deputy, head, 0, 1)
    name(head, deputy, admin, 2, 3)
    name(away, make_user("specialist"), deputy)  # who stands in for the head names deputies of specialists
    with refuses("admin_names"):
        name(second, deputy, deputy, 5, 6)
    with refuses("not_a_specialist"):
        name(second, admin, admin)
    assert Role.HEAD not in deputy.roles


@pytest.mark.parametrize(
    ("first", "last", "people", "constraint"),
    [
        (2, 4, ("away", "other"), "tr_deputies_overlap|one deputy at a time"),
        (5, 9, ("other", "away"), "tr_deputies_chain|no deputy of a deputy"),
        (0, 2, ("deputy", "other"), "tr_deputies_chain|no deputy of a deputy"),
        (9, 9, ("away", "away"), "another"),
        (9, 8, ("other", "deputy"), "order"),
    ],
)
def test_the_database_refuses_it_too(away, deputy, head, patronage, first, last, people, constraint):
    name(away, deputy, head, 2, 6)
    ids = {"away": away.id, "deputy": deputy.id, "other": make_user("specialist").id}
    values = {"user_id": ids[people[0]], "deputy_id": ids[people[1]], "reason": "leave"}
    values |= {"starts_on": day(first), "ends_on": day(last), "made_by_id": head.id, "made_at": clock.now()}
    with pytest.raises(IntegrityError, match=constraint), technical() as s:
        s.execute(insert(Deputy).values(values))
