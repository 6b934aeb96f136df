"""Families' files as work in the background: making one, and taking in a long one."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import audit, files
from portal.access import Permission
from portal.audit import Event
from portal.db import db
from portal.families.models import Family
from portal.families.queries import reach
from portal.family_files import pending, queries
from portal.family_files.bringing_in import bring_in
from portal.family_files.handing_out import Made, Wanted, make
from portal.family_files.told import Person
from portal.jobs.work import Params, Progress, Result, Work
from portal.rules import N_, RuleBroken

OUT, IN = "family.out", "family.in"


def out_params(family_id: int, wanted: Wanted) -> Params:
    """What the job is told: whom the file is for may be a name."""
    sealed = files.seal_words({"to": wanted.to, "basis": wanted.basis})
    return {"family": family_id, "reason": wanted.reason, "sealed": sealed}


def wanted_of(params: Params) -> Wanted:
    """Why the file leaves the center."""
    return Wanted(reason=params["reason"], **files.unseal_words(params["sealed"]))


def _hand_out(params: Params, user: Any, progress: Progress) -> Result:
    wanted, family_id = wanted_of(params), params["family"]
    made = make(family_id, wanted, Person(user.full_name, user.position), progress)
    return Result(
        name=f"family-{_number(family_id)}.zip",
        type="application/zip",
        families=frozenset({family_id}),
        kept=made.name,
        size=made.size,
        then=partial(_note, family_id, wanted, made, user.id),
    )


def _note(family_id: int, wanted: Wanted, made: Made, actor_id: int, s: Session) -> None:
    """The audit log keeps for whom the file was made, and its digest."""
    new = {"reason": wanted.reason, "to": wanted.to, "basis": wanted.basis, "digest": made.digest}
    family = s.get_one(Family, family_id)
    audit.record(s, Event.FAMILY_HANDED_OUT, actor_id, family, new=new | {"files": made.parts})


def _number(family_id: int) -> int:
    return int(db.session.get_one(Family, family_id).number)


def _may(user: Any, params: Params) -> bool:
    """Only of a family within reach."""
    return db.session.scalar(select(Family.id).where(Family.id == params["family"], reach(user))) is not None


def _still_may(user: Any, params: Params, _families: frozenset[int]) -> bool:
    return _may(user, params)


def _about_out(params: Params) -> str:
    return str(_("Family No. %(number)s", number=_number(params["family"])))


def _page_out(job_id: int, params: Params) -> str:
    return url_for("family_files.ready", family_id=params["family"], handing_id=job_id)


def in_params(archive: str, digest: str, people: dict[int, int]) -> Params:
    """What the job is told: the name under which the archive is sealed, and who of it is whom here."""
    return {"archive": archive, "digest": digest, "people": {str(one): here for one, here in people.items()}}


def _bring_in(params: Params, user: Any, progress: Progress) -> Result:
    """One transaction takes the family in: begun anew after it, there is nothing left to do."""
    if queries.known_as(params["digest"]) is None:
        people = {int(one): here for one, here in params["people"].items()}
        with pending.opened(params["archive"]) as found, _naming_the_part():
            bring_in(found, people, user.id, progress)
    pending.drop(params["archive"])
    return Result()


@contextmanager
def _naming_the_part() -> Iterator[None]:
    """A file that is refused is told by its path: what is wrong with it would say nothing without that."""
    try:
        yield
    except RuleBroken as broken:
        if path := broken.params.get("path"):
            raise RuleBroken(f"part:{path}", broken.message, **broken.params) from broken
        raise


def _page_in(job_id: int, _params: Params) -> str:
    return url_for("family_files.taking_in", taking_id=job_id)


WORKS = {
    OUT: Work(
        N_("Whole file of the family"),
        _hand_out,
        Permission.FAMILY_HAND_OUT,
        _may,
        _still_may,
        _about_out,
        page=_page_out,
        look="file",
    ),
    IN: Work(N_("A family from another center"), _bring_in, Permission.FAMILY_IMPORT, page=_page_in),
}
