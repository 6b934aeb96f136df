"""Norms by date, exemptions, a family's year, the month in numbers."""

from datetime import time, timedelta

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from portal import clock
from portal.audit import AuditEntry
from portal.contacts import standing
from portal.contacts.models import Contact
from portal.db import db, technical
from portal.norms import actions, judged, queries, summary
from portal.norms.models import Exemption, NormsRow
from portal.patronage.models import Patronage
from portal.rules import RuleBroken
from portal.rules.norms import BY_LAW, Norm, Unit, period_of
from tests.client import Client
from tests.counting import counted
from tests.factories import make_family, make_patronage, make_user

DAY = timedelta(1)
STRICTER = {"emergency": Norm(3, Unit.WEEK), "planned": Norm(2, Unit.MONTH), "control": Norm(0, Unit.QUARTER)}


@pytest.fixture
def admin(app):
    return make_user("admin")


@pytest.fixture
def head(app):
    return make_user("head")


def done(patronage, user, day, kind="visit", at=12):
    with technical() as s:
        s.add(
            Contact(
                patronage_id=patronage.id, user_id=user.id, kind=kind, state="done", day=day, minutes=60,
                starts_at=time(at), reason="отъезд" if kind == "call" else "", created_by_id=user.id,
                created_at=clock.now(), closed_at=clock.now(),
            )
        )  # fmt: skip


def due_of(patronage):
    db.session.rollback()
    return db.session.get_one(Patronage, patronage.id).next_contact_on


def long_ago(regime="planned", **fields):
    return make_patronage(make_family(), regime=regime, enrolled_on=clock.today() - timedelta(400), **fields)


def test_norms_follow_each_other_by_date(admin):
    later = clock.today() + timedelta(30)
    actions.set_norms(admin.id, later, STRICTER, "приказ № 5")
    db.session.rollback()
    law, new = queries.versions()
    assert law == BY_LAW
    assert (new.starts_on, new.norms) == (
        later,
        {"emergency": Norm(3, Unit.WEEK), "planned": Norm(2, Unit.MONTH)},
    )


def test_norms_of_the_same_day_are_replaced(admin):
    first = actions.set_norms(admin.id, clock.today(), STRICTER, "приказ № 5")
    second = actions.set_norms(admin.id, clock.today(), dict(BY_LAW.norms), "приказ № 5, исправлено")
    assert first == second
    assert db.session.scalars(select(NormsRow)).one().basis == "приказ № 5, исправлено"


def test_new_norms_say_anew_by_when_families_must_be_met(admin):
    today = clock.today()
    control, planned = long_ago("control"), long_ago("planned")
    with technical() as s:
        standing.refresh(s, s.get_one(Patronage, control.id))
        standing.refresh(s, s.get_one(Patronage, planned.id))
    assert due_of(control) == period_of(Unit.QUARTER, today)[1]
    actions.set_norms(admin.id, today - timedelta(300), STRICTER, "приказ")
    assert due_of(control) is None
    assert due_of(planned) == period_of(Unit.MONTH, today)[1]
    weekly = dict(BY_LAW.norms) | {"planned": Norm(1, Unit.WEEK)}
    actions.set_norms(admin.id, today - timedelta(300), weekly, "приказ")
    assert due_of(planned) == period_of(Unit.WEEK, today)[1]


def test_only_norms_to_come_are_taken_back(admin):
    later = actions.set_norms(admin.id, clock.today() + DAY, STRICTER, "приказ")
    actions.take_back_norms(later, admin.id)
    db.session.rollback()
    assert queries.versions() == (BY_LAW,)
    now = actions.set_norms(admin.id, clock.today(), STRICTER, "приказ")
    with pytest.raises(RuleBroken) as broken:
        actions.take_back_norms(now, admin.id)
    assert broken.value.code == "in_force"


