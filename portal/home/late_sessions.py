"""My work of the head: sessions of clubs that are over and that nobody has closed or summed up yet (R16)."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import and_, func, select

from portal import clock
from portal.accounts.models import User, Visitor
from portal.clubs.models import Club, ClubSession
from portal.db import db
from portal.home.boards import HELD_LATELY
from portal.home.work import Figure, Row, Section, Work
from portal.rules.names import FullName
from portal.rules.sessions import AHEAD
from portal.web import show_date

SHORT = 5


def for_head(user: Visitor, work: Work) -> None:
    """Of all clubs but those the head leads or stands in for, which stand in a list of theirs; the oldest first."""
    today = clock.today()
    rows = db.session.execute(_late({user.id, *user.stands_in}, today)).all()
    if not rows:
        return
    title = _("Club sessions not closed or not summed up")
    shown = [_row(row) for row in rows]
    section = Section(
        "late-sessions", title, shown, "calendar-week", "", url_for("clubs.index"), _("All clubs")
    )
    work.add(Figure(title, rows[0].all, "#late-sessions", "clipboard-list", _kind(rows)), section)


def _late(besides: set[int], today: date) -> Any:
    """With the number of all of them in each row."""
    columns = (ClubSession.id, ClubSession.day, ClubSession.status, Club.name)
    query = select(
        *columns, User.last_name, User.first_name, User.middle_name, func.count().over().label("all")
    )
    query = query.join(Club, Club.id == ClubSession.club_id).join(User, User.id == Club.leader_id)
    held = and_(ClubSession.status == "held", ClubSession.day >= today - HELD_LATELY)
    query = query.where(ClubSession.day < today, ClubSession.status.in_(AHEAD) | held)
    query = query.where(Club.leader_id.not_in(besides))
    return query.order_by(ClubSession.day, ClubSession.starts_at, ClubSession.id).limit(SHORT)


def _kind(rows: Sequence[Any]) -> str:
    return "bad" if any(row.status in AHEAD for row in rows) else "warn"


def _row(row: Any) -> Row:
    open_ = row.status in AHEAD
    badge = ("bad", _("attendance not closed")) if open_ else ("warn", _("to be summed up"))
    leader = FullName(row.last_name, row.first_name, row.middle_name).short
    url = url_for("clubs.sessions.show", session_id=row.id)
    return Row(f"{row.name}: {show_date(row.day)}", leader, url, badge)
