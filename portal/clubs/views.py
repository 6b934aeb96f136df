"""Pages of clubs."""

from flask import Blueprint, Response

from portal.access import Permission, requires
from portal.web import render

bp = Blueprint("clubs", __name__, url_prefix="/clubs")


@bp.get("/")
@requires(Permission.CLUB_VIEW)
def index() -> Response:
    """The week of all clubs."""
    return render("clubs/index.html")
