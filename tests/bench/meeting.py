"""A live meeting of fifteen members and thirty items with everybody's screen open, while votes are cast."""

import html
import math
import re
import selectors
import statistics
import time
from datetime import time as at
from typing import NamedTuple
from urllib.parse import quote

from portal import clock
from portal.accounts.models import User
from portal.consilium import actions, agenda, decisions
from portal.consilium.live import state_of
from portal.consilium.models import Meeting
from portal.db import db
from portal.patronage.models import Patronage
from tests.bench.load import Connection, request
from tests.factories import make_analysis

MEMBERS, ITEMS, DECIDED = 15, 30, 14
POLLED = re.compile(r'hx-get="([^"]*seen=(\d+)-[^"]*)" hx-trigger="every (\d+)ms"')
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
LONGEST = 30.0  # seconds; a screen that has not seen the last vote by then never will


class Room(NamedTuple):
    """The meeting, the item being voted on, and what a page that has seen it all asks with."""

    meeting_id: int
    item_id: int
    seen: str


class Followed(NamedTuple):
    """How the screens followed the votes; in milliseconds, but `known` in seconds from a vote to each of them."""

    polls: int
    per_second: float
    poll: float
    slowest: float
    vote: float
    known: list[float]


def hold(voters: list[User], families: int) -> Room:
    """Half the agenda is decided, each with fifteen votes; the next item is being voted on. The chair comes first."""
    chair = voters[0].id
    meeting_id = actions.create_meeting(clock.today(), at(10), "Зал", "", chair)
    items = [_propose(meeting_id, families - n, voters[0]) for n in range(ITEMS)]
    actions.convene(meeting_id, chair)
    actions.open_meeting(meeting_id, chair)
    for user in voters:
        actions.mark_presence(meeting_id, user.id, "present", chair)
    for item_id in items[:DECIDED]:
        decisions.open_voting(item_id, chair)
        for user in voters:
            decisions.cast_vote(item_id, user.id, "against")
        decisions.close_item(item_id, chair)
    decisions.open_voting(items[DECIDED], chair)
    return Room(meeting_id, items[DECIDED], state_of(db.session.get_one(Meeting, meeting_id)))


def _propose(meeting_id: int, patronage_id: int, author: User) -> int:
    make_analysis(db.session.get_one(Patronage, patronage_id), author)
    return agenda.add_remove_item(meeting_id, patronage_id, reason="aims_reached", actor_id=author.id)


class Screen:
    """The open page of a member: it polls as the page says, and votes with the page's form."""

    def __init__(self, port: int, room: Room, cookie: str) -> None:
        self.cookie, self.page, self.ballot = cookie, Connection(port), Connection(port)
        self.address, self.every, self.due, self.waits = "", 0.0, 0.0, False
        self.seen: list[tuple[float, int]] = []  # when which version of the meeting came
        answer = self.page.ask(request(f"/consilium/meetings/{room.meeting_id}", cookie))
        self.take(answer)
        token = TOKEN.search(answer)
        body = f"csrf_token={quote(token[1] if token else '')}&choice=for&reason="
        lines = [f"POST /consilium/items/{room.item_id}/vote HTTP/1.1", "Host: 127.0.0.1", "HX-Request: true"]
        lines += [f"Cookie: {cookie}", f"Content-Length: {len(body)}"]
        lines += ["Content-Type: application/x-www-form-urlencoded", "", body]
        self.vote = "\r\n".join(lines).encode()

    def take(self, answer: str) -> None:
        """Show the page or the fragment; an empty answer changes nothing."""
        if found := POLLED.search(answer):
            self.address, self.every = html.unescape(found[1]), int(found[3]) / 1000
            self.seen.append((time.perf_counter(), int(found[2])))

    def knew(self, version: int) -> float:
        """When it first showed this version or a later one; never yet."""
        return next((moment for moment, seen in self.seen if seen >= version), math.inf)


class _Following:
    """All screens at once, in one thread."""

    def __init__(self, screens: list[Screen], pause: bool) -> None:
        self.screens, self.pause = screens, pause
        self.polls: list[float] = []
        self.cast: list[
            tuple[float, float, int]
        ] = []  # when a vote was sent and answered, the version with it
        self.sent = 0
        self.selector = selectors.DefaultSelector()
        for n, one in enumerate(screens):
            one.due = time.perf_counter() + (one.every * n / len(screens) if pause else 0)
            self.selector.register(one.page.socket, selectors.EVENT_READ, (one, one.page))
            self.selector.register(one.ballot.socket, selectors.EVENT_READ, (one, one.ballot))

    def turn(self) -> None:
        """Ask what is due, take what has come."""
        for one in self.screens:
            if not one.waits and one.due <= time.perf_counter():
                one.waits, one.due = True, one.due + one.every if self.pause else 0
                one.page.send(request(one.address, one.cookie, htmx=True))
        for key, _mask in self.selector.select(timeout=0.002):
            screen, connection = key.data
            if connection.receive():
                assert connection.status in (b"200", b"204"), connection.status
                screen.take(connection.text)
                self._note(screen, connection)

    def _note(self, screen: Screen, connection: Connection) -> None:
        now = time.perf_counter()
        if connection is screen.page:
            screen.waits = False
            self.polls.append(now - connection.sent_at)
        else:
            self.cast.append((connection.sent_at, now, screen.seen[-1][1]))

    def vote(self, screen: Screen) -> None:
        """Send the vote of a screen."""
        self.sent += 1
        screen.ballot.send(screen.vote)

    def known(self) -> list[float]:
        """Seconds from each vote until the last screen showed it; endless while one does not."""
        return [max(one.knew(version) for one in self.screens) - sent for sent, _took, version in self.cast]

    def is_over(self) -> bool:
        """Whether each vote is answered, and every screen shows them all."""
        return len(self.cast) == self.sent and not math.isinf(sum(self.known()))


def follow(port: int, room: Room, cookies: list[str], voters: range, gap: float, pause: bool) -> Followed:
    """Members vote one after another, all screens poll: with the `pause` that the page makes, or without any."""
    screens = [Screen(port, room, cookie) for cookie in cookies]
    began, all_of_them = time.perf_counter(), _Following(screens, pause)
    for n, voter in enumerate(voters, 1):
        while time.perf_counter() < began + gap * n:
            all_of_them.turn()
        all_of_them.vote(screens[voter])
    while not all_of_them.is_over():
        all_of_them.turn()
        assert time.perf_counter() - began < LONGEST, "a screen does not follow"
    seconds = time.perf_counter() - began
    for one in screens:
        one.page.socket.close()
        one.ballot.socket.close()
    polls = [one * 1000 for one in all_of_them.polls]
    vote = statistics.median(answered - sent for sent, answered, _version in all_of_them.cast) * 1000
    return Followed(
        len(polls), len(polls) / seconds, statistics.median(polls), max(polls), vote, all_of_them.known()
    )
