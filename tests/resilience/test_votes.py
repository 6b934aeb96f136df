"""Members who vote in parallel from several processes while the chair closes, twenty times over."""

import json
import random
import subprocess
import sys
from collections import Counter
from pathlib import Path

from flask import Flask
from sqlalchemy import func, select

from portal.audit import AuditEntry
from portal.check import broken_rules
from portal.config import Config
from portal.consilium import decisions
from portal.consilium.models import Decision, Item, ItemVoter, Vote
from portal.db import db
from tests.consilium.rows import People, make_meeting, make_people, make_submitted, open_with, propose
from tests.resilience.test_kill import _environment

ROOT = Path(__file__).resolve().parents[2]
ROUNDS, VOTING = 20, 3  # processes that vote; one more closes
CHOICES = ("for", "for", "against", "abstain")
MAY_END = {"done", "item_not_open", "already_voted"}


class Hands:
    """A process that does as it is told."""

    def __init__(self, config: Config) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.resilience.voter"],
            cwd=ROOT, env=_environment(config), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.asked = 0

    def ask(self, *words: object) -> None:
        """Tell it one thing."""
        assert self.process.stdin is not None
        self.process.stdin.write(" ".join(map(str, words)) + "\n")
        self.process.stdin.flush()
        self.asked += 1

    def ends(self) -> list[str]:
        """How all that it was told ended."""
        assert self.process.stdout is not None
        found = [self.process.stdout.readline().strip() for _ in range(self.asked)]
        self.asked = 0
        return found

    def ready(self) -> None:
        """Wait until it has started."""
        self.asked = 1
        assert self.ends() == ["ready"]

    def stop(self) -> None:
        """Let it end by itself."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.wait(timeout=120)
        self.process.stdout.close()


def _race(
    people: People, item_id: int, voting: list[Hands], closing: Hands, chance: random.Random
) -> list[str]:
    """All vote, each in one of the processes and some twice in two, while another one closes; how the votes ended."""
    decisions.open_voting(item_id, people.chair.id)
    db.session.remove()
    told = [(user.id, chance.choice(CHOICES)) for user in people.voters]
    told.append((told[0][0], chance.choice(CHOICES)))
    chance.shuffle(told)
    closing.ask("close", item_id, people.chair.id, "-", chance.uniform(0, 0.03))
    for place, (user_id, choice) in enumerate(told):
        voting[place % VOTING].ask("vote", item_id, user_id, choice, chance.uniform(0, 0.01))
    ends = [end for hands in voting for end in hands.ends()]
    (closed,) = closing.ends()
    if closed != "done":
        assert closed == "nobody_voted", closed
        decisions.close_item(item_id, people.chair.id)
    return ends


def _check(item_id: int, ends: list[str]) -> None:
    """One vote a member, none after closing, the tally equal to the log and to what it was counted from."""
    db.session.remove()
    item = db.session.get_one(Item, item_id)
    votes = list(db.session.scalars(select(Vote).where(Vote.item_id == item_id)))
    cast = {vote.user_id: vote.choice for vote in votes}
    assert set(ends) <= MAY_END, ends
    assert ends.count("done") == len(votes) == len(cast)
    assert item.closed_at is not None
    assert all(vote.cast_at <= item.closed_at for vote in votes)
    tally = Counter(cast.values())
    assert (item.votes_for, item.votes_against, item.abstained) == tuple(
        tally[one] for one in ("for", "against", "abstain")
    )
    rows = db.session.scalars(select(ItemVoter).where(ItemVoter.item_id == item_id))
    assert {row.user_id: row.choice for row in rows if row.choice} == cast
    entries = db.session.scalars(select(AuditEntry.data).where(AuditEntry.event == "vote.cast"))
    logged = [entry["new"] for entry in map(json.loads, entries) if entry["new"]["item_id"] == item_id]
    assert {entry["user_id"]: entry["choice"] for entry in logged} == cast
    assert len(logged) == len(cast)


def test_votes_from_several_processes_while_the_chair_closes(app: Flask, config: Config) -> None:
    people, chance = make_people(members=5), random.Random(20)
    meeting_id = make_meeting(people)
    items = [propose(people, meeting_id, make_submitted(f"Семья{number}")) for number in range(ROUNDS)]
    open_with(people, meeting_id)
    hands = [Hands(config) for _ in range(VOTING + 1)]
    try:
        for one in hands:
            one.ready()
        late = 0
        for item_id in items:
            ends = _race(people, item_id, hands[:VOTING], hands[VOTING], chance)
            _check(item_id, ends)
            late += ends.count("item_not_open")
    finally:
        for one in hands:
            one.stop()
    assert late, "some came too late, or nothing raced"
    assert db.session.scalar(select(func.count(Decision.id))) == ROUNDS
    assert broken_rules() == []
