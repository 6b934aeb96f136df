"""Minutes: text, offer, signatures, and what the database itself refuses; on both databases."""

import io
from datetime import timedelta

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from portal import clock, files
from portal.accounts.models import User
from portal.audit import AuditEntry, AuditHead
from portal.check import broken_rules
from portal.consilium import actions, decisions
from portal.consilium import minutes_actions as minutes
from portal.consilium.digest import digest
from portal.consilium.minutes_models import Minutes, MinutesSignature
from portal.consilium.models import Dissent, Item, Meeting
from portal.db import db, technical
from tests.consilium.rows import People, make_meeting, make_people, make_vote, open_with, propose, vote_all
from tests.consilium.rows import make_submitted as submitted
from tests.consilium.test_proof import disarm
from tests.consilium.test_races import at_once
from tests.refusals import refuses


def picture() -> tuple[bytes, str]:
    """A scan as scans.clean gives it."""
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "white").save(out, "JPEG")
    return out.getvalue(), "image/jpeg"


def held(people: People) -> tuple[int, int]:
    """A meeting that is over with one decision: its id and that of the item."""
    meeting_id, item_id, _patronage = make_vote(people)
    vote_all(people, item_id, "for", "for", "against", "for")
    decisions.close_item(item_id, people.chair.id)
    actions.close_meeting(meeting_id, people.chair.id)
    return meeting_id, item_id


def offered(people: People) -> tuple[int, str]:
    """The same, its minutes offered: its id, and the digest."""
    meeting_id, item_id = held(people)
    minutes.write(meeting_id, people.secretary.id, 0, "Открыто в срок.", {item_id: "Ведущая доложила."})
    minutes.offer(meeting_id, people.secretary.id)
    return meeting_id, row_of(meeting_id).digest


def row_of(meeting_id: int) -> Minutes:
    return db.session.get_one(Minutes, meeting_id, populate_existing=True)


def status_of(meeting_id: int) -> str:
    return db.session.get_one(Meeting, meeting_id, populate_existing=True).status


def signers(people: People) -> list[User]:
    return [people.chair, people.secretary, *people.members]


def dissent(item_id: int, user: User) -> None:
    with technical() as s:
        at = clock.now() + timedelta(seconds=1)
        s.add(Dissent(item_id=item_id, user_id=user.id, body="Рано.", stated_at=at))


def test_text_is_written_while_the_meeting_runs_and_after_it(app: Flask) -> None:
    people = make_people()
    meeting_id, item_id, _patronage = make_vote(people)
    minutes.write(meeting_id, people.secretary.id, 0, "", {item_id: "Слушали ведущую."})
    vote_all(people, item_id, "for", "for", "for", "for")
    decisions.close_item(item_id, people.chair.id)
    actions.close_meeting(meeting_id, people.chair.id)
    minutes.write(meeting_id, people.secretary.id, 1, "Разное", {item_id: "Слушали.", 999: "Чужой"})
    assert (row_of(meeting_id).heard, row_of(meeting_id).version) == ("Разное", 2)
    assert db.session.get_one(Item, item_id).discussion == "Слушали."
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.event == "minutes.written")).all()[-1]
    assert (entry.kind, entry.object_id) == ("meetings", meeting_id)
    assert "Слушали" not in entry.data  # the log knows that it changed, by its seal, not what it says


def test_the_second_of_two_writers_is_told(app: Flask) -> None:
    people = make_people()
    meeting_id, item_id = held(people)
    calls = [
        lambda one=one: minutes.write(meeting_id, people.secretary.id, 0, one, {item_id: one})
        for one in ("первый", "второй")
    ]
    assert sorted(at_once(app, *calls)) == ["changed_meanwhile", "done"]
    assert row_of(meeting_id).heard == db.session.get_one(Item, item_id).discussion


def test_the_offer_keeps_the_digest_and_the_end_of_the_chain(app: Flask) -> None:
    people = make_people()
    meeting_id, _item = held(people)
    head = db.session.get_one(AuditHead, 1)
    before = (head.hash, head.last_id)
    minutes.offer(meeting_id, people.secretary.id)
    row = row_of(meeting_id)
    assert (row.chain, row.chain_id) == before
    assert row.digest == digest(meeting_id) and len(row.digest) == 64
    with refuses("minutes_offered"):
        minutes.write(meeting_id, people.secretary.id, row.version, "иначе", {})
    minutes.take_back(meeting_id, people.secretary.id)
    assert (row_of(meeting_id).digest, row_of(meeting_id).offered_at) == ("", None)
    with refuses("not_offered"):
        minutes.take_back(meeting_id, people.secretary.id)
    with refuses("not_offered"):
        minutes.sign(meeting_id, people.chair.id, "")


