"""The versions of the procedures, and the form in which the administrator writes the next one."""

from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from portal import clock, lists
from portal.access import Permission, requires
from portal.db import db
from portal.lists import takeable
from portal.procedures import actions, queries
from portal.procedures.columns import VERSIONS
from portal.procedures.forms import TemplateForm
from portal.procedures.models import Procedure
from portal.procedures.pages import bp
from portal.rules.procedures import MOST_STEPS, STAGES, Code, Template, changes, version_on
from portal.web import go, number_of, render

MOVES = {"up": -1, "down": 1}


@bp.route("/settings/procedures", methods=["GET", "POST"])
@requires(Permission.SETTINGS_MANAGE)
@takeable
def index() -> Response:
    """The versions of each procedure, the one in force marked."""
    rows = queries.versions()
    if lists.asked():
        order = [str(code) for code in Code]
        rows.sort(key=lambda row: order.index(row.Procedure.code))
        return lists.give("procedures", _("Procedures"), VERSIONS, rows)
    by_code = {str(code): [row for row in rows if row[0].code == code] for code in Code}
    today = clock.today()
    in_force = {
        code: version_on(today, [(row[0].version, row[0].starts_on) for row in found])
        for code, found in by_code.items()
    }
    return render("procedures/index.html", by_code=by_code, in_force=in_force)


@bp.get("/settings/procedures/<int:procedure_id>")
@requires(Permission.SETTINGS_MANAGE, of=queries.get_procedure)
def show(procedure: Procedure) -> Response:
    """A version, as it stays."""
    version = queries.template(db.session(), procedure)
    return render("procedures/show.html", procedure=procedure, version=version)


@bp.route("/settings/procedures/<int:procedure_id>/edit", methods=["GET", "POST"])
@requires(Permission.SETTINGS_MANAGE, of=queries.get_procedure)
def edit(procedure: Procedure) -> Response:
    """Write the next version, beginning with a copy of this one."""
    code = procedure.code
    last = queries.last_version(db.session(), code)
    form = _new_form(procedure, last) if request.method == "GET" else TemplateForm()
    asked = request.form.get("do", "publish")
    if form.is_submitted() and asked != "publish":
        return _page(procedure, _rearranged(form, code, asked), status=200)
    if form.is_submitted() and form.validate():
        with form.rules():
            base = number_of(form.based_on.data)
            actions.publish(form.template(code), form.starts_on.data, form.note.data, base, current_user.id)
            return go(url_for(".index"), _("The new version is published."))
    db.session.rollback()
    again = db.session.get_one(Procedure, procedure.id)
    return _page(again, form)


def _page(procedure: Procedure, form: TemplateForm, status: int | None = None) -> Response:
    """The form; when a version was published since it was opened, with what that one changed."""
    s = db.session()
    last, newer = queries.last_version(s, procedure.code), None
    base = number_of(form.based_on.data)
    if 0 < base < last.version:
        before = next(
            row[0] for row in queries.versions() if (row[0].code, row[0].version) == (procedure.code, base)
        )
        newer = changes(queries.template(s, before), queries.template(s, last))
        form.based_on.data = str(last.version)
    mine = changes(queries.template(s, last), form.template(procedure.code))
    return render(
        "procedures/edit.html",
        status=status,
        procedure=procedure,
        form=form,
        last=last,
        newer=newer,
        mine=mine,
    )


def _new_form(procedure: Procedure, last: Procedure) -> TemplateForm:
    template: Template = queries.template(db.session(), procedure)
    start = max(clock.today(), last.starts_on)
    data: dict[str, Any] = {"steps": [vars(step) for step in template.steps], "starts_on": start}
    return TemplateForm(data=data | dict(template.minutes) | {"based_on": str(last.version), "note": ""})


def _rearranged(form: TemplateForm, code: str, asked: str) -> TemplateForm:
    """The same form with a step more, less, or elsewhere; nothing is kept before it is published."""
    rows, (verb, _sep, what) = form.rows(), asked.partition("-")
    number = int(what) if what.isdecimal() and len(what) < 4 and int(what) < len(rows) else None
    if verb == "add" and what in STAGES[Code(code)] and len(rows) < MOST_STEPS:
        _add(rows, code, what)
    elif verb == "remove" and number is not None:
        del rows[number]
    elif verb in MOVES and number is not None:
        other = number + MOVES[verb]
        if 0 <= other < len(rows) and rows[other]["stage"] == rows[number]["stage"]:
            rows[number], rows[other] = rows[other], rows[number]
    typed = {name: form[name].data for name in ("preparation", "contact", "recording", "starts_on", "note")}
    return TemplateForm(formdata=None, data=typed | {"steps": rows, "based_on": form.based_on.data})


def _add(rows: list[dict[str, Any]], code: str, stage: str) -> None:
    """An empty step at the end of its stage, under a code that no version has."""
    used = {str(row["code"]) for row in rows} | queries.step_codes(code)
    number = next(n for n in range(1, 10_000) if f"own_{n}" not in used)
    order = list(STAGES[Code(code)])
    place = sum(order.index(row["stage"]) <= order.index(stage) for row in rows if row["stage"] in order)
    empty: dict[str, Any] = dict.fromkeys(("text_ru", "text_en", "help_ru", "help_en", "choice"), "")
    rows.insert(place, empty | {"code": f"own_{number}", "stage": stage, "required": False})
