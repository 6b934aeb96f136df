"""Two people at the same moment: of what may happen once, one gets it, on both databases."""

from datetime import time, timedelta

import pytest
from sqlalchemy import func, select

from portal import clock
from portal.access import Role
from portal.alerts import actions as alerts
from portal.check import broken_rules
from portal.contacts import actions as contacts
from portal.contacts.models import Contact
from portal.db import db
from portal.deputies import actions as deputies
from portal.deputies.models import Deputy
from portal.diagnosis import actions as diagnoses
from portal.intake.models import Agreement, Survey
from portal.plans import actions as plans
from portal.plans import drafts
from portal.plans.models import Plan
from tests.consilium.test_races import at_once
from tests.factories import make_diagnosis, make_family, make_patronage, make_plan, make_user
from tests.intake import papers

DAY = timedelta(1)


@pytest.fixture
def lead(app):
    return make_user("specialist", position="социальный педагог")


@pytest.fixture
def heads(app):
    return make_user("head").id, make_user("head").id


@pytest.fixture
def patronage(lead):
    return make_patronage(make_family("Лесникова"), lead=lead)


def count(model, *conditions) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model).where(*conditions))


def faults(*rules) -> list[dict[str, str]]:
    db.session.rollback()
    return [one for one in broken_rules() if one["rule"] in rules]


def test_one_specialist_is_planned_for_two_places(app, patronage, lead):
    other, user, day = make_patronage(make_family("Другая"), lead=lead).id, lead.id, clock.today() + DAY
    one = patronage.id

    def visit(patronage_id, starts_at):
        return lambda: contacts.plan_contact(
            patronage_id, user, user, kind="visit", day=day, starts_at=starts_at, minutes=60
        )

    ends = at_once(app, visit(one, time(10)), visit(other, time(10, 30)), visit(one, time(9, 30)))
    assert sorted(ends) in (["done", "overlap", "overlap"], ["done", "done", "overlap"])  # 9:30 and 10:30 fit
    found = sorted(db.session.scalars(select(Contact.starts_at)))
    assert found in ([time(10)], [time(9, 30), time(10, 30)])


def test_a_plan_is_approved_twice_or_begun_twice(app, patronage, lead, heads):
    plan_id = make_plan(patronage, lead, "agreed", revision=3).id
    ends = at_once(app, *(lambda head=head: plans.approve_plan(plan_id, head, 3) for head in heads))
    assert sorted(ends) == ["done", "wrong_state"]
    one = patronage.id
    ends = at_once(app, *(lambda head=head: drafts.start_plan(one, head) for head in heads))
    assert sorted(ends) == ["done", "in_work"] and count(Plan, Plan.state == "draft") == 1


def test_a_diagnosis_is_approved_and_returned(app, patronage, lead, heads):
    one = make_diagnosis(patronage, lead, state="submitted").id
    ends = at_once(
        app,
        lambda: diagnoses.approve_diagnosis(one, heads[0], 1),
        lambda: diagnoses.return_diagnosis(one, "Дополните", heads[1]),
    )
    assert sorted(ends) == ["done", "wrong_state"]


def test_an_alert_is_decided_twice(app, patronage, lead, heads):
    one, user, due = (
        alerts.tell_head(patronage.id, lead.id, kind="refusal", text="Нет"),
        lead.id,
        clock.today(),
    )
    ends = at_once(
        app,
        lambda: alerts.decide(one, heads[0], decision="visit", answer="Идите", assignee_id=user, due_on=due),
        lambda: alerts.decide(one, heads[1], decision="no_visit", answer="Не идите"),
    )
    assert sorted(ends) == ["already_decided", "done"]


def test_a_survey_and_an_agreement_are_written_twice(app, lead):
    family_id = make_patronage(make_family(created_by_id=lead.id), "identified").family_id
    user = lead.id
    papers.enter(family_id, user)
    ends = at_once(app, *[lambda: papers.survey(family_id, user)] * 2)
    assert sorted(ends) == ["changed_meanwhile", "done"] and count(Survey) == 1
    ends = at_once(app, *[lambda: papers.sign(family_id, user)] * 2)
    assert sorted(ends) == ["done", "in_force"] and count(Agreement) == 1
    assert faults("R8", "R19") == []


def test_two_deputies_for_the_same_days_and_a_chain(app, patronage, lead, heads):
    one, two = (make_user("specialist", position="социальный педагог").id for _ in range(2))
    away, day = lead.id, clock.today()
    period = {"starts_on": day, "ends_on": day + DAY, "reason": "leave"}
    ends = at_once(
        app,
        lambda: deputies.name_deputy(away, one, heads[0], **period),
        lambda: deputies.name_deputy(away, two, heads[1], **period),
        lambda: deputies.name_deputy(one, away, heads[0], **period),
    )
    assert ends.count("done") == 1 and set(ends) <= {"done", "overlap", "deputy_away", "stands_in"}
    assert count(Deputy) == 1 and faults("deputies") == []


def test_an_administrator_does_not_stand_in_for_a_head(app, heads):
    """DOMAIN §4: they see no family, and so do not become a head for some days."""
    admin = make_user("admin")
    period = {"starts_on": clock.today(), "ends_on": clock.today(), "reason": "leave"}
    ends = at_once(app, lambda: deputies.name_deputy(heads[0], admin.id, admin.id, **period))
    assert ends == ["not_a_specialist"] and Role.HEAD not in admin.roles
