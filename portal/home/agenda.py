"""My work before a meeting of the consilium: where I am to speak, and which of my families stand on an agenda."""

from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import and_, func, or_, select

from portal.access import Permission, Role, may
from portal.accounts.models import Visitor
from portal.consilium.labels import KINDS
from portal.consilium.models import Item, Meeting
from portal.consilium.reading import AHEAD
from portal.db import db
from portal.families import queries as families
from portal.families.models import Family
from portal.home.work import Row, Section, Work
from portal.patronage.models import Assignment, Patronage
from portal.patronage.queries import within_reach
from portal.rules.meetings import LIVE
from portal.web import show_date, show_time

MOST = 12


def for_speaker(user: Visitor, work: Work) -> None:
    """The items of meetings that are convened, in the order of their agendas; nothing where there are none."""
    rows = db.session.execute(_items(user)).all()
    if rows:
        reach = within_reach(user, {row.family_id for row in rows if row.family_id})
        shown = [_row(user, row, row.family_id in reach) for row in rows]
        work.add(Section("agenda", _("On the agenda of the consilium"), shown, "gavel", ""))


def _items(user: Visitor) -> Any:
    lead = select(Assignment.user_id).where(
        Assignment.patronage_id == Patronage.id, Assignment.kind == "lead", Assignment.ends_on.is_(None)
    )
    speaker = func.coalesce(Item.speaker_id, Item.lead_id, lead.correlate(Patronage).scalar_subquery())
    speaks = and_(speaker.is_not(None), speaker.in_({user.id, *user.stands_in}))
    mine = speaks
    if user.roles & {Role.SPECIALIST, Role.PEDAGOGUE} and not may(user, Permission.FAMILY_VIEW_ALL):
        mine = or_(speaks, families.work(user))
    columns = (Item.id, Item.kind, Item.question, Meeting.held_on, Meeting.starts_at, Meeting.place)
    query = select(*columns, Family.id.label("family_id"), Family.number, Family.surname)
    query = query.add_columns(speaks.label("speaks")).join(Meeting, Meeting.id == Item.meeting_id)
    query = query.outerjoin(Patronage, Patronage.id == Item.patronage_id)
    query = query.outerjoin(Family, Family.id == Patronage.family_id)
    query = query.where(Meeting.status.in_(AHEAD), Item.status.in_(LIVE), mine)
    order = (Meeting.held_on, Meeting.starts_at, Meeting.id, Item.position, Item.id)
    return query.order_by(*order).limit(MOST)


def _row(user: Visitor, row: Any, reachable: bool) -> Row:
    when = f"{show_date(row.held_on)}, {show_time(row.starts_at)}"
    said = [str(KINDS[row.kind]), when, row.place]
    url = None
    if may(user, Permission.MEETING_VIEW):
        url = url_for("consilium.item", item_id=row.id)
    elif reachable:
        url = url_for("families.show", family_id=row.family_id)
    title = row.question or f"{row.surname} · № {row.number}"
    badge = ("warn", _("you speak")) if row.speaks else None
    return Row(title, " · ".join(part for part in said if part), url, badge)
