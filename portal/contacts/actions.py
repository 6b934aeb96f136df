"""What changes contacts."""

from collections.abc import Iterable
from datetime import date, time
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from portal import audit, clock
from portal.alerts.actions import raise_alert
from portal.audit import Event
from portal.contacts import guards, standing
from portal.contacts.models import Contact, ContactMember
from portal.db import atomic, refused_by
from portal.deputies import queries as deputies
from portal.journal import actions as journal
from portal.patronage.models import Patronage
from portal.procedures import writing_up
from portal.rules import N_, RuleBroken, contacts
from portal.rules.alerts import TOLD, Kind
from portal.rules.contacts import State
from portal.settings.queries import call_channels


def plan_contact(
    patronage_id: int,
    user_id: int,
    actor_id: int,
    *,
    kind: str,
    day: date,
    starts_at: time,
    minutes: int,
    reason: str = "",
    channel: str = "",
    members: Iterable[int] = (),
) -> int:
    """Put a contact on the specialist's schedule. Gives its id.

    Raises suspended, not_on_patronage, past_day, far_day, bad_hours, bad_length, no_reason, other_family,
    not_assigned, overlap.
    """
    contacts.check_reason(kind, reason)
    contacts.check_channel(kind, channel, call_channels())
    contacts.check_planned(day, starts_at, minutes, clock.today())
    with atomic() as s:
        patronage = _running(s, patronage_id)
        contact = _new(
            s, patronage, user_id, actor_id, kind, day, starts_at, minutes, reason, channel, members
        )
        with _alone():
            s.add(contact)
        _tick(s, contact, members)
        audit.record(s, Event.CONTACT_PLANNED, actor_id, contact, new=_facts(contact))
        return contact.id


def record_contact(
    patronage_id: int,
    user_id: int,
    actor_id: int,
    *,
    kind: str,
    day: date,
    starts_at: time,
    minutes: int,
    reason: str = "",
    channel: str = "",
    members: Iterable[int] = (),
    notes: str = "",
    recommendations: str = "",
) -> int:
    """Enter a contact that took place without having been planned. Gives its id.

    Raises future_day, not_begun, before_enrollment, after_removal, was_suspended, bad_hours, bad_length, no_reason,
    other_family, not_assigned, overlap.
    """
    contacts.check_reason(kind, reason)
    contacts.check_channel(kind, channel, call_channels())
    contacts.check_time(starts_at, minutes)
    with atomic() as s:
        patronage = s.get_one(Patronage, patronage_id, with_for_update=True, populate_existing=True)
        guards.check_done(s, patronage, day, starts_at)
        contact = _new(
            s, patronage, user_id, actor_id, kind, day, starts_at, minutes, reason, channel, members
        )
        contact.state, contact.closed_at = State.DONE, clock.now()
        contact.notes, contact.recommendations = notes, recommendations
        s.add(contact)
        s.flush()
        _tick(s, contact, members)
        standing.refresh(s, patronage)
        entry = journal.enter_contact(s, contact, actor_id)
        new = _facts(contact) | {"journal": entry.number}
        audit.record(s, Event.CONTACT_DONE, actor_id, contact, new=new)
        return contact.id


def confirm_contact(contact_id: int, actor_id: int) -> None:
    """R10: the family has agreed by telephone. Raises wrong_state, suspended, not_on_patronage."""
    with atomic() as s:
        contact = _held(s, contact_id)
        contacts.check_move(contact.state, State.CONFIRMED)
        _running(s, contact.patronage_id)
        old, contact.state = contact.state, State.CONFIRMED
        audit.record(s, Event.CONTACT_CONFIRMED, actor_id, contact, old={"state": old}, new=_facts(contact))


def move_contact(contact_id: int, actor_id: int, day: date, starts_at: time, why: str = "") -> int:
    """Another day or time: the contact is kept as moved, a new one stands in its place. Gives the new one's id.

    Raises what plan_contact does, and wrong_state.
    """
    with atomic() as s:
        contact = _held(s, contact_id)
        contacts.check_move(contact.state, State.MOVED)
        contacts.check_planned(day, starts_at, contact.minutes, clock.today())
        patronage = _running(s, contact.patronage_id)
        old = _facts(contact)
        contact.state, contact.why, contact.closed_at = State.MOVED, why, clock.now()
        s.flush()
        members = _ticked(s, contact.id)
        moved = _new(
            s, patronage, contact.user_id, actor_id, contact.kind, day, starts_at, contact.minutes,
            contact.reason, contact.channel, members,
        )  # fmt: skip
        moved.moved_from_id = contact.id
        with _alone():
            s.add(moved)
        _tick(s, moved, members)
        writing_up.follow(s, contact.id, moved)
        audit.record(s, Event.CONTACT_MOVED, actor_id, moved, old=old, new=_facts(moved))
        return moved.id


