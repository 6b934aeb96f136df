"""The norms in force on each day, and who is exempt from them."""

from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from portal.accounts.models import User
from portal.db import db
from portal.memory import unchanged
from portal.norms.models import REGIMES, NormsRow
from portal.rules.norms import BY_LAW, Norm, NormVersion, Unit
from portal.settings import queries as settings


def versions(s: Session | None = None) -> tuple[NormVersion, ...]:
    """The norms by law and the center's own, each from its day on; read once after each change."""
    return unchanged(("norm versions",), lambda: _versions(s or db.session()))


def _versions(s: Session) -> tuple[NormVersion, ...]:
    rows = s.scalars(select(NormsRow).order_by(NormsRow.starts_on))
    return (BY_LAW, *(NormVersion(row.starts_on, norms_of(row)) for row in rows))


def norms_of(row: NormsRow) -> dict[str, Norm]:
    """The norms of a version by regime; a regime that owes nothing is not in it."""
    found = {
        name: Norm(getattr(row, f"{name}_count"), Unit(getattr(row, f"{name}_unit"))) for name in REGIMES
    }
    return {name: norm for name, norm in found.items() if norm.count}


def gaps() -> dict[str, int]:
    """Days without a contact that warn, by regime (R9)."""
    return {name: settings.value(f"gap_{name}") for name in REGIMES}


def listed() -> list[Row[Any]]:
    """The versions, the latest first: (row, who made it)."""
    query = select(NormsRow, User).join(User, User.id == NormsRow.made_by_id)
    return list(db.session.execute(query.order_by(NormsRow.starts_on.desc())))
