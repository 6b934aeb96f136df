"""My work, the menu, search, health."""

from flask import Blueprint, Response, jsonify, request
from flask_login import current_user
from sqlalchemy import text

from portal import clock
from portal.access import Permission, public, requires
from portal.db import db
from portal.home import queries
from portal.rules.names import clean
from portal.web import render

bp = Blueprint("home", __name__)


@bp.get("/")
@requires(Permission.OWN_ACCOUNT)
def index() -> Response:
    """My work: what waits for me, by role."""
    return render("home/index.html", work=queries.my_work(current_user), today=clock.today())


@bp.get("/menu")
@requires(Permission.OWN_ACCOUNT)
def menu() -> Response:
    """The whole menu: the fifth button of the phone."""
    return render("home/menu.html")


@bp.get("/search")
@requires(Permission.SEARCH)
def search() -> Response:
    """Families and colleagues by a part of a name, a phone, a number."""
    wanted = clean(request.args.get("q", "")[:200])[:100]
    return render("home/search.html", wanted=wanted, found=queries.found(current_user, wanted))


@bp.get("/healthz")
@public
def health() -> Response:
    """200 when the portal and its database answer."""
    db.session.execute(text("SELECT 1"))
    return jsonify(ok=True)
