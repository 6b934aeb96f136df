"""What changes the specialists of a family and its closing analysis."""

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal import audit, clock
from portal.accounts.models import User
from portal.audit import Event
from portal.contacts import handing
from portal.db import atomic, db, refused_by
from portal.patronage import queries, stages
from portal.patronage.models import Assignment, ClosingAnalysis, Patronage
from portal.rules import N_, RuleBroken
from portal.rules import stages as rules
from portal.rules.diagnosis import check_approver
from portal.rules.hand_over import check_colleague, check_day

_REFUSALS = {
    "not_on_patronage": N_("The family is not on patronage now: its specialists and analysis stay."),
    "already_changed": N_(
        "Somebody was quicker: the specialists of this family have changed. Look again before you go on."
    ),
    "already_involved": N_("This colleague works with the family already. Choose another one."),
    "voted_on": N_(
        "The consilium is voting on this family: its analysis cannot be changed until the vote closes."
    ),
    "no_analysis": N_("There is no closing analysis yet. It is written by those who work with the family."),
    "changed_analysis": N_(
        "This analysis has changed or was approved since you opened it. Read it again before you approve."
    ),
    "no_colleague": N_("Choose a colleague."),
}


def _refusal(code: str) -> RuleBroken:
    return RuleBroken(code, _REFUSALS[code])


def hand_over(assignment_ids: Iterable[int], to_id: int, day: date, reason: str, actor_id: int) -> int:
    """Close the assignments on `day` and give each, with what is planned, to the colleague; how many there were.

    All of them or none. Raises RuleBroken: already_changed, colleague_dismissed, not_a_specialist,
    lead_profession (R6), change_in_future, change_before_start, not_on_patronage.
    """
    rows = _open_rows(set(assignment_ids))
    for kind in {row.kind for row in rows}:
        _check_colleague(kind, to_id)
    if any(row.user_id == to_id for row in rows):
        raise _refusal("already_involved")
    for row in rows:
        check_day(day, [row.starts_on, *_own_start(row.patronage_id, to_id)], clock.today())
    plan = sorted((row.patronage_id, row.id, row.kind, row.user_id) for row in rows)
    with atomic() as s:
        for patronage_id, assignment_id, kind, from_id in plan:
            patronage = _on_patronage(s, patronage_id)
            closed = _close(s, Assignment.id == assignment_id, day, reason, actor_id)
            if kind == "involved" and not closed:  # of leads the index judges
                raise _refusal("already_changed")
            _open(s, patronage_id, to_id, kind, day, reason, actor_id)
            handing.follow(s, patronage, from_id, to_id, day, actor_id)
            new = {"user_id": to_id, "kind": kind, "from": day, "reason": reason}
            audit.record(s, Event.HANDED_OVER, actor_id, patronage, old={"user_id": from_id}, new=new)
    return len(plan)


def change_lead(
    patronage_id: int, seen_id: int | None, to_id: int, day: date, reason: str, actor_id: int
) -> None:
    """Hand the family over from the lead's assignment that the head saw, or appoint the first lead.

    Raises as `hand_over` does; already_changed when what was seen is no lead of this family.
    """
    if seen_id is None:
        return appoint_lead(patronage_id, to_id, day, reason, actor_id)
    seen = db.session.get(Assignment, seen_id)
    if seen is None or seen.patronage_id != patronage_id or seen.kind != "lead":
        raise _refusal("already_changed")
    hand_over([seen_id], to_id, day, reason, actor_id)
    return None


def appoint_lead(patronage_id: int, to_id: int, day: date, reason: str, actor_id: int) -> None:
    """Give a lead to a family on patronage that has none. Raises as `hand_over` does."""
    _check_colleague("lead", to_id)
    enrolled = db.session.get_one(Patronage, patronage_id).enrolled_on
    began = [enrolled] if enrolled else []
    check_day(day, [*began, *_own_start(patronage_id, to_id)], clock.today())
    with atomic() as s:
        patronage = _on_patronage(s, patronage_id)
        _open(s, patronage_id, to_id, "lead", day, reason, actor_id)
        new = {"user_id": to_id, "kind": "lead", "from": day, "reason": reason}
        audit.record(s, Event.HANDED_OVER, actor_id, patronage, new=new)


def involve(patronage_id: int, user_id: int, actor_id: int) -> None:
    """Add an involved specialist from today on.

    Raises already_involved, not_a_specialist, colleague_dismissed, not_on_patronage.
    """
    _check_colleague("involved", user_id)
    with atomic() as s:
        patronage = _on_patronage(s, patronage_id)
        with refused_by("uq_assignments_person", _refusal("already_involved")):
            s.add(_assignment(patronage_id, user_id, "involved", clock.today(), "", actor_id))
        audit.record(s, Event.INVOLVED_CHANGED, actor_id, patronage, new={"involved": user_id})


def release(assignment_id: int, actor_id: int, reason: str = "") -> None:
    """End an involvement today; what was planned goes to the lead. Raises already_changed when it has ended."""
    row = db.session.get_one(Assignment, assignment_id)
    patronage_id, user_id, day = row.patronage_id, row.user_id, max(row.starts_on, clock.today())
    with atomic() as s:
        patronage = _on_patronage(s, patronage_id)
        if not _close(s, Assignment.id == assignment_id, day, reason, actor_id):
            raise _refusal("already_changed")
        lead = (Assignment.patronage_id == patronage_id) & (Assignment.kind == "lead")
        lead_id = s.scalar(select(Assignment.user_id).where(lead, Assignment.ends_on.is_(None)))
        if lead_id is not None:
            handing.follow(s, patronage, user_id, lead_id, clock.today(), actor_id)
        audit.record(s, Event.INVOLVED_CHANGED, actor_id, patronage, old={"involved": user_id})


