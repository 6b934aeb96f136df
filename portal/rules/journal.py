"""The service journal: the life of an entry, who signs and who checks, the lock of a month.

VISIT 7: what was done is entered in the journal, confirmed by the signatures of the worker and of the recipient, and
given to the head of department to check. R13: a refusal to sign is noted with its reason and never blocks; nobody
checks their own entry; an entry is locked once its month is closed. CLUB 4: one session for one client is one service,
and so one entry; when it turns out that the client did not come, it is void, and keeps its number.
"""

from collections.abc import Collection
from datetime import date
from enum import StrEnum

from portal.rules import N_, RuleBroken
from portal.rules.contacts import BY_TELEPHONE

Month = tuple[int, int]  # year, month
AGES, LATE = 3, 7  # days in the queue after which an entry warns, and is late
SESSION = "session"  # the kind of a service at a club; the others are kinds of contacts


class State(StrEnum):
    """Where an entry is; a checked one changes no more, a mistake in it is mended by a new entry."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    CHECKED = "checked"
    VOID = "void"


TRANSITIONS: dict[State, frozenset[State]] = {
    State.DRAFT: frozenset({State.SUBMITTED, State.VOID}),
    State.SUBMITTED: frozenset({State.CHECKED, State.RETURNED, State.VOID}),
    State.RETURNED: frozenset({State.SUBMITTED, State.VOID}),
    State.CHECKED: frozenset(),
    State.VOID: frozenset(),
}
EDITABLE = frozenset({State.DRAFT, State.RETURNED})
SETTLED = frozenset({State.CHECKED, State.VOID})  # what keeps no month from being closed


class Signature(StrEnum):
    """How the recipient has confirmed the service, or why not."""

    NONE = ""
    DRAWN = "drawn"
    PAPER = "paper"
    REFUSED = "refused"
    REMOTE = "remote"


def check_move(state: str, to: State) -> None:
    """Raises wrong_state for a step that the life of an entry does not have."""
    if to not in TRANSITIONS[State(state)]:
        raise RuleBroken("wrong_state", N_("This entry has moved on meanwhile. Look at it again."))


def check_editable(state: str) -> None:
    """What is submitted or checked stays as it is. Raises wrong_state."""
    if state == State.VOID:
        raise RuleBroken("wrong_state", N_("This entry is void: the recipient did not come."))
    if state not in EDITABLE:
        raise RuleBroken(
            "wrong_state", N_("The entry is submitted or checked already, and is not changed any more.")
        )


def check_revision(seen: int, now: int) -> None:
    """Who signs, checks or corrects has seen what stands there now. Raises changed."""
    if seen != now:
        raise RuleBroken("changed", N_("The entry was changed meanwhile. Look at it again, then repeat."))


def signatures(kind: str) -> tuple[Signature, ...]:
    """The ways to confirm a service of this kind, the usual one first: nobody draws through a telephone."""
    if kind in BY_TELEPHONE:
        return Signature.REMOTE, Signature.PAPER, Signature.REFUSED
    return Signature.DRAWN, Signature.PAPER, Signature.REFUSED


def first_signature(kind: str) -> Signature:
    """What a new entry begins with: a call is confirmed by nobody's hand."""
    return Signature.REMOTE if kind in BY_TELEPHONE else Signature.NONE


def check_signature(
    kind: str, how: str, signer_id: int | None, family_ids: Collection[int], refusal: str, drawn: bool
) -> None:
    """R13. `drawn`: whether there is a picture.

    Raises bad_signature, no_signer, other_family, no_refusal, no_drawing.
    """
    if how not in signatures(kind):
        raise RuleBroken("bad_signature", N_("A service of this kind is not confirmed in this way."))
    if signer_id is not None and signer_id not in family_ids:
        raise RuleBroken(
            "other_family", N_("Who signs does not belong to this family. Choose from the list.")
        )
    if how in (Signature.DRAWN, Signature.PAPER) and signer_id is None:
        raise RuleBroken("no_signer", N_("Say who signed."))
    if how == Signature.REFUSED and not refusal.strip():
        raise RuleBroken("no_refusal", N_("Write why the family refused to sign."))
    if how == Signature.DRAWN and not drawn:
        raise RuleBroken(
            "no_drawing", N_("The field of the signature is empty. Ask the recipient to sign in it.")
        )


