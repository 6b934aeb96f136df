"""The service journal of a month or a quarter as a paper: of the center, or of one specialist."""

from collections import defaultdict
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Row

from portal.access import Permission, may
from portal.accounts.models import User
from portal.db import db
from portal.journal import labels
from portal.journal.models import JournalEntry, StateSystemMark
from portal.journal.months import printed
from portal.papers.club_facts import quoted
from portal.papers.facts import day
from portal.papers.kind import Facts
from portal.papers.periods import Period, own_of, period_of

UNSUBMITTED = ("draft", "returned")


def get_period(user: Any, number: int) -> Period | None:
    """A month or quarter of the center's journal, for whoever checks it."""
    return period_of(number) if may(user, Permission.JOURNAL_CHECK) else None


def get_own(user: Any, number: int) -> tuple[User, Period] | None:
    """A month or quarter of a specialist's entries: one's own, or for whoever checks them anybody's."""
    found = own_of(number)
    if found is None or not may(user, Permission.JOURNAL_WRITE):
        return None
    if found[0] != user.id and not may(user, Permission.JOURNAL_CHECK):
        return None
    colleague = db.session.get(User, found[0])
    return (colleague, found[1]) if colleague else None


def journal(number: int) -> Facts:
    """The journal of the center."""
    period = period_of(number)
    assert period is not None  # noqa: S101 - get_period has let it through
    return _facts(period, None)


def own_journal(number: int) -> Facts:
    """The journal of a specialist."""
    found = own_of(number)
    assert found is not None  # noqa: S101 - get_own has let it through
    worker = db.session.get_one(User, found[0])
    named = {"name": worker.full_name, "short": worker.short_name, "position": worker.position}
    return _facts(found[1], worker.id) | {"worker": named}


def _facts(period: Period, worker_id: int | None) -> Facts:
    rows = _rows(period, worker_id)
    return {
        "period": {"title": period.title, "first": day(period.first), "last": day(period.last)},
        "rows": [_row(row) for row in rows],
        "services": _services(rows),
        "totals": _totals(rows),
    }


def _rows(period: Period, worker_id: int | None) -> list[Row[Any]]:
    """All entries kept in the period, in one statement: no row is left out."""
    query = printed(StateSystemMark.entered_on)
    query = query.outerjoin(StateSystemMark, StateSystemMark.entry_id == JournalEntry.id)
    months = JournalEntry.month.between(period.first.month, period.last.month)
    query = query.where(JournalEntry.year == period.first.year, months)
    if worker_id is not None:
        query = query.where(JournalEntry.worker_id == worker_id)
    return list(db.session.execute(query.order_by(JournalEntry.number)))


def _row(row: Row[Any]) -> Facts:
    checked = f"{labels.short(row, 'checker')}, {day(row.checked_at)}" if row.checked_at else ""
    return {
        "no": str(row.number),
        "day": day(row.day),
        "whose": f"№ {row.family_number} {labels.short(row, 'served') or row.surname}",
        "service": _service(row),
        "minutes": str(row.minutes),
        "worker": labels.short(row) + (" (не сдано)" if row.state in UNSUBMITTED else ""),
        "recipient": str(labels.SIGNATURES[row.recipient][1]),
        "checked": checked,
        "entered": day(row.entered_on),
    }


def _service(row: Row[Any]) -> str:
    """What was done; and of an entry that is void, corrects or was corrected, that it is so."""
    parts = [str(labels.KINDS[row.kind]) + (f" {quoted(row.club)}" if row.club else "")]
    if row.voided:
        parts.append(f"аннулировано: {row.voided}")
    if row.corrects:
        number = f"{row.corrects}/{row.corrects_year}"
        parts.append(f"{_('corrects entry No. %(number)s', number=number)}: {row.correction}")
    if row.corrected:
        number = f"{row.corrected}/{row.corrected_year}"
        parts.append(str(_("corrected by entry No. %(number)s", number=number)))
    return "; ".join(parts)


def _counts(row: Row[Any]) -> bool:
    """Whether an entry is a service of its own: neither void nor the correction of another."""
    return not row.voided and not row.corrects_id


def _services(rows: list[Row[Any]]) -> list[Facts]:
    """By kind of service: how many, and how many minutes."""
    found: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        if _counts(row):
            found[row.kind].append(row.minutes)
    return [
        {"service": str(label), "count": str(len(found[kind])), "minutes": str(sum(found[kind]))}
        for kind, label in labels.KINDS.items()
        if kind in found
    ]


def _totals(rows: list[Row[Any]]) -> Facts:
    counted = [row for row in rows if _counts(row)]
    of_clubs = [row for row in counted if row.session_id]
    return {
        "entries": str(len(rows)),
        "services": str(len(counted)),
        "minutes": str(sum(row.minutes for row in counted)),
        "families": str(len({row.family_id for row in counted})),
        "void": str(sum(bool(row.voided) for row in rows)),
        "corrections": str(sum(bool(row.corrects_id) for row in rows)),
        "unchecked": str(sum(row.state not in ("checked", "void") for row in rows)),
        "of_clubs": str(len(of_clubs)) if of_clubs else "",
        "entered": str(sum(row.entered_on is not None for row in of_clubs)),
    }
