"""What every run shares: its clock, its people, how a click is made and what is looked at after it."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Any, ClassVar, TypeVar

from hypothesis import currently_in_test_context, note
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from sqlalchemy import select

from portal import clock
from portal.check import broken_rules
from portal.db import db
from portal.rules import RuleBroken
from tests.stateful import kept, voted
from tests.stateful.world import BEGINS, Ground

T = TypeVar("T")
ONE = st.integers(0, 99)  # which of several
DAYS = st.integers(-9, 12)
EVERY = 20  # steps between two looks with `flask check`


def seldom(**chosen: st.SearchStrategy[Any]) -> Callable[[T], T]:
    """What is pressed now and then: all of these together are one rule, so that they leave time for the others."""

    def mark(method: T) -> T:
        method.chosen = chosen  # type: ignore[attr-defined]
        return method

    return mark


def stays(before: kept.Rows, now: kept.Rows) -> kept.Rows:
    """What there is now, after a look whether all of before is still there as it was."""
    for key, row in before.items():
        assert now.get(key) == row, f"{key} has changed: {row} → {now.get(key)}"
    return now


class Life(RuleBasedStateMachine):
    """One run. Refusals in words are part of life; anything else that is raised is a defect."""

    ground: Ground
    told: ClassVar[Counter[str]] = Counter()  # over all runs: what was done, and what was refused why

    def __init__(self) -> None:
        super().__init__()
        self.ground.reset()
        self.people, self.families = self.ground.people, self.ground.families
        self.now: datetime = BEGINS
        self.steps, self.settled, self.voted = 0, {}, {}
        self.standing = kept.Standing()

    def do(self, action: Callable[..., Any], *args: Any, **values: Any) -> Any:
        """Press a button at this moment. Gives what the action gives, None when it is refused."""
        self.now += timedelta(minutes=1)
        name = f"{action.__module__.removeprefix('portal.')}.{action.__name__}"
        with clock.pretend(self.now):
            try:
                found = action(*args, **values)
            except RuleBroken as broken:
                if currently_in_test_context():
                    note(f"{name}: {broken.code}")
                self.told[f"{name}: {broken.code}"] += 1
                return None
            self.told[name] += 1
            return found

    @property
    def today(self) -> date:
        """The day it is."""
        with clock.pretend(self.now):
            return clock.today()

    def day(self, days: int) -> date:
        """So many days from today."""
        return self.today + timedelta(days)

    def family(self, n: int) -> int:
        """One of the families."""
        return self.one(n, self.families)

    @staticmethod
    def one(n: int, rows: Sequence[T]) -> T:
        """One of them."""
        return rows[n % len(rows)]

    def row(self, n: int, model: Any, *likely: Any) -> Any:
        """A row of the table, most often one of the likely; None when there is none."""
        db.session.rollback()
        query = select(model).order_by(*model.__table__.primary_key)
        rows = list(db.session.scalars(query.where(*likely))) if n % 8 else []
        rows = rows or list(db.session.scalars(query))
        return self.one(n // 8, rows) if rows else None

    def worker(self, n: int) -> int:
        """A specialist or the pedagogue, now and then a head."""
        return self.one(n, self.people.workers * 2 + self.people.heads)

    def head(self, n: int) -> int:
        """One of the heads."""
        return self.one(n, self.people.heads)

    @rule(hours=st.sampled_from((1, 3, 24, 24, 48, 24 * 7, 24 * 17)))
    def later(self, hours: int) -> None:
        """Time goes by; work begins at nine."""
        self.now += timedelta(hours=hours)
        if hours >= 24:
            self.now = self.now.replace(hour=6, minute=0)

    @rule(data=st.data())
    def now_and_then(self, data: st.DataObject) -> None:
        """One of what is pressed seldom: each finds its row in its state less often than what is a day's work."""
        name = data.draw(
            st.sampled_from([name for name in dir(self) if hasattr(getattr(self, name), "chosen")])
        )
        method = getattr(self, name)
        method(**{key: data.draw(one) for key, one in method.chosen.items()})

    @rule(data=st.data())
    def once_more(self, data: st.DataObject) -> None:
        """Another one."""
        self.now_and_then(data)

    @invariant()
    def holds(self) -> None:
        """What stands stays; the law of norms holds; now and then all the rules of DOMAIN are asked of the data."""
        self.steps += 1
        self.told["steps"] += 1
        db.session.rollback()
        with clock.pretend(self.now):
            self.settled = stays(self.settled, kept.settled())
            kept.check_always()
            self.standing.check()
        if self.steps % EVERY == 0:
            self.ask()

    def ask(self) -> None:
        """`flask check` says ok, and with it `flask audit verify`; the consilium is as a clerk would count it."""
        db.session.rollback()
        with clock.pretend(self.now):
            self.voted = stays(self.voted, voted.settled())
            voted.check()
            found = broken_rules()
        assert not found, found

    def teardown(self) -> None:
        """The same at the end."""
        self.ask()
        self.told.update(voted.happened(BEGINS))
