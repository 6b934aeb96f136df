"""How the members took part in the meetings of a year: presence, votes cast of those possible, recusals."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, case, func, or_, select

from portal.accounts.models import User
from portal.consilium.models import Item, ItemVoter, Meeting, MeetingSeat, PresenceMark, Vote
from portal.consilium.presence import HERE
from portal.consilium.queries import seat_order
from portal.db import db
from portal.rules.meetings import DECIDED
from portal.rules.names import FullName

HELD = ("closed", "signed", "no_quorum")  # what members were expected at


@dataclass(frozen=True)
class Member:
    """One member over the year."""

    name: str
    seat: str
    left: bool  # works here no longer
    meetings: int
    present: int
    video: int
    excused: int
    absent: int
    possible: int  # decisions on which the member could have voted
    cast: int
    recused: int

    @property
    def share(self) -> int | None:
        """How many per cent of the meetings the member took part in; None of none."""
        return round(100 * (self.present + self.video) / self.meetings) if self.meetings else None


def year_of(year: int) -> list[Member]:
    """The members of the year's meetings: chair, secretary, then by name. Four queries, whatever their number."""
    votes = _votes(year)
    return [_member(row, votes.get(row.id, (0, 0, 0))) for row in db.session.execute(_presence(year))]


def _member(row: Any, votes: tuple[int, int, int]) -> Member:
    name = FullName(row.last_name, row.first_name, row.middle_name).full
    here = int(row.present), int(row.video), int(row.excused)
    absent = int(row.meetings) - sum(here)
    return Member(name, row.seat, row.dismissed_on is not None, int(row.meetings), *here, absent, *votes)


def _presence(year: int) -> Select[Any]:
    """Whoever came and left early was there too: what was marked and counted in the meeting is asked."""
    came = select(PresenceMark.id).where(
        PresenceMark.meeting_id == MeetingSeat.meeting_id,
        PresenceMark.user_id == MeetingSeat.user_id,
        PresenceMark.presence == "present",
    )
    came = came.where(PresenceMark.marked_at >= Meeting.opened_at).correlate(MeetingSeat, Meeting)
    counted = (
        select(ItemVoter.item_id)
        .join(Item, Item.id == ItemVoter.item_id)
        .where(
            Item.meeting_id == MeetingSeat.meeting_id,
            ItemVoter.user_id == MeetingSeat.user_id,
            ItemVoter.present,
        )
    )
    seen = or_(came.exists(), counted.correlate(MeetingSeat).exists())
    video = MeetingSeat.presence == "video"
    present = and_(~video, or_(MeetingSeat.presence == "present", seen))
    excused = and_(MeetingSeat.presence == "excused", ~seen)
    columns = (User.id, User.last_name, User.first_name, User.middle_name, User.dismissed_on)
    rank = func.min(seat_order(MeetingSeat.seat))
    query = select(
        *columns,
        func.min(MeetingSeat.seat).label("seat"),
        func.count().label("meetings"),
        *(_sum(present, "present"), _sum(video, "video"), _sum(excused, "excused")),
    )
    query = query.join(MeetingSeat, MeetingSeat.user_id == User.id)
    query = query.join(Meeting, Meeting.id == MeetingSeat.meeting_id).where(_in(year))
    return query.group_by(*columns, User.search).order_by(rank, User.search, User.id)


def _sum(condition: Any, name: str) -> Any:
    return func.sum(case((condition, 1), else_=0)).label(name)


def _in(year: int) -> Any:
    return and_(Meeting.year == year, Meeting.status.in_(HELD))


def _votes(year: int) -> dict[int, tuple[int, int, int]]:
    """(possible, cast, recused) by the id of a user: as it was counted; of older decisions by seat and presence."""
    counted = select(
        ItemVoter.user_id,
        _sum(and_(ItemVoter.present, ~ItemVoter.recused), "possible"),
        _sum(ItemVoter.choice.is_not(None), "cast"),
        _sum(ItemVoter.recused, "recused"),
    )
    counted = counted.join(Item, Item.id == ItemVoter.item_id).join(Meeting, Meeting.id == Item.meeting_id)
    found: dict[int, tuple[int, int, int]] = {}
    for query in (counted.where(_in(year)).group_by(ItemVoter.user_id), _older(year)):
        for row in db.session.execute(query):
            one = int(row.possible), int(row.cast), int(row.recused)
            kept = found.get(row.user_id, (0, 0, 0))
            found[row.user_id] = kept[0] + one[0], kept[1] + one[1], kept[2] + one[2]
    return found


def _older(year: int) -> Select[Any]:
    """Of decisions that nothing was kept of but the votes: whoever was there at the end could have voted."""
    kept = select(ItemVoter.item_id).where(ItemVoter.item_id == Item.id).correlate(Item).exists()
    own = and_(Vote.item_id == Item.id, Vote.user_id == MeetingSeat.user_id)
    could = or_(MeetingSeat.presence.in_(HERE), Vote.id.is_not(None))
    query = select(
        MeetingSeat.user_id,
        _sum(could, "possible"),
        func.count(Vote.id).label("cast"),
        _sum(MeetingSeat.user_id.is_(None), "recused"),
    )
    query = query.join(Item, Item.meeting_id == MeetingSeat.meeting_id)
    query = query.join(Meeting, Meeting.id == Item.meeting_id).outerjoin(Vote, own)
    query = query.where(_in(year), MeetingSeat.votes, Item.status.in_(DECIDED), ~kept)
    return query.group_by(MeetingSeat.user_id)


def meetings_of(year: int) -> int:
    """How many meetings of the year are over."""
    return db.session.scalar(select(func.count()).select_from(Meeting).where(_in(year))) or 0


def years() -> list[int]:
    """The years from the last meeting back to the first."""
    first, last = db.session.execute(select(func.min(Meeting.year), func.max(Meeting.year))).one()
    return list(range(last, first - 1, -1)) if last else []
