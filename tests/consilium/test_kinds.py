"""Each kind of item: carried, rejected, refused where it fits no more; done with the decision or not at all."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from portal import clock
from portal.audit import AuditEntry
from portal.check import broken_rules
from portal.consilium import agenda, decisions
from portal.consilium.models import Decision, Item
from portal.contacts import standing
from portal.contacts.models import Suspension
from portal.db import db, technical
from portal.families.models import Consent
from portal.patronage import regimes
from portal.patronage.models import Emergency, Patronage, RegimeChange
from tests.consilium.rows import (
    People,
    make_meeting,
    make_people,
    make_submitted,
    open_with,
    propose,
    vote_all,
)
from tests.factories import make_analysis, make_patronage
from tests.refusals import refuses

SOON, LATER = 20, 200  # days


def on_patronage(people: People, **fields: Any) -> Patronage:
    """A family on patronage that came with a register, led by the lead."""
    return make_patronage(lead=people.lead, imported=True, **fields)


def _short(people: People) -> Patronage:
    return on_patronage(people, term="short", ends_on=clock.today() + timedelta(SOON))


def _emergency(people: People) -> Patronage:
    found = on_patronage(people)
    regimes.start_emergency(found.id, "побои", people.head.id)
    return found


def _worked(people: People) -> Patronage:
    found = on_patronage(people)
    make_analysis(found, people.lead)
    return found


def _later() -> Any:
    return clock.today() + timedelta(LATER)


# of each kind: the family, what is proposed, what the patronage is when carried, and when rejected
CASES: dict[
    str, tuple[Callable[[People], Any], Callable[[], dict[str, Any]], dict[str, Any], dict[str, Any]]
] = {
    "refuse": (lambda p: make_submitted(), dict, {"status": "refused"}, {"status": "submitted"}),
    "remove": (
        _worked,
        lambda: {"reason": "moved"},
        {"status": "removed", "removal_reason": "moved"},
        {"status": "enrolled"},
    ),
    "regime": (on_patronage, lambda: {"regime": "control"}, {"regime": "control"}, {"regime": "planned"}),
    "term": (
        on_patronage,
        lambda: {"term": "short", "ends_on": _later()},
        {"term": "short"},
        {"term": "long", "ends_on": None},
    ),
    "extend": (_short, lambda: {"ends_on": _later()}, {"term": "short"}, {"term": "short"}),
    "ratify": (_emergency, dict, {"regime": "emergency"}, {"regime": "planned"}),
    "transfer": (
        _worked,
        lambda: {"place": "Центр «Исток»"},
        {"status": "removed", "removal_reason": "handed_over"},
        {"status": "enrolled", "removal_reason": None},
    ),
    "question": (lambda p: None, lambda: {"question": "План работы на год"}, {}, {}),
}


def put_to_vote(
    people: People, kind: str, family: Patronage | None, proposal: dict[str, Any], choice: str
) -> int:
    """Put on an agenda, voted by all; the item's id."""
    meeting_id = make_meeting(people)
    item_id = db.session.scalar(select(Item.id).where(Item.meeting_id == meeting_id))
    if item_id is None:
        one = family and family.id
        item_id = agenda.add_item(meeting_id, kind, one, actor_id=people.secretary.id, **proposal)
    else:  # it came by itself
        agenda.change_item(item_id, people.secretary.id, note="", **proposal)
    open_with(people, meeting_id)
    decisions.open_voting(item_id, people.chair.id)
    vote_all(people, item_id, *[choice] * 4)
    return item_id


def voted(
    people: People, kind: str, family: Patronage | None, proposal: dict[str, Any], choice: str
) -> Decision:
    """The same, and closed."""
    return decisions.close_item(put_to_vote(people, kind, family, proposal, choice), people.chair.id)


