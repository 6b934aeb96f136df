"""Cards, episodes and consents: what the actions do, refuse, and write to the audit log."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal import audit, check, clock, files
from portal.audit import AuditEntry, Event
from portal.contacts.models import Suspension
from portal.db import db
from portal.families import actions, consents, queries
from portal.families.duplicates import probable_duplicates
from portal.families.models import Consent, Family, FamilyMember, StoredFile
from portal.families.search import search_families
from portal.patronage.models import Patronage
from tests.factories import make_consent, make_family, make_patronage, make_user
from tests.families.people import family_values, minor, representative
from tests.refusals import refuses

TODAY = clock.now().date()
A_MONTH_AGO = TODAY - timedelta(30)


@pytest.fixture
def me(app: Flask) -> int:
    """A specialist's id."""
    return int(make_user("specialist").id)


def new_family(me: int, *members, **fields) -> Family:
    return db.session.get_one(Family, actions.create_family(family_values(*members, **fields), me))


def patronage_of(family_id: int) -> Patronage:
    db.session.rollback()
    found = queries.latest_patronage(family_id)
    assert found is not None
    return found


def member(family_id: int, kind: str) -> int:
    query = select(FamilyMember.id).where(FamilyMember.family_id == family_id, FamilyMember.kind == kind)
    return int(db.session.scalars(query).first() or 0)


def consented(me: int, *members, **fields) -> Family:
    family = new_family(me, *members, **fields)
    consents.record_consent(family.id, me, member(family.id, "representative"), A_MONTH_AGO)
    return db.session.get_one(Family, family.id)


def last_event() -> tuple[str, dict]:
    row = db.session.execute(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).scalar_one()
    return row.event, json.loads(row.data)


def kept(app: Flask) -> list[str]:
    """The names of all files that uploads have left."""
    folder = Path(app.config["INSTANCE"]) / "uploads"
    return [path.name for path in folder.rglob("*") if path.is_file()]


def test_a_new_family_has_a_number_and_an_episode(me):
    first, second = new_family(me), new_family(me, representative("Ёлкина Анна Петровна"))
    assert second.number == first.number + 1
    assert (second.surname, second.sort_name) == ("Ёлкина", "елкина анна петровна")
    patronage = patronage_of(second.id)
    assert (patronage.status, patronage.opened_on, patronage.latest) == ("identified", clock.today(), True)
    event, data = last_event()
    assert event == Event.FAMILY_CREATED and data["new"]["number"] == second.number
    assert audit.verify()[1] is None


def test_without_a_representative_there_is_no_family(me):
    with refuses("no_representative"):
        actions.create_family(family_values(minor()), me)
    with refuses("no_representative"):
        actions.create_family(family_values(representative(left_on=TODAY)), me)
    assert db.session.scalar(select(func.count()).select_from(Family)) == 0


def test_a_change_tells_old_and_new(me):
    family = new_family(me, address="ул. Мира, 1")
    values = family_values(
        representative(id=family.members[0].id),
        minor(id=family.members[1].id, left_on=TODAY),
        minor("Соколова Анна"),
        address="ул. Труда, 2",
        categories=("large",),
    )
    actions.change_family(family.id, values, me, actions.version(family))
    event, data = last_event()
    assert event == Event.FAMILY_CHANGED
    assert (data["old"]["address"], data["new"]["address"]) == ("ул. Мира, 1", "ул. Труда, 2")
    assert data["new"]["categories"] == ["large"]
    assert "phone" not in data["new"] and f"representative {family.members[0].id}" not in data["new"]
    assert data["new"][f"minor {family.members[1].id}"][-1] == TODAY.isoformat()
    changed = db.session.get_one(Family, family.id)
    assert [one.full_name for one in changed.members][-1] == "Соколова Анна"


