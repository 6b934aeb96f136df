"""The minutes of a meeting: when they are due, who signs them, and when their text may still be changed.

DOMAIN §2: minutes within 5 working days, signed by chair, secretary and members. The facts of the record are never
edited; the secretary writes what was said, until the first signature. Of a member who refuses to sign, is ill or has
left, the secretary notes why; chair and secretary always sign.

A dissenting opinion may still come after the minutes are offered (its time ends a working day after the meeting).
Before the first signature it makes the offer void: the minutes are offered anew, with the opinion in them. After it,
what was signed stays, and the opinion is attached to the paper on its own.
"""

from datetime import date
from enum import StrEnum

from portal.rules import N_, RuleBroken
from portal.rules.meetings import Meeting
from portal.rules.workdays import Calendar

WORKING_DAYS = 5  # where the meeting has no term of its own
SOON = 3  # so many days left, and fewer, warn
OVER = frozenset({Meeting.CLOSED, Meeting.SIGNED, Meeting.NO_QUORUM})  # these meetings have minutes
RUNS = Meeting.OPEN  # notes are taken
ALWAYS_SIGN = frozenset({"chair", "secretary"})

_NOT_OVER = N_("Minutes are written when the meeting is closed. Close it first.")
_NO_NOTES = N_("What is said is written down while the meeting is open, and after it.")
SIGNED = N_(
    "The minutes have signatures already: their text stays as it is. A mistake is mended by a new decision."
)
_OFFERED = N_("The minutes are offered for signing. Take them back first, then change the text.")
_NOT_OFFERED = N_("The minutes are not offered for signing yet: the secretary offers them.")
_OUTDATED = N_(
    "The minutes are not what they were when they were offered for signing. The secretary has to offer them again."
)
_OTHER = N_("The minutes were offered anew after you opened them. Read them once more, then sign.")
_NOT_YOURS = N_("These minutes are signed by the chair, the secretary and the members who were present.")
TWICE = N_("This signature is there already.")
NOBODY_SIGNED = N_("Nobody has signed yet. Sign the minutes first, then note who does not sign them.")
MUST_SIGN = N_("Chair and secretary always sign the minutes: in the portal or on paper.")


class State(StrEnum):
    """Where the minutes are."""

    DRAFT = "draft"
    OFFERED = "offered"
    SIGNED = "signed"


def state(offered: bool, missing: int) -> State:
    """Of minutes that are offered or not, with so many signatures missing."""
    if not offered:
        return State.DRAFT
    return State.OFFERED if missing else State.SIGNED


class Unsigned(StrEnum):
    """Why a signature is not given."""

    REFUSED = "refused"
    ABSENT = "absent"
    OTHER = "other"


def due_on(calendar: Calendar, ended_on: date, days: int | None = None) -> date:
    """The last day to have the minutes signed: so many working days after the meeting (DOMAIN §2, §7)."""
    return calendar.add_working_days(ended_on, days or WORKING_DAYS)


def days_left(calendar: Calendar, today: date, due: date) -> int:
    """Working days from today's end to the last day: 0 on it; after it less than 0, one for each that is late."""
    return calendar.working_days(today, due) if today <= due else -calendar.working_days(due, today) or -1


def signs(seat: str, took_part: bool) -> bool:
    """Whether a seat signs: chair and secretary always, a member who was present for a part of it at least."""
    return seat in ALWAYS_SIGN or took_part


def check_over(status: str) -> None:
    """A meeting that is over has minutes, one that was not held for want of a quorum too. Raises not_closed."""
    if status not in OVER:
        raise RuleBroken("not_closed", _NOT_OVER)


def check_write(status: str, offered: bool, signatures: int) -> None:
    """Free text is written while the meeting runs and until the minutes are offered.

    Raises not_now, minutes_signed, minutes_offered.
    """
    if status != RUNS and status not in OVER:
        raise RuleBroken("not_now", _NO_NOTES)
    if signatures:
        raise RuleBroken("minutes_signed", SIGNED)
    if offered:
        raise RuleBroken("minutes_offered", _OFFERED)


def check_offer(status: str, signatures: int) -> None:
    """What has no signature may be offered, and offered anew. Raises not_closed, minutes_signed."""
    check_over(status)
    if signatures:
        raise RuleBroken("minutes_signed", SIGNED)


def check_take_back(offered: bool, signatures: int) -> None:
    """An offer is taken back until the first signature. Raises minutes_signed, not_offered."""
    if signatures:
        raise RuleBroken("minutes_signed", SIGNED)
    if not offered:
        raise RuleBroken("not_offered", _NOT_OFFERED)


def check_sign(offered: str, seen: str, now: str) -> None:
    """What is signed is what was offered, what the signer saw, and what the record says now: digests of the three.

    Raises not_offered, offered_anew, outdated.
    """
    if not offered:
        raise RuleBroken("not_offered", _NOT_OFFERED)
    if offered != now:
        raise RuleBroken("outdated", _OUTDATED)
    if offered != seen:
        raise RuleBroken("offered_anew", _OTHER)


def check_signer(must: bool, has: bool) -> None:
    """Each who has to signs, once. Raises not_a_signer, signed_already."""
    if not must:
        raise RuleBroken("not_a_signer", _NOT_YOURS)
    if has:
        raise RuleBroken("signed_already", TWICE)


def check_unsigned(seat: str, how: str, reason: str, signatures: int) -> None:
    """A member's signature is missing for a reason, noted under a text that is settled: somebody has signed it.

    Raises must_sign, bad_reason, no_reason, nobody_signed.
    """
    if seat in ALWAYS_SIGN:
        raise RuleBroken("must_sign", MUST_SIGN)
    if how not in list(Unsigned):
        raise RuleBroken("bad_reason", N_("Choose why there is no signature."))
    if not reason.strip():
        raise RuleBroken("no_reason", N_("Write in a few words why there is no signature."))
    if not signatures:
        raise RuleBroken("nobody_signed", NOBODY_SIGNED)