def test_the_database_refuses_norms_nobody_can_mean(admin):
    values = {"starts_on": clock.today(), "basis": "", "made_by_id": admin.id, "made_at": clock.now()}
    values |= {f"{name}_unit": "week" for name in STRICTER} | {f"{name}_count": 1 for name in STRICTER}
    for wrong in ({"planned_count": 15}, {"control_count": -1}, {"emergency_unit": "year"}):
        with pytest.raises(IntegrityError), technical() as s:
            s.execute(insert(NormsRow).values(**(values | wrong)))


def test_an_exempt_family_owes_nothing(head):
    patronage, today = long_ago("emergency"), clock.today()
    actions.exempt(patronage.id, head.id, today, today + timedelta(60), "санаторий")
    assert due_of(patronage) > today + timedelta(60)
    row = db.session.scalars(select(Exemption)).one()
    assert (row.approved_by_id, row.reason) == (head.id, "санаторий")
    assert not any("санаторий" in entry.data for entry in db.session.scalars(select(AuditEntry)))
    actions.end_exemption(row.id, head.id, today)
    assert due_of(patronage) <= period_of(Unit.WEEK, today)[1] + timedelta(7)


def test_exemptions_are_refused_in_words(head):
    patronage, today = long_ago(), clock.today()
    for first, last, code in (
        (today, today - DAY, "wrong_order"),
        (today, today + timedelta(400), "too_long"),
        (today - timedelta(500), today - timedelta(450), "before_enrollment"),
    ):
        with pytest.raises(RuleBroken) as broken:
            actions.exempt(patronage.id, head.id, first, last, "отъезд")
        assert broken.value.code == code
    assert db.session.scalars(select(Exemption)).all() == []


def test_the_database_refuses_an_exemption_in_the_wrong_order(head):
    patronage = long_ago()
    values = {"patronage_id": patronage.id, "approved_by_id": head.id, "approved_at": clock.now()}
    today = clock.today()
    for wrong in (
        {"starts_on": today, "ends_on": today - DAY, "reason": "отъезд"},
        {"starts_on": today, "ends_on": today, "reason": ""},
    ):
        with pytest.raises(IntegrityError), technical() as s:
            s.execute(insert(Exemption).values(**(values | wrong)))


def test_the_year_of_a_family_counts_calls_apart(head):
    patronage, today = long_ago(), clock.today()
    first = period_of(Unit.MONTH, today)[0]
    last_month = first - DAY
    done(patronage, head, last_month)
    done(patronage, head, last_month, "call", 14)
    db.session.rollback()
    running, before, *earlier = judged.standing_of(patronage.family_id).periods
    assert (running.period.first, running.visits, running.calls) == (first, 0, 0)
    assert (before.visits, before.calls, before.period.owed) == (1, 1, 1)
    assert str(before.period.standing(today)) == "met"
    assert {str(one.period.standing(today)) for one in earlier[:-1]} == {"missed"}
    assert len(earlier) in (11, 12)


def test_the_month_in_numbers(head):
    """Last month: one led family met twice, one not at all; both by the norm of one a month."""
    lead, other = make_user("specialist"), make_user("pedagogue")
    day = period_of(Unit.MONTH, clock.today())[0] - DAY
    met, missed = long_ago(lead=lead), long_ago(lead=lead)
    make_patronage(lead=other, regime="planned", enrolled_on=clock.today())
    done(met, other, day)
    done(met, lead, day, "call", 15)
    db.session.rollback()
    found = summary.summary(day)
    assert (found.all.owed, found.all.met, found.all.percent) == (2, 1, 50)
    lines = {line.user_id: line.tally for line in found.specialists}
    assert (lines[lead.id].owed, lines[lead.id].met, lines[lead.id].missed) == (2, 1, {missed.id})
    assert (lines[lead.id].visits, lines[lead.id].calls) == (0, 1)
    assert (lines[other.id].owed, lines[other.id].visits, lines[other.id].percent) == (0, 1, None)
    assert [(name, tally.met) for name, tally in found.departments] == [("отделение", 1)]


