"""The vote: opened by the chair, cast by the members, closed with a decision that executes itself."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import audit, clock
from portal.accounts.models import User
from portal.audit import Event
from portal.consilium import agenda, counting, follow_ups, outcome, receipts
from portal.consilium.grounds import check_item
from portal.consilium.locking import hold_item, next_number
from portal.consilium.models import Decision, Item, ItemVoter, Meeting, MeetingSeat, Recusal, Vote
from portal.consilium.presence import HERE
from portal.db import atomic, db, look_again, refused_by
from portal.rules import N_, RuleBroken, items, meetings, voting


def open_voting(item_id: int, actor_id: int) -> None:
    """Put an item to the vote. Raises wrong_state, meeting_not_open, another_voting, no_quorum, and as
    `check_item` does: what cannot be decided is not voted on.
    """
    with atomic() as s:
        item, meeting = hold_item(s, item_id)
        _check_open(meeting)
        status = meetings.move_item(item.status, meetings.Item.VOTING)
        counting.check_quorum(counting.voters(s, item, meeting), meeting.quorum_share)
        check_item(s, item, agenda.involved_in(s, item_id), clock.today())
        another = RuleBroken(
            "another_voting", N_("Another item is being voted on. Close its vote first, then open this one.")
        )
        with refused_by("uq_items_one_voting", another):
            item.status, item.opened_at = status, clock.now()
        audit.record(s, Event.VOTING_OPENED, actor_id, item, new={"meeting_id": meeting.id})


def _check_open(meeting: Meeting) -> None:
    if meeting.status != "open":
        raise RuleBroken(
            "meeting_not_open", N_("Votes are taken while the meeting is open. Open the meeting first.")
        )


def cast_vote(item_id: int, user_id: int, choice: str, reason: str = "") -> None:
    """One vote of a member present, while the item is voted on; the database has the last word.

    Raises choice_missing, item_not_open, not_a_member, recused, not_present, already_voted, reason_missing.
    """
    check_choice(choice)
    check_ballot(item_id, user_id)
    try:
        _store_vote(item_id, user_id, choice, reason)
    except RuleBroken as broken:
        if broken.code == "out_of_time":
            check_ballot(item_id, user_id)  # says what has changed in between
        raise


def enter_vote(item_id: int, user_id: int, choice: str, reason: str, actor_id: int) -> None:
    """The vote of a member without a device, entered by the secretary; the log and the record say so.

    Raises own_vote, colleague_dismissed, and as `cast_vote` does.
    """
    check_choice(choice)
    member = db.session.get(User, user_id)
    if member is not None and not member.is_active:
        raise RuleBroken("colleague_dismissed", N_("This colleague does not work here any more."))
    voting.check_entered(user_id, actor_id, **_facts(item_id, user_id))
    try:
        _store_vote(item_id, user_id, choice, reason, actor_id)
    except RuleBroken as broken:
        if broken.code in ("out_of_time", "already_voted"):
            voting.check_entered(user_id, actor_id, **_facts(item_id, user_id))
        raise


def check_choice(choice: str) -> None:
    """Whether it is a choice at all. Raises choice_missing."""
    if choice not in set(voting.Choice):
        raise RuleBroken("choice_missing", N_("Choose for, against or abstain, then press “Vote”."))


def check_ballot(item_id: int, user_id: int) -> None:
    """Whether the user may vote on the item now, as the rule says it. Raises as `voting.check_vote` does."""
    voting.check_vote(**_facts(item_id, user_id))  # type: ignore[arg-type]


def _facts(item_id: int, user_id: int) -> dict[str, bool | str]:
    """What `voting.check_vote` asks, as it is now."""
    look_again()
    item = db.session.get_one(Item, item_id)
    seat = db.session.get(MeetingSeat, (item.meeting_id, user_id))
    voted = select(Vote.id).where(Vote.item_id == item_id, Vote.user_id == user_id)
    recused = select(Recusal.id).where(Recusal.item_id == item_id, Recusal.user_id == user_id)
    return {
        "status_of_item": item.status,
        "is_member": seat is not None and seat.votes,
        "is_present": seat is not None and seat.presence in HERE,
        "already_voted": db.session.scalar(voted.limit(1)) is not None,
        "recused": db.session.scalar(recused.limit(1)) is not None,
    }


def _store_vote(
    item_id: int, user_id: int, choice: str, reason: str, entered_by_id: int | None = None
) -> None:
    twice = RuleBroken(
        "already_voted",
        N_("You have already voted on this item. A vote can't be changed."),
    )
    late = RuleBroken("out_of_time", N_("The vote has closed a moment ago. Reload the page."))
    with atomic() as s:
        item, meeting = hold_item(s, item_id)
        voting.check_reason(reason, meeting.reasons)
        vote = Vote(item_id=item_id, user_id=user_id, choice=choice, cast_at=clock.now())
        vote.reason, vote.entered_by_id = reason.strip(), entered_by_id
        vote.receipt = receipts.receipt_of(vote)
        with refused_by("tr_votes_in_time", late), refused_by("uq_votes_item_id_user_id", twice):
            s.add(vote)
        new = {"item_id": item.id, "user_id": user_id, "choice": choice, "reason": vote.reason}
        new["entered_by_id"] = entered_by_id
        audit.record(s, Event.VOTE_CAST, entered_by_id or user_id, vote, new=new)


def close_item(item_id: int, actor_id: int) -> Decision:
    """Count the votes, number the decision, and execute it in the same transaction.

    Raises wrong_state, no_quorum, nobody_voted; and as `check_item` does when the decision no longer stands
    on its ground (a consent withdrawn meanwhile): then nothing is closed, whatever the votes, so that the
    refusal does not tell how they stand.
    """
    with atomic() as s:
        item, meeting = hold_item(s, item_id)
        meetings.move_item(item.status, meetings.Item.CARRIED)
        voters = counting.voters(s, item, meeting)
        counting.check_quorum(voters, meeting.quorum_share)
        counting.check_close(voters)
        check_item(s, item, agenda.involved_in(s, item_id), clock.today())
        tally = counting.tally(voters, meeting.majority)
        s.add_all(voters)
        _write_result(item, tally)
        decision, done = _decide(s, item, tally.carried, actor_id)
        audit.record(s, Event.ITEM_CLOSED, actor_id, item, new=_told(item, tally, decision, voters) | done)
        return decision


def _write_result(item: Item, tally: voting.Tally) -> None:
    item.votes_for, item.votes_against, item.abstained = tally.for_, tally.against, tally.abstain
    item.present, item.by_chair, item.closed_at = tally.present, tally.by_chair, clock.now()


def _decide(s: Session, item: Item, carried: bool, actor_id: int) -> tuple[Decision, dict[str, object]]:
    """The decision numbered and carried out, and what that has changed. The item's status changes last: nothing can
    refuse then.
    """
    day = clock.today()
    decision = Decision(
        year=day.year,
        number=next_number(s, Decision, day.year),
        item_id=item.id,
        patronage_id=item.patronage_id,
        kind=item.kind,
        carried=carried,
        decided_on=day,
    )
    s.add(decision)
    s.flush()  # while the item is still voted on: what it was counted from is fixed with it
    follow_ups.owe(s, decision)
    done = outcome.carry_out(s, item, decision, actor_id)
    item.status = "carried" if carried else "rejected"
    return decision, done


def _told(
    item: Item, tally: voting.Tally, decision: Decision, voters: Sequence[ItemVoter]
) -> dict[str, object]:
    counted = {"for": tally.for_, "against": tally.against, "abstain": tally.abstain}
    return {
        "status": item.status,
        "kind": item.kind,
        "patronage_id": item.patronage_id,
        "decision": f"{decision.number}/{decision.year}",
        "present": tally.present,
        "by_chair": tally.by_chair,
        "votes": {str(row.user_id): row.choice for row in voters if row.choice},
        "recused": [row.user_id for row in voters if row.recused],
        "absent": [row.user_id for row in voters if not row.present],
        **counted,
    }


def defer_item(
    item_id: int, why: str, actor_id: int, *, until_on: date | None = None, asked: str = ""
) -> None:
    """Put an item off, with a word why: until the next meeting, or one that is not held before `until_on`.

    `asked` is what is asked for until then. Votes cast stay and decide nothing. Raises wrong_state,
    meeting_not_open, why_missing, far_year, until_in_past.
    """
    items.check_deferral(why, until_on, clock.today())
    with atomic() as s:
        item, meeting = hold_item(s, item_id)
        _check_open(meeting)
        old, item.status = item.status, meetings.move_item(item.status, meetings.Item.DEFERRED)
        item.deferral, item.asked, item.until_on = why.strip(), asked.strip(), until_on
        item.closed_at = clock.now()
        new: dict[str, object] = {"why": item.deferral, "asked": item.asked, "until_on": until_on}
        new |= {"kind": item.kind, "patronage_id": item.patronage_id}
        audit.record(s, Event.ITEM_DEFERRED, actor_id, item, old={"status": old}, new=new)
