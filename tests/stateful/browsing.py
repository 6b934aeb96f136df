"""People at their browsers: they open a page, see what it offers, and press it."""

from collections import Counter
from datetime import timedelta
from random import Random
from typing import Any, ClassVar

from flask import g
from hypothesis import currently_in_test_context, note

from portal import clock
from portal.accounts.models import User
from portal.db import db
from tests.client import Client, check_page
from tests.stateful.browser import Press, fill, forms, label_of, links, main_button, parsed, says
from tests.stateful.days import Days
from tests.stateful.places import (
    AGAIN,
    LACKING,
    MOVED_ON,
    PLACES,
)
from tests.stateful.reach import endpoint_of


class Browsing(Days):
    """People who have browsers: what a page offers them, and how they press it."""

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
