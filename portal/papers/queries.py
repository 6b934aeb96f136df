"""What is read of the register of papers."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from portal.access import Permission, may
from portal.accounts.models import User
from portal.consilium import decision_list
from portal.db import db
from portal.families import queries as families
from portal.families.models import Family, StoredFile
from portal.papers import catalog
from portal.papers.kind import Kind
from portal.papers.models import Paper
from portal.rules.names import normalise

PAGE = 25
MOST_OF_ONE = 50  # papers of one object
STANDINGS = ("unsigned", "signed", "void")


@dataclass(frozen=True)
class Wanted:
    """The filters of the register, as they stand in the address."""

    kind: str = ""
    year: int = 0
    standing: str = ""
    text: str = ""  # the beginning of a surname, or the number of a family


def valid_with(s: Session, kind: Kind, object_id: int, known: Collection[str]) -> Paper | None:
    """The last registered paper that says the same, by one of its seals, and is not void."""
    query = _of(kind.code, object_id).where(Paper.facts.in_(known), Paper.voided_at.is_(None))
    found: Paper | None = s.scalars(query.order_by(Paper.id.desc()).limit(1)).first()
    return found


def _of(code: str, object_id: int) -> Select[Any]:
    return select(Paper).where(Paper.kind == code, Paper.object_id == object_id)


def last_of(s: Session, code: str, year: int) -> tuple[int, date | None]:
    """Number and day of the last paper of the kind in the year; 0 and None before the first."""
    query = select(Paper.number, Paper.day).where(Paper.kind == code, Paper.year == year)
    row = s.execute(query.order_by(Paper.number.desc()).limit(1)).first()
    return (row.number, row.day) if row else (0, None)


def of_object(code: str, object_id: int) -> list[Paper]:
    """The registered papers of one object, the latest first."""
    return list(db.session.scalars(_of(code, object_id).order_by(Paper.id.desc()).limit(MOST_OF_ONE)))


def get_paper(registered_id: int) -> Paper | None:
    """A registered paper; whether the user may read it is what its kind says of the object."""
    return db.session.get(Paper, registered_id)


def scan_of(paper: Paper) -> StoredFile | None:
    """The scan of the signed paper."""
    return db.session.get(StoredFile, paper.scan_id) if paper.scan_id else None


def heading_of(user: Any, family_id: int | None) -> Any:
    """Id, number and surname of the family that a paper is of, and whether its pages are open to the user."""
    if family_id is None:
        return None
    columns = (Family.id, Family.number, Family.surname, families.reach(user).label("is_near"))
    return db.session.execute(select(*columns).where(Family.id == family_id)).first()


def people(paper: Paper) -> dict[int, str]:
    """The short names of whoever registered the paper and made it void."""
    ids = {paper.made_by_id, paper.voided_by_id} - {None}
    rows = db.session.scalars(select(User).where(User.id.in_(ids))).unique()
    return {user.id: user.short_name for user in rows}


# the register as a list


def _visible(user: Any) -> ColumnElement[bool]:
    """Papers of families within reach; of no family, those the user registered, or all for who sees all families.

    Orders and extracts are of a decision, and stay with whoever reads its papers: the secretary issues them when the
    meeting is over, and the families of its agenda are closed again (DOMAIN §4).
    """
    codes = [code for code, kind in catalog.KINDS.items() if may(user, kind.permission)]
    others = [Paper.family_id.is_not(None), Paper.made_by_id == user.id]
    if may(user, Permission.FAMILY_VIEW_ALL):
        return Paper.kind.in_(codes)
    near = or_(
        Paper.family_id.is_(None),
        Paper.family_id.in_(families.families_for(user)),
        Paper.kind.in_(_of_decisions()) & Paper.object_id.in_(decision_list.whole_ids(user)),
    )
    return Paper.kind.in_(codes) & near & or_(*others)


def _of_decisions() -> list[str]:
    return [code for code, kind in catalog.KINDS.items() if kind.of == "decision"]


def register_page(user: Any, wanted: Wanted, number: int, size: int = PAGE) -> tuple[list[Any], bool]:
    """A page of the register, the latest first, and whether there are more."""
    columns = (
        *(
            Paper.id,
            Paper.kind,
            Paper.object_id,
            Paper.year,
            Paper.number,
            Paper.day,
            Paper.signed_on,
            Paper.voided_at,
        ),
        *(Family.id.label("family_id"), Family.number.label("family_number"), Family.surname),
        families.reach(user).label("is_near"),
    )
    query = select(*columns).outerjoin(Family, Family.id == Paper.family_id)
    query = query.where(_visible(user), *_asked(wanted)).order_by(Paper.id.desc())
    rows = list(db.session.execute(query.offset((number - 1) * size).limit(size + 1)))
    return rows[:size], len(rows) > size


def _asked(wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.kind:
        conditions.append(Paper.kind == wanted.kind)
    if wanted.year:
        conditions.append(Paper.year == wanted.year)
    if wanted.standing:
        conditions.append(_stands(wanted.standing))
    if start := normalise(wanted.text):
        conditions.append(
            Family.number == int(start[:9])
            if start.isdecimal()
            else Family.sort_name.startswith(start, autoescape=True)
        )
    return conditions


def _stands(standing: str) -> ColumnElement[bool]:
    if standing == "void":
        return Paper.voided_at.is_not(None)
    signed = Paper.signed_on.is_not(None) if standing == "signed" else _waits()
    return Paper.voided_at.is_(None) & signed


def _waits() -> ColumnElement[bool]:
    """For a signature; papers of some kinds need none."""
    signed_kinds = [code for code, kind in catalog.KINDS.items() if kind.is_signed]
    return Paper.signed_on.is_(None) & Paper.kind.in_(signed_kinds)


def years() -> list[int]:
    """The years from the last paper back to the first."""
    first, last = db.session.execute(select(func.min(Paper.year), func.max(Paper.year))).one()
    return list(range(last, first - 1, -1)) if last else []
