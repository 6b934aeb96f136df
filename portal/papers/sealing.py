"""The seal of what a paper says: by it a second click and a change of the record are told from a new release."""

from collections.abc import Callable, Iterator
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

    What a release has added to the facts of the kind, or says otherwise (`earlier` undoes it), is no change of the
    record; nor is the order they stand in.
    """
    return [
        seals.mac("paper", kind.code, object_id, said)
        for shape in _shapes(kind, facts)
        for said in (_in_order(shape), shape)
    ]


def _shapes(kind: Kind, facts: Facts) -> Iterator[Facts]:
    yield facts
    for former in reversed(kind.earlier):
        facts = former(facts)
        yield facts


def without(*names: str) -> Callable[[Facts], Facts]:
    """For `earlier`: before the release that has added the facts of these dotted names."""

    def former(facts: Facts) -> Facts:
        for name in names:
            facts = _without(facts, name)
        return facts

    return former


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
