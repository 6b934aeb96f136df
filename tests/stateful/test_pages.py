"""Whatever a page shows to somebody can be pressed by them: no error, no closed door, no «it has moved on»."""

import os
from collections import Counter
from datetime import timedelta
from random import Random
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import rule, run_state_machine_as_test
from sqlalchemy import select

from portal import clock, web
from portal.alerts.models import Alert
from portal.consilium.models import Meeting
from portal.contacts.models import Contact
from portal.db import db
from portal.diagnosis.models import Diagnosis
from portal.journal.models import JournalEntry
from portal.plans.models import Plan
from portal.programs.models import Program
from portal.referrals.models import Referral
from tests.client import Client, check_page
from tests.stateful.browser import fill, forms, links, parsed
from tests.stateful.days import Days
from tests.stateful.world import bounded, ground

OF_FAMILY = (
    "",
    "/contacts",
    "/plan",
    "/diagnoses",
    "/referrals",
    "/programs",
    "/norms",
    "/intake",
    "/analysis",
)
LISTS = (
    *(
        "/",
        "/contacts/",
        "/contacts/month",
        "/contacts/outings",
        "/journal/",
        "/journal/queue",
        "/journal/periods",
    ),
    *(
        "/alerts/",
        "/plans/",
        "/referrals/",
        "/deputies/",
        "/assignments/",
        "/families/surveys",
        "/consilium/",
    ),
)
THINGS = {
    "/contacts/{}": Contact,
    "/contacts/{}/run": Contact,
    "/journal/{}": JournalEntry,
    "/plans/{}": Plan,
    "/diagnoses/{}": Diagnosis,
    "/alerts/{}": Alert,
    "/referrals/{}": Referral,
    "/programs/{}/edit": Program,
    "/consilium/meetings/{}": Meeting,
}
MOVED_ON = {  # refusals that say: this should not have been offered
    *("wrong_state", "suspended", "not_on_patronage", "over", "decided", "locked", "frozen", "not_open"),
    *(
        "own_work",
        "own_plan",
        "own_entry",
        "already_decided",
        "already_done",
        "not_decided",
        "is_over",
        "ended",
    ),
    *(
        "corrected",
        "raised_already",
        "in_work",
        "unfinished",
        "withdrawn_already",
        "open_patronage",
        "scan_there",
    ),
    *(
        "not_paper",
        "closed_already",
        "not_over",
        "unchecked",
        "nothing_to_take_over",
        "no_analysis",
        "in_force",
    ),
    *(
        "agenda_fixed",
        "item_fixed",
        "meeting_not_open",
        "not_now",
        "changed",
        "changed_meanwhile",
        "already_voted",
    ),
    *(
        "correction_open",
        "open_measures",
        "no_diagnosis",
        "no_plan",
        "no_off_agenda",
        "voted_on",
    ),
}


PAGES = 5  # looked at in a row
OTHERS = {  # what goes on meanwhile, past the pages
    *(
        "later",
        "assess",
        "make_plan",
        "visit",
        "enroll_again",
        "go_through_stages",
        "end_month",
        "now_and_then",
    ),
    *("plan", "record", "tell"),
}


