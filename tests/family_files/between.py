"""Carrying a family from one portal into another."""

import json
from io import BytesIO
from typing import Any

from portal import files
from portal.accounts.models import User
from portal.db import db
from portal.family_files import archive, launching, opening, pending
from portal.family_files.bringing_in import bring_in
from portal.family_files.handing_out import Wanted
from portal.family_files.opening import Opened
from portal.jobs import worker
from portal.jobs.models import Job

HAND_OVER = Wanted("hand_over", "Центр «Маяк»", "письмо № 5")


def do_all() -> None:
    """All tasks that wait."""
    while worker.do_next():
        pass
    db.session.rollback()


def sent(family_id: int, head: User) -> bytes:
    """The archive of the family."""
    task_id = launching.hand_out(family_id, HAND_OVER, head.id)
    do_all()
    task = db.session.get_one(Job, task_id, populate_existing=True)
    assert task.state == "done", task.problem
    return files.read(task.file, "results")


def brought(data: bytes, head: User, people: dict[int, int] | None = None) -> int:
    """Take the archive in; gives the family's id."""
    return bring_in(pending.look_into("", BytesIO(data)), people or {}, head.id)


def opened(data: bytes) -> Opened:
    """The archive, each file compared with its manifest."""
    found = opening.open_archive(BytesIO(data))
    found.check_parts()
    return found


def packed(parts: dict[str, bytes], **facts: Any) -> bytes:
    """An archive of the parts."""
    archive.pack(out := BytesIO(), parts.items(), **facts)
    return out.getvalue()


def content(data: bytes) -> dict[str, Any]:
    """What family.json says."""
    return opened(data).content


def alike(found: dict[str, Any]) -> dict[str, Any]:
    """The content without what differs from center to center: the card's number, and by whose hands it went."""
    told = json.loads(json.dumps(found))
    for rows in [*told["tables"].values(), *told["around"].values()]:
        for row in rows:
            row.pop("from", None)
    told["tables"]["families"][0].pop("number")
    return {name: told[name] for name in ("format", "people", "tables", "around", "files")}


def repacked(data: bytes, **changed: bytes | None) -> bytes:
    """The archive with parts changed (None: taken out) and a manifest that fits them."""
    found = opened(data)
    parts = {path: found.part(path) for path in found.lines}
    for name, value in changed.items():
        parts.pop(name, None) if value is None else parts.__setitem__(name, value)
    own = ("kind", "format", "files", "digest")
    return packed(parts, **{name: one for name, one in found.manifest.items() if name not in own})
