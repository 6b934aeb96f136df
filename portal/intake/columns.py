"""The surveys that wait, as a file."""

from flask_babel import lazy_gettext as _l

from portal.intake.labels import countdown
from portal.lists import person
from portal.sheets import Column, Kind

SURVEYS = (  # of a row and its standing
    Column(_l("Family No."), lambda one: one[0].number, Kind.INTEGER),
    Column(_l("Family"), lambda one: one[0].surname),
    Column(_l("Received on"), lambda one: one[0].since, Kind.DATE),
    Column(_l("Application entered"), lambda one: one[0].kind is not None, Kind.YES_NO),
    Column(_l("Due by"), lambda one: one[1].due_on, Kind.DATE),
    Column(_l("State"), lambda one: countdown(one[1])[1]),
    Column(_l("Taken in by"), lambda one: person(one[0])),
)
