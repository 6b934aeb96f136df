"""The accounts as a file: no password, no token."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.access import ROLE_NAMES
from portal.sheets import Column, Kind


def _state(user: Any) -> str:
    if user.dismissed_on:
        return str(_("Left"))
    return str(_("active") if user.password_hash else _("no password yet"))


PEOPLE = (
    Column(_l("Name"), "full_name"),
    Column(_l("Position"), "position"),
    Column(_l("Department"), "department"),
    Column(_l("Roles"), lambda user: ", ".join(str(ROLE_NAMES[role]) for role in sorted(user.roles))),
    Column(_l("User name"), "username"),
    Column(_l("State"), _state),
    Column(_l("Left on"), "dismissed_on", Kind.DATE),
)
