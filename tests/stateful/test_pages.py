"""Whatever a page shows to somebody can be pressed by them: no error, no closed door, no «it has moved on»."""

import os
import sys
from collections import Counter
from datetime import timedelta
from random import Random
from typing import Any, ClassVar

import pytest
from flask import g
from hypothesis import currently_in_test_context, note
from hypothesis import strategies as st
from hypothesis.stateful import rule, run_state_machine_as_test
from sqlalchemy import select

from portal import clock, web
from portal.access import granted
from portal.accounts.models import User
from portal.alerts.models import Alert
from portal.consilium.models import Meeting
from portal.contacts.models import Contact
from portal.db import db, is_sqlite
from portal.diagnosis.models import Diagnosis
from portal.journal.models import JournalEntry
from portal.patronage.models import Assignment, Patronage
from portal.plans.models import Plan
from portal.programs.models import Program
from portal.referrals.models import Referral
from tests.client import Client, check_page
from tests.stateful.browser import Press, fill, forms, label_of, links, main_button, parsed, says
from tests.stateful.busy import Busy
from tests.stateful.days import Days
from tests.stateful.reach import endpoint_of, to_be_sent
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
    "/hand-over",
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
        "/settings/norms",
        "/settings/procedures",
        "/plans/",
        "/referrals/",
        "/deputies/",
        "/assignments/",
        "/families/surveys",
        "/consilium/",
    ),
    *("/assignments/?by=specialist", "/families/"),
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
LIKE = {"patronage.move_stage": "families"}  # pressed on pages of another part
ENDS = {  # what takes from others what they could press: last in a tour
    "alerts.close",
    "consilium.cancel_meeting",
    "consilium.close_meeting",
    "consilium.defer_item",
    "consilium.take_off",
    "contacts.cancel",
    "families.decline",
    "families.withdraw",
    "patronage.hand_over_several",
    "plans.discard",
    "plans.edit",
    "plans.results",
}
PATIENCE = 12  # times that it is tried before what ends things is
PLACES = 6  # remembered where something is offered
LACKING = {  # what a button may say instead: what has to be written first, on the page that it leads to
    *("no_conclusion",),
}
MOST_WALKS, LOOKS = 8, 120  # of a tour, and pages in each
AGAIN = 3  # times that a form which came back is filled in anew
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
    expected: set[str]
    taken: ClassVar[Counter[str]] = Counter()  # over all runs: how often a form of the endpoint was taken

    def __init__(self) -> None:
        super().__init__()
        they = self.people
        others = [they.chair, they.secretary, *they.members, they.admin]
        self.persons = [*they.workers * 6, *they.heads * 6, *others]
        self.tried: Counter[str] = Counter()  # in this run: what a run chooses hangs on nothing before it
        self.got: set[str] = set()
        self.been: Counter[Any] = Counter()
        self.roles = {
            one: frozenset(db.session.get_one(User, one).roles) for one in sorted(set(self.persons))
        }
        self.at: dict[int, str] = {}
        self.browsers: dict[int, Any] = {}
        self.offered: dict[str, list[tuple[int, str]]] = {}

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
        assert answer.status_code in allowed, f"{url}: {answer.status_code} {says(answer.text)}"
        if answer.status_code != 200 or answer.mimetype != "text/html":
            return None
        page = parsed(answer.text)
        check_page(page)
        return page, url

    def open(self, user_id: int, url: str, shown: bool = True) -> Any:
        """The page for this user; what it offers is remembered."""
        with clock.pretend(self.now):
            found = self.get(self.client(user_id), url, shown)
        self.told["pages opened"] += 1
        return self._arrive(user_id, found)

    def _arrive(self, user_id: int, found: Any) -> Any:
        if found is not None:
            self.at[user_id] = found[1]
            for endpoint in {one[0] for one in (*self._forms(*found), *self._ways(found[0]))}:
                places = self.offered.setdefault(endpoint, [])
                places.append((user_id, found[1]))
                del places[:-PLACES]
        return found

    def _forms(self, page: Any, here: str) -> list[tuple[str, Any]]:
        """What the page lets one send, by endpoint."""
        found = ((endpoint_of(self.ground.app, form[2]), form) for form in forms(page, here))
        return [(endpoint, form) for endpoint, form in found if endpoint in self.expected]

    def _ways(self, page: Any) -> list[tuple[str, Any]]:
        """The links that lead to forms, by endpoint."""
        found = ((endpoint_of(self.ground.app, url), url) for url in links(page))
        return [(endpoint, url) for endpoint, url in found if endpoint in self.expected]

    @rule(seed=st.integers(0, 2**32))
    def look_around(self, seed: int) -> None:
        """People open pages of families, lists, things, or follow a link from where they are, and press something."""
        chance = Random(f"{seed} {self.steps}")  # small seeds come often, and would walk the same way
        for _ in range(PAGES):
            self.look(chance)

    look_further, look_again = (
        rule(seed=st.integers(0, 2**32))(lambda self, seed: self.look_around(seed)) for _ in range(2)
    )

    def look(self, chance: Random, eager: float = 0.8) -> None:
        """One page, and something pressed there: mostly what was never taken in this run."""
        self.now += timedelta(minutes=1)
        never = self.expected - self.got
        if never and chance.random() < eager:
            gentle = {name for name in never - ENDS if self.tried[name] < PATIENCE} or never
            known = {name for name in gentle if self.offered.get(name)}
            self.seek(self._rarest(sorted(known or gentle), chance), chance, strictly=eager == 1)
        elif self.offered and chance.random() < 0.5:
            there = [name for name, places in sorted(self.offered.items()) if places]
            self.seek(self._rarest(there, chance), chance)
        else:
            self._open_and_press(*self._somewhere(chance), chance)

    def seek(self, endpoint: str, chance: Random, strictly: bool = False) -> None:
        """Go where a page has offered it, or may: to one like it, as somebody who may send it.

        `strictly`: of what else stands there, press only what was never taken.
        """
        self.tried[endpoint] += 1
        places = self.offered.get(endpoint)
        if places:
            user_id, url = places.pop(chance.randrange(len(places)))
        else:
            likely = [self._like(endpoint, chance) for _ in range(4)]
            user_id, url = min(likely, key=lambda one: (self.been[one], self.been[one[1]]))
            self.been.update([(user_id, url), url])
        self._open_and_press(user_id, url, False, chance, endpoint, strictly)

    def _like(self, endpoint: str, chance: Random) -> tuple[int, str]:
        part = endpoint.partition(".")[0]
        part = LIKE.get(endpoint, part)
        ways: list[tuple[str, Any]] = [("", one) for one in LISTS if self._part(one) == part]
        ways += [("family", one) for one in OF_FAMILY if self._part(f"/families/1{one}") == part]
        ways += [("thing", one) for one in THINGS if self._part(one.format(1)) == part]
        kind, address = chance.choice(ways)
        permission = self.ground.app.view_functions[endpoint].declared_access  # type: ignore[attr-defined]
        anybody = chance.choice([one for one in self.roles if self._able(one, permission)])
        if kind == "family":
            family_id = chance.choice(self.families)
            return self._whose(family_id, anybody, chance, permission), f"/families/{family_id}{address}"
        if kind == "thing":
            row, user_id = self._thing(THINGS[address], anybody, chance, permission)
            return user_id, address.format(row.id if row else 1)
        return anybody, address

    def _part(self, url: str) -> str:
        return endpoint_of(self.ground.app, url, "GET").partition(".")[0]

    def _rarest(self, endpoints: list[str], chance: Random) -> str:
        least = min(self.tried[name] for name in endpoints)
        return chance.choice([name for name in endpoints if self.tried[name] == least])

    def _somewhere(self, chance: Random) -> tuple[int, str, bool]:
        """Somebody, an address, and whether a page has shown it to them."""
        way = chance.choice(("family", "family", "list", "thing", "thing", "link"))
        user_id = chance.choice(self.persons)
        if way == "family":
            family_id = chance.choice(self.families)
            address = f"/families/{family_id}{chance.choice(OF_FAMILY)}"
            return self._whose(family_id, user_id, chance), address, False
        if way == "thing":
            address, model = chance.choice(list(THINGS.items()))
            row, user_id = self._thing(model, user_id, chance)
            if row:
                return user_id, address.format(row.id), False
        if way == "link":
            found = self.open(user_id, self.at.get(user_id, "/"), shown=False)
            there = links(found[0]) if found else []
            if there:
                self.told["links followed"] += 1
                return user_id, chance.choice(there), True
        return user_id, chance.choice(LISTS), False

    def _thing(self, model: Any, anybody: int, chance: Random, permission: Any = None) -> tuple[Any, int]:
        """One of the first or the latest rows, of any state, and who may have something to do with it."""
        db.session.rollback()
        order = chance.choice((model.id, model.id.desc()))
        rows = list(db.session.scalars(select(model).order_by(order).limit(30)))
        if not rows:
            return None, anybody
        by_state: dict[str, list[Any]] = {}
        for row in rows:
            by_state.setdefault(getattr(row, "state", None) or getattr(row, "status", ""), []).append(row)
        row = chance.choice(by_state[chance.choice(sorted(by_state))])
        patronage_id = getattr(row, "patronage_id", None)
        if patronage_id is None:
            return row, anybody
        family_id = db.session.get_one(Patronage, patronage_id).family_id
        worker_id = getattr(row, "worker_id", None) or getattr(row, "user_id", None)
        if worker_id and chance.random() < 0.7 and self._able(worker_id, permission):
            return row, worker_id
        return row, self._whose(family_id, anybody, chance, permission)

    def _whose(self, family_id: int, anybody: int, chance: Random, permission: Any = None) -> int:
        """Mostly somebody who works with the family, or a head; who may, if asked."""
        db.session.rollback()
        here = select(Patronage.id).where(Patronage.family_id == family_id).scalar_subquery()
        query = select(Assignment.user_id).where(
            Assignment.patronage_id.in_(here), Assignment.ends_on.is_(None)
        )
        likely = [*sorted(db.session.scalars(query)) * 3, *self.people.heads * 2]
        return chance.choice([*(one for one in likely if self._able(one, permission)), anybody])

    def _able(self, user_id: int, permission: Any) -> bool:
        return permission is None or permission in granted(self.roles[user_id])

    def _open_and_press(
        self, user_id: int, url: str, shown: bool, chance: Random, wanted: str = "", strictly: bool = False
    ) -> None:
        found = self.open(user_id, url, shown)
        offered = [*self._forms(*found), *self._ways(found[0])] if found else []
        wanted = self._choose({name for name, _what in offered}, wanted, strictly, chance)
        if not wanted:
            return
        what = self._one_of([what for name, what in offered if name == wanted], chance)
        if isinstance(what, str):  # a link that leads to the form
            self.told["links followed"] += 1
            found = self.open(user_id, what)
            there = [form for name, form in self._forms(*found) if name == wanted] if found else []
            if not there:
                return
            what = self._one_of(there, chance)
        form, button, action = what
        with clock.pretend(self.now):
            self._press(user_id, found[1], fill(form, button, action, clock.today(), chance), wanted, chance)

    def _choose(self, names: set[str], wanted: str, strictly: bool, chance: Random) -> str:
        """What to press of what is offered; empty for nothing."""
        if wanted in names:
            return wanted
        if strictly:
            names = names & (self.expected - self.got - ENDS)
        if not names:
            return ""
        return self._rarest(sorted(names), chance) if chance.random() < 0.7 else chance.choice(sorted(names))

    def _one_of(self, there: list[Any], chance: Random) -> Any:
        """One of the ways; of a form's buttons mostly the main one."""
        main = [one for one in there if isinstance(one, str) or main_button(one[1])]
        return chance.choice(main if main and chance.random() < 0.8 else there)

    def trouble(self, said: str) -> None:
        """Something shown could not be pressed."""
        raise AssertionError(said)

    def _press(
        self, user_id: int, here: str, press: Press, endpoint: str, chance: Random, again: int = 0
    ) -> None:
        """Send it as the page showed it, and see what comes of it."""
        typed = [one for one in press.data if one[0] != "csrf_token"]
        said = f"user {user_id} on {here} presses «{press.label}» ({press.url}): {typed} {press.files}"
        if currently_in_test_context():
            note(said)
        self.refusals.clear()
        client = self.client(user_id)
        answer = client.http.post(press.url, data=press.body(), content_type="multipart/form-data")
        g.pop("kept", None)  # of the test's own context, which no request ends
        kind, refused = "button" if press.pure else "form", set(self.refusals)
        self.told[f"{kind} {endpoint}: {answer.status_code} {' '.join(self.refusals)}"] += 1
        self.told["presses"] += 1
        allowed = (200, 303) if press.pure else (200, 303, 422)
        if answer.status_code not in allowed:
            self.trouble(f"{said}: {answer.status_code} {self.refusals} {says(answer.text)}")
        elif MOVED_ON & refused or (press.pure and not refused <= LACKING):
            self.trouble(f"{said}: {self.refusals}")
        if answer.status_code == 303:
            if not refused:
                self.got.add(endpoint)
                self.taken[endpoint] += 1
            self._arrive(user_id, self.get(client, answer.headers["Location"], shown=True))
        elif answer.mimetype == "text/html" and answer.text.lstrip().lower().startswith("<!doctype"):
            page = parsed(answer.text)
            check_page(page)
            if again < AGAIN:
                self._once_more(user_id, page, press, endpoint, chance, again + 1, answer.status_code)

    def _once_more(
        self, user_id: int, page: Any, press: Press, endpoint: str, chance: Random, again: int, status: int
    ) -> None:
        """The form has come back, wrong or with a row more: it is mended, and sent again."""
        same = [one for one in forms(page, press.url) if one[2] == press.url]
        if status == 422:
            same = [one for one in same if label_of(one[1]) == press.label]
        else:
            same = [one for one in same if main_button(one[1])]
        if same:
            form, button, action = same[0]
            mended = fill(form, button, action, clock.today(), chance, again=status == 422)
            self._press(user_id, press.url, mended, endpoint, chance, again)


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

    for name, module in list(sys.modules.items()):  # wherever it was imported to
        if name.startswith("portal.") and getattr(module, "words", None) is words:
            monkeypatch.setattr(module, "words", heard)
    return codes


