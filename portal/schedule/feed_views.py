"""The calendar feed: read by calendars without a login, its address made on the account page."""

from flask import Blueprint, Response, abort, url_for
from flask_login import current_user

from portal.access import Permission, public, requires
from portal.schedule import feeds
from portal.web import render

bp = Blueprint("feeds", __name__)


@bp.get("/calendar/<feed>.ics")
@public
def calendar(feed: str) -> Response:
    """The calendar of whoever this secret address was told to."""
    user = feeds.owner(feed)
    if user is None:
        abort(404)
    return Response(feeds.calendar_of(user), mimetype="text/calendar")


@bp.post("/profile/calendar")
@requires(Permission.OWN_ACCOUNT)
def renew() -> Response:
    """A new address, shown this once."""
    link = url_for(".calendar", feed=feeds.renew(current_user.id), _external=True)
    return render("schedule/feed.html", link=link, picture=_picture(link))


def _picture(link: str) -> str:
    """The address as a code for the phone's camera, inside the page: it has no address at which others could see it."""
    import segno  # no other page of one's account draws one

    return str(
        segno.make(link, error="m", micro=False).svg_data_uri(scale=4, border=2, dark="#000", light="#fff")
    )