def write_analysis(patronage_id: int, body: str, actor_id: int) -> None:
    """Write or rewrite the closing analysis (R2), until the consilium has decided; another text is not approved yet.

    With it the final stage begins, if the main one runs (REG 3). Raises not_on_patronage once the consilium has
    decided, voted_on while it votes.
    """
    if queries.voted_on_now(patronage_id):
        raise _refusal("voted_on")
    kept = db.session.get(ClosingAnalysis, patronage_id)
    if kept is not None and kept.approved_at is not None and kept.body == body:
        return  # a second click on “Save” takes no approval away
    with atomic() as s:
        patronage = _on_patronage(s, patronage_id)
        row = s.get(ClosingAnalysis, patronage_id)
        old = {"body": row.body, "author_id": row.author_id} if row else {}
        if row is None:
            row = ClosingAnalysis(patronage_id=patronage_id)
            s.add(row)
        row.approved_by_id = row.approved_at = None
        row.body, row.author_id, row.written_at = body, actor_id, clock.now()
        was, patronage.stage = patronage.stage, stages.with_analysis(s, patronage)
        moved = {"stage": patronage.stage} if patronage.stage != was else {}
        audit.record(s, Event.ANALYSIS_WRITTEN, actor_id, patronage, old=old, new={"body": body, **moved})


def approve_analysis(patronage_id: int, seen: datetime | None, actor_id: int) -> None:
    """A head approves the closing analysis (R7) they have read, written at `seen`; after the removal too.

    Raises own_work, changed_analysis, no_analysis.
    """
    with atomic() as s:
        patronage = s.get_one(Patronage, patronage_id, with_for_update=True, populate_existing=True)
        row = s.get(ClosingAnalysis, patronage_id)
        if row is None:
            raise _refusal("no_analysis")
        check_approver(queries.has_written_analysis(s, patronage_id, actor_id))
        if row.written_at != seen or row.approved_at is not None:
            raise _refusal("changed_analysis")
        row.approved_by_id, row.approved_at = actor_id, clock.now()
        audit.record(s, Event.ANALYSIS_APPROVED, actor_id, patronage, new={"author_id": row.author_id})


def move_stage(patronage_id: int, move: str, actor_id: int) -> None:
    """Move the family to the next stage, or back from the final one (R7).

    Raises wrong_state, and no_diagnosis, no_plan, no_off_agenda: what the stage still lacks.
    """
    with atomic() as s:
        patronage = s.get_one(Patronage, patronage_id, with_for_update=True, populate_existing=True)
        old = patronage.stage
        patronage.stage = rules.after(
            patronage.status, stages.of(patronage), move, stages.facts(s, patronage)
        )
        new = {"stage": str(patronage.stage)}
        audit.record(s, Event.STAGE_MOVED, actor_id, patronage, old={"stage": old}, new=new)


def _open_rows(ids: set[int]) -> list[Assignment]:
    query = select(Assignment).where(Assignment.id.in_(ids), Assignment.ends_on.is_(None))
    rows = list(db.session.scalars(query))
    if len(rows) != len(ids):
        raise _refusal("already_changed")
    return rows


def _check_colleague(kind: str, user_id: int) -> None:
    user = db.session.get(User, user_id)
    if user is None:
        raise _refusal("no_colleague")
    specialist = bool(user.roles & set(queries.SPECIALISTS))
    check_colleague(kind, user.profession, specialist, user.dismissed_on is not None)


def _own_start(patronage_id: int, user_id: int) -> list[date]:
    """When the colleague who takes over became involved, if they are: that part ends where the new begins."""
    query = select(Assignment.starts_on).where(
        Assignment.patronage_id == patronage_id, Assignment.user_id == user_id, Assignment.ends_on.is_(None)
    )
    return list(db.session.scalars(query))


def _on_patronage(s: Session, patronage_id: int) -> Patronage:
    """The episode, locked, so that the consilium does not remove the family at the same moment."""
    row = s.get_one(Patronage, patronage_id, with_for_update=True, populate_existing=True)
    if row.status not in queries.ON_PATRONAGE:
        raise _refusal("not_on_patronage")
    return row


def _close(s: Session, which: object, day: date, reason: str, actor_id: int) -> bool:
    values = {"ends_on": day, "reason": reason, "decided_by_id": actor_id}
    query = update(Assignment).where(which, Assignment.ends_on.is_(None))  # type: ignore[arg-type]
    return bool(s.execute(query.values(values)).rowcount)  # type: ignore[attr-defined]


def _open(
    s: Session, patronage_id: int, user_id: int, kind: str, day: date, reason: str, actor_id: int
) -> None:
    """The colleague's new part; the index on leads judges whether somebody was quicker."""
    here = (Assignment.patronage_id == patronage_id) & (Assignment.user_id == user_id)
    if kind == "lead":
        _close(s, here & (Assignment.kind == "involved"), day, reason, actor_id)
    elif s.scalar(select(Assignment.id).where(here, Assignment.ends_on.is_(None))):
        return
    with (
        refused_by("uq_assignments_lead", _refusal("already_changed")),
        refused_by("uq_assignments_person", _refusal("already_changed")),
    ):
        s.add(_assignment(patronage_id, user_id, kind, day, reason, actor_id))


def _assignment(
    patronage_id: int, user_id: int, kind: str, day: date, reason: str, actor_id: int
) -> Assignment:
    return Assignment(
        patronage_id=patronage_id,
        user_id=user_id,
        kind=kind,
        starts_on=day,
        reason=reason,
        decided_by_id=actor_id,
    )
