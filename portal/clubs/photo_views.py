"""Pages of the photos of a session (R15)."""

from io import BytesIO

from flask import Blueprint, Response, send_file, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from flask_wtf.file import FileField
from wtforms import BooleanField, StringField
from wtforms.validators import InputRequired, Length, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from portal import audit, clock, files
from portal.access import Permission, requires
from portal.choosing import ManyField
from portal.clubs import photos, queries
from portal.clubs.models import ClubSession
from portal.clubs.session_models import SessionPhoto
from portal.db import db
from portal.families.member_rows import one_line
from portal.families.models import StoredFile
from portal.rules import RuleBroken
from portal.web import Form, attempt, go, render, words

bp = Blueprint("photos", __name__, url_prefix="/sessions/<int:session_id>/photos")


class PhotoForm(Form):
    """A picture, and who is on it."""

    picture = FileField(_l("Photo"), [InputRequired(_l("Choose the picture."))])
    people = ManyField(
        _l("Who is on it"),
        coerce=int,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    nobody = BooleanField(_l("No recipient can be recognized on it"))
    caption = StringField(_l("Caption"), [Length(max=200)], filters=[one_line])
    cleaned: tuple[bytes, str] | None = None

    def validate_picture(self, field: FileField) -> None:
        """Judged by its content, and remade."""
        from portal import scans  # what reads pictures is large: only who takes one loads it

        try:
            self.cleaned = scans.clean_photo(field.data.stream)
        except RuleBroken as broken:
            raise ValidationError(words(broken)) from None

    def validate_people(self, field: ManyField) -> None:
        """Somebody, or nobody on purpose."""
        if bool(field.data) == self.nobody.data:
            raise ValidationError(
                _("Mark everybody who is on the picture, or that nobody can be recognized.")
            )


@bp.route("/", methods=["GET", "POST"])
@requires(Permission.ATTENDANCE_MARK, of=queries.own_session)
def index(session: ClubSession) -> Response:
    """The pictures of a session, and one more."""
    form, session_id = PhotoForm(), session.id
    choices = photos.to_choose(session)
    form.people.choices = [(one, _choice(name.full, allowed)) for one, name, allowed in choices]
    if form.validate_on_submit() and form.cleaned:
        with form.rules():
            photos.add_photo(
                session_id, form.people.data or (), form.caption.data or "", form.cleaned, current_user.id
            )
            return go(url_for(".index", session_id=session_id), _("The photo is added."))
        session = queries.get_session(current_user, session_id) or session
    shown, hidden = photos.of_session(session_id)
    ids = [one.id for one in shown]
    audit.look_at_several(current_user.id, photos.families_on(ids), "photos")
    return render(
        "clubs/photos.html",
        form=form,
        session=session,
        club=queries.get_club(current_user, session.club_id),
        shown=shown,
        hidden=hidden,
        names=photos.people_on(ids),
        open=session.status != "cancelled" and session.day <= clock.today(),
    )


def _choice(name: str, allowed: bool) -> str:
    return name if allowed else _("%(name)s — no photo consent", name=name)


@bp.get("/<int:photo_id>")
@requires(Permission.ATTENDANCE_MARK, of=photos.get_shown)
def picture(photo: SessionPhoto) -> Response:
    """One picture; its name tells nothing about anybody."""
    stored = db.session.get_one(StoredFile, photo.file_id)
    body = BytesIO(files.read(stored.name))
    return send_file(body, mimetype=stored.media_type, download_name=f"photo-{photo.id}.jpg")


@bp.post("/<int:photo_id>/delete")
@requires(Permission.ATTENDANCE_MARK, of=photos.get_photo)
def delete(photo: SessionPhoto) -> Response:
    """Take the picture away for good."""
    back = url_for(".index", session_id=photo.session_id)
    return attempt(back, _("The photo is deleted."), photos.delete_photo, photo.id, current_user.id)
