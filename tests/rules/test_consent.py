from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.rules import RuleBroken
from portal.rules.consent import Consent, Minor, age_on, certain_age, check_consent, in_force

DAY = date(2026, 11, 22)
GIVEN = date(2026, 11, 1)
CHILD = Minor(1, birth_date=date(2018, 5, 4), name="Petrov I.")
TEEN = Minor(2, birth_date=date(2012, 11, 22), name="Petrova A.")


def refused(consents, minors=(), day=DAY, **settings):
    with pytest.raises(RuleBroken) as broken:
        check_consent(consents, minors, day, **settings)
    return broken.value


@pytest.mark.parametrize(
    ("birth", "day", "age"),
    [
        (date(2012, 11, 22), date(2026, 11, 21), 13),
        (date(2012, 11, 22), date(2026, 11, 22), 14),
        (date(2012, 2, 29), date(2026, 2, 28), 13),
        (date(2012, 2, 29), date(2026, 3, 1), 14),
        (date(2012, 2, 29), date(2028, 2, 29), 16),
        (date(2026, 11, 22), date(2026, 11, 22), 0),
        (date(2026, 12, 1), date(2026, 11, 22), -1),
    ],
)
def test_the_age_in_full_years(birth, day, age):
    assert age_on(birth, day) == age


@given(st.dates(date(1990, 1, 1), date(2010, 1, 1)), st.integers(0, 9000))
def test_an_age_guessed_by_the_year_is_never_more_than_the_true_one(birth, days):
    day = birth + timedelta(days=days)
    by_year = certain_age(Minor(1, birth_year=birth.year), day)
    assert by_year <= age_on(birth, day) <= by_year + 1


@pytest.mark.parametrize(
    ("withdrawn_on", "day", "valid"),
    [
        (None, date(2026, 10, 31), False),
        (None, GIVEN, True),
        (None, DAY, True),
        (DAY, DAY - timedelta(days=1), True),
        (DAY, DAY, False),
        (DAY, DAY + timedelta(days=1), False),
        (GIVEN, GIVEN, False),
    ],
)
def test_a_consent_is_in_force_from_its_day_until_the_day_of_its_withdrawal(withdrawn_on, day, valid):
    assert in_force(Consent(GIVEN, withdrawn_on), day) is valid


def test_a_consent_of_a_representative_is_enough_for_young_children():
    check_consent([Consent(GIVEN)], [CHILD], DAY)
    check_consent([Consent(DAY)], [], DAY)


@pytest.mark.parametrize("consents", [[], [Consent(DAY + timedelta(days=1))]])
def test_no_consent_yet(consents):
    broken = refused(consents)
    assert broken.code == "no_consent"
    assert broken.params == {"day": DAY}


def test_a_withdrawn_consent_is_named_with_its_last_date():
    first = Consent(date(2025, 1, 1), date(2025, 6, 1))
    last = Consent(date(2025, 9, 1), date(2026, 11, 20))
    broken = refused([last, first])
    assert broken.code == "consent_withdrawn"
    assert broken.params == {"withdrawn_on": date(2026, 11, 20)}


def test_a_new_consent_after_a_withdrawal_counts():
    check_consent([Consent(date(2025, 1, 1), date(2025, 6, 1)), Consent(GIVEN)], [], DAY)


def test_the_paper_of_somebody_else_is_no_consent():
    neighbor = Consent(GIVEN, by_representative=False)
    assert refused([neighbor]).code == "consent_not_representative"
    assert refused([neighbor, Consent(GIVEN, DAY)]).code == "consent_withdrawn"
    assert refused([Consent(GIVEN, DAY, by_representative=False)]).code == "no_consent"
    check_consent([neighbor, Consent(GIVEN)], [], DAY)


def test_one_of_14_signs_too():
    broken = refused([Consent(GIVEN)], [CHILD, TEEN])
    assert broken.code == "minor_must_sign"
    assert broken.params == {"age": 14, "names": "Petrova A."}
    check_consent([Consent(GIVEN)], [CHILD, TEEN], DAY - timedelta(days=1))
    check_consent([Consent(GIVEN, minors_signed=frozenset({2}))], [CHILD, TEEN], DAY)


def test_everybody_who_still_has_to_sign_is_named():
    twin = Minor(3, birth_date=TEEN.birth_date, name="Petrov B.")
    nameless = Minor(4, birth_year=2011)
    assert refused([Consent(GIVEN)], [TEEN, twin, nameless]).params["names"] == "Petrova A., Petrov B., #4"
    signed = Consent(GIVEN, minors_signed=frozenset({2, 4}))
    assert refused([signed], [TEEN, twin, nameless]).params["names"] == "Petrov B."


def test_signatures_on_the_consents_of_both_parents_add_up():
    twin = Minor(3, birth_date=TEEN.birth_date)
    mother = Consent(GIVEN, minors_signed=frozenset({2}))
    father = Consent(GIVEN, minors_signed=frozenset({3}))
    check_consent([mother, father], [TEEN, twin], DAY)


def test_a_signature_on_a_paper_that_is_not_in_force_does_not_count():
    signed = frozenset({2})
    for paper in (Consent(GIVEN, DAY, minors_signed=signed), Consent(GIVEN, None, False, signed)):
        assert refused([Consent(GIVEN), paper], [TEEN]).code == "minor_must_sign"


@pytest.mark.parametrize(
    ("year", "day", "must_sign"),
    [
        (2012, date(2026, 12, 31), False),
        (2012, date(2027, 1, 1), True),
        (2011, date(2026, 1, 1), True),
        (2008, date(2026, 12, 31), True),
        (2007, date(2026, 1, 1), False),
    ],
)
def test_one_with_only_a_year_of_birth_signs_when_surely_14(year, day, must_sign):
    minors = [Minor(5, birth_year=year, name="Petrov V.")]
    if must_sign:
        assert refused([Consent(date(2025, 1, 1))], minors, day).code == "minor_must_sign"
    else:
        check_consent([Consent(date(2025, 1, 1))], minors, day)


def test_one_of_unknown_age_or_of_age_does_not_sign_as_a_minor():
    grown = Minor(6, birth_date=date(2008, 11, 22))
    check_consent([Consent(GIVEN)], [Minor(5), grown], DAY)
    assert refused([Consent(date(2026, 1, 1))], [grown], DAY - timedelta(days=1)).code == "minor_must_sign"


def test_the_signing_age_is_a_setting():
    check_consent([Consent(GIVEN)], [TEEN], DAY, signing_age=None)
    check_consent([Consent(GIVEN)], [TEEN], DAY, signing_age=15)
    assert refused([Consent(GIVEN)], [CHILD], signing_age=8).params["age"] == 8
