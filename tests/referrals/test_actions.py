"""Referrals and supporting links on a real database: what may be entered, and what the database refuses."""

from datetime import timedelta

import pytest
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import IntegrityError

from portal import check, clock
from portal.audit import AuditEntry
from portal.contacts.models import Suspension
from portal.db import db, is_sqlite, technical
from portal.families import consents
from portal.families.models import Consent
from portal.patronage.models import Patronage
from portal.referrals import actions, links, queries
from portal.referrals.links import LinkValues
from portal.referrals.models import Referral, SupportLink
from tests.factories import make_family, make_patronage, make_user
from tests.refusals import refuses

LAW = "Федеральный закон № 120-ФЗ, ст. 9"


@pytest.fixture
def today(app):
    return clock.today()


@pytest.fixture
def lead(app):
    return make_user("specialist")


@pytest.fixture
def patronage(lead):
    return make_patronage(lead=lead)


def send(patronage, lead, **fields):
    values = {
        "body": "school", "addressee": "Школа № 1, директору", "request": "Характеристика на ученика",
        "personal_data": True, "ground": "consent", "due_on": clock.today() + timedelta(14),
    }  # fmt: skip
    return actions.send_referral(patronage.family_id, lead.id, **(values | fields))


def found(referral_id) -> Referral:
    db.session.rollback()
    return db.session.get_one(Referral, referral_id)


def faults():
    db.session.rollback()
    return [fault["what"] for fault in check.broken_rules() if fault["rule"] == "R20"]


def withdraw(patronage, lead, on=None):
    db.session.rollback()
    consent = db.session.scalars(select(Consent).where(Consent.family_id == patronage.family_id)).one()
    consents.withdraw_consent(consent.id, on or clock.today(), "", lead.id)


def test_a_referral_is_sent_and_answered(patronage, lead, today):
    referral_id = send(patronage, lead)
    referral = found(referral_id)
    assert (referral.state, referral.sent_on, referral.remind_on) == ("open", today, referral.due_on)
    actions.answer_referral(referral_id, lead.id, today, "Характеристика получена", referral.version)
    referral = found(referral_id)
    assert (referral.state, referral.answered_on, referral.answer) == (
        "answered",
        today,
        "Характеристика получена",
    )
    entries = db.session.execute(
        select(AuditEntry.event, AuditEntry.data)
        .where(AuditEntry.kind == "referrals")
        .order_by(AuditEntry.id)
    ).all()
    assert [row.event for row in entries] == ["referral.sent", "referral.answered"]
    assert not any("Характеристика" in row.data or "директору" in row.data for row in entries)
    assert faults() == []


def test_without_personal_data_no_ground_is_kept(patronage, lead):
    referral = found(send(patronage, lead, personal_data=False, ground="law", law="что-то"))
    assert (referral.personal_data, referral.ground, referral.law) == (False, None, "")


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"ground": None}, "no_ground"),
        ({"ground": "law"}, "no_law"),
        ({"kind": "urgent"}, "urgent_by_law"),
        ({"sent": 1}, "future_day"),
        ({"sent": -400}, "long_ago"),
        ({"due": -1}, "bad_due"),
        ({"remind": -1}, "bad_reminder"),
        ({"sent": -31}, "no_consent_to_pass"),
    ],
)
def test_what_is_not_sent(patronage, lead, today, fields, code):
    names = {"sent": "sent_on", "due": "due_on", "remind": "remind_on"}
    fields = {
        names.get(name, name): today + timedelta(value) if name in names else value
        for name, value in fields.items()
    }
    with refuses(code):
        send(patronage, lead, **fields)
    assert db.session.scalar(select(Referral.id)) is None


def test_a_withdrawn_consent_is_no_ground_and_the_law_stays_one(patronage, lead, today):
    withdraw(patronage, lead)
    for fields in ({}, {"personal_data": False}):
        with refuses("suspended"):
            send(patronage, lead, **fields)
    urgent = {"ground": "law", "law": LAW, "kind": "urgent", "body": "juvenile_commission", "due_on": today}
    assert found(send(patronage, lead, **urgent)).ground == "law"
    assert found(send(patronage, lead, ground="law", law="442-ФЗ, ст. 6")).kind == "ordinary"
    # what was sent while the consent was in force may still be entered
    send(patronage, lead, sent_on=today - timedelta(1))
    assert faults() == []


