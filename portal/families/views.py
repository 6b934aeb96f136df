"""Pages of families."""

from flask import Blueprint, Response

from portal.access import Permission, requires
from portal.web import render

bp = Blueprint("families", __name__, url_prefix="/families")


@bp.get("/")
@requires(Permission.FAMILY_VIEW)
def index() -> Response:
    """The list of families."""
    return render("families/index.html")
