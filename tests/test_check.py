"""`flask check` finds in the data what the rules forbid, whoever wrote it."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import text

from portal import clock
from portal.accounts.models import User
from portal.check import broken_rules
from portal.consilium import decisions
from portal.db import db, technical
from portal.families.models import Family
from portal.patronage.models import Patronage
from tests.consilium.rows import make_people, make_vote, vote_all
from tests.consilium.test_proof import disarm
from tests.factories import (
    make_booking,
    make_club,
    make_consent,
    make_family,
    make_patronage,
    make_recipient,
    make_session,
    make_user,
)


def write(statement: str, **values: object) -> None:
    """Straight into the database, past every action."""
    db.session.rollback()
    with technical() as session:
        session.execute(text(statement), values)


def rules() -> set[str]:
    db.session.rollback()
    return {fault["rule"] for fault in broken_rules()}


def imported(family: Family | None = None, lead: User | None = None) -> Patronage:
    return make_patronage(family, lead=lead or make_user("specialist"), imported=True, basis="протокол 1")


def test_a_whole_center_is_well(app: Flask) -> None:
    imported()
    assert broken_rules() == []


def test_r1_enrolled_without_a_consent_on_that_day(app: Flask) -> None:
    patronage = imported()
    write("UPDATE consents SET given_on = :day", day=clock.today())
    assert rules() == {"R1"}
    write("DELETE FROM consents")
    found = broken_rules()
    assert found == [
        {
            "rule": "R1",
            "what": f"patronage {patronage.id} was enrolled without a consent in force on that day",
        }
    ]


def test_r1_the_consent_of_a_child_is_none(app: Flask) -> None:
    patronage = imported()
    child_id = db.session.get_one(Family, patronage.family_id).members[1].id
    write("UPDATE consents SET representative_id = :child", child=child_id)
    assert "R1" in rules()


def test_r2_enrolled_past_the_consilium(app: Flask) -> None:
    make_patronage(lead=make_user("specialist"), stage="preparatory")
    assert rules() == {"R2"}


def test_r2_two_open_episodes(app: Flask) -> None:
    family = make_family()
    imported(family)
    write("DROP INDEX uq_patronages_open")
    write("DROP INDEX uq_patronages_latest")
    make_patronage(family, status="identified")
    assert rules() == {"R2"}


def test_r3_patronage_goes_on_after_the_withdrawal(app: Flask) -> None:
    imported()
    write("UPDATE consents SET withdrawn_on = :day", day=clock.today())
    assert rules() == {"R3"}


def test_r3_another_consent_in_force_is_enough(app: Flask) -> None:
    family = make_family()
    imported(family)
    make_consent(family, clock.today() - timedelta(40), withdrawn_on=clock.today())
    assert rules() == set()


def test_r5_a_short_term_without_an_end(app: Flask) -> None:
    imported()
    write("UPDATE patronages SET term = 'short'")
    assert rules() == {"R5"}


def test_r6_a_lead_of_another_profession(app: Flask) -> None:
    make_patronage(lead=make_user("specialist", position="педагог-психолог"), stage="preparatory")
    assert rules() == {"R2", "R6"}


@pytest.mark.parametrize("table", ["bookings", "club_sessions"])
def test_r14_a_third_in_a_week(app: Flask, table: str) -> None:
    leader, day = make_user("pedagogue"), clock.today()
    club, other = make_club(leader), make_club(leader, "Хор")
    member = make_recipient(club, other)
    write("UPDATE patronages SET imported = true")
    lead = {"user": leader.id, "day": day}
    write(
        "INSERT INTO assignments (patronage_id, user_id, kind, starts_on, reason)"
        " SELECT id, :user, 'lead', :day, '' FROM patronages",
        **lead,
    )
    sessions = [make_session(club, day, 1), make_session(club, day, 2), make_session(other, day, 1)]
    for slot, session in enumerate(sessions[:2], 1):
        make_booking(session, member, slot)
    assert rules() == set()
    if table == "bookings":
        write("DROP INDEX uq_bookings_member_id_week_slot")
        make_booking(sessions[2], member, 1)
    else:
        write("DROP INDEX uq_club_sessions_club_id_week_slot")
        make_session(club, day, 1)
    assert rules() == {"R14"}


def test_the_audit_log_is_looked_at_too(app: Flask) -> None:
    write("UPDATE audit_head SET last_id = last_id + 1")
    assert rules() == {"audit"}


def test_a_decision_without_a_quorum_or_not_executed_is_named(app: Flask) -> None:
    people = make_people()
    _meeting, item_id, patronage = make_vote(people)
    vote_all(people, item_id, "for", "for", "for", "for")
    decisions.close_item(item_id, people.chair.id)
    assert rules() == set()
    disarm()
    write("UPDATE items SET present = 1, votes_for = 1 WHERE id = :id", id=item_id)
    assert rules() == {"consilium", "audit"}
    write("UPDATE patronages SET status = 'refused', enrolled_on = NULL WHERE id = :id", id=patronage.id)
    assert "R2" in rules()
