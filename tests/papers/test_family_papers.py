"""The papers of a family say what the record holds, and read well when it holds nothing."""

import pytest

from portal.papers import filling, layouts
from portal.papers.catalog import KINDS
from tests.papers.rich import facts_of, make_world, shape

CODES = (
    *("consent", "withdrawal", "personal-data-consent", "photo-consent", "application", "survey-report"),
    *("service-agreement", "family-card", "social-diagnosis", "support-plan", "closing-analysis"),
    *("visit-schedule", "visit-sheet", "outing-log"),
)


@pytest.fixture
def world(app):
    return make_world()


def day(value):
    return f"{value:%d.%m.%Y}"


def test_all_kinds_are_there():
    assert set(CODES) <= set(KINDS)


@pytest.mark.parametrize("code", CODES)
def test_the_layout_asks_for_nothing_that_its_sample_lacks(code, app):
    filling.check(layouts.read(code), KINDS[code].sample)


def test_facts_have_the_names_of_the_sample(world):
    for code in CODES:
        assert shape(facts_of(code, world.ids[code])) == shape(KINDS[code].sample), code