def test_two_who_change_at_once_do_not_overwrite_each_other(me):
    family = new_family(me)
    seen = actions.version(family)
    ids = {"id": family.members[0].id}
    actions.change_family(family.id, family_values(representative(**ids), address="одна"), me, seen)
    with refuses("changed_meanwhile"):
        actions.change_family(family.id, family_values(representative(**ids), address="другая"), me, seen)
    assert db.session.get_one(Family, family.id).address == "одна"


def test_somebody_of_another_family_is_refused(me):
    family, other = new_family(me), new_family(me)
    values = family_values(representative(id=other.members[0].id))
    with refuses("not_of_this_family"):
        actions.change_family(family.id, values, me, actions.version(family))


def test_emoji_and_right_to_left_names_are_kept(me):
    family = new_family(me, representative("אברהם Мария🙂 Ивановна"), minor("محمد علي"))
    assert family.members[0].full_name == "אברהם Мария🙂 Ивановна"
    assert [row.id for row in search_families(make_user("head"), "мария🙂")] == [family.id]


@pytest.mark.parametrize(
    ("again", "sure"),
    [
        ({"phone": "+79123456789"}, True),
        ({"other_phones": "+79123456789"}, True),
        ({"members": (representative("СОКОЛОВА Мария Ивановна"), minor())}, True),
        ({"members": (representative(), minor(birth_date=None, birth_year=2015))}, True),
        ({"members": (representative(), minor(birth_date=date(2016, 3, 1)))}, False),
        ({"members": (representative(),)}, False),
        ({"members": (representative("Соколова Мария Петровна"), minor())}, None),
        ({"members": (representative("Соколова Мария"),), "phone": "+79123456789"}, None),
    ],
)
def test_probable_duplicates(me, again, sure):
    family = new_family(me, phone="+79123456789")
    fields = {"members": (representative(), minor("Соколова Ольга"))} | again
    members = fields.pop("members")
    found = probable_duplicates(family_values(*members, **fields))
    assert [(one.id, one.number, one.sure) for one in found] == (
        [] if sure is None else [(family.id, family.number, sure)]
    )


def test_ё_and_a_second_representative_are_no_disguise(me):
    new_family(me, representative("Орлов Пётр Ильич"), representative("Семёнова Алёна Ильинична"))
    assert probable_duplicates(family_values(representative("Семенова Алена Ильинична")))


# consents


def test_a_consent_moves_the_patronage(me):
    family = consented(me)
    assert patronage_of(family.id).status == "consented"
    event, data = last_event()
    assert event == Event.CONSENT_RECORDED
    assert (data["old"]["status"], data["new"]["status"]) == ("identified", "consented")


def test_a_consent_of_a_stranger_a_child_or_one_who_left_is_refused(me):
    family, other = new_family(me, representative(), minor()), new_family(me)
    for wrong in (member(other.id, "representative"), member(family.id, "minor"), 999_999):
        with refuses("consent_not_representative"):
            consents.record_consent(family.id, me, wrong, A_MONTH_AGO)
    family = db.session.get_one(Family, family.id)
    first = family.members[0].id
    values = family_values(representative(id=first, left_on=TODAY), representative("Орлова Анна"))
    actions.change_family(family.id, values, me, actions.version(family))
    with refuses("consent_not_representative"):
        consents.record_consent(family.id, me, first, A_MONTH_AGO)
    new = db.session.get_one(Family, family.id).members[-1].id
    with refuses("not_of_this_family"):
        consents.record_consent(family.id, me, new, A_MONTH_AGO, [member(other.id, "minor")])
    assert db.session.scalar(select(func.count()).select_from(Consent)) == 0


@pytest.mark.parametrize("given_on", [TODAY + timedelta(2), date(1999, 12, 31), date(26, 11, 1)])
def test_a_consent_of_tomorrow_or_of_long_ago_is_refused(me, given_on):
    family = new_family(me)
    with refuses("consent_date"):
        consents.record_consent(family.id, me, member(family.id, "representative"), given_on)


