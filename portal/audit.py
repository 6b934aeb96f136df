"""The audit log: a chain of entries sealed with the instance's key, written in the transaction of the change."""

import enum
import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time
from typing import Any

from flask import current_app
from sqlalchemy import ColumnElement, ForeignKey, Index, String, Text, func, insert, select, type_coerce
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal import clock
from portal.db import Model, Moment, db, technical

FIRST = "0" * 64


class Event(enum.StrEnum):
    """What can happen to the data; the name of the verb, in the past tense."""

    INSTANCE_PREPARED = "instance.prepared"
    ACCOUNT_CREATED = "account.created"
    ACCOUNT_CHANGED = "account.changed"
    ACCOUNT_DISMISSED = "account.dismissed"
    ACCOUNT_RESTORED = "account.restored"
    ROLES_CHANGED = "account.roles_changed"
    PASSWORD_LINK_MADE = "account.password_link_made"
    PASSWORD_CHANGED = "account.password_changed"
    SIGNED_OUT_EVERYWHERE = "account.signed_out_everywhere"
    SETTINGS_CHANGED = "settings.changed"
    CALENDAR_DAY_SET = "calendar.day_set"
    CALENDAR_DAY_TAKEN_BACK = "calendar.day_taken_back"
    FAMILY_CREATED = "family.created"
    FAMILY_CHANGED = "family.changed"
    FAMILY_IMPORTED = "family.imported"
    CONSENT_RECORDED = "consent.recorded"
    CONSENT_WITHDRAWN = "consent.withdrawn"
    SCAN_ADDED = "consent.scan_added"
    INTAKE_ENTERED = "intake.entered"
    INTAKE_CHANGED = "intake.changed"
    SURVEY_WRITTEN = "survey.written"
    SURVEY_CORRECTED = "survey.corrected"
    AGREEMENT_SIGNED = "agreement.signed"
    AGREEMENT_CHANGED = "agreement.changed"
    AGREEMENT_ENDED = "agreement.ended"
    EPISODE_OPENED = "patronage.opened"
    SUBMITTED = "patronage.submitted"
    DECLINED = "patronage.declined"
    ANALYSIS_WRITTEN = "patronage.analysis_written"
    ANALYSIS_APPROVED = "patronage.analysis_approved"
    STAGE_MOVED = "patronage.stage_moved"
    DIAGNOSIS_STARTED = "diagnosis.started"
    DIAGNOSIS_SAVED = "diagnosis.saved"
    DIAGNOSIS_SUBMITTED = "diagnosis.submitted"
    DIAGNOSIS_APPROVED = "diagnosis.approved"
    DIAGNOSIS_RETURNED = "diagnosis.returned"
    HANDED_OVER = "assignment.handed_over"
    INVOLVED_CHANGED = "assignment.involved_changed"
    ROLL_CHANGED = "consilium.roll_changed"
    MEETING_CREATED = "meeting.created"
    MEETING_CHANGED = "meeting.changed"
    MEETING_CONVENED = "meeting.convened"
    MEETING_OPENED = "meeting.opened"
    MEETING_CLOSED = "meeting.closed"
    MEETING_CANCELLED = "meeting.cancelled"
    PRESENCE_MARKED = "meeting.presence_marked"
    ITEM_ADDED = "item.added"
    ITEM_CHANGED = "item.changed"
    ITEM_TAKEN_OFF = "item.taken_off"
    VOTING_OPENED = "item.voting_opened"
    VOTE_CAST = "vote.cast"
    ITEM_CLOSED = "item.closed"
    ITEM_DEFERRED = "item.deferred"
    PAPER_LAID = "item.paper_laid"
    PAPER_TAKEN_BACK = "item.paper_taken_back"
    RECUSED = "item.recused"
    RECUSAL_TAKEN_BACK = "item.recusal_taken_back"
    DISSENTED = "item.dissented"
    MEETING_WITHOUT_QUORUM = "meeting.without_quorum"
    MINUTES_WRITTEN = "minutes.written"
    MINUTES_OFFERED = "minutes.offered"
    MINUTES_SIGNED = "minutes.signed"
    FAMILY_TOLD = "decision.family_told"
    EXTRACT_GIVEN = "decision.extract_given"
    EMERGENCY_STARTED = "patronage.emergency_started"
    CONTACT_PLANNED = "contact.planned"
    CONTACT_CONFIRMED = "contact.confirmed"
    CONTACT_MOVED = "contact.moved"
    CONTACT_CANCELLED = "contact.cancelled"
    CONTACT_DONE = "contact.done"
    CONTACT_FAILED = "contact.failed"
    NORMS_SET = "norms.set"
    NORMS_TAKEN_BACK = "norms.taken_back"
    EXEMPTED = "norms.exempted"
    EXEMPTION_ENDED = "norms.exemption_ended"
    JOURNAL_SIGNED = "journal.signed"
    JOURNAL_SCAN_ADDED = "journal.scan_added"
    JOURNAL_SUBMITTED = "journal.submitted"
    JOURNAL_CHECKED = "journal.checked"
    JOURNAL_RETURNED = "journal.returned"
    JOURNAL_CHANGED = "journal.changed"
    JOURNAL_CORRECTED = "journal.corrected"
    PERIOD_CLOSED = "journal.period_closed"
    PLAN_STARTED = "plan.started"
    PLAN_CHANGED = "plan.changed"
    PLAN_AGREED = "plan.agreed"
    PLAN_RETURNED = "plan.returned"
    PLAN_APPROVED = "plan.approved"
    PLAN_RESULTS = "plan.results_entered"
    PLAN_COMPLETED = "plan.completed"
    PLAN_DISCARDED = "plan.discarded"
    PROGRAM_CREATED = "program.created"
    PROGRAM_CHANGED = "program.changed"
    HOME_TASK_SET = "program.task_set"
    HOME_TASK_CLOSED = "program.task_closed"
    HOME_TASK_REOPENED = "program.task_reopened"
    REFERRAL_SENT = "referral.sent"
    REFERRAL_POSTPONED = "referral.postponed"
    REFERRAL_ANSWERED = "referral.answered"
    REFERRAL_CLOSED = "referral.closed"
    LINK_ADDED = "link.added"
    LINK_CHANGED = "link.changed"
    LINK_ENDED = "link.ended"
    LINK_RESUMED = "link.resumed"
    CONTACT_HANDED_OVER = "contact.handed_over"
    ALERT_RAISED = "alert.raised"
    ALERT_DECIDED = "alert.decided"
    ALERT_DONE = "alert.done"
    DEPUTY_NAMED = "deputy.named"
    DEPUTY_ENDED = "deputy.ended"
    PROCEDURE_PUBLISHED = "procedure.published"
    STEP_MARKED = "run.step_marked"
    BRANCH_RAISED = "run.branch_raised"
    RUN_FINISHED = "run.finished"
    CLUB_CREATED = "club.created"
    CLUB_CHANGED = "club.changed"
    CLUB_CLOSED = "club.closed"
    PARTICIPANT_JOINED = "club.participant_joined"
    PARTICIPANT_LEFT = "club.participant_left"
    SESSION_PLANNED = "session.planned"
    SESSION_CHANGED = "session.changed"
    SESSION_CANCELLED = "session.cancelled"
    BOOKED = "session.booked"
    BOOKING_CANCELLED = "session.booking_cancelled"
    ATTENDANCE_MARKED = "session.attendance_marked"


