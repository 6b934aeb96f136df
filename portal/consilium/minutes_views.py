"""The minutes of a meeting: the paper, its text, the offer, the signatures."""

from io import BytesIO

from flask import Response, send_file, url_for
from flask_babel import gettext as _
from flask_login import current_user

from portal import audit, files
from portal.access import Permission, requires
from portal.accounts import confirming
from portal.consilium import minutes_actions, minutes_queries, queries
from portal.consilium.minutes_forms import PaperForm, SignForm, TextForm, UnsignedForm, text_form
from portal.consilium.minutes_models import MinutesSignature
from portal.consilium.minutes_queries import Paper, paper_of
from portal.consilium.minutes_record import record_of, short
from portal.consilium.models import Meeting
from portal.consilium.pages import bp
from portal.consilium.wording import details
from portal.db import db
from portal.rules import RuleBroken
from portal.rules import minutes as rules
from portal.web import attempt, go, moved_on, refuse, render

SUFFIXES = {"application/pdf": "pdf", "image/jpeg": "jpg"}


@bp.get("/meetings/<int:meeting_id>/minutes")
@requires(Permission.MEETING_VIEW, of=queries.get_meeting)
def minutes(meeting: Meeting) -> Response:
    """The minutes of a meeting that is over: to be read, signed and printed."""
    return _paper_page(meeting.id, SignForm())


def _paper_page(meeting_id: int, form: SignForm) -> Response:
    meeting = db.session.get_one(Meeting, meeting_id)
    try:
        rules.check_over(meeting.status)
    except RuleBroken as broken:
        return refuse(broken, url_for(".meeting", meeting_id=meeting_id))
    paper = paper_of(current_user, meeting)
    audit.look_at_several(current_user.id, minutes_queries.read_families(paper), "minutes")
    form.seen.data = paper.record.minutes["digest"] if paper.record.minutes else ""
    form.password.data = ""
    return render("consilium/minutes.html", paper=paper, form=form, details=details, short=short)


@bp.route("/meetings/<int:meeting_id>/minutes/edit", methods=["GET", "POST"])
@requires(Permission.MINUTES_WRITE, of=queries.get_meeting)
def edit_minutes(meeting: Meeting) -> Response:
    """Write what was said, while the meeting runs and after it, until the minutes are offered."""
    meeting_id, record = meeting.id, record_of(meeting)
    back = _back(meeting)
    facts = (meeting.status, bool(record.minutes and record.minutes["offered_at"]), len(record.signatures))
    if over := moved_on(back, rules.check_write, *facts):
        return over
    heard, version = (record.minutes["heard"], record.minutes["version"]) if record.minutes else ("", 0)
    form = text_form(heard, version, record.items)
    if form.validate_on_submit():
        with form.rules():
            written = (form.seen, form.heard.data or "", form.discussions())
            minutes_actions.write(meeting_id, current_user.id, *written)
            return go(back, _("Saved."))
    return _text_page(form, meeting_id)


def _back(meeting: Meeting) -> str:
    """Where the text of the minutes is shown; the meeting's page while it runs."""
    over = meeting.status in rules.OVER
    return url_for(".minutes" if over else ".meeting", meeting_id=meeting.id)


def _text_page(form: TextForm, meeting_id: int) -> Response:
    meeting = db.session.get_one(Meeting, meeting_id, populate_existing=True)
    record, meanwhile = record_of(meeting), []
    items = [item for item in record.items if f"discussion_{item['id']}" in form]
    version = record.minutes["version"] if record.minutes else 0
    if form.is_submitted() and version != form.seen:
        meanwhile = form.differs(record.minutes["heard"], items)
        form.version.data = str(version)
    families = {item["family_id"] for item in items if item["family_id"] and item["discussion"]}
    audit.look_at_several(current_user.id, families, "minutes")
    return render(
        "consilium/minutes_edit.html",
        form=form,
        meeting=meeting,
        items=items,
        meanwhile=meanwhile,
        back=_back(meeting),
    )


@bp.post("/meetings/<int:meeting_id>/minutes/offer")
@requires(Permission.MINUTES_WRITE, of=queries.get_meeting)
def offer_minutes(meeting: Meeting) -> Response:
    """Offer the minutes for signing."""
    done = _("The minutes are offered for signing: those who sign see it on their first page.")
    here = url_for(".minutes", meeting_id=meeting.id)
    return attempt(here, done, minutes_actions.offer, meeting.id, current_user.id)


