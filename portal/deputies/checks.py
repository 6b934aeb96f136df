"""DOMAIN §4 asked of the data: one deputy a day, and no deputies of deputies."""

from collections.abc import Iterator

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import aliased

from portal.db import db
from portal.deputies.models import Deputy


def deputies() -> Iterator[tuple[str, str]]:
    """Of two on the same days the later one is named."""
    one, other = aliased(Deputy), aliased(Deputy)
    same = and_(
        one.id != other.id, one.starts_on <= other.ends_on, other.starts_on <= one.ends_on,
        one.ended_at.is_(None), other.ended_at.is_(None),
    )  # fmt: skip
    both = select(one.id, one.user_id, other.user_id.label("away_id")).join(other, same)
    rows = db.session.execute(
        both.where(or_(one.user_id == other.user_id, one.user_id == other.deputy_id)).order_by(one.id)
    )
    for row in rows:
        what = "has two deputies at once" if row.user_id == row.away_id else "stands in while away themselves"
        yield "deputies", f"user {row.user_id} {what} (deputy {row.id})"
