"""Who stands in for whom, as files."""

from flask_babel import lazy_gettext as _l

from portal import clock
from portal.deputies.labels import REASONS, away, deputy
from portal.sheets import Column, Kind

_DAYS = (Column(_l("First day"), "starts_on", Kind.DATE), Column(_l("Last day"), "ends_on", Kind.DATE))
_WHY = Column(_l("Reason"), lambda row: REASONS[row.reason])
_NOW = Column(_l("Stands in now"), lambda row: row.starts_on <= clock.today(), Kind.YES_NO)
PAST = (
    Column(_l("Who was away"), away),
    Column(_l("Who stood in"), deputy),
    *_DAYS,
    _WHY,
    Column(
        _l("Ended early on"),
        lambda row: clock.local(row.ended_at).date() if row.ended_at else None,
        Kind.DATE,
    ),
)


def running(manages: bool) -> tuple[Column, ...]:
    """Those of now and later; why somebody is away is for those who name deputies."""
    people = (Column(_l("Who is away"), away), Column(_l("Who stands in"), deputy))
    return (*people, *_DAYS, *((_WHY,) if manages else ()), _NOW)
