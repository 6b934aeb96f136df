"""My work at the consilium and in the clubs."""

from datetime import timedelta
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import ColumnElement, and_, exists, func, or_, select

from portal import clock
from portal.access import Permission, Role, may
from portal.accounts.models import Visitor
from portal.clubs.models import Club, ClubSession
from portal.consilium.labels import MEETING_KINDS
from portal.consilium.models import Item, Meeting, MeetingSeat, Vote
from portal.db import db
from portal.families.models import Family
from portal.home.reading import to_read
from portal.home.work import Figure, Row, Section, Work
from portal.patronage.models import Patronage
from portal.rules.meetings import LIVE
from portal.rules.sessions import AHEAD
from portal.rules.weekly_limit import week_of
from portal.web import show_date, show_time

SHORT = 5
HELD_LATELY = timedelta(14)  # so long a held session stands there, to be summed up


def for_consilium(user: Visitor, work: Work) -> None:
    """What is being voted on, the next meeting, and who waits for an agenda."""
    _voting(user, work)
    to_read(user, work)
    prepares = may(user, Permission.MEETING_PREPARE)
    meetings = list(db.session.execute(_next_meetings(prepares)))
    work.add(
        Section(
            "meetings",
            _("Next meetings"),
            [_meeting(row) for row in meetings],
            "gavel",
            _("No meeting is planned yet.") if prepares else _("No meeting is convened yet."),
            url_for("consilium.index"),
            _("All meetings"),
        )
    )
    if prepares:
        waiting, rows = _not_on_agenda()
        kind, url = ("warn" if waiting else "mute"), "#waiting" if rows else url_for("consilium.index")
        work.add(Figure(_("Submitted, on no agenda"), waiting, url, "inbox", kind), _waiting_section(rows))


def _voting(user: Visitor, work: Work) -> None:
    """A word to whoever sits in a meeting where an item is being voted on."""
    mine = and_(Vote.item_id == Item.id, Vote.user_id == user.id)
    seat = and_(MeetingSeat.meeting_id == Meeting.id, MeetingSeat.user_id == user.id)
    query = select(Meeting.id, Item.position, Vote.id.label("vote"), MeetingSeat.votes, MeetingSeat.presence)
    query = query.join(Item, Item.meeting_id == Meeting.id).outerjoin(Vote, mine).outerjoin(MeetingSeat, seat)
    query = query.where(Meeting.status == "open", Item.status == "voting").order_by(Meeting.id)
    for row in db.session.execute(query):
        url = url_for("consilium.meeting", meeting_id=row.id)
        waits = row.votes and row.vote is None and row.presence in ("present", "video")
        if waits:
            text = _("Voting is under way: item %(item)s. Your vote is awaited.", item=row.position)
        else:
            text = _("Voting is under way: item %(item)s.", item=row.position)
        work.notices.append(("warn" if waits else "info", text, url))


def _next_meetings(prepares: bool) -> Any:
    ahead = and_(Meeting.status == "convened", Meeting.held_on >= clock.today())
    shown: ColumnElement[bool] = or_(Meeting.status == "open", ahead)
    if prepares:
        shown = or_(shown, Meeting.status == "draft")
    items = select(func.count()).where(Item.meeting_id == Meeting.id, Item.status != "withdrawn")
    columns = (Meeting.id, Meeting.number, Meeting.held_on, Meeting.starts_at, Meeting.place, Meeting.status)
    query = select(*columns, Meeting.kind, items.correlate(Meeting).scalar_subquery().label("items")).where(
        shown
    )
    return query.order_by(Meeting.held_on, Meeting.starts_at, Meeting.id).limit(SHORT)


