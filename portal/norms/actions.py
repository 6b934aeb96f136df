"""What changes norms and exemptions; who must be met by when is worked out anew in the same transaction."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select

from portal import audit, clock
from portal.audit import Event
from portal.contacts import standing
from portal.db import atomic
from portal.norms.models import REGIMES, Exemption, NormsRow
from portal.patronage.models import Patronage
from portal.rules import norm_changes
from portal.rules.norms import Norm


def set_norms(actor_id: int, starts_on: date, norms: Mapping[str, Norm], basis: str) -> int:
    """The norms in force from the day on; those that began on the same day are replaced. Gives the version's id.

    Raises bad_start, bad_norm.
    """
    norm_changes.check_version(starts_on, norms, clock.today())
    with atomic() as s:
        row = s.scalar(select(NormsRow).where(NormsRow.starts_on == starts_on))
        old = _facts(row) if row else {}
        if row is None:
            row = NormsRow(starts_on=starts_on)
            s.add(row)
        for name in REGIMES:
            setattr(row, f"{name}_count", norms[name].count)
            setattr(row, f"{name}_unit", str(norms[name].unit))
        row.basis, row.made_by_id, row.made_at = basis, actor_id, clock.now()
        s.flush()
        standing.refresh_all(s)
        audit.record(s, Event.NORMS_SET, actor_id, row, old=old, new=_facts(row))
        return row.id


def take_back_norms(version_id: int, actor_id: int) -> None:
    """Norms that have not begun yet are not to be. Raises in_force."""
    with atomic() as s:
        row = s.get_one(NormsRow, version_id)
        norm_changes.check_removable(row.starts_on, clock.today())
        old = _facts(row)
        s.delete(row)
        s.flush()
        standing.refresh_all(s)
        audit.record(s, Event.NORMS_TAKEN_BACK, actor_id, row, old=old)


def exempt(patronage_id: int, actor_id: int, first: date, last: date, reason: str) -> int:
    """The family owes no contact on these days; whoever records it approves it. Gives the exemption's id.

    Raises wrong_order, too_long, before_enrollment, after_removal.
    """
    with atomic() as s:
        patronage = s.get_one(Patronage, patronage_id, with_for_update=True, populate_existing=True)
        norm_changes.check_exemption(first, last, patronage.enrolled_on, patronage.removed_on)
        row = Exemption(
            patronage_id=patronage_id,
            starts_on=first,
            ends_on=last,
            reason=reason,
            approved_by_id=actor_id,
            approved_at=clock.now(),
        )
        s.add(row)
        standing.refresh(s, patronage)
        new = {"starts_on": first, "ends_on": last, "reason": len(reason)}  # it tells of illnesses
        audit.record(s, Event.EXEMPTED, actor_id, row, new=new)
        return row.id


def end_exemption(exemption_id: int, actor_id: int, last: date) -> None:
    """The exemption ends earlier than it was to. Raises wrong_order, not_earlier."""
    with atomic() as s:
        row = s.get_one(Exemption, exemption_id)
        norm_changes.check_end(row.starts_on, row.ends_on, last)
        old, row.ends_on = {"ends_on": row.ends_on}, last
        standing.refresh(s, s.get_one(Patronage, row.patronage_id))
        audit.record(s, Event.EXEMPTION_ENDED, actor_id, row, old=old, new={"ends_on": last})


def _facts(row: NormsRow) -> dict[str, Any]:
    norms = {name: f"{getattr(row, f'{name}_count')} {getattr(row, f'{name}_unit')}" for name in REGIMES}
    return {"starts_on": row.starts_on, "basis": row.basis, **norms}
