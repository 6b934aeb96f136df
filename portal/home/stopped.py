"""My work with contacts that the portal itself has called off: a withdrawal, a removal (R3), a hand-over."""

from datetime import timedelta
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import exists, func, select
from sqlalchemy.orm import aliased

from portal import clock
from portal.accounts.models import User, Visitor
from portal.contacts.labels import WHY
from portal.contacts.models import Contact
from portal.db import db
from portal.families.models import Family
from portal.home.work import Row, Section, Work
from portal.patronage.models import Patronage
from portal.patronage.queries import within_reach
from portal.rules.contacts import AHEAD, HANDED_OVER, State
from portal.rules.names import FullName
from portal.web import show_date

MOST = 12
TOLD_DAYS = 14  # an ordinary leave


def for_worker(user: Visitor, work: Work) -> None:
    """Whom not to visit any more, and why: my families' contacts, and those of whom I stand in for."""
    rows = db.session.execute(_stopped(user)).all()
    if not rows:
        return
    reach = within_reach(user, {row.family_id for row in rows})
    shown = [_row(row, user.id, row.family_id in reach) for row in rows]
    url = url_for("contacts.index")
    work.add(Section("stopped", _("Contacts called off"), shown, "player-pause", "", url, _("My week")))


def _stopped(user: Visitor) -> Any:
    since = clock.today() - timedelta(days=TOLD_DAYS)
    columns = (
        *(Contact.user_id, Contact.why, Patronage.status, Family.id.label("family_id"), Family.number),
        *(Family.surname, User.last_name, User.first_name, User.middle_name),
    )
    called_off = func.max(Contact.closed_at).label("called_off_at")
    told = (func.count().label("contacts"), func.min(Contact.day).label("first_day"), called_off)
    query = select(*columns, *told).select_from(Contact).join(Patronage, Patronage.id == Contact.patronage_id)
    query = query.join(Family, Family.id == Patronage.family_id).join(User, User.id == Contact.user_id)
    planned = aliased(Contact)  # or recorded since
    anew = exists().where(planned.patronage_id == Patronage.id, planned.state.in_(AHEAD))
    recorded = exists().where(
        planned.patronage_id == Patronage.id,
        planned.state == State.DONE,
        planned.day == Contact.day,
        planned.created_at >= Contact.closed_at,
    )
    query = query.where(
        ~anew | (Contact.why == HANDED_OVER),
        ~recorded,  # it took place after all
        Contact.user_id.in_({user.id, *user.stands_in}),
        Contact.day >= since,  # bounds what is read
        Contact.state == State.CANCELLED,
        Contact.why.in_(WHY),
        Contact.closed_at >= clock.start_of(since),
    )
    return query.group_by(Patronage.id, *columns).order_by(called_off.desc(), Family.number).limit(MOST)


def _row(row: Any, user_id: int, reachable: bool) -> Row:
    parts = [_what(row), str(WHY[row.why])]
    if row.user_id != user_id:
        name = FullName(row.last_name, row.first_name, row.middle_name).short
        parts.append(_("instead of %(name)s", name=name))
    if row.first_day < clock.local(row.called_off_at).date() and reachable:
        parts.append(_("if one took place before that, record it"))
    url = url_for("contacts.of_family", family_id=row.family_id) if reachable else None
    badge = ("warn", _("do not visit"))
    if row.status == "enrolled":
        handed = row.why == HANDED_OVER
        badge = ("info", _("plan anew") if handed else _("plan anew: there is a new consent"))
    return Row(f"{row.surname} · № {row.number}", " · ".join(parts), url, badge)


def _what(row: Any) -> Any:
    day = show_date(row.first_day)
    if row.contacts == 1:
        return _("the contact of %(day)s", day=day)
    return ngettext(
        "%(num)d contact, the first of them on %(day)s",
        "%(num)d contacts, the first of them on %(day)s",
        row.contacts,
        day=day,
    )
