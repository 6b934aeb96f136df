"""Out: the whole file of a family as one archive, made in the background and sealed bit by bit."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from flask import current_app

from portal import clock, files
from portal.db import db, one_moment
from portal.families.models import Family
from portal.family_files import archive, limits, numbering
from portal.family_files.collecting import collect, plain
from portal.family_files.former import add_former
from portal.family_files.history import Reader
from portal.family_files.papers import papers_of
from portal.family_files.told import Kept, Person, Told
from portal.i18n import speaking
from portal.jobs.work import FOLDER, Progress
from portal.papers.kind import Kind
from portal.papers.making import make as make_paper
from portal.settings import queries as settings


@dataclass(frozen=True)
class Wanted:
    """Why the file leaves the center, to whom, and on what paper."""

    reason: str  # hand_over | request
    to: str
    basis: str


@dataclass(frozen=True)
class Made:
    """An archive that lies sealed under its name; `size` in bytes."""

    name: str
    size: int
    digest: str
    parts: int


@dataclass
class _Whole:
    """All that goes into the archive, each file made or read when its turn comes."""

    told: Told
    number: int
    content: dict[str, Any] = field(init=False)
    kept: dict[str, Kept] = field(init=False)
    papers: dict[str, tuple[Kind, int]] = field(init=False)

    def __post_init__(self) -> None:
        self.content, self.kept = numbering.document(self.told)
        self.papers, now = papers_of(self.told), plain(clock.now())
        self.content["papers"] += [
            {"path": path, "media_type": "application/pdf", "uploaded_at": now} for path in self.papers
        ]

    def __len__(self) -> int:
        return len(self.kept) + len(self.papers) + 2

    def parts(self) -> Iterator[tuple[str, bytes]]:
        """family.json for a portal, a leaf for people, scans and papers: by their path."""
        yield archive.CONTENT, archive.as_json(self.content)
        yield archive.READABLE, _leaf(self.content, self.number)
        for path, one in self.kept.items():
            yield path, files.read(one.name, one.folder)
        for path, (kind, object_id) in self.papers.items():
            yield path, make_paper(kind, object_id, "pdf")

    def check(self) -> None:
        """Before the work begins. Raises family_too_large."""
        size = 0
        for one in self.kept.values():
            with suppress(FileNotFoundError):
                size += files.size_on_disk(one.name, one.folder)
        limits.check(size, len(self))


def check(family_id: int) -> None:
    """Whether all that is kept of the family fits into a file. Raises family_too_large."""
    _whole(family_id).check()


def make(family_id: int, wanted: Wanted, by: Person, progress: Progress) -> Made:
    """Make the archive, as of one moment, and seal it. Raises family_too_large."""
    with one_moment(), files.seal_in(FOLDER) as out:
        whole = _whole(family_id)
        whole.check()
        manifest = archive.pack(out, _counted(whole, progress), **_facts(whole, wanted, by))  # type: ignore[arg-type]
        return Made(out.keep(), out.size, manifest["digest"], len(manifest["files"]))


def _counted(whole: _Whole, progress: Progress) -> Iterator[tuple[str, bytes]]:
    for number, part in enumerate(whole.parts()):
        progress(number, len(whole))
        yield part


def told_of(family_id: int) -> Told:
    """All that is told of the family: this portal's rows and those that former centers sent."""
    told = collect(family_id)
    add_former(told, family_id)
    return told


def _whole(family_id: int) -> _Whole:
    return _Whole(told_of(family_id), int(db.session.get_one(Family, family_id).number))


def _leaf(content: dict[str, Any], number: int) -> bytes:
    """All that family.json says in words, to be opened in a browser: in Russian, whoever made it."""
    with speaking("ru"):
        text = current_app.jinja_env.get_template("family_files/leaf.html").render(
            number=number,
            center=settings.value("centre_name"),
            day=clock.today(),
            found=Reader(content).sections(),
            papers=[one["path"] for one in content["papers"]],
        )
    return text.encode()


def _facts(whole: _Whole, wanted: Wanted, by: Person) -> dict[str, Any]:
    return {
        "center": settings.value("centre_name"),
        "number": whole.number,
        "made_at": plain(clock.now()),
        "made_on": plain(clock.today()),
        "by": by._asdict(),
        "reason": wanted.reason,
        "to": wanted.to,
        "basis": wanted.basis,
        "withheld": whole.told.withheld,  # photos that show other families too
    }
