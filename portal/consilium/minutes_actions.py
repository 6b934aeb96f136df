"""What changes the minutes: their free text, the offer for signing, the signatures. Facts are never written here."""

from collections.abc import Collection, Mapping

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from portal import audit, clock, files
from portal.audit import AuditHead, Event
from portal.consilium.digest import digest
from portal.consilium.locking import hold_meeting
from portal.consilium.minutes_models import Minutes, MinutesSignature
from portal.consilium.minutes_queries import must_sign
from portal.consilium.models import Dissent, Item, Meeting, MeetingSeat
from portal.db import atomic, refused_by
from portal.rules import N_, RuleBroken, check_seen, meetings
from portal.rules import minutes as rules

CHANGED = N_("Somebody has changed this meanwhile. See below what stands there now; what you typed is kept.")
Scan = tuple[bytes, str]


def write(meeting_id: int, actor_id: int, seen: int, heard: str, discussions: Mapping[int, str]) -> None:
    """Write what was said, by item and besides them; `seen` is the version the form was filled from, 0 for none.

    Items that left the agenda meanwhile are passed over. Raises not_now, minutes_signed, minutes_offered,
    changed_meanwhile.
    """
    with atomic() as s:
        meeting = hold_meeting(s, meeting_id)
        row = s.get(Minutes, meeting_id, populate_existing=True)
        rules.check_write(
            meeting.status, row is not None and row.offered_at is not None, _count(s, meeting_id)
        )
        check_seen(row.version if row else 0, seen, CHANGED)
        row = row or _begun(s, meeting_id)
        new = {"heard": heard != row.heard, "items": _discuss(s, meeting_id, discussions)}
        row.heard, row.version = heard, seen + 1
        with refused_by("tr_minutes_signed", RuleBroken("minutes_signed", rules.SIGNED)):
            s.flush()
        audit.record(s, Event.MINUTES_WRITTEN, actor_id, meeting, new=new)


def _begun(s: Session, meeting_id: int) -> Minutes:
    row = Minutes(meeting_id=meeting_id, heard="", version=0, digest="", chain="")
    s.add(row)
    return row


def _discuss(s: Session, meeting_id: int, discussions: Mapping[int, str]) -> list[int]:
    """Set what differs; gives the ids of the items whose text is another now."""
    query = select(Item).where(Item.meeting_id == meeting_id, Item.status != "withdrawn").order_by(Item.id)
    changed = [
        item for item in s.scalars(query) if discussions.get(item.id, item.discussion) != item.discussion
    ]
    for item in changed:
        item.discussion = discussions[item.id]
    return [item.id for item in changed]


def _count(s: Session, meeting_id: int) -> int:
    return s.scalar(select(func.count()).where(MinutesSignature.meeting_id == meeting_id)) or 0


def offer(meeting_id: int, actor_id: int) -> None:
    """Offer the minutes for signing as they are now, with the end of the audit chain; again, if there is no signature.

    Raises not_closed, minutes_signed.
    """
    with atomic() as s:
        meeting = hold_meeting(s, meeting_id)
        rules.check_offer(meeting.status, _count(s, meeting_id))
        row = s.get(Minutes, meeting_id, populate_existing=True) or _begun(s, meeting_id)
        _forget_offer(row)
        s.flush()  # what the digest says is read from the database
        head = s.get_one(AuditHead, 1, populate_existing=True)
        row.digest, row.chain, row.chain_id = digest(meeting_id), head.hash, head.last_id
        row.offered_at, row.offered_by_id, row.version = clock.now(), actor_id, row.version + 1
        new = {"digest": row.digest, "chain": row.chain, "chain_id": row.chain_id}
        audit.record(s, Event.MINUTES_OFFERED, actor_id, meeting, new=new)


def take_back(meeting_id: int, actor_id: int) -> None:
    """Take the offer back, to change the text. Raises minutes_signed, not_offered."""
    with atomic() as s:
        meeting = hold_meeting(s, meeting_id)
        row = s.get(Minutes, meeting_id, populate_existing=True)
        rules.check_take_back(row is not None and row.offered_at is not None, _count(s, meeting_id))
        if row is not None:
            old, row.version = {"digest": row.digest}, row.version + 1
            _forget_offer(row)
            audit.record(s, Event.MINUTES_TAKEN_BACK, actor_id, meeting, old=old)


def _forget_offer(row: Minutes) -> None:
    row.offered_at, row.offered_by_id, row.digest, row.chain, row.chain_id = None, None, "", "", None


