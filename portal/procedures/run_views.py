"""The steps of a contact, on a phone held in one hand: each mark and each note is saved at once."""

from collections.abc import Callable
from typing import Any

from flask import Response, abort, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.datastructures import MultiDict

from portal import audit
from portal.access import Permission, may, requires
from portal.contacts import queries as contacts
from portal.contacts.models import Contact
from portal.db import db
from portal.patronage.models import Patronage
from portal.procedures import queries, runs
from portal.procedures.forms import NoteForm, RaiseForm, WhyForm
from portal.procedures.pages import bp
from portal.programs.queries import home_tasks_of
from portal.rules import RuleBroken, procedures
from portal.rules.contacts import AHEAD, State
from portal.web import go, is_fragment, refuse, render, words


def _own(user: Any, contact_id: int, _part: str) -> Contact | None:
    return contacts.get_own(user, contact_id)


@bp.get("/contacts/<int:contact_id>/run")
@requires(Permission.CONTACT_VIEW, of=contacts.get_contact)
def run(contact: Contact) -> Response:
    """The steps of the contact; nothing is begun by looking."""
    return _page(contact)


def _page(contact: Contact, status: int = 200, **more: Any) -> Response:
    found = contacts.facts(contact)
    audit.look(current_user.id, found.family.id, "run")
    sheet = queries.sheet(contact)
    works = (
        may(current_user, Permission.CONTACT_PLAN) and contacts.get_own(current_user, contact.id) is not None
    )
    marks = works and not sheet.finished and contact.state in (*AHEAD, State.DONE)
    forms = _raise_forms(found.patronage.id) if works else {}
    values = {
        "facts": found,
        "sheet": sheet,
        "marks": marks,
        "works": works,
        "forms": forms | more.pop("forms", {}),
        "raises": works and contact.state not in (State.CANCELLED, State.MOVED),
        "why": more.pop("why", None) or WhyForm(formdata=None),
        "mark_at": _mark_at(contact.id),
        "refused": {},
        "typed": {},
    }
    return render("procedures/run.html", status=status, **(values | more))


def _mark_at(contact_id: int) -> Callable[[str], str]:
    """Where the mark of a step is sent, by its code."""
    return lambda code: url_for(".mark", contact_id=contact_id, code=code)


def _raise_forms(patronage_id: int) -> dict[str, RaiseForm]:
    return {str(branch): _raise_form(str(branch), patronage_id, None) for branch in procedures.Branch}


def _raise_form(branch: str, patronage_id: int, typed: MultiDict[str, str] | None) -> RaiseForm:
    form = RaiseForm(formdata=typed, prefix=branch)
    form.offer(_advisers(patronage_id) if branch == procedures.Branch.IGNORED else None)
    return form


def _advisers(patronage_id: int) -> list[tuple[int, str]]:
    """Whose recommendations are ignored: who set the home tasks of now, then who works with the family."""
    family_id = db.session.get_one(Patronage, patronage_id).family_id
    found = {one.author_id: one.author for one in home_tasks_of(family_id)}
    found |= {one.id: one.short_name for one in contacts.workers(patronage_id) if one.id not in found}
    return list(found.items())


@bp.post("/contacts/<int:contact_id>/run/steps/<code>")
@requires(Permission.CONTACT_PLAN, of=_own)
def mark(contact: Contact) -> Response:
    """One step: its mark, its note, or both."""
    code = str((request.view_args or {})["code"])
    form, contact_id, refused = NoteForm(), contact.id, ""
    if form.validate():
        try:
            asked = request.form.get("mark") or None
            runs.mark_step(contact_id, code, current_user.id, asked, form.note.data, form.changes.data)
        except RuleBroken as broken:
            refused = words(broken)
    else:
        refused = " ".join(str(text) for texts in form.errors.values() for text in texts)
    found = contacts.get_own(current_user, contact_id)
    if found is None:
        abort(404)
    return _marked(found, code, refused, form.note.data or "")


def _marked(contact: Contact, code: str, refused: str, typed: str) -> Response:
    status = 422 if refused else 200
    wrong: dict[str, Any] = {"refused": {code: refused}, "typed": {code: typed}} if refused else {}
    if not is_fragment():
        if refused:
            return _page(contact, 422, **wrong)
        return go(url_for(".run", contact_id=contact.id, _anchor=f"step-{code}"))
    sheet = queries.sheet(contact)
    line = sheet.line(code)
    if line is None:
        abort(404)
    values: dict[str, Any] = {
        "line": line,
        "sheet": sheet,
        "mark_at": _mark_at(contact.id),
        "marks": True,
        "refused": {},
        "typed": {},
    }
    return render("procedures/_step.html", status=status, **(values | wrong))


@bp.post("/contacts/<int:contact_id>/run/branches/<branch>")
@requires(Permission.CONTACT_PLAN, of=_own)
def raise_branch(contact: Contact) -> Response:
    """Tell the head: recommendations ignored, a refusal, danger to the child (R12)."""
    branch, contact_id = str((request.view_args or {})["branch"]), contact.id
    if branch not in set(procedures.Branch):
        abort(404)
    form = _raise_form(branch, contact.patronage_id, request.form)
    if form.validate():
        with form.rules():
            colleague = form.colleague.data if branch == procedures.Branch.IGNORED else None
            runs.raise_branch(contact_id, branch, current_user.id, form.note.data, colleague)
            url = url_for(".run", contact_id=contact_id, _anchor=f"branch-{branch}")
            return go(url, _("The head has been told."))
    found = contacts.get_own(current_user, contact_id)
    return _page(found, 422, forms={branch: form}, opened=branch) if found else abort(404)


@bp.post("/contacts/<int:contact_id>/run/finish")
@requires(Permission.CONTACT_PLAN, of=contacts.get_own)
def finish(contact: Contact) -> Response:
    """End the steps of a contact that was written up without them."""
    form, contact_id = WhyForm(), contact.id
    if form.validate():
        try:
            runs.finish_run(contact_id, current_user.id, form.why.data)
            return go(url_for("contacts.show", contact_id=contact_id), _("The steps are finished."))
        except RuleBroken as broken:
            if broken.code != "steps_open":
                return refuse(broken, url_for("contacts.show", contact_id=contact_id))
            form.why.errors = [words(broken)]
    found = contacts.get_own(current_user, contact_id)
    return _page(found, 422, why=form) if found else abort(404)
