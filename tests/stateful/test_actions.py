"""Whatever several people press in whatever order: no rule of DOMAIN breaks, and what stands stays."""

import os
from collections import Counter

from hypothesis.stateful import run_state_machine_as_test

from portal.events import Event
from tests.stateful.days import Days
from tests.stateful.world import bounded, ground

CONSILIUM = ("consilium.", "meeting.", "item.", "vote.", "minutes.", "decision.")  # its events


def test_no_order_of_actions_breaks_a_rule(app, config):
    with ground(app, config) as here:

        class Here(Days):
            ground = here
            told: Counter = Counter()  # noqa: RUF012

        run_state_machine_as_test(Here, settings=bounded(examples=20, steps=60))
        if os.environ.get("STEPS"):
            print("\n".join(f"{count:6} {name}" for name, count in sorted(Here.told.items())))
            wanted = {f"event {one.value}" for one in Event if one.value.startswith(CONSILIUM)}
            print(f"never done at the consilium: {sorted(wanted - set(Here.told))}")
        assert Here.told["steps"] >= 1_000
