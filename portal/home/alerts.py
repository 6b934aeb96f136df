"""My work with alerts: what waits for the head, what is mine to carry out, what was decided on what I told."""

from datetime import timedelta
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from portal import clock
from portal.accounts.models import Visitor
from portal.alerts import labels, queries
from portal.home.work import Figure, Row, Section, Work
from portal.web import show_date

SHORT = 5
ANSWERED_DAYS = 7


def for_head(work: Work) -> None:
    """What waits for a decision; danger is said first, in words."""
    rows = queries.waiting(SHORT)
    if not rows:
        return
    url = url_for("alerts.index")
    dangers = rows[0].dangers
    if dangers:
        text = _("Danger to a child: decide today, and tell the juvenile commission.")
        first = url_for("alerts.show", alert_id=rows[0].id)
        work.alarms.append((text, first if dangers == 1 else url_for("alerts.index", state="danger")))
    note = _("waiting for %(age)s", age=labels.age(min(row.raised_at for row in rows)))
    work.add(
        Figure(_("Wait for your decision"), rows[0].alerts, url, "bell", "bad", note),
        Section(
            "alerts", _("Wait for your decision"), [_waiting(row) for row in rows], "bell", "", url, _("All")
        ),
    )


def for_worker(user: Visitor, work: Work) -> None:
    """Decisions that are mine to carry out, and those on what I have told the head."""
    today, url = clock.today(), url_for("alerts.index", state="decided")
    tasks = queries.tasks(user, SHORT)
    for row in tasks:
        if row.kind == "danger" and row.assignee_id in {user.id, *user.stands_in}:
            text = _(
                "Danger to a child, № %(number)s: carry out what the head has decided.", number=row.number
            )
            work.alarms.append((text, url_for("alerts.show", alert_id=row.id)))
    if tasks:
        shown = [_task(row, user, today) for row in tasks]
        work.add(Section("tasks", _("Tasks from the head"), shown, "bell", "", url, _("All")))
    answers = queries.answers(user, today - timedelta(days=ANSWERED_DAYS), SHORT)
    if answers:
        shown = [_answer(row) for row in answers]
        everything = url_for("alerts.index", state="all")
        title = _("What the head has decided")
        work.add(Section("answers", title, shown, "message", "", everything, _("All")))


def _title(row: Any) -> str:
    return f"{row.surname} · № {row.number}"


def _waiting(row: Any) -> Row:
    color, kind = labels.KINDS[row.kind]
    sub = " · ".join((labels.raiser(row), labels.age(row.raised_at)))
    return Row(_title(row), sub, url_for("alerts.show", alert_id=row.id), (color, kind))


def _task(row: Any, user: Visitor, today: Any) -> Row:
    parts = [str(labels.DECISIONS[row.decision])]
    if row.assignee_id != user.id:
        parts.append(_("instead of %(name)s", name=labels.assignee(row)))
    due = _("by %(day)s", day=show_date(row.due_on))
    late = row.due_on < today or row.kind == "danger"
    kind = "bad" if late else "warn" if row.due_on == today else "info"
    return Row(_title(row), " · ".join(parts), url_for("alerts.show", alert_id=row.id), (kind, due))


def _answer(row: Any) -> Row:
    color, state = labels.STATES[row.state]
    url = url_for("alerts.show", alert_id=row.id)
    return Row(_title(row), str(labels.DECISIONS[row.decision]), url, (color, state))
