"""What a page asks while somebody types: keep a draft, forget it, the token of a new login. Answers are JSON."""

from flask import Blueprint, Response, jsonify, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from portal import clock
from portal.access import Permission, requires
from portal.drafts import actions
from portal.drafts.keeping import sent
from portal.drafts.places import place_named
from portal.rules import RuleBroken
from portal.web import csrf_token, go, words

bp = Blueprint("drafts", __name__, url_prefix="/drafts")


@bp.post("/")
@requires(Permission.OWN_ACCOUNT)
def save() -> Response:
    """Keep what has been typed so far: {"said": …}; 422 for what is no form, or too long."""
    try:
        moment = actions.keep(current_user.id, *sent())
    except RuleBroken as broken:
        answer = jsonify(said=words(broken))
        answer.status_code = 422
        return answer
    return jsonify(said=_("The draft was kept at %(time)s", time=f"{clock.local(moment):%H:%M}"))


@bp.post("/drop")
@requires(Permission.OWN_ACCOUNT)
def drop() -> Response:
    """Forget the draft of a form, and open the form without it."""
    place = place_named(request.form.get("place", ""))
    if place is None:
        return go(url_for("home.index"))
    actions.drop(current_user.id, place)
    return go(place, _("The draft is deleted."))


@bp.get("/token")
@requires(Permission.OWN_ACCOUNT)
def token() -> Response:
    """Who is signed in, and the token of this login: a page opened before it goes on with that."""
    return jsonify(user=current_user.id, token=csrf_token())
