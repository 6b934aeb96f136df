"""Receipts: made with the key, shown to the voter alone; the check of one's own votes says what agrees."""

import itertools
from datetime import UTC, datetime, timedelta

from flask import Flask
from sqlalchemy import select, text, update

from portal import clock
from portal.consilium import decisions, own_check, presence, receipts
from portal.consilium.models import Item, Meeting, Vote
from portal.db import db, technical
from tests.client import Client
from tests.consilium.held import Held, hold
from tests.consilium.rows import make_people, make_vote, vote_all
from tests.consilium.test_proof import disarm
from tests.factories import make_user


def make_cast(**changed: object) -> Vote:
    """A vote as it is just before it is kept."""
    values: dict = {"item_id": 3, "user_id": 5, "choice": "for", "reason": "", "entered_by_id": None}
    return Vote(**(values | {"cast_at": datetime(2026, 11, 22, 10, tzinfo=UTC)} | changed))


def test_a_receipt_is_short_and_read_without_doubt(app: Flask) -> None:
    receipt = receipts.receipt_of(make_cast())
    assert [len(part) for part in receipt.split("-")] == [4, 4, 2]
    assert not set("01ILOU") & set(receipt)
    assert receipts.spelled(f" {receipt.lower().replace('-', ' ')} ") == receipt


def test_all_that_the_vote_says_is_in_its_receipt(app: Flask) -> None:
    moment = datetime(2026, 11, 22, 10, 0, 0, 1, tzinfo=UTC)
    others = (
        {}, {"item_id": 4}, {"user_id": 6}, {"choice": "against"}, {"reason": "Рано"}, {"entered_by_id": 2},
        {"cast_at": moment},
    )  # fmt: skip
    made = [receipts.receipt_of(make_cast(**one)) for one in others]
    assert len(set(made)) == len(others)
    app.config["AUDIT_KEY"] = b"another" * 4
    assert receipts.receipt_of(make_cast()) not in made


def test_ten_thousand_votes_have_ten_thousand_receipts(app: Flask) -> None:
    pairs = itertools.product(range(100), range(100))
    assert len({receipts.receipt_of(make_cast(item_id=i, user_id=u)) for i, u in pairs}) == 10_000


def test_the_receipt_is_kept_with_the_vote_and_fits_it(app: Flask) -> None:
    people = make_people()
    _meeting, item_id, _patronage = make_vote(people)
    decisions.cast_vote(item_id, people.chair.id, "for", "Согласие есть")
    decisions.enter_vote(item_id, people.members[0].id, "against", "", people.secretary.id)
    for vote in db.session.scalars(select(Vote)):
        assert vote.receipt and vote.receipt == receipts.receipt_of(vote)


def findings(user_id: int, meeting_id: int) -> dict[int, tuple[str, dict[str, bool | None]]]:
    """What the check says of each item: its state, and what agrees."""
    db.session.rollback()
    meeting = db.session.get_one(Meeting, meeting_id, populate_existing=True)
    return {
        one.item.id: (one.state, {finding.code: finding.agrees for finding in one.findings})
        for one in own_check.checked(user_id, meeting)
    }


def test_each_own_vote_is_held_against_receipt_log_list_and_decision(app: Flask) -> None:
    held = hold()
    voter = held.people.members[1].id
    same: dict[str, bool | None] = {"receipt": True, "entry": True}
    counted = same | {"counted": True, "decision": True}
    assert findings(voter, held.meeting_id) == {
        held.carried: ("counted", counted),
        held.rejected: ("counted", counted),
        held.removed: ("counted", counted),
    }
    assert findings(held.people.chair.id, held.meeting_id)[held.deferred] == ("nothing", same)
    meeting_id = db.session.get_one(Item, held.voting).meeting_id
    assert findings(held.people.chair.id, meeting_id) == {held.voting: ("open", same)}
    assert findings(held.people.secretary.id, held.meeting_id) == {}


def test_a_vote_that_fell_with_presence_says_so(app: Flask) -> None:
    people = make_people()
    meeting_id, item_id, _patronage = make_vote(people)
    vote_all(people, item_id, "for", "for", "for", "for")
    presence.mark_presence(meeting_id, people.members[0].id, "absent", people.secretary.id)
    decisions.close_item(item_id, people.chair.id)
    state, found = findings(people.members[0].id, meeting_id)[item_id]
    assert (state, found["away"], found["decision"]) == ("fell", None, True)


