"""Many papers at once, in the background: each made as it is now, joined into one PDF or packed into a ZIP."""

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from flask import current_app

from portal.access import Permission, may
from portal.db import db, look_again
from portal.jobs.work import Params, Progress, Result, Work
from portal.papers import actions, catalog, layouts, making, queries, sealing
from portal.papers.bulk_places import PLACES, Chosen, Place
from portal.papers.kind import Kind
from portal.papers.models import Paper
from portal.rules import N_, RuleBroken

MOST = 2000  # papers in one file
SUFFIX = {"pdf": "pdf", "zip": "pdf", "docx": "docx"}  # what each paper is, by the form that was asked for
TYPES = {"pdf": "application/pdf", "zip": "application/zip"}


@dataclass(frozen=True)
class Made:
    """A paper as a file, and what it is called there."""

    code: str
    object_id: int
    data: bytes

    @property
    def name(self) -> str:
        """«visit-sheet-12»: never whom it is about."""
        return f"{self.code}-{self.object_id}"


@dataclass
class Batch:
    """What has become of the papers asked for: those made, whose they are, and those that could not be made."""

    families: set[int] = field(default_factory=set)
    missing: list[Chosen] = field(default_factory=list)


def check(place: Place, user: Any, params: Params) -> int:
    """How many papers it would be. Raises nothing_to_make, or too_many_papers."""
    count = len(place.choose(user, params))
    if not count:
        raise RuleBroken("nothing_to_make", N_("There is nothing to make it of: choose something else."))
    if count > MOST:
        raise RuleBroken(
            "too_many_papers",
            N_("That would be %(count)s papers, %(most)s at most fit into a file: choose less."),
            count=count,
            most=MOST,
        )
    return count


def run(place: Place, params: Params, user: Any, progress: Progress) -> Result:
    """All papers of the place, as a file. Raises RuleBroken where there are none any more."""
    check(place, user, params)
    chosen, batch = place.choose(user, params), Batch()
    made = _papers(chosen, user, SUFFIX[params["as"]], batch, progress)
    if params["as"] == "pdf":
        from portal.papers import bulk_join  # pikepdf is loaded by whoever joins

        title = place.russian_title()
        data, suffix = bulk_join.joined(made, lambda: _left_out(batch), title), "pdf"
    else:
        data, suffix = _packed(made, batch), "zip"
    if len(batch.missing) == len(chosen):
        raise RuleBroken("nothing_made", N_("None of the papers could be made."))
    name = f"{place.file(params)}.{suffix}"
    families = frozenset(batch.families | place.whose(user, params))
    return Result(data, name, TYPES[suffix], families, len(batch.missing))


def _papers(chosen: list[Chosen], user: Any, suffix: str, batch: Batch, progress: Progress) -> Iterator[Made]:
    """Each paper made from the data of its moment; one that cannot be made is noted, never left out silently."""
    for number, one in enumerate(chosen):
        progress(number, len(chosen))
        look_again()
        data = _made(one, user, suffix)
        if data is None:
            batch.missing.append(one)
            continue
        if one.family_id is not None:
            batch.families.add(one.family_id)
        yield Made(one.code, one.object_id, data)
    progress(len(chosen), len(chosen))


def _made(one: Chosen, user: Any, suffix: str) -> bytes | None:
    """The paper; None where it is out of the user's reach by now, or what it is made of does not let it be made."""
    kind = catalog.KINDS.get(one.code)
    if kind is None or not may(user, kind.permission) or kind.get(user, one.object_id) is None:
        return None
    try:
        return _drawn(kind, one.object_id, suffix)
    except Exception as error:
        why = {"kind": f"{one.code}: {type(error).__name__}", "number": one.object_id}
        current_app.logger.warning("paper not made", extra=why)
        return None


def _drawn(kind: Kind, object_id: int, suffix: Any) -> bytes:
    """The paper as it was registered, where that still says what is true; else as it would be printed now."""
    there = _registered(kind, object_id) if kind.is_registered else None
    if there is None:
        return making.make(kind, object_id, suffix)
    if suffix == "pdf":
        return actions.pdf_of(there)
    return making.make(kind, object_id, suffix, number=str(there.number), day=there.day)


def _registered(kind: Kind, object_id: int) -> Paper | None:
    if all(one.voided_at is not None for one in queries.of_object(kind.code, object_id)):
        return None
    known = sealing.seals_of(kind, object_id, sealing.facts_of(kind, object_id))
    return queries.valid_with(db.session(), kind, object_id, known)


def _packed(made: Iterator[Made], batch: Batch) -> bytes:
    """A ZIP of the papers; PDF and DOCX are packed already."""
    out, suffix = io.BytesIO(), ""
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as pack:
        for paper in made:
            suffix = "pdf" if paper.data.startswith(b"%PDF-") else "docx"
            pack.writestr(f"{paper.name}.{suffix}", paper.data)
        if batch.missing:
            pack.writestr("not-made.pdf", _left_out(batch) or b"")
    return out.getvalue()


def _left_out(batch: Batch) -> bytes | None:
    """A page that names the papers which could not be made, by their numbers."""
    if not batch.missing:
        return None
    from portal.papers import pdf

    rows = [{"no": str(no), "what": f"{one.code}-{one.object_id}"} for no, one in enumerate(batch.missing, 1)]
    return pdf.draw(layouts.read("not-made"), making.common() | {"rows": rows})


def _work(place: Place) -> Work:
    def do(params: Params, user: Any, progress: Progress) -> Result:
        return run(place, params, user, progress)

    return Work(place.title, do, Permission.JOB_START, may=place.may, keeps=place.keeps, about=place.about)


WORKS = {f"papers.{code}": _work(place) for code, place in PLACES.items()}
