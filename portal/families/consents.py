"""What changes consents, and the patronage with them (R1, R3)."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal import audit, clock, files
from portal.audit import Event
from portal.clubs import departures
from portal.contacts import stops
from portal.db import atomic, db, refused_by
from portal.families import queries
from portal.families.actions import locked_patronage, move
from portal.families.models import Consent, ConsentSignature, FamilyMember, StoredFile
from portal.patronage.models import Patronage
from portal.rules import N_, RuleBroken, lifecycle
from portal.rules.consent import in_force

EARLIEST = date(2000, 1, 1)
Scan = tuple[bytes, str]


def record_consent(
    family_id: int,
    actor_id: int,
    representative_id: int,
    given_on: date,
    minors_signed: Iterable[int] = (),
    scan: Scan | None = None,
) -> int:
    """Record a written consent; the patronage moves on by it. `scan` is what scans.clean gave. Gives the id.

    Raises consent_not_representative, consent_date, wrong_state.
    """
    _check_date(given_on)
    kept = scan and files.keep(scan[0])
    try:
        with atomic() as s:
            patronage = locked_patronage(s, family_id)
            old = patronage.status
            move(patronage, lifecycle.after(old, lifecycle.Event.CONSENT_GIVEN))
            if old == lifecycle.Status.SUSPENDED:
                stops.resume(s, patronage, clock.today())
            consent = Consent(
                family_id=family_id,
                representative_id=_representative(s, family_id, representative_id).id,
                given_on=given_on,
                recorded_by_id=actor_id,
                recorded_at=clock.now(),
                signatures=_signed(s, family_id, minors_signed),
                scan_id=scan and kept and store_scan(s, kept, scan, actor_id).id,
            )
            s.add(consent)
            new: dict[str, Any] = {
                "given_on": given_on,
                "representative": representative_id,
                "scan": bool(scan),
            }
            new["status"] = patronage.status
            audit.record(s, Event.CONSENT_RECORDED, actor_id, consent, old={"status": old}, new=new)
            departures.come_back(s, family_id, actor_id)
            return consent.id
    except BaseException:
        if kept:
            files.drop(kept[0])
        raise


def _check_date(given_on: date) -> None:
    today = clock.today()
    if given_on > today:
        raise RuleBroken(
            "consent_date",
            N_("A consent cannot be dated later than today, %(today)s. Check the date."),
            today=today,
        )
    if given_on < EARLIEST:
        raise RuleBroken("consent_date", N_("The date of the consent is too long ago. Check the year."))


def _representative(s: Session, family_id: int, member_id: int) -> FamilyMember:
    member = s.get(FamilyMember, member_id)
    belongs = member is not None and member.family_id == family_id and member.left_on is None
    if member is None or not belongs or member.kind != "representative":
        raise RuleBroken(
            "consent_not_representative",
            N_(
                "The consent was not given by a legal representative. "
                "Record a written consent of a parent or another legal representative."
            ),
        )
    return member


def _signed(s: Session, family_id: int, minors: Iterable[int]) -> list[ConsentSignature]:
    query = select(FamilyMember.id).where(
        FamilyMember.family_id == family_id, FamilyMember.kind == "minor", FamilyMember.left_on.is_(None)
    )
    wanted = set(minors)
    if not wanted <= set(s.scalars(query)):
        raise RuleBroken(
            "not_of_this_family", N_("This person does not belong to this family. Reload the page.")
        )
    return [ConsentSignature(minor_id=minor_id) for minor_id in sorted(wanted)]


def store_scan(s: Session, kept: tuple[str, str], scan: Scan, actor_id: int) -> StoredFile:
    """Inside a transaction: the row of a scan that files.keep has sealed."""
    name, digest = kept
    row = StoredFile(
        name=name,
        media_type=scan[1],
        size=len(scan[0]),
        sha256=digest,
        uploaded_by_id=actor_id,
        uploaded_at=clock.now(),
    )
    s.add(row)
    s.flush()
    return row


def check_scan(consent: Consent) -> None:
    """Raises scan_there."""
    if consent.scan_id is not None:
        raise RuleBroken("scan_there", N_("This consent has its scan already."))


def check_given(consent: Consent) -> None:
    """Raises withdrawn_already."""
    if consent.withdrawn_on is not None:
        raise _withdrawn_already(consent)


def add_scan(consent_id: int, scan: Scan, actor_id: int) -> None:
    """Attach the scan to a consent recorded without one. Raises scan_there."""
    kept = files.keep(scan[0])
    try:
        with atomic() as s:
            consent = s.get_one(Consent, consent_id, with_for_update=True)
            check_scan(consent)
            consent.scan_id = store_scan(s, kept, scan, actor_id).id
            audit.record(s, Event.SCAN_ADDED, actor_id, consent, new={"size": len(scan[0])})
    except BaseException:
        files.drop(kept[0])
        raise


def withdraw_consent(consent_id: int, on: date, reason: str, actor_id: int) -> int:
    """The representative withdraws the consent; without another in force the work stops at once (R3),
    and places booked in clubs are given back.

    Gives how many planned contacts were called off by that.

    Raises withdrawn_already, withdrawal_date.
    """
    consent = db.session.get_one(Consent, consent_id)
    _check_withdrawal(consent, on)
    family_id = consent.family_id
    with atomic() as s:
        patronage = _patronage_or_none(s, family_id)
        consent = s.get_one(Consent, consent_id, with_for_update=True)
        check_given(consent)
        enrolled_on = _last_enrolled_on(s, family_id)
        if enrolled_on is not None and on < enrolled_on:
            raise _before_enrollment(enrolled_on)
        consent.withdrawn_on, consent.withdrawal_reason = on, reason
        with refused_by("ck_consents_withdrawn_after_given", _too_early(consent)):
            s.flush()
        old: dict[str, Any] = {"status": patronage.status} if patronage else {}
        stopped = 0
        if patronage is not None and not _still_consented(s, family_id):
            stopped = _stop(s, patronage, on, actor_id)
        new = {"withdrawn_on": on, "reason": reason, "status": patronage and patronage.status}
        audit.record(s, Event.CONSENT_WITHDRAWN, actor_id, consent, old=old, new=new)
        return stopped


def _check_withdrawal(consent: Consent, on: date) -> None:
    check_given(consent)
    if on > clock.today():
        raise RuleBroken(
            "withdrawal_date",
            N_("A withdrawal cannot be dated later than today, %(today)s. Check the date."),
            today=clock.today(),
        )
    if on < consent.given_on:
        raise _too_early(consent)


def _withdrawn_already(consent: Consent) -> RuleBroken:
    return RuleBroken(
        "withdrawn_already",
        N_("This consent was already withdrawn on %(withdrawn_on)s."),
        withdrawn_on=consent.withdrawn_on,
    )


def _too_early(consent: Consent) -> RuleBroken:
    return RuleBroken(
        "withdrawal_date",
        N_("The consent was given on %(given_on)s: it cannot be withdrawn earlier. Check the date."),
        given_on=consent.given_on,
    )


def _before_enrollment(enrolled_on: date) -> RuleBroken:
    return RuleBroken(
        "withdrawal_date",
        N_("The family was enrolled with this consent on %(enrolled_on)s: it cannot be withdrawn earlier."),
        enrolled_on=enrolled_on,
    )


def _patronage_or_none(s: Session, family_id: int) -> Patronage | None:
    """The open episode, held; None when there is none to stop."""
    query = select(Patronage).where(
        Patronage.family_id == family_id, Patronage.latest, Patronage.status.in_(lifecycle.OPEN)
    )
    return s.scalar(query.with_for_update())


def _last_enrolled_on(s: Session, family_id: int) -> date | None:
    """R1: the last decision that rested on a consent, of episodes that are over too: it is not taken from under it."""
    query = select(func.max(Patronage.enrolled_on)).where(Patronage.family_id == family_id)
    return s.scalar(query)


def _still_consented(s: Session, family_id: int) -> bool:
    consents, _ = queries.consent_facts(s, family_id)
    return any(one.by_representative and in_force(one, clock.today()) for one in consents)


def _stop(s: Session, patronage: Patronage, on: date, actor_id: int) -> int:
    if patronage.status == lifecycle.Status.IDENTIFIED:
        return 0
    was = patronage.status
    move(patronage, lifecycle.after(was, lifecycle.Event.CONSENT_WITHDRAWN))
    if was != lifecycle.Status.ENROLLED:
        return 0
    departures.call_off(s, patronage.family_id, clock.today(), actor_id)
    return stops.suspend(s, patronage, on)
