"""The report of a month or a quarter: families, contacts against the norms, clubs, meetings, and what is late."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from portal import clock
from portal.access import Permission, may
from portal.clubs import results
from portal.clubs.models import Club
from portal.consilium.labels import KINDS as DECIDED
from portal.consilium.models import Decision, Meeting
from portal.contacts import standing
from portal.contacts.labels import KINDS as CONTACTS
from portal.contacts.models import Contact
from portal.db import db
from portal.families.models import FamilyCategory
from portal.norms.summary import Summary, summary
from portal.papers import late_facts
from portal.papers.facts import day
from portal.papers.kind import Facts
from portal.papers.periods import Period, period_of
from portal.patronage.labels import REGIMES
from portal.patronage.models import Patronage
from portal.settings import queries as settings

FAILED = ("not_at_home", "not_admitted", "refused")
BATCH = 500
DAY = timedelta(days=1)


def get_report(user: Any, number: int) -> Period | None:
    """A month or quarter that has begun, for the head."""
    period = period_of(number)
    head = may(user, Permission.JOURNAL_CHECK) and may(user, Permission.FAMILY_VIEW_ALL)
    return period if head and period and period.first <= clock.today() else None


def report(number: int) -> Facts:
    """All figures; the statements grow with months and batches of families, never with rows."""
    period = period_of(number)
    assert period is not None  # noqa: S101 - get_report has let it through
    last = min(period.last, clock.today())
    here = on_patronage(last)
    return {
        "period": {
            "title": period.title,
            "first": day(period.first),
            "last": day(period.last),
            "until": day(last) if last < period.last else "",
        },
        "families": {
            "at_start": _count(on_patronage(period.first - DAY)),
            "taken": _count(Patronage.enrolled_on.between(period.first, last)),
            "removed": _count(_removed(period.first, last)),
            "at_end": _count(here),
        },
        "regimes": _regimes(here, last),
        "categories": _words("categories", _by_category(here)),
        "grounds": _words(
            "grounds", _grouped(Patronage.ground, Patronage.enrolled_on.between(period.first, last))
        ),
        "removals": _words(
            "removal_reasons", _grouped(Patronage.removal_reason, _removed(period.first, last))
        ),
        "contacts": _contacts(period.first, last),
        **_norms(period, last),
        **_clubs(period.first, last),
        "meetings": _meetings(period.first, last),
        "decisions": _decisions(period.first, last),
        "late": late_facts.late(period, last),
    }


def on_patronage(on: date) -> ColumnElement[bool]:
    """The episodes that ran at the end of the day."""
    return and_(Patronage.enrolled_on <= on, or_(Patronage.removed_on.is_(None), Patronage.removed_on > on))


def _removed(first: date, last: date) -> ColumnElement[bool]:
    return and_(Patronage.enrolled_on.is_not(None), Patronage.removed_on.between(first, last))


def _count(condition: ColumnElement[bool]) -> str:
    return str(db.session.scalar(select(func.count()).select_from(Patronage).where(condition)))


def _grouped(column: Any, condition: ColumnElement[bool]) -> dict[str | None, int]:
    query = select(column, func.count()).select_from(Patronage).where(condition).group_by(column)
    return {row[0]: row[1] for row in db.session.execute(query)}


def _by_category(condition: ColumnElement[bool]) -> dict[str | None, int]:
    """A family may be of several categories, so their sum is more than the families."""
    query = select(FamilyCategory.code, func.count()).select_from(FamilyCategory)
    query = query.join(Patronage, Patronage.family_id == FamilyCategory.family_id).where(condition)
    return {row[0]: row[1] for row in db.session.execute(query.group_by(FamilyCategory.code))}


def _words(name: str, counts: dict[str | None, int]) -> list[Facts]:
    """Rows in the order of the word list; what has no word in it comes last, what is not stated too."""
    known = {code: text for code, text, _active in settings.word_list(name)}
    order = {code: place for place, code in enumerate(known)}
    codes = sorted(counts, key=lambda code: (order.get(code or "", len(order)), code or ""))
    return [
        {"name": known.get(code, code) if code else "не указано", "count": str(counts[code])}
        for code in codes
    ]


def _regimes(here: ColumnElement[bool], on: date) -> list[Facts]:
    """By the regime of the day, as history has it (R9)."""
    s = db.session()
    ids = list(s.scalars(select(Patronage.id).where(here).order_by(Patronage.id)))
    now = {row.id: row.regime for row in s.execute(select(Patronage.id, Patronage.regime).where(here))}
    counts = dict.fromkeys(REGIMES, 0)
    for start in range(0, len(ids), BATCH):
        for key, law in standing.histories(s, ids[start : start + BATCH]).items():
            spans = (one for one in law.regimes if one.first <= on and (one.last is None or one.last >= on))
            regime = next((one.regime for one in spans), now[key])
            if regime:
                counts[regime] += 1
    return [{"name": str(label), "count": str(counts[code])} for code, label in REGIMES.items()]


def _contacts(first: date, last: date) -> list[Facts]:
    """By kind: took place, failed, was cancelled; a contact that was moved counts where it went."""
    query = select(Contact.kind, Contact.state, func.count(), func.sum(Contact.minutes))
    query = query.where(Contact.day.between(first, last)).group_by(Contact.kind, Contact.state)
    found = {
        (kind, state): (count, int(minutes)) for kind, state, count, minutes in db.session.execute(query)
    }

    def row(name: str, kinds: Iterable[str]) -> Facts:
        def number(*states: str) -> int:
            return sum(found.get((kind, state), (0, 0))[0] for kind in kinds for state in states)

        return {
            "name": name,
            "done": str(number("done")),
            "minutes": str(sum(found.get((kind, "done"), (0, 0))[1] for kind in kinds)),
            "failed": str(number(*FAILED)),
            "cancelled": str(number("cancelled")),
            "ahead": str(number("planned", "confirmed")),
        }

    rows = [row(str(label), [kind]) for kind, label in CONTACTS.items()]
    return [*rows, row("Всего", list(CONTACTS))]


def _norms(period: Period, last: date) -> Facts:
    """What was owed and what took place, by the months of the period; a norm counts in the month in which it ends."""
    months = [date(period.first.year, one, 1) for one in range(period.first.month, last.month + 1)]
    found = [summary(one) for one in months]
    owed, met = sum(one.all.owed for one in found), sum(one.all.met for one in found)
    missed: set[int] = set().union(*(one.all.missed for one in found))
    return {
        "norms": {
            "owed": str(owed),
            "met": str(met),
            "percent": f"{met * 100 // owed} %" if owed else "",
            "ahead": str(sum(one.all.ahead for one in found)),
            "missed": str(len(missed)),
        },
        "specialists": _specialists(found),
    }


def _specialists(found: list[Summary]) -> list[Facts]:
    totals: dict[int, list[Any]] = {}
    for one in found:
        for line in one.specialists:
            kept = totals.setdefault(
                line.user_id, [line.name or "без закреплённого специалиста", 0, 0, 0, 0, set()]
            )
            tally = line.tally
            for place, value in enumerate((tally.owed, tally.met, tally.visits, tally.calls), 1):
                kept[place] += value
            kept[5] |= tally.families
    rows = sorted(totals.items(), key=lambda pair: (pair[0] == 0, pair[1][0], pair[0]))
    return [
        {
            "name": name,
            "families": str(len(families)),
            "owed": str(owed),
            "met": str(met),
            "percent": f"{met * 100 // owed} %" if owed else "",
            "visits": str(visits),
            "calls": str(calls),
        }
        for _id, (name, owed, met, visits, calls, families) in rows
    ]


def _clubs(first: date, last: date) -> Facts:
    by_club = results.by_club(results.Period(first, last))
    names = {
        row.id: row.name for row in db.session.execute(select(Club.id, Club.name).where(Club.id.in_(by_club)))
    }
    rows = [
        _club(names[key], *found) for key, found in sorted(by_club.items(), key=lambda one: names[one[0]])
    ]
    whole = results.total(one for one, _served in by_club.values())
    return {"clubs": rows, "attendance": _club("Всего", whole, 0) | {"served": ""}}


def _club(name: str, one: results.Attendance, served: int) -> Facts:
    return {
        "name": name,
        "sessions": str(one.sessions),
        "served": str(served),
        "came": str(one.came),
        "excused": str(one.excused),
        "absent": str(one.absent),
        "share": f"{one.share} %" if one.share is not None else "",
    }


def _meetings(first: date, last: date) -> Facts:
    query = select(Meeting.status, func.count()).where(Meeting.held_on.between(first, last))
    found = {row[0]: row[1] for row in db.session.execute(query.group_by(Meeting.status))}
    return {
        "held": str(found.get("closed", 0) + found.get("signed", 0)),
        "no_quorum": str(found.get("no_quorum", 0)),
        "cancelled": str(found.get("cancelled", 0)),
    }


_OTHER = "Другие вопросы"


def _decisions(first: date, last: date) -> list[Facts]:
    query = select(Decision.kind, Decision.carried, func.count())
    query = query.where(Decision.decided_on.between(first, last)).group_by(Decision.kind, Decision.carried)
    found = {(kind, carried): count for kind, carried, count in db.session.execute(query)}
    return [
        {
            "name": _OTHER if kind == "question" else str(label),
            "carried": str(found.get((kind, True), 0)),
            "rejected": str(found.get((kind, False), 0)),
        }
        for kind, label in DECIDED.items()
        if (kind, True) in found or (kind, False) in found
    ]
