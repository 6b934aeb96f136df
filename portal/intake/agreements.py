"""What changes service agreements (R19)."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from portal import audit, clock, files
from portal.audit import Event
from portal.db import atomic, refused_by
from portal.families.actions import locked_patronage
from portal.families.consents import Scan, store_scan
from portal.families.models import FamilyMember
from portal.intake.actions import changed_meanwhile
from portal.intake.models import Agreement
from portal.patronage.models import Patronage
from portal.rules import N_, RuleBroken
from portal.rules import intake as rules

_IN_FORCE = N_("There is an agreement in force already: correct it, or end it first.")
_ENDED = N_("This agreement has ended: it stays as it is. Record a new one.")
_NOT_THEIRS = N_("An agreement is signed by a legal representative of this family. Choose one of them.")


def sign_agreement(
    family_id: int,
    actor_id: int,
    *,
    number: str,
    signed_on: date,
    representative_id: int,
    scan: Scan | None = None,
) -> int:
    """Record a signed agreement. `scan` is what scans.clean gave. Gives its id.

    Raises signed_date, wrong_state, in_force, not_representative.
    """
    rules.check_agreement(signed_on, clock.today())
    with _kept(scan) as kept, atomic() as s:
        patronage = locked_patronage(s, family_id)
        rules.check_enter(patronage.status, False)
        _check_representative(s, family_id, representative_id)
        row = Agreement(
            patronage_id=patronage.id,
            number=number,
            signed_on=signed_on,
            representative_id=representative_id,
            scan_id=scan and kept and store_scan(s, kept, scan, actor_id).id,
            recorded_by_id=actor_id,
            recorded_at=clock.now(),
        )
        with refused_by("uq_agreements_in_force", RuleBroken("in_force", _IN_FORCE)):
            s.add(row)
        audit.record(s, Event.AGREEMENT_SIGNED, actor_id, row, new=_facts(row))
        return row.id


def change_agreement(
    agreement_id: int,
    actor_id: int,
    seen: int,
    *,
    number: str,
    signed_on: date,
    representative_id: int,
    scan: Scan | None = None,
) -> None:
    """Correct an agreement in force, or add its scan.

    Raises signed_date, ended, changed_meanwhile, not_representative, scan_there.
    """
    rules.check_agreement(signed_on, clock.today())
    with _kept(scan) as kept, atomic() as s:
        row = _in_force(s, agreement_id, seen)
        if row.representative_id != representative_id:
            family_id = s.get_one(Patronage, row.patronage_id).family_id
            _check_representative(s, family_id, representative_id)
        if scan and row.scan_id is not None:
            raise RuleBroken("scan_there", N_("This agreement has its scan already."))
        old = _facts(row)
        row.number, row.signed_on, row.representative_id = number, signed_on, representative_id
        if scan and kept:
            row.scan_id = store_scan(s, kept, scan, actor_id).id
        row.version += 1
        audit.record(s, Event.AGREEMENT_CHANGED, actor_id, row, old=old, new=_facts(row))


def end_agreement(agreement_id: int, actor_id: int, seen: int, *, ended_on: date, reason: str) -> None:
    """The agreement ends before the patronage does. Raises ended, ended_date, changed_meanwhile."""
    with atomic() as s:
        row = _in_force(s, agreement_id, seen)
        rules.check_end(ended_on, row.signed_on, clock.today())
        row.ended_on, row.end_reason, row.version = ended_on, reason, row.version + 1
        audit.record(
            s, Event.AGREEMENT_ENDED, actor_id, row, new={"ended_on": ended_on, "reason": bool(reason)}
        )


@contextmanager
def _kept(scan: Scan | None) -> Iterator[tuple[str, str] | None]:
    """The scan sealed on the disk; forgotten when what follows fails."""
    kept = files.keep(scan[0]) if scan else None
    try:
        yield kept
    except BaseException:
        if kept:
            files.drop(kept[0])
        raise


def check_lasts(row: Agreement) -> None:
    """Raises ended."""
    if row.ended_on is not None:
        raise RuleBroken("ended", _ENDED)


def _in_force(s: Session, agreement_id: int, seen: int) -> Agreement:
    row = s.get_one(Agreement, agreement_id, with_for_update=True, populate_existing=True)
    check_lasts(row)
    if row.version != seen:
        raise changed_meanwhile()
    return row


def _check_representative(s: Session, family_id: int, member_id: int) -> None:
    member = s.get(FamilyMember, member_id)
    theirs = member is not None and member.family_id == family_id and member.left_on is None
    if member is None or not theirs or member.kind != "representative":
        raise RuleBroken("not_representative", _NOT_THEIRS)


def _facts(row: Agreement) -> dict[str, Any]:
    return {
        "number": row.number,
        "signed_on": row.signed_on,
        "representative": row.representative_id,
        "scan": row.scan_id is not None,
    }
