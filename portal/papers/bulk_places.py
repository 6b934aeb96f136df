"""Where many papers are asked for at once, and which those are: always within the reach of whoever asks."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, func, select

from portal import i18n
from portal.access import Permission, may
from portal.consilium import decision_list
from portal.consilium.models import Meeting
from portal.contacts.models import Contact
from portal.db import db
from portal.deputies import queries as deputies
from portal.families import queries as families
from portal.families.models import Family
from portal.jobs.work import Params
from portal.journal.models import JournalEntry
from portal.papers import catalog, periods
from portal.patronage.models import Assignment, Patronage
from portal.plans.models import Plan
from portal.rules import N_
from portal.rules.contacts import State
from portal.web import show_date

WITHOUT_SHEET = (State.MOVED, State.CANCELLED)
ON_PATRONAGE = ("enrolled", "suspended")
ORDERS = {"enroll": "enrollment-order", "remove": "removal-order"}


class Chosen(NamedTuple):
    """A paper to be made: its kind, of what, and of which family."""

    code: str
    object_id: int
    family_id: int | None


def _within_reach(user: Any, _params: Params, family_ids: frozenset[int]) -> bool:
    query = select(func.count()).select_from(Family).where(Family.id.in_(family_ids), families.reach(user))
    return db.session.scalar(query) == len(family_ids)


def _always(_user: Any, _params: Params) -> bool:
    return True


def _nobody(_user: Any, _params: Params) -> set[int]:
    return set()


@dataclass(frozen=True)
class Place:
    """A place where papers are asked for: `choose` says which, in a few queries however many they are."""

    title: str  # message id of the task
    codes: tuple[str, ...]
    choose: Callable[[Any, Params], list[Chosen]]
    about: Callable[[Params], str]
    file: Callable[[Params], str]
    keeps: Callable[[Any, Params, frozenset[int]], bool] = (
        _within_reach  # whether the result may still be fetched
    )

    allows: Callable[[Any, Params], bool] = _always  # what is asked besides the rights to print
    whose: Callable[[Any, Params], set[int]] = _nobody  # families in papers that are of no one family

    def russian_title(self) -> str:
        """What the file calls itself: papers are Russian whoever asks for them."""
        return str(i18n.catalogue("ru").gettext(self.title))

    def may(self, user: Any, params: Params) -> bool:
        """Whether the user prints these kinds at all, and may ask for so much."""
        known = [catalog.KINDS[code] for code in params.get("codes", self.codes) if code in catalog.KINDS]
        whole = params.get("whose") != "all" or may(user, Permission.FAMILY_VIEW_ALL)
        return (
            whole
            and self.allows(user, params)
            and bool(known)
            and all(may(user, kind.permission) for kind in known)
        )


def _rows(code: str, query: Select[Any]) -> list[Chosen]:
    return [Chosen(code, row[0], row[1]) for row in db.session.execute(query)]


# visit sheets of a week


def _sheets(user: Any, params: Params) -> list[Chosen]:
    monday = date.fromisoformat(params["day"])
    columns: tuple[Any, ...] = (Contact.id, Patronage.family_id)
    query = select(*columns).join(Patronage, Patronage.id == Contact.patronage_id)
    query = query.join(Family, Family.id == Patronage.family_id).where(families.reach(user))
    query = query.where(
        Contact.day.between(monday, monday + timedelta(6)), Contact.state.not_in(WITHOUT_SHEET)
    )
    if params["whose"] == "mine":
        query = query.where(deputies.also(user.id, Contact.user_id, Contact.day))
    if params["whose"] == "family":
        query = query.where(Patronage.family_id == params["family"])
    return _rows("visit-sheet", query.order_by(Contact.day, Contact.starts_at, Contact.id))


def _about_week(params: Params) -> str:
    monday = date.fromisoformat(params["day"])
    return f"{show_date(monday)}–{show_date(monday + timedelta(6))}"


# papers after a meeting


def _decided(user: Any, params: Params) -> list[Chosen]:
    found = []
    for row in decision_list.whole_of_meeting(user, params["meeting"]):
        order = ORDERS.get(row.kind) if row.carried else None
        codes = ("extract", *([order] if order else ()))
        found += [Chosen(code, row.id, row.family_id) for code in codes if code in params["codes"]]
    return sorted(found, key=lambda one: params["codes"].index(one.code))


def _still_read(user: Any, params: Params, family_ids: frozenset[int]) -> bool:
    """A decision stays; who may read its papers is asked once more."""
    return family_ids <= {one.family_id for one in _decided(user, params)}


def _about_meeting(params: Params) -> str:
    held_on = db.session.scalar(select(Meeting.held_on).where(Meeting.id == params["meeting"]))
    return show_date(held_on)


# journals of a month or a quarter


def _journals(user: Any, params: Params) -> list[Chosen]:
    """One's own, that of the center, or one of each specialist who has entries in the period."""
    period, entries = _period(params), _entries(user, params)
    if params["of"] == "center":
        found = db.session.scalar(select(JournalEntry.id).where(*entries).limit(1))
        return [Chosen("service-journal", period.id, None)] if found else []
    query = select(JournalEntry.worker_id).where(*entries).distinct()
    workers = db.session.scalars(query.order_by(JournalEntry.worker_id))
    return [Chosen("worker-journal", periods.own_id(one, period), None) for one in workers]


