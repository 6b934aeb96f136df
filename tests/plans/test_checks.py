"""`flask check` finds what the rules of plans forbid, whoever wrote it."""

import pytest
from sqlalchemy import text

from portal.check import broken_rules
from portal.db import db, technical
from tests.factories import make_family, make_patronage, make_plan, make_user, unguard_plans


@pytest.fixture
def plan(app):
    lead = make_user("specialist")
    patronage = make_patronage(make_family(), lead=lead, imported=True, basis="протокол 1")
    return make_plan(patronage, lead, "in_force")


def faults():
    db.session.rollback()
    return [one["what"] for one in broken_rules()]


def test_a_whole_plan_is_well(plan):
    assert faults() == []


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ("DELETE FROM plan_measures", "approved without goals and measures"),
        ("DELETE FROM plan_measures; DELETE FROM plan_goals", "approved without goals and measures"),
        ("UPDATE plans SET state = 'completed'", "completed although measures are open"),
        ("UPDATE plans SET agreed_with_id = :stranger", "agreed with somebody of another family"),
        (
            "UPDATE plan_measures SET user_id = NULL, member_id = :stranger",
            "given to somebody of another family",
        ),
    ],
)
def test_what_is_broken_is_found(plan, change, what):
    stranger = make_family("Чужая").members[0].id
    db.session.rollback()
    unguard_plans()
    with technical() as s:
        for statement in change.split(";"):
            s.execute(text(statement), {"stranger": stranger} if ":stranger" in statement else {})
    found = faults()
    assert len(found) == 1 and what in found[0]