@bp.post("/meetings/<int:meeting_id>/minutes/take-back")
@requires(Permission.MINUTES_WRITE, of=queries.get_meeting)
def take_back_minutes(meeting: Meeting) -> Response:
    """Take the offer back, to change the text."""
    here = url_for(".minutes", meeting_id=meeting.id)
    done = _("The minutes are a draft again.")
    return attempt(here, done, minutes_actions.take_back, meeting.id, current_user.id)


@bp.post("/meetings/<int:meeting_id>/minutes/sign")
@requires(Permission.MINUTES_SIGN, of=queries.get_meeting)
def sign_minutes(meeting: Meeting) -> Response:
    """Sign with one's own password what was on the screen."""
    meeting_id, form = meeting.id, SignForm()
    if form.validate_on_submit():
        with form.rules():
            confirming.confirm(current_user.id, form.password.data)
            minutes_actions.sign(meeting_id, current_user.id, form.seen.data or "")
            return go(url_for(".minutes", meeting_id=meeting_id), _("The minutes are signed by you."))
    return _paper_page(meeting_id, form)


@bp.route("/meetings/<int:meeting_id>/minutes/paper", methods=["GET", "POST"])
@requires(Permission.MINUTES_WRITE, of=queries.get_meeting)
def sign_on_paper(meeting: Meeting) -> Response:
    """Enter signatures that were given on paper, with the scan."""
    meeting_id, paper = meeting.id, paper_of(current_user, meeting)
    here = url_for(".minutes", meeting_id=meeting_id)
    if over := moved_on(here, _check_paper, paper):
        return over
    form = PaperForm(data={"seen": paper.record.minutes["digest"] if paper.record.minutes else ""})
    form.signers.choices = [(seat["user_id"], short(seat)) for seat in paper.signers]
    if form.validate_on_submit() and form.cleaned:
        with form.rules():
            who, seen = form.signers.data or [], form.seen.data or ""
            minutes_actions.sign_on_paper(meeting_id, who, seen, form.cleaned, current_user.id)
            return go(here, _("The signatures are entered."))
    missing = {seat["user_id"] for seat in paper.missing}
    form.signers.choices = [one for one in form.signers.choices if one[0] in missing]
    meeting = db.session.get_one(Meeting, meeting_id)
    return render("consilium/minutes_paper.html", form=form, meeting=meeting)


def _check_paper(paper: Paper) -> None:
    row = paper.record.minutes
    now = row["digest"] if row and not paper.lapsed else ""
    rules.check_sign(row["digest"] if row else "", now, now)
    rules.check_signer(True, not paper.missing)


@bp.route("/meetings/<int:meeting_id>/minutes/unsigned", methods=["GET", "POST"])
@requires(Permission.MINUTES_WRITE, of=queries.get_meeting)
def note_unsigned(meeting: Meeting) -> Response:
    """Note why a member does not sign the minutes."""
    meeting_id, paper = meeting.id, paper_of(current_user, meeting)
    here = url_for(".minutes", meeting_id=meeting_id)
    if over := moved_on(here, _check_unsigned, paper):
        return over
    form = UnsignedForm(data={"seen": paper.record.minutes["digest"] if paper.record.minutes else ""})
    form.member.choices = [(seat["user_id"], short(seat)) for seat in paper.signers]
    if form.validate_on_submit():
        with form.rules():
            noted = (form.member.data, form.how.data, form.reason.data or "", form.seen.data or "")
            minutes_actions.note_unsigned(meeting_id, *noted, current_user.id)
            return go(here, _("Noted: it stands in the minutes in place of the signature."))
    form.member.choices = [(seat["user_id"], short(seat)) for seat in paper.may_be_noted]
    meeting = db.session.get_one(Meeting, meeting_id)
    return render("consilium/minutes_unsigned.html", form=form, meeting=meeting)


def _check_unsigned(paper: Paper) -> None:
    _check_paper(paper)
    if not paper.record.signatures:
        raise RuleBroken("nobody_signed", rules.NOBODY_SIGNED)
    rules.check_signer(True, not paper.may_be_noted)


@bp.get("/minutes-signatures/<int:signature_id>/scan")
@requires(Permission.MEETING_VIEW, of=minutes_queries.get_signature)
def signature_scan(signature: MinutesSignature) -> Response:
    """The scan of a paper signed by hand, to be saved."""
    meeting = db.session.get_one(Meeting, signature.meeting_id)
    paper = paper_of(current_user, meeting)
    audit.look_at_several(current_user.id, minutes_queries.read_families(paper), "minutes")
    kind = signature.scan_type or ""
    name = f"minutes-{meeting.number}-{meeting.year}-{signature.id}.{SUFFIXES[kind]}"
    body = BytesIO(files.read(signature.scan or ""))
    return send_file(body, mimetype=kind, as_attachment=True, download_name=name)
