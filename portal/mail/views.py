"""The administrator's look into the outbox: what did not go, and why."""

from flask import Blueprint, Response, current_app, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from portal.access import Permission, requires
from portal.mail import outbox
from portal.mail.models import Mail
from portal.web import attempt, render

bp = Blueprint("mail", __name__, url_prefix="/settings/mail")
PROBLEMS = {
    "server": _l("the mail server does not answer"),
    "encryption": _l("no encrypted line to the mail server"),
    "login": _l("the mail server does not accept the name or the password"),
    "sender": _l("the mail server does not accept the sender"),
    "address": _l("the mail server does not accept the address"),
    "refused": _l("the mail server has refused the letter"),
    "lost": _l("the line broke while it was sent: it may have arrived"),
}


@bp.get("/")
@requires(Permission.SETTINGS_MANAGE)
def index() -> Response:
    """Letters that did not go, with what to do."""
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
