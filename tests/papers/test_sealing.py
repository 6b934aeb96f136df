"""What a registered paper said is compared with the record, not with what later releases have added to its kind."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from portal import clock
from portal.accounts.models import User
from portal.papers import actions, catalog, sealing
from portal.papers.kind import Facts, Kind
from tests.client import Client
from tests.factories import make_family, make_user
from tests.papers.kinds import CODE, Said

NAMES = Path(__file__).parent / "fact_names.txt"


@pytest.fixture
def head(app: Flask) -> User:
    """Who registers."""
    return make_user("head")


def _released(kind: Kind, monkeypatch: pytest.MonkeyPatch, *later: tuple[str, ...]) -> Kind:
    """The kind after releases that have added these facts to it."""
    former = tuple(sealing.without(*names) for names in later)
    monkeypatch.setitem(catalog.KINDS, kind.code, replace(kind, earlier=former))
    return catalog.KINDS[kind.code]


def test_facts_that_a_release_adds_are_no_change(
    app: Flask, tried: Kind, said: Said, head: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    family_id = make_family().id
    said.facts |= {"rows": [{"no": "1"}], "visit": {"day": "22.11.2026"}}
    first = actions.register(tried, family_id, clock.today(), head.id)
    said.facts["rows"][0]["mark"] = "выполнено"
    said.facts["visit"]["late"] = ""
    second_release = _released(tried, monkeypatch, ("rows.mark", "visit.late"))
    assert actions.register(second_release, family_id, clock.today(), head.id) == (first.id, False)
    said.facts["advice"] = "Заниматься"
    third_release = _released(tried, monkeypatch, ("rows.mark", "visit.late"), ("advice",))
    assert actions.register(third_release, family_id, clock.today(), head.id) == (first.id, False)
    page = Client(app, head)
    assert "изменилось" not in page.get(f"/papers/{CODE}/{family_id}").text
    said.facts["visit"]["day"] = "23.11.2026"
    assert "изменилось" in page.get(f"/papers/{CODE}/{family_id}").text
    assert actions.register(third_release, family_id, clock.today(), head.id).is_new


def test_what_a_later_fact_says_is_a_change_of_papers_that_have_it(
    tried: Kind, said: Said, head: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind, family_id = _released(tried, monkeypatch, ("advice",)), make_family().id
    said.facts["advice"] = "Заниматься"
    assert actions.register(kind, family_id, clock.today(), head.id).is_new
    said.facts["advice"] = "Посетить логопеда"
    assert actions.register(kind, family_id, clock.today(), head.id).is_new


def test_the_order_of_facts_says_nothing(tried: Kind, said: Said, head: User) -> None:
    family_id = make_family().id
    said.facts |= {"rows": [{"no": "1", "text": "да"}]}
    first = actions.register(tried, family_id, clock.today(), head.id)
    said.facts = {"rows": [{"text": "да", "no": "1"}], **{"word": said.facts["word"]}}
    assert actions.register(tried, family_id, clock.today(), head.id) == (first.id, False)


def test_papers_sealed_before_the_names_were_sorted_are_known(app: Flask, tried: Kind, said: Said) -> None:
    said.facts |= {"a": "1"}
    facts = sealing.facts_of(tried, 1)
    own, as_it_stands = sealing.seals_of(tried, 1, facts)
    assert own != as_it_stands == sealing.seals.mac("paper", tried.code, 1, facts)


def _named(facts: Any, before: str = "") -> set[str]:
    """The dotted names of all facts, those of rows once."""
    if isinstance(facts, list):
        return set().union(*(_named(row, before) for row in facts))
    if not isinstance(facts, dict):
        return {before}
    return set().union(*(_named(value, f"{before}.{name}".lstrip(".")) for name, value in facts.items()))


def _known() -> dict[str, set[str]]:
    rows = (line.split(": ") for line in NAMES.read_text().splitlines() if ": " in line)
    return {code: set(names.split()) for code, names in rows}


def _beginning(kind: Kind) -> Facts:
    facts: Facts = kind.sample
    for former in reversed(kind.earlier):
        facts = former(facts)
    return facts


def test_a_release_says_which_facts_it_adds() -> None:
    """Whoever changes the facts of a kind says by `earlier` what was said before: else papers registered before read
    as changed. What the facts of today cannot give is left among them."""
    here = {kind.code: _named(_beginning(kind)) for kind in catalog.KINDS.values() if kind.is_registered}
    assert here == {code: names for code, names in _known().items() if code in here}


def test_plans_registered_before_several_could_sign_them_read_as_they_did() -> None:
    kind = catalog.KINDS["support-plan"]
    now: Facts = {"author": {"short": "-"}, "representatives": [{"short": "Белова А. И."}], "goals": []}
    before = {"author": {"short": "-"}, "representative": {"short": "Белова А. И."}, "goals": []}
    assert [facts for former in kind.earlier for facts in [former(now)]] == [before]
    assert list(kind.earlier[0](now)) == list(before), "the first seals went by the order"
