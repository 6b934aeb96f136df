"""What somebody has said by hand of headings and of marks: it is remembered for the next workbook."""

from collections.abc import Mapping

from sqlalchemy import select

from portal import audit, clock
from portal.audit import Event
from portal.db import atomic, db
from portal.exchange.models import ImportHeading

MARKS = "attendance:marks"  # beside the headings of the kinds


def said(kind: str) -> dict[str, str]:
    """What headings mean in workbooks of the kind, or marks, as somebody has said by hand."""
    query = select(ImportHeading.heading, ImportHeading.field).where(ImportHeading.kind == kind)
    return {row.heading: row.field for row in db.session.execute(query)}


def remember(kind: str, meant: Mapping[str, str], known: Mapping[str, str], actor_id: int) -> None:
    """Keep what they mean, but for what was `known` of them already.

    What means nothing is not written down: under a workbook without headings stand a person's data.
    """
    changed = {text: code for text, code in meant.items() if known.get(text, "") != code}
    if not changed:
        return
    with atomic() as s:
        for text, code in changed.items():
            row = s.merge(ImportHeading(kind=kind, heading=text, field=code, by_id=actor_id, at=clock.now()))
        fields = sorted({code for code in meant.values() if code})
        audit.record(s, Event.IMPORT_HEADINGS_SET, actor_id, row, new={"kind": kind, "fields": fields})
