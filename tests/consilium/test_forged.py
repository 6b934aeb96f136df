"""Forms that no page has made: whatever is sent is answered in words, and changes nothing that it may not."""

import io
from typing import Any

import pikepdf
import pytest
from flask import Flask
from sqlalchemy import func, select

from portal import clock, scans
from portal.check import broken_rules
from portal.consilium import actions, decisions, minutes_actions
from portal.consilium.minutes_models import MinutesSignature
from portal.consilium.models import Item, Meeting, MeetingSeat, Recusal, Vote
from portal.db import db
from portal.patronage.models import Emergency
from tests.client import Client
from tests.consilium.rows import make_meeting, make_people, make_submitted, make_vote, propose
from tests.factories import make_patronage
from tests.refusals import refuses

STRANGE = (
    *("", "-99999999999999999999", "99999999999999999999999", "2147483648", "١٢", "a\x00b", "for"),
    *("<script>alert(1)</script>", "\r\nBcc: x@y.z", "9999-12-31", "31.02.2026", "я" * 25_000),
)
ANSWERS = {200, 204, 303, 404, 409, 413, 422}


class Forger:
    """Sends one odd value after the other, in one field at a time and in all of them."""

    def __init__(self, client: Client) -> None:
        self.http, self.token = client.http, client.token()

    def send(self, url: str, **good: Any) -> None:
        """Every strange value in each of the fields, beside good ones; and each field left out."""
        for name in good:
            self._post(url, {key: value for key, value in good.items() if key != name})
            for value in STRANGE:
                self._post(url, good | {name: value})
        for value in STRANGE:
            self._post(url, dict.fromkeys(good, value))

    def _post(self, url: str, fields: dict[str, Any]) -> None:
        answer = self.http.post(url, data=fields | {"csrf_token": self.token})
        assert answer.status_code in ANSWERS, f"{answer.status_code}: {url} {str(fields)[:300]}"
        assert "<script>alert(1)" not in answer.text

    def ask(self, url: str, *names: str, **good: str) -> None:
        """The same in the query of an address."""
        for name in names:
            for value in STRANGE:
                answer = self.http.get(url, query_string=good | {name: value[:2000]})
                assert answer.status_code in ANSWERS, f"{answer.status_code}: {url}?{name}={value[:80]!r}"
                assert "<script>alert(1)" not in answer.text


def test_forms_around_a_meeting(app: Flask) -> None:
    people = make_people()
    secretary = Forger(Client(app, people.secretary))
    meeting = {"held_on": clock.today(), "starts_at": "10:00", "place": "каб. 12", "kind": "regular"}
    secretary.send("/consilium/meetings/new", **meeting, note="")
    series = {"which": "3", "weekday": "1", "month": f"{clock.today():%Y-%m}", "months": "2"}
    series |= {"starts_at": "14:00", "place": "зал", "note": "", "days": "", "seen": ""}
    secretary.send("/consilium/meetings/series", **series)
    secretary.ask("/consilium/meetings/series", *series)
    meeting_id = make_meeting(people)
    secretary.send(f"/consilium/meetings/{meeting_id}/edit", **meeting, note="")
    patronage = make_submitted()
    proposal = {"patronage_id": patronage.id, "regime": "planned", "term": "short", "ends_on": "2099-01-01"}
    proposal |= {"lead_id": people.lead.id, "involved": people.psychologist.id, "course_reason": ""}
    secretary.send(
        f"/consilium/meetings/{meeting_id}/items/new?kind=enroll", **proposal, speaker_id="", note=""
    )
    for kind in ("term", "transfer", "question", "whim"):
        fields = {
            "patronage_id": patronage.id,
            "regime": "control",
            "reason": "move",
            "place": "",
            "note": "",
        }
        secretary.send(f"/consilium/meetings/{meeting_id}/items/new?kind={kind}", **fields, question="")
    secretary.ask(f"/consilium/meetings/{meeting_id}/items/new", "kind", "q", "patronage", kind="remove")
    secretary.send(f"/consilium/meetings/{meeting_id}/order", **{"place-1": "1", "place-x": "1"})
    secretary.ask("/consilium/decisions", "year", "kind", "result", "todo", "mine", "q", "page")
    secretary.ask("/consilium/", "page")
    secretary.ask("/consilium/attendance", "year")
    head = Forger(Client(app, people.head))
    head.send("/consilium/roll", user_id=people.head.id, seat="member", votes="y")
    with_no_regime = make_patronage(lead=people.lead)
    head.send(f"/families/{with_no_regime.family_id}/emergency", why=" ")
    assert db.session.scalar(select(func.count(Emergency.id))) == 1
    assert not {one["rule"] for one in broken_rules()} & {"consilium", "audit"}


