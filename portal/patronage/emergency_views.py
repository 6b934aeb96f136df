"""A head starts the emergency regime at once (DOMAIN §3)."""

from flask import Response, url_for
from flask_babel import gettext as _
from flask_login import current_user

from portal import audit
from portal.access import Permission, requires
from portal.patronage import queries, regimes
from portal.patronage.forms import EmergencyForm
from portal.patronage.labels import REGIMES
from portal.patronage.queries import Episode
from portal.patronage.views import bp as bp  # given on with its pages
from portal.rules import items, lifecycle
from portal.web import go, moved_on, render


@bp.route("/families/<int:family_id>/emergency", methods=["GET", "POST"])
@requires(Permission.EMERGENCY_START, of=queries.running_episode)
def start_emergency(found: Episode) -> Response:
    """The emergency regime from today on, with the reason; the next meeting ratifies or ends it."""
    form, back = EmergencyForm(), url_for("families.show", family_id=found.family.id)
    patronage = found.patronage
    if over := moved_on(back, _check, patronage.status, patronage.regime):
        return over
    if form.validate_on_submit():
        with form.rules():
            regimes.start_emergency(patronage.id, form.why.data, current_user.id)
            done = _(
                "The emergency regime holds from today on. The consilium decides on it at its next meeting."
            )
            return go(back, done)
    audit.look(current_user.id, found.family.id, "emergency")
    return render("patronage/emergency.html", form=form, found=found, back=back, regimes=REGIMES)


def _check(status: str, regime: str | None) -> None:
    lifecycle.check_enrolled(status)
    items.check_emergency(regime, "…")