def _meeting(row: Any) -> Row:
    badges = {
        "open": ("ok", _("under way")),
        "convened": ("info", _("convened")),
        "draft": ("mute", _("draft")),
    }
    items = ngettext("%(num)d item", "%(num)d items", row.items)
    day, time = show_date(row.held_on), show_time(row.starts_at)
    title = _("No. %(number)s — %(day)s, %(time)s", number=row.number, day=day, time=time)
    url = url_for("consilium.meeting", meeting_id=row.id)
    extraordinary = str(MEETING_KINDS[row.kind]) if row.kind == "extraordinary" else ""
    sub = " · ".join(part for part in (extraordinary, row.place, items) if part)
    return Row(title, sub, url, badges[row.status])


def _not_on_agenda() -> tuple[int, list[Any]]:
    """Submitted families that stand on no agenda to come: how many, and the first of them."""
    on_agenda = exists().where(
        Item.patronage_id == Patronage.id,
        Item.status.in_(LIVE),
        Meeting.id == Item.meeting_id,
        Meeting.status.in_(("draft", "convened", "open")),
    )
    count = func.count().over().label("families")
    query = select(Family.id, Family.number, Family.surname, count)
    query = query.join(Patronage, Patronage.family_id == Family.id).where(
        Patronage.latest, Patronage.status == "submitted", ~on_agenda
    )
    rows = list(db.session.execute(query.order_by(Family.sort_name, Family.id).limit(SHORT)))
    return (rows[0].families if rows else 0), rows


def _waiting_section(rows: list[Any]) -> Section:
    return Section(
        "waiting",
        _("Submitted, on no agenda"),
        [
            Row(f"{row.surname} · № {row.number}", "", url_for("families.show", family_id=row.id))
            for row in rows
        ],
        "inbox",
        _("Every submitted family stands on an agenda."),
        url_for("families.index", status="submitted"),
        _("All submitted families"),
    )


def for_leader(user: Visitor, work: Work) -> None:
    """Sessions of clubs I lead or stand in for: attendance open, to be summed up, and the rest of this week."""
    today = clock.today()
    held = and_(ClubSession.status == "held", ClubSession.day >= today - HELD_LATELY)
    query = _sessions().where(
        Club.leader_id.in_({user.id, *user.stands_in}), ClubSession.status.in_(AHEAD) | held
    )
    query = query.where(ClubSession.day < week_of(today) + timedelta(7)).limit(50)
    rows = list(db.session.execute(query))
    late = [row for row in rows if row.day < today and row.status != "held"]
    url = url_for("clubs.index")
    if rows or Role.PEDAGOGUE in user.roles:
        shown = [_session(row, today) for row in rows]
        title, label = _("My club sessions"), _("The week of all clubs")
        nothing = _("No sessions of your clubs are left this week.")
        work.add(Section("clubs", title, shown, "calendar-week", nothing, url, label))
    if late:
        work.add(Figure(_("Attendance not closed"), len(late), "#clubs", "clipboard-list", "bad"))


def todays_sessions(work: Work) -> None:
    """The sessions of all clubs today."""
    today = clock.today()
    query = _sessions().where(ClubSession.day == today, ClubSession.status != "cancelled").limit(20)
    rows = [_session(row, today) for row in db.session.execute(query)]
    nothing = _("No club meets today.")
    label, url = _("The week of all clubs"), url_for("clubs.index")
    work.add(Section("today", _("Clubs today"), rows, "calendar-week", nothing, url, label))


def _sessions() -> Any:
    one = ClubSession
    query = select(one.id, one.day, one.starts_at, one.room, one.topic, one.status, Club.name).join(
        Club, Club.id == ClubSession.club_id
    )
    return query.order_by(ClubSession.day, ClubSession.starts_at, ClubSession.id)


def _session(row: Any, today: Any) -> Row:
    if row.status == "held":
        badge = ("warn", _("to be summed up"))
    elif row.day < today and row.status in AHEAD:
        badge = ("bad", _("attendance not closed"))
    else:
        badge = ("ok", _("today")) if row.day == today else ("mute", show_date(row.day))
    when = [show_date(row.day)] if row.day < today else []
    sub = " · ".join(part for part in (*when, show_time(row.starts_at), row.room, row.topic) if part)
    return Row(row.name, sub, url_for("clubs.sessions.show", session_id=row.id), badge)