def test_what_was_done_to_ones_vote_is_said(app: Flask) -> None:
    held = hold()
    voter, meeting_id = held.people.members[1].id, held.meeting_id
    disarm()
    mine = (Vote.user_id == voter, Vote.item_id == held.carried)
    with technical() as s:
        s.execute(update(Vote).where(*mine).values(choice="against"))
    state, found = findings(voter, meeting_id)[held.carried]
    assert (state, found["receipt"], found["entry"], found["counted"]) == ("wrong", False, False, False)
    with technical() as s:
        s.execute(update(Vote).where(*mine).values(choice="for"))
    assert findings(voter, meeting_id)[held.carried][0] == "counted"
    with technical() as s:
        s.execute(update(Item).where(Item.id == held.carried).values(votes_for=1))
    assert findings(voter, meeting_id)[held.carried][1]["decision"] is False
    with technical() as s:
        s.execute(
            text("DELETE FROM votes WHERE user_id = :user AND item_id = :item"),
            {"user": voter, "item": held.carried},
        )
    assert findings(voter, meeting_id)[held.carried] == ("wrong", {"gone": False})


def test_a_vote_written_past_the_portal_is_known_to_no_log(app: Flask) -> None:
    people = make_people()
    meeting_id, item_id, _patronage = make_vote(people)
    vote = make_cast(item_id=item_id, user_id=people.chair.id, cast_at=clock.now() + timedelta(0))
    vote.receipt = "2222-2222-22"
    with technical() as s:
        s.add(vote)
    state, found = findings(people.chair.id, meeting_id)[item_id]
    assert (state, found) == ("wrong", {"receipt": False, "unknown": False})


def _receipts(held: Held) -> dict[int, str]:
    query = select(Vote.user_id, Vote.receipt).where(Vote.item_id == held.carried)
    return {row.user_id: row.receipt for row in db.session.execute(query)}


def test_a_receipt_is_shown_to_its_voter_alone(app: Flask) -> None:
    held = hold()
    kept = _receipts(held)
    people = held.people
    assert people.members[3].id in kept  # entered by the secretary
    everybody = [people.chair, people.secretary, *people.members, people.head, make_user("member")]
    for user in everybody:
        client = Client(app, user)
        for page in (
            f"meetings/{held.meeting_id}",
            f"items/{held.carried}",
            f"meetings/{held.meeting_id}/minutes",
            "decisions",
        ):
            client.get(f"/consilium/{page}")
            shown = {owner for owner, receipt in kept.items() if receipt in client.text}
            assert shown <= {user.id}
        if user is not people.head:
            client.get(f"/consilium/meetings/{held.meeting_id}/my-votes")
            assert {owner for owner, one in kept.items() if one in client.text} == {user.id} & set(kept)


def test_the_receipt_stands_under_ones_vote_and_finds_it(app: Flask) -> None:
    people = make_people()
    meeting_id, item_id, _patronage = make_vote(people)
    member = Client(app, people.members[0])
    member.get(f"/consilium/meetings/{meeting_id}")
    assert "Квитанция" not in member.text
    member.post(f"/consilium/items/{item_id}/vote", choice="against")
    receipt = db.session.scalars(select(Vote.receipt)).one()
    for page in (f"meetings/{meeting_id}", f"items/{item_id}"):
        member.get(f"/consilium/{page}")
        assert receipt in member.text
    check = f"/consilium/meetings/{meeting_id}/my-votes"
    member.get(f"{check}?receipt={receipt.lower().replace('-', '')}")
    assert "найден по квитанции" in member.text
    another = Client(app, people.members[1])
    another.get(f"{check}?receipt={receipt}")
    assert "У вас нет голоса с квитанцией" in another.text
    assert "Против" not in another.text


def test_a_receipt_of_another_meeting_leads_there(app: Flask) -> None:
    held = hold()
    chair = held.people.chair
    receipt = _receipts(held)[chair.id]
    later = db.session.get_one(Item, held.voting).meeting_id
    client = Client(app, chair)
    client.get(f"/consilium/meetings/{later}/my-votes?receipt={receipt}")
    assert client.page.xpath(
        f"//main//a[starts-with(@href, '/consilium/meetings/{held.meeting_id}/my-votes')]"
    )


def test_hidden_votes_stay_hidden_on_the_page_of_ones_own(app: Flask) -> None:
    """Whoever looks before the closing finds their own choice, and nothing of the others'."""
    people = make_people()
    meeting_id, item_id, _patronage = make_vote(people)
    vote_all(people, item_id, "for", "against", "abstain")
    for user, own in zip(people.voters, ("За", "Против", "Воздержаться", None), strict=True):
        client = Client(app, user)
        client.get(f"/consilium/meetings/{meeting_id}/my-votes")
        shown = {one.text_content().strip() for one in client.page.xpath("//main//dd/span[@class='strong']")}
        assert shown == ({own} if own else set())
