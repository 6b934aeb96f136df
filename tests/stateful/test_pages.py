"""Whatever a page shows to somebody can be pressed by them: no error, no closed door, no «it has moved on»."""

import os
import sys
from collections import Counter
from random import Random

import pytest
from hypothesis.stateful import run_state_machine_as_test

from portal import web
from portal.db import is_sqlite
from tests.stateful.busy import Busy
from tests.stateful.pages import Pages
from tests.stateful.reach import to_be_sent
from tests.stateful.world import bounded, ground

MOST_WALKS, LOOKS = 8, 120  # of a tour, and pages in each


@pytest.fixture
def refusals(monkeypatch) -> list[str]:
    """The codes of the refusals that pages have put into words."""
    codes: list[str] = []
    words = web.words

    def heard(broken):
        codes.append(broken.code)
        return words(broken)

    for name, module in list(sys.modules.items()):  # wherever it was imported to
        if name.startswith("portal.") and getattr(module, "words", None) is words:
            monkeypatch.setattr(module, "words", heard)
    return codes


def test_whatever_is_shown_can_be_pressed(app, config, refusals):
    """What pages show does not hang on the database: in a short run every form is reached on one of them."""
    whole = is_sqlite() or "STEPS" in os.environ
    with ground(app, config, Busy) as here:

        class Here(Pages):
            ground = here
            told: Counter = Counter()  # noqa: RUF012
            taken: Counter = Counter()  # noqa: RUF012

        Here.refusals, Here.expected = refusals, to_be_sent(app)
        try:
            tour(Here, MOST_WALKS if whole else 1)
            run_state_machine_as_test(
                Here, settings=bounded(examples=2, steps=40 if "STEPS" in os.environ else 4)
            )
        finally:
            print(told(Here.told))
        never = sorted(Here.expected - set(Here.taken))
        assert not (whole and never), f"never sent with success: {never}"


def tour(kind: type[Pages], walks: int) -> None:
    """Everything that can be pressed is, once at least: several walks, each through the centre as it was made."""
    for seed in range(walks):
        walk, chance = kind(), Random(seed)
        walk.got = {name for name in kind.expected if kind.taken[name]}
        for _ in range(LOOKS if walks > 1 else LOOKS // 3):
            if walk.expected == walk.got:
                break
            walk.look(chance, eager=1)
        walk.holds()
        walk.teardown()
        print(f"after walk {seed}: {len(walk.got)} of {len(walk.expected)} taken")
        if walk.expected == walk.got:
            break


def told(counted: Counter[str]) -> str:
    """The tally, a line each; pytest shows what was printed when the test fails, or with -s."""
    return "\n".join(f"{count:6} {name}" for name, count in sorted(counted.items()))
