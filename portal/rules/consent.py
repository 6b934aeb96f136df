"""R1 and R3: the written consent to patronage, and whether it is in force.

REG 1.3: the consilium enrolls «на основании письменного согласия на патронажное сопровождение семьи
родителей (законных представителей) несовершеннолетнего». REG 1.1: help is voluntary, so a consent can be
withdrawn at any time.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from portal.rules import N_, RuleBroken

OF_AGE = 18


@dataclass(frozen=True)
class Consent:
    """A written consent; `minors_signed` are the ids of the minors who signed it too."""

    given_on: date
    withdrawn_on: date | None = None
    by_representative: bool = True
    minors_signed: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Minor:
    """A child of the family; registers often know no more than the year of birth."""

    id: int
    birth_date: date | None = None
    birth_year: int | None = None
    name: str = ""


def age_on(birth_date: date, day: date) -> int:
    """Full years on `day`; one born on 29 February turns on 1 March in other years. Negative if unborn."""
    return day.year - birth_date.year - ((day.month, day.day) < (birth_date.month, birth_date.day))


def certain_age(minor: Minor, day: date) -> int | None:
    """The age that is sure on `day`; None when nothing is known of the birth.

    Of a year of birth it is the age reached by 31 December before `day`: a child of 2012 counts as 14 from
    1 January 2027 on.
    """
    if minor.birth_date is not None:
        return age_on(minor.birth_date, day)
    if minor.birth_year is not None:
        return day.year - minor.birth_year - 1
    return None


def in_force(consent: Consent, day: date) -> bool:
    """Given by `day` and not withdrawn by it; the day of the withdrawal is without consent (R3)."""
    return consent.given_on <= day and (consent.withdrawn_on is None or consent.withdrawn_on > day)


def check_consent(
    consents: Iterable[Consent], minors: Iterable[Minor], day: date, signing_age: int | None = 14
) -> None:
    """R1 (REG 1.3, 3.1): a consent of a legal representative is in force on `day`, the day of the decision.

    Minors who are surely `signing_age` or more, and not yet of age, sign as well, on any of the consents in
    force; None switches that off (a setting). Raises no_consent, consent_withdrawn,
    consent_not_representative, minor_must_sign.
    """
    given = [consent for consent in consents if consent.given_on <= day]
    valid = [consent for consent in given if consent.by_representative and in_force(consent, day)]
    if not valid:
        raise _why_none(given, day)
    if signing_age is not None:
        _check_minors(valid, minors, day, signing_age)


def _why_none(given: list[Consent], day: date) -> RuleBroken:
    """A representative's withdrawal says more than the paper of somebody else, and that more than nothing."""
    withdrawn = [c.withdrawn_on for c in given if c.by_representative and c.withdrawn_on is not None]
    if withdrawn:
        return RuleBroken(
            "consent_withdrawn",
            N_(
                "The consent was withdrawn on %(withdrawn_on)s. "
                "Patronage is voluntary: record a new written consent of a legal representative first."
            ),
            withdrawn_on=max(withdrawn),
        )
    if any(in_force(consent, day) for consent in given):
        return RuleBroken(
            "consent_not_representative",
            N_(
                "The consent was not given by a legal representative. "
                "Record a written consent of a parent or another legal representative."
            ),
        )
    return RuleBroken(
        "no_consent",
        N_(
            "There is no written consent in force on %(day)s. "
            "Record the consent of a legal representative first."
        ),
        day=day,
    )


def _check_minors(valid: list[Consent], minors: Iterable[Minor], day: date, signing_age: int) -> None:
    signed = frozenset[int]().union(*(consent.minors_signed for consent in valid))
    unsigned = [
        minor
        for minor in minors
        if minor.id not in signed
        and (age := certain_age(minor, day)) is not None
        and signing_age <= age < OF_AGE
    ]
    if unsigned:
        raise RuleBroken(
            "minor_must_sign",
            N_(
                "Children of %(age)s or more sign the consent too. Still to sign: %(names)s. "
                "Record a consent that they have signed."
            ),
            age=signing_age,
            names=", ".join(minor.name or f"#{minor.id}" for minor in unsigned),
        )