def test_forms_while_it_is_held_and_after_it(app: Flask) -> None:
    people = make_people(members=5)  # six vote, four are needed
    meeting_id, item_id, _patronage = make_vote(people)
    here, item = f"/consilium/meetings/{meeting_id}", f"/consilium/items/{item_id}"
    member, secretary, chair = (
        Forger(Client(app, one)) for one in (people.members[0], people.secretary, people.chair)
    )
    secretary.send(f"{here}/presence", user_id=people.members[1].id, presence="present")
    secretary.send(f"{item}/votes/new", user_id=people.members[1].id, choice="whim", reason="")
    secretary.send(f"{item}/recusals/new", user_id=people.members[1].id, reason="")
    member.send(f"{item}/vote", choice="whim", reason="я" * 3000)
    member.send(f"{item}/recuse", reason="")
    member.send(f"{item}/read", seen="x")
    member.send(f"{item}/dissent", body="")
    chair.send(f"{item}/defer", why="", until_on="2000-01-01", asked="")
    secretary.send(f"{here}/minutes/edit", version="9", heard="")
    member.ask(f"{here}/my-votes", "receipt")
    member.ask(here, "seen", "poll")
    assert db.session.get_one(Item, item_id).status == "voting"
    for user in (people.chair, *people.members[2:]):
        decisions.cast_vote(item_id, user.id, "for")
    decisions.close_item(item_id, people.chair.id)
    actions.close_meeting(meeting_id, people.chair.id)
    minutes_actions.offer(meeting_id, people.secretary.id)
    member.send(f"{here}/minutes/sign", seen="x", password="demo")
    secretary.send(f"{here}/minutes/paper", seen="x", signers=people.chair.id, scan="no file")
    secretary.send(f"{item}/papers/new", title="справка", scan="no file")
    secretary.send("/consilium/decisions/1/told", told_on="2000-01-01", seen_day="")
    secretary.send("/consilium/decisions/1/extract-given", extract_on="2000-01-01", seen_day="")
    for code in ("x", "a" * 64, "..", "%00", "я" * 300):
        assert member.http.get(f"{here}/verify/{code}").status_code in ANSWERS
    assert db.session.scalar(select(func.count(MinutesSignature.id))) == 0
    assert broken_rules() == []


def test_a_vote_for_another_is_ones_own(app: Flask) -> None:
    """Whatever the form names besides the choice, it is the vote of whoever is signed in; and it is the only one."""
    people = make_people()
    meeting_id, item_id, _patronage = make_vote(people)
    me, other = people.members[:2]
    browser, url = Client(app, me), f"/consilium/items/{item_id}/vote"
    browser.post(url, choice="for", user_id=other.id, entered_by_id=other.id, id=7, cast_at="2000-01-01")
    vote = db.session.scalars(select(Vote)).one()
    assert (vote.user_id, vote.choice, vote.entered_by_id) == (me.id, "for", None)
    assert clock.local(vote.cast_at).date() == clock.today()
    browser.post(url, 409, choice="against")
    browser.post(f"/consilium/items/{item_id}/votes/new", 403, user_id=other.id, choice="for")
    browser.post(f"/consilium/meetings/{meeting_id}/presence", 403, user_id=other.id, presence="absent")
    browser.post(f"/consilium/meetings/{meeting_id}/here", user_id=other.id, presence="excused")
    assert db.session.get_one(MeetingSeat, (meeting_id, other.id)).presence == "present"
    assert db.session.scalars(select(Vote.user_id)).all() == [me.id]