@pytest.mark.parametrize("choice", ["for", "against"])
@pytest.mark.parametrize("kind", CASES)
def test_what_is_decided_is_done(app: Flask, kind: str, choice: str) -> None:
    people = make_people()
    make, proposal, carried, rejected = CASES[kind]
    family = make(people)
    decision = voted(people, kind, family, proposal(), choice)
    assert (decision.kind, decision.carried, decision.number) == (kind, choice == "for", 1)
    item = db.session.get_one(Item, decision.item_id)
    assert item.status == ("carried" if choice == "for" else "rejected")
    wanted = carried if choice == "for" else rejected
    if family is not None:
        now = db.session.get_one(Patronage, family.id, populate_existing=True)
        assert {name: getattr(now, name) for name in wanted} == wanted
        if choice == "for" and kind in ("term", "extend"):
            assert now.ends_on == _later()
    assert broken_rules() == []


def test_a_regime_decided_is_kept_as_a_change_from_its_day_on(app: Flask) -> None:
    people = make_people()
    family = on_patronage(people)
    decision = voted(people, "regime", family, {"regime": "emergency"}, "for")
    change = db.session.scalars(select(RegimeChange)).one()
    assert (change.former, change.regime, change.from_on) == ("planned", "emergency", clock.today())
    assert change.decision_id == decision.id
    spans = standing.histories(db.session(), [family.id])[family.id].regimes
    assert [span.regime for span in spans][-1:] == ["emergency"]
    due = db.session.get_one(Patronage, family.id).next_contact_on
    assert due is not None and due <= clock.today() + timedelta(13), "the next contact is due by the new norm"
    told = db.session.scalars(select(AuditEntry.data).where(AuditEntry.event == "item.closed")).one()
    assert '"regime": "emergency"' in told.replace('":"', '": "')


@pytest.mark.parametrize(("choice", "outcome"), [("for", "ratified"), ("against", "ended")])
def test_an_emergency_start_is_ratified_or_ended(app: Flask, choice: str, outcome: str) -> None:
    people = make_people()
    family = _emergency(people)
    voted(people, "ratify", family, {}, choice)
    row = db.session.scalars(select(Emergency)).one()
    assert (row.outcome, row.closed_on) == (outcome, clock.today())
    changes = [
        (one.former, one.regime) for one in db.session.scalars(select(RegimeChange).order_by(RegimeChange.id))
    ]
    back = [("emergency", "planned")] if outcome == "ended" else []
    assert changes == [("planned", "emergency"), *back]


def test_a_removal_ends_an_emergency_start(app: Flask) -> None:
    people = make_people()
    family = _emergency(people)
    make_analysis(family, people.lead)
    meeting_id = make_meeting(people)
    (ratify,) = db.session.scalars(select(Item.id).where(Item.meeting_id == meeting_id))
    agenda.take_off(ratify, people.secretary.id)
    agenda.add_item(meeting_id, "remove", family.id, reason="moved", actor_id=people.secretary.id)
    open_with(people, meeting_id)
    removal = db.session.scalars(select(Item.id).where(Item.status == "waiting")).one()
    decisions.open_voting(removal, people.chair.id)
    vote_all(people, removal, *["for"] * 4)
    decisions.close_item(removal, people.chair.id)
    assert db.session.scalars(select(Emergency.outcome)).one() == "removed"
    assert broken_rules() == []


REFUSED: dict[str, tuple[str, Callable[[People], Any], Callable[[], dict[str, Any]]]] = {
    "same_regime": ("regime", on_patronage, lambda: {"regime": "planned"}),
    "emergency_waits": ("regime", _emergency, lambda: {"regime": "control"}),
    "same_term": ("term", on_patronage, lambda: {"term": "long", "ends_on": None}),
    "term_needs_end": ("term", on_patronage, lambda: {"term": "short", "ends_on": None}),
    "end_not_later": ("extend", _short, lambda: {"ends_on": clock.today() + timedelta(SOON)}),
    "nothing_to_extend": ("extend", on_patronage, lambda: {"ends_on": _later()}),
    "no_emergency": ("ratify", on_patronage, dict),
    "no_analysis": ("transfer", on_patronage, lambda: {"place": "Исток"}),
    "no_place": ("transfer", _worked, lambda: {"place": " "}),
    "no_question": ("question", lambda p: None, lambda: {"question": ""}),
    "no_family": ("regime", lambda p: None, lambda: {"regime": "control"}),
    "wrong_state": ("refuse", on_patronage, dict),
}


