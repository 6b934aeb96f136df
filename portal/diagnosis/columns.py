"""The diagnoses of a family as a file."""

from flask_babel import lazy_gettext as _l

from portal.diagnosis.labels import DEPTHS, STATES
from portal.sheets import Column, Kind

DIAGNOSES = (
    Column(_l("No."), "number", Kind.INTEGER),
    Column(_l("Day"), "day", Kind.DATE),
    Column(_l("State"), lambda one: STATES[one.state][1]),
    Column(_l("Depth of the crisis"), "depth", Kind.INTEGER),
    Column(_l("In words"), lambda one: None if one.depth is None else DEPTHS[one.depth]),
    Column(_l("Written by"), "author"),
    Column(_l("Patronage opened on"), "opened_on", Kind.DATE),
)
