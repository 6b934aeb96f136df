"""Pages of consilium."""

from flask import Blueprint, Response

from portal.access import Permission, requires
from portal.web import render

bp = Blueprint("consilium", __name__, url_prefix="/consilium")


@bp.get("/")
@requires(Permission.MEETING_VIEW)
def index() -> Response:
    """Meetings, the next first."""
    return render("consilium/index.html")