def test_only_the_secretary_enters_the_votes_of_others(app: Flask) -> None:
    """DOMAIN §2, §4: the record says "entered by the secretary"; the chair who counts and closes does not."""
    people = make_people()
    meeting_id, item_id, _patronage = make_vote(people)
    url = f"/consilium/items/{item_id}/votes/new"
    for user, there in ((people.chair, False), (people.members[0], False), (people.secretary, True)):
        browser = Client(app, user)
        browser.get(f"/consilium/meetings/{meeting_id}")
        assert (url in browser.last.text) is there
        browser.get(url, 200 if there else 403)
        if not there:
            browser.post(url, 403, user_id=people.members[1].id, choice="for")
    assert db.session.scalar(select(func.count(Vote.id))) == 0


def test_nobody_takes_back_their_own_recusal_that_another_has_entered(app: Flask) -> None:
    people = make_people()
    meeting_id = make_meeting(people)
    item_id = propose(people, meeting_id, make_submitted())
    actions.convene(meeting_id, people.chair.id)
    secretary, chair, url = (
        *(Client(app, one) for one in (people.secretary, people.chair)),
        f"/consilium/items/{item_id}",
    )
    secretary.post(f"{url}/recusals/new", user_id=people.chair.id, reason="Родственники.")
    chair.get(url)
    assert "Родственники" in chair.text
    assert f"/recusals/{people.chair.id}/take-back" not in chair.last.text
    chair.post(f"{url}/recusals/{people.chair.id}/take-back", 409)
    assert "Этот самоотвод внёс председатель или секретарь: попросите их отменить его" in chair.text
    chair.post(f"{url}/recuse/take-back", 409)
    assert db.session.scalars(select(Recusal.user_id)).all() == [people.chair.id]
    secretary.post(f"{url}/recusals/{people.chair.id}/take-back")
    chair.post(f"{url}/recuse", reason="Родственники.")
    chair.get(url)
    assert "/recuse/take-back" in chair.last.text
    chair.post(f"{url}/recuse/take-back")
    assert db.session.scalars(select(Recusal.user_id)).all() == []


def test_days_of_another_age_are_asked_about(app: Flask) -> None:
    people = make_people()
    secretary = Client(app, people.secretary)
    meeting = {"starts_at": "10:00", "place": "каб. 12", "kind": "regular"}
    for day in ("9999-12-31", "2101-01-01", "1999-12-31"):
        secretary.post("/consilium/meetings/new", 422, held_on=day, **meeting)
        assert "Проверьте год" in secretary.text
    assert db.session.scalar(select(func.count(Meeting.id))) == 0
    _meeting, item_id, _patronage = make_vote(people)
    with refuses("far_year"):
        decisions.defer_item(item_id, "потом", people.chair.id, until_on=clock.today().replace(year=9999))


def _nested(depth: int) -> bytes:
    """A PDF with an array in an array in an array."""
    pdf, out = pikepdf.new(), io.BytesIO()
    pdf.add_blank_page()
    inner = pikepdf.Array([])
    for _ in range(depth):
        inner = pikepdf.Array([inner])
    pdf.Root.Deep = inner
    pdf.save(out)
    return out.getvalue()


@pytest.mark.parametrize("depth", [50, 400, 480])
def test_a_pdf_of_boxes_in_boxes_is_read_or_refused(depth: int) -> None:
    from portal.rules import RuleBroken

    try:
        assert scans.clean(io.BytesIO(_nested(depth)))[1] == "application/pdf"
    except RuleBroken as broken:
        assert broken.code in ("file_broken", "file_active")
