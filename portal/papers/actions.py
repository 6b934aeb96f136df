"""What changes the register of papers: a number given, a signed scan attached, a paper declared void."""

from datetime import date
from functools import partial
from typing import NamedTuple

from portal import audit, clock, files
from portal.audit import Event
from portal.db import atomic, db
from portal.journal.drawings import Picture, kept
from portal.papers import filling, making, queries, sealing
from portal.papers.kind import Kind
from portal.papers.models import Paper
from portal.rules import N_, RuleBroken
from portal.rules import papers as rules

FOLDER = "papers"
TRIES = 12


class Registered(NamedTuple):
    """A paper's id in the register, and whether it has just got its number."""

    id: int
    is_new: bool


class _MovedError(Exception):
    """Somebody else has taken the number, or what the paper says has changed, while it was drawn."""


class _ThereError(Exception):
    """The paper is registered already: nothing to do."""


def register(kind: Kind, object_id: int, day: date, actor_id: int) -> Registered:
    """Give the paper the next number of its kind and year, and keep it as it is printed now.

    One that says the same and is not void is given back, so that two clicks are one. It is drawn before the
    transaction, so that nobody waits for that. Raises paper_not_registered, paper_incomplete, paper_day, paper_busy.
    """
    rules.check_registered(kind.is_registered)
    for _try in range(TRIES):
        facts = sealing.facts_of(kind, object_id)
        known = sealing.seals_of(kind, object_id, facts)
        if there := queries.valid_with(db.session(), kind, object_id, known):
            return Registered(there.id, False)
        rules.check_complete(kind.code, partial(filling.holds, facts=facts))
        last, last_day = queries.last_of(db.session(), kind.code, day.year)
        rules.check_day(day, last_day, clock.today())
        try:
            return _enter(kind, object_id, day, actor_id, last + 1, known)
        except _MovedError:
            db.session.rollback()
        except _ThereError as found:
            return Registered(found.args[0], False)
    raise RuleBroken("paper_busy", N_("Many papers are being registered at this moment. Try once more."))


def _enter(kind: Kind, object_id: int, day: date, actor_id: int, number: int, known: list[str]) -> Registered:
    """The paper drawn with this number, entered unless something has moved meanwhile."""
    drawn = making.make(kind, object_id, "pdf", number=str(number), day=day)
    name, sha256 = files.keep(drawn, FOLDER)
    try:
        with atomic() as s:
            if there := queries.valid_with(s, kind, object_id, known):
                raise _ThereError(there.id)
            now = sealing.seals_of(kind, object_id, sealing.facts_of(kind, object_id))
            if queries.last_of(s, kind.code, day.year)[0] != number - 1 or now != known:
                raise _MovedError
            rules.check_day(day, queries.last_of(s, kind.code, day.year)[1], clock.today())
            paper = Paper(
                kind=kind.code, year=day.year, number=number, day=day, object_id=object_id,
                family_id=kind.family_of(object_id), facts=known[0], file=name, sha256=sha256,
                made_by_id=actor_id, made_at=clock.now(),
            )  # fmt: skip
            s.add(paper)
            new = {"kind": kind.code, "year": day.year, "number": number, "day": day, "object_id": object_id}
            audit.record(s, Event.PAPER_REGISTERED, actor_id, paper, new=new | {"sha256": sha256})
            return Registered(paper.id, True)
    except BaseException:
        files.drop(name, FOLDER)
        raise


def attach_scan(paper_id: int, scan: Picture, signed_on: date, actor_id: int) -> None:
    """The scan of the signed paper; another one takes the place of a wrong one. `scan` is what scans.clean gave.

    Raises paper_void, paper_signed_on.
    """
    with kept(scan) as store, atomic() as s:
        paper = s.get_one(Paper, paper_id, with_for_update=True, populate_existing=True)
        rules.check_valid(paper.voided_at is not None)
        rules.check_signed(signed_on, paper.day, clock.today())
        old = {"signed_on": paper.signed_on, "scan_id": paper.scan_id} if paper.scan_id else {}
        paper.signed_on, paper.scan_id = signed_on, store(s, actor_id)
        new = {"signed_on": signed_on, "scan_id": paper.scan_id, "size": len(scan[0])}
        audit.record(s, Event.PAPER_SIGNED, actor_id, paper, old=old, new=new)


def void(paper_id: int, reason: str, actor_id: int) -> None:
    """The paper is void for good; its number is not given again. Raises paper_void, paper_reason."""
    rules.check_reason(reason)
    with atomic() as s:
        paper = s.get_one(Paper, paper_id, with_for_update=True, populate_existing=True)
        rules.check_valid(paper.voided_at is not None)
        paper.voided_at, paper.voided_by_id, paper.void_reason = clock.now(), actor_id, reason.strip()
        audit.record(s, Event.PAPER_VOIDED, actor_id, paper, new={"reason": paper.void_reason})


def pdf_of(paper: Paper) -> bytes:
    """The paper as it was registered."""
    return files.read(paper.file, FOLDER)