def cancel_contact(contact_id: int, actor_id: int, why: str) -> None:
    """The contact does not take place. Raises wrong_state."""
    with atomic() as s:
        contact = _held(s, contact_id)
        contacts.check_move(contact.state, State.CANCELLED)
        old, contact.state = contact.state, State.CANCELLED
        contact.why, contact.closed_at = why, clock.now()
        audit.record(s, Event.CONTACT_CANCELLED, actor_id, contact, old={"state": old}, new=_facts(contact))


def fail_contact(contact_id: int, actor_id: int, outcome: str, why: str) -> None:
    """The specialist went or called in vain; that is kept, and counts for no norm.

    R12: of a refusal to talk, or to let us in (and so to show the home work), the head is told at once.

    Raises wrong_state, future_day, and of a family that is suspended or removed what record_contact does.
    """
    with atomic() as s:
        contact = _held(s, contact_id)
        state = contacts.check_failed(contact.kind, contact.state, outcome)
        guards.check_took_place(s, s.get_one(Patronage, contact.patronage_id), contact.day)
        contact.user_id = deputies.who_went(actor_id, contact.user_id, contact.day)
        old, contact.state = contact.state, state
        contact.why, contact.closed_at = why, clock.now()
        audit.record(s, Event.CONTACT_FAILED, actor_id, contact, old={"state": old}, new=_facts(contact))
        if state in TOLD:
            raise_alert(s, contact.patronage_id, Kind.REFUSAL, actor_id, contact_id=contact.id, text=why)


def finish_contact(
    contact_id: int,
    actor_id: int,
    *,
    day: date,
    starts_at: time,
    minutes: int,
    members: Iterable[int] = (),
    notes: str = "",
    recommendations: str = "",
    why_open: str = "",
) -> None:
    """A planned contact took place, on its day or another. Raises wrong_state and what record_contact does.

    `why_open`: why required steps of its procedure were left out. Raises steps_open without it.
    """
    contacts.check_time(starts_at, minutes)
    with atomic() as s:
        contact = _held(s, contact_id)
        contacts.check_move(contact.state, State.DONE)
        patronage = s.get_one(Patronage, contact.patronage_id, with_for_update=True, populate_existing=True)
        guards.check_done(s, patronage, day, starts_at)
        guards.check_people(s, patronage, members)
        worker_id = deputies.who_went(actor_id, contact.user_id, day)
        guards.check_free(s, worker_id, day, starts_at, minutes, Contact.id != contact.id)
        old = _facts(contact)
        contact.user_id, contact.state, contact.closed_at = worker_id, State.DONE, clock.now()
        contact.day, contact.starts_at, contact.minutes = day, starts_at, minutes
        contact.notes, contact.recommendations = notes, recommendations
        s.execute(delete(ContactMember).where(ContactMember.contact_id == contact.id))
        _tick(s, contact, members)
        writing_up.close(s, contact.id, actor_id, why_open)
        standing.refresh(s, patronage)
        entry = journal.enter_contact(s, contact, actor_id)
        new = _facts(contact) | {"journal": entry.number}
        audit.record(s, Event.CONTACT_DONE, actor_id, contact, old=old, new=new)


def _alone() -> Any:
    broken = RuleBroken(
        "overlap",
        N_("The specialist has another contact at this time. Choose another."),
    )
    return refused_by("uq_contacts_at_one_time", broken)


def _held(s: Session, contact_id: int) -> Contact:
    return s.get_one(Contact, contact_id, with_for_update=True, populate_existing=True)


def _running(s: Session, patronage_id: int) -> Patronage:
    row = s.get_one(Patronage, patronage_id, with_for_update=True, populate_existing=True)
    contacts.check_running(row.status)
    return row


def _new(
    s: Session,
    patronage: Patronage,
    user_id: int,
    actor_id: int,
    kind: str,
    day: date,
    starts_at: time,
    minutes: int,
    reason: str,
    channel: str,
    members: Iterable[int],
) -> Contact:
    guards.check_people(s, patronage, members)
    guards.check_assigned(s, patronage.id, user_id, day)
    guards.check_free(s, user_id, day, starts_at, minutes)
    return Contact(
        patronage_id=patronage.id,
        user_id=user_id,
        kind=kind,
        state=State.PLANNED,
        day=day,
        starts_at=starts_at,
        minutes=minutes,
        reason=reason,
        channel=channel,
        created_by_id=actor_id,
        created_at=clock.now(),
    )


def _ticked(s: Session, contact_id: int) -> list[int]:
    return list(s.scalars(select(ContactMember.member_id).where(ContactMember.contact_id == contact_id)))


def _tick(s: Session, contact: Contact, members: Iterable[int]) -> None:
    s.flush()
    s.add_all(ContactMember(contact_id=contact.id, member_id=member) for member in sorted(set(members)))
    s.flush()


def _facts(contact: Contact) -> dict[str, Any]:
    """What the audit log keeps of a contact: no content."""
    return {
        "state": str(contact.state),
        "kind": str(contact.kind),
        "day": contact.day,
        "starts_at": contact.starts_at,
        "minutes": contact.minutes,
        "user": contact.user_id,
    }
