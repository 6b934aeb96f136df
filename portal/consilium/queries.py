"""What is read of the consilium: its roll, its meetings, who may be put on an agenda."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import case, exists, func, select, true

from portal.access import Permission, may
from portal.accounts.models import RoleGrant, User
from portal.consilium.models import Item, Meeting, MeetingSeat, RollSeat
from portal.db import db
from portal.families.models import Family
from portal.patronage.models import ClosingAnalysis, Emergency, Patronage
from portal.rules.enrollment import Term
from portal.rules.items import KINDS, REMOVING, Kind
from portal.rules.meetings import DECIDED, LIVE
from portal.rules.names import normalise

PAGE = 25
MOST_CANDIDATES = 200
AHEAD = ("open", "convened", "draft")  # meetings that are not over
WHEN = {"ahead": AHEAD, "past": ("closed", "signed", "no_quorum", "cancelled")}


@dataclass(frozen=True)
class Wanted:
    """The filters of the list of meetings, as they stand in the address."""

    when: str = ""  # ahead | past
    kind: str = ""  # regular | extraordinary
    year: int = 0


def _visible(user: Any) -> Any:
    """Drafts are for those who prepare them; the rest is for the consilium and the head."""
    return true() if may(user, Permission.MEETING_PREPARE) else Meeting.status != "draft"


def get_meeting(user: Any, meeting_id: int) -> Meeting | None:
    """A meeting the user may see, else None."""
    return db.session.scalar(select(Meeting).where(Meeting.id == meeting_id, _visible(user)))


def get_item(user: Any, item_id: int) -> Item | None:
    """An item of a meeting the user may see, else None."""
    query = select(Item).join(Meeting, Meeting.id == Item.meeting_id)
    return db.session.scalar(query.where(Item.id == item_id, _visible(user)))


def get_recusal(user: Any, item_id: int, user_id: int) -> tuple[Item, int] | None:
    """An item of a meeting the user may see, with the id of the member whose recusal it is; else None."""
    item = get_item(user, item_id)
    known = item is not None and db.session.get(User, user_id) is not None
    return (item, user_id) if item is not None and known else None


def items_open_to(user: Any, item_ids: set[int]) -> set[int]:
    """Which of the items the user may open."""
    if not item_ids or not may(user, Permission.MEETING_VIEW):
        return set()
    query = select(Item.id).join(Meeting, Meeting.id == Item.meeting_id)
    return set(db.session.scalars(query.where(Item.id.in_(item_ids), _visible(user))))


def _listed(user: Any) -> Any:
    counts = (
        select(
            Item.meeting_id,
            func.count().label("on_agenda"),
            func.sum(case((Item.status.in_(DECIDED), 1), else_=0)).label("decided"),
        )
        .where(Item.status != "withdrawn")
        .group_by(Item.meeting_id)
        .subquery()
    )
    columns = [Meeting.id, Meeting.number, Meeting.year, Meeting.held_on, Meeting.starts_at, Meeting.place]
    query = select(*columns, Meeting.kind, Meeting.status, counts.c.on_agenda, counts.c.decided)
    return query.outerjoin(counts, counts.c.meeting_id == Meeting.id).where(_visible(user))


def next_meeting(user: Any) -> Any:
    """The meeting in session, else the first one that is still to come, else None."""
    ahead = _listed(user).where(Meeting.status.in_(AHEAD))
    order = (case((Meeting.status == "open", 0), else_=1), Meeting.held_on, Meeting.starts_at, Meeting.id)
    return db.session.execute(ahead.order_by(*order).limit(1)).mappings().first()


def meeting_page(user: Any, wanted: Wanted, number: int, size: int = PAGE) -> dict[str, Any]:
    """A page of the meetings asked for, those ahead, the nearest first, then those behind, the latest first."""
    query = _listed(user)
    if wanted.when:
        query = query.where(Meeting.status.in_(WHEN[wanted.when]))
    if wanted.kind:
        query = query.where(Meeting.kind == wanted.kind)
    if wanted.year:
        query = query.where(Meeting.year == wanted.year)
    ahead = Meeting.status.in_(AHEAD)
    nearest = (case((ahead, Meeting.held_on)), case((ahead, Meeting.starts_at)))
    order = (~ahead, *nearest, Meeting.held_on.desc(), Meeting.starts_at.desc(), Meeting.id.desc())
    rows = list(
        db.session.execute(query.order_by(*order).offset((number - 1) * size).limit(size + 1)).mappings()
    )
    return {"rows": rows[:size], "more": len(rows) > size}


def meeting_years(user: Any) -> list[int]:
    """The years from the last meeting that the user may see back to the first."""
    query = select(func.min(Meeting.year), func.max(Meeting.year)).where(_visible(user))
    first, last = db.session.execute(query).one()
    return list(range(last, first - 1, -1)) if last else []


def _people(query: Any) -> list[Any]:
    return list(db.session.execute(query).mappings())


NAME = (User.last_name, User.first_name, User.middle_name, User.position, User.dismissed_on)
_SEATED_AS = {"chair": 0, "secretary": 1}


def roll() -> list[Any]:
    """The seats taken now: chair, secretary, members by name."""
    query = select(RollSeat.user_id, RollSeat.seat, RollSeat.votes, RollSeat.from_on, *NAME)
    query = query.join(User, User.id == RollSeat.user_id).where(RollSeat.until_on.is_(None))
    return _people(query.order_by(seat_order(RollSeat.seat), User.search, User.id))


def seat_order(column: Any) -> Any:
    """Chair first, then the secretary, then the members."""
    return case(_SEATED_AS, value=column, else_=2)


def seats_of(meeting_id: int) -> list[Any]:
    """The members of a meeting with their presence."""
    query = select(MeetingSeat.user_id, MeetingSeat.seat, MeetingSeat.votes, MeetingSeat.presence, *NAME)
    query = query.join(User, User.id == MeetingSeat.user_id).where(MeetingSeat.meeting_id == meeting_id)
    return _people(query.order_by(seat_order(MeetingSeat.seat), User.search, User.id))


def may_sit() -> list[User]:
    """Colleagues with a role in the consilium who are not on its roll."""
    seated = select(RollSeat.user_id).where(RollSeat.until_on.is_(None))
    roles = select(RoleGrant.user_id).where(RoleGrant.role.in_(("chair", "secretary", "member")))
    query = select(User).where(User.id.in_(roles), User.id.not_in(seated), User.dismissed_on.is_(None))
    return list(db.session.scalars(query.order_by(User.search, User.id)))


def candidates(kind: str, text: str = "") -> list[Any]:
    """Episodes that an item of the kind fits, by family, of surnames that begin with the text.

    `ready` says whether R2 is met, where the kind asks for the analysis; without it only suspended ones are shown.
    """
    asked = KINDS[Kind(kind)]
    live = select(Item.patronage_id).where(Item.status.in_(LIVE), Item.patronage_id.is_not(None))
    analysis = exists().where(ClosingAnalysis.patronage_id == Patronage.id)
    waits = exists().where(Emergency.patronage_id == Patronage.id, Emergency.outcome.is_(None))
    query = select(
        *(Patronage.id, Patronage.status, Patronage.regime, Patronage.term, Patronage.ends_on),
        *(Family.id.label("family_id"), Family.number, Family.surname),
        (analysis if asked.analysis else true()).label("ready"),
    )
    query = query.join(Family, Family.id == Patronage.family_id).where(
        Patronage.id.not_in(live), Patronage.status.in_([str(one) for one in asked.statuses])
    )
    more = {
        Kind.EXTEND: Patronage.term == Term.SHORT,
        Kind.RATIFY: waits,
        Kind.REGIME: ~waits,
        **dict.fromkeys(REMOVING, analysis | (Patronage.status == "suspended")),
    }
    query = query.where(
        more.get(Kind(kind), true()), Family.sort_name.startswith(normalise(text), autoescape=True)
    )
    return _people(query.order_by(Family.sort_name, Family.id).limit(MOST_CANDIDATES))
