"""Carrying a family from one portal into another."""

import json
from typing import Any

from portal import files
from portal.accounts.models import User
from portal.family_files import archive, checking, opening, taking
from portal.family_files.bringing_in import bring_in
from portal.family_files.handing_out import Wanted, hand_out
from portal.family_files.told import Person

HAND_OVER = Wanted("hand_over", "Центр «Маяк»", "письмо № 5")


def sent(family_id: int, head: User) -> bytes:
    """The archive of the family."""
    made = hand_out(family_id, HAND_OVER, head.id, Person(head.full_name, head.position))
    return files.read(made.name, "handed_out")


def brought(data: bytes, head: User, people: dict[int, int] | None = None) -> int:
    """Take the archive in; gives the family's id."""
    opened = opening.open_archive(data)
    handed = checking.check(opened.content)
    taken = taking.take_files(opened, handed)
    return bring_in(handed, taking.sender_of(opened), taken, people or {}, head.id)


def content(data: bytes) -> dict[str, Any]:
    """What family.json says."""
    return opening.open_archive(data).content


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
    opened = opening.open_archive(data)
    parts = {archive.CONTENT: archive.as_json(opened.content), **opened.parts}
    for name, value in changed.items():
        parts.pop(name, None) if value is None else parts.__setitem__(name, value)
    facts = {
        name: one
        for name, one in opened.manifest.items()
        if name not in ("kind", "format", "files", "digest")
    }
    return archive.packed(parts, **facts)[0]