def sign(meeting_id: int, user_id: int, seen: str) -> None:
    """Sign with one's own password, which was asked for just before; `seen` is the digest of what was on the screen.

    Raises not_offered, offered_anew, outdated, not_a_signer, signed_already.
    """
    with atomic() as s:
        meeting, offered = _offered(s, meeting_id, seen)
        _sign(s, meeting, offered, user_id, user_id, None)


def sign_on_paper(meeting_id: int, user_ids: Collection[int], seen: str, scan: Scan, actor_id: int) -> None:
    """Enter signatures given on paper, with its scan: what scans.clean gave. One paper may carry several.

    Raises nobody_chosen, and as `sign` does.
    """
    if not user_ids:
        raise RuleBroken("nobody_chosen", N_("Choose whose signatures are on the paper."))
    name, sha256 = files.keep(scan[0])
    try:
        with atomic() as s:
            meeting, offered = _offered(s, meeting_id, seen)
            for user_id in sorted(set(user_ids)):
                _sign(s, meeting, offered, user_id, actor_id, (name, scan[1], sha256))
    except BaseException:
        files.drop(name)
        raise


def note_unsigned(meeting_id: int, user_id: int, how: str, reason: str, seen: str, actor_id: int) -> None:
    """Note why a member does not sign: refused, absent, other. It stands in the place of the signature for good.

    Raises must_sign, bad_reason, no_reason, nobody_signed, and as `sign` does.
    """
    with atomic() as s:
        meeting, offered = _offered(s, meeting_id, seen)
        seat = s.get(MeetingSeat, (meeting_id, user_id), populate_existing=True)
        rules.check_unsigned(seat.seat if seat else "", how, reason, _count(s, meeting_id))
        row = MinutesSignature(how=how, reason=reason.strip())
        with refused_by("tr_minutes_must_sign", RuleBroken("must_sign", rules.MUST_SIGN)):
            _enter(s, meeting, offered, row, user_id, actor_id)


def _offered(s: Session, meeting_id: int, seen: str) -> tuple[Meeting, str]:
    """The meeting held, and the digest of its minutes, if they may be signed as they were seen."""
    meeting = hold_meeting(s, meeting_id)
    row = s.get(Minutes, meeting_id, populate_existing=True)
    if row is None or row.offered_at is None:
        rules.check_sign("", seen, "")
        raise AssertionError("what is not offered is not signed")
    late = _count(s, meeting_id) == 0 and dissented_since(s, row)
    rules.check_sign(row.digest, seen, "" if late else digest(meeting_id))
    return meeting, row.digest


def dissented_since(s: Session, row: Minutes) -> bool:
    """Whether a member has dissented since the offer: before the first signature it is offered anew, with that."""
    later = exists().where(
        Item.id == Dissent.item_id, Item.meeting_id == row.meeting_id, Dissent.stated_at > row.offered_at
    )
    return bool(s.scalar(select(later)))


def _sign(
    s: Session, meeting: Meeting, offered: str, user_id: int, actor_id: int, scan: tuple[str, str, str] | None
) -> None:
    row = MinutesSignature(how="paper" if scan else "password")
    if scan:
        row.scan, row.scan_type, row.scan_sha256 = scan
    _enter(s, meeting, offered, row, user_id, actor_id)


def _enter(
    s: Session, meeting: Meeting, offered: str, row: MinutesSignature, user_id: int, actor_id: int
) -> None:
    """One signature, or why there is none; with the last one the meeting is signed."""
    signers, there = must_sign(s, meeting.id)
    rules.check_signer(user_id in signers, user_id in there)
    row.meeting_id, row.user_id, row.digest = meeting.id, user_id, offered
    row.signed_at, row.entered_by_id = clock.now(), actor_id
    twice = RuleBroken("signed_already", rules.TWICE)
    with refused_by("uq_minutes_signatures_meeting_id_user_id", twice):
        s.add(row)
    complete = signers <= there | {user_id}
    if complete and meeting.status == meetings.Meeting.CLOSED:
        meeting.status = meetings.move_meeting(meeting.status, meetings.Meeting.SIGNED)
    new = {"signature": row.id, "user_id": user_id, "how": row.how, "digest": offered, "complete": complete}
    event = Event.MINUTES_UNSIGNED if row.reason else Event.MINUTES_SIGNED
    audit.record(s, event, actor_id, meeting, new=new | {"scan": row.scan_sha256})
