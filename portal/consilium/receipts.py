"""What a voter is given of a vote: a short word that only the instance's key can make, and that tells nobody else
anything."""

from datetime import UTC, datetime

from sqlalchemy import select

from portal.consilium.models import Vote
from portal.db import db
from portal.seals import mac

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # without those that are read as others: 0 O, 1 I L, U
LENGTH, GROUP = 10, 4


def receipt_of(vote: Vote) -> str:
    """The receipt of the vote as it is: K7QF-29TM-X4. Another vote, or the same at another moment, has another one."""
    facts = (vote.item_id, vote.user_id, str(vote.choice), vote.reason or "", _at(vote.cast_at))
    number, letters = int(mac("receipt", *facts, vote.entered_by_id), 16), ""
    for _place in range(LENGTH):
        number, place = divmod(number, len(ALPHABET))
        letters += ALPHABET[place]
    return _grouped(letters)


def _at(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def _grouped(letters: str) -> str:
    return "-".join(letters[start : start + GROUP] for start in range(0, len(letters), GROUP))


def spelled(typed: str) -> str:
    """A receipt as it was typed, as it is kept: in any case, with or without the dashes."""
    return _grouped("".join(letter for letter in typed.upper() if letter in ALPHABET)[:LENGTH])


def own_receipt(item_id: int, user_id: int) -> str:
    """The receipt of the user's own vote on the item; "" where there is none."""
    query = select(Vote.receipt).where(Vote.item_id == item_id, Vote.user_id == user_id)
    return db.session.scalar(query) or ""