def test_an_open_meeting_is_not_offered(app: Flask) -> None:
    people = make_people()
    meeting_id, _item, _patronage = make_vote(people)
    with refuses("not_closed"):
        minutes.offer(meeting_id, people.secretary.id)


def test_all_sign_and_the_meeting_is_signed(app: Flask) -> None:
    people = make_people()
    meeting_id, seen = offered(people)
    everybody = signers(people)
    for user in everybody[:-1]:
        minutes.sign(meeting_id, user.id, seen)
        assert status_of(meeting_id) == "closed"
    with refuses("signed_already"):
        minutes.sign(meeting_id, people.chair.id, seen)
    minutes.sign(meeting_id, everybody[-1].id, seen)
    assert status_of(meeting_id) == "signed"
    events = list(db.session.scalars(select(AuditEntry.event).where(AuditEntry.event == "minutes.signed")))
    assert len(events) == len(everybody)
    assert digest(meeting_id) == seen
    for code, call in {
        "minutes_signed": lambda: minutes.write(meeting_id, people.secretary.id, 2, "позже", {}),
        "signed_already": lambda: minutes.sign(meeting_id, people.chair.id, seen),
    }.items():
        with refuses(code):
            call()
    with refuses("minutes_signed"):
        minutes.take_back(meeting_id, people.secretary.id)
    with refuses("minutes_signed"):
        minutes.offer(meeting_id, people.secretary.id)


def test_a_member_who_was_away_does_not_sign_nor_does_a_stranger(app: Flask) -> None:
    people = make_people()
    meeting_id = make_meeting(people)
    item_id = propose(people, meeting_id, submitted())
    away, present = people.members[-1], [people.chair, *people.members[:-1]]
    open_with(people, meeting_id, present)
    decisions.open_voting(item_id, people.chair.id)
    for user in present:
        decisions.cast_vote(item_id, user.id, "for")
    decisions.close_item(item_id, people.chair.id)
    actions.close_meeting(meeting_id, people.chair.id)
    minutes.offer(meeting_id, people.secretary.id)
    seen = row_of(meeting_id).digest
    for stranger in (away, people.head):
        with refuses("not_a_signer"):
            minutes.sign(meeting_id, stranger.id, seen)
    for user in (*present, people.secretary):
        minutes.sign(meeting_id, user.id, seen)
    assert status_of(meeting_id) == "signed"


def test_who_left_after_a_vote_signs_still(app: Flask) -> None:
    people = make_people()
    meeting_id, item_id, _patronage = make_vote(people)
    vote_all(people, item_id, "for", "for", "for", "for")
    decisions.close_item(item_id, people.chair.id)
    left = people.members[0]
    actions.mark_presence(meeting_id, left.id, "absent", people.secretary.id)
    actions.close_meeting(meeting_id, people.chair.id)
    minutes.offer(meeting_id, people.secretary.id)
    minutes.sign(meeting_id, left.id, row_of(meeting_id).digest)


def test_what_was_offered_anew_is_read_anew(app: Flask) -> None:
    people = make_people()
    meeting_id, seen = offered(people)
    minutes.take_back(meeting_id, people.secretary.id)
    minutes.write(meeting_id, people.secretary.id, row_of(meeting_id).version, "Иначе", {})
    minutes.offer(meeting_id, people.secretary.id)
    with refuses("offered_anew"):
        minutes.sign(meeting_id, people.chair.id, seen)
    minutes.sign(meeting_id, people.chair.id, row_of(meeting_id).digest)


def test_a_dissent_after_the_offer_asks_for_another_offer(app: Flask) -> None:
    people = make_people()
    meeting_id, item_id = held(people)
    minutes.offer(meeting_id, people.secretary.id)
    first = row_of(meeting_id).digest
    dissent(item_id, people.members[1])
    with refuses("outdated"):
        minutes.sign(meeting_id, people.chair.id, first)
    with pytest.MonkeyPatch.context() as patched:
        later = clock.now() + timedelta(minutes=1)
        patched.setattr(clock, "now", lambda: later)
        minutes.offer(meeting_id, people.secretary.id)
        again = row_of(meeting_id).digest
        assert again != first
        minutes.sign(meeting_id, people.chair.id, again)


def test_a_dissent_after_a_signature_stands_beside_what_was_signed(app: Flask) -> None:
    people = make_people()
    meeting_id, seen = offered(people)
    minutes.sign(meeting_id, people.chair.id, seen)
    item_id = db.session.scalars(select(Item.id)).one()
    dissent(item_id, people.members[1])
    for user in signers(people)[1:]:
        minutes.sign(meeting_id, user.id, seen)
    assert status_of(meeting_id) == "signed"


