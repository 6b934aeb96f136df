"""`flask audit verify` names what is not as the chain says; rows from before the seals are held to their entries."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import delete, insert, select, text, update

from portal import audit, clock, seals
from portal.audit import AuditEntry, Event
from portal.consilium import decisions, presence, proof
from portal.consilium.minutes_models import FollowUp
from portal.consilium.models import (
    Decision,
    Item,
    ItemSpecialist,
    ItemVoter,
    Meeting,
    MeetingSeat,
    PresenceMark,
    Vote,
)
from portal.db import atomic, db, is_sqlite, technical
from tests.consilium.held import Held, hold
from tests.consilium.rows import (
    make_meeting,
    make_people,
    make_submitted,
    make_vote,
    open_with,
    propose,
    vote_all,
)


def disarm() -> None:
    """Take the triggers off, as whoever has the file and its key would."""
    db.session.remove()
    with db.engine.begin() as connection:
        if is_sqlite():
            names = connection.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all()
            for name in names:
                connection.execute(text(f"DROP TRIGGER {name}"))
        else:
            for table in (*seals.SEALED, "audit_entries"):
                connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))


def intrude(*statements: object) -> None:
    """Straight into the database."""
    with technical() as session:
        for statement in statements:
            session.execute(statement)  # type: ignore[call-overload]
    db.session.remove()


def _vote_of(item_id: int) -> Vote:
    vote = db.session.scalars(select(Vote).where(Vote.item_id == item_id).order_by(Vote.id)).first()
    assert vote is not None
    return vote


def _change_a_vote(held: Held) -> list[str]:
    vote = _vote_of(held.carried)
    intrude(update(Vote).where(Vote.id == vote.id).values(choice="abstain"))
    return [f"vote {vote.id} of member {held.people.chair.id} on item {held.carried} was changed"]


def _remove_a_vote(held: Held) -> list[str]:
    vote_id, chair = _vote_of(held.carried).id, held.people.chair.id
    intrude(delete(Vote).where(Vote.id == vote_id))
    return [f"vote {vote_id} of member {chair} on item {held.carried} is missing"]


def _add_a_vote(held: Held) -> list[str]:
    member = held.people.members[3].id
    intrude(
        insert(Vote).values(id=900, item_id=held.voting, user_id=member, choice="for", cast_at=clock.now())
    )
    return [f"vote 900 of member {member} on item {held.voting} was added"]


def _renumber_a_vote(held: Held) -> list[str]:
    vote_id, chair = _vote_of(held.carried).id, held.people.chair.id
    intrude(update(Vote).where(Vote.id == vote_id).values(id=900))
    what = f"of member {chair} on item {held.carried}"
    return [f"vote 900 {what} was added", f"vote {vote_id} {what} is missing"]


def _change_presence(held: Held) -> list[str]:
    member = held.people.members[2].id
    here = (MeetingSeat.meeting_id == held.meeting_id, MeetingSeat.user_id == member)
    intrude(update(MeetingSeat).where(*here).values(presence="absent"))
    return [f"presence of member {member} in meeting {held.meeting_id} was changed"]


def _change_a_decision(held: Held) -> list[str]:
    intrude(update(Decision).where(Decision.item_id == held.rejected).values(carried=True))
    return [f"item {held.rejected}: the decision was changed"]


def _turn_a_result(held: Held) -> list[str]:
    """Consistently: the item, the decision and the counted vote."""
    intrude(
        update(Item).where(Item.id == held.rejected).values(status="carried", votes_for=3),
        update(Decision).where(Decision.item_id == held.rejected).values(carried=True),
        update(ItemVoter)
        .where(ItemVoter.item_id == held.rejected, ItemVoter.choice.is_not(None))
        .values(choice="for"),
    )
    found = [f"item {held.rejected} was changed"]
    changed = (held.people.chair.id, held.people.members[2].id)
    found += [f"item {held.rejected}: the counted vote of member {one} was changed" for one in changed]
    return [*found, f"item {held.rejected}: the decision was changed"]


INTRUSIONS = (
    _change_a_vote, _remove_a_vote, _add_a_vote, _renumber_a_vote, _change_presence, _change_a_decision, _turn_a_result,
)  # fmt: skip


@pytest.mark.parametrize("intrusion", INTRUSIONS, ids=lambda one: one.__name__.strip("_"))
def test_what_was_done_is_named_by_the_command(app: Flask, intrusion: Callable[[Held], list[str]]) -> None:
    held = hold()
    disarm()
    assert app.test_cli_runner().invoke(args=["audit", "verify"]).exit_code == 0
    named = intrusion(held)
    answer = app.test_cli_runner().invoke(args=["audit", "verify"])
    assert (answer.exit_code, answer.output.splitlines()) == (1, [f"broken: {one}" for one in named])
    checked = app.test_cli_runner().invoke(args=["check"])
    assert checked.exit_code == 1
    assert all(one in checked.output for one in named)


def test_a_broken_chain_is_the_one_fault(app: Flask) -> None:
    """What a broken chain says of the rows is worth nothing."""
    held = hold()
    disarm()
    _change_a_vote(held)
    last = audit.count()
    intrude(update(AuditEntry).where(AuditEntry.id == last).values(object_id=1))
    assert proof.verify() == (last - 1, [f"entry {last} was changed"])


def test_an_entry_that_says_otherwise_is_no_proof(app: Flask) -> None:
    """Changing the log along with the vote is found in the log."""
    held = hold()
    disarm()
    vote = _vote_of(held.carried)
    intrude(update(Vote).where(Vote.id == vote.id).values(choice="against"))
    with technical() as s:
        entry = s.scalars(
            select(AuditEntry).where(AuditEntry.event == Event.VOTE_CAST, AuditEntry.object_id == vote.id)
        ).one()
        entry.data, number = entry.data.replace('"for"', '"against"'), entry.id
    assert proof.verify()[1] == [f"entry {number} was changed"]


@pytest.fixture
def before(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Held:
    """A meeting as a version without seals, receipts and lists of counted votes left it."""
    with monkeypatch.context() as patch:
        patch.setattr(seals, "take", lambda session: session.info.pop("touched", {}) and {})
        patch.setattr("portal.consilium.receipts.receipt_of", lambda _vote: "")
        held = hold()
    disarm()
    tables = (
        "minutes_signatures",
        "minutes",
        "dissents",
        "recusals",
        "item_voters",
        "presence_marks",
        "item_papers",
    )
    intrude(*(text(f"DELETE FROM {table}") for table in tables))
    return held


def test_rows_from_before_the_seals_are_no_faults(before: Held) -> None:
    assert proof.verify()[1] == []


def test_rows_from_before_the_seals_are_held_to_their_entries(before: Held) -> None:
    vote = _vote_of(before.carried)
    vote_id, chair, member = vote.id, before.people.chair.id, before.people.members[2].id
    seat = (MeetingSeat.user_id == member, MeetingSeat.meeting_id == before.meeting_id)
    mark = {"id": 1, "meeting_id": before.meeting_id, "user_id": member, "presence": "absent"}
    cast = {"id": 900, "item_id": before.voting, "user_id": member, "choice": "for", "cast_at": clock.now()}
    told = select(Decision.id).where(Decision.item_id == before.removed)
    intrude(
        delete(FollowUp).where(FollowUp.decision_id.in_(told)),  # would be left behind
        update(Vote).where(Vote.id == vote_id).values(choice="abstain"),
        delete(Vote).where(Vote.item_id == before.removed, Vote.user_id == chair),
        insert(Vote).values(cast),
        update(Item).where(Item.id == before.rejected).values(status="carried"),
        update(Decision).where(Decision.item_id == before.rejected).values(carried=True),
        delete(Decision).where(Decision.item_id == before.removed),
        update(MeetingSeat).where(*seat).values(presence="absent"),
        update(Meeting).where(Meeting.id == before.meeting_id).values(quorum_share="half"),
        insert(PresenceMark).values(mark | {"marked_at": clock.now(), "marked_by_id": chair}),
    )
    found = proof.verify()[1]
    assert [one for one in found if not one.startswith("vote") or "missing" not in one] == [
        f"meeting {before.meeting_id} was changed",
        f"presence of member {member} in meeting {before.meeting_id} was changed",
        f"mark 1 of the presence of member {member} in meeting {before.meeting_id} was added",
        f"item {before.rejected} was changed",
        f"vote {vote_id} of member {chair} on item {before.carried} was changed",
        f"vote 900 of member {member} on item {before.voting} was added",
        f"item {before.rejected}: the decision was changed",
        f"item {before.removed}: the decision is missing",
    ]
    assert len([one for one in found if one.startswith("vote") and one.endswith("is missing")]) == 1


def test_a_row_from_before_is_sealed_with_its_first_change(before: Held) -> None:
    """The vote goes on in the new version: what it touches is proved whole from then on."""
    decisions.cast_vote(before.voting, before.people.members[2].id, "for")
    decisions.close_item(before.voting, before.people.chair.id)
    assert proof.verify()[1] == []
    intrude(update(Item).where(Item.id == before.voting).values(note="иначе"))
    assert proof.verify()[1] == [f"item {before.voting} was changed"]


def test_what_changes_after_its_entry_is_refused(app: Flask) -> None:
    people = make_people()
    meeting_id = make_meeting(people)

    def silently() -> None:
        with atomic() as s:
            meeting = s.get_one(Meeting, meeting_id)
            audit.record(s, Event.MEETING_CHANGED, None, meeting)
            meeting.place = "каб. 13"

    with pytest.raises(RuntimeError, match="after they were recorded"):
        silently()
    assert proof.verify()[1] == []


def test_statements_that_change_many_rows_are_sealed_too(app: Flask) -> None:
    people = make_people()
    meeting_id = make_meeting(people)
    item_id = propose(people, meeting_id, make_submitted())
    open_with(people, meeting_id)
    with atomic() as s:
        s.execute(update(MeetingSeat).where(MeetingSeat.meeting_id == meeting_id).values(presence="video"))
        s.execute(delete(ItemSpecialist).where(ItemSpecialist.item_id == item_id))
        s.execute(insert(ItemSpecialist), [{"item_id": item_id, "user_id": people.lead.id}])
        audit.record(s, Event.MEETING_CHANGED, None, s.get_one(Meeting, meeting_id))
    assert proof.verify()[1] == []
    with pytest.raises(RuntimeError, match="add rows of votes to the session"), atomic() as s:
        s.execute(insert(Vote), [{"item_id": item_id, "user_id": 1, "choice": "for", "cast_at": clock.now()}])


def test_the_seal_of_a_hidden_vote_tells_nothing(app: Flask) -> None:
    """Three choices are soon tried: without the key none of them gives the seal."""
    people = make_people()
    _meeting, item_id, _patronage = make_vote(people)
    vote_all(people, item_id, "against")
    row = dict(db.session.execute(seals.reading(seals.table_of("votes"))).mappings().one())
    kept = seals.seal_of("votes", row)
    assert (
        kept in db.session.scalars(select(AuditEntry.data).where(AuditEntry.event == Event.VOTE_CAST)).one()
    )
    app.config["AUDIT_KEY"] = b"another" * 4
    assert kept not in {
        seals.seal_of("votes", row | {"choice": one}) for one in ("for", "against", "abstain")
    }


def test_presence_that_changes_again_is_proved_by_its_last_mark(app: Flask) -> None:
    people = make_people()
    meeting_id, _item, _patronage = make_vote(people)
    for mark in ("absent", "video", "present"):
        presence.mark_presence(meeting_id, people.members[0].id, mark, people.secretary.id)
    assert proof.verify()[1] == []
