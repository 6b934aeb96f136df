"""Pages of consents: recording, the scan, the withdrawal."""

from io import BytesIO
from typing import Any

from flask import Response, abort, send_file, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from portal import audit, clock, files
from portal.access import Permission, requires
from portal.db import db
from portal.families import consents, queries
from portal.families.card import card_of
from portal.families.forms import ConsentForm, ScanForm, WithdrawalForm
from portal.families.labels import born
from portal.families.models import Consent, Family, StoredFile
from portal.families.pages import bp
from portal.web import go, moved_on, render

SUFFIXES = {"application/pdf": "pdf", "image/jpeg": "jpg"}


@bp.route("/<int:family_id>/consents/new", methods=["GET", "POST"])
@requires(Permission.CONSENT_RECORD, of=queries.get_worked_with)
def new_consent(family: Family) -> Response:
    """Record a written consent of a representative (R1)."""
    family_id = family.id
    audit.look(current_user.id, family_id, "consent")
    card = card_of(family)
    form = ConsentForm()
    if not form.is_submitted():
        form.given_on.data = clock.today()
    form.representative_id.choices = [(one.id, one.full_name) for one in card.representatives]
    form.minors_signed.choices = [(one.id, f"{one.full_name} ({born(one)})") for one in card.minors]
    if form.validate_on_submit():
        with form.rules():
            consents.record_consent(
                family_id,
                current_user.id,
                form.representative_id.data,
                form.given_on.data,
                form.minors_signed.data or (),
                form.cleaned,
            )
            return go(url_for(".show", family_id=family_id), _("The consent is recorded."))
        card = card_of(queries.get_family(current_user, family_id) or family)
    return render("families/consent.html", form=form, card=card, signing_age=queries.signing_age())


@bp.get("/<int:family_id>/consents/<int:consent_id>/scan")
@requires(Permission.FAMILY_VIEW, of=queries.get_consent)
def scan(consent: Consent) -> Response:
    """The scan, to be saved; its name tells nothing about anybody."""
    stored = db.session.get(StoredFile, consent.scan_id) if consent.scan_id else None
    if stored is None:
        abort(404)
    audit.look(current_user.id, consent.family_id, "scan")
    name = f"consent-{consent.id}.{SUFFIXES[stored.media_type]}"
    body = BytesIO(files.read(stored.name))
    return send_file(body, mimetype=stored.media_type, as_attachment=True, download_name=name)


@bp.route("/<int:family_id>/consents/<int:consent_id>/scan/new", methods=["GET", "POST"])
@requires(Permission.CONSENT_RECORD, of=queries.get_worked_consent)
def add_scan(consent: Consent) -> Response:
    """Add the scan to a consent recorded without one."""
    form, consent_id, family_id = ScanForm(), consent.id, consent.family_id
    if back := moved_on(url_for(".show", family_id=family_id), consents.check_scan, consent):
        return back
    audit.look(current_user.id, family_id, "scan")
    if form.validate_on_submit() and form.cleaned:
        with form.rules():
            consents.add_scan(consent_id, form.cleaned, current_user.id)
            return go(url_for(".show", family_id=family_id), _("The scan is added."))
    return _consent_page("families/scan.html", form, consent_id, family_id)


@bp.route("/<int:family_id>/consents/<int:consent_id>/withdraw", methods=["GET", "POST"])
@requires(Permission.CONSENT_RECORD, of=queries.get_worked_consent)
def withdraw(consent: Consent) -> Response:
    """The representative withdraws the consent (R3)."""
    form, consent_id, family_id = WithdrawalForm(), consent.id, consent.family_id
    if back := moved_on(url_for(".show", family_id=family_id), consents.check_given, consent):
        return back
    audit.look(current_user.id, family_id, "withdrawal")
    if not form.is_submitted():
        form.withdrawn_on.data = clock.today()
    if form.validate_on_submit():
        with form.rules():
            day, reason = form.withdrawn_on.data, form.reason.data
            stopped = consents.withdraw_consent(consent_id, day, reason, current_user.id)
            return go(url_for(".show", family_id=family_id), _recorded(stopped))
    return _consent_page("families/withdraw.html", form, consent_id, family_id)


def _recorded(stopped: int) -> Any:
    """What the withdrawal did: whoever planned the contacts reads it in My work."""
    if not stopped:
        return _("The withdrawal is recorded.")
    return ngettext(
        "The withdrawal is recorded, %(num)d planned contact is called off. Specialists see it in My work.",
        "The withdrawal is recorded, %(num)d planned contacts are called off. Specialists see it in My work.",
        stopped,
    )


def _consent_page(
    template: str, form: ScanForm | WithdrawalForm, consent_id: int, family_id: int
) -> Response:
    family = queries.get_worked_with(current_user, family_id)
    if family is None:
        abort(404)
    card = card_of(family)
    line = next(one for one in card.consents if one.id == consent_id)
    return render(template, form=form, card=card, consent=line)
