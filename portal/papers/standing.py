"""How it stands with the papers of families: what is missing, expired, unsigned. Three queries."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select

from portal import clock
from portal.consilium.models import Decision
from portal.db import db
from portal.diagnosis.models import Diagnosis
from portal.families.models import Consent, FamilyMember
from portal.intake.models import Agreement, Intake, Survey
from portal.papers import catalog
from portal.papers.models import Paper
from portal.patronage.models import ClosingAnalysis, Patronage
from portal.plans.models import Plan
from portal.rules import papers as rules
from portal.rules.items import REMOVING
from portal.rules.items import Kind as ItemKind
from portal.rules.papers import Have, State
from portal.rules.plans import State as PlanState

# where what is missing is made
PLACES = {
    "application": "intake.edit",
    "consent": "families.new_consent",
    "survey-report": "intake.survey",
    "service-agreement": "intake.new_agreement",
    "social-diagnosis": "diagnosis.of_family",
    "support-plan": "plans.of_family",
    "closing-analysis": "patronage.analysis",
}
BY_THE_REGISTER = frozenset(
    {"application", "personal-data-consent"}
)  # no other page of the portal holds them


@dataclass(frozen=True)
class Line:
    """A paper that the family should have. `object_id` is what it is made of; `registered_id` its last number."""

    code: str
    state: State
    ended_on: date | None
    object_id: int | None
    registered_id: int | None
    place: str | None  # the endpoint where what is missing is made
    consent_id: int | None = None  # the consent in force: its own page takes the scan

    @property
    def is_registered_next(self) -> bool:
        """Whether it is there to be printed, and what it lacks is its number: the scan is attached to that."""
        if self.object_id is None or self.registered_id is not None or _needs_none(self.code):
            return False
        return self.state == State.UNSIGNED or (self.state == State.MISSING and self.place is None)


@dataclass(frozen=True)
class _Known:
    """What there is: the row of the patronage, the consents, the valid papers of the register by kind."""

    row: Any
    consents: list[Any]
    papers: dict[str, list[Any]]

    @property
    def consent(self) -> Any:
        """The last consent in force (R1)."""
        today = clock.today()
        valid = (one for one in self.consents if one.withdrawn_on is None or one.withdrawn_on > today)
        return next(valid, None)


def of_family(family_id: int) -> list[Line]:
    """The papers that the family should have, the worst first."""
    return of_families([family_id]).get(family_id, [])


def of_families(family_ids: Collection[int]) -> dict[int, list[Line]]:
    """The same by family, of those that have a patronage; three queries however many families there are."""
    rows = db.session.execute(_facts(family_ids)).all()
    consents, papers = _consents(family_ids), _registered(family_ids)
    found: dict[int, list[Line]] = {}
    for row in rows:
        known = _Known(row, consents[row.family_id], papers[row.family_id])
        codes = rules.wanted(row.status, row.stage, row.imported)
        lines = {code: _line(code, known) for code in codes}
        ordered = rules.worst_first((code, line.state) for code, line in lines.items())
        found[row.family_id] = [lines[code] for code, _state in ordered]
    return found


def _line(code: str, known: _Known) -> Line:
    object_id, have = _object_id(code, known), _have(code, known)
    paper = _paper(code, object_id, known)
    if paper is not None:
        there = have.is_there or code in BY_THE_REGISTER
        have = Have(there, have.ended_on, have.is_signed or paper.signed_on is not None)
    if _needs_none(code):
        have = Have(have.is_there, have.ended_on, True)
    state = rules.state(have, clock.today())
    consent = known.consent.id if code == "consent" and known.consent else None
    paper_id = paper.id if paper else None
    return Line(code, state, have.ended_on, object_id, paper_id, PLACES.get(code), consent)


def _paper(code: str, object_id: int | None, known: _Known) -> Any | None:
    """The last valid paper of the register; a consent is not signed by the paper of an earlier one."""
    found = (one for one in known.papers.get(code, []) if one.object_id == object_id)
    paper = next(found, None)
    if paper is None or code != "consent" or known.consent is None or paper.signed_on is None:
        return paper
    return paper if paper.signed_on >= known.consent.given_on else None


def _needs_none(code: str) -> bool:
    """Papers with a number of their own are signed where they are made (minutes, orders); some need no signature."""
    kind = catalog.KINDS.get(code)
    return kind is not None and not (kind.is_signed and kind.is_registered)


def _object_id(code: str, known: _Known) -> int | None:
    """What the kind of paper is made of; None while that is not there."""
    row, kind, consent = known.row, catalog.KINDS.get(code), known.consent
    ids = {
        "family": row.family_id,
        "patronage": row.id,
        "representative": consent.representative_id if consent else row.representative_id,
        "consent": consent.id if consent else None,
        "diagnosis": row.diagnosis_id,
        "plan": row.plan_id,
        "decision": row.removed_by if code == "removal-order" else row.enrolled_by,
    }
    if kind is None or (code == "closing-analysis" and row.analysis_id is None):
        return None
    return ids.get(kind.of)


def _have(code: str, known: _Known) -> Have:
    """What the portal's own pages hold of it."""
    row = known.row
    if code == "consent":
        return _consent(known)
    if code == "service-agreement":
        over = rules.term_over(row.term, row.ends_on, clock.today())
        ended = over if row.agreement_id else row.agreement_ended_on
        return Have(row.agreement_id is not None, ended, row.agreement_scan is not None)
    of_rows = {
        "application": row.intake_id if row.intake_kind == "application" else None,
        "survey-report": row.survey_id,
        "social-diagnosis": row.diagnosis_id,
        "support-plan": row.plan_id,
        "closing-analysis": row.analysis_id,
        "enrollment-order": row.enrolled_by,
        "removal-order": row.removed_by,
    }
    return Have(of_rows.get(code) is not None)


