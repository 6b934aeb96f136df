"""The pages of the consilium that no other journey opens, each once: axe finds nothing, nothing scrolls sideways."""

from dataclasses import dataclass

from playwright.sync_api import Page

from portal.consilium import agenda, decisions
from portal.consilium.models import Item
from portal.db import db
from tests.consilium.after import enroll
from tests.consilium.held import offer_minutes
from tests.consilium.rows import make_meeting, make_people, make_submitted, open_with, propose
from tests.factories import make_patronage
from tests.journeys.conftest import Center, axe
from tests.journeys.test_decisions import named

KINDS = (
    "",
    *(f"?kind={kind}" for kind in ("refuse", "regime", "term", "extend", "ratify", "transfer", "question")),
)
SERIES = "which=-1&weekday=4&months=12&starts_at=14%3A00&place=12"


@dataclass
class Meetings:
    """One that is over with its minutes offered, one that runs with an item being voted on, one to come."""

    decided: int
    over: int
    code: str
    runs: int
    voting: int
    waiting: int
    ahead: int
    family: int


def make_meetings() -> Meetings:
    people = make_people()
    decided = enroll(people, "Соколова")[0].item_id
    over = db.session.get_one(Item, decided).meeting_id
    code = offer_minutes(people, over)
    family = make_patronage(lead=people.lead).family_id
    runs = make_meeting(people)
    voting, waiting = (propose(people, runs, make_submitted(name)) for name in ("Орлова", "Ясная"))
    agenda.add_item(runs, "question", question="О графике заседаний", actor_id=people.secretary.id)
    open_with(people, runs)
    decisions.open_voting(voting, people.chair.id)
    ahead = make_meeting(people, 9)
    named(secretary=people.secretary, chair=people.chair, member=people.members[0], head=people.head)
    return Meetings(decided, over, code, runs, voting, waiting, ahead, family)


def look_at(page: Page, *paths: str) -> None:
    for path in paths:
        answer = page.goto(path)
        assert answer is not None and answer.ok, path
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth + 1"), (
            f"{path} scrolls sideways"
        )


def test_who_prepares_and_holds_meetings_reads_every_page(center: Center) -> None:
    """The secretary and the head at the desk, the chair on a phone in the dark."""
    made = make_meetings()
    ahead, runs, over = (f"/consilium/meetings/{one}" for one in (made.ahead, made.runs, made.over))
    secretary = center.open("secretary")
    look_at(secretary, "/consilium/", f"/consilium/meetings/series?{SERIES}", "/consilium/roll", ahead)
    look_at(secretary, *(f"{ahead}/items/new{kind}" for kind in KINDS))
    look_at(secretary, runs, f"{runs}/order", f"{runs}/agenda", f"{runs}/minutes/edit")
    look_at(secretary, *(f"/consilium/items/{made.waiting}/{page}" for page in ("edit", "papers/new")))
    look_at(secretary, *(f"/consilium/items/{made.voting}/{page}" for page in ("recusals/new", "votes/new")))
    look_at(secretary, f"{over}/minutes", f"{over}/minutes/paper", f"{over}/verify/{made.code}")
    look_at(center.open("head"), "/consilium/roll", f"/families/{made.family}/emergency", f"{over}/minutes")
    chair = center.open("chair", size="phone")
    chair.emulate_media(color_scheme="dark")
    look_at(chair, "/", "/consilium/", runs, ahead, f"{ahead}/edit", f"/consilium/items/{made.waiting}/defer")


def test_a_member_reads_every_page_on_a_phone(center: Center) -> None:
    """In the dark."""
    made = make_meetings()
    runs, over = f"/consilium/meetings/{made.runs}", f"/consilium/meetings/{made.over}"
    member = center.open("member", size="phone")
    member.emulate_media(color_scheme="dark")
    look_at(
        member, runs, f"/consilium/items/{made.voting}/recuse", f"/consilium/items/{made.decided}/dissent"
    )
    look_at(member, f"{over}/minutes", f"{over}/verify/{made.code}", f"{over}/my-votes")