def test_a_family_not_yet_consented_is_spoken_of_by_law(lead):
    patronage = make_patronage(make_family(), "identified", lead=lead)
    with refuses("no_consent_to_pass"):
        send(patronage, lead)
    send(patronage, lead, ground="law", law=LAW)
    send(patronage, lead, personal_data=False)


@pytest.mark.parametrize("status", ["removed", "declined", "refused"])
def test_nothing_new_when_the_patronage_is_over_and_answers_still_come(lead, today, status):
    patronage = make_patronage(make_family(), lead=lead)
    referral_id, other = send(patronage, lead), send(patronage, lead)
    with technical() as s:
        values = {"status": status, "removed_on": today}
        s.execute(update(Patronage).where(Patronage.id == patronage.id).values(values))
    urgent = {"ground": "law", "law": LAW, "kind": "urgent"}
    for fields in ({}, urgent):
        with refuses("over"):
            send(patronage, lead, **fields)
    actions.answer_referral(referral_id, lead.id, today, "", 1)
    actions.close_referral(other, lead.id, "closed", "ответа нет")


def test_the_dates_move_while_it_waits(patronage, lead, today):
    referral_id = send(patronage, lead)
    actions.postpone_referral(referral_id, lead.id, today + timedelta(30))
    assert found(referral_id).remind_on == today + timedelta(30)
    with refuses("bad_due"):
        actions.postpone_referral(referral_id, lead.id, today - timedelta(1))
    actions.close_referral(referral_id, lead.id, "withdrawn", "ошибка")
    with refuses("wrong_state"):
        actions.postpone_referral(referral_id, lead.id, today)


def test_what_is_closed_stays_and_a_late_answer_is_kept(patronage, lead, today):
    closed, withdrawn = send(patronage, lead), send(patronage, lead)
    with refuses("no_why"):
        actions.close_referral(closed, lead.id, "closed", " ")
    actions.close_referral(closed, lead.id, "closed", "не отвечают")
    actions.close_referral(withdrawn, lead.id, "withdrawn", "не нужно")
    for to in ("closed", "withdrawn", "open", "made up"):
        with refuses("wrong_state"):
            actions.close_referral(closed, lead.id, to, "ещё раз")
    actions.answer_referral(closed, lead.id, today, "ответили", 1)
    with refuses("wrong_state"):
        actions.answer_referral(withdrawn, lead.id, today, "", 1)


def test_the_second_of_two_answers_is_told(patronage, lead, today):
    referral_id = send(patronage, lead)
    actions.answer_referral(referral_id, lead.id, today, "первый", 1)
    with refuses("changed_meanwhile"):
        actions.answer_referral(referral_id, lead.id, today, "второй", 1)
    actions.answer_referral(referral_id, lead.id, today, "второй", 2)
    assert found(referral_id).answer == "второй"


def test_the_database_knows_it_too(patronage, lead, today):
    row = {
        "patronage_id": patronage.id, "kind": "ordinary", "body": "school", "addressee": "Школа", "request": "?",
        "personal_data": True, "ground": "consent", "law": "", "sent_on": today, "due_on": today,
        "remind_on": today, "state": "open", "answer": "", "why": "", "version": 1, "created_by_id": lead.id,
        "created_at": clock.now(), "closed_at": None, "answered_on": None,
    }  # fmt: skip
    removed = make_patronage(make_family(), "removed", lead=lead)
    strange = make_patronage(make_family(), "identified", lead=lead)
    before = timedelta(31)
    done = {"closed_at": clock.now()}
    wrong = [
        {"ground": None},
        {"ground": "habit"},
        {"ground": "law"},
        {"kind": "urgent"},
        {"kind": "urgent", "personal_data": False, "ground": None},
        {"kind": "letter"},
        {"patronage_id": removed.id, "ground": "law", "law": LAW},
        {"patronage_id": strange.id},
        {"sent_on": today - before},
        {"due_on": today - timedelta(1)},
        {"remind_on": today - timedelta(1)},
        {"state": "answered"},
        {"state": "answered"} | done,
        {"answered_on": today},
        {"state": "answered", "answered_on": today - timedelta(1)} | done,
        {"state": "closed"},
        done,
    ]
    for fields in wrong:
        with pytest.raises(IntegrityError):
            db.session.execute(insert(Referral).values(row | fields))
        db.session.rollback()
    db.session.execute(insert(Referral).values(row))
    for change in (
        {"patronage_id": strange.id},
        {"sent_on": today - before, "due_on": today},
        {"patronage_id": removed.id},
    ):
        with pytest.raises(IntegrityError), db.session.begin_nested():
            db.session.execute(update(Referral).values(change))
    db.session.rollback()


