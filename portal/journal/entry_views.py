"""What a worker does with the journal: one's entries, signing, submitting, mending, correcting."""

from functools import partial
from io import BytesIO
from typing import Any

from flask import Response, abort, flash, request, send_file, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from portal import audit, files, lists
from portal.access import LARGEST_ID, Permission, requires
from portal.db import db
from portal.families.models import StoredFile
from portal.journal import actions, columns, labels, queries, state_queries
from portal.journal.forms import ChangeForm, CorrectForm, PaperForm, SignForm
from portal.journal.models import JournalEntry
from portal.journal.pages import bp
from portal.lists import takeable
from portal.paging import page_url
from portal.rules import journal
from portal.web import Form, attempt, go, moved_on, number_of, render, words

SUFFIXES = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}
MOST = 100


@bp.route("/", methods=["GET", "POST"])
@requires(Permission.JOURNAL_WRITE)
@takeable
def index() -> Response:
    """One's own entries, by state: first of all those to sign."""
    counts = queries.counts(current_user)
    asked = request.args.get("state")
    first = next((code for code in ("returned", "draft") if counts[code]), "")
    state = first if asked is None else asked if asked in labels.CHIPS else ""
    if lists.asked():
        found = lists.onward(partial(queries.written, current_user, state))
        return lists.give("journal", _("My entries"), columns.OWN, found)
    rows, following = queries.written(current_user, state, cursor("before"))
    return render(
        "journal/index.html",
        fragment="journal/_list.html",
        rows=rows,
        counts=counts,
        state=state,
        next_url=page_url(state=state, before=following) if following else None,
        paged="before" in request.args,
    )


def cursor(name: str) -> int | None:
    """The entry after which a page begins."""
    number = request.args.get(name, type=int)
    return None if number is None else max(0, min(number, LARGEST_ID))


@bp.post("/submit")
@requires(Permission.JOURNAL_WRITE)
def submit_several() -> Response:
    """Sign and submit those that were ticked."""
    ticked = [number for one in request.form.getlist("entries") if (number := number_of(one))][:MOST]
    if not ticked:
        return go(url_for(".index"), _("Tick at least one entry."), "warn")
    done, refused = actions.submit_entries(queries.written_ids(current_user, ticked), current_user.id)
    for text in dict.fromkeys(map(words, refused)):
        flash(text, "warn")
    if not done:
        return go(url_for(".index"))
    return go(
        url_for(".index"), ngettext("%(num)d entry is submitted.", "%(num)d entries are submitted.", done)
    )


@bp.get("/<int:entry_id>")
@requires(Permission.JOURNAL_WRITE, of=queries.get_entry)
def show(entry: JournalEntry) -> Response:
    """An entry: what was done, who signed, who checked, and what is to be done with it."""
    found = queries.facts(current_user, entry)
    audit.look(current_user.id, found.family.id, "journal")
    return render(
        "journal/show.html",
        facts=found,
        mine=queries.get_written(current_user, entry.id) is not None,
        own=current_user.id in (entry.worker_id, entry.signed_by_id),
        lacks=journal.lacks(entry.recipient),
        entered_on=state_queries.mark_of(entry) if found.session else None,
    )


@bp.get("/<int:entry_id>/signature")
@requires(Permission.JOURNAL_WRITE, of=queries.get_entry)
def signature(entry: JournalEntry) -> Response:
    """The drawn signature to be shown, or the scan to be saved; its name tells nothing about anybody."""
    stored = db.session.get(StoredFile, entry.file_id) if entry.file_id else None
    if stored is None:
        abort(404)
    audit.look(current_user.id, queries.facts(current_user, entry).family.id, "signature")
    name = f"journal-{entry.id}.{SUFFIXES[stored.media_type]}"
    body, drawn = BytesIO(files.read(stored.name)), entry.recipient == "drawn"
    return send_file(body, mimetype=stored.media_type, as_attachment=not drawn, download_name=name)


@bp.route("/<int:entry_id>/sign", methods=["GET", "POST"])
@requires(Permission.JOURNAL_WRITE, of=queries.get_written)
def sign(entry: JournalEntry) -> Response:
    """The recipient confirms the service; with `then=submit` the worker signs and submits at once."""
    if back := moved_on(url_for(".show", entry_id=entry.id), journal.check_editable, entry.state):
        return back
    found, entry_id = queries.facts(current_user, entry), entry.id
    members, likely = queries.signers(entry)
    ways = journal.signatures(entry.kind)
    start = {"how": entry.recipient or ways[0], "signer_id": entry.signer_id or likely}
    form = SignForm(data=start | {"refusal": entry.refusal, "revision": entry.revision})
    form.offer(entry.kind, members)
    if form.validate_on_submit():
        with form.rules():
            values: dict[str, Any] = {"how": form.how.data, "signer_id": form.signer_id.data}
            values |= {"refusal": form.refusal.data, "picture": form.picture}
            actions.sign_entry(entry_id, current_user.id, form.seen, **values)
            return _signed(entry_id)
        found = _again(entry_id)
        form.revision.data = str(found.entry.revision)
    return _with_form("journal/sign.html", form, found)


