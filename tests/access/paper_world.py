"""The papers of the world in which the access matrix is tried."""

from typing import Any

from sqlalchemy import select

from portal import clock, files
from portal.accounts.models import User
from portal.db import technical
from portal.families.models import Consent
from portal.papers import layouts, word
from portal.papers.models import Paper
from portal.papers.template_models import PaperTemplate
from portal.patronage.models import Patronage
from tests.access.club_world import PIXEL

CODE = "application"


def registered(family_id: Any, consent_id: Any, by: User) -> dict[str, object]:
    """A family's application, registered and signed; its scan is that of the consent."""
    name, digest = files.keep(PIXEL, "papers")
    day = clock.today()
    with technical() as s:
        number = 1 + s.query(Paper).count()
        patronage_id = s.scalars(select(Patronage.id).where(Patronage.family_id == family_id)).one()
        paper = Paper(
            kind=CODE, year=day.year, number=number, day=day, object_id=patronage_id, family_id=family_id,
            facts=str(number), file=name, sha256=digest, made_by_id=by.id, made_at=clock.now(),
            signed_on=day, scan_id=s.get_one(Consent, consent_id).scan_id,
        )  # fmt: skip
        s.add(paper)
        s.flush()
        return {"paper_code": CODE, "object_id": patronage_id, "registered_id": paper.id}


def template_of(version: int, by: User) -> int:
    """A version of the center's own template of that paper, not in use."""
    data = word.template(layouts.read(CODE))
    name, digest = files.keep(data)
    with technical() as s:
        row = PaperTemplate(
            kind=CODE, version=version, file=name, sha256=digest, size=len(data), made_by_id=by.id,
            made_at=clock.now(), is_used=False,
        )  # fmt: skip
        s.add(row)
        s.flush()
        return row.id
