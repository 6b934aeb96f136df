"""What the schedule of a family's visits and the log of a specialist's outings say."""

from datetime import date
from typing import Any

from sqlalchemy import Row, select

from portal import clock
from portal.access import Permission, may
from portal.accounts.models import User
from portal.contacts import labels
from portal.contacts.models import Contact
from portal.db import db
from portal.families.models import Family
from portal.norms import queries as norms
from portal.papers.facts import clock_time, day, month_words
from portal.papers.kind import Facts
from portal.papers.months_of import month_of
from portal.papers.people import colleague, family_facts, head_short, household
from portal.papers.russian import joined, minutes, sentence, weekday
from portal.patronage.labels import REGIMES
from portal.patronage.models import Assignment, Patronage
from portal.patronage.queries import within_reach
from portal.plans.models import Plan
from portal.rules.contacts import AHEAD, FAILED, State
from portal.rules.names import FullName
from portal.rules.norms import Norm, Unit
from portal.schedule.queries import MOST_OUTINGS
from portal.schedule.queries import month_of as month_around

MOST_PLANNED = 200
PERIODS = {Unit.WEEK: "неделю", Unit.MONTH: "месяц", Unit.QUARTER: "квартал"}


def visit_schedule(patronage_id: int) -> Facts:
    """The schedule of visits (VISIT 4): the contacts of the running month, and those planned beyond it."""
    patronage = db.session.get_one(Patronage, patronage_id)
    house = household(patronage.family_id)
    rows = _of_schedule(patronage_id)
    lead = _lead(patronage_id)
    return {
        "family": family_facts(house.family),
        "schedule": {
            "from": month_words(clock.today()),
            "until": day(rows[-1].day) if rows else "",
            "regime": str(REGIMES.get(patronage.regime or "", "")),
            "norm": norm_words(patronage.regime),
        },
        "rows": [_planned(no, row) for no, row in enumerate(rows, 1)],
        "specialist": colleague(lead),
        "representative": house.person(next(iter(house.representatives), None)),
        "plan": {"agreed": day(_agreed_on(patronage_id))},
        "head": {"short": head_short()},
    }


def _of_schedule(patronage_id: int) -> list[Row[Any]]:
    first, _last = month_around(clock.today())
    columns = (User.last_name, User.first_name, User.middle_name)
    query = select(Contact.day, Contact.starts_at, Contact.minutes, Contact.kind, Contact.state, *columns)
    query = query.join(User, User.id == Contact.user_id).where(Contact.patronage_id == patronage_id)
    query = query.where(Contact.day >= first, Contact.state.in_((*AHEAD, *FAILED, State.DONE)))
    order = (Contact.day, Contact.starts_at, Contact.id)
    return list(db.session.execute(query.order_by(*order).limit(MOST_PLANNED)))


def _planned(no: int, row: Any) -> Facts:
    said = row.state not in AHEAD
    return {
        "no": str(no),
        "day": f"{day(row.day)}, {weekday(row.day)}",
        "time": clock_time(row.starts_at),
        "kind": str(labels.KINDS[row.kind]),
        "minutes": minutes(row.minutes),
        "specialist": FullName(row.last_name, row.first_name, row.middle_name).short,
        "state": str(labels.STATES[row.state][1]) if said else "",
    }


def _lead(patronage_id: int) -> User | None:
    query = select(User).join(Assignment, Assignment.user_id == User.id)
    here = (Assignment.patronage_id == patronage_id, Assignment.kind == "lead")
    order = (Assignment.ends_on.is_not(None), Assignment.id.desc())
    return db.session.scalars(query.where(*here).order_by(*order).limit(1)).first()


def _agreed_on(patronage_id: int) -> date | None:
    query = select(Plan.agreed_on).where(Plan.patronage_id == patronage_id, Plan.state == "in_force")
    return db.session.scalar(query)


def norm_words(regime: str | None) -> str:
    """«не менее 2 раз в неделю»: the norm of the regime in force today (R9)."""
    law = [one for one in norms.versions() if one.starts_on <= clock.today()][-1]
    norm: Norm | None = law.norms.get(regime or "")
    if norm is None:
        return ""
    times = "раза" if norm.count % 10 == 1 and norm.count % 100 != 11 else "раз"
    return f"не менее {norm.count} {times} в {PERIODS[norm.unit]}"


def get_month(user: Any, number: int) -> tuple[int, date] | None:
    """The month of a colleague whose families the user works with: their own, those they stand in for, or all."""
    found = month_of(number)
    if found is None or db.session.get(User, found[0]) is None:
        return None
    own = found[0] == user.id or found[0] in user.stands_in
    return found if own or may(user, Permission.FAMILY_VIEW_ALL) else None


def outing_log(number: int) -> Facts:
    """The log of outings of a colleague's month (CALL 7): visits, calls, meetings and what became of them.

    Addresses and reasons stand only where the colleague still works with the family, as on the page.
    """
    user_id, first = month_of(number) or (0, date.min)
    worker = db.session.get_one(User, user_id)
    rows = _of_month(user_id, first)
    reach = within_reach(worker, {row.family_id for row in rows})
    done = [row for row in rows if row.state == State.DONE]
    return {
        "specialist": colleague(worker),
        "department": {"name": worker.department},
        "month": {"words": month_words(first)},
        "rows": [_outing(no, row, row.family_id in reach) for no, row in enumerate(rows, 1)],
        "total": {
            "all": str(len(rows)),
            "done": str(len(done)),
            "visits": str(sum(row.kind == "visit" for row in done)),
            "calls": str(sum(row.kind in ("call", "video") for row in done)),
        },
        "head": {"short": head_short()},
    }


def _of_month(user_id: int, first: date) -> list[Row[Any]]:
    query = (
        select(Contact.day, Contact.starts_at, Contact.minutes, Contact.kind, Contact.state, Contact.why)
        .add_columns(Family.id.label("family_id"), Family.number, Family.surname, Family.address)
        .join(Patronage, Patronage.id == Contact.patronage_id)
        .join(Family, Family.id == Patronage.family_id)
    )
    first, last = month_around(first)
    query = query.where(Contact.user_id == user_id, Contact.day.between(first, last))
    query = query.where(Contact.state != State.MOVED)
    order = (Contact.day, Contact.starts_at, Contact.id)
    return list(db.session.execute(query.order_by(*order).limit(MOST_OUTINGS)))


def _outing(no: int, row: Any, is_open: bool) -> Facts:
    why = labels.why(row.why) if is_open else ""
    return {
        "no": str(no),
        "day": f"{day(row.day)}, {weekday(row.day)}",
        "time": clock_time(row.starts_at),
        "family": f"{row.surname}, № {row.number}",
        "address": row.address if is_open and row.kind == "visit" else "",
        "kind": str(labels.KINDS[row.kind]),
        "minutes": minutes(row.minutes),
        "state": joined((sentence(labels.STATES[row.state][1]), why), ": "),
    }
