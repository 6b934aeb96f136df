"""Pages of a family's whole file: handing it out, bringing one in, reading what a former center sent."""

from io import BytesIO
from typing import Any

from flask import Blueprint, Response, abort, current_app, request, send_file, url_for
from flask_babel import gettext as _
from flask_login import current_user
from itsdangerous import BadSignature, URLSafeTimedSerializer

from portal import audit, files
from portal.access import Permission, may, requires
from portal.families import queries as families
from portal.families.models import Family
from portal.family_files import checking, history, opening, queries, taking
from portal.family_files.bringing_in import already_here, bring_in, live_people
from portal.family_files.forms import FORMER_COLLEAGUE, ArchiveForm, BringInForm, HandOutForm
from portal.family_files.handing_out import FOLDER, HOURS, Made, hand_out
from portal.family_files.told import Person
from portal.web import go, render

bp = Blueprint("family_files", __name__, url_prefix="/families")
PENDING, DAY = "brought_in", 24 * 3600
ROOM = opening.LARGEST + 1024 * 1024


@bp.url_value_preprocessor
def _make_room(endpoint: str | None, _values: Any) -> None:
    """A whole file is larger than a scan; only of who may bring one in so much is taken at all."""
    if endpoint != "family_files.upload" or request.method != "POST" or not current_user.is_authenticated:
        return
    if may(current_user, Permission.FAMILY_IMPORT):
        request.max_content_length = ROOM


def _serializer(salt: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt=f"family-{salt}")


def _of_this_user(salt: str, token: str, max_age: int) -> list[Any]:
    """What a token of this user says; 404 for another's, or too late."""
    try:
        user_id, *said = _serializer(salt).loads(token, max_age=max_age)
    except (BadSignature, ValueError, TypeError):
        abort(404)
    if user_id != current_user.id:
        abort(404)
    return list(said)


@bp.route("/<int:family_id>/file", methods=["GET", "POST"])
@requires(Permission.FAMILY_HAND_OUT, of=families.get_family)
def give(family: Family) -> Response:
    """Make the whole file of a family, for another center or for the family itself."""
    form, family_id, number = HandOutForm(), family.id, family.number
    if form.validate_on_submit():
        with form.rules():
            by = Person(current_user.full_name, current_user.position)
            made = hand_out(family_id, form.wanted(), current_user.id, by)
            said = [current_user.id, family_id, made.name, made.digest, made.size, made.parts, made.withheld]
            return go(url_for(".ready", family_id=family_id, made=_serializer("out").dumps(said)))
    audit.look(current_user.id, family_id, "file")
    return render("family_files/give.html", form=form, family_id=family_id, number=number)


def _made(family: Family, token: str) -> Made:
    family_id, *said = _of_this_user("out", token, HOURS * 3600)
    if family_id != family.id:
        abort(404)
    return Made(*said)


def _family_and_token(user: Any, family_id: int, token: str) -> tuple[Family, str] | None:
    family = families.get_family(user, family_id)
    return (family, token) if family else None


@bp.get("/<int:family_id>/file/<made>")
@requires(Permission.FAMILY_HAND_OUT, of=_family_and_token)
def ready(found: tuple[Family, str]) -> Response:
    """The file lies ready: what it is, and how to carry it."""
    family, token = found
    made = _made(family, token)
    return render(
        "family_files/ready.html",
        family_id=family.id,
        number=family.number,
        made=made,
        token=token,
        hours=HOURS,
    )


@bp.get("/<int:family_id>/file/<made>/zip")
@requires(Permission.FAMILY_HAND_OUT, of=_family_and_token)
def save(found: tuple[Family, str]) -> Response:
    """The archive, to be saved; its name tells nothing about anybody."""
    family, token = found
    try:
        data = files.read(_made(family, token).name, FOLDER)
    except FileNotFoundError:
        abort(404)
    audit.look(current_user.id, family.id, "file")
    name = f"family-{family.number}.zip"
    return send_file(BytesIO(data), mimetype="application/zip", as_attachment=True, download_name=name)


@bp.route("/file", methods=["GET", "POST"])
@requires(Permission.FAMILY_IMPORT)
def upload() -> Response:
    """Choose the file that another center has handed over; it is looked through, and kept sealed for a day."""
    form = ArchiveForm()
    if form.validate_on_submit():
        with form.rules():
            data = form.file.data.stream.read(opening.LARGEST + 1)
            opened = opening.open_archive(data)
            handed = checking.check(opened.content)
            taking.sender_of(opened)
            taking.take_files(opened, handed)
            files.drop_older(PENDING, DAY)
            name, _digest = files.keep(data, PENDING)
            return go(url_for(".preview", archive=_serializer("in").dumps([current_user.id, name])))
    return render("family_files/upload.html", form=form)


class _Pending:
    """An archive that waits to be brought in, and the form that asks about it."""

    def __init__(self, token: str) -> None:
        (name,) = _of_this_user("in", token, DAY)
        try:
            self.opened = opening.open_archive(files.read(str(name), PENDING))
        except FileNotFoundError:
            abort(404)
        self.name, self.token = str(name), token
        self.handed, self.sender = checking.check(self.opened.content), taking.sender_of(self.opened)
        self.numbers = live_people(self.handed)
        self.people = [self.handed.people[number - 1] for number in self.numbers]
        self.known = queries.known_as(self.opened.digest)
        self.duplicates = queries.duplicates_of(self.handed) if self.known is None else []
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

    def page(self) -> Response:
        """What the file holds."""
        return render(
            "family_files/preview.html",
            token=self.token,
            form=self.form,
            sender=self.sender,
            manifest=self.opened.manifest,
            members=self.handed.rows.get("family_members", []),
            counts=history.counts(self.handed.rows),
            files=len(self.handed.files),
            formers=self.handed.formers,
            known=self.known,
            duplicates=self.duplicates,
        )


@bp.get("/file/<archive>")
@requires(Permission.FAMILY_IMPORT)
def preview(archive: str) -> Response:
    """Whom the file is about, from whom it comes, how much of what, and whether the family is here already."""
    return _Pending(archive).page()


@bp.post("/file/<archive>/apply")
@requires(Permission.FAMILY_IMPORT)
def apply(archive: str) -> Response:
    """Bring the family in."""
    pending = _Pending(archive)
    form = pending.form
    if form.validate_on_submit():
        with form.rules():
            if pending.known is not None:
                raise already_here()
            if not pending.duplicates or form.create_anyway.data:
                taken = taking.take_files(pending.opened, pending.handed)
                family_id = bring_in(pending.handed, pending.sender, taken, pending.chosen(), current_user.id)
                files.drop(pending.name, PENDING)
                message = _("The family is on the books. Next: open a patronage, and record a consent.")
                return go(url_for("families.show", family_id=family_id), message)
            form.create_anyway.errors = [
                _("Look at the families below, and say whether this is another one.")
            ]
    return pending.page()


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
