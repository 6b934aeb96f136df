"""The administrator's look into the outbox: what did not go, and why."""

from flask import Blueprint, Response, current_app, url_for
from flask_babel import gettext as _
from flask_login import current_user

from portal import lists
from portal.access import Permission, requires
from portal.lists import takeable
from portal.mail import outbox
from portal.mail.columns import LETTERS, PROBLEMS
from portal.mail.models import Mail
from portal.sheets import MOST_ROWS
from portal.web import attempt, render

bp = Blueprint("mail", __name__, url_prefix="/settings/mail")


@bp.route("/", methods=["GET", "POST"])
@requires(Permission.SETTINGS_MANAGE)
@takeable
def index() -> Response:
    """Letters that did not go, with what to do."""
    if lists.asked():
        return lists.give("mail", _("Letters that did not go"), LETTERS, outbox.failures(MOST_ROWS))
    return render(
        "mail/index.html",
        mails=outbox.failures(),
        counts=outbox.counts(),
        problems=PROBLEMS,
        is_on=outbox.is_on(),
        sender=current_app.config["MAIL_FROM"],
    )


@bp.post("/<int:mail_id>/again")
@requires(Permission.SETTINGS_MANAGE, of=outbox.get_mail)
def again(mail: Mail) -> Response:
    """Send a letter once more."""
    done = _("The letter will be sent within a minute.")
    return attempt(url_for(".index"), done, outbox.send_again, mail.id, current_user.id)
