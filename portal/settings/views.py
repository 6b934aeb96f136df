"""The administrator's settings, and the auditor's log."""

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from portal.access import LARGEST_ID, Permission, requires
from portal.settings import actions, queries
from portal.settings.event_names import EVENT_NAMES, KIND_NAMES, PAGE_NAMES
from portal.settings.forms import SettingsForm
from portal.web import go, render

bp = Blueprint("settings", __name__, url_prefix="/settings")


@bp.route("/", methods=["GET", "POST"])
@requires(Permission.SETTINGS_MANAGE)
def edit() -> Response:
    """The centre's name and the rules that may be set."""
    form = SettingsForm(data={name: queries.value(name) for name in queries.DEFAULTS})
    if form.validate_on_submit():
        actions.change_settings(current_user.id, **form.values())
        return go(url_for(".edit"), _("Saved."))
    return render("settings/edit.html", form=form, status=422 if form.is_submitted() else 200)


@bp.get("/audit")
@requires(Permission.AUDIT_READ)
def audit_log() -> Response:
    """Who did what and when, and who looked at which family; no content."""
    before = min(request.args.get("before", LARGEST_ID, type=int), LARGEST_ID)
    kind = "looks" if request.args.get("show") == "looks" else "changes"
    names = {"event": EVENT_NAMES, "kind": KIND_NAMES, "page": PAGE_NAMES}
    return render("settings/audit.html", page=queries.audit_page(kind, before), kind=kind, names=names)
