"""My work after the decisions of the consilium: which families are to be told, which extracts are to be given."""

from typing import Any

from flask import url_for
from flask_babel import gettext as _

from portal.access import Permission, may
from portal.accounts.models import Visitor
from portal.consilium import decision_list
from portal.consilium.follow_up_labels import states
from portal.consilium.labels import KINDS
from portal.home.work import Figure, Row, Section, Work

SHORT = 5


def for_follower(user: Visitor, work: Work) -> None:
    """The secretary and the head: all; a lead specialist: those on the families they lead. Nothing when none waits."""
    if not may(user, Permission.DECISION_FOLLOW):
        return
    counts = decision_list.counts(user)
    if counts.tell:
        work.add(_to_tell(counts))
    if counts.extract:
        work.add(_to_give(counts))
    if counts.tell or counts.extract:
        rows = [_row(one) for one in decision_list.waiting(user, SHORT)]
        url = url_for("consilium.decisions", todo="tell" if counts.tell else "extract")
        title = _("After decisions of the consilium")
        work.add(Section("follow-ups", title, rows, "gavel", "", url, _("All of them")))


def _to_tell(counts: decision_list.Counts) -> Figure:
    late = counts.tell_late
    note = _late(late) if late else _("today, on the day of the decision")
    url = url_for("consilium.decisions", todo="tell")
    return Figure(
        _("Families to tell of a decision"), counts.tell, url, "message", "bad" if late else "warn", note
    )


def _to_give(counts: decision_list.Counts) -> Figure:
    late, today = counts.extract_late, counts.extract_today
    if late:
        note = _late(late)
    elif today:
        note = _("due today: %(count)s", count=today)
    else:
        note = _("none is late")
    kind = "bad" if late else "warn" if today else "info"
    url = url_for("consilium.decisions", todo="extract")
    return Figure(_("Extracts to give"), counts.extract, url, "file-text", kind, note)


def _late(late: int) -> str:
    return str(_("overdue: %(count)s", count=late))


def _row(row: Any) -> Row:
    said = states(row.decided_on, row, row.owed, row.extract_days)
    waits = [(kind, text) for kind, text in said if text and kind != "ok"]
    number = _("decision № %(number)s", number=f"{row.number}/{row.year}")
    title, sub = f"{row.surname} · № {row.family_number}", f"{KINDS[row.kind]}, {number}"
    url = url_for("consilium.decision", decision_id=row.id)
    return Row(title, sub, url, waits[0] if waits else None)
