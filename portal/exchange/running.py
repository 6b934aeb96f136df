"""What brings a workbook in: batch by batch, each one transaction, so that it goes on where it was interrupted."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import audit, clock
from portal.audit import Event
from portal.db import atomic, db, refused_by
from portal.exchange import pending, tracks
from portal.exchange.kinds import KINDS, Kind, preview
from portal.exchange.models import Import
from portal.exchange.rows import ACCEPTED, DOUBLE, KNOWN, REFUSED, Preview, Row
from portal.exchange.sayings import remember, said
from portal.exchange.workbook import read_workbook
from portal.rules import N_, RuleBroken

Progress = Callable[[int, int], None]


def say(
    kind: Kind, required: Sequence[str], meant: Mapping[str, str], known: Mapping[str, str], actor_id: int
) -> None:
    """Remember what the headings mean, for the next time too. Raises required_missing, used_twice.

    `required` are the fields that must be named, `known` what was known of the headings already.
    """
    codes = [code for code in meant.values() if code]
    if left := [one.title for one in kind.fields if one.code in required and one.code not in codes]:
        raise RuleBroken("required_missing", N_("Some needed columns are still not named."), fields=left)
    if kind.code != "families" and required and len(codes) > len(set(codes)):
        raise RuleBroken("used_twice", N_("Two headings mean the same. Choose one of them."))
    remember(kind.code, meant, known, actor_id)


def start(kind: Kind, name: str, user: Any) -> int:
    """Note that the workbook is brought in; gives the import's id, the same one for the second click.

    `user` is None where the command line brings it in.
    """
    data, answers = pending.read(name)
    found = preview(kind, read_workbook(data), said(kind.code), user, answers)
    counts = found.counts
    there = db.session.scalar(select(Import.id).where(Import.file == name))
    if there is not None:
        return there
    with atomic() as s:
        row = Import(
            kind=kind.code, sha256=hashlib.sha256(data).hexdigest(), file=name, by_id=_id(user), at=clock.now(),
            total=len(_lines(found)), refused=counts[REFUSED], doubles=counts[DOUBLE],
        )  # fmt: skip
        with refused_by("uq_imports_file", _brought()):
            s.add(row)
        new = {"kind": kind.code, "sha256": row.sha256, "rows": row.total, "refused": row.refused}
        audit.record(s, Event.IMPORT_STARTED, _id(user), row, new=new)
        return row.id


def _lines(found: Preview) -> list[Row]:
    """The rows in their order: the same ones each time, whatever is here meanwhile."""
    return [*(found.extra or ()), *found.rows]


def run(import_id: int, user: Any, progress: Progress | None = None) -> None:
    """Write what is not written yet. May be called again after an interruption, and by two at once."""
    row = db.session.get_one(Import, import_id)
    kind, name = KINDS[row.kind], row.file
    if row.state != "running":
        return
    sheets, answers = pending.opened(name)
    lines = _lines(preview(kind, sheets, said(kind.code), user, answers))
    while True:
        done, total = _batch(import_id, kind, lines, user)
        if progress:
            progress(done, total)
        if done >= total:
            return


def _batch(import_id: int, kind: Kind, lines: Sequence[Row], user: Any) -> tuple[int, int]:
    """One transaction: the next rows that nobody has written; gives how many are done, of how many."""
    with atomic() as s:
        row = s.get_one(Import, import_id, with_for_update=True, populate_existing=True)
        some = lines[row.done : row.done + kind.batch] if row.state == "running" else []
        wanted = [one for one in some if one.state in (ACCEPTED, KNOWN)]  # the rest was counted at the start
        made = _write(s, kind, wanted, user)
        ids = tracks.note(s, import_id, made) if made else {}
        _count(row, wanted, kind)
        row.done = min(row.total, row.done + len(some)) if some else row.total
        new: dict[str, Any] = {"rows": ids, "done": row.done}
        if row.state == "running" and row.done >= row.total:
            row.state, row.finished_at = "done", clock.now()
            new["made"] = row.made
        event = Event.IMPORT_FINISHED if "made" in new else Event.IMPORT_APPLIED
        audit.record(s, event, _id(user), row, new=new)
        return row.done, row.total


def _write(s: Session, kind: Kind, rows: Sequence[Row], user: Any) -> list[tracks.Made]:
    """The rows are judged anew, by what is true inside the transaction."""
    for row in rows:
        row.state, row.remarks = ACCEPTED, []
    if not rows:
        return []
    kind.judge(user).judge(rows)
    with refused_by("uq_import_rows_key", _brought()):
        return kind.write(s, [row for row in rows if row.state == ACCEPTED], _id(user))


def _id(user: Any) -> int | None:
    return None if user is None else int(user.id)


def _brought() -> RuleBroken:
    return RuleBroken(
        "brought", N_("The same has just been brought in by somebody else. Read the file again.")
    )


def _count(row: Import, rows: Sequence[Row], kind: Kind) -> None:
    states = [one.state for one in rows]
    if kind.code == "families":
        workers = [one for one in rows if one.key.startswith("staff:")]
        row.accounts += sum(one.state == ACCEPTED for one in workers)
        states = [one.state for one in rows if one not in workers]
    row.made += states.count(ACCEPTED)
    row.known += states.count(KNOWN)
    row.refused += states.count(REFUSED)
    row.doubles += states.count(DOUBLE)