def test_the_month_counts_for_whoever_led_when_the_period_ended(head):
    from portal.patronage.models import Assignment

    today = clock.today()
    last = period_of(Unit.MONTH, today)[0] - DAY
    before, after = make_user("specialist"), make_user("specialist")
    patronage = long_ago(lead=before)
    with technical() as s:
        old = s.scalars(select(Assignment)).one()
        old.ends_on = last - timedelta(3)
        s.flush()
        s.add(
            Assignment(
                patronage_id=patronage.id, user_id=after.id, kind="lead", starts_on=last - timedelta(3)
            )
        )
    db.session.rollback()
    assert [line.user_id for line in summary.summary(last).specialists] == [after.id]


def test_queries_of_the_summary_do_not_grow(app, head):
    def size():
        db.session.rollback()
        with counted() as sent:
            summary.summary(clock.today())
        return len(sent)

    long_ago(lead=make_user("specialist"))
    before = size()
    for _ in range(12):
        done(long_ago(lead=make_user("specialist")), head, clock.today())
    assert size() == before


def test_pages(app, admin, head):
    lead = make_user("specialist")
    patronage = long_ago(lead=lead)
    settings = Client(app, admin)
    settings.get("/settings/norms")
    typed = {f"{name}_count": "2" for name in STRICTER} | {f"{name}_unit": "month" for name in STRICTER}
    settings.post("/settings/norms", 422, starts_on="2026-02-30", basis="приказ № 7", **typed)
    assert "приказ № 7" in settings.last.text
    settings.post("/settings/norms", 422, starts_on="1900-01-01", basis="приказ № 7", **typed)
    settings.post("/settings/norms", starts_on="2026-01-01", basis="приказ № 7", **typed)
    assert "приказ № 7" in settings.get("/settings/norms").text
    own = Client(app, lead)
    own.get(f"/families/{patronage.family_id}/norms")
    own.get(f"/families/{patronage.family_id}/exemptions/new", 403)
    Client(app, make_user("specialist")).get(f"/families/{patronage.family_id}/norms", 404)
    boss = Client(app, head)
    url = f"/families/{patronage.family_id}/exemptions/new"
    boss.get(url)
    boss.post(url, 422, first="2026-01-05", last="2026-01-01", reason="отъезд в деревню")
    assert "отъезд в деревню" in boss.last.text
    today = clock.today()
    boss.post(url, first=str(today), last=str(today + 5 * DAY), reason="отъезд в деревню")
    assert "отъезд в деревню" in own.get(f"/families/{patronage.family_id}/norms").text
    row = db.session.scalars(select(Exemption)).one()
    boss.get(f"/exemptions/{row.id}/end")
    boss.post(f"/exemptions/{row.id}/end", 422, last=str(today + 9 * DAY))
    boss.post(f"/exemptions/{row.id}/end", last=str(today))
    boss.get("/contacts/norms/summary")
    for month in ("2026-13", "0001-01", "9999-12", "x"):
        boss.get(f"/contacts/norms/summary?month={month}")
    boss.get("/families/999/norms", 404)


def test_a_year_of_weeks(app, head):
    lead = make_user("specialist")
    patronage = long_ago(lead=lead)
    done(patronage, lead, clock.today() - timedelta(200))
    client = Client(app, head)
    client.get("/contacts/norms?weeks=53")
    cells = client.page.xpath("//table[contains(@class, 'year')]/tbody/tr/td")
    assert len(cells) == 53
    signs = {"1✓", "0!", "0…"}
    if period_of(Unit.WEEK, clock.today())[0].month != clock.today().month:
        signs.remove("0…")  # the running week shows the month that was missed in it
    assert signs <= {cell.text_content() for cell in cells}
    assert client.page.xpath("//table[contains(@class, 'year')]//a/@href") == [
        f"/families/{patronage.family_id}/norms"
    ]
    done(patronage, lead, clock.today() - timedelta(120))
    away = clock.today() - timedelta(300)
    actions.exempt(patronage.id, head.id, away, away + DAY, "отъезд")
    client.get("/contacts/norms?weeks=53")
    again = client.page.xpath("//table[contains(@class, 'year')]/tbody/tr/td")
    assert [cell.text_content() for cell in again] != [cell.text_content() for cell in cells]
    client.get("/contacts/norms?weeks=53", htmx=True)