def lacks(recipient: str) -> tuple[str, ...]:
    """What a submission lacks; the worker signs by submitting."""
    return () if recipient else ("recipient",)


def check_complete(recipient: str) -> None:
    """VISIT 7: both sign. Raises unsigned."""
    if lacks(recipient):
        raise RuleBroken(
            "unsigned",
            N_("The recipient has not signed yet. Take the signature, or note the refusal with its reason."),
        )


def check_voidable(state: str, in_state_system: bool) -> None:
    """Attendance is put right until the head has checked the service (R13). Raises checked, in_state_system."""
    if state == State.CHECKED:
        raise RuleBroken(
            "checked",
            N_("The head has checked this service in the journal: attendance is not changed any more."),
        )
    if in_state_system:
        raise RuleBroken(
            "in_state_system",
            N_(
                "This service is marked as entered into the state information system."
                " Take it out there and remove the mark, then change the attendance."
            ),
        )
    check_move(state, State.VOID)


def check_entered_on(state: str, day: date, entered_on: date, today: date) -> None:
    """R16: a service given to the head may be marked as entered into the state information system.

    Raises not_submitted, entered_before, entered_later.
    """
    if state not in (State.SUBMITTED, State.CHECKED):
        raise RuleBroken("not_submitted", N_("Submit the journal first: only then the service is certain."))
    if entered_on > today:
        raise RuleBroken("entered_later", N_("This day has not come yet."))
    if entered_on < day:
        message = N_("One of the services was given on %(day)s: it can't have been entered before.")
        raise RuleBroken("entered_before", message, day=day)


def check_not_own(checker_id: int, *writers: int | None) -> None:
    """R13: nobody checks their own entry. Raises own_entry."""
    if checker_id in writers:
        raise RuleBroken(
            "own_entry",
            N_("Nobody checks their own entry. Ask another head of department or your deputy to do it."),
        )


def check_correctable(state: str, corrected_by: int | None) -> None:
    """A checked entry is mended by one new entry. Raises wrong_state, corrected."""
    if state != State.CHECKED:
        raise RuleBroken("wrong_state", N_("The entry is not checked yet: change it itself."))
    if corrected_by is not None:
        raise RuleBroken(
            "corrected",
            N_("The entry is corrected already by entry No. %(number)s. Correct that one."),
            number=corrected_by,
        )


def month_of(day: date) -> Month:
    """The journal's month of a day."""
    return day.year, day.month


def period(day: date, today: date, closed: Collection[Month]) -> Month:
    """The month an entry is kept in: that of its day; when that is locked, the present one, which never is."""
    own = month_of(day)
    return month_of(today) if own in closed else own


def check_unlocked(month: Month, closed: Collection[Month]) -> None:
    """Raises locked for an entry of a closed month."""
    if month in closed:
        raise RuleBroken(
            "locked", N_("The month of this entry is closed. Correct it by a new entry, this one stays.")
        )


def check_closing(month: Month, today: date, closed: Collection[Month], unchecked: int) -> None:
    """A month is closed once, when it is over and all its entries are checked.

    Raises closed_already, not_over, unchecked.
    """
    if month in closed:
        raise RuleBroken("closed_already", N_("This month is closed already."))
    if month >= month_of(today):
        raise RuleBroken(
            "not_over", N_("This month is not over yet. It can be closed when the next one begins.")
        )
    if unchecked:
        raise RuleBroken(
            "unchecked",
            N_("%(count)s entries of this month are not checked yet. Check them first."),
            count=unchecked,
        )


def age(since: date, today: date) -> int:
    """Days that an entry waits in the queue."""
    return max(0, (today - since).days)


def aging(days: int) -> str:
    """How the age looks: mute, warn, bad."""
    return "bad" if days >= LATE else "warn" if days >= AGES else "mute"
