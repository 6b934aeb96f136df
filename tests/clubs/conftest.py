"""Clubs of tests meet on any day of the year."""

import pytest

from portal.rules.workdays import Calendar
from portal.settings import calendar
from tests.factories import make_club, make_user


@pytest.fixture(autouse=True)
def no_holidays(request, monkeypatch):
    """No official day off gets in the way of a test, unless it asks for the country's `holidays`."""
    if "holidays" not in request.fixturenames:
        monkeypatch.setattr(calendar, "of_country", lambda _country, _year: Calendar())


@pytest.fixture
def holidays():
    """The country's days off."""


@pytest.fixture
def leader(app):
    """A social pedagogue."""
    return make_user("pedagogue")


@pytest.fixture
def club(leader):
    """A club of hers."""
    return make_club(leader)