class AuditEntry(Model):
    """One link of the chain."""

    __tablename__ = "audit_entries"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(Moment)
    actor_id: Mapped[int | None]
    event: Mapped[str] = mapped_column(String(60), index=True)
    kind: Mapped[str] = mapped_column(String(40))
    object_id: Mapped[int | None]
    data: Mapped[str] = mapped_column(Text)
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))
    __table_args__ = (Index("ix_audit_entries_kind_object_id", "kind", "object_id"),)


class AuditHead(Model):
    """The sealed end of the chain, so that a tail cut off is missed."""

    __tablename__ = "audit_head"
    id: Mapped[int] = mapped_column(primary_key=True)
    last_id: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))
    seal: Mapped[str] = mapped_column(String(64))


class FamilyLook(Model):
    """Who looked at which family, and when (R20)."""

    __tablename__ = "family_looks"
    id: Mapped[int] = mapped_column(primary_key=True)
    family_id: Mapped[int] = mapped_column(ForeignKey("families.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    at: Mapped[datetime] = mapped_column(Moment)
    page: Mapped[str] = mapped_column(String(60))


def _plain(value: Any) -> Any:
    if isinstance(value, (date, datetime, time)):
        return value.isoformat()
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} does not go into the audit log")


def _seal(*parts: object) -> str:
    body = json.dumps(parts, ensure_ascii=False, separators=(",", ":")).encode()
    return hmac.new(current_app.config["AUDIT_KEY"], body, hashlib.sha256).hexdigest()


def _hash(row: Mapping[str, Any]) -> str:
    at = row["at"].astimezone(UTC).isoformat(timespec="microseconds")
    fields = ("id", "actor_id", "event", "kind", "object_id", "data", "previous")
    return _seal(at, *(row[name] for name in fields))


def record(
    session: Session,
    event: Event,
    actor_id: int | None,
    obj: Any,
    *,
    old: Mapping[str, Any] | None = None,
    new: Mapping[str, Any] | None = None,
) -> str:
    """Append an entry about `obj` (a row with an id) in the session's transaction; gives its hash."""
    session.flush()
    session.info["recorded"] = session.info.get("recorded", 0) + 1
    head = session.get(AuditHead, 1, populate_existing=True)
    changes = {"old": dict(old or {}), "new": dict(new or {})}
    row: dict[str, Any] = {
        "id": head.last_id + 1 if head else 1,
        "at": clock.now(),
        "actor_id": actor_id,
        "event": event.value,
        "kind": obj.__tablename__,
        "object_id": getattr(obj, "id", None),
        "data": json.dumps(changes, ensure_ascii=False, sort_keys=True, default=_plain),
        "previous": head.hash if head else FIRST,
    }
    row["hash"] = _hash(row)
    session.execute(insert(AuditEntry).values(row))
    if head is None:
        head = AuditHead(id=1)
        session.add(head)
    head.last_id, head.hash, head.seal = row["id"], row["hash"], _seal("head", row["id"], row["hash"])
    session.flush()
    return str(row["hash"])


def verify() -> tuple[int, str | None]:
    """Walk the chain: how many entries are whole, and the first fault in words, or None."""
    previous, expected = FIRST, 1
    columns = {column.name: column for column in AuditEntry.__table__.columns}
    columns["at"] = type_coerce(columns["at"], String).label("at")  # text on SQLite: it may have been spoiled
    rows = db.session.execute(
        select(*columns.values()).order_by(AuditEntry.id).execution_options(yield_per=1000)
    )
    for found in rows.mappings():
        row = dict(found)
        if row["id"] != expected:
            return expected - 1, f"entry {expected} is missing (entry {row['id']} follows)"
        if row["previous"] != previous:
            return expected - 1, f"entry {row['id']} does not follow entry {expected - 1}"
        try:
            row["at"] = _moment(row["at"])
        except ValueError:
            return expected - 1, f"entry {row['id']} was changed"
        if not hmac.compare_digest(row["hash"], _hash(row)):
            return expected - 1, f"entry {row['id']} was changed"
        previous, expected = row["hash"], expected + 1
    return expected - 1, _head_fault(expected - 1, previous)


def _moment(stored: str | datetime) -> datetime:
    moment = datetime.fromisoformat(stored) if isinstance(stored, str) else stored
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _head_fault(last_id: int, last_hash: str) -> str | None:
    head = db.session.get(AuditHead, 1, populate_existing=True)
    if head is None:
        return "the head of the chain is missing" if last_id else "the log is empty"
    if not hmac.compare_digest(head.seal, _seal("head", head.last_id, head.hash)):
        return "the head of the chain was changed"
    if head.last_id > last_id:
        return f"entry {last_id + 1} is missing (the chain ends at entry {head.last_id})"
    if (head.last_id, head.hash) != (last_id, last_hash):
        return f"entry {last_id} was added after the end of the chain"
    return None


def look(user_id: int, family_id: int, page: str) -> None:
    """Note that the user saw content of the family (R20: every look is recorded)."""
    with technical() as session:
        session.add(FamilyLook(user_id=user_id, family_id=family_id, at=clock.now(), page=page))


def look_at_several(user_id: int, family_ids: Iterable[int], page: str) -> None:
    """The same for a page that shows content of several families, in one statement."""
    at = clock.now()
    rows = [{"user_id": user_id, "family_id": one, "at": at, "page": page} for one in sorted(set(family_ids))]
    if rows:
        with technical() as session:
            session.execute(insert(FamilyLook), rows)


def done_by(user_id: Any, model: Any, *events: Event) -> ColumnElement[bool]:
    """That the user has done one of these to the row of the model: a row forgets its earlier authors, the log none."""
    here = (AuditEntry.kind == model.__tablename__, AuditEntry.object_id == model.id)
    query = select(AuditEntry.id).where(*here, AuditEntry.event.in_(events), AuditEntry.actor_id == user_id)
    return query.correlate_except(AuditEntry).exists()


def count() -> int:
    """The number of entries."""
    return db.session.scalar(select(func.count()).select_from(AuditEntry)) or 0
