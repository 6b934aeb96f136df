"""Families on which the consilium has still to decide: short terms that end, emergency starts, withdrawn consents."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from sqlalchemy import and_, case, func, or_, select, union_all
from sqlalchemy.orm import aliased

from portal import clock
from portal.consilium.coming import consent_gone, extension_rejected
from portal.consilium.models import Item, Meeting
from portal.db import db
from portal.families.models import Family
from portal.patronage.models import Assignment, Emergency, Patronage
from portal.rules.enrollment import Term
from portal.rules.meetings import LIVE
from portal.settings import queries as settings

MOST = 30
_OPEN = and_(Emergency.patronage_id == Patronage.id, Emergency.outcome.is_(None))


def awaited(leads: Collection[int] | None = None) -> list[Any]:
    """The families, of all or of these leads, the most pressing first.

    Columns: family_id, number, surname; ends_on of a term that ends soon or has ended; started_on of an emergency not
    ratified; gone, of a consent; rejected, of an extension. Of the family's last item kind, status and until_on, and
    day and status of its meeting.
    """
    last = aliased(Item)
    newest = select(func.max(last.id)).where(last.patronage_id == Patronage.id, last.status != "withdrawn")
    columns = [
        *(Family.id.label("family_id"), Family.number, Family.surname),
        case((_ending(), Patronage.ends_on)).label("ends_on"),
        *(Emergency.started_on, consent_gone().label("gone"), extension_rejected().label("rejected")),
        *(Item.kind, Item.status.label("item"), Item.until_on, Meeting.held_on),
    ]
    query = select(*columns).select_from(Patronage).join(Family, Family.id == Patronage.family_id)
    query = query.outerjoin(Emergency, _OPEN).outerjoin(Item, Item.id == newest.scalar_subquery())
    query = query.outerjoin(Meeting, Meeting.id == Item.meeting_id).where(Patronage.id.in_(_ids(leads)))
    over = case((and_(_ending(), Patronage.ends_on < clock.today()), 0), else_=1)
    order = (over, Emergency.started_on.is_(None), Patronage.ends_on.is_(None), Patronage.ends_on, Family.id)
    return list(db.session.execute(query.order_by(*order).limit(MOST)))


def _ending() -> Any:
    until = clock.today() + timedelta(days=settings.value("term_reminder"))
    return and_(Patronage.status == "enrolled", Patronage.term == Term.SHORT, Patronage.ends_on <= until)


def _ids(leads: Collection[int] | None) -> Any:
    """One by one, so that each finds its few rows by its own way."""
    open_ones = select(Patronage.id).join(Emergency, _OPEN)
    stopped = select(Patronage.id).where(Patronage.status == "suspended", consent_gone())
    ending = select(Patronage.id).where(Patronage.latest, _ending())
    found = [open_ones, stopped, ending]
    if leads is not None:
        led = (Assignment.kind == "lead", Assignment.ends_on.is_(None), Assignment.user_id.in_(leads))
        found = [one.where(Patronage.id.in_(select(Assignment.patronage_id).where(*led))) for one in found]
    return union_all(*found)


def is_live(row: Any) -> bool:
    """Whether the family's item stands on an agenda of a meeting that is still to be held."""
    return row.item in LIVE and row.held_on >= clock.today()


def has_meeting() -> bool:
    """Whether there is a meeting ahead that takes what comes by itself."""
    ahead = or_(Meeting.status == "open", Meeting.held_on >= clock.today())
    query = select(Meeting.id).where(Meeting.status.in_(("draft", "convened", "open")), ahead)
    return db.session.scalar(query.limit(1)) is not None