def test_whatever_is_shown_can_be_pressed(app, config, refusals):
    """What pages show does not hang on the database: in a short run every form is reached on one of them."""
    whole = is_sqlite() or "STEPS" in os.environ
    with ground(app, config, Busy) as here:

        class Here(Pages):
            ground = here
            told: Counter = Counter()  # noqa: RUF012
            taken: Counter = Counter()  # noqa: RUF012

        Here.refusals, Here.expected = refusals, to_be_sent(app)
        try:
            tour(Here, MOST_WALKS if whole else 1)
            run_state_machine_as_test(
                Here, settings=bounded(examples=2, steps=40 if "STEPS" in os.environ else 4)
            )
        finally:
            print(told(Here.told))
        never = sorted(Here.expected - set(Here.taken))
        assert not (whole and never), f"never sent with success: {never}"


def tour(kind: type[Pages], walks: int) -> None:
    """Everything that can be pressed is, once at least: several walks, each through the centre as it was made."""
    for seed in range(walks):
        walk, chance = kind(), Random(seed)
        walk.got = {name for name in kind.expected if kind.taken[name]}
        for _ in range(LOOKS if walks > 1 else LOOKS // 3):
            if walk.expected == walk.got:
                break
            walk.look(chance, eager=1)
        walk.holds()
        walk.teardown()
        print(f"after walk {seed}: {len(walk.got)} of {len(walk.expected)} taken")
        if walk.expected == walk.got:
            break


def told(counted: Counter[str]) -> str:
    """The tally, a line each; pytest shows what was printed when the test fails, or with -s."""
    return "\n".join(f"{count:6} {name}" for name, count in sorted(counted.items()))