def _signed(entry_id: int) -> Response:
    url = url_for(".show", entry_id=entry_id)
    if request.form.get("then") != "submit":
        return go(url, _("The signature is taken."))
    done = _("The entry is signed and submitted.")
    return attempt(url, done, actions.submit_entry, entry_id, current_user.id)


@bp.post("/<int:entry_id>/submit")
@requires(Permission.JOURNAL_WRITE, of=queries.get_written)
def submit(entry: JournalEntry) -> Response:
    """Sign and submit one entry."""
    url, done = url_for(".show", entry_id=entry.id), _("The entry is signed and submitted.")
    revision = request.form.get("revision", 0, type=int)
    return attempt(url, done, actions.submit_entry, entry.id, current_user.id, revision)


@bp.route("/<int:entry_id>/scan", methods=["GET", "POST"])
@requires(Permission.JOURNAL_WRITE, of=queries.get_written)
def scan(entry: JournalEntry) -> Response:
    """Bring the scan of the paper that was signed."""
    if back := moved_on(url_for(".show", entry_id=entry.id), actions.check_scan, db.session(), entry):
        return back
    form, found, entry_id = PaperForm(), queries.facts(current_user, entry), entry.id
    if form.validate_on_submit() and form.cleaned:
        with form.rules():
            actions.add_scan(entry_id, current_user.id, form.cleaned)
            return go(url_for(".show", entry_id=entry_id), _("The scan is added."))
        found = _again(entry_id)
    return _with_form("journal/scan.html", form, found)


@bp.route("/<int:entry_id>/edit", methods=["GET", "POST"])
@requires(Permission.JOURNAL_WRITE, of=queries.get_written)
def edit(entry: JournalEntry) -> Response:
    """Mend an entry that is not submitted, or was returned."""
    back = moved_on(url_for(".show", entry_id=entry.id), journal.check_editable, entry.state)
    return back or _change(entry, ChangeForm(obj=entry))


@bp.route("/<int:entry_id>/correct", methods=["GET", "POST"])
@requires(Permission.JOURNAL_WRITE, of=queries.get_written)
def correct(entry: JournalEntry) -> Response:
    """Put right a checked entry by a new one."""
    later = queries.facts(current_user, entry).corrected_by
    facts = entry.state, later and later.number
    back = moved_on(url_for(".show", entry_id=entry.id), journal.check_correctable, *facts)
    return back or _change(entry, CorrectForm(obj=entry))


def _change(entry: JournalEntry, form: ChangeForm) -> Response:
    found, entry_id = queries.facts(current_user, entry), entry.id
    if found.session:
        form.summary.label.text = _("Topic and goal")
    if form.validate_on_submit():
        with form.rules():
            if isinstance(form, CorrectForm):
                entry_id = actions.correct_entry(
                    entry_id, current_user.id, why=form.why.data, **form.content()
                )
                message = _("The correction is entered. It is signed and checked like any other entry.")
            else:
                actions.change_entry(entry_id, current_user.id, form.seen, **form.content())
                message = _("The entry is changed.")
            return go(url_for(".show", entry_id=entry_id), message)
        found = _again(entry_id)
        return _with_form("journal/edit.html", form, found, now=_differing(found.entry, form))
    return _with_form("journal/edit.html", form, found, now=[])


def _differing(entry: JournalEntry, form: ChangeForm) -> list[tuple[Any, Any]]:
    """(label, what stands there now) of what somebody else has written meanwhile, to be seen beside one's own."""
    if form.seen == entry.revision:
        return []
    form.revision.data = str(entry.revision)  # whoever has seen the difference may save
    fields = (form.minutes, form.summary, form.recommendations)
    return [
        (one.label.text, getattr(entry, one.name)) for one in fields if getattr(entry, one.name) != one.data
    ]


def _again(entry_id: int) -> queries.Facts:
    """The entry as it is after a refusal."""
    return queries.facts(current_user, queries.get_written(current_user, entry_id) or abort(404))


def _with_form(template: str, form: Form, found: queries.Facts, **more: Any) -> Response:
    audit.look(current_user.id, found.family.id, "journal")
    return render(template, form=form, facts=found, **more)
