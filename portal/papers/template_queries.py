"""Which templates a center has made itself, and which of them are used."""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal import files
from portal.accounts.models import User
from portal.db import db
from portal.papers import catalog
from portal.papers.kind import Kind
from portal.papers.template_models import PaperTemplate

MOST_SHOWN = 50
_one = PaperTemplate.__table__.c


def get_kind(user: Any, paper_code: str) -> Kind | None:
    """The kind of an address."""
    return catalog.KINDS.get(paper_code)


def get_template(user: Any, template_id: int) -> PaperTemplate | None:
    """A version of a kind that the portal still makes."""
    found = db.session.get(PaperTemplate, template_id)
    return found if found is not None and found.kind in catalog.KINDS else None


def used() -> dict[str, int]:
    """The version that is used, of each kind that has one."""
    rows = db.session.execute(select(_one.kind, _one.version).where(_one.is_used))
    return {row.kind: row.version for row in rows}


def counts() -> dict[str, int]:
    """How many versions each kind has, of those that have any."""
    rows = db.session.execute(select(_one.kind, func.count()).group_by(_one.kind))
    return {row[0]: row[1] for row in rows}


def versions(code: str) -> list[Any]:
    """The versions of a kind, the latest first, with who made them."""
    columns = (PaperTemplate, User.last_name, User.first_name, User.middle_name)
    query = select(*columns).join(User, User.id == _one.made_by_id).where(_one.kind == code)
    return list(db.session.execute(query.order_by(_one.version.desc()).limit(MOST_SHOWN)))


def last_of(s: Session, code: str) -> PaperTemplate | None:
    """The latest version of a kind."""
    query = select(PaperTemplate).where(_one.kind == code).order_by(_one.version.desc())
    found: PaperTemplate | None = s.scalar(query.limit(1))
    return found


def used_of(s: Session, code: str) -> PaperTemplate | None:
    """The version of a kind that is used."""
    found: PaperTemplate | None = s.scalar(select(PaperTemplate).where(_one.kind == code, _one.is_used))
    return found


def own_file(code: str) -> bytes | None:
    """The center's template of a kind; None where the portal's is used."""
    name = db.session.scalar(select(_one.file).where(_one.kind == code, _one.is_used))
    return files.read(name) if name else None
