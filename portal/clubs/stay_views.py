"""The page of a family's inpatient care, linked from its card."""

from typing import Any

from flask import Blueprint, Response, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from wtforms.validators import InputRequired, Optional

from portal import audit, clock
from portal.access import Permission, requires
from portal.choosing import SelectField
from portal.clubs import stays
from portal.clubs.group_models import InpatientStay
from portal.db import db
from portal.families import queries as families
from portal.families.card import card_of
from portal.families.member_rows import Day
from portal.families.models import Family, FamilyMember
from portal.web import Form, go, render

bp = Blueprint("stays", __name__, url_prefix="/families/<int:family_id>/stays")


class StayForm(Form):
    """A stay."""

    member_id = SelectField(_l("Child"), [InputRequired(_l("Choose the child."))], coerce=int)
    starts_on = Day(_l("First day"), [InputRequired(_l("Choose a day."))])
    ends_on = Day(_l("Last day, if it is known"), [Optional()])


class EndForm(Form):
    """Its end."""

    ends_on = Day(_l("Last day"), [InputRequired(_l("Choose a day."))])


@bp.route("/", methods=["GET", "POST"])
@requires(Permission.FAMILY_EDIT, of=families.get_worked_with)
def of_family(family: Family) -> Response:
    """The stays of the family's children, and a new one."""
    form, family_id = StayForm(), family.id
    audit.look(current_user.id, family_id, "stays")
    form.member_id.choices = stays.minors(family_id)  # type: ignore[assignment]
    if not form.is_submitted():
        form.starts_on.data = clock.today()
    if form.validate_on_submit():
        with form.rules():
            stays.record_stay(
                family_id, form.member_id.data, form.starts_on.data, form.ends_on.data, current_user.id
            )
            return go(url_for(".of_family", family_id=family_id), _("Saved."))
    return _page("clubs/stays.html", family_id, form=form, stays=stays.of_family(family_id))


@bp.route("/<int:stay_id>/end", methods=["GET", "POST"])
@requires(Permission.FAMILY_EDIT, of=stays.get_worked_stay)
def end(stay: InpatientStay) -> Response:
    """The child goes home."""
    form, stay_id = EndForm(), stay.id
    member = db.session.get_one(FamilyMember, stay.member_id)
    family_id, name, starts_on = member.family_id, member.full_name, stay.starts_on
    audit.look(current_user.id, family_id, "stays")
    if not form.is_submitted():
        form.ends_on.data = stay.ends_on or clock.today()
    if form.validate_on_submit():
        with form.rules():
            stays.end_stay(stay_id, form.ends_on.data, current_user.id)
            return go(url_for(".of_family", family_id=family_id), _("Saved."))
    return _page("clubs/stay_end.html", family_id, form=form, name=name, starts_on=starts_on)


def _page(template: str, family_id: int, **context: Any) -> Response:
    family = families.get_worked_with(current_user, family_id)
    assert family is not None  # noqa: S101
    return render(template, card=card_of(family), today=clock.today(), **context)
