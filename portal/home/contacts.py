"""My work with contacts: those planned for today and tomorrow, and the families whose contact is late or due."""

from datetime import date, timedelta
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select

from portal import clock
from portal.accounts.models import User, Visitor
from portal.contacts import grid
from portal.contacts.labels import KINDS
from portal.contacts.models import Contact
from portal.db import db
from portal.deputies import queries as deputies
from portal.families.models import Family
from portal.home.work import Figure, Row, Section, Work
from portal.patronage.models import Patronage
from portal.rules.contacts import AHEAD
from portal.rules.names import FullName
from portal.web import show_date, show_time

MOST = 12


def for_worker(user: Visitor, work: Work) -> None:
    """My contacts of today and tomorrow, before them those never closed; which of my families wait for one."""
    today = clock.today()
    rows = [
        _row(row, user.id, today) for row in db.session.execute(_ahead(user.id, today + timedelta(days=1)))
    ]
    work.add(
        Section(
            "contacts",
            _("My contacts"),
            rows,
            "phone",
            _("Nothing is planned for today and tomorrow."),
            url_for("contacts.index"),
            _("My week"),
        )
    )
    add_figures(user, work)


def add_figures(user: Visitor, work: Work) -> None:
    """How many families within reach have a late contact, or need one by the end of this week."""
    counts = grid.counts(user)
    late, soon = url_for("contacts.norms", state="late"), url_for("contacts.norms", state="soon")
    work.add(
        Figure(
            _("Contacts overdue"),
            counts.late,
            late,
            "clock-exclamation",
            "bad" if counts.late else "ok",
            _("families not met in time") if counts.late else _("every family was met in time"),
        ),
        Figure(
            _("Contact by the end of the week"),
            counts.soon,
            soon,
            "hourglass",
            "warn" if counts.soon else "ok",
            _("families to be met by Sunday") if counts.soon else _("nothing more is due this week"),
        ),
    )


def _ahead(user_id: int, until: date) -> Any:
    columns = (Contact.id, Contact.day, Contact.starts_at, Contact.kind, Contact.state, Contact.user_id)
    query = select(*columns, Family.number, Family.surname, User.last_name, User.first_name, User.middle_name)
    query = query.join(Patronage, Patronage.id == Contact.patronage_id)
    query = query.join(Family, Family.id == Patronage.family_id)
    query = query.join(User, User.id == Contact.user_id)
    mine = deputies.also(user_id, Contact.user_id, Contact.day)
    query = query.where(mine, Contact.state.in_(AHEAD), Contact.day <= until)
    return query.order_by(Contact.day, Contact.starts_at, Contact.id).limit(MOST)


def _row(row: Any, user_id: int, today: date) -> Row:
    if row.day < today:
        badge = ("bad", _("not written up"))
    else:
        badge = ("ok", _("today")) if row.day == today else ("mute", _("tomorrow"))
    when = (
        f"{show_date(row.day)}, {show_time(row.starts_at)}" if row.day < today else show_time(row.starts_at)
    )
    agreed = _("agreed by telephone") if row.state == "confirmed" else _("not agreed yet")
    parts = [str(KINDS[row.kind]), agreed]
    if row.user_id != user_id:
        name = FullName(row.last_name, row.first_name, row.middle_name).short
        parts.append(_("instead of %(name)s", name=name))
    title = f"{when} — {row.surname} · № {row.number}"
    return Row(title, " · ".join(parts), url_for("contacts.show", contact_id=row.id), badge)