def test_signatures_on_paper_come_with_their_scan(app: Flask) -> None:
    people = make_people()
    meeting_id, seen = offered(people)
    users = [people.chair.id, people.members[0].id]
    with refuses("nobody_chosen"):
        minutes.sign_on_paper(meeting_id, [], seen, picture(), people.secretary.id)
    minutes.sign_on_paper(meeting_id, users, seen, picture(), people.secretary.id)
    rows = list(db.session.scalars(select(MinutesSignature)))
    assert {(row.user_id, row.how, row.entered_by_id) for row in rows} == {
        (one, "paper", people.secretary.id) for one in users
    }
    assert files.read(str(rows[0].scan)) == picture()[0]
    with refuses("signed_already"):
        minutes.sign_on_paper(
            meeting_id, [people.members[1].id, users[0]], seen, picture(), people.secretary.id
        )
    assert len(list(db.session.scalars(select(MinutesSignature)))) == 2  # all of the paper, or nothing
    with refuses("not_a_signer"):
        minutes.sign_on_paper(meeting_id, [people.head.id], seen, picture(), people.secretary.id)


def test_the_last_two_signatures_at_once_sign_the_meeting_once(app: Flask) -> None:
    people = make_people()
    meeting_id, seen = offered(people)
    first, last = signers(people)[:-2], signers(people)[-2:]
    for user in first:
        minutes.sign(meeting_id, user.id, seen)
    calls = [lambda one=user.id: minutes.sign(meeting_id, one, seen) for user in last]
    assert at_once(app, *calls) == ["done", "done"]
    assert status_of(meeting_id) == "signed"
    data = db.session.scalars(select(AuditEntry.data).where(AuditEntry.event == "minutes.signed"))
    assert sum('"complete": true' in one for one in data) == 1


def test_one_signature_clicked_twice_is_one(app: Flask) -> None:
    people = make_people()
    meeting_id, seen = offered(people)
    calls = [lambda: minutes.sign(meeting_id, people.chair.id, seen)] * 3
    assert sorted(at_once(app, *calls)) == ["done", "signed_already", "signed_already"]


def test_signing_and_taking_back_at_once(app: Flask) -> None:
    people = make_people()
    meeting_id, seen = offered(people)
    ends = at_once(
        app,
        lambda: minutes.sign(meeting_id, people.chair.id, seen),
        lambda: minutes.take_back(meeting_id, people.secretary.id),
    )
    assert ends in (["done", "minutes_signed"], ["not_offered", "done"])
    assert bool(row_of(meeting_id).digest) == (ends[0] == "done")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE items SET discussion = 'иначе'",
        "UPDATE minutes SET heard = 'иначе'",
        "UPDATE minutes SET digest = 'x'",
        "UPDATE minutes SET chain = 'x'",
        "UPDATE minutes SET offered_at = NULL, digest = ''",
        "DELETE FROM minutes",
        "UPDATE minutes_signatures SET user_id = user_id",
        "DELETE FROM minutes_signatures",
    ],
)
def test_the_database_keeps_what_was_signed(app: Flask, statement: str) -> None:
    people = make_people()
    meeting_id, seen = offered(people)
    minutes.sign(meeting_id, people.chair.id, seen)
    with pytest.raises(IntegrityError, match=r"minutes_signed|frozen|stays"), technical() as s:
        s.execute(text(statement))


def test_without_quorum_there_are_short_minutes(app: Flask) -> None:
    people = make_people()
    meeting_id = make_meeting(people)
    propose(people, meeting_id, submitted())
    open_with(people, meeting_id, [people.chair])
    with technical() as s:
        s.get_one(Meeting, meeting_id).status = "no_quorum"
    minutes.offer(meeting_id, people.secretary.id)
    seen = row_of(meeting_id).digest
    for user in (people.chair, people.secretary):
        minutes.sign(meeting_id, user.id, seen)
    with refuses("not_a_signer"):
        minutes.sign(meeting_id, people.members[0].id, seen)
    assert status_of(meeting_id) == "no_quorum"


def test_flask_check_finds_minutes_that_are_not_as_they_were_signed(app: Flask) -> None:
    people = make_people()
    meeting_id, seen = offered(people)
    for user in signers(people):
        minutes.sign(meeting_id, user.id, seen)
    assert broken_rules() == []
    with technical() as s:
        s.get_one(Meeting, meeting_id).place = "другой кабинет"
    db.session.rollback()
    found = [one["what"] for one in broken_rules() if one["rule"] == "minutes"]
    assert found == [f"meeting {meeting_id} is not as its signed minutes say"]
    disarm()
    with technical() as s:
        s.get_one(Meeting, meeting_id).status = "closed"
    db.session.rollback()
    found = [one["what"] for one in broken_rules() if one["rule"] == "minutes"]
    assert f"meeting {meeting_id} has all its signatures and is not signed" in found
