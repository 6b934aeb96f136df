"""A head starts the emergency regime at once; history is judged by the regime of its day."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal import clock
from portal.audit import AuditEntry
from portal.check import broken_rules
from portal.contacts import standing
from portal.db import db, technical
from portal.patronage import regimes
from portal.patronage.models import Emergency, Patronage, RegimeChange
from portal.rules.norms import RegimeSpan
from tests.client import Client
from tests.consilium.test_races import at_once
from tests.counting import counted
from tests.factories import make_family, make_patronage, make_user
from tests.refusals import refuses
from tests.test_check import write


def _family(surname: str = "Соколова", **fields: object) -> Patronage:
    lead = make_user("specialist")
    return make_patronage(make_family(surname), lead=lead, imported=True, **fields)


def test_it_holds_from_today_on_and_the_next_contact_is_due_by_it(app: Flask) -> None:
    head, family = make_user("head"), _family()
    regimes.start_emergency(family.id, "  побои \n", head.id)
    now = db.session.get_one(Patronage, family.id, populate_existing=True)
    row = db.session.scalars(select(Emergency)).one()
    assert (row.former, row.why, row.started_on, row.outcome) == ("planned", "побои", clock.today(), None)
    assert now.regime == "emergency"
    assert now.next_contact_on is not None and now.next_contact_on <= clock.today() + timedelta(13)
    change = db.session.scalars(select(RegimeChange)).one()
    assert (change.former, change.regime, change.emergency_id) == ("planned", "emergency", row.id)
    event = db.session.scalars(select(AuditEntry).where(AuditEntry.kind == "patronages")).one()
    assert event.event == "patronage.emergency_started" and event.actor_id == head.id
    assert broken_rules() == []


@pytest.mark.parametrize("status", ["submitted", "suspended", "removed"])
def test_only_for_families_on_patronage(app: Flask, status: str) -> None:
    """R2: only the consilium enrolls."""
    head, family = make_user("head"), make_patronage(status=status)
    with refuses("wrong_state"):
        regimes.start_emergency(family.id, "побои", head.id)


def test_not_twice_and_not_without_a_reason(app: Flask) -> None:
    head, family = make_user("head"), _family()
    with refuses("why_missing"):
        regimes.start_emergency(family.id, " ", head.id)
    regimes.start_emergency(family.id, "побои", head.id)
    with refuses("already_emergency"):
        regimes.start_emergency(family.id, "побои", head.id)
    with refuses("already_emergency"):
        regimes.start_emergency(_family("Белова", regime="emergency").id, "побои", head.id)


def test_the_database_keeps_one_open_start_a_patronage(app: Flask) -> None:
    """Whatever the regime says: the index has the last word."""
    head, family = make_user("head"), _family()
    regimes.start_emergency(family.id, "побои", head.id)
    with technical() as s:
        s.get_one(Patronage, family.id).regime = "planned"
    with refuses("already_emergency"):
        regimes.start_emergency(family.id, "побои", head.id)
    assert db.session.scalar(select(func.count()).select_from(RegimeChange)) == 1


def test_of_two_heads_at_once_one_starts(app: Flask) -> None:
    heads, family = [make_user("head").id, make_user("head").id], _family().id
    ends = at_once(app, *[lambda one=one: regimes.start_emergency(family, "побои", one) for one in heads])
    assert sorted(ends) == ["already_emergency", "done"]
    assert db.session.scalar(select(func.count()).select_from(Emergency)) == 1


def test_history_is_judged_by_the_regime_of_its_day(app: Flask) -> None:
    """In as many queries as one family takes."""
    today, asked = clock.today(), []
    families = [_family(f"Семья{n}") for n in range(5)]
    for family in families:
        with technical() as s:
            rows = [("planned", "control", 10), ("control", "emergency", 4), ("emergency", "planned", 4)]
            s.add_all(
                RegimeChange(patronage_id=family.id, from_on=today - timedelta(ago), former=old, regime=new)
                for old, new, ago in rows
            )
    with technical() as s:
        for row in s.scalars(select(Patronage)):
            row.imported = False
    standing.histories(db.session(), [families[0].id])  # the norms are remembered
    for ids in ([families[0].id], [one.id for one in families]):
        with counted() as statements:
            found = standing.histories(db.session(), ids)
        asked.append(len(statements))
        enrolled = today - timedelta(20)
        for one in ids:
            assert list(found[one].regimes) == [
                RegimeSpan(enrolled, today - timedelta(11), "planned"),
                RegimeSpan(today - timedelta(10), today - timedelta(5), "control"),
                RegimeSpan(today - timedelta(4), None, "planned"),
            ]
    assert asked[0] == asked[1], asked


def test_the_card_says_that_it_waits(app: Flask) -> None:
    family = _family()
    head, lead = Client(app, make_user("head")), Client(app, make_user("specialist"))
    here = f"/families/{family.family_id}"
    head.get(here)
    assert head.page.xpath(f"//a[@href='{here}/emergency']")
    head.get(f"{here}/emergency")
    assert "Почему нужна срочная помощь" in head.text
    head.post(f"{here}/emergency", status=422, why="")
    head.post(f"{here}/emergency", why="Ребёнок пришёл с синяками")
    head.get(here)
    assert "начал экстренный патронаж" in head.text and "Ребёнок пришёл с синяками" in head.text
    assert not head.page.xpath(f"//a[@href='{here}/emergency']")
    head.get(f"{here}/emergency", status=303)
    lead.get(f"{here}/emergency", status=403)
    head.get(f"{here}/timeline")
    assert "плановый → экстренный" in head.text


SPOILED = {
    "UPDATE patronages SET regime = 'control'": {"R9", "R2"},
    "UPDATE regime_changes SET former = 'control' WHERE former = 'emergency'": {"R9"},
    "UPDATE emergencies SET outcome = NULL, closed_on = NULL": {"R2"},
}


@pytest.mark.parametrize("statement", SPOILED)
def test_check_names_what_was_spoiled(app: Flask, statement: str) -> None:
    head, family = make_user("head"), _family()
    regimes.start_emergency(family.id, "побои", head.id)
    if "control" not in statement or "former" in statement:
        with technical() as s:
            row = s.get_one(Patronage, family.id)
            regimes.close_emergency(s, row, clock.today(), "ended")
            regimes.change_regime(s, row, clock.today(), "planned")
    assert broken_rules() == []
    write(statement)
    assert {fault["rule"] for fault in broken_rules()} == SPOILED[statement]
