"""Pages of one paper: what it is, its PDF and DOCX, its blank; giving it a number."""

from functools import partial
from typing import Any

from flask import Response, abort, url_for
from flask_babel import gettext as _
from flask_login import current_user

from portal import clock
from portal.access import Permission, requires
from portal.db import db
from portal.papers import actions, filling, labels, making, queries, sealing, subjects
from portal.papers import family_views as family_views  # their pages are of this blueprint
from portal.papers import register_views as register_views
from portal.papers.forms import RegisterForm
from portal.papers.pages import TYPES, Printed, get_printed, look, send
from portal.papers.pages import bp as bp
from portal.rules import papers as rules
from portal.web import go, render

ONE = "/<paper_code>/<int:object_id>"


@bp.get(ONE)
@requires(Permission.PAPER_PRINT, of=get_printed)
def show(printed: Printed) -> Response:
    """A paper: its buttons, and what was registered of it."""
    look(printed)
    return _page(printed, RegisterForm(formdata=None, data={"day": clock.today()}))


def _page(printed: Printed, form: RegisterForm) -> Response:
    kind, object_id = printed.kind, printed.object_id
    entered = queries.of_object(kind.code, object_id) if kind.is_registered else []
    valid = any(one.voided_at is None for one in entered)
    facts = sealing.facts_of(kind, object_id) if valid or kind.code in rules.MUST_SAY else {}
    known = sealing.seals_of(kind, object_id, facts) if valid else []
    same = queries.valid_with(db.session(), kind, object_id, known) if valid else None
    family = queries.heading_of(current_user, printed.family_id)
    subject = subjects.of(kind, object_id)
    return render(
        "papers/show.html",
        form=form,
        printed=printed,
        kind=kind,
        family=family,
        subject=subject,
        lacking=rules.lacking(kind.code, partial(filling.holds, facts=facts)),
        entered_at=subjects.entered_at(current_user, kind, family, subject),
        entered=entered,
        same=same,
        changed=valid and same is None,
        labels=labels,
    )


@bp.get(f"{ONE}/pdf")
@requires(Permission.PAPER_PRINT, of=get_printed)
def pdf(printed: Printed) -> Response:
    """The paper as it would be printed now, without a number."""
    return _made(printed, "pdf")


@bp.get(f"{ONE}/docx")
@requires(Permission.PAPER_PRINT, of=get_printed)
def docx(printed: Printed) -> Response:
    """The same to be edited."""
    return _made(printed, "docx")


@bp.get(f"{ONE}/blank")
@requires(Permission.PAPER_PRINT, of=get_printed)
def blank(printed: Printed) -> Response:
    """The empty form, to be filled by hand."""
    if not printed.kind.has_blank:
        abort(404)
    return _made(printed, "pdf", blank=True)


def _made(printed: Printed, file_format: Any, *, blank: bool = False) -> Response:
    kind, object_id = printed.kind, printed.object_id
    look(printed)
    data = making.make(kind, object_id, file_format, blank=blank)
    name = f"{kind.code}-{object_id}{'-blank' if blank else ''}.{file_format}"
    return send(data, name, TYPES[file_format], inline=file_format == "pdf")


@bp.post(f"{ONE}/register")
@requires(Permission.PAPER_REGISTER, of=get_printed)
def register(printed: Printed) -> Response:
    """Give it a number, and keep it as it is printed now."""
    form = RegisterForm()
    if form.validate_on_submit() and form.day.data:
        with form.rules():
            found = actions.register(printed.kind, printed.object_id, form.day.data, current_user.id)
            done = _("The paper is registered.") if found.is_new else _("This paper is registered already.")
            return go(url_for(".registered", registered_id=found.id), done)
    look(printed)
    return _page(printed, form)
