"""The working days of the center's country."""

from flask import current_app

from portal.rules.workdays import CALENDARS, Calendar


def calendar() -> Calendar:
    """Days off and days worked of the country."""
    return CALENDARS[current_app.config["COUNTRY"]]
