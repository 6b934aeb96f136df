"""People who look at pages, and press what they see there."""

from datetime import timedelta
from random import Random
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule
from sqlalchemy import select

from portal import clock
from portal.access import granted
from portal.db import db
from portal.patronage.models import Assignment, Patronage
from tests.stateful.browser import fill, links
from tests.stateful.browsing import Browsing
from tests.stateful.places import (
    ENDS,
    LIKE,
    LISTS,
    OF_FAMILY,
    ONLY_SEEN,
    PAGES,
    PATIENCE,
    THINGS,
)
from tests.stateful.reach import endpoint_of

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


class Pages(Browsing):
    """They choose where to go and what to press; meanwhile others work, too."""

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
            address, model = chance.choice(list((THINGS | ONLY_SEEN).items()))
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


def _only(wanted: set[str]) -> None:
    """Of the rules of the days these alone; the others would leave no time for pages."""
    for name in dir(Browsing):
        if name not in wanted and hasattr(getattr(Browsing, name), "hypothesis_stateful_rule"):
            setattr(Pages, name, None)


_only(OTHERS)