def test_a_refused_consent_leaves_no_file(me, app: Flask):
    family = new_family(me)
    with refuses("consent_not_representative"):
        consents.record_consent(family.id, me, 999_999, A_MONTH_AGO, (), (b"scan", "image/jpeg"))
    assert db.session.scalar(select(func.count()).select_from(StoredFile)) == 0
    assert kept(app) == []


def test_a_scan_is_kept_and_added_once(me, app: Flask):
    consented(me)
    consent = db.session.scalars(select(Consent)).one()
    consents.add_scan(consent.id, (b"scan", "image/jpeg"), me)
    stored = db.session.scalars(select(StoredFile)).one()
    assert files.read(stored.name) == b"scan" and stored.size == 4
    with refuses("scan_there"):
        consents.add_scan(consent.id, (b"other", "image/jpeg"), me)
    assert kept(app) == [stored.name]


def test_submitting_needs_a_consent_in_force(me):
    family = new_family(me)
    with refuses("wrong_state"):
        actions.submit_family(family.id, me)
    family = consented(me)
    actions.submit_family(family.id, me)
    assert patronage_of(family.id).status == "submitted"


def test_a_child_of_fourteen_signs_too(me):
    child = minor(birth_date=TODAY - timedelta(366 * 15))
    family = consented(me, representative(), child)
    with refuses("minor_must_sign"):
        actions.submit_family(family.id, me)
    consents.record_consent(
        family.id, me, member(family.id, "representative"), TODAY, [member(family.id, "minor")]
    )
    actions.submit_family(family.id, me)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("consented", "identified"),
        ("submitted", "identified"),
        ("enrolled", "suspended"),
        ("suspended", "suspended"),
    ],
)
def test_the_last_withdrawal_stops_the_work(me, before, after):
    family = make_family()
    patronage = make_patronage(family, status=before)
    if before in ("consented", "submitted"):
        make_consent(family)
    consent = db.session.scalars(select(Consent).where(Consent.family_id == family.id)).one()
    consents.withdraw_consent(consent.id, TODAY, "переезд", me)
    found = patronage_of(family.id)
    assert (found.id, found.status) == (patronage.id, after)
    since = [row.starts_on for row in db.session.scalars(select(Suspension))]
    assert since == ([TODAY] if before == "enrolled" else [])
    event, data = last_event()
    assert event == Event.CONSENT_WITHDRAWN and data["new"]["status"] == after


def test_while_another_consent_is_in_force_the_work_goes_on(me):
    family = make_family()
    make_patronage(family)
    second = make_consent(family)
    consents.withdraw_consent(second.id, TODAY, "", me)
    assert patronage_of(family.id).status == "enrolled"


def test_a_new_consent_brings_a_suspended_family_back(me):
    family = make_family()
    make_patronage(family)
    consent = db.session.scalars(select(Consent)).one()
    consents.withdraw_consent(consent.id, TODAY, "", me)
    consents.record_consent(family.id, me, member(family.id, "representative"), TODAY)
    found = patronage_of(family.id)
    assert (found.status, list(db.session.scalars(select(Suspension)))) == ("enrolled", [])


def test_wrong_withdrawals(me):
    consented(me)
    consent = db.session.scalars(select(Consent)).one()
    given = consent.given_on
    for day in (TODAY + timedelta(2), given - timedelta(1)):
        with refuses("withdrawal_date"):
            consents.withdraw_consent(consent.id, day, "", me)
    consents.withdraw_consent(consent.id, TODAY, "", me)
    with refuses("withdrawn_already"):
        consents.withdraw_consent(consent.id, TODAY, "", me)


def test_the_database_refuses_a_withdrawal_before_the_consent(me, monkeypatch):
    consented(me)
    consent = db.session.scalars(select(Consent)).one()
    monkeypatch.setattr(consents, "_check_withdrawal", lambda *_: None)
    with refuses("withdrawal_date"):
        consents.withdraw_consent(consent.id, consent.given_on - timedelta(1), "", me)


