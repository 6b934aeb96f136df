"""How one family has stood by the norms, and who may see and lift them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Row, select

from portal import clock
from portal.accounts.models import User
from portal.contacts import standing
from portal.contacts.models import Contact, Suspension
from portal.db import db
from portal.families.models import Family
from portal.families.queries import reach, work
from portal.norms.models import Exemption
from portal.patronage.models import Patronage
from portal.rules.contacts import BY_TELEPHONE, State
from portal.rules.norms import History, Period, judge

YEAR = timedelta(days=371)  # 53 weeks


def get_exemption(user: Any, exemption_id: int) -> Exemption | None:
    """An exemption of a family the user works with, else None."""
    query = select(Exemption).join(Patronage, Patronage.id == Exemption.patronage_id)
    query = query.join(Family, Family.id == Patronage.family_id)
    return db.session.scalar(query.where(Exemption.id == exemption_id, work(user)))


@dataclass(frozen=True)
class Judged:
    """A period with what took place in it: visits and meetings, and calls apart."""

    period: Period
    visits: int
    calls: int


@dataclass(frozen=True)
class Standing:
    """How a family has stood for a year: its periods, the latest first, and the days on which nothing was owed."""

    patronage: Patronage
    periods: list[Judged]
    exemptions: list[Row[Any]]
    suspensions: list[Suspension]


def standing_of(family_id: int) -> Standing | None:
    """The year of a family's latest patronage that began; None where there was none."""
    s, today = db.session(), clock.today()
    query = select(Patronage).where(Patronage.family_id == family_id, Patronage.enrolled_on.is_not(None))
    patronage = s.scalar(query.order_by(Patronage.enrolled_on.desc()).limit(1))
    if patronage is None:
        return None
    law = standing.histories(s, [patronage.id])[patronage.id]
    contacts = select(Contact.day, Contact.kind).where(
        Contact.patronage_id == patronage.id, Contact.state == State.DONE
    )
    rows = s.execute(contacts.order_by(Contact.day)).all()
    exemptions = select(Exemption, User).join(User, User.id == Exemption.approved_by_id)
    exemptions = exemptions.where(Exemption.patronage_id == patronage.id)
    suspensions = select(Suspension).where(Suspension.patronage_id == patronage.id)
    return Standing(
        patronage,
        _judged(law, rows, today),
        list(s.execute(exemptions.order_by(Exemption.starts_on.desc()))),
        list(s.scalars(suspensions.order_by(Suspension.starts_on.desc()))),
    )


def _judged(law: History, rows: Iterable[Any], today: date) -> list[Judged]:
    contacts = [(row.day, row.kind) for row in rows]
    periods = judge(law, [day for day, _ in contacts], today - YEAR, today)
    return [
        Judged(one, *_by_kind([kind for day, kind in contacts if one.first <= day <= one.last]))
        for one in reversed(periods)
    ]


def _by_kind(kinds: list[str]) -> tuple[int, int]:
    calls = sum(kind in BY_TELEPHONE for kind in kinds)
    return len(kinds) - calls, calls


def get_judged(user: Any, family_id: int) -> Family | None:
    """A family within the user's reach that is or was on patronage, else None."""
    was = select(Patronage.id).where(Patronage.family_id == Family.id, Patronage.enrolled_on.is_not(None))
    return db.session.scalar(select(Family).where(Family.id == family_id, reach(user), was.exists()))