class Pages(Days):
    """People who look at pages and press what they see there; meanwhile others work, too."""

    refusals: list[str]

    def __init__(self) -> None:
        super().__init__()
        they = self.people
        others = [they.chair, they.secretary, they.members[0], they.admin]
        self.persons = [*they.workers * 6, *they.heads * 6, *others]
        self.at: dict[int, str] = {}
        self.browsers: dict[int, Any] = {}

    def client(self, user_id: int) -> Client:
        """Their browser; who was away for a while signs in again."""
        since, client = self.browsers.get(user_id, (None, None))
        if client is None or self.now - since > timedelta(minutes=30):
            client = Client(self.ground.app, user_id)
        self.browsers[user_id] = self.now, client
        return client

    def get(self, client: Client, url: str, shown: bool) -> Any:
        """The page that the address leads to; None for what was not shown and is closed to them."""
        for _ in range(4):
            answer = client.http.get(url)
            if answer.status_code not in (301, 302, 303):
                break
            url = answer.headers["Location"]
        allowed = (200,) if shown else (200, 403, 404)
        assert answer.status_code in allowed, f"{url}: {answer.status_code} {answer.text[:3000]}"
        if answer.status_code != 200 or answer.mimetype != "text/html":
            return None
        page = parsed(answer.text)
        check_page(page)
        return page, url

    def open(self, user_id: int, url: str, shown: bool = True) -> Any:
        with clock.pretend(self.now):
            found = self.get(self.client(user_id), url, shown)
        if found is not None:
            self.at[user_id] = found[1]
        return found

    @rule(seed=st.integers(0, 2**32))
    def look_around(self, seed: int) -> None:
        """People open pages of families, lists, things, or follow a link from where they are, and press something."""
        chance = Random(f"{seed} {self.steps}")  # small seeds come often, and would walk the same way
        for _ in range(PAGES):
            user_id = chance.choice(self.persons)
            self.now += timedelta(minutes=1)
            url, shown = self._somewhere(user_id, chance)
            self._open_and_press(user_id, url, chance, shown)

    look_further, look_again = (
        rule(seed=st.integers(0, 2**32))(lambda self, seed: self.look_around(seed)) for _ in range(2)
    )

    def _somewhere(self, user_id: int, chance: Random) -> tuple[str, bool]:
        """An address, and whether a page has shown it to them."""
        way = chance.choice(("family", "family", "list", "thing", "thing", "thing", "link"))
        if way == "family":
            return f"/families/{chance.choice(self.families)}{chance.choice(OF_FAMILY)}", False
        if way == "thing":
            address, model = chance.choice(list(THINGS.items()))
            db.session.rollback()
            ids = list(db.session.scalars(select(model.id).order_by(model.id.desc()).limit(6)))
            if ids:
                return address.format(chance.choice(ids)), False
        if way == "link":
            found = self.open(user_id, self.at.get(user_id, "/"), shown=False)
            there = links(found[0]) if found else []
            if there:
                self.told["links followed"] += 1
                return chance.choice(there), True
        return chance.choice(LISTS), False

    def _open_and_press(self, user_id: int, url: str, chance: Random, shown: bool) -> None:
        found = self.open(user_id, url, shown)
        self.told["pages opened"] += 1
        if found is None:
            return
        page, here = found
        offered = forms(page, here)
        ways = [] if offered and chance.random() < 0.7 else links(page, buttons=True)
        if ways:  # a button that leads to a form
            self.told["links followed"] += 1
            page, here = self.open(user_id, chance.choice(ways)) or found
            offered = forms(page, here)
        if offered:
            form, button, action = chance.choice(offered)
            with clock.pretend(self.now):
                self._press(user_id, here, fill(form, button, action, clock.today(), chance))

    def _press(self, user_id: int, here: str, press: Any) -> None:
        """Send it as the page showed it, and see what comes of it."""
        said = f"user {user_id} on {here} presses «{press.label}» ({press.url}): {press.data}"
        note(said)
        self.refusals.clear()
        client = self.client(user_id)
        sent: dict[str, list[str]] = {}
        for name, value in press.data:
            sent.setdefault(name, []).append(value)
        answer = client.http.post(press.url, data=sent, content_type="multipart/form-data")
        path = urlsplit(press.url).path
        place = "/".join("…" if part.isdecimal() else part for part in path.split("/"))
        kind = "button" if press.pure else "form"
        self.told[f"{kind} {place}: {answer.status_code} {' '.join(self.refusals)}"] += 1
        assert answer.status_code in ((200, 303) if press.pure else (200, 303, 422)), (
            f"{said}: {answer.status_code} {self.refusals} {answer.text[:3000]}"
        )
        assert not MOVED_ON & set(self.refusals), f"{said}: {self.refusals}"
        if answer.status_code == 303:
            found = self.get(client, answer.headers["Location"], shown=True)
            if found is not None:
                self.at[user_id] = found[1]
        elif answer.mimetype == "text/html" and answer.text.lstrip().lower().startswith("<!doctype"):
            check_page(parsed(answer.text))


def _only(wanted: set[str]) -> None:
    """Of the rules of Days these alone; the others would leave no time for pages."""
    for name in dir(Days):
        if name not in wanted and hasattr(getattr(Days, name), "hypothesis_stateful_rule"):
            setattr(Pages, name, None)


_only(OTHERS)


@pytest.fixture
def refusals(monkeypatch) -> list[str]:
    """The codes of the refusals that pages have put into words."""
    codes: list[str] = []
    words = web.words

    def heard(broken):
        codes.append(broken.code)
        return words(broken)

    monkeypatch.setattr(web, "words", heard)
    for name in ("portal.errors", "portal.procedures.run_views"):
        monkeypatch.setattr(f"{name}.words", heard)
    return codes


def test_whatever_is_shown_can_be_pressed(app, config, refusals):
    with ground(app, config) as here:

        class Here(Pages):
            ground = here
            told: Counter = Counter()  # noqa: RUF012

        Here.refusals = refusals
        run_state_machine_as_test(Here, settings=bounded(examples=2, steps=30))
        if os.environ.get("STEPS"):
            print("\n".join(f"{count:6} {name}" for name, count in sorted(Here.told.items())))
