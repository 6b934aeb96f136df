"""Families with much work behind them, and items of every kind, written past the actions."""

from datetime import date, time, timedelta
from typing import Any

from portal import clock
from portal.accounts.models import User
from portal.consilium.models import Item
from portal.contacts.models import Contact
from portal.db import technical
from portal.patronage.models import Patronage
from tests.factories import make_diagnosis, make_family, make_patronage, make_plan


def make_contact(
    patronage: Patronage, user: User, day: date, state: str = "done", kind: str = "visit"
) -> None:
    """A contact of that day."""
    values: dict[str, Any] = {"kind": kind, "state": state, "day": day, "starts_at": time(12), "minutes": 60}
    values |= {"created_by_id": user.id, "created_at": clock.now(), "closed_at": clock.now()}
    values |= {"reason": "отъезд" if kind == "call" else ""}
    values |= {"patronage_id": patronage.id, "user_id": user.id}
    with technical() as s:
        s.add(Contact(**values))


def make_worked(lead: User, surname: str = "Орлова", times: int = 1) -> Patronage:
    """On patronage for half a year: diagnoses, a plan, contacts; `times` as many of each."""
    today = clock.today()
    begun = {"opened_on": today - timedelta(200), "enrolled_on": today - timedelta(180)}
    patronage = make_patronage(make_family(surname, children=times), lead=lead, **begun)
    make_diagnosis(patronage, lead, score=3, state="approved", day=today - timedelta(150), crisis_depth=3)
    for number in range(2, 2 + times):
        day = today - timedelta(100 - number)
        made = {"state": "approved", "number": number, "day": day, "conclusion": "Стало спокойнее."}
        make_diagnosis(patronage, lead, score=1, crisis_depth=1, **made)
    make_plan(patronage, lead, "in_force", due=(-3, *(7,) * times))
    for back in range(times):
        make_contact(patronage, lead, today - timedelta(10 + back))
        make_contact(patronage, lead, today - timedelta(40 + back), "not_at_home")
    return patronage


def make_item(meeting_id: int, kind: str, patronage: Patronage | None = None, **fields: Any) -> int:
    """An item that waits."""
    values = {"meeting_id": meeting_id, "position": 1, "status": "waiting", "kind": str(kind)} | fields
    values["patronage_id"] = patronage.id if patronage else None
    with technical() as s:
        item = Item(**values)
        s.add(item)
        s.flush()
        return item.id
