"""Bringing a workbook in, as the pages do it but without them."""

from datetime import date
from pathlib import Path
from typing import Any

from portal import clock, files
from portal.accounts.models import User
from portal.db import db, technical
from portal.exchange import pending, running, sayings
from portal.exchange.kinds import KINDS, preview
from portal.exchange.models import Import
from portal.exchange.rows import Preview
from portal.exchange.workbook import read_workbook
from portal.journal.models import JournalPeriod
from tests.exchange.tables import Rows, make_xlsx

REGISTER = Path(__file__).parents[2] / "portal" / "demo" / "register.xlsx"


def seen(kind: str, rows: Rows, user: Any) -> Preview:
    """The rows, judged."""
    return preview(KINDS[kind], read_workbook(make_xlsx({"Лист1": rows})), sayings.said(kind), user)


def codes(found: Preview) -> list[str]:
    """Of each row its state, or why it was refused."""
    return [row.remarks[0].code if row.state == "refused" else row.state for row in found.rows]


def bring(kind: str, rows: Rows, user: Any) -> Import:
    """Bring the rows in; gives the import."""
    import_id = start(kind, rows, user)
    running.run(import_id, user)
    return looked(import_id)


def start(kind: str, rows: Rows, user: Any) -> int:
    """An import of which nothing is written yet."""
    name, _digest = files.keep(make_xlsx({"Лист1": rows}), pending.FOLDER)
    return running.start(KINDS[kind], name, user)


def bring_register(user: Any) -> Import:
    """The demo's register brought in; without a user as the command line does."""
    name = pending.keep(REGISTER.read_bytes(), {})
    import_id = running.start(KINDS["families"], name, user)
    running.run(import_id, user)
    return looked(import_id)


def looked(import_id: int) -> Import:
    """The import as it is now."""
    db.session.rollback()
    row = db.session.get_one(Import, import_id, populate_existing=True)
    db.session.expunge(row)
    return row


def close_month(day: date, head: User) -> None:
    """The month of that day is closed in the journal."""
    with technical() as s:
        closed = {"closed_by_id": head.id, "closed_at": clock.now(), "entries": 0, "digest": ""}
        s.add(JournalPeriod(year=day.year, month=day.month, **closed))
