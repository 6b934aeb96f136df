"""The address that the register's import had: it leads to the wizard."""

from flask import Blueprint, Response, url_for

from portal.access import Permission, requires
from portal.web import go

bp = Blueprint("exchange", __name__, url_prefix="/families/import")


@bp.get("")
@requires(Permission.FAMILY_IMPORT)
def upload() -> Response:
    """To the register of families in the wizard."""
    return go(url_for("imports.upload", kind_code="families"))
