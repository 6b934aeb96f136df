"""Two hundred bookings at once from several processes: two services a week for each; without the index, more."""

import subprocess
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path

from flask import Flask
from sqlalchemy import select, text

from portal import audit, clock
from portal.check import clubs as clubs_check
from portal.clubs.models import Booking
from portal.config import Config
from portal.db import db, technical
from portal.rules.weekly_limit import WEEKLY_LIMIT, week_of
from tests.factories import make_club, make_recipient, make_session, make_user
from tests.resilience.test_kill import _environment

ROOT = Path(__file__).resolve().parents[2]
PROCESSES, RECIPIENTS, CLUBS = 4, 10, 20


def _booker(config: Config) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.resilience.booker"],
        cwd=ROOT, env=_environment(config), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip


def _all_at_once(config: Config) -> tuple[Counter[str], Counter[int]]:
    """Each recipient is booked into a session of each club in one week: how it ended, who holds how many."""
    leader, monday = make_user("pedagogue"), week_of(clock.today()) + timedelta(7)
    clubs = [make_club(leader, name=f"Клуб {n}") for n in range(CLUBS)]
    sessions = [make_session(club, monday + timedelta(n % 7)).id for n, club in enumerate(clubs)]
    members = [make_recipient(*clubs).id for _ in range(RECIPIENTS)]
    lines = [f"{session} {member} {leader.id}\n" for member in members for session in sessions]
    assert len(lines) == 200
    db.session.remove()
    bookers = [_booker(config) for _ in range(PROCESSES)]
    for place, one in enumerate(bookers):
        assert one.stdin and one.stdout and one.stdout.readline() == "ready\n"
        one.stdin.write("".join(lines[place::PROCESSES]))
        one.stdin.flush()
    for one in bookers:
        assert one.stdin
        one.stdin.write("go\n")
        one.stdin.flush()
    ends: Counter[str] = Counter()
    for one in bookers:
        out, _ = one.communicate(timeout=240)
        ends.update(out.split())
    held = db.session.scalars(select(Booking.member_id).where(Booking.slot.is_not(None)))
    return ends, Counter(held)


def test_two_hundred_bookings_from_several_processes_leave_two_a_week(app: Flask, config: Config) -> None:
    ends, held = _all_at_once(config)
    assert set(held.values()) == {WEEKLY_LIMIT} and len(held) == RECIPIENTS
    assert ends == {"done": WEEKLY_LIMIT * RECIPIENTS, "weekly_limit": 200 - WEEKLY_LIMIT * RECIPIENTS}
    assert list(clubs_check()) == []
    assert audit.verify()[1] is None


def test_without_the_index_the_same_bookings_break_the_rule(app: Flask, config: Config) -> None:
    with technical() as s:
        s.execute(text("DROP INDEX uq_bookings_member_id_week_slot"))
    _, held = _all_at_once(config)
    assert max(held.values()) > WEEKLY_LIMIT
    assert {rule for rule, _ in clubs_check()} == {"R14"}
