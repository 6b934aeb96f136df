"""A member who does not sign the minutes: the reason stands in the place of the signature, for good."""

import pytest
from flask import Flask
from sqlalchemy import select, text, update
from sqlalchemy.exc import IntegrityError

from portal import audit, clock
from portal.audit import AuditEntry
from portal.check import broken_rules
from portal.consilium import minutes_actions as minutes
from portal.consilium import proof
from portal.consilium.digest import digest
from portal.consilium.minutes_models import MinutesSignature
from portal.consilium.models import MeetingSeat
from portal.db import db, technical
from tests.client import Client
from tests.consilium.rows import make_people
from tests.consilium.test_minutes import offered, signers, status_of
from tests.consilium.test_minutes_pages import here
from tests.consilium.test_proof import disarm
from tests.consilium.test_races import at_once
from tests.factories import PASSWORD
from tests.refusals import refuses

WHY = "В отпуске до 10 декабря"


def test_a_member_who_is_away_does_not_hold_up_the_minutes(app: Flask) -> None:
    people = make_people()
    meeting_id, seen = offered(people)
    away, others = people.members[-1], signers(people)[:-1]
    secretary = Client(app, people.secretary)
    secretary.get(here(meeting_id))
    assert "Член консилиума не подписывает" not in secretary.text, (
        "nobody has signed: the text may still change"
    )
    secretary.get(here(meeting_id, "/unsigned"), 303)
    secretary.get(here(meeting_id))
    assert "Протокол ещё никто не подписал" in secretary.text
    for user in others:
        minutes.sign(meeting_id, user.id, seen)
    secretary.get(here(meeting_id))
    assert secretary.page.xpath(f"//a[@href='{here(meeting_id, '/unsigned')}']")
    secretary.get(here(meeting_id, "/unsigned"))
    names = secretary.page.xpath("//input[@name='member']/@value")
    assert names == [str(away.id)], "chair, secretary and who has signed are not offered"
    typed = {"member": str(away.id), "how": "absent", "seen": seen}
    secretary.post(here(meeting_id, "/unsigned"), 422, **typed, reason=" ")
    assert "Напишите в нескольких словах" in secretary.text
    for user, said in (
        (people.chair, "Председатель и секретарь подписывают"),
        (others[-1], "Эта подпись уже стоит"),
    ):
        secretary.post(here(meeting_id, "/unsigned"), 422, **(typed | {"member": str(user.id)}), reason=WHY)
        assert said in secretary.text
    secretary.post(here(meeting_id, "/unsigned"), **typed, reason=WHY)
    assert status_of(meeting_id) == "signed"
    secretary.get(here(meeting_id))
    assert f"отсутствует, подписать не может: {WHY}; отметка:" in secretary.text
    assert "Без подписи" in secretary.text and "подписан всеми" not in secretary.text
    assert digest(meeting_id) == seen and broken_rules() == []
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.event == "minutes.unsigned")).one()
    assert (entry.actor_id, entry.object_id) == (people.secretary.id, meeting_id) and WHY not in entry.data
    member = Client(app, away)
    member.get("/")
    assert "Протоколы на подпись" not in member.text
    member.post(here(meeting_id, "/sign"), 422, seen=seen, password=PASSWORD)


def test_chair_and_secretary_always_sign(app: Flask) -> None:
    people = make_people()
    meeting_id, seen = offered(people)
    minutes.sign(meeting_id, people.members[0].id, seen)
    for user in (people.chair, people.secretary):
        with refuses("must_sign"):
            minutes.note_unsigned(meeting_id, user.id, "refused", WHY, seen, people.secretary.id)
        with pytest.raises(IntegrityError, match=r"must_sign"), technical() as s:
            row = MinutesSignature(meeting_id=meeting_id, user_id=user.id, digest=seen, how="refused")
            row.reason, row.signed_at, row.entered_by_id = WHY, clock.now(), people.secretary.id
            s.add(row)
        db.session.rollback()


def test_what_is_noted_has_a_reason_and_is_of_one_who_has_to_sign(app: Flask) -> None:
    people = make_people()
    meeting_id, seen = offered(people)
    first, second, third = people.members
    actor = people.secretary.id

    def note(user_id: int, how: str = "other", reason: str = WHY, now: str = seen) -> None:
        minutes.note_unsigned(meeting_id, user_id, how, reason, now, actor)

    with refuses("nobody_signed"):
        note(second.id)
    minutes.sign(meeting_id, first.id, seen)
    with refuses("bad_reason"):
        note(second.id, "password")
    with refuses("no_reason"):
        note(second.id, reason="  ")
    with refuses("offered_anew"):
        note(second.id, now="0" * 64)
    with refuses("not_a_signer"):
        note(people.head.id)
    with refuses("signed_already"):
        note(first.id)
    calls = [lambda: note(third.id), lambda: minutes.sign(meeting_id, third.id, seen)]
    assert sorted(at_once(app, *calls)) == ["done", "signed_already"]
    note(second.id)
    assert status_of(meeting_id) == "closed"
    with refuses("minutes_signed"):
        minutes.take_back(meeting_id, actor)


@pytest.mark.parametrize(
    "statement", ["UPDATE minutes_signatures SET reason = 'x'", "DELETE FROM minutes_signatures"]
)
def test_the_reason_is_frozen_and_in_the_chain(app: Flask, statement: str) -> None:
    people = make_people()
    meeting_id, seen = offered(people)
    minutes.sign(meeting_id, people.chair.id, seen)
    minutes.note_unsigned(meeting_id, people.members[0].id, "refused", WHY, seen, people.secretary.id)
    with pytest.raises(IntegrityError, match=r"frozen|stays"), technical() as s:
        s.execute(text(statement))
    db.session.rollback()
    assert proof.verify()[1] == [] and audit.verify()[1] is None


def test_flask_check_asks_for_the_signature_of_the_chair(app: Flask) -> None:
    people = make_people()
    meeting_id, seen = offered(people)
    minutes.sign(meeting_id, people.chair.id, seen)
    noted = people.members[0].id
    minutes.note_unsigned(meeting_id, noted, "refused", WHY, seen, people.secretary.id)
    assert broken_rules() == []
    disarm()
    with technical() as s:
        s.execute(update(MeetingSeat).where(MeetingSeat.user_id == noted).values(seat="secretary"))
    db.session.rollback()
    found = [one["what"] for one in broken_rules() if one["rule"] == "minutes"]
    assert f"meeting {meeting_id} goes without the signature of its secretary" in found
