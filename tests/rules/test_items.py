"""What each kind of item asks, as a table."""

from datetime import date

import pytest

from portal.rules import RuleBroken, items
from portal.rules.items import KINDS, Kind
from portal.rules.lifecycle import Status

DAY, LATER, LATEST = date(2026, 3, 2), date(2026, 6, 1), date(2026, 9, 1)
FITS = {  # DOMAIN §3 and R2, by hand
    "enroll": {"submitted"},
    "refuse": {"submitted"},
    "remove": {"enrolled", "suspended"},
    "regime": {"enrolled"},
    "term": {"enrolled"},
    "extend": {"enrolled"},
    "ratify": {"enrolled"},
    "transfer": {"enrolled", "suspended"},
    "question": set(),
}


def _code(check: object, *args: object) -> str:
    try:
        check(*args)  # type: ignore[operator]
    except RuleBroken as broken:
        return broken.code
    return ""


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("status", list(Status))
def test_which_patronages_a_kind_fits(kind: Kind, status: Status) -> None:
    assert _code(items.check_status, kind, status) == ("" if status in FITS[kind] else "wrong_state")


def test_every_kind_is_in_the_table() -> None:
    assert set(KINDS) == set(Kind) == set(FITS)
    assert {kind for kind, asked in KINDS.items() if asked.analysis} == items.REMOVING
    assert {kind for kind, asked in KINDS.items() if asked.consent} == {Kind.ENROLL}


@pytest.mark.parametrize(
    ("now", "proposed", "waits", "code"),
    [
        ("planned", "control", False, ""),
        ("planned", "emergency", False, ""),
        ("planned", "planned", False, "same_regime"),
        ("planned", None, False, "no_regime"),
        ("emergency", "control", True, "emergency_waits"),
    ],
)
def test_a_regime_really_differs(now: str, proposed: str | None, waits: bool, code: str) -> None:
    assert _code(items.check_regime, now, proposed, waits) == code


@pytest.mark.parametrize(
    ("now", "term", "ends_on", "code"),
    [
        (("long", None), "short", LATER, ""),
        (("short", LATER), "long", None, ""),
        (("short", LATER), "short", LATEST, ""),
        (("long", None), "long", None, "same_term"),
        (("short", LATER), "short", LATER, "same_term"),
        (("long", None), "short", None, "term_needs_end"),
        (("long", None), "short", DAY, "term_end_before_start"),
        (("short", LATER), "long", LATER, "long_term_has_end"),
        (("long", None), None, None, "no_term"),
    ],
)
def test_a_term_really_differs(
    now: tuple[str, date | None], term: str | None, ends_on: date | None, code: str
) -> None:
    assert _code(items.check_new_term, now, term, ends_on, DAY) == code


@pytest.mark.parametrize(
    ("now", "ends_on", "code"),
    [
        (("short", LATER), LATEST, ""),
        (("short", DAY), LATER, ""),
        (("short", LATER), LATER, "end_not_later"),
        (("short", LATEST), LATER, "end_not_later"),
        (("short", date(2026, 1, 1)), DAY, "term_end_before_start"),
        (("short", LATER), None, "term_needs_end"),
        (("long", None), LATER, "nothing_to_extend"),
        ((None, None), LATER, "nothing_to_extend"),
    ],
)
def test_an_extension_ends_later(
    now: tuple[str | None, date | None], ends_on: date | None, code: str
) -> None:
    assert _code(items.check_extension, now, ends_on, DAY) == code


def test_what_is_named_in_words() -> None:
    assert _code(items.check_ratify, True) == "" and _code(items.check_ratify, False) == "no_emergency"
    for check, code in ((items.check_place, "no_place"), (items.check_question, "no_question")):
        assert [_code(check, text) for text in ("слово", " ", "", None)] == ["", code, code, code]


@pytest.mark.parametrize(
    ("regime", "why", "code"),
    [
        ("planned", "побои", ""),
        (None, "побои", ""),
        ("emergency", "побои", "already_emergency"),
        ("control", " ", "why_missing"),
    ],
)
def test_an_emergency_starts_once_and_with_a_reason(regime: str | None, why: str, code: str) -> None:
    assert _code(items.check_emergency, regime, why) == code


@pytest.mark.parametrize(
    ("why", "until", "code"),
    [
        ("нет справки", None, ""),
        ("нет справки", DAY, ""),
        ("нет справки", date(2026, 3, 1), "until_in_past"),
        ("", LATER, "why_missing"),
    ],
)
def test_a_deferral_says_why_and_not_into_the_past(why: str, until: date | None, code: str) -> None:
    assert _code(items.check_deferral, why, until, DAY) == code
