"""A kind of paper of the tests' own, made in no time."""

from collections.abc import Iterator

import pytest

from portal.papers import catalog, making
from portal.papers.kind import Kind
from tests.papers.kinds import Said, drawn, tried_kind


@pytest.fixture
def said() -> Said:
    """What the tried paper says."""
    return Said()


@pytest.fixture
def tried(said: Said, monkeypatch: pytest.MonkeyPatch) -> Iterator[Kind]:
    """The kind, known to the portal while the test runs."""
    kind = tried_kind(said)
    monkeypatch.setitem(catalog.KINDS, kind.code, kind)
    monkeypatch.setattr(making, "make", drawn)
    yield kind
