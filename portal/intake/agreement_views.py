"""Pages of service agreements: recording, correcting, ending, the scan (R19)."""

from io import BytesIO

from flask import Response, abort, send_file, url_for
from flask_babel import gettext as _
from flask_login import current_user

from portal import audit, clock, files
from portal.access import Permission, requires
from portal.db import db
from portal.families import queries as families
from portal.families.card import card_of
from portal.families.models import Family, StoredFile
from portal.intake import agreements, queries
from portal.intake.forms import AgreementForm, EndForm
from portal.intake.models import Agreement
from portal.intake.pages import bp
from portal.rules import RuleBroken
from portal.rules.lifecycle import OPEN
from portal.web import go, moved_on, refuse, render

SUFFIXES = {"application/pdf": "pdf", "image/jpeg": "jpg"}


@bp.route("/families/<int:family_id>/agreements/new", methods=["GET", "POST"])
@requires(Permission.FAMILY_EDIT, of=families.get_worked_with)
def new_agreement(family: Family) -> Response:
    """Record a signed service agreement."""
    family_id, found = family.id, queries.papers(family.id)
    back = url_for(".show", family_id=family_id)
    if found.patronage is None or found.patronage.status not in OPEN:
        return go(back, _("This patronage is over: open a new one first."), "bad")
    if found.agreement is not None:
        return go(back, _("There is an agreement in force already: correct it, or end it first."), "bad")
    form = AgreementForm(data={"signed_on": clock.today()})
    if form.validate_on_submit():
        with form.rules():
            agreements.sign_agreement(family_id, current_user.id, **form.typed(), scan=form.cleaned)
            return go(back, _("The agreement is recorded."))
    return _form_page(form, family_id, None)


@bp.route("/families/<int:family_id>/agreements/<int:agreement_id>/edit", methods=["GET", "POST"])
@requires(Permission.FAMILY_EDIT, of=queries.get_worked_agreement)
def edit_agreement(agreement: Agreement) -> Response:
    """Correct an agreement in force, or add its scan."""
    family_id, agreement_id = _family_of(agreement), agreement.id
    back = url_for(".show", family_id=family_id)
    if agreement.ended_on is not None:
        return go(back, _("This agreement has ended: it stays as it is. Record a new one."), "bad")
    form = AgreementForm(obj=agreement)
    if form.validate_on_submit():
        with form.rules():
            values = form.typed()
            agreements.change_agreement(agreement_id, current_user.id, form.seen, **values, scan=form.cleaned)
            return go(back, _("Saved."))
    return _form_page(form, family_id, db.session.get_one(Agreement, agreement_id))


@bp.route("/families/<int:family_id>/agreements/<int:agreement_id>/end", methods=["GET", "POST"])
@requires(Permission.FAMILY_EDIT, of=queries.get_worked_agreement)
def end_agreement(agreement: Agreement) -> Response:
    """End an agreement before the patronage ends."""
    family_id, agreement_id = _family_of(agreement), agreement.id
    back = url_for(".show", family_id=family_id)
    if over := moved_on(back, agreements.check_lasts, agreement):
        return over
    form = EndForm(data={"version": agreement.version, "ended_on": clock.today()})
    if form.validate_on_submit():
        try:
            agreements.end_agreement(agreement_id, current_user.id, form.seen, **form.typed())
            return go(back, _("The agreement has ended."))
        except RuleBroken as broken:
            if broken.code != "ended_date":
                return refuse(broken, back)
            with form.rules():
                raise
    audit.look(current_user.id, family_id, "agreement")
    card = card_of(db.session.get_one(Family, family_id))
    agreement = db.session.get_one(Agreement, agreement_id)
    return render("intake/end.html", form=form, card=card, agreement=agreement)


@bp.get("/families/<int:family_id>/agreements/<int:agreement_id>/scan")
@requires(Permission.FAMILY_VIEW, of=queries.get_agreement)
def agreement_scan(agreement: Agreement) -> Response:
    """The scan, to be saved; its name tells nothing about anybody."""
    stored = db.session.get(StoredFile, agreement.scan_id) if agreement.scan_id else None
    if stored is None:
        abort(404)
    audit.look(current_user.id, _family_of(agreement), "agreement")
    name = f"agreement-{agreement.id}.{SUFFIXES[stored.media_type]}"
    body = BytesIO(files.read(stored.name))
    return send_file(body, mimetype=stored.media_type, as_attachment=True, download_name=name)


def _family_of(agreement: Agreement) -> int:
    return queries.family_of(agreement.patronage_id)


def _form_page(form: AgreementForm, family_id: int, agreement: Agreement | None) -> Response:
    audit.look(current_user.id, family_id, "agreement")
    card = card_of(db.session.get_one(Family, family_id))
    people = [(one.id, one.full_name) for one in card.members if one.kind == "representative"]
    here = {one.id for one in card.representatives} | ({agreement.representative_id} if agreement else set())
    form.representative_id.choices = [one for one in people if one[0] in here]
    meanwhile = []
    if agreement and form.is_submitted() and agreement.version != form.seen:
        meanwhile = form.differs(agreement, ("number",))
        form.version.data = str(agreement.version)
    return render("intake/agreement.html", form=form, card=card, agreement=agreement, meanwhile=meanwhile)
