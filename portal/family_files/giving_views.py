"""Pages on which a family's whole file is handed out: why, how far it is, and what it is when it lies ready."""

from typing import Any

from flask import Response, abort, url_for
from flask_login import current_user

from portal import audit, files
from portal.access import Permission, requires
from portal.families import queries as families
from portal.families.models import Family
from portal.family_files import archive, job, launching
from portal.family_files.forms import HandOutForm
from portal.family_files.thirds import others_in
from portal.family_files.views import bp
from portal.jobs import claims, labels
from portal.jobs import queries as jobs
from portal.jobs.models import Job
from portal.jobs.work import FOLDER
from portal.web import go, is_fragment, render

__all__ = ["bp"]


@bp.route("/<int:family_id>/file", methods=["GET", "POST"])
@requires(Permission.FAMILY_HAND_OUT, of=families.get_family)
def give(family: Family) -> Response:
    """Have the whole file of a family made, for another center or for the family itself."""
    form, family_id, number = HandOutForm(), family.id, family.number
    if form.validate_on_submit():
        with form.rules():
            task_id = launching.hand_out(family_id, form.wanted(), current_user.id)
            return go(url_for(".ready", family_id=family_id, handing_id=task_id))
    audit.look(current_user.id, family_id, "file")
    others = others_in(family_id)
    return render("family_files/give.html", form=form, family_id=family_id, number=number, others=others)


def _task_of(user: Any, family_id: int, handing_id: int) -> tuple[Family, Job] | None:
    """The user's own task, of this family, which is within reach."""
    family, task = families.get_family(user, family_id), jobs.get_job_of(user, job.OUT, handing_id)
    if family is None or task is None or jobs.params_of(task)["family"] != family_id:
        return None
    return family, task


@bp.get("/<int:family_id>/file/<int:handing_id>")
@requires(Permission.FAMILY_HAND_OUT, of=_task_of)
def ready(found: tuple[Family, Job]) -> Response:
    """How far the file is; when it lies ready: what it is, and how to carry it."""
    family, task = found
    here = url_for(".ready", family_id=family.id, handing_id=task.id)
    if is_fragment() and task.finished_at:
        return go(here)
    manifest = _manifest(task) if task.file else None
    if task.finished_at and task.seen_at is None:
        claims.seen(current_user.id, task.id)
    for_family = manifest is not None and manifest["reason"] == "request"
    return render(
        "family_files/ready.html",
        fragment="family_files/_progress.html",
        family_id=family.id,
        number=family.number,
        here=here,
        job=jobs.line_of(task),
        labels=labels,
        manifest=manifest,
        others=others_in(family.id) if for_family else [],
        days=claims.KEPT.days,
    )


def _manifest(task: Job) -> dict[str, Any]:
    try:
        with files.opened(task.file, FOLDER) as file:
            return archive.manifest_of(file)
    except FileNotFoundError:
        abort(404)
