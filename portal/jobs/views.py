"""One's tasks in the background: how far they are, what they made."""

import json
from typing import IO, Any

from cryptography.exceptions import InvalidTag
from flask import Blueprint, Response, send_file, url_for
from flask_babel import gettext as _
from flask_login import current_user

from portal import access, audit, files
from portal.access import Permission, requires
from portal.jobs import actions, claims, labels, queries
from portal.jobs.kinds import KINDS
from portal.jobs.models import Job
from portal.jobs.work import FOLDER, Work
from portal.rules import N_, RuleBroken
from portal.web import attempt, refuse, render

bp = Blueprint("jobs", __name__, url_prefix="/jobs")


@bp.get("/")
@requires(Permission.OWN_ACCOUNT)
def index() -> Response:
    """The user's tasks; while one is in work, the list asks for itself every two seconds."""
    lines = queries.jobs_of(current_user)
    if any(one.news for one in lines):
        claims.seen(current_user.id)
    moving = any(one.finished_at is None for one in lines)
    stuck = queries.stuck_since() if moving else None
    values: dict[str, Any] = {"jobs": lines, "moving": moving, "stuck": stuck, "labels": labels}
    return render("jobs/index.html", fragment="jobs/_list.html", days=claims.KEPT.days, **values)


@bp.get("/<int:job_id>/file")
@requires(Permission.OWN_ACCOUNT, of=queries.get_job)
def download(job: Job) -> Response:
    """The result, while its families are within the reach of whoever had it made."""
    families = frozenset(json.loads(job.families))
    try:
        work, content = _content(job, families)
    except RuleBroken as broken:
        return refuse(broken, url_for(".index"))
    audit.look_at_several(current_user.id, families, work.look)
    answer = send_file(
        content, mimetype=job.file_type, as_attachment=True, download_name=job.file_name, etag=False
    )
    answer.content_length = job.size
    return answer


def _content(job: Job, families: frozenset[int]) -> tuple[Work, IO[bytes]]:
    work, params = KINDS.get(job.kind), json.loads(job.params)
    gone = RuleBroken("result_gone", N_("This file is not kept any more: start the task anew."))
    if work is None or not job.file:
        raise gone
    allowed = access.may(current_user, work.permission) and work.may(current_user, params)
    if not allowed or not work.keeps(current_user, params, families):
        raise RuleBroken(
            "out_of_reach",
            N_("Some of the families in this file are not yours any more: start the task anew."),
        )
    try:
        return work, files.opened(job.file, FOLDER)
    except (FileNotFoundError, InvalidTag):
        raise gone from None


@bp.post("/<int:job_id>/cancel")
@requires(Permission.OWN_ACCOUNT, of=queries.get_job)
def cancel(job: Job) -> Response:
    """Let it not be done."""
    return attempt(url_for(".index"), _("The task is cancelled."), actions.cancel, job.id, current_user.id)


@bp.post("/<int:job_id>/remove")
@requires(Permission.OWN_ACCOUNT, of=queries.get_job)
def remove(job: Job) -> Response:
    """Take it off the list, with its file."""
    done = _("The task and its file are removed.")
    return attempt(url_for(".index"), done, actions.remove, job.id, current_user.id)
