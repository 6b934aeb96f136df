"""The versions of the procedures as a file."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.lists import person
from portal.procedures.labels import PROCEDURES
from portal.sheets import Column, Kind

VERSIONS = (
    Column(_l("Procedure"), lambda row: PROCEDURES[row.Procedure.code]),
    Column(_l("Version"), lambda row: row.Procedure.version, Kind.INTEGER),
    Column(  # the first one is in force from the beginning
        _l("In force from"),
        lambda row: row.Procedure.starts_on if row.Procedure.version > 1 else None,
        Kind.DATE,
    ),
    Column(_l("Steps"), lambda row: row.Procedure.size, Kind.INTEGER),
    Column(_l("Who"), lambda row: person(row) or _("the portal")),
    Column(_l("What changes and why"), lambda row: row.Procedure.note),
)