def test_check_names_data_passed_without_a_ground(patronage, lead, today):
    by_consent, by_law = send(patronage, lead), send(patronage, lead, ground="law", law=LAW)
    assert faults() == []
    with technical() as s:
        s.execute(update(Consent).values(given_on=today + timedelta(1)))
    db.session.rollback()
    with db.engine.connect() as connection:
        if is_sqlite():
            connection.execute(text("PRAGMA ignore_check_constraints = ON"))
        else:
            connection.execute(text("ALTER TABLE referrals DROP CONSTRAINT ck_referrals_has_law"))
        connection.execute(text("UPDATE referrals SET law = '' WHERE ground = 'law'"))
        connection.commit()
    assert faults() == [
        f"referral {number} passed personal data on without a ground" for number in (by_consent, by_law)
    ]


def test_a_withdrawal_dated_back_makes_no_referral_wrong(patronage, lead, today):
    send(patronage, lead)
    withdraw(patronage, lead, today - timedelta(3))
    assert db.session.scalar(select(Suspension.starts_on)) == today - timedelta(3)
    assert faults() == []


def test_links_are_added_changed_ended_and_resumed(patronage, lead, today):
    link_id = links.add_link(patronage.family_id, lead.id, LinkValues("relative", "бабушка", "Нина"))
    links.change_link(link_id, lead.id, LinkValues("relative", "бабушка", "Нина Петровна"), 1)
    with refuses("changed_meanwhile"):
        links.change_link(link_id, lead.id, LinkValues("other", "кто-то"), 1)
    with refuses("wrong_state"):
        links.resume_link(link_id, lead.id)
    links.end_link(link_id, lead.id)
    with refuses("wrong_state"):
        links.end_link(link_id, lead.id)
    links.resume_link(link_id, lead.id)
    row = queries.links_of(patronage.family_id)[0]
    assert (row.name, row.ended_on, row.version) == ("Нина Петровна", None, 2)
    data = "".join(db.session.scalars(select(AuditEntry.data).where(AuditEntry.kind == "support_links")))
    assert "Нина" not in data


def test_links_of_a_family_that_left_end_and_are_not_changed(lead):
    patronage = make_patronage(make_family(), lead=lead)
    link_id = links.add_link(patronage.family_id, lead.id, LinkValues("neighbor", "соседка"))
    with technical() as s:
        values = {"status": "removed", "removed_on": clock.today()}
        s.execute(update(Patronage).where(Patronage.id == patronage.id).values(values))
    with refuses("over"):
        links.add_link(patronage.family_id, lead.id, LinkValues("other", "кто-то"))
    with refuses("over"):
        links.change_link(link_id, lead.id, LinkValues("other", "кто-то"), 1)
    links.end_link(link_id, lead.id)
    with refuses("over"):
        links.resume_link(link_id, lead.id)


def test_the_database_knows_what_a_link_is(patronage, lead):
    row = {
        "family_id": patronage.family_id, "kind": "relative", "who": "тётя", "name": "", "phone": "",
        "helps_with": "", "version": 1, "created_by_id": lead.id, "created_at": clock.now(),
    }  # fmt: skip
    for fields in ({"kind": "enemy"}, {"who": ""}):
        with pytest.raises(IntegrityError):
            db.session.execute(insert(SupportLink).values(row | fields))
        db.session.rollback()


def test_the_law_of_the_country_is_proposed(app):
    from portal.referrals import labels

    for country, part in (("ru", "120"), ("by", "200")):
        app.config["COUNTRY"] = country
        assert part in labels.urgent_law()
