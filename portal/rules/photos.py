"""R15: photo and video only of those who have agreed to it in writing.

CLUB 5, main stage: «осуществление фото и видеосъемки в процессе проведения занятия». Who consents (default, by
article 152.1 of the Civil Code of Russia): grown-ups themselves, for a child a legal representative.
"""

from collections.abc import Iterable
from datetime import date

from portal.rules import N_, RuleBroken

EARLIEST = date(2000, 1, 1)


def check_signer(grown_up: bool, own: bool, representative: bool) -> None:
    """Who has signed: the grown-up themselves; for a child, a representative of their family. Raises photo_signer."""
    if not (own if grown_up else representative and not own):
        raise RuleBroken(
            "photo_signer",
            N_("For a child a legal representative of the family signs, a grown-up signs themselves."),
        )


def check_given(given_on: date, today: date) -> None:
    """Raises photo_consent_date."""
    if given_on > today:
        raise RuleBroken(
            "photo_consent_date",
            N_("A consent cannot be dated later than today, %(today)s. Check the date."),
            today=today,
        )
    if given_on < EARLIEST:
        raise RuleBroken("photo_consent_date", N_("The date of the consent is too long ago. Check the year."))


def check_withdrawal(given_on: date, withdrawn_on: date, today: date) -> None:
    """R3 holds here too: a consent is withdrawn at any time. Raises photo_withdrawal_date."""
    if not given_on <= withdrawn_on <= today:
        raise RuleBroken(
            "photo_withdrawal_date",
            N_("A withdrawal is dated between the consent, %(given_on)s, and today. Check the date."),
            given_on=given_on,
        )


def check_people(without: Iterable[str]) -> None:
    """R15: nobody on the picture is without a consent in force. Raises photo_refused with their names."""
    names = ", ".join(without)
    if names:
        raise RuleBroken(
            "photo_refused",
            N_("Without a photo consent: %(names)s — choose a picture without them, or record the consent."),
            names=names,
        )
