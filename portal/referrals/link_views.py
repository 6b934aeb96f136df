"""Pages of supporting links: adding one, changing it, ending it."""

from collections.abc import Callable

from flask import Response, url_for
from flask_babel import gettext as _
from flask_login import current_user

from portal import audit
from portal.access import Permission, requires
from portal.families import queries as families
from portal.families.models import Family
from portal.referrals import labels, links, queries
from portal.referrals.forms import LinkForm
from portal.referrals.models import SupportLink
from portal.referrals.pages import bp
from portal.web import attempt, go, render


@bp.route("/families/<int:family_id>/links/new", methods=["GET", "POST"])
@requires(Permission.SUPPORT_WRITE, of=families.get_worked_with)
def new_link(family: Family) -> Response:
    """Note somebody who can support the family."""
    form, family_id = LinkForm(), family.id
    audit.look(current_user.id, family_id, "referrals")
    if form.validate_on_submit():
        with form.rules():
            links.add_link(family_id, current_user.id, form.link())
            return go(_place(family_id), _("The link is added."))
        family = families.get_family(current_user, family_id) or family
    return _form(form, family, None, [])


@bp.route("/links/<int:link_id>/edit", methods=["GET", "POST"])
@requires(Permission.SUPPORT_WRITE, of=queries.get_link)
def edit_link(link: SupportLink) -> Response:
    """Change it; whoever comes second sees what the first has changed, and keeps what they typed."""
    link_id, family_id = link.id, link.family_id
    audit.look(current_user.id, family_id, "referrals")
    form = LinkForm(obj=link)
    differences: list[tuple[str, str, str]] = []
    if form.validate_on_submit():
        with form.rules():
            links.change_link(link_id, current_user.id, form.link(), form.seen)
            return go(_place(family_id), _("The link is saved."))
        stored = queries.get_link(current_user, link_id)
        if stored and stored.version != form.seen:
            differences = _differences(form, stored)
            form.version.data = str(stored.version)
    family = families.get_family(current_user, family_id)
    assert family is not None  # noqa: S101 - the guard has found its link
    return _form(form, family, link_id, differences)


def _differences(form: LinkForm, stored: SupportLink) -> list[tuple[str, str, str]]:
    """(field, what is stored now, what was typed) where they differ."""
    found = []
    for name in links.CONTENT:
        theirs, mine = getattr(stored, name), form[name].data or ""
        if theirs != mine:
            said = (str(labels.LINKS.get(value, value)) or "—" for value in (theirs, mine))
            found.append((str(form[name].label.text), *said))
    return found  # type: ignore[return-value]


def _form(
    form: LinkForm, family: Family, link_id: int | None, differences: list[tuple[str, str, str]]
) -> Response:
    return render("referrals/link.html", form=form, family=family, link_id=link_id, differences=differences)


@bp.post("/links/<int:link_id>/end")
@requires(Permission.SUPPORT_WRITE, of=queries.get_link)
def end_link(link: SupportLink) -> Response:
    """They support the family no more."""
    return _changed(link, links.end_link, _("Noted: they support the family no more."))


@bp.post("/links/<int:link_id>/resume")
@requires(Permission.SUPPORT_WRITE, of=queries.get_link)
def resume_link(link: SupportLink) -> Response:
    """They support the family again."""
    return _changed(link, links.resume_link, _("Noted: they support the family again."))


def _changed(link: SupportLink, action: Callable[[int, int], None], message: str) -> Response:
    back = _place(link.family_id)
    return attempt(back, message, action, link.id, current_user.id)


def _place(family_id: int) -> str:
    return url_for("referrals.of_family", family_id=family_id)
