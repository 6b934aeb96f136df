"""Pages of norms: their versions, one family's year, exemptions, how far they are met."""

from typing import Any

from flask import Blueprint, Response, url_for
from flask_babel import gettext as _
from flask_login import current_user

from portal import audit, clock, lists
from portal.access import Permission, requires
from portal.contacts import labels
from portal.contacts.queries import Ground, ground
from portal.db import db
from portal.families.models import Family
from portal.families.queries import get_worked_with
from portal.lists import takeable, takeable_form
from portal.months import around, month_asked
from portal.norms import actions, columns, judged, queries
from portal.norms import summary as summaries
from portal.norms.forms import EndForm, ExemptionForm, NormsForm
from portal.norms.models import Exemption, NormsRow
from portal.patronage.labels import REGIMES
from portal.patronage.models import Patronage
from portal.rules.norms import BY_LAW
from portal.web import attempt, go, render

bp = Blueprint("norms", __name__)


@bp.context_processor
def context() -> dict[str, Any]:
    """The words of norms, for their templates."""
    return {"labels": labels, "regimes": REGIMES}


def _version(_user: Any, version_id: int) -> NormsRow | None:
    return db.session.get(NormsRow, version_id)


@bp.route("/settings/norms", methods=["GET", "POST"])
@requires(Permission.SETTINGS_MANAGE)
@takeable_form
def versions() -> Response:
    """The norms in force from each day on, and new ones."""
    if lists.asked():
        return lists.give("norms", _("Norms by date"), columns.VERSIONS, columns.all_versions())
    form = NormsForm()
    if form.validate_on_submit():
        with form.rules():
            actions.set_norms(current_user.id, form.starts_on.data, form.norms(), form.basis.data)
            return go(
                url_for(".versions"),
                _("The norms are set. By when each family must be met is worked out anew."),
            )
    return render(
        "norms/versions.html",
        form=form,
        rows=queries.listed(),
        law=BY_LAW.norms,
        norms_of=queries.norms_of,
        today=clock.today(),
    )


@bp.post("/settings/norms/<int:version_id>/take-back")
@requires(Permission.SETTINGS_MANAGE, of=_version)
def take_back(row: NormsRow) -> Response:
    """Norms that have not begun are not to be."""
    back, done = url_for(".versions"), _("The norms are taken back.")
    return attempt(back, done, actions.take_back_norms, row.id, current_user.id)


@bp.route("/contacts/norms/summary", methods=["GET", "POST"])
@requires(Permission.FAMILY_VIEW_ALL)
@takeable
def summary() -> Response:
    """How far the norms were met in a month, by specialist and department."""
    day = month_asked()
    if lists.asked():
        rows = columns.tallies(summaries.summary(day), lists.which() == "departments")
        return lists.give("norms.summary", _("How the norms are met"), columns.TALLIES, rows)
    return render("norms/summary.html", found=summaries.summary(day), **around(day))


@bp.route("/families/<int:family_id>/norms", methods=["GET", "POST"])
@requires(Permission.CONTACT_VIEW, of=judged.get_judged)
@takeable
def family(found: Family) -> Response:
    """The year of a family: what each period owed and what took place; its exemptions and suspended days."""
    audit.look(current_user.id, found.id, "norms")
    if lists.asked():
        standing = judged.standing_of(found.id)
        periods = standing.periods if standing else ()
        return lists.give("norms.family", _("Contact norms"), columns.of_year(clock.today()), periods)
    return render(
        "norms/family.html",
        family=found,
        standing=judged.standing_of(found.id),
        works=get_worked_with(current_user, found.id) is not None,
        today=clock.today(),
    )


@bp.route("/families/<int:family_id>/exemptions/new", methods=["GET", "POST"])
@requires(Permission.NORM_EXEMPT, of=ground)
def exempt(ground: Ground) -> Response:
    """Lift the norm for some days; the head who records it approves it."""
    form, here = ExemptionForm(data={"first": clock.today()}), ground.family
    back, patronage_id = url_for(".family", family_id=here.id), ground.patronage.id
    if form.validate_on_submit():
        with form.rules():
            values = form.values()
            actions.exempt(patronage_id, current_user.id, values["first"], values["last"], values["reason"])
            return go(back, _("The exemption is recorded."))
    audit.look(current_user.id, here.id, "norms")
    return render("norms/exempt.html", form=form, family=here, back=back)


@bp.route("/exemptions/<int:exemption_id>/end", methods=["GET", "POST"])
@requires(Permission.NORM_EXEMPT, of=judged.get_exemption)
def end_exemption(exemption: Exemption) -> Response:
    """An exemption ends earlier."""
    here = db.session.get_one(Patronage, exemption.patronage_id).family_id
    back, exemption_id = url_for(".family", family_id=here), exemption.id
    form = EndForm(data={"last": min(max(clock.today(), exemption.starts_on), exemption.ends_on)})
    if form.validate_on_submit():
        with form.rules():
            actions.end_exemption(exemption_id, current_user.id, form.last.data)
            return go(back, _("The exemption ends earlier."))
    found = db.session.get_one(Family, here)
    return render("norms/end.html", form=form, family=found, exemption=exemption, back=back)