@pytest.mark.parametrize("code", REFUSED)
def test_what_does_not_fit_is_not_put_on_an_agenda(app: Flask, code: str) -> None:
    people = make_people()
    kind, make, proposal = REFUSED[code]
    family = make(people)
    with technical() as s:  # nothing comes by itself here
        s.execute(update(Patronage).values(status="suspended"))
    meeting_id = make_meeting(people)
    with technical() as s:
        s.execute(update(Patronage).values(status="enrolled"))
    with refuses(code):
        agenda.add_item(meeting_id, kind, family and family.id, actor_id=people.secretary.id, **proposal())
    assert db.session.scalar(select(func.count()).select_from(Item)) == 0


@pytest.mark.parametrize("kind", ["regime", "term", "extend"])
@pytest.mark.parametrize("choice", ["for", "against"])
def test_a_consent_withdrawn_between_agenda_and_vote_leaves_nothing_decided(
    app: Flask, kind: str, choice: str
) -> None:
    people = make_people()
    make, proposal, _carried, _rejected = CASES[kind]
    family = make(people)
    meeting_id = make_meeting(people)
    item_id = db.session.scalar(select(Item.id)) or agenda.add_item(
        meeting_id, kind, family.id, actor_id=people.secretary.id, **proposal()
    )
    if kind == "extend":
        agenda.change_item(item_id, people.secretary.id, note="", **proposal())
    open_with(people, meeting_id)
    decisions.open_voting(item_id, people.chair.id)
    vote_all(people, item_id, *[choice] * 4)
    with technical() as s:
        s.execute(update(Consent).values(withdrawn_on=clock.today()))
        s.execute(update(Patronage).values(status="suspended"))
        s.add(Suspension(patronage_id=family.id, starts_on=clock.today()))
    with refuses("wrong_state"):
        decisions.close_item(item_id, people.chair.id)
    assert db.session.get_one(Item, item_id).status == "voting"
    assert db.session.scalar(select(func.count()).select_from(Decision)) == 0
    assert db.session.get_one(Patronage, family.id).regime == "planned"


@pytest.mark.parametrize("kind", ["enroll", "refuse"])
@pytest.mark.parametrize("when", ["before the vote", "during it"])
def test_a_family_enrolled_meanwhile_is_neither_enrolled_again_nor_refused(
    app: Flask, kind: str, when: str
) -> None:
    people = make_people()
    family, meeting_id = make_submitted(), make_meeting(people)
    if kind == "enroll":
        item_id = propose(people, meeting_id, family)
    else:
        item_id = agenda.add_item(meeting_id, kind, family.id, actor_id=people.secretary.id)
    open_with(people, meeting_id)
    if when == "during it":
        decisions.open_voting(item_id, people.chair.id)
        vote_all(people, item_id, *["for"] * 4)
    with technical() as s:
        values = {"status": "enrolled", "enrolled_on": clock.today(), "regime": "planned"}
        s.execute(update(Patronage).values(values))
    with refuses("wrong_state"):
        act = decisions.close_item if when == "during it" else decisions.open_voting
        act(item_id, people.chair.id)
    assert db.session.scalar(select(func.count()).select_from(Decision)) == 0
    assert db.session.get_one(Patronage, family.id).status == "enrolled"


def test_a_question_has_no_family(app: Flask) -> None:
    people = make_people()
    first, second = (
        agenda.add_item(make_meeting(people), "question", question=text, actor_id=people.secretary.id)
        for text in ("Отчёт", "План")
    )
    assert first != second, "several questions wait at once"
    agenda.change_item(first, people.secretary.id, question="Отчёт за год", note="")
    assert db.session.get_one(Item, first).question == "Отчёт за год"
