"""Names in cases: the list worked by hand, and what holds of any name."""

from pathlib import Path

import pytest

from portal.papers.name_cases import decline
from portal.papers.name_models import CASES

BY_HAND = Path(__file__).with_name("names_by_hand.txt").read_text(encoding="utf-8")


def _entries():
    for paragraph in BY_HAND.split("\n\n"):
        lines = [line for line in paragraph.splitlines() if line and not line.startswith("#")]
        if lines:
            yield pytest.param(*lines[0].split("|"), lines[1:], id=lines[0])


ENTRIES = list(_entries())


def test_the_list_worked_by_hand_is_long_enough():
    assert len(ENTRIES) >= 60
    assert all(len(entry.values[-1]) == len(CASES) for entry in ENTRIES)


@pytest.mark.parametrize(("last", "first", "middle", "gender", "wanted"), ENTRIES)
def test_a_name_is_declined_as_worked_by_hand(last, first, middle, gender, wanted):
    cases = decline(last.strip(), first.strip(), middle.strip(), gender.strip() or None)
    assert [getattr(cases, case) for case in CASES] == wanted