def _period(params: Params) -> periods.Period:
    """By its number; a task of an earlier release names a day of its quarter."""
    found = periods.period_of(params["period"]) if "period" in params else None
    return found or periods.quarter(date.fromisoformat(params["day"]))


def _entries(user: Any, params: Params) -> tuple[ColumnElement[bool], ...]:
    """The entries that stand in the journals asked for."""
    period = _period(params)
    months = JournalEntry.month.between(period.first.month, period.last.month)
    workers = [user.id] if params["of"] == "mine" else params.get("workers")
    whose = () if workers is None else (JournalEntry.worker_id.in_(workers),)
    return JournalEntry.year == period.first.year, months, *whose


def _families_in(user: Any, params: Params) -> set[int]:
    """Whose services stand in the journals."""
    query = select(JournalEntry.family_id).where(*_entries(user, params))
    return set(db.session.scalars(query.distinct()))


def _may_journal(user: Any, params: Params) -> bool:
    return params["of"] == "mine" or may(user, Permission.JOURNAL_CHECK)


def _still_mine(user: Any, params: Params, _family_ids: frozenset[int]) -> bool:
    """What one has done oneself one keeps; the journals of others are for whoever checks them."""
    return _may_journal(user, params)


# papers of families


def _of_families(user: Any, params: Params) -> list[Chosen]:
    (code,) = params["codes"]
    columns: tuple[Any, ...] = (Family.id, Family.id)
    query = select(*columns).join(Patronage, (Patronage.family_id == Family.id) & Patronage.latest)
    if code == "support-plan":
        query = (
            select(Plan.id, Family.id).select_from(Plan).join(Patronage, Patronage.id == Plan.patronage_id)
        )
        query = query.join(Family, Family.id == Patronage.family_id).where(Plan.state == "in_force")
    query = query.where(families.reach(user), Patronage.latest, Patronage.status.in_(ON_PATRONAGE))
    if params["whose"] == "mine":
        working = (Assignment.patronage_id == Patronage.id, Assignment.ends_on.is_(None))
        mine = select(Assignment.id).where(*working, Assignment.user_id.in_({user.id, *user.stands_in}))
        query = query.where(mine.correlate(Patronage).exists())
    return _rows(code, query.order_by(Family.number))


def _titles(params: Params) -> str:
    return ", ".join(str(_(catalog.KINDS[code].title)) for code in params["codes"] if code in catalog.KINDS)


def _file_of_codes(params: Params) -> str:
    return "-".join(params["codes"])


PLACES: dict[str, Place] = {
    "week": Place(
        N_("Visit sheets of a week"),
        ("visit-sheet",),
        _sheets,
        _about_week,
        lambda params: f"visit-sheets-{params['day']}",
    ),
    "meeting": Place(
        N_("Papers of a meeting"),
        ("extract", *ORDERS.values()),
        _decided,
        _about_meeting,
        lambda params: f"meeting-{params['meeting']}-papers",
        _still_read,
    ),
    "journal": Place(
        N_("Service journals of a period"),
        ("worker-journal",),
        _journals,
        lambda params: _period(params).title,
        lambda params: (
            f"journal-{'department' if 'workers' in params else params['of']}-{_period(params).id}"
        ),
        _still_mine,
        _may_journal,
        _families_in,
    ),
    "families": Place(
        N_("Papers of families"),
        ("family-card", "support-plan"),
        _of_families,
        _titles,
        _file_of_codes,
    ),
}
