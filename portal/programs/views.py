"""Pages of programs: a family's by child, entering and changing one, home tasks."""

from typing import Any

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from portal import audit, clock
from portal.access import Permission, requires
from portal.families import queries as families
from portal.families.labels import born
from portal.families.models import Family
from portal.patronage.loads import specialist_names
from portal.programs import actions, labels, queries
from portal.programs.forms import ProgramForm, TaskForm, filled, program_form
from portal.programs.models import HomeTask, Program
from portal.programs.values import ProgramValues, Result
from portal.rules.lifecycle import OPEN, Status
from portal.settings import queries as settings
from portal.web import attempt, go, render, show_date

bp = Blueprint("programs", __name__)


@bp.context_processor
def context() -> dict[str, Any]:
    """The words of programs, for their templates."""
    return {"labels": labels, "word": settings.word, "born": born}


@bp.get("/families/<int:family_id>/programs")
@requires(Permission.FAMILY_VIEW, of=families.get_family)
def of_family(family: Family) -> Response:
    """What was planned and reached with each child, and which home tasks are set (CALL 5)."""
    audit.look(current_user.id, family.id, "programs")
    latest = families.latest_patronage(family.id)
    status = latest.status if latest else ""
    works = families.get_worked_with(current_user, family.id) is not None
    return render(
        "programs/of_family.html",
        family=family,
        children=queries.of_family(family.id),
        writes=works and status in OPEN,
        tasks_may=works and status in OPEN and status != Status.SUSPENDED,
        today=clock.today(),
    )


@bp.route("/families/<int:family_id>/programs/new", methods=["GET", "POST"])
@requires(Permission.SUPPORT_WRITE, of=families.get_worked_with)
def new_program(family: Family) -> Response:
    """Enter the program of a child."""
    family_id = family.id
    audit.look(current_user.id, family_id, "programs")
    minors = queries.minors_of(family_id)
    start = {"member_id": request.args.get("child", type=int), "ends_on": family.course_ended_on}
    form = program_form(settings.words("directions"), data=start)
    form.member_id.choices = [(one.id, one.full_name) for one in minors]
    if form.validate_on_submit():
        with form.rules():
            actions.create_program(form.member_id.data, current_user.id, form.program())
            return go(_place(family_id), _("The program is entered."))
        family = families.get_family(current_user, family_id) or family
    return _form(form, family, None, [])


@bp.route("/programs/<int:program_id>/edit", methods=["GET", "POST"])
@requires(Permission.SUPPORT_WRITE, of=queries.get_program)
def edit(program: Program) -> Response:
    """Change a program; whoever comes second sees what the first has changed, and keeps what they typed."""
    program_id, theirs = program.id, queries.values_of(program)
    family, child = queries.about(program_id)
    audit.look(current_user.id, family.id, "programs")
    family_id, child_id, name = family.id, child.id, child.full_name
    offered = settings.words("directions", frozenset(theirs.results))
    start = filled(theirs) | {"version": program.version, "member_id": child_id}
    form = program_form(offered, data=None if request.method == "POST" else start)
    form.member_id.choices = [(child_id, name)]
    form.member_id.data = child_id
    differences: list[tuple[str, str, str]] = []
    if form.validate_on_submit():
        with form.rules():
            actions.change_program(program_id, current_user.id, form.program(), form.seen)
            return go(_place(family_id), _("The program is saved."))
        program = queries.get_program(current_user, program_id) or program
        if program.version != form.seen:
            differences = _differences(form, queries.values_of(program))
            form.version.data = str(program.version)
        family = families.get_family(current_user, family_id) or family
    return _form(form, family, name, differences)


def _form(
    form: ProgramForm, family: Family, child: str | None, differences: list[tuple[str, str, str]]
) -> Response:
    return render("programs/form.html", form=form, family=family, child=child, differences=differences)


def _differences(form: ProgramForm, theirs: ProgramValues) -> list[tuple[str, str, str]]:
    """(field, what is stored now, what was typed) where they differ."""
    mine = form.program()
    pairs = [
        (form[name].label.text, getattr(theirs, name), getattr(mine, name))
        for name in ("number", "kind", "setting", "starts_on", "ends_on", "body", "current")
    ]
    for field in form.directions:
        code = field.name.removeprefix("in_")
        pairs.append((field.label.text, theirs.results.get(code, Result()), mine.results[code]))
    return [(str(label), _said(one), _said(other)) for label, one, other in pairs if one != other]


def _said(value: Any) -> str:
    """A value of a program in words."""
    if isinstance(value, Result):
        outcome = labels.OUTCOMES[value.state][1] if value.state else ""
        return "\n".join(str(part) for part in (value.planned, value.reached, outcome) if part) or "—"
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    known: dict[str, Any] = labels.KINDS | labels.SETTINGS
    return str(known.get(value, value) or "—") if isinstance(value, str) else show_date(value)


@bp.route("/programs/<int:program_id>/tasks/new", methods=["GET", "POST"])
@requires(Permission.SUPPORT_WRITE, of=queries.get_program)
def new_task(program: Program) -> Response:
    """Set a home task."""
    program_id, people = program.id, specialist_names()
    family, child = queries.about(program_id)
    audit.look(current_user.id, family.id, "programs")
    family_id = family.id
    mine = current_user.id if current_user.id in {one.id for one in people} else None
    form = TaskForm(data={"starts_on": clock.today(), "author_id": mine})
    form.author_id.choices = [(one.id, one.short_name) for one in people]
    form.direction.choices = [("", _("not said")), *settings.words("directions")]
    if form.validate_on_submit():
        with form.rules():
            actions.set_task(program_id, current_user.id, form.task())
            return go(_place(family_id), _("The home task is set."))
        family, child = queries.about(program_id)
    return render("programs/task.html", form=form, family=family, child=child.full_name)


@bp.post("/programs/tasks/<int:task_id>/close")
@requires(Permission.SUPPORT_WRITE, of=queries.get_task)
def close_task(task: HomeTask) -> Response:
    """The task is done with."""
    return _changed(task, actions.close_task, _("The home task is closed. It can be set again below."))


@bp.post("/programs/tasks/<int:task_id>/reopen")
@requires(Permission.SUPPORT_WRITE, of=queries.get_task)
def reopen_task(task: HomeTask) -> Response:
    """The task goes on."""
    return _changed(task, actions.reopen_task, _("The home task is set again."))


def _changed(task: HomeTask, action: Any, message: str) -> Response:
    back = _place(queries.about(task.program_id)[0].id)
    return attempt(back, message, action, task.id, current_user.id)


def _place(family_id: int) -> str:
    return url_for("programs.of_family", family_id=family_id)
