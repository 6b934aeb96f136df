"""Pages of photo consents, reached from the group of a club (R15)."""

from io import BytesIO

from flask import Blueprint, Response, send_file, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from wtforms.validators import InputRequired

from portal import audit, clock, files
from portal.access import Permission, requires
from portal.choosing import SelectField
from portal.clubs import photo_consents
from portal.clubs.models import Club
from portal.families.forms import WithScan
from portal.families.member_rows import Day
from portal.families.models import FamilyMember, StoredFile
from portal.rules import N_, RuleBroken
from portal.web import Form, go, moved_on, render

bp = Blueprint("photo_consents", __name__, url_prefix="/<int:club_id>/photo-consents/<int:member_id>")
SUFFIXES = {"application/pdf": "pdf", "image/jpeg": "jpg"}


class PhotoConsentForm(WithScan):
    """A written consent."""

    signer_id = SelectField(_l("Who signed"), [InputRequired(_l("Choose who signed."))], coerce=int)
    given_on = Day(_l("Date of the consent"), [InputRequired(_l("Enter the date on the paper."))])


class WithdrawForm(Form):
    """Its end."""

    withdrawn_on = Day(_l("Date of the withdrawal"), [InputRequired(_l("Enter the date of the withdrawal."))])


@bp.route("/", methods=["GET", "POST"])
@requires(Permission.CLUB_MANAGE, of=photo_consents.get_participant)
def edit(found: tuple[Club, FamilyMember]) -> Response:
    """Record the consent of a participant; one in force is shown with its scan."""
    club, member = found
    club_id, member_id, form = club.id, member.id, PhotoConsentForm()
    audit.look(current_user.id, member.family_id, "photo_consent")
    people = photo_consents.signers(member)
    form.signer_id.choices = [(one.id, one.full_name) for one in people]  # type: ignore[assignment]
    if not form.is_submitted():
        form.given_on.data = clock.today()
    if form.validate_on_submit():
        with form.rules():
            photo_consents.give_consent(
                member_id, form.signer_id.data, form.given_on.data, form.cleaned, current_user.id
            )
            return go(url_for("clubs.participants", club_id=club_id), _("The photo consent is recorded."))
    club, member = photo_consents.get_participant(current_user, club_id, member_id) or found
    consent = photo_consents.current(member_id)
    return render("clubs/photo_consent.html", form=form, club=club, member=member, consent=consent)


@bp.route("/withdraw", methods=["GET", "POST"])
@requires(Permission.CLUB_MANAGE, of=photo_consents.get_participant)
def withdraw(found: tuple[Club, FamilyMember]) -> Response:
    """The consent is taken back."""
    club, member = found
    club_id, member_id, form = club.id, member.id, WithdrawForm()
    if back := moved_on(url_for(".edit", club_id=club_id, member_id=member_id), _check_there, member_id):
        return back
    audit.look(current_user.id, member.family_id, "photo_consent")
    if not form.is_submitted():
        form.withdrawn_on.data = clock.today()
    if form.validate_on_submit():
        with form.rules():
            photo_consents.withdraw_consent(member_id, form.withdrawn_on.data, current_user.id)
            done = _("The withdrawal is recorded. Photos with this recipient are hidden.")
            return go(url_for("clubs.participants", club_id=club_id), done)
    club, member = photo_consents.get_participant(current_user, club_id, member_id) or found
    return render("clubs/photo_withdraw.html", form=form, club=club, member=member)


def _check_there(member_id: int) -> None:
    if photo_consents.current(member_id) is None:
        raise RuleBroken("no_photo_consent", N_("There is no photo consent in force."))


@bp.get("/scan")
@requires(Permission.CLUB_MANAGE, of=photo_consents.get_scan)
def scan(found: tuple[StoredFile, int]) -> Response:
    """The scan, to be saved; its name tells nothing about anybody."""
    stored, family_id = found
    audit.look(current_user.id, family_id, "photo_consent")
    name = f"photo-consent.{SUFFIXES[stored.media_type]}"
    body = BytesIO(files.read(stored.name))
    return send_file(body, mimetype=stored.media_type, as_attachment=True, download_name=name)