def test_consent_facts_know_who_represents(me):
    family = new_family(me, representative(), representative("Орлов Иван"), minor())
    consents.record_consent(
        family.id, me, member(family.id, "representative"), A_MONTH_AGO, [member(family.id, "minor")]
    )
    family = db.session.get_one(Family, family.id)
    facts, minors = queries.consent_facts(db.session(), family.id)
    assert [(one.by_representative, len(one.minors_signed)) for one in facts] == [(True, 1)]
    assert [one.name for one in minors] == ["Соколов Пётр Олегович"]
    first, second, child = (one.id for one in family.members)
    values = family_values(
        representative(id=first, left_on=TODAY),
        representative("Орлов Иван", id=second),
        minor(id=child, left_on=TODAY),
    )
    actions.change_family(family.id, values, me, actions.version(family))
    facts, minors = queries.consent_facts(db.session(), family.id)
    assert [one.by_representative for one in facts] == [False] and minors == []
    facts, minors = queries.consent_facts(db.session(), family.id, TODAY - timedelta(1))
    assert [one.by_representative for one in facts] == [True] and len(minors) == 1


# declining, new episodes


@pytest.mark.parametrize("status", ["identified", "consented", "submitted"])
def test_a_family_may_decline_before_it_is_enrolled(me, status):
    family_id = make_patronage(status=status).family_id
    actions.decline_family(family_id, "не нуждается", me)
    assert patronage_of(family_id).status == "declined"
    assert last_event()[1]["new"]["reason"] == "не нуждается"


@pytest.mark.parametrize("status", ["enrolled", "suspended", "removed", "refused"])
def test_later_it_may_not(me, status):
    family_id = make_patronage(status=status).family_id
    with refuses("wrong_state"):
        actions.decline_family(family_id, "не нуждается", me)


@pytest.mark.parametrize("status", ["removed", "declined", "refused"])
def test_a_new_episode_after_the_last_is_over(me, status):
    old = make_patronage(status=status)
    new = actions.open_episode(old.family_id, me)
    found = patronage_of(old.family_id)
    assert (found.id, found.status) == (new, "identified")
    assert db.session.get_one(Patronage, old.id).latest is False


@pytest.mark.parametrize("status", ["identified", "consented", "submitted", "enrolled", "suspended"])
def test_a_second_open_patronage_is_refused(me, status):
    with refuses("open_patronage"):
        actions.open_episode(make_patronage(status=status).family_id, me)


def test_a_consent_to_an_ended_patronage_is_refused(me):
    family = make_family()
    make_patronage(family, status="removed")
    with refuses("wrong_state"):
        consents.record_consent(family.id, me, member(family.id, "representative"), TODAY)


def test_a_consent_is_not_withdrawn_from_under_a_decision(me):
    family = make_family()
    make_patronage(family)
    consent = db.session.scalars(select(Consent)).one()
    enrolled_on = patronage_of(family.id).enrolled_on
    with refuses("withdrawal_date"):
        consents.withdraw_consent(consent.id, enrolled_on - timedelta(1), "", me)
    consents.withdraw_consent(consent.id, enrolled_on, "", me)
    assert "R1" not in {fault["rule"] for fault in check.broken_rules()}


@pytest.mark.parametrize("again", [False, True])
def test_nor_from_under_the_decision_of_an_episode_that_is_over(me, again):
    family = make_family()
    over = make_patronage(family, status="removed")
    if again:
        actions.open_episode(family.id, me)
    consent = db.session.scalars(select(Consent)).one()
    with refuses("withdrawal_date"):
        consents.withdraw_consent(consent.id, over.enrolled_on - timedelta(1), "", me)
    consents.withdraw_consent(consent.id, over.enrolled_on, "", me)
    assert "R1" not in {fault["rule"] for fault in check.broken_rules()}
