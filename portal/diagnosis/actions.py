"""What changes social diagnoses (R18): started, saved, submitted, approved or returned by a head."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal import audit, clock
from portal.audit import Event
from portal.db import atomic, refused_by
from portal.diagnosis.models import TEXTS, Diagnosis, DiagnosisScore
from portal.diagnosis.queries import has_written
from portal.patronage.models import Patronage
from portal.rules import N_, RuleBroken, check_seen
from portal.rules import diagnosis as rules
from portal.rules.diagnosis import State

CHANGED = N_("A colleague has changed this diagnosis meanwhile. Compare with what they saved, then go on.")


@dataclass(frozen=True)
class Findings:
    """What is written in a diagnosis: texts by field, and (score, note) by sphere."""

    day: date
    depth: int | None = None
    texts: Mapping[str, str] = field(default_factory=dict)
    scores: Mapping[str, tuple[int | None, str]] = field(default_factory=dict)


def start_diagnosis(
    patronage_id: int, findings: Findings, actor_id: int, copied_from_id: int | None = None
) -> int:
    """Begin a diagnosis as a draft, which may be partial. Gives its id.

    Raises not_open, unfinished, future_day, early_day, bad_score.
    """
    _check(findings)
    with atomic() as s:
        patronage = s.get_one(Patronage, patronage_id, with_for_update=True, populate_existing=True)
        rules.check_running(patronage.status)
        last = select(func.max(Diagnosis.number)).where(Diagnosis.patronage_id == patronage_id)
        row = Diagnosis(patronage_id=patronage_id, number=1 + (s.scalar(last) or 0), state=State.DRAFT)
        row.copied_from_id = copied_from_id
        _write(row, findings, actor_id)
        with refused_by("uq_diagnoses_unfinished", _unfinished()):
            s.add(row)
        _write_scores(s, row.id, findings)
        audit.record(s, Event.DIAGNOSIS_STARTED, actor_id, row, new=_facts(row) | {"copied": copied_from_id})
        return row.id


def save_diagnosis(diagnosis_id: int, findings: Findings, actor_id: int, seen: int) -> None:
    """Save a draft or a returned one; whoever saves is its author. `seen` is the version the form came from.

    Raises wrong_state, not_open, changed_meanwhile, future_day, early_day, bad_score.
    """
    _check(findings)
    with atomic() as s:
        row = _held(s, diagnosis_id)
        rules.check_writable(row.state)
        rules.check_running(s.get_one(Patronage, row.patronage_id).status)
        check_seen(row.version, seen, CHANGED)
        changed = sorted(name for name in TEXTS if getattr(row, name) != findings.texts.get(name, ""))
        row.version += 1
        _write(row, findings, actor_id)
        changed += _write_scores(s, row.id, findings)
        audit.record(s, Event.DIAGNOSIS_SAVED, actor_id, row, new=_facts(row) | {"changed": changed})


def submit_diagnosis(diagnosis_id: int, actor_id: int, spheres: Mapping[str, str]) -> None:
    """Put the diagnosis before the head. `spheres` are those in use, with their labels.

    Raises wrong_state, not_open, spheres_unscored, no_depth, no_conclusion.
    """
    with atomic() as s:
        row = _held(s, diagnosis_id)
        rules.check_move(row.state, State.SUBMITTED)
        rules.check_running(s.get_one(Patronage, row.patronage_id).status)
        scored = {code for code, one in _scores(s, row.id).items() if one.score is not None}
        rules.check_complete(spheres, scored, row.crisis_depth, row.conclusion)
        old, row.state, row.submitted_at = row.state, State.SUBMITTED, clock.now()
        audit.record(s, Event.DIAGNOSIS_SUBMITTED, actor_id, row, old={"state": old}, new=_facts(row))


def approve_diagnosis(diagnosis_id: int, actor_id: int, seen: int) -> None:
    """A head approves what they have read (`seen` is its version). Raises wrong_state, own_work, changed_meanwhile."""
    with atomic() as s:
        row = _held(s, diagnosis_id)
        rules.check_move(row.state, State.APPROVED)
        rules.check_approver(has_written(s, row.id, actor_id))
        check_seen(row.version, seen, CHANGED)
        old, row.state = row.state, State.APPROVED
        row.approved_by_id, row.approved_at = actor_id, clock.now()
        audit.record(s, Event.DIAGNOSIS_APPROVED, actor_id, row, old={"state": old}, new=_facts(row))


def return_diagnosis(diagnosis_id: int, remark: str, actor_id: int) -> None:
    """A head returns it to be mended. Raises wrong_state, no_remark."""
    if not remark.strip():
        raise RuleBroken("no_remark", N_("Say what is to be mended: the author reads it."))
    with atomic() as s:
        row = _held(s, diagnosis_id)
        rules.check_move(row.state, State.RETURNED)
        old, row.state, row.remark = row.state, State.RETURNED, remark
        audit.record(s, Event.DIAGNOSIS_RETURNED, actor_id, row, old={"state": old}, new=_facts(row))


def _unfinished() -> RuleBroken:
    return RuleBroken(
        "unfinished", N_("This family has a diagnosis that is not approved yet. Open that one and finish it.")
    )


def _check(findings: Findings) -> None:
    rules.check_day(findings.day, clock.today())
    for score in (findings.depth, *(score for score, _note in findings.scores.values())):
        rules.check_score(score)


def _held(s: Session, diagnosis_id: int) -> Diagnosis:
    return s.get_one(Diagnosis, diagnosis_id, with_for_update=True, populate_existing=True)


def _write(row: Diagnosis, findings: Findings, actor_id: int) -> None:
    row.day, row.crisis_depth = findings.day, findings.depth
    for name in TEXTS:
        setattr(row, name, findings.texts.get(name, ""))
    row.author_id, row.saved_at = actor_id, clock.now()


def _scores(s: Session, diagnosis_id: int) -> dict[str, DiagnosisScore]:
    query = select(DiagnosisScore).where(DiagnosisScore.diagnosis_id == diagnosis_id)
    return {one.sphere: one for one in s.scalars(query)}


def _write_scores(s: Session, diagnosis_id: int, findings: Findings) -> list[str]:
    """Keep what was said of each sphere; gives the spheres that changed. Those not asked about stay."""
    kept, changed = _scores(s, diagnosis_id), []
    for sphere, (score, note) in findings.scores.items():
        one = kept.get(sphere)
        if one is None and (score is not None or note):
            s.add(DiagnosisScore(diagnosis_id=diagnosis_id, sphere=sphere, score=score, note=note))
            changed.append(sphere)
        elif one is not None and (one.score, one.note) != (score, note):
            one.score, one.note = score, note
            changed.append(sphere)
    s.flush()
    return changed


def _facts(row: Diagnosis) -> dict[str, Any]:
    """What the audit log keeps of a diagnosis: no content."""
    return {"state": str(row.state), "number": row.number, "day": row.day, "patronage_id": row.patronage_id}
