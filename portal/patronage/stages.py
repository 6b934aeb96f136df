"""What is known of a patronage's stage (R7): the facts that `rules.lifecycle` judges, and its path for the card."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.consilium.models import Item
from portal.db import db
from portal.diagnosis.models import Diagnosis
from portal.patronage.models import ClosingAnalysis, Patronage
from portal.plans.models import Plan
from portal.rules import lifecycle
from portal.rules.items import REMOVING
from portal.rules.lifecycle import Facts, Move, Need, Stage, Status
from portal.rules.meetings import LIVE
from portal.rules.plans import State


@dataclass(frozen=True)
class Path:
    """The stages of a patronage as the card draws them: where it is, what that lacks, which moves can be made."""

    stage: Stage
    lacking: list[Need]
    moves: list[Move]


def of(patronage: Patronage) -> Stage:
    """The stage; whoever is enrolled without one is at the first."""
    return Stage(patronage.stage or Stage.PREPARATORY)


def facts(s: Session, patronage: Patronage) -> Facts:
    """What the rules ask about."""
    diagnosis = select(Diagnosis.id).where(
        Diagnosis.patronage_id == patronage.id, Diagnosis.state == "approved"
    )
    plan = select(Plan.id).where(
        Plan.patronage_id == patronage.id, Plan.state.in_((State.IN_FORCE, State.COMPLETED))
    )
    removal = select(Item.id).where(
        Item.patronage_id == patronage.id, Item.kind.in_(REMOVING), Item.status.in_(LIVE)
    )
    analysis = select(ClosingAnalysis.patronage_id).where(ClosingAnalysis.patronage_id == patronage.id)
    approved = analysis.where(ClosingAnalysis.approved_at.is_not(None))
    row = s.execute(
        select(diagnosis.exists(), plan.exists(), removal.exists(), analysis.exists(), approved.exists())
    ).one()
    return Facts(
        diagnosis_approved=row[0],
        plan_in_force=row[1],
        removal_on_agenda=row[2],
        analysis_written=row[3],
        analysis_approved=row[4],
    )


def path(patronage: Patronage) -> Path:
    """The path of a patronage that runs, for its card."""
    known, stage = facts(db.session(), patronage), of(patronage)
    return Path(
        stage, lifecycle.stage_lacks(stage, known), lifecycle.stage_moves(patronage.status, stage, known)
    )


def with_analysis(s: Session, patronage: Patronage) -> str | None:
    """The stage once the closing analysis is written: the final one, if the main stage runs (REG 3)."""
    if patronage.status != Status.ENROLLED or patronage.stage != Stage.MAIN:
        return patronage.stage
    return lifecycle.stage_after(patronage.status, Stage.MAIN, Move.BEGIN_FINAL, facts(s, patronage))
