"""My work with clubs: sessions cancelled or moved, at which recipients of my families had a place."""

from datetime import timedelta
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import and_, select

from portal import clock
from portal.accounts.models import Visitor
from portal.clubs.changes import TOLD_DAYS
from portal.clubs.models import Club, ClubSession
from portal.clubs.session_models import SessionChange, SessionChangeMember
from portal.db import db
from portal.families.models import Family, FamilyMember
from portal.home.work import Row, Section, Work
from portal.patronage.models import Assignment, Patronage
from portal.rules.names import FullName
from portal.web import show_date, show_time

MOST, READ = 12, 400


def for_worker(user: Visitor, work: Work) -> None:
    """Changes of the last two weeks, the latest first; what was moved and moved back is no change."""
    changes: dict[int, list[Any]] = {}
    for row in db.session.execute(_changes(user)):
        changes.setdefault(row.session_id, []).append(row)
    shown = [line for rows in changes.values() if (line := _line(rows))]
    if shown:
        url, title = url_for("clubs.index"), _("Changes in clubs")
        work.add(
            Section(
                "club-changes", title, shown[:MOST], "calendar-event", "", url, _("The week of all clubs")
            )
        )


def _changes(user: Visitor) -> Any:
    """Each change with each recipient of families that the user, or whom they stand in for, works with."""
    since = clock.start_of(clock.today() - timedelta(days=TOLD_DAYS))
    columns = (
        SessionChange.session_id,
        SessionChange.kind,
        SessionChange.old_day,
        SessionChange.old_starts_at,
    )
    session = (
        ClubSession.day,
        ClubSession.starts_at,
        ClubSession.status,
        ClubSession.cancel_reason,
        Club.name,
    )
    person = (FamilyMember.last_name, FamilyMember.first_name, FamilyMember.middle_name, Family.number)
    mine = (Assignment.patronage_id == Patronage.id, Assignment.ends_on.is_(None))
    workers = Assignment.user_id.in_({user.id, *user.stands_in})
    query = (
        select(*columns, *session, *person)
        .select_from(SessionChange)
        .join(ClubSession, ClubSession.id == SessionChange.session_id)
        .join(Club, Club.id == ClubSession.club_id)
        .join(SessionChangeMember, SessionChangeMember.change_id == SessionChange.id)
        .join(FamilyMember, FamilyMember.id == SessionChangeMember.member_id)
        .join(Family, Family.id == FamilyMember.family_id)
        .join(Patronage, and_(Patronage.family_id == Family.id, Patronage.latest))
        .where(SessionChange.at >= since, select(Assignment.id).where(*mine, workers).exists())
    )
    return query.order_by(SessionChange.at.desc(), SessionChange.id.desc(), Family.number).limit(READ)


def _line(rows: list[Any]) -> Row | None:
    """What became of one session, the latest change first; None when it stands where it stood."""
    last, first = rows[0], rows[-1]
    was, now = (first.old_day, first.old_starts_at), (last.day, last.starts_at)
    if last.status == "cancelled":
        badge, what = ("bad", _("cancelled")), last.cancel_reason
    elif was == now:
        return None
    else:
        when = f"{show_date(last.day)}, {show_time(last.starts_at)}"
        badge, what = ("warn", _("moved")), _("now on %(when)s", when=when)
    people = {
        f"{FullName(row.last_name, row.first_name, row.middle_name).short} · № {row.number}" for row in rows
    }
    title = f"{last.name}: {show_date(was[0])}, {show_time(was[1])}"
    sub = " · ".join(part for part in (what, ", ".join(sorted(people))) if part)
    return Row(title, sub, url_for("clubs.sessions.show", session_id=last.session_id), badge)
