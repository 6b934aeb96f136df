"""The seal of what a paper says: by it a second click and a change of the record are told from a new release."""

from collections.abc import Iterator
from typing import Any

from portal import seals
from portal.i18n import speaking
from portal.papers.kind import Facts, Kind


def facts_of(kind: Kind, object_id: int) -> Facts:
    """All that the paper says today, without its number and day."""
    with speaking("ru"):
        return kind.facts(object_id)


def seals_of(kind: Kind, object_id: int, facts: Facts) -> list[str]:
    """The seal with which these facts are registered today, then those that they got from earlier releases.

    Facts that a release has added to the kind (`later`) are no change of the record, nor is the order they stand in.
    """
    return [
        seals.mac("paper", kind.code, object_id, said)
        for shape in _shapes(kind, facts)
        for said in (_in_order(shape), shape)
    ]


def _shapes(kind: Kind, facts: Facts) -> Iterator[Facts]:
    yield facts
    for names in reversed(kind.later):
        for name in names:
            facts = _without(facts, name)
        yield facts


def _without(facts: Any, name: str) -> Any:
    """The facts without that of the dotted name; of a list, its rows without it."""
    if isinstance(facts, list):
        return [_without(row, name) for row in facts]
    first, _dot, rest = name.partition(".")
    if not rest:
        return {key: value for key, value in facts.items() if key != first}
    return {key: _without(value, rest) if key == first else value for key, value in facts.items()}


def _in_order(facts: Any) -> Any:
    """The same with the names sorted, however the code that gathers them is arranged."""
    if isinstance(facts, list):
        return [_in_order(one) for one in facts]
    return {key: _in_order(facts[key]) for key in sorted(facts)} if isinstance(facts, dict) else facts
