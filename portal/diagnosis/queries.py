"""What is read of social diagnoses: who may see which, those of a family, one with all there is to it, a change."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session, aliased

from portal import audit
from portal.accounts.models import User
from portal.db import db
from portal.diagnosis.models import WRITING, Diagnosis, DiagnosisScore
from portal.families import queries as families
from portal.families.models import Family
from portal.patronage.models import Patronage
from portal.rules.diagnosis import State, better_by
from portal.rules.names import FullName
from portal.settings import queries as settings

MOST = 200
SPHERES = "spheres"


@dataclass(frozen=True)
class Line:
    """A diagnosis in a list."""

    id: int
    patronage_id: int
    number: int
    day: date
    state: str
    depth: int | None
    author: str
    opened_on: date
    latest: bool  # of the latest patronage


@dataclass(frozen=True)
class Score:
    """What was said of a sphere."""

    sphere: str
    label: str
    score: int | None
    note: str


@dataclass(frozen=True)
class Facts:
    """A diagnosis with its family, its people and its scores."""

    diagnosis: Diagnosis
    family: Family
    patronage: Patronage
    author: User
    approver: User | None
    copied_from: Diagnosis | None
    scores: list[Score]


@dataclass(frozen=True)
class Change:
    """A sphere then and now; `better` is by how many steps (negative: worse), None when one was not scored."""

    sphere: str
    label: str
    then: int | None
    now: int | None

    @property
    def better(self) -> int | None:
        """By how many steps."""
        return better_by(self.then, self.now)


def _seen_by(user: Any) -> Any:
    """Drafts are for those who work with the family; the consilium reads what is approved (DOMAIN §4)."""
    approved = and_(families.reach(user), Diagnosis.state == State.APPROVED)
    return or_(families.work(user), approved)


def _joined(*columns: Any) -> Select[Any]:
    query = select(*columns).select_from(Diagnosis)
    query = query.join(Patronage, Patronage.id == Diagnosis.patronage_id)
    return query.join(Family, Family.id == Patronage.family_id)


def _one(query: Select[Any]) -> Diagnosis | None:
    found: Diagnosis | None = db.session.scalar(query)
    return found


def get_diagnosis(user: Any, diagnosis_id: int) -> Diagnosis | None:
    """A diagnosis that the user may read, else None."""
    return _one(_joined(Diagnosis).where(Diagnosis.id == diagnosis_id, _seen_by(user)))


def get_worked(user: Any, diagnosis_id: int) -> Diagnosis | None:
    """A diagnosis of a family the user works with, else None."""
    return _one(_joined(Diagnosis).where(Diagnosis.id == diagnosis_id, families.work(user)))


def of_family(user: Any, family_id: int) -> list[Line]:
    """The family's diagnoses that the user may read, of all its patronages, the latest first."""
    columns = (Diagnosis.id, Diagnosis.patronage_id, Diagnosis.number, Diagnosis.day, Diagnosis.state)
    query = _joined(*columns, Diagnosis.crisis_depth, Patronage.opened_on, Patronage.latest)
    query = query.add_columns(User.last_name, User.first_name, User.middle_name)
    query = query.join(User, User.id == Diagnosis.author_id).where(Family.id == family_id, _seen_by(user))
    order = (Diagnosis.day.desc(), Diagnosis.id.desc())
    return [
        Line(
            row.id,
            row.patronage_id,
            row.number,
            row.day,
            row.state,
            row.crisis_depth,
            FullName(*row[8:]).short,
            row.opened_on,
            row.latest,
        )
        for row in db.session.execute(query.order_by(*order).limit(MOST))
    ]


def unfinished(patronage_id: int) -> Diagnosis | None:
    """The diagnosis of the patronage that is not approved yet: there is one at most."""
    here = (Diagnosis.patronage_id == patronage_id, Diagnosis.state != State.APPROVED)
    return db.session.scalar(select(Diagnosis).where(*here))


def latest_approved(family_id: int) -> Diagnosis | None:
    """The family's latest approved diagnosis, of whatever patronage."""
    query = _joined(Diagnosis).where(Family.id == family_id, Diagnosis.state == State.APPROVED)
    return _one(query.order_by(Diagnosis.day.desc(), Diagnosis.id.desc()).limit(1))


def wrote(user_id: int) -> ColumnElement[bool]:
    """That the user has written on the diagnosis, at any time."""
    return or_(Diagnosis.author_id == user_id, audit.done_by(user_id, Diagnosis, *WRITING))


def has_written(s: Session, diagnosis_id: int, user_id: int) -> bool:
    """The same of one diagnosis."""
    return s.scalar(select(Diagnosis.id).where(Diagnosis.id == diagnosis_id, wrote(user_id))) is not None


def spheres(also: Sequence[str] = ()) -> dict[str, str]:
    """The spheres of life in use, and those in `also`: labels by code, in their order."""
    return dict(settings.words(SPHERES, frozenset(also)))


def scores_of(*diagnosis_ids: int) -> dict[int, dict[str, DiagnosisScore]]:
    """What each of the diagnoses says of each sphere."""
    found: dict[int, dict[str, DiagnosisScore]] = {one: {} for one in diagnosis_ids}
    query = select(DiagnosisScore).where(DiagnosisScore.diagnosis_id.in_(diagnosis_ids))
    for row in db.session.scalars(query):
        found[row.diagnosis_id][row.sphere] = row
    return found


def facts(diagnosis: Diagnosis) -> Facts:
    """The diagnosis with all there is to it."""
    author, approver, source = aliased(User), aliased(User), aliased(Diagnosis)
    query = _joined(Family, Patronage, author, approver, source).where(Diagnosis.id == diagnosis.id)
    query = query.join(author, author.id == Diagnosis.author_id)
    query = query.outerjoin(approver, approver.id == Diagnosis.approved_by_id)
    query = query.outerjoin(source, source.id == Diagnosis.copied_from_id)
    row = db.session.execute(query).one()
    kept = scores_of(diagnosis.id)[diagnosis.id]
    labels = spheres(tuple(kept))
    scores = [
        Score(
            code, label, kept[code].score if code in kept else None, kept[code].note if code in kept else ""
        )
        for code, label in labels.items()
    ]
    return Facts(diagnosis, row[0], row[1], row[2], row[3], row[4], scores)


def changes(then_id: int | None, now_id: int) -> list[Change]:
    """Each sphere in one diagnosis and in a later one (or in one alone), in the order of the word list."""
    found = scores_of(now_id, *([then_id] if then_id else []))
    then, now = found.get(then_id or 0, {}), found[now_id]
    labels = spheres(tuple({*then, *now}))
    return [Change(code, label, _score(then, code), _score(now, code)) for code, label in labels.items()]


def _score(scores: dict[str, DiagnosisScore], code: str) -> int | None:
    return scores[code].score if code in scores else None