def _consent(known: _Known) -> Have:
    """R1 by the last consent in force; without one, when the last was withdrawn (R3: its day is without consent)."""
    if known.consent is not None:
        return Have(True, None, known.consent.scan_id is not None)
    ends = [one.withdrawn_on for one in known.consents]
    return Have(False, max(ends) - timedelta(1) if ends else None)


def _facts(family_ids: Collection[int]) -> Any:
    """The latest patronages with the ids of what its papers are made of."""
    columns = (Patronage.id, Patronage.family_id, Patronage.status, Patronage.stage, Patronage.imported)
    represents = (FamilyMember.kind == "representative", FamilyMember.left_on.is_(None))
    first = select(func.min(FamilyMember.id)).where(
        FamilyMember.family_id == Patronage.family_id, *represents
    )
    query = select(*columns, Patronage.term, Patronage.ends_on)
    query = query.add_columns(first.correlate(Patronage).scalar_subquery().label("representative_id"))
    query = query.add_columns(Intake.id.label("intake_id"), Intake.kind.label("intake_kind"))
    query = query.add_columns(Survey.id.label("survey_id"), Agreement.id.label("agreement_id"))
    query = query.add_columns(Agreement.scan_id.label("agreement_scan"), *_latest())
    query = query.outerjoin(Intake, Intake.patronage_id == Patronage.id)
    query = query.outerjoin(Survey, Survey.patronage_id == Patronage.id)
    in_force = (Agreement.patronage_id == Patronage.id) & Agreement.ended_on.is_(None)
    query = query.outerjoin(Agreement, in_force)
    return query.where(Patronage.family_id.in_(family_ids), Patronage.latest)


def _latest() -> list[Any]:
    """The last of each that there may be several of."""

    def last(column: Any, model: Any, *conditions: Any) -> Any:
        query = select(func.max(column)).where(model.patronage_id == Patronage.id, *conditions)
        return query.correlate(Patronage).scalar_subquery()

    closed = Plan.state.in_((PlanState.IN_FORCE, PlanState.COMPLETED))
    analysis = last(ClosingAnalysis.patronage_id, ClosingAnalysis, ClosingAnalysis.approved_at.is_not(None))
    enrolled = (Decision.carried, Decision.kind == ItemKind.ENROLL)
    removed = (Decision.carried, Decision.kind.in_(REMOVING))
    return [
        last(Agreement.ended_on, Agreement).label("agreement_ended_on"),
        last(Diagnosis.id, Diagnosis, Diagnosis.state == "approved").label("diagnosis_id"),
        last(Plan.id, Plan, closed).label("plan_id"),
        analysis.label("analysis_id"),
        last(Decision.id, Decision, *enrolled).label("enrolled_by"),
        last(Decision.id, Decision, *removed).label("removed_by"),
    ]


def _consents(family_ids: Collection[int]) -> dict[int, list[Any]]:
    """The consents by family, the latest first."""
    columns = (Consent.family_id, Consent.id, Consent.representative_id, Consent.given_on)
    query = select(*columns, Consent.withdrawn_on, Consent.scan_id).where(Consent.family_id.in_(family_ids))
    found: dict[int, list[Any]] = defaultdict(list)
    for row in db.session.execute(query.order_by(Consent.given_on.desc(), Consent.id.desc())):
        found[row.family_id].append(row)
    return found


def _registered(family_ids: Collection[int]) -> dict[int, dict[str, list[Any]]]:
    """The valid papers by family and kind, the latest first."""
    columns = (Paper.family_id, Paper.id, Paper.kind, Paper.object_id, Paper.signed_on)
    query = select(*columns).where(Paper.family_id.in_(family_ids), Paper.voided_at.is_(None))
    found: dict[int, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
    for row in db.session.execute(query.where(Paper.kind.in_(rules.SHOULD)).order_by(Paper.id.desc())):
        found[row.family_id][row.kind].append(row)
    return found
