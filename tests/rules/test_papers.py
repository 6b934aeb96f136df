"""Which papers a family should have, and how it stands with each."""

from datetime import date

import pytest

from portal.rules import RuleBroken, papers
from portal.rules.lifecycle import Stage, Status
from portal.rules.papers import Have, State

TODAY = date(2026, 11, 23)
BEFORE = {"application", "consent", "personal-data-consent", "survey-report", "service-agreement"}
ENROLLED = BEFORE | {"enrollment-order", "social-diagnosis", "support-plan"}


@pytest.mark.parametrize(
    ("status", "stage", "codes"),
    [
        (Status.IDENTIFIED, None, BEFORE),
        (Status.CONSENTED, None, BEFORE),
        (Status.SUBMITTED, None, BEFORE),
        (Status.ENROLLED, Stage.PREPARATORY, ENROLLED),
        (Status.ENROLLED, Stage.MAIN, ENROLLED),
        (Status.ENROLLED, Stage.FINAL, ENROLLED | {"closing-analysis"}),
        (Status.SUSPENDED, Stage.MAIN, ENROLLED | {"closing-analysis"}),
        (Status.REMOVED, None, ENROLLED - BEFORE | {"closing-analysis", "removal-order"}),
        (Status.DECLINED, None, set()),
        (Status.REFUSED, None, set()),
        ("", None, set()),
    ],
)
def test_what_a_family_should_have(status: str, stage: str | None, codes: set[str]) -> None:
    assert set(papers.wanted(status, stage, imported=False)) == codes
    assert set(papers.wanted(status, stage, imported=True)) == codes - papers.BEFORE_THE_PORTAL


@pytest.mark.parametrize(
    ("have", "state"),
    [
        (Have(), State.MISSING),
        (Have(is_signed=True), State.MISSING),
        (Have(is_there=True), State.UNSIGNED),
        (Have(is_there=True, is_signed=True), State.FINE),
        (Have(is_there=True, ended_on=TODAY, is_signed=True), State.FINE),
        (Have(is_there=True, ended_on=date(2026, 11, 22), is_signed=True), State.EXPIRED),
        (Have(is_there=False, ended_on=date(2026, 11, 22)), State.EXPIRED),
        (Have(is_there=False, ended_on=TODAY), State.MISSING),
    ],
)
def test_how_it_stands_with_a_paper(have: Have, state: State) -> None:
    assert papers.state(have, TODAY) == state


def test_the_worst_is_first_and_else_the_order_stays() -> None:
    given = [
        ("a", State.FINE),
        ("b", State.UNSIGNED),
        ("c", State.MISSING),
        ("d", State.EXPIRED),
        ("e", State.MISSING),
    ]
    assert [code for code, _state in papers.worst_first(given)] == ["c", "e", "d", "b", "a"]


@pytest.mark.parametrize(
    ("term", "ends_on", "over"),
    [
        ("short", date(2026, 11, 22), date(2026, 11, 22)),
        ("short", TODAY, None),
        ("short", None, None),
        ("long", date(2026, 11, 22), None),
        (None, None, None),
    ],
)
def test_a_short_term_ends_its_agreement(term: str | None, ends_on: date | None, over: date | None) -> None:
    assert papers.term_over(term, ends_on, TODAY) == over


def test_days_of_the_register() -> None:
    papers.check_day(TODAY, None, TODAY)
    papers.check_day(TODAY, TODAY, TODAY)
    papers.check_signed(TODAY, TODAY, TODAY)
    for broken in (
        lambda: papers.check_day(date(2026, 11, 24), None, TODAY),
        lambda: papers.check_day(date(2026, 11, 22), TODAY, TODAY),
    ):
        with pytest.raises(RuleBroken, match="paper_day"):
            broken()
    for signed_on in (date(2026, 11, 21), date(2026, 11, 24)):
        with pytest.raises(RuleBroken, match="paper_signed_on"):
            papers.check_signed(signed_on, date(2026, 11, 22), TODAY)


def test_a_paper_is_numbered_when_it_says_what_it_must() -> None:
    for code, (fact, what) in papers.MUST_SAY.items():
        papers.check_complete(code, lambda name, fact=fact: name == fact)
        with pytest.raises(RuleBroken) as caught:
            papers.check_complete(code, lambda _name: False)
        assert (caught.value.code, caught.value.message) == ("paper_incomplete", what)


def test_kinds_that_are_complete_with_what_they_are_made_of() -> None:
    for code in ("enrollment-order", "personal-data-consent", "service-journal", "period-report"):
        papers.check_complete(code, lambda _name: False)
