"""Drafts and requests: what was sent and could not be saved is kept; a page is filled with its draft.

- Typing keeps a draft every few seconds (drafts.save). It is the person's doing, so it keeps the login awake.
- A form sent by a browser whose login is over is kept for whom that login belonged to: its row still says who.
  It must carry the token of this browser, and its owner must still work here. Nobody else is shown it.
- A form that failed (an error, a token of before the new login) is kept for who is signed in.
- A form that was saved takes its draft with it.
"""

import json
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Flask, Response, flash, g, request
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.datastructures import MultiDict

from portal.accounts import sessions
from portal.drafts import actions, queries
from portal.drafts.places import goes_on, note_forms, place_here, place_named, worth_keeping
from portal.drafts.sealing import Fields
from portal.rules import N_, RuleBroken

# Whoever did not press a button, or wanted out, is told nothing of an ended login.
SAYS_NOTHING = ("drafts.save", "drafts.drop", "accounts.logout")


@dataclass(frozen=True)
class Here:
    """The draft of the form on this page, for its template: kept when (None: none waits), shown already, outrun."""

    place: str
    saved_at: datetime | None
    restored: bool
    outrun: bool  # the row has changed since: who saves will be told
    files: bool  # files were not kept

    @property
    def address(self) -> str:
        """Opens the form filled with the draft."""
        return goes_on(self.place)


def init_app(app: Flask) -> None:
    """Learn the forms; fill them from drafts; forget drafts that were saved. After all blueprints."""
    note_forms(app)
    app.before_request(_fill)
    app.after_request(_forget_saved)
    app.jinja_env.globals["draft_here"] = draft_here


def _fill() -> None:
    """What web.Form takes for a page that is opened to go on with a draft."""
    place = place_here() if request.method == "GET" and request.args.get("draft") == "1" else None
    found = queries.draft_of(current_user.id, place) if place else None
    if found:
        g.draft, g.draft_saved_at = MultiDict(found[0]), found[1]


def _forget_saved(response: Response) -> Response:
    """go() has said that the action was done: its draft goes too."""
    if request.method == "POST" and g.get("done") and not g.get("draft_kept"):
        place = place_here()
        if place and current_user.is_authenticated:
            actions.drop(current_user.id, place)
    return response


def draft_here() -> Here | None:
    """The draft of this page's form; None where the page has no form, or nobody is signed in."""
    place = place_here() if "has_form" in g else None
    if place is None or not current_user.is_authenticated:
        return None
    if "draft_used" in g:
        return Here(place, g.draft_saved_at, True, g.get("draft_outrun", False), g.takes_files)
    since = queries.waiting_since(current_user.id, place) if request.method == "GET" else None
    return Here(place, since, False, False, False)


def sent() -> tuple[str, Fields]:
    """Place and fields that a page sends while somebody types. Raises RuleBroken for what is no form."""
    unreadable = RuleBroken("no_draft", N_("This is no form whose text can be kept."))
    place = place_named(request.form.get("place", ""))
    try:
        pairs: Any = json.loads(request.form.get("fields", ""))
        fields = [(name, value) for name, value in pairs if isinstance(name, str) and isinstance(value, str)]
    except (ValueError, TypeError):
        raise unreadable from None
    if place is None:
        raise unreadable
    return place, worth_keeping(fields)


def keep_for_expired_login() -> None:
    """Keep what is sent with a login that is over, for whom it belonged to, and say what became of it."""
    owner = sessions.owner_of_expired_login() if g.get("csrf_valid") else None
    kept = False
    with suppress(RuleBroken):
        if owner is not None and request.endpoint == "drafts.save":
            actions.keep(owner, *sent())
        elif owner is not None:
            kept = keep_posted(owner) is not None
    if kept:
        flash(_("Your login had ended. Sign in: what you typed is kept, and opens again."), "info")
    elif request.endpoint not in SAYS_NOTHING:
        flash(_("Your login had ended, and nothing was saved. Sign in and do it again."), "warn")


def keep_posted(user_id: int) -> str | None:
    """Keep the form that this request sends; gives the address that goes on with it, or None when it is no form."""
    place = place_here()
    fields = worth_keeping(request.form.items(multi=True)) if place else []
    if not place or not fields:
        return None
    actions.keep(user_id, place, fields)
    g.draft_kept = True
    return goes_on(place)


def rescue() -> str | None:
    """After an error: keep what was sent, if it may be; the address that goes on with the draft there is, or None."""
    place = place_here() if request.method == "POST" else None
    if place is None or not current_user.is_authenticated:
        return None
    if g.get("csrf_valid") and "has_form" in g:
        with suppress(RuleBroken):
            return keep_posted(current_user.id)
    return goes_on(place) if queries.waiting_since(current_user.id, place) else None
