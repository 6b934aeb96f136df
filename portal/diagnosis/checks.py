"""What `flask check` asks of diagnoses and stages (R7, R18)."""

from collections.abc import Iterator

from sqlalchemy import exists, select

from portal import audit
from portal.db import db
from portal.diagnosis.models import WRITING, Diagnosis, DiagnosisScore
from portal.patronage.models import Patronage

Fault = tuple[str, str]


def diagnoses() -> Iterator[Fault]:
    """R18: what was submitted or approved has its scores; R7: the main stage has an approved diagnosis behind it.

    Families that came from a register are at the stage the register found them at.
    """
    scored = exists().where(DiagnosisScore.diagnosis_id == Diagnosis.id, DiagnosisScore.score.is_not(None))
    done = Diagnosis.state.in_(("submitted", "approved"))
    for row in db.session.execute(select(Diagnosis.id, Diagnosis.state).where(done, ~scored)):
        yield "R18", f"diagnosis {row.id} is {row.state} without a score"
    own = audit.done_by(Diagnosis.approved_by_id, Diagnosis, *WRITING)
    for diagnosis_id in db.session.scalars(select(Diagnosis.id).where(own)):
        yield "R18", f"diagnosis {diagnosis_id} was approved by whoever wrote it"
    approved = exists().where(Diagnosis.patronage_id == Patronage.id, Diagnosis.state == "approved")
    later = (Patronage.stage.in_(("main", "final")), Patronage.imported.is_(False))
    for patronage_id in db.session.scalars(select(Patronage.id).where(*later, ~approved)):
        yield "R7", f"patronage {patronage_id} has left the preparatory stage without an approved diagnosis"
