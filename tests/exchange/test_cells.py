"""One cell read as what it means."""

from typing import Any

import pytest

from portal.exchange.cells import minutes_of
from tests.refusals import refuses


@pytest.mark.parametrize(
    ("cell", "minutes"),
    [("40", 40), (40.0, 40), ("40 мин", 40), ("1,5 часа", 90), ("1 ч 20 мин", 80), ("1:20", 80), ("", 60)],
)
def test_a_length_is_read_as_it_is_written(cell: Any, minutes: int) -> None:
    assert minutes_of({"minutes": cell}, 60) == minutes


@pytest.mark.parametrize("cell", ["9" * 400, f"{'9' * 400} ч", "10001", 1e300, "долго", "1 2 3"])
def test_what_is_no_length_is_refused(cell: Any) -> None:
    with refuses("unreadable_minutes"):
        minutes_of({"minutes": cell}, 60)
