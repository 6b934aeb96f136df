"""A decision is taken and carried out in one transaction, or not at all."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal.check import broken_rules
from portal.consilium import decisions, outcome
from portal.db import Base, db
from tests.consilium.rows import make_people, make_vote, vote_all
from tests.consilium.test_kinds import CASES, put_to_vote


def whole_database() -> dict[str, list[Any]]:
    """Every row of every table."""
    db.session.rollback()
    tables = Base.metadata.sorted_tables
    return {one.name: sorted(map(repr, db.session.execute(select(one)))) for one in tables}


FAILING = [("for", kind) for kind in outcome.CARRIED] + [("against", kind) for kind in outcome.REJECTED]


@pytest.mark.parametrize(("choice", "kind"), FAILING)
def test_what_fails_while_it_is_done_leaves_nothing_decided(
    app: Flask, monkeypatch: pytest.MonkeyPatch, choice: str, kind: str
) -> None:
    """In the same transaction or not at all: no decision, no number, no count, no row of any table is another."""
    people = make_people()
    if kind == "enroll":
        _meeting, item_id, _family = make_vote(people)
        vote_all(people, item_id, *[choice] * 4)
    else:
        make, proposal, _carried, _rejected = CASES[kind]
        item_id = put_to_vote(people, kind, make(people), proposal(), choice)
    table = outcome.CARRIED if choice == "for" else outcome.REJECTED
    real = table[kind]

    def done_and_broken(deed: outcome.Deed) -> None:
        real(deed)
        deed.s.flush()
        raise RuntimeError("the disk is full")

    before = whole_database()
    with monkeypatch.context() as patch, pytest.raises(RuntimeError):
        patch.setitem(table, kind, done_and_broken)  # type: ignore[arg-type]
        decisions.close_item(item_id, people.chair.id)
    assert whole_database() == before
    decision = decisions.close_item(item_id, people.chair.id)
    assert (decision.number, decision.carried) == (1, choice == "for"), "no number is lost"
    assert broken_rules() == []
