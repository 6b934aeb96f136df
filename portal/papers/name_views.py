"""Pages of names in cases: what papers would write, and the fields that overrule it."""

from flask import Blueprint, Response, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from wtforms import HiddenField, StringField
from wtforms.validators import Length

from portal import audit
from portal.access import Permission, requires
from portal.accounts.models import User
from portal.accounts.queries import get_user
from portal.families.models import FamilyMember
from portal.papers import named
from portal.papers.name_models import CASES, LONGEST
from portal.web import Form, go, render

bp = Blueprint("name_cases", __name__)
_SHORT_ENOUGH = Length(max=LONGEST, message=_l("At most %(max)d characters."))


class CasesForm(Form):
    """A name in each case; an empty field means what is proposed."""

    genitive = StringField(_l("Genitive: of whom?"), [_SHORT_ENOUGH])
    dative = StringField(_l("Dative: to whom?"), [_SHORT_ENOUGH])
    accusative = StringField(_l("Accusative: whom?"), [_SHORT_ENOUGH])
    instrumental = StringField(_l("Instrumental: by whom?"), [_SHORT_ENOUGH])
    prepositional = StringField(_l("Prepositional: about whom?"), [_SHORT_ENOUGH])
    version = HiddenField()


@bp.route("/families/<int:family_id>/members/<int:person_id>/cases", methods=["GET", "POST"])
@requires(Permission.FAMILY_EDIT, of=named.get_member)
def member(person: FamilyMember) -> Response:
    """How papers write the name of a member of a family."""
    audit.look(current_user.id, person.family_id, "name_cases")
    return _page(person, url_for("families.show", family_id=person.family_id))


@bp.route("/people/<int:user_id>/cases", methods=["GET", "POST"])
@requires(Permission.ACCOUNT_MANAGE, of=get_user)
def colleague(person: User) -> Response:
    """How papers write the name of a colleague."""
    return _page(person, url_for("accounts.person", user_id=person.id))


def _page(person: FamilyMember | User, back: str) -> Response:
    form = CasesForm(data=named.corrections(person) | {"version": named.version(person)})
    if form.validate_on_submit():
        with form.rules():
            texts = {case: form[case].data or "" for case in CASES}
            seen = form.version.data or ""
            named.correct(person.__tablename__, person.id, texts, current_user.id, seen)
            said = any(texts.values())
            return go(
                back,
                _("Papers write the name as you said.") if said else _("Papers write the name as proposed."),
            )
    return render(
        "papers/name_cases.html",
        form=form,
        person=person,
        proposed=named.proposed(person),
        outdated=named.outdated(person),
        back=back,
        cases=CASES,
    )
