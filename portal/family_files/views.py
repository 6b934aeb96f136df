"""Pages of a family's whole file: bringing one in, reading what a former center sent."""

from io import BytesIO
from typing import Any, cast

from flask import Blueprint, Response, abort, current_app, request, send_file, url_for
from flask_babel import gettext as _
from flask_login import current_user
from itsdangerous import BadSignature, URLSafeTimedSerializer

from portal import audit, files
from portal.access import Permission, may, requires
from portal.families import queries as families
from portal.families.models import Family
from portal.family_files import history, job, launching, limits, pending, queries, taking
from portal.family_files.bringing_in import live_people
from portal.family_files.forms import FORMER_COLLEAGUE, ArchiveForm, BringInForm
from portal.family_files.pending import Found
from portal.jobs import claims, labels
from portal.jobs import queries as jobs
from portal.jobs.models import Job
from portal.web import go, is_fragment, render

bp = Blueprint("family_files", __name__, url_prefix="/families")
ROOM = limits.LARGEST + limits.MB


@bp.url_value_preprocessor
def _make_room(endpoint: str | None, _values: Any) -> None:
    """A whole file is larger than a scan, and sealed while it arrives; that of who may bring one in alone."""
    if endpoint != "family_files.upload" or request.method != "POST" or not current_user.is_authenticated:
        return
    if may(current_user, Permission.FAMILY_IMPORT):
        request.max_content_length = ROOM
        sent = cast(files.Sent, request)
        sent.folder, sent.most = pending.FOLDER, limits.MOST // limits.MB


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="family-in")


def _name_in(token: str) -> str:
    """Of this user's archive; 404 for another's, or too late."""
    try:
        user_id, name = _serializer().loads(token, max_age=pending.DAY)
    except (BadSignature, ValueError, TypeError):
        abort(404)
    if user_id != current_user.id or not files.is_there(str(name), pending.FOLDER):
        abort(404)
    return str(name)


@bp.route("/file", methods=["GET", "POST"])
@requires(Permission.FAMILY_IMPORT)
def upload() -> Response:
    """Choose the file that another center has handed over; it is looked through, and kept sealed for a day."""
    form = ArchiveForm()
    if form.validate_on_submit():
        with form.rules():
            sent = form.file.data.stream
            with files.opened(sent.name, pending.FOLDER) as file:
                _look_through(pending.look_into(sent.name, file))
            token = _serializer().dumps([current_user.id, sent.keep()])
            return go(url_for(".preview", archive=token))
    return render("family_files/upload.html", form=form, most=limits.MOST // limits.MB)


def _look_through(found: Found) -> None:
    """What is refused at once: a file that was changed; and, where they are few, a scan that is none."""
    found.opened.check_parts()
    if launching.is_short(found):
        taking.check_files(found.opened, found.handed)


class _Asked:
    """The form that asks about an archive before the family is taken in."""

    def __init__(self, found: Found) -> None:
        self.found, self.numbers = found, live_people(found.handed)
        self.people = [found.handed.people[number - 1] for number in self.numbers]
        colleagues = queries.colleagues()
        self.form = BringInForm()
        self.form.offer(self.people, colleagues)
        if request.method == "GET":
            for entry, person in zip(self.form.people.entries, self.people, strict=True):
                entry.data = queries.namesake(person, colleagues) or FORMER_COLLEAGUE

    def chosen(self) -> dict[int, int]:
        """Who of the file's colleagues is whom here."""
        pairs = zip(self.numbers, (entry.data for entry in self.form.people.entries), strict=False)
        return {number: user_id for number, user_id in pairs if user_id != FORMER_COLLEAGUE}

    def page(self, token: str) -> Response:
        """What the file holds."""
        found = self.found
        return render(
            "family_files/preview.html",
            token=token,
            form=self.form,
            sender=found.sender,
            members=found.handed.rows.get("family_members", []),
            counts=history.counts(found.handed.rows),
            files=len(found.handed.files),
            formers=found.handed.formers,
            known=found.known,
            duplicates=found.duplicates,
            is_short=launching.is_short(found),
        )


@bp.get("/file/<archive>")
@requires(Permission.FAMILY_IMPORT)
def preview(archive: str) -> Response:
    """Whom the file is about, from whom it comes, how much of what, and whether the family is here already."""
    with pending.opened(_name_in(archive)) as found:
        return _Asked(found).page(archive)


@bp.post("/file/<archive>/apply")
@requires(Permission.FAMILY_IMPORT)
def apply(archive: str) -> Response:
    """Bring the family in: at once, or in the background where its scans take long."""
    with pending.opened(_name_in(archive)) as found:
        asked = _Asked(found)
        form = asked.form
        if form.validate_on_submit():
            with form.rules():
                if not found.duplicates or form.create_anyway.data:
                    return _taken(*launching.take_in(found, asked.chosen(), current_user.id))
                form.create_anyway.errors = [
                    _("Look at the families below, and say whether this is another one.")
                ]
        return asked.page(archive)


def _taken(what: str, number: int) -> Response:
    if what == "job":
        return go(url_for(".taking_in", taking_id=number))
    message = _("The family is on the books. Next: open a patronage, and record a consent.")
    return go(url_for("families.show", family_id=number), message)


def _taking(user: Any, taking_id: int) -> Job | None:
    return jobs.get_job_of(user, job.IN, taking_id)


@bp.get("/file/tasks/<int:taking_id>")
@requires(Permission.FAMILY_IMPORT, of=_taking)
def taking_in(task: Job) -> Response:
    """How far the taking in is; when it is done, to the family."""
    params = jobs.params_of(task)
    if task.finished_at and task.seen_at is None:
        claims.seen(current_user.id, task.id)
    if task.state == "done" and (family := queries.known_as(params["digest"])):
        return _taken("family", family.id)
    here = url_for(".taking_in", taking_id=task.id)
    if is_fragment() and task.finished_at:
        return go(here)
    waits = task.finished_at is not None and files.is_there(params["archive"], pending.FOLDER)
    return render(
        "family_files/taking_in.html",
        fragment="family_files/_progress.html",
        here=here,
        job=jobs.line_of(task),
        labels=labels,
        token=_serializer().dumps([current_user.id, params["archive"]]) if waits else None,
    )


@bp.get("/<int:family_id>/former")
@requires(Permission.CONTACT_VIEW, of=families.get_family)
def former(family: Family) -> Response:
    """What former centers did with the family, to be read."""
    audit.look(current_user.id, family.id, "former")
    past = history.past_of(family.id)
    if past is None:
        abort(404)
    return render("family_files/former.html", family=family, past=past)


@bp.get("/<int:family_id>/former/<int:former_id>")
@requires(Permission.CONTACT_VIEW, of=queries.get_former_paper)
def former_paper(paper: queries.FormerScan) -> Response:
    """A scan or paper that came with the family, to be saved."""
    audit.look(current_user.id, paper.family_id, "scan")
    name = f"former-{paper.id}.{paper.suffix}"
    body = BytesIO(files.read(paper.name))
    return send_file(body, mimetype=paper.media_type, as_attachment=True, download_name=name)
