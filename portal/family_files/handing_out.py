"""Out: the whole file of a family as one archive."""

from dataclasses import dataclass
from typing import Any

from flask import current_app
from flask_babel import force_locale

from portal import audit, clock, files
from portal.audit import Event
from portal.db import atomic, db, one_moment
from portal.families.models import Family
from portal.family_files import archive, numbering
from portal.family_files.collecting import collect, plain
from portal.family_files.former import add_former
from portal.family_files.history import Reader
from portal.family_files.papers import papers_of
from portal.family_files.told import Person, Told
from portal.settings import queries as settings

FOLDER = "handed_out"
HOURS = 1  # how long the archive lies sealed on the disk, to be saved


@dataclass(frozen=True)
class Wanted:
    """Why the file leaves the center, to whom, and on what paper."""

    reason: str  # hand_over | request
    to: str
    basis: str


@dataclass(frozen=True)
class Made:
    """An archive that lies ready to be saved; `withheld` photos show other families too."""

    name: str
    digest: str
    size: int
    parts: int
    withheld: int


def hand_out(family_id: int, wanted: Wanted, actor_id: int, by: Person) -> Made:
    """Make the archive and keep it sealed for an hour; the audit log notes whom it is for, and its digest."""
    with one_moment():
        told, number = told_of(family_id), _number(family_id)
        parts = parts_of(told, number)
    data, digest = archive.packed(parts, **_facts(number, wanted, by))
    files.drop_older(FOLDER, HOURS * 3600)
    name, _sha256 = files.keep(data, FOLDER)
    made = Made(name, digest, len(data), len(parts), told.withheld)
    try:
        with atomic() as s:
            family = s.get_one(Family, family_id)
            new = {"reason": wanted.reason, "to": wanted.to, "basis": wanted.basis, "digest": digest}
            audit.record(s, Event.FAMILY_HANDED_OUT, actor_id, family, new=new | {"files": len(parts)})
    except BaseException:
        files.drop(name, FOLDER)
        raise
    return made


def told_of(family_id: int) -> Told:
    """All that is told of the family: this portal's rows and those that former centers sent."""
    told = collect(family_id)
    add_former(told, family_id)
    return told


def parts_of(told: Told, number: int) -> dict[str, bytes]:
    """The files of the archive by their path: family.json for a portal, a leaf for people, scans and papers."""
    content, kept = numbering.document(told)
    papers = papers_of(told)
    now = plain(clock.now())
    content["papers"] += [
        {"path": path, "media_type": "application/pdf", "uploaded_at": now} for path in papers
    ]
    parts = {archive.CONTENT: archive.as_json(content), archive.READABLE: _leaf(content, number)}
    for path, one in kept.items():
        parts[path] = files.read(one.name, one.folder)
    return parts | papers


def _leaf(content: dict[str, Any], number: int) -> bytes:
    """All that family.json says in words, to be opened in a browser: in Russian, whoever made it."""
    with force_locale("ru"):
        text = current_app.jinja_env.get_template("family_files/leaf.html").render(
            number=number,
            center=settings.value("centre_name"),
            day=clock.today(),
            found=Reader(content).sections(),
            papers=[one["path"] for one in content["papers"]],
        )
    return text.encode()


def _number(family_id: int) -> int:
    return int(db.session.get_one(Family, family_id).number)


def _facts(number: int, wanted: Wanted, by: Person) -> dict[str, Any]:
    return {
        "center": settings.value("centre_name"),
        "number": number,
        "made_at": plain(clock.now()),
        "made_on": plain(clock.today()),
        "by": by._asdict(),
        "reason": wanted.reason,
        "to": wanted.to,
        "basis": wanted.basis,
    }
